"""A method's signature is its message schema and its button."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.grammar import Refused, action, actions_of
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


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.none() | st.floats(), max_size=4))
def test_anything_is_read_or_refused(arguments: dict[str, object]) -> None:
    read, sentence = attempt(lambda: actions_of(Machine)["shake"].read(arguments))
    assert sentence.endswith(".") if read is None else set(read) == {"strength"}
