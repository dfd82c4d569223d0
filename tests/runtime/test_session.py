"""A session is a pure state machine; a run can be repeated exactly; a fault stays inside."""

from typing import Annotated

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from server.experiments.experiment import Seeds
from server.grammar import File, action, messages
from server.grammar.errors import Diverged, Refused, WayOn
from server.runtime.history import Bookmark
from server.runtime.session import Session
from server.runtime.start import Start, start_of
from tests.runtime.walk import Walk


def session(*, playing: bool = True, seed: int = 1, **parameters: object) -> Session:
    controls = Walk.Controls()
    for name, value in parameters.items():
        controls = controls.changed(name, value)
    return Session(Walk, Start(controls, Seeds.same(seed), 100.0, playing))


def heights(one: Session) -> list[float]:
    excerpt, _ = one.history.since(Bookmark())
    values: list[float] = excerpt.series["height"].tolist()
    return values


def put(parameter: str, value: float | str | bool) -> messages.Set:
    return messages.Set(type="set", parameter=parameter, value=value)


def test_play_pause_step() -> None:
    one = session(playing=False)
    assert one.advance(5) == 0
    one.command(messages.Step(type="step", steps=3))
    assert one.advance(100) == 3
    assert (one.step, one.state) == (3, "paused")
    one.command(messages.Play(type="play"))
    assert one.advance(10) == 10
    one.command(messages.Pause(type="pause"))
    assert (one.step, one.state, one.advance(1)) == (13, "paused", 0)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
@settings(max_examples=30)
def test_the_same_seed_is_the_same_run_however_the_steps_are_cut(calls: list[int]) -> None:
    one, other = session(), session()
    for call in calls:
        one.advance(call)
    other.advance(sum(calls))
    np.testing.assert_allclose(heights(one), heights(other), rtol=1e-6)


def test_rewind_repeats_the_run_and_new_draw_makes_another() -> None:
    one = session()
    one.advance(40)
    first = heights(one)
    one.command(messages.Rewind(type="rewind"))
    assert one.step == 0
    one.advance(40)
    assert heights(one) == first
    one.command(messages.NewDraw(type="new_draw", seed=77))
    one.advance(40)
    assert heights(one) != first
    assert one.seeds == Seeds.same(77)


def test_one_of_the_three_seeds_can_be_drawn_alone() -> None:
    one = session()
    one.command(messages.NewDraw(type="new_draw", seed=9, of="initialisation"))
    assert one.seeds == Seeds(data=1, initialisation=9, order=1)
    link = one.changed("s", True).link
    assert link == {"seed": "1", "initialisation_seed": "9"}
    assert start_of(Walk, link)[0].seeds == one.seeds


def test_rewinding_to_a_step_replays_what_was_done_until_then() -> None:
    one = session()
    one.advance(10)
    one.command(put("drift", 0.9))
    one.advance(10)
    one.command(messages.Act(type="act", action="jump", arguments={"height": 50.0}))
    one.advance(10)
    one.command(put("drift", 0.1))
    one.advance(10)
    first = heights(one)
    one.command(messages.Rewind(type="rewind", step=25))
    while one.state == "playing":
        one.advance(1000)
    assert (one.step, one.state) == (25, "paused")
    assert heights(one) == first[:25]
    assert one.parameters.model_dump()["drift"] == 0.9
    with pytest.raises(Refused, match="only reached step 40"):
        one.command(messages.Rewind(type="rewind", step=41))


def scrubbed(one: Session, *places: int) -> None:
    """Drag along the hill."""
    for step in places:
        one.command(messages.Rewind(type="rewind", step=step, replay=True))
        while one.state == "playing":
            one.advance(7)
        assert (one.step, one.state) == (step, "paused")


@given(st.lists(st.integers(0, 40), max_size=6), st.booleans())
@settings(max_examples=30)
def test_to_and_fro_along_the_past_everything_that_was_done_is_replayed(places: list[int], stepped: bool) -> None:
    one = session()
    one.command(put("drift", 0.5))
    one.advance(10)
    one.command(messages.Act(type="act", action="jump", arguments={"height": 50.0}))
    one.advance(30)
    one.command(put("drift", 0.9))
    first = heights(one)
    scrubbed(one, *places)
    if stepped and one.step < 40:
        one.command(messages.Step(type="step"))
        one.advance(1)
    assert heights(one) == first[: one.step] if one.step else True
    scrubbed(one, 40)
    assert heights(one) == first
    assert one.parameters.model_dump()["drift"] == 0.9


def test_a_hand_in_the_past_or_playing_on_makes_another_future() -> None:
    for message in (messages.Play(type="play"), put("drift", 0.0)):
        one = session()
        one.advance(20)
        one.command(messages.Act(type="act", action="jump", arguments={"height": 100.0}))
        one.advance(20)
        first = heights(one)
        scrubbed(one, 10)
        one.command(message)
        scrubbed(one, 40)
        assert heights(one)[:10] == first[:10]
        assert max(heights(one)) < max(first) - 40


def test_a_live_parameter_changes_nothing_but_itself_and_a_restart_parameter_starts_again() -> None:
    one = session()
    one.advance(10)
    run = one.run
    one.command(put("drift", 0.25))
    assert (one.run, one.step) == (run, 10)
    one.command(put("size", 5))
    assert (one.run, one.step) == (run + 1, 0)
    assert one.parameters.model_dump() == {"drift": 0.25, "size": 5, "fault": "none", "noisy": True}


@pytest.mark.parametrize(
    "message",
    [
        put("drift", 2.0),
        put("drift", "much"),
        put("nothing", 1),
        put("size", 2.5),
        messages.Act(type="act", action="fly"),
        messages.Act(type="act", action="jump", arguments={"height": "high"}),
        messages.Act(type="act", action="jump", arguments={"height": 1e9}),
        messages.Act(type="act", action="restart"),
        messages.Preset(type="preset", name="nowhere"),
        messages.Rewind(type="rewind", step=11),
        messages.Act(type="act", action="jump", arguments={"height": float("inf")}),
    ],
)
def test_a_refused_command_changes_nothing(message: messages.Command) -> None:
    one = session()
    one.advance(10)
    before = (one.state, one.step, one.run, one.parameters, one.version, one.seeds)
    with pytest.raises(Refused):
        one.command(message)
    assert (one.state, one.step, one.run, one.parameters, one.version, one.seeds) == before
    one.advance(5)
    same = session()
    same.advance(15)
    np.testing.assert_allclose(heights(one), heights(same), rtol=1e-6)


def test_a_fault_stops_this_session_with_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    one = session(fault="raise")
    assert one.advance(60) == 0
    assert str(one.state) == "failed"
    assert isinstance(one.card, messages.Failed)
    assert "the floor gave way" in one.card.sentence
    assert "the floor gave way" in caplog.text
    with pytest.raises(Refused):
        one.command(messages.Play(type="play"))
    one.command(put("fault", "none"))
    assert one.state == "playing"
    assert one.advance(60) == 60


def test_a_run_that_cannot_begin_leaves_the_old_one_untouched() -> None:
    one = session()
    one.advance(10)
    with pytest.raises(RuntimeError):
        one.command(put("fault", "restart"))
    assert (one.step, one.state, one.parameters.model_dump()["fault"]) == (10, "playing", "none")
    assert one.advance(5) == 5


def test_a_divergence_is_a_card_that_names_the_place() -> None:
    one = session(fault="diverge")
    one.advance(60)
    assert isinstance(one.card, messages.DivergedMessage)
    assert (one.card.where, one.card.step, one.card.arm) == ("weights of layer 9 became infinite", 50, "A")
    assert one.card.last == (1.0, None)


class Cliff(Walk):
    """Diverges at step 50, unless it was told to fly."""

    @action("", help="Go on.")
    def fly(self) -> None:
        self.flying = True

    def _fail(self, steps: int) -> None:
        if self._steps + steps >= 50 and not getattr(self, "flying", False):
            raise Diverged("too deep", 50, ways=(WayOn("Fly", action="fly"),), series=self._rest(50 - self._steps))

    def _rest(self, steps: int) -> dict[str, torch.Tensor]:
        return {"height": torch.zeros(steps), "place": torch.zeros(steps, 2)}


def test_a_way_on_is_taken_just_before_the_step_that_broke_and_belongs_to_the_run_from_then_on() -> None:
    start = Start(Cliff.Controls(drift=0.25), Seeds.same(3), 100.0, True)
    plain, one = Session(Walk, start), Session(Cliff, start)
    one.advance(20)
    one.command(put("drift", 0.75))
    one.advance(40)
    assert (one.step, one.state) == (50, "failed")
    with pytest.raises(Refused, match="has stopped"):
        one.command(messages.Act(type="act", action="jump", arguments={"height": 1.0}))
    one.command(messages.Act(type="act", action="fly"))
    assert (one.state, one.card) == ("playing", None)
    while one.step < 80:
        one.advance(min(7, 80 - one.step))
    plain.advance(20)
    plain.command(put("drift", 0.75))
    plain.advance(60)
    assert heights(one) == heights(plain)  # as if nothing had happened
    scrubbed(one, 30, 80)
    assert heights(one) == heights(plain)
    one.command(messages.Rewind(type="rewind"))
    one.command(messages.Play(type="play"))
    one.advance(100)
    assert (one.step, one.state) == (50, "failed")


def test_paused_on_its_way_to_the_cliff_a_run_pauses_and_single_steps_stay_single() -> None:
    one = Session(Cliff, Start(Cliff.Controls(), Seeds.same(3), 100.0, True))
    one.advance(60)
    one.command(messages.Act(type="act", action="fly"))
    one.advance(10)
    one.command(messages.Pause(type="pause"))
    one.command(messages.Step(type="step", steps=3))
    while one.state == "playing":
        one.advance(100)
    assert (one.step, one.state) == (13, "paused")


def test_a_hill_that_is_not_finite_stops_the_run_at_the_right_step() -> None:
    one = session(fault="nan")
    one.advance(49)
    one.advance(1)
    assert isinstance(one.card, messages.DivergedMessage)
    assert one.card.step == 50
    assert one.step == 50


def test_a_link_restores_the_page() -> None:
    one = session(drift=0.125, size=3)
    one.command(messages.Speed(type="speed", steps_per_second=None))
    one.command(messages.NewDraw(type="new_draw", seed=9))
    link = one.changed("s1", True).link
    assert link == {"drift": "0.125", "size": "3", "seed": "9", "speed": "max"}
    start, ignored = start_of(Walk, link)
    assert (start.parameters, start.seeds, start.speed, ignored) == (one.parameters, Seeds.same(9), None, ())


@given(st.dictionaries(st.sampled_from(["drift", "size", "seed", "speed", "preset", "other"]), st.text(max_size=30)))
def test_any_link_opens_and_says_what_it_ignored(link: dict[str, str]) -> None:
    start, ignored = start_of(Walk, link)
    assert isinstance(start.parameters, Walk.Controls)
    assert len(ignored) <= len(link)
    assert all(sentence.endswith(".") for sentence in ignored)


def test_a_preset_sets_everything() -> None:
    one = session(size=3)
    one.command(messages.Preset(type="preset", name="flat"))
    assert one.parameters.model_dump() == {"drift": 0.0, "size": 8, "fault": "none", "noisy": True}


class Reader(Walk):
    """A walk that takes a file, and cannot begin with some."""

    def restart(self) -> None:
        super().restart()
        if self.brought.get("words") == ("poison",):
            raise RuntimeError("it would not begin")

    @action("Read…", help="A text.", sets={"drift": 0.25})
    def read(self, text: Annotated[str, File("text", (".txt",), 100)]) -> None:
        if not text:
            raise Refused("The text is empty.")
        self.brought = {"words": tuple(text.split())}


def reader() -> Session:
    return Session(Reader, Start(Reader.Controls(), Seeds.same(1), 100.0, True))


def act(text: str) -> messages.Act:
    return messages.Act(type="act", action="read", arguments={"text": text})


def test_a_file_begins_a_new_run_and_stays_for_all_later_ones() -> None:
    one = reader()
    one.advance(20)
    one.command(act("two words"))
    assert (one.run, one.step, one.parameters.model_dump()["drift"]) == (2, 0, 0.25)
    one.advance(30)
    first = heights(one)
    for message in (
        messages.Rewind(type="rewind", step=10),
        messages.Rewind(type="rewind"),
        put("size", 4),
        messages.NewDraw(type="new_draw", seed=5),
        messages.Preset(type="preset", name="flat"),
    ):
        one.command(message)
        assert one.experiment.brought == {"words": ("two", "words")}
    again = reader()
    again.command(act("two words"))
    again.advance(30)
    assert heights(again) == first


@pytest.mark.parametrize("text", ["", "poison"])
def test_a_file_that_cannot_be_taken_changes_nothing(text: str) -> None:
    one = reader()
    one.command(act("two words"))
    one.command(put("drift", 0.75))
    one.advance(20)
    before = (one.run, one.experiment, one.experiment.brought, one.parameters, heights(one))
    with pytest.raises((Refused, RuntimeError)) as caught:
        one.command(act(text))
    assert (one.run, one.experiment, one.experiment.brought, one.parameters, heights(one)) == before
    if isinstance(caught.value, Refused):
        assert (text, caught.value.parameter) == ("", "read")
    one.command(messages.Rewind(type="rewind", step=10))
    assert one.experiment.brought == {"words": ("two", "words")}


def test_a_file_brings_a_stopped_run_back() -> None:
    one = reader()
    one.command(put("fault", "raise"))
    one.advance(60)
    assert one.state == "failed"
    one.command(act("word"))
    assert (one.state, one.experiment.brought) == ("playing", {"words": ("word",)})
