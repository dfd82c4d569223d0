"""What every experiment must keep, under any valid parameters (ARCHITECTURE.md, contract 1)."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from server.experiments.experiment import Experiment
from server.grammar import Parameters, messages
from server.runtime.catalogue import discover
from server.runtime.history import CAPACITY, Bookmark
from server.runtime.picture import Reader, picture
from server.runtime.session import Session
from server.runtime.start import Start, start_of
from server.runtime.wire import decode
from tests.experiments import arbitrary
from tests.experiments.fingerprint import fingerprint

KINDS = list(discover().values())
every_experiment = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
few = settings(max_examples=5)
KIB = 1024
STEPS = 7
LINK = {"seed": "5"}


def session(kind: type[Experiment], parameters: Parameters | None = None) -> Session:
    return Session(kind, Start(parameters or kind.Controls()))


def frame(one: Session) -> bytes:
    return picture(one, Reader(), speed=0.0, time=0.0)


@every_experiment
@given(data=st.data())
@few
def test_any_valid_run_is_finite_or_says_where_it_diverged(kind: type[Experiment], data: st.DataObject) -> None:
    one = session(kind, data.draw(arbitrary.parameters(kind)))
    one.advance(STEPS)
    assert not isinstance(one.card, messages.Failed), one.card
    if one.card is None:
        excerpt, _ = one.history.since(Bookmark())
        assert all(np.isfinite(rows).all() for rows in excerpt.series.values())
        assert one.step == STEPS


@every_experiment
@given(data=st.data())
@few
def test_how_steps_are_cut_into_calls_changes_nothing(kind: type[Experiment], data: st.DataObject) -> None:
    parameters = data.draw(arbitrary.parameters(kind))
    cut, whole = session(kind, parameters), session(kind, parameters)
    cut.advance(3)
    cut.advance(4)
    whole.advance(7)
    rows, _ = cut.history.since(Bookmark())
    expected, _ = whole.history.since(Bookmark())
    for name in expected.series:
        np.testing.assert_array_equal(rows.series[name], expected.series[name], err_msg=name)


@pytest.fixture(scope="module")
def elsewhere() -> dict[str, str]:
    """What another process measures on every page; one for all, since it begins with importing torch."""
    command = [sys.executable, "-m", "tests.experiments.fingerprint", "50", json.dumps(LINK)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(line.split() for line in lines)


@every_experiment
@pytest.mark.xdist_group("another process")
def test_another_process_makes_the_same_run(kind: type[Experiment], elsewhere: dict[str, str]) -> None:
    assert elsewhere[kind.name] == fingerprint(kind, LINK, 50)
    assert elsewhere[kind.name] != fingerprint(kind, {"seed": "6"}, 50)


@every_experiment
def test_channels_are_there_with_the_ranks_that_views_draw(kind: type[Experiment]) -> None:
    one = session(kind)
    one.advance(STEPS)
    header = decode(frame(one))
    per_step = {name: rows.ndim - 1 for name, rows in header["series"].items()}
    ranks = {name: array.ndim for name, array in header["channels"].items()}
    for view in kind.views:
        for channel, allowed in view.channels().items():
            rank = per_step.get(channel) if view.kind == "curves" else ranks.get(channel)
            assert rank in allowed, f"{kind.name}, “{view.title}”: {channel} has rank {rank}, not one of {allowed}"
    for channel in [line.channel for line in kind.hill.lines] + ([kind.hill.events] if kind.hill.events else []):
        assert per_step[channel] == 0
    for formula in kind.formulas:
        assert not formula.value or ranks[formula.value] == 0


def lengthen(one: Session) -> None:
    """As many rows as a history holds, without taking so many steps: what was measured, over and over."""
    excerpt, _ = one.history.since(Bookmark())
    missing = CAPACITY - 4 - excerpt.count
    one.history.append({name: np.resize(rows, (missing, *rows.shape[1:])) for name, rows in excerpt.series.items()})


@every_experiment
def test_frames_are_small_at_defaults_and_bounded_at_extremes(kind: type[Experiment]) -> None:
    one = session(kind)
    one.advance(200)
    lengthen(one)
    assert len(frame(one)) <= 256 * KIB
    for parameters in arbitrary.extremes(kind):
        extreme = session(kind, parameters)
        extreme.advance(20)
        assert len(frame(extreme)) <= 1024 * KIB, parameters


@every_experiment
def test_one_step_and_one_picture_keep_to_their_time_at_defaults(kind: type[Experiment]) -> None:
    one, reader = session(kind), Reader()
    for _ in range(5):
        one.advance(1)
        picture(one, reader, speed=0.0, time=0.0)
    assert _median_time(lambda: one.advance(1)) <= 0.010
    assert _median_time(lambda: (one.advance(1), picture(one, reader, speed=0.0, time=0.0))) <= 0.020


def _median_time(call: object) -> float:
    assert callable(call)
    times = []
    for _ in range(15):
        begin = time.thread_time()  # this thread's own: other tests may run beside it
        call()
        times.append(time.thread_time() - begin)
    return float(np.median(times))


@every_experiment
def test_every_action_can_be_done_and_the_run_goes_on(kind: type[Experiment]) -> None:
    one = session(kind)
    for name, action in one.actions.items():
        one.advance(STEPS)
        one.command(messages.Act(type="act", action=name, arguments=arbitrary.arguments(action)))
        one.advance(STEPS)
        assert one.card is None, f"{name}: {one.card}"
        assert len(frame(one)) > 0


@every_experiment
@given(data=st.data())
@few
def test_a_live_parameter_changes_nothing_but_itself(kind: type[Experiment], data: st.DataObject) -> None:
    controls = [control for control in kind.Controls.controls() if control["applies"] == "live"]
    if not controls:
        return
    control = data.draw(st.sampled_from(controls))
    one = session(kind)
    value = data.draw(arbitrary.accepted(one.parameters, control))
    one.advance(STEPS)
    run, before = one.run, one.parameters.model_dump()
    one.command(messages.Set(type="set", parameter=control["name"], value=value))
    assert one.parameters.model_dump() == {**before, control["name"]: value}
    assert (one.run, one.step) == (run, STEPS)
    one.advance(STEPS)
    assert one.card is None or isinstance(one.card, messages.DivergedMessage)


@every_experiment
@given(data=st.data())
@few
def test_the_link_restores_the_page(kind: type[Experiment], data: st.DataObject) -> None:
    one = session(kind, data.draw(arbitrary.parameters(kind)))
    start, ignored = start_of(kind, one.changed("s", True).link)
    assert (start.parameters, start.seeds, ignored) == (one.parameters, one.seeds, ())


@every_experiment
@given(data=st.data())
@few
def test_lasting_channels_change_only_as_other_tensors(kind: type[Experiment], data: st.DataObject) -> None:
    one = session(kind)
    seen: list[tuple[str, torch.Tensor, torch.Tensor]] = []

    def look() -> None:
        shown = one.experiment.show()
        seen.extend((name, shown[name], shown[name].clone()) for name in kind.lasting)

    look()
    for control in (control for control in kind.Controls.controls() if control["applies"] == "live"):
        value = data.draw(arbitrary.accepted(one.parameters, control))
        one.command(messages.Set(type="set", parameter=control["name"], value=value))
    one.advance(STEPS)
    look()
    for name, action in one.actions.items():
        one.command(messages.Act(type="act", action=name, arguments=arbitrary.arguments(action)))
        look()
    for name, tensor, copy in seen:
        np.testing.assert_array_equal(tensor.numpy(), copy.numpy(), err_msg=name)


@every_experiment
def test_the_verdict_fits_its_place(kind: type[Experiment]) -> None:
    one = session(kind)
    for steps in (0, 1, 500):
        if steps:
            one.advance(steps)
        verdict = one.experiment.verdict()
        assert len(verdict.number) <= 6
        assert len(verdict.line) <= 34
        assert verdict.sentence().endswith(".")


@every_experiment
def test_every_preset_runs(kind: type[Experiment]) -> None:
    for name in kind.presets:
        start, ignored = start_of(kind, {"preset": name})
        assert not ignored
        one = Session(kind, start)
        one.advance(STEPS)
        assert not isinstance(one.card, messages.Failed)


@every_experiment
def test_rewinding_into_the_middle_is_the_same_run(kind: type[Experiment]) -> None:
    one = session(kind)
    one.advance(40)
    first, _ = one.history.since(Bookmark())
    one.command(messages.Rewind(type="rewind", step=25))
    while one.state == "playing":
        one.advance(10)
    again, _ = one.history.since(Bookmark())
    for name, rows in first.series.items():
        np.testing.assert_array_equal(again.series[name], rows[:25], err_msg=name)
