"""A method's signature is its message schema and its button."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.grammar import File, Refused, action, actions_of
from server.grammar.actions import LARGEST_FILE
from server.grammar.errors import Misdeclared
from tests.grammar.attempt import attempt


class Machine:
    @action("Shake", help="Shake it.")
    def shake(self, strength: float = 1.0) -> None: ...

    @action("", help="Set cells.")
    def paint(self, cells: list[int], value: bool) -> None: ...

    def private(self) -> None: ...


def test_only_declared_methods_are_actions() -> None:
    found = actions_of(Machine)
    assert list(found) == ["shake", "paint"]
    assert found["paint"].schema() == {
        "name": "paint",
        "label": "",
        "help": "Set cells.",
        "arguments": ["cells", "value"],
    }


def test_arguments_are_checked_against_the_signature() -> None:
    found = actions_of(Machine)
    assert found["shake"].read({}) == {"strength": 1.0}
    assert found["paint"].read({"cells": [1, 2], "value": True}) == {"cells": [1, 2], "value": True}
    wrongs: list[dict[str, object]] = [{"strength": "x"}, {"strength": float("nan")}, {"other": 1}]
    for wrong in wrongs:
        with pytest.raises(Refused, match="shake"):
            found["shake"].read(wrong)
    bads: list[dict[str, object]] = [
        {"cells": [1.5], "value": True},
        {"cells": "12", "value": True},
        {"cells": [1]},
        {"cells": [1], "value": 1},
    ]
    for bad in bads:
        with pytest.raises(Refused, match="paint"):
            found["paint"].read(bad)
    with pytest.raises(Refused, match="at most 4096"):
        found["paint"].read({"cells": [0] * 5000, "value": True})


class Library:
    @action("Lend…", help="A book.", sets={"shelf": "own"})
    def lend(self, title: str, book: Annotated[str, File("book", (".txt",), 500)]) -> None: ...


def test_a_file_is_declared_in_the_signature() -> None:
    lend = actions_of(Library)["lend"]
    assert lend.schema() == {
        "name": "lend",
        "label": "Lend…",
        "help": "A book.",
        "arguments": ["title", "book"],
        "file": {"argument": "book", "sets": {"shelf": "own"}, "noun": "book", "accept": (".txt",), "most": 500},
    }
    assert lend.sets == {"shelf": "own"}
    assert lend.read({"title": "T", "book": "once\n"}) == {"title": "T", "book": "once\n"}
    assert actions_of(Machine)["paint"].file is None


@pytest.mark.parametrize("most", [0, -1, LARGEST_FILE + 1])
def test_a_file_that_no_message_could_hold_is_misdeclared(most: int) -> None:
    with pytest.raises(Misdeclared, match=f"1 to {LARGEST_FILE} bytes"):
        File("book", (".txt",), most)


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.none() | st.floats(), max_size=4))
def test_anything_is_read_or_refused(arguments: dict[str, object]) -> None:
    read, sentence = attempt(lambda: actions_of(Machine)["shake"].read(arguments))
    assert sentence.endswith(".") if read is None else set(read) == {"strength"}
