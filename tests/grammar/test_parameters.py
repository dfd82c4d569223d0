"""One declaration: the slider, the check, the link and the sentence agree."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.grammar import Parameters, Refused, choice, numbers, owned, slider, toggle, widths
from server.grammar.errors import Misdeclared
from tests.grammar.attempt import attempt


class Controls(Parameters):
    noise: float = slider(0.2, 0.0, 0.5, label="noise in the cue", help="Share of units flipped.", symbol="p", unit="%")
    layers: int = slider(6, 1, 30, label="layers", help="Hidden layers.")
    rate: float = slider(0.1, 1e-4, 10.0, label="learning rate", help="η", scale="log", applies="live")
    rule: Literal["hebb", "storkey"] = choice("hebb", label="rule", help="How.", labels={"hebb": "Hebb"})
    learning: bool = toggle(True, label="learning", help="On or off.", applies="live")
    hidden: str = owned("B", widths("8-8", 1, 16, 3, label="hidden layers", help="Their units."), when="hidden")


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()), st.just("hebb")
)
valid = st.builds(
    Controls,
    noise=st.floats(0, 0.5),
    layers=st.integers(1, 30),
    rate=st.floats(1e-4, 10),
    rule=st.sampled_from(["hebb", "storkey"]),
    learning=st.booleans(),
    hidden=st.lists(st.integers(1, 16), min_size=1, max_size=3).map(lambda each: "-".join(map(str, each))),
)


@given(valid)
def test_a_link_restores_every_value_exactly(parameters: Controls) -> None:
    assert Controls.from_link(parameters.link()) == (parameters, [])


@given(st.sampled_from([*Controls.model_fields, "other"]), anything)
def test_any_value_is_taken_whole_or_refused_with_a_sentence(name: str, value: object) -> None:
    before = Controls()
    after, sentence = attempt(lambda: before.changed(name, value))
    if after is None:
        assert sentence.endswith(".")
        assert before == Controls()
    else:
        assert getattr(after, name) == value
        assert type(getattr(after, name)) in (float, int, str, bool)
        assert after.model_dump() | {name: 0} == before.model_dump() | {name: 0}


@given(st.dictionaries(st.sampled_from([*Controls.model_fields, "other"]), st.text(max_size=12)))
def test_any_link_gives_valid_parameters(link: dict[str, str]) -> None:
    parameters, ignored = Controls.from_link(link)
    assert Controls.model_validate(parameters.model_dump()) == parameters
    assert len(ignored) <= len(link)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("noise", 0.7, "Noise in the cue takes a number from 0 to 0.5 %, not 0.7."),
        ("noise", float("nan"), "Noise in the cue takes a number from 0 to 0.5 %, not nan."),
        ("noise", float("inf"), "Noise in the cue takes a number from 0 to 0.5 %, not inf."),
        ("noise", "0.1", "Noise in the cue takes a number from 0 to 0.5 %, not 0.1."),
        ("layers", 2.5, "Layers takes a whole number from 1 to 30, not 2.5."),
        ("layers", True, "Layers takes a whole number from 1 to 30, not True."),
        ("rule", "magic", "Rule takes one of: hebb, storkey, not magic."),
        ("learning", 1, "Learning is either on or off, not 1."),
        *(
            ("hidden", wrong, f"Hidden layers takes up to 3 whole numbers from 1 to 16, such as 8-8, not {wrong}.")
            for wrong in ("8-17", "0", "8-8-8-8", "8-", "", "08", "8 8", 8, "-8", "8-8\n", "٨")
        ),
    ],
)
def test_a_refusal_says_what_would_be_right(name: str, value: object, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        Controls().changed(name, value)
    assert str(refusal.value) == sentence
    assert refusal.value.parameter == name


@pytest.mark.parametrize(("text", "value"), [("on", True), ("true", True), ("1", True), ("off", False), ("0", False)])
def test_a_link_may_say_yes_or_no_in_other_words(text: str, value: bool) -> None:
    parameters, ignored = Controls.from_link({"learning": text}, Controls(learning=not value))
    assert (parameters.learning, ignored) == (value, [])


def test_what_a_link_got_wrong_is_said_in_the_page_s_words() -> None:
    _, ignored = Controls.from_link({"learning": "maybe", "colour": "red"})
    assert ignored == [
        "Ignored in the link: Learning is either on or off, not maybe.",
        "Ignored in the link: nothing here is called “colour”.",
    ]


def test_the_controls_come_from_the_declaration() -> None:
    noise, layers, rate, rule, learning, hidden = Controls.controls()
    assert (noise["low"], noise["high"], noise["default"], noise["symbol"]) == (0.0, 0.5, 0.2, "p")
    assert (layers["integer"], layers["step"]) == (True, 1)
    assert (rate["scale"], rate["applies"]) == ("log", "live")
    assert rule["options"] == [{"value": "hebb", "label": "Hebb"}, {"value": "storkey", "label": "storkey"}]
    assert (learning["kind"], learning["default"]) == ("toggle", True)
    assert (hidden["kind"], hidden["low"], hidden["high"], hidden["most"]) == ("widths", 1, 16, 3)
    assert [control["of"] for control in Controls.controls()] == ["both"] * 5 + ["B"]
    assert hidden["when"] == "hidden"


@given(st.lists(st.integers(1, 16), min_size=1, max_size=3))
def test_numbers_in_a_row_are_read_as_they_were_written(units: list[int]) -> None:
    assert numbers(Controls().changed("hidden", "-".join(map(str, units))).hidden) == tuple(units)


def test_a_bare_field_is_a_mistake_of_the_author() -> None:
    class Bare(Parameters):
        noise: float = 0.5

    with pytest.raises(Misdeclared, match=r"slider\(\)"):
        Bare.controls()


def test_parameters_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(Controls(), "noise", 0.1)  # noqa: B010  the point is that no way of setting works


def test_a_default_out_of_bounds_is_found() -> None:
    class Wrong(Parameters):
        noise: float = slider(2.0, 0.0, 1.0, label="noise", help="")

    with pytest.raises(ValueError, match="less than or equal to 1"):
        Wrong()
