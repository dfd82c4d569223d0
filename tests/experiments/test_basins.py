"""What the page of basins claims, checked on the page's own experiment (the contract has its own tests)."""

from typing import Any

import pytest
import torch

from server.experiments.basins import GRID, NEAR, Basins
from server.models.basins import NONE, OUTSIDE, grid
from server.models.hopfield import overlaps
from tests.experiments.running import begun

UNITS = 400


def run(seed: int = 1, *, complete: bool = True, **parameters: Any) -> Basins:
    """A run at its start; with every point of its map computed once unless told otherwise."""
    experiment = begun(Basins, seed, **parameters)
    while complete and not experiment.map.complete:
        experiment.map.refine(4)
    return experiment


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_page_opens_on_a_map_that_is_nearly_all_recalled(seed: int) -> None:
    experiment = run(seed)
    shown = experiment.show()
    basins = shown["basins"]
    assert basins.shape == (128, 128)
    on = basins != OUTSIDE
    assert on.float().mean() == pytest.approx(torch.pi / 4, abs=0.01)
    assert set(torch.unique(basins[on]).tolist()) >= set(range(6))
    assert float(shown["recalled"]) > 85
    assert experiment.verdict().word in ("holds", "close")


def test_too_many_memories_break_the_claim_and_dense_memories_hold_them() -> None:
    overloaded = run(rule="hebb", patterns="random", memories=80)
    assert overloaded.verdict().word == "broken"
    dense = run(rule="dense", patterns="random", memories=80)
    assert dense.verdict().word == "holds"
    assert float(dense.show()["recalled"]) > float(overloaded.show()["recalled"]) + 50


def test_nothing_is_claimed_before_every_point_is_computed() -> None:
    experiment = run(77, complete=False)
    assert (experiment.verdict().number, experiment.verdict().word) == ("–", "untested")
    assert bool(experiment.show()["near"].isnan())
    assert "computed" in experiment.words()["progress"]
    while experiment.tend():
        pass
    assert experiment.words()["progress"] == ""
    assert not bool(experiment.show()["pure"].isnan())


def test_shares_are_those_of_the_map() -> None:
    shown = run(rule="hebb").show()
    on = shown["basins"] != OUTSIDE
    for memory, share in enumerate(shown["shares"]):
        assert float(share) == pytest.approx(100 * float((shown["basins"] == memory).sum() / on.sum()))
    ended = 100 * float(((shown["basins"] < NONE) & on).sum() / on.sum())
    assert float(shown["recalled"]) == pytest.approx(ended)
    assert float(shown["shares"].sum()) == pytest.approx(ended, abs=1e-3)


def test_near_starts_are_those_with_three_quarters_right() -> None:
    experiment = run(patterns="random", rule="hebb")
    starts = experiment.projection.starts(grid(128))
    likeness = overlaps(experiment.pictures, starts).max(1).values.view(128, 128)
    assert torch.equal(experiment.nearest != NONE, likeness >= NEAR)


def test_the_plane_puts_every_start_where_its_overlaps_are() -> None:
    experiment = run(plane="overlaps", first=2, second=5, complete=False)
    points = grid(GRID)
    inside = experiment.projection.inside(points)
    starts = experiment.projection.starts(points[inside])
    axes = experiment.pictures[[1, 4]]
    assert float((overlaps(axes, starts) - points[inside]).abs().max()) <= 2 / UNITS + 1e-9
    labels = experiment.show()["labels"]
    assert labels.isnan().all(1).tolist() == [True, False, True, True, False, True]


def test_one_memory_twice_takes_the_next_one_as_the_other_axis() -> None:
    experiment = run(plane="overlaps", first=6, second=6, complete=False)
    assert (~experiment.show()["labels"].isnan().any(1)).nonzero().flatten().tolist() == [0, 5]
    assert run(plane="overlaps", memories=1, complete=False).show()["labels"].shape == (1, 2)


def test_heights_are_energies_of_real_states() -> None:
    experiment = run(plane="overlaps", rule="hebb", complete=False)
    heights = experiment.show()["heights"].flatten()
    points = grid(GRID)
    inside = experiment.projection.inside(points)
    weights = experiment.memory.matrix()
    assert weights is not None
    states = experiment.projection.starts(points[inside]).double()
    energies = torch.tensor([float(-0.5 * state @ weights @ state) for state in states[::97]])
    assert torch.allclose(heights[inside][::97].double(), energies.double(), atol=1e-3)
    assert bool(heights[~inside].isnan().all())


def test_one_start_after_another_falls_along_a_path_that_ends_where_it_is() -> None:
    experiment = run(complete=False)
    energies = experiment.advance(20 * UNITS)["energy"]
    assert int(experiment.position()["settled"]) >= 3
    assert int((energies.diff() > 1e-9).sum()) == int(experiment.position()["settled"])
    path = experiment.show()["path"]
    assert torch.allclose(path[-1], experiment.projection.place(experiment.show()["state"].flatten()))


def test_a_run_that_shall_rest_stays_in_its_valley() -> None:
    experiment = run(relaunch=False, complete=False)
    energies = experiment.advance(20 * UNITS)["energy"]
    assert bool((energies.diff() <= 1e-9).all())
    assert experiment.position()["settled"] == "1"


def test_a_click_starts_a_run_from_there() -> None:
    experiment = run(relaunch=False, complete=False)
    experiment.start_at(0.0, 0.9)
    path = experiment.show()["path"]
    assert float((path[0] - torch.tensor([0.0, 0.9])).norm()) < 0.15
    experiment.advance(6 * UNITS)
    assert float(experiment.show()["overlaps"][0]) > 0.9


def test_the_threshold_changes_the_map() -> None:
    experiment = run()
    before = float(experiment.show()["recalled"])
    experiment.parameters = experiment.parameters.changed("threshold", 0.9)
    experiment.live("threshold")
    while not experiment.map.complete:
        experiment.map.refine(4)
    assert float(experiment.show()["recalled"]) < before - 20
