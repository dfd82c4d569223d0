"""What the page of the landscape claims, checked on the page's own experiment (the contract has its own tests)."""

import math

import pytest
import torch
from torch import Tensor

from server.experiments.landscape import REST, Valleys
from server.experiments.valleys import PALE, block
from server.grammar import Refused
from server.models.landscape import numbers_of
from tests.experiments.running import begun, stepped


def shown(experiment: Valleys, channel: str) -> Tensor:
    return experiment.show()[channel].double()


@pytest.mark.parametrize("seed", range(1, 7))
def test_without_heat_every_run_ends_in_a_listed_valley(seed: int) -> None:
    experiment = begun(Valleys, seed)
    assert experiment.verdict().word == "untested"
    series = stepped(experiment, 3000)
    assert experiment.runs > 50
    assert experiment.ended == experiment.runs
    verdict = experiment.verdict()
    assert (verdict.number, verdict.word) == ("0", "holds")
    assert verdict.line == f"of {experiment.runs} runs found none"
    assert verdict.note == f"{experiment.land.count} valleys listed"
    floors = experiment.land.heights[: experiment.land.count]
    assert bool((series["energy"][:, None] - floors).abs().min(0).values.lt(1e-9).any())


def test_the_energy_rises_only_where_a_run_has_rested_in_a_valley() -> None:
    experiment = begun(Valleys)
    energies = stepped(experiment, 1200)["energy"]
    floors = experiment.land.heights[: experiment.land.count]
    rises = ((energies.diff() > 1e-9).nonzero() + 1).flatten().tolist()
    assert len(rises) > 10
    for step in rises:
        assert step % 12 == 0
        rest = energies[step - REST * 12 : step]
        assert bool((rest == rest[0]).all())
        assert float((floors - rest[0]).abs().min()) < 1e-9


def test_a_ball_stands_where_its_state_is() -> None:
    experiment = begun(Valleys, threshold=0.2)
    stepped(experiment, 5)
    leaf, energy = shown(experiment, "now").tolist()
    state = shown(experiment, "state").flatten()
    assert energy == pytest.approx(float(experiment.memory.energy(state, 0.2)), abs=1e-6)
    assert int(leaf) == experiment.land.below(state)
    depth, _ = shown(experiment, "here").tolist()
    assert depth <= energy
    assert float(shown(experiment, "pass")) == pytest.approx(depth + float(shown(experiment, "climb")), abs=1e-6)


def test_the_tree_is_the_land_s_on_a_trunk() -> None:
    experiment = begun(Valleys)
    nodes, land = shown(experiment, "nodes"), experiment.land
    leaves = set(range(len(nodes))) - set(nodes[:, 2].int().tolist())
    assert leaves == set(range(land.count))
    assert float(nodes[:, 3].sum()) == pytest.approx(1 - land.ledges)
    assert float(nodes[-1, 1]) == float(land.energies.max())
    assert nodes[-1, 2] == -1
    assert nodes[-2, 2] == len(nodes) - 1


def test_pictures_are_the_valleys_pale_where_nothing_is_stored() -> None:
    experiment = begun(Valleys)
    pictures, land = shown(experiment, "pictures").flatten(1), experiment.land
    assert torch.equal(numbers_of(pictures), land.minima)
    stored = numbers_of(torch.cat([experiment.patterns, -experiment.patterns])).tolist()
    for number, picture in zip(land.minima.tolist(), pictures, strict=True):
        assert float(picture.abs().max()) == pytest.approx(1.0 if number in stored else PALE)
    kept, spurious = shown(experiment, "kept"), shown(experiment, "spurious")
    assert bool((kept.isnan() != spurious.isnan()).all())
    assert int(kept.isfinite().sum()) == int(shown(experiment, "found")) + int(shown(experiment, "mirrored"))
    assert int(shown(experiment, "found")) == int(shown(experiment, "mirrored")) == 3
    assert int(spurious.isfinite().sum()) == int(shown(experiment, "mixtures"))
    assert float(shown(experiment, "counts").sum()) == 4096


def test_clicking_a_leaf_starts_above_it() -> None:
    experiment = begun(Valleys)
    for leaf in range(experiment.land.count):
        experiment.start(leaf)
        assert int(shown(experiment, "now")[0]) == leaf
    with pytest.raises(Refused, match="no valley 99"):
        experiment.start(99)
    with pytest.raises(Refused, match="no unit 12"):
        experiment.paint([12], True)


def test_a_threshold_tilts_the_land_at_once() -> None:
    experiment = begun(Valleys)
    stepped(experiment, 30)
    flat = experiment.land.energies.clone()
    experiment.parameters = experiment.parameters.changed("threshold", 0.25)
    experiment.live("threshold")
    tilt = 2 * torch.tensor([number.bit_count() for number in range(4096)]).double() - 12
    torch.testing.assert_close(experiment.land.energies, flat + 0.25 * tilt)
    assert experiment.land.count != begun(Valleys).land.count


@pytest.mark.parametrize(
    ("name", "value", "anew"), [("threshold", 0.2, True), ("ties", "coin", True), ("temperature", 0.1, False)]
)
def test_runs_on_another_land_are_counted_anew(name: str, value: float | str, anew: bool) -> None:
    experiment = begun(Valleys)
    stepped(experiment, 600)
    assert experiment.runs > 5
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)
    assert (experiment.runs == 0) is anew


def test_words_of_the_verdict_keep_to_their_room() -> None:
    experiment = begun(Valleys)
    for runs, lost in ((0, 0), (15_269, 1), (999_999, 999_999), (98_765_432, 12_345_678)):
        experiment.runs, experiment.ended, experiment.held = runs, runs - lost, min(lost, 99_999)
        verdict = experiment.verdict()
        assert (len(verdict.number) <= 6, len(verdict.line) <= 26, len(verdict.note) <= 22) == (True,) * 3
        assert verdict.word == ("untested" if not runs else "broken" if lost else "holds")


def test_the_energy_of_a_level_land_is_nought() -> None:
    experiment = begun(Valleys, memories=6)
    energies = stepped(experiment, 2000)["energy"]
    assert bool(((energies == 0) | (energies.abs() > 1e-6)).all())


def test_heat_goes_on_for_ever_and_crosses_passes() -> None:
    experiment = begun(Valleys, memories=2, temperature=0.45)
    below = set()
    for _ in range(200):
        stepped(experiment, 20)
        below.add(experiment.land.below(experiment.network.state))
    assert below == set(range(4))
    assert experiment.runs == 0
    assert experiment.verdict().word == "untested"


def test_all_at_once_some_runs_swap_and_the_claim_is_broken() -> None:
    experiment = begun(Valleys, update_order="all at once")
    stepped(experiment, 2000)
    assert experiment.ended < experiment.runs
    verdict = experiment.verdict()
    assert verdict.word == "broken"
    assert "swaps" in verdict.note


def test_ties_hold_runs_on_ledges_until_coins_are_tossed() -> None:
    held, free = (begun(Valleys, memories=6, ties=ties) for ties in ("keep", "coin"))
    for experiment in (held, free):
        stepped(experiment, 3000)
    assert float(shown(held, "ledges")) > 5
    assert float(shown(free, "ledges")) == 0
    assert held.held == held.runs - held.ended > 0
    assert held.verdict().word == "broken"
    assert "ledge" in held.verdict().note
    assert (free.ended, free.held) == (free.runs, 0)
    assert free.verdict().word == "holds"


def test_patterns_are_never_alike_nor_opposite() -> None:
    experiment = begun(Valleys, units=4, memories=8)
    numbers = numbers_of(torch.cat([experiment.patterns, -experiment.patterns])).tolist()
    assert sorted(numbers) == list(range(16))
    assert math.isinf(float(shown(experiment, "climb")))  # Hebb: their links cancel, and the land is one plain


@pytest.mark.parametrize(
    ("units", "rows", "columns"), [(4, 2, 2), (12, 3, 4), (13, 1, 13), (16, 4, 4), (18, 3, 6), (20, 4, 5)]
)
def test_a_state_is_drawn_as_a_block(units: int, rows: int, columns: int) -> None:
    assert block(units) == (rows, columns)
