"""Actions: a method's signature is its message schema and its button.

@action("Corrupt 10 %", help="Flip a tenth of the units.")
def corrupt(self) -> None: ...

@action("", help="Set units by hand.")            # no label: no button; a view calls it (painting)
def paint(self, cells: list[int], value: bool) -> None: ...
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from server.grammar.errors import Refused

Method = TypeVar("Method", bound=Callable[..., None])
LONGEST_LIST = 4096


@dataclass(frozen=True)
class Action:
    """One thing a user can do to a running experiment."""

    name: str
    label: str
    help: str
    arguments: type[BaseModel]

    def schema(self) -> dict[str, Any]:
        """What the page needs to draw the button (JSON-ready)."""
        return {
            "name": self.name,
            "label": self.label,
            "help": self.help,
            "arguments": list(self.arguments.model_fields),
        }

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


def action(label: str, *, help: str) -> Callable[[Method], Method]:
    """Declare a method to be an action; its arguments are checked against its type hints."""

    def declare(method: Method) -> Method:
        method.__dict__["__action__"] = (label, help)
        return method

    return declare


def actions_of(experiment: type) -> dict[str, Action]:
    """The actions of an experiment class, by name, in order of declaration (a base class's first)."""
    found: dict[str, Action] = {}
    for cls in reversed(experiment.__mro__):
        for name, method in vars(cls).items():
            if callable(method) and "__action__" in getattr(method, "__dict__", {}):
                label, help = method.__dict__["__action__"]
                found[name] = Action(name, label, help, _arguments(name, method))
    return found


def _arguments(name: str, method: Callable[..., None]) -> type[BaseModel]:
    hints = get_type_hints(method, include_extras=True)
    fields: dict[str, Any] = {}
    for argument in list(inspect.signature(method).parameters.values())[1:]:
        default = ... if argument.default is inspect.Parameter.empty else argument.default
        fields[argument.name] = (hints[argument.name], default)
    config = ConfigDict(extra="forbid", allow_inf_nan=False)
    return create_model(name, __config__=config, **fields)
