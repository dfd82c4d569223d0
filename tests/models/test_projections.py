"""Points to states and back: how many starts there are, what they are made of, and where they stand."""

from collections.abc import Callable
from math import cos, pi, sin

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.basins import grid
from server.models.projections import Plane, Projection, Wheel
from tests.models.memories import all_states, signs


def on_wheel(memories: int, place: float, radius: float) -> Tensor:
    """The point (1, 2) at so many memories' distance clockwise from the top."""
    angle = 2 * pi * place / memories
    return torch.tensor([[radius * sin(angle), radius * cos(angle)]], dtype=torch.float64)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 32])
def test_the_rim_is_the_memories_and_the_middle_noise(count: int) -> None:
    patterns = signs(count, 300, seed=1)
    wheel = Wheel(patterns, 5)
    for memory in range(count):
        assert torch.equal(wheel.starts(on_wheel(count, memory, 1.0))[0].double(), patterns[memory])
    middle = wheel.starts(torch.zeros(1, 2, dtype=torch.float64))[0].double()
    assert float((patterns @ middle / 300).abs().max()) < 0.25
    assert bool(wheel.inside(on_wheel(count, 0.3, 0.999)))
    assert not bool(wheel.inside(on_wheel(count, 0.3, 1.001)))


def test_a_wheel_has_thousands_of_starts() -> None:
    """Where signs of weighted sums would have a few for each pair of memories, whatever N."""
    wheel = Wheel(signs(6, 400, seed=1), 3)
    points = grid(128)
    starts = wheel.starts(points[wheel.inside(points)])
    assert starts.dtype == torch.int8
    assert bool((starts.abs() == 1).all())
    assert len(torch.unique(starts, dim=0)) > 10_000


def test_neighbouring_points_differ_by_few_units() -> None:
    wheel = Wheel(signs(6, 400, seed=1), 3)
    angles = torch.linspace(0, 2 * pi, 2000, dtype=torch.float64)
    round_trip = 0.8 * torch.stack([angles.sin(), angles.cos()], 1)
    changes = (wheel.starts(round_trip).diff(dim=0) != 0).sum(1)
    assert int(changes.max()) <= 8
    assert int(changes.sum()) > 400  # and they do differ


@pytest.mark.parametrize("count", [2, 3, 8])
def test_units_copy_in_the_proportions_of_the_point(count: int) -> None:
    """Averaged over draws m^μ = Σ_ν C_μν w_ν, with weights w that the point says."""
    patterns = signs(count, 500, seed=1)
    wheel = Wheel(patterns, 3)
    point = on_wheel(count, count - 1 + 0.3, 0.6)  # between the last memory and the first
    weights = torch.zeros(count, dtype=torch.float64)
    weights[-1], weights[0] = 0.6 * 0.7, 0.6 * 0.3
    mean = torch.stack([wheel.starts(point, draw)[0].double() for draw in range(300)]).mean(0)
    expected = patterns @ patterns.T @ weights / 500
    assert torch.allclose(patterns @ mean / 500, expected, atol=0.02)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
@pytest.mark.parametrize(("share", "radius"), [(0.5, 0.5), (0.2, 0.8), (0.7, 0.9), (0.5, 1.0)])
def test_place_undoes_starts_on_average(count: int, share: float, radius: float) -> None:
    wheel = Wheel(signs(count, 800, seed=2), 3)
    place = 0.0 if count == 1 else count // 2 - 1 + share
    point = on_wheel(count, place, radius)
    starts = torch.cat([wheel.starts(point, draw) for draw in range(200)])
    assert torch.allclose(wheel.place(starts).mean(0), point[0], atol=0.03)


def test_place_of_memories_and_of_what_stands_nowhere() -> None:
    patterns = signs(5, 200, seed=4)
    wheel = Wheel(patterns, 1)
    for memory in range(5):
        assert torch.allclose(wheel.place(patterns[memory]), on_wheel(5, memory, 1.0)[0])
    assert torch.equal(wheel.place(-patterns.sum(0).sign()), torch.zeros(2, dtype=torch.float64))


def test_memories_that_depend_on_others_have_a_place() -> None:
    patterns = signs(3, 100, seed=4)
    wheel = Wheel(torch.cat([patterns, -patterns[:1], patterns[1:2]]), 1)
    assert bool(wheel.place(signs(50, 100, seed=1)).isfinite().all())
    assert torch.allclose(wheel.place(patterns[2]), on_wheel(5, 2, 1.0)[0])


@pytest.mark.parametrize("make", [lambda p: Wheel(p, 7), lambda p: Plane(p, 7, 1, 2)])
def test_draws_differ_and_repeat(make: Callable[[Tensor], Projection]) -> None:
    patterns, points = signs(4, 200, seed=1), grid(16) * 0.4
    projection, again = make(patterns), make(patterns)
    assert torch.equal(projection.starts(points, 3), again.starts(points, 3))
    differing = (projection.starts(points, 0) != projection.starts(points, 1)).double().mean()
    assert float(differing) > 0.1


@settings(max_examples=60)
@given(st.integers(2, 60), st.integers(0, 10**6), st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 3))
def test_plane_has_the_overlaps_asked_for(units: int, seed: int, x: float, y: float, draw: int) -> None:
    """As exactly as two whole numbers of flips allow."""
    plane = Plane(signs(3, units, seed=seed), seed, 2, 0)
    point = torch.tensor([[x, y]], dtype=torch.float64)
    reached = plane.place(plane.starts(point, draw))
    assert bool(plane.inside(reached).all())
    if bool(plane.inside(point)):
        assert float((reached - point).abs().max()) <= 2 / units + 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_every_state_stands_inside_and_is_a_start(seed: int) -> None:
    """N = 8: the overlaps of all 256 states are those of the starts asked for there."""
    patterns = signs(2, 8, seed=seed)
    plane = Plane(patterns, seed, 0, 1)
    states = all_states(8)
    overlaps = states @ patterns.T / 8
    assert torch.equal(plane.place(states), overlaps)
    assert bool(plane.inside(overlaps).all())
    assert torch.equal(plane.place(plane.starts(overlaps)), overlaps)


def test_labels() -> None:
    patterns = signs(4, 100, seed=1)
    around = Wheel(patterns, 1).labels()
    for memory in range(4):
        assert torch.allclose(around[memory], on_wheel(4, memory, 0.76)[0])
    plane = Plane(patterns, 1, 2, 0)
    labels = plane.labels()
    assert labels.isnan().all(1).tolist() == [False, True, False, True]
    assert float(labels[2, 0]) == float(labels[0, 1]) == pytest.approx(0.76)
    assert bool(plane.inside(labels[[0, 2]]).all())


@pytest.mark.parametrize(("first", "second"), [(1, 1), (0, 3), (-1, 0)])
def test_axes_that_are_not_two_memories_are_refused(first: int, second: int) -> None:
    with pytest.raises(ValueError, match=r"two different memories of 0 … 2"):
        Plane(signs(3, 20, seed=1), 1, first, second)
