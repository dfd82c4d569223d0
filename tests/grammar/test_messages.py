"""Whatever arrives is a checked message or a refusal; nothing else happens."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.grammar import messages
from server.grammar.errors import Diverged, Refused, WayOn
from tests.grammar.attempt import attempt

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
KINDS = ["open", "play", "pause", "step", "rewind", "new_draw", "speed", "set", "preset", "act", "draw"]


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    with pytest.raises(Refused):
        messages.read(text)


@given(st.fixed_dictionaries({"type": st.sampled_from(KINDS)}, optional={"steps": json_values, "value": json_values}))
def test_any_object_is_read_or_refused(message: dict[str, object]) -> None:
    read, sentence = attempt(lambda: messages.read(json.dumps(message)))
    assert sentence.endswith(".") if read is None else read.type == message["type"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "an object with a “type”"),
        ('{"type": "explode"}', "one of: open, play"),
        ('{"type": "set", "parameter": "noise", "value": NaN}', "not right"),
        ('{"type": "set", "parameter": "noise"}', "value"),
        ('{"type": "step", "steps": 0}', "steps"),
        ('{"type": "speed", "steps_per_second": 1e99}', "steps_per_second"),
        ('{"type": "play", "loudly": true}', "loudly"),
    ],
)
def test_a_wrong_message_is_answered_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        messages.read(text)


def test_a_card_survives_json_whatever_the_last_losses_were() -> None:
    error = Diverged(
        "weights of layer 2 became infinite",
        37,
        last=(2.3, float("inf"), float("nan")),
        ways=(WayOn("η 0.1", {"rate": 0.1}),),
    )
    card = json.loads(messages.DivergedMessage.of(error).model_dump_json())
    assert card["last"] == [2.3, None, None]
    assert card["ways"] == [{"label": "η 0.1", "parameters": {"rate": 0.1}, "action": ""}]
