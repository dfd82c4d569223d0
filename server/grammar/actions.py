"""Actions: a method's signature is its message schema and its button.

@action("Corrupt 10 %", help="Flip a tenth of the units.")
def corrupt(self) -> None: ...

@action("", help="Set units by hand.")            # no label: no button; a view calls it (painting)
def paint(self, cells: list[int], value: bool) -> None: ...

@action("Use a table…", help="Rows of numbers.", sets={"data": "table"})     # a file's text: chosen, or dropped
def bring(self, table: Annotated[str, File("table", (".csv",), 1 << 20)]) -> None: ...
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from server.grammar.errors import Misdeclared, Refused

Method = TypeVar("Method", bound=Callable[..., None])
LONGEST_LIST = 4096
LARGEST_FILE = 1 << 20
"""Bytes of the largest file that any action may take; a message that holds one must fit into a socket's limit."""
LARGEST_ACT = 2 * LARGEST_FILE + (1 << 16)
"""Bytes of a message with such a file: as JSON its line ends, tabs and quotes take two bytes each."""


@dataclass(frozen=True)
class File:
    """Of an action's argument: it is the text of a file, which the page's user chooses or drops anywhere on the page.

    The action begins a new run; what it keeps is in `Experiment.brought`, and stays for all runs of the session.
    """

    noun: str
    """What it should be: "table"."""
    accept: tuple[str, ...]
    """Endings and media types that the browser offers first: (".csv", "text/csv")."""
    most: int
    """Bytes of the largest one, at most `LARGEST_FILE`."""

    def __post_init__(self) -> None:
        if not 0 < self.most <= LARGEST_FILE:
            raise Misdeclared(f"A file has 1 to {LARGEST_FILE} bytes, not {self.most}.")


@dataclass(frozen=True)
class Action:
    """One thing a user can do to a running experiment."""

    name: str
    label: str
    help: str
    arguments: type[BaseModel]
    sets: Mapping[str, float | str | bool] = field(default_factory=dict)
    """Parameters that have these values once a file is taken."""

    @property
    def file(self) -> tuple[str, File] | None:
        """The argument that is a file's text, and what is asked of the file."""
        for name, argument in self.arguments.model_fields.items():
            for mark in argument.metadata:
                if isinstance(mark, File):
                    return name, mark
        return None

    def schema(self) -> dict[str, Any]:
        """What the page needs to draw the button (JSON-ready)."""
        told = {
            "name": self.name,
            "label": self.label,
            "help": self.help,
            "arguments": list(self.arguments.model_fields),
        }
        if not self.file:
            return told
        return {**told, "file": {"argument": self.file[0], "sets": dict(self.sets), **asdict(self.file[1])}}

    def read(self, arguments: dict[str, object]) -> dict[str, Any]:
        """Checked arguments. Raises Refused with a sentence naming the wrong one."""
        for name, value in arguments.items():
            if isinstance(value, list) and len(value) > LONGEST_LIST:
                raise Refused(f"“{name}” may hold at most {LONGEST_LIST} entries, not {len(value)}.")
        try:
            return self.arguments.model_validate(arguments, strict=True).model_dump()
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "arguments"
            raise Refused(f"“{self.name}” could not be done: {place[:60]}: {first['msg'].lower()}.") from None


def action(
    label: str, *, help: str, sets: Mapping[str, float | str | bool] | None = None
) -> Callable[[Method], Method]:
    """Declare a method to be an action; its arguments are checked against its type hints. `sets`: see `Action`."""

    def declare(method: Method) -> Method:
        method.__dict__["__action__"] = (label, help, dict(sets or {}))
        return method

    return declare


def actions_of(experiment: type) -> dict[str, Action]:
    """The actions of an experiment class, by name, in order of declaration (a base class's first)."""
    found: dict[str, Action] = {}
    for cls in reversed(experiment.__mro__):
        for name, method in vars(cls).items():
            if callable(method) and "__action__" in getattr(method, "__dict__", {}):
                label, help, sets = method.__dict__["__action__"]
                found[name] = Action(name, label, help, _arguments(name, method), sets)
    return found


def _arguments(name: str, method: Callable[..., None]) -> type[BaseModel]:
    hints = get_type_hints(method, include_extras=True)
    fields: dict[str, Any] = {}
    for argument in list(inspect.signature(method).parameters.values())[1:]:
        default = ... if argument.default is inspect.Parameter.empty else argument.default
        fields[argument.name] = (hints[argument.name], default)
    config = ConfigDict(extra="forbid", allow_inf_nan=False)
    return create_model(name, __config__=config, **fields)
