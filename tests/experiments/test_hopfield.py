"""What the recall page claims, checked on the page's own experiment (the contract has its own tests)."""

import math
from typing import Any

import pytest
import torch

from server.experiments.experiment import Seeds
from server.experiments.hopfield import UNITS, Hopfield
from server.grammar import Refused
from server.models import hopfield
from server.models.data import binary_digits


def run(seed: int = 1, **parameters: Any) -> Hopfield:
    """A run at its start, with these parameters beside the defaults."""
    experiment = Hopfield(Hopfield.Controls(**parameters), Seeds.same(seed))
    experiment.restart()
    return experiment


def change(experiment: Hopfield, name: str, value: float | str) -> None:
    """What the runtime does with a live parameter."""
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)


def number(experiment: Hopfield, channel: str) -> float:
    return float(experiment.show()[channel])


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_page_opens_on_a_three_that_returns_from_noise(seed: int) -> None:
    experiment = run(seed)
    assert number(experiment, "wrong") == 144
    assert number(experiment, "likeness") == pytest.approx(0.28)
    energies = experiment.advance(8 * UNITS)["energy"]
    assert bool((energies.diff() <= 0).all())
    assert number(experiment, "wrong") == 0
    assert number(experiment, "energy") == pytest.approx(number(experiment, "memory_energy"))
    verdict = experiment.verdict()
    assert (verdict.number, verdict.word) == ("0", "holds")
    assert verdict.line == "rises in 3\u2009200 updates"
    assert "settled" in verdict.note


def test_memory_energy_is_the_closed_form() -> None:
    """Pseudo-inverse with W_ii = 0: W ξ = ξ less the diagonal, whose sum is M; so E = −(N − M)/2."""
    for memories in (1, 6, 10):
        assert number(run(memories=memories), "memory_energy") == pytest.approx(-(UNITS - memories) / 2)


def test_the_shown_numbers_are_those_of_the_shown_state() -> None:
    experiment = run(threshold=0.3)
    experiment.advance(57)
    shown = experiment.show()
    state, weights = shown["state"].flatten(), shown["weights"]
    assert float(shown["energy"]) == pytest.approx(float(hopfield.energy(weights, state, 0.3)))
    unit = int(shown["example"])
    assert float(shown["field"]) == pytest.approx(float(weights[unit] @ state) - 0.3)
    assert float(shown["content"]) == float((state * (weights @ state - 0.3) >= 0).sum())
    assert torch.allclose(shown["overlaps"], shown["memories"].flatten(1) @ state / UNITS)


def test_hebb_melts_digits_that_are_too_alike() -> None:
    """The run settles below the memory: the links hold a blend that lies deeper than what was stored."""
    experiment = run(**Hopfield.presets["Too alike for Hebb"])  # type: ignore[arg-type]
    experiment.advance(20 * UNITS)
    assert "settled" in experiment.verdict().note
    assert number(experiment, "likeness") < 0.95
    assert number(experiment, "energy") < number(experiment, "memory_energy") - 10


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_at_once_swaps_between_two_states(seed: int) -> None:
    experiment = run(seed, update_order="all at once", memories=1, noise=0.5)
    states = []
    for _ in range(4):
        experiment.advance(1)
        states.append(experiment.show()["state"])
    assert torch.equal(states[0], states[2])
    assert torch.equal(states[0], -states[1])
    assert experiment.verdict().word == "broken"
    change(experiment, "update_order", "random")
    experiment.advance(4 * UNITS)
    assert abs(number(experiment, "likeness")) == 1.0


def test_heat_lets_the_energy_rise_and_the_page_says_why() -> None:
    experiment = run()
    experiment.advance(4 * UNITS)
    change(experiment, "temperature", 0.6)
    energies = experiment.advance(4 * UNITS)["energy"]
    rises = int((energies.diff() > hopfield.RISE).sum())
    verdict = experiment.verdict()
    assert rises > 20
    assert int(verdict.number) - rises in (0, 1)
    assert verdict.word == "broken"
    assert "heat" in verdict.note
    change(experiment, "temperature", 0.0)
    experiment.advance(4 * UNITS)
    assert experiment.verdict().note == verdict.note


def test_the_threshold_moves_the_hill_but_is_not_a_rise() -> None:
    experiment = run()
    experiment.advance(4 * UNITS)
    before, total = number(experiment, "energy"), float(experiment.show()["state"].sum())
    change(experiment, "threshold", -0.5)
    assert number(experiment, "energy") == pytest.approx(before - 0.5 * total)
    experiment.advance(UNITS)
    assert experiment.verdict().number == "0"


def test_nothing_is_claimed_before_the_first_update() -> None:
    assert run().verdict().word == "untested"


def test_corrupting_turns_over_forty_units_and_repeats_with_the_run() -> None:
    first, again = run(), run()
    for experiment in (first, again):
        before = experiment.show()["state"]
        experiment.corrupt()
        assert int((experiment.show()["state"] != before).sum()) == 40
    once = first.show()["state"]
    assert torch.equal(once, again.show()["state"])
    first.corrupt()
    assert 0 < int((first.show()["state"] != once).sum()) <= 40


def test_a_picture_can_be_drawn_from_a_blank_sheet() -> None:
    experiment = run()
    experiment.blank()
    assert float(experiment.show()["state"].sum()) == -UNITS
    ink = (experiment.show()["target"].flatten() > 0).nonzero().flatten().tolist()
    experiment.paint(ink, True)
    assert number(experiment, "wrong") == 0
    experiment.paint([ink[0]], False)
    assert number(experiment, "wrong") == 1
    experiment.paint([], True)
    assert number(experiment, "wrong") == 1


@pytest.mark.parametrize("cell", [-1, UNITS])
def test_a_unit_that_is_not_there_cannot_be_painted(cell: int) -> None:
    experiment = run()
    before = experiment.show()["state"]
    with pytest.raises(Refused, match=f"no unit {cell}"):
        experiment.paint([0, cell], True)
    assert torch.equal(before, experiment.show()["state"])


def test_the_six_memories_of_the_opening_are_those_of_the_design() -> None:
    assert torch.equal(run().show()["memories"].flatten(1), binary_digits((0, 1, 3, 4, 5, 7)))


def test_random_order_counts_sweeps_by_decisions() -> None:
    experiment = run()
    experiment.advance(300)
    assert experiment.position() == {"sweep": "0.75"}
    change(experiment, "update_order", "all at once")
    experiment.advance(2)
    assert experiment.position() == {"sweep": "2.75"}


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_corrupting_picks_units_of_its_own(seed: int) -> None:
    """Of 40 units picked at random, a share p is wrong already: 40·(1 − 2p) more are wrong on average."""
    experiment = run(seed, noise=0.1)
    before = number(experiment, "wrong")
    experiment.corrupt()
    gained = number(experiment, "wrong") - before
    assert gained == pytest.approx(40 * (1 - 2 * 0.1), abs=4 * 2 * math.sqrt(40 * 0.1 * 0.9))
