"""The map against single recalls, and that it is the same however it is made."""

import pytest
import torch
from torch import Tensor

from server.models.basins import COARSE, DRAWS, NONE, OUTSIDE, TILE, BasinMap, grid
from server.models.memory import Memory
from server.models.projections import Plane, Wheel, stream
from server.models.recall import RECALLED, settle
from server.models.rules import hebb, pseudo_inverse, storkey
from tests.models.memories import signs

PATTERNS = signs(6, 200, seed=1)


def wheel_map(seed: int = 3, **options: float) -> BasinMap:
    side = int(options.get("side", 64))
    threshold = options.get("threshold", 0.0)
    return BasinMap(hebb(PATTERNS), Wheel(PATTERNS, seed), PATTERNS, seed, side=side, threshold=threshold)


def completed(basins: BasinMap) -> BasinMap:
    while not basins.complete:
        basins.refine(1)
    return basins


def single_ends(memory: Memory, projection: Wheel | Plane, patterns: Tensor, seed: int, draw: int, side: int) -> Tensor:
    """The label of every point of the square, each recalled without a map."""
    starts = projection.starts(grid(side), draw)
    ends = settle(memory, starts, seed=stream(seed, draw))
    overlaps = ends.attractors[ends.which].double() @ patterns.T / patterns.shape[1]
    labels = torch.where(overlaps.amax(1) >= RECALLED, overlaps.argmax(1), NONE)
    labels[~projection.inside(grid(side))] = OUTSIDE
    return labels.reshape(side, side)


@pytest.mark.parametrize("plane", [False, True])
def test_every_pixel_is_where_its_start_ends(plane: bool) -> None:
    projection = Plane(PATTERNS, 3, 1, 4) if plane else Wheel(PATTERNS, 3)
    for side in (32, 64):
        basins = BasinMap(storkey(PATTERNS), projection, PATTERNS, 3, side=side)
        expected = single_ends(storkey(PATTERNS), projection, PATTERNS, 3, 0, side)
        assert torch.equal(completed(basins).labels.long(), expected)


def test_votes_and_purity_count_the_draws() -> None:
    basins = wheel_map()
    basins.refine(1000)
    assert basins.finished
    ends = [single_ends(hebb(PATTERNS), Wheel(PATTERNS, 3), PATTERNS, 3, draw, 64) for draw in range(DRAWS)]
    for row in range(0, 64, 3):
        for column in range(64):
            draws = [int(end[row, column]) for end in ends]
            label = int(basins.labels[row, column])
            assert label == max(draws, key=draws.count)  # the first of equally many
            assert float(basins.purity[row, column]) == pytest.approx(draws.count(label) / DRAWS)


def test_the_map_depends_on_seed_and_tiles_alone() -> None:
    one, other = wheel_map(), wheel_map()
    for _ in range(12):
        one.refine(1)
    other.refine(7)
    other.refine(5)
    assert 0 < one.progress == other.progress < 1
    assert torch.equal(one.labels, other.labels)
    assert torch.equal(one.purity, other.purity)
    another = wheel_map(seed=4)
    another.refine(12)
    assert float((another.labels != one.labels).double().mean()) > 0.05


@pytest.mark.parametrize("side", [32, 64, 128, 256])
def test_the_first_picture_is_whole_and_nearly_right(side: int) -> None:
    """Within the circle something is said of every pixel, outside of none; most of it stays."""
    memory, projection = pseudo_inverse(PATTERNS), Wheel(PATTERNS, 3)
    basins = BasinMap(memory, projection, PATTERNS, 3, side=side)
    inside = projection.inside(grid(side)).reshape(side, side)
    assert torch.equal(basins.labels != OUTSIDE, inside)
    first = basins.labels.clone()
    completed(basins)
    assert torch.equal(basins.labels != OUTSIDE, inside)
    assert float((basins.labels != first)[inside].double().mean()) < (0.1 if side > COARSE else 1e-9)


def test_progress() -> None:
    basins = wheel_map()
    inside = int((basins.labels != OUTSIDE).sum())
    seen = [basins.progress]
    assert not basins.finished
    while not basins.finished:
        basins.refine(3)
        seen.append(basins.progress)
    assert seen == sorted(set(seen))
    assert seen[-1] == 1
    assert len(seen) - 1 == pytest.approx((DRAWS - 0.25) * inside / (3 * TILE), abs=1)
    labels = basins.labels.clone()
    basins.refine(3)  # nothing is left to do
    assert torch.equal(basins.labels, labels)


def test_recalled_is_the_share_that_ends_in_a_memory() -> None:
    few = completed(wheel_map())
    ends = few.labels[few.labels != OUTSIDE]
    assert few.recalled == pytest.approx(float((ends != NONE).double().mean()))
    patterns = signs(60, 200, seed=1)
    many = completed(BasinMap(hebb(patterns), Wheel(patterns, 3), patterns, 3, side=64))
    assert many.recalled < 0.1 < 0.8 < few.recalled


@pytest.mark.parametrize("count", [1, 2])
def test_one_and_two_memories(count: int) -> None:
    patterns = signs(count, 100, seed=1)
    basins = BasinMap(hebb(patterns), Wheel(patterns, 3), patterns, 3, side=64)
    assert int(completed(basins).labels[2, 32]) == 0  # the top is the first memory
    assert int(basins.labels[61, 32]) == count - 1  # the foot the last
    assert set(torch.unique(basins.labels).tolist()) <= {*range(count), NONE, OUTSIDE}


def test_heights_are_energies_of_starts() -> None:
    basins = wheel_map(threshold=0.2)
    heights = basins.heights(24)
    inside = basins.projection.inside(grid(24)).reshape(24, 24)
    assert torch.equal(heights.isnan(), ~inside)
    starts = basins.projection.starts(grid(24)).double()
    weights = hebb(PATTERNS).matrix()
    for row, column in ((0, 12), (11, 3), (20, 17)):
        state = starts[row * 24 + column]
        energy = -0.5 * state @ weights @ state + 0.2 * state.sum()
        assert float(heights[row, column]) == pytest.approx(float(energy))


def test_maps_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ValueError, match="power of two, at least 32, not 100"):
        wheel_map(side=100)
    many = signs(255, 50, seed=1)
    with pytest.raises(ValueError, match="at most 254 memories apart, not 255"):
        BasinMap(hebb(many), Wheel(many, 1), many, 1)
