"""Analytic surfaces against autograd, finite differences and what is known of their minima."""

from math import pi

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd.functional import hessian

from server.models.terrains import TERRAINS, Terrain, rastrigin, ravine, rosenbrock, saddle

ALL: dict[str, Terrain] = {name: make() for name, make in TERRAINS.items()} | {
    "turned ravine": ravine(30.0, 0.7),
    "gentle valley": rosenbrock(0.5, 3.0),
    "deep dents": rastrigin(5.0),
}


@pytest.fixture(params=ALL)
def terrain(request: pytest.FixtureRequest) -> Terrain:
    return ALL[request.param]


def scattered(terrain: Terrain, count: int = 200) -> Tensor:
    low, high = (torch.tensor(corner, dtype=torch.float64) for corner in (terrain.low, terrain.high))
    return low + (high - low) * torch.rand(count, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_gradient_and_hessian_are_autograds(terrain: Terrain) -> None:
    points = scattered(terrain).requires_grad_()
    (slope,) = torch.autograd.grad(terrain.value(points).sum(), points)
    torch.testing.assert_close(terrain.gradient(points.detach()), slope)
    bends = torch.stack(
        [hessian(terrain.value, point.detach()) for point in points[:20]]  # type: ignore[no-untyped-call]  # torch leaves it so
    )
    torch.testing.assert_close(terrain.hessian(points[:20].detach()), bends)


def test_gradient_is_a_finite_difference(terrain: Terrain) -> None:
    points = scattered(terrain)
    steps = 1e-6 * torch.eye(2, dtype=torch.float64)
    slopes = [(terrain.value(points + step) - terrain.value(points - step)) / 2e-6 for step in steps]
    torch.testing.assert_close(terrain.gradient(points), torch.stack(slopes, 1), atol=1e-6, rtol=1e-6)


def test_minima_are_lowest_and_stationary(terrain: Terrain) -> None:
    minima = torch.tensor(terrain.minima, dtype=torch.float64)
    torch.testing.assert_close(
        terrain.value(minima), torch.full((len(minima),), terrain.minimum, dtype=torch.float64), atol=1e-12, rtol=0
    )
    torch.testing.assert_close(terrain.gradient(minima), torch.zeros_like(minima), atol=1e-12, rtol=0)
    assert float(torch.linalg.eigvalsh(terrain.hessian(minima)).min()) > 0
    assert float(terrain.value(scattered(terrain, 20_000)).min()) >= terrain.minimum


def test_start_and_minima_are_in_the_picture(terrain: Terrain) -> None:
    for x, y in (terrain.start, *terrain.minima):
        assert terrain.low[0] < x < terrain.high[0]
        assert terrain.low[1] < y < terrain.high[1]


def test_shapes_and_dtype_follow_the_points(terrain: Terrain) -> None:
    points = torch.zeros(3, 4, 2)
    assert terrain.value(points).shape == (3, 4)
    assert terrain.gradient(points).shape == (3, 4, 2)
    assert terrain.hessian(points).shape == (3, 4, 2, 2)
    assert terrain.hessian(points[0, 0]).shape == (2, 2)
    assert {terrain.value(points).dtype, terrain.gradient(points).dtype, terrain.hessian(points).dtype} == {
        torch.float32
    }


@given(condition=st.floats(1, 1e6), angle=st.floats(-4, 4))
def test_ravine_has_its_condition_number(condition: float, angle: float) -> None:
    values = torch.linalg.eigvalsh(ravine(condition, angle).hessian(torch.zeros(2, dtype=torch.float64)))
    torch.testing.assert_close(values, torch.tensor([1 / condition, 1.0], dtype=torch.float64), atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize(("rate", "arrives"), [(1.99, True), (2.01, False)])
def test_descent_in_the_ravine_diverges_above_rate_two(rate: float, arrives: bool) -> None:
    terrain = ravine(10.0, 0.4)
    place = torch.tensor(terrain.start, dtype=torch.float64)
    before = float(terrain.value(place))
    for _ in range(2000):
        place = place - rate * terrain.gradient(place)
    assert (float(terrain.value(place)) < 1e-6 * before) == arrives
    assert arrives or float(terrain.value(place)) > 1e6 * before


def test_saddle_is_level_but_no_minimum() -> None:
    middle = torch.zeros(2, dtype=torch.float64)
    assert saddle().gradient(middle).tolist() == [0, 0]
    assert torch.linalg.eigvalsh(saddle().hessian(middle)).tolist() == [-1, 1]


def test_rosenbrock_has_its_known_curvatures() -> None:
    values = torch.linalg.eigvalsh(rosenbrock().hessian(torch.ones(2, dtype=torch.float64)))
    assert float(values[1]) == pytest.approx(1001.6, abs=0.01)
    assert float(values[1] / values[0]) == pytest.approx(2508, abs=0.5)


def test_rastrigin_has_dents_where_they_outweigh_the_bowl() -> None:
    assert dents(rastrigin()) == 5  # along one axis of the window
    assert dents(rastrigin(0.9 / (4 * pi**2))) == 1  # too shallow: the bowl is convex everywhere
    points = scattered(rastrigin())
    classical = 20 + (points**2 - 10 * (2 * pi * points).cos()).sum(1)
    torch.testing.assert_close(2 * rastrigin(5.0).value(points), classical)


def dents(terrain: Terrain) -> int:
    """Minima along the first axis, counted on a fine grid."""
    axis = torch.linspace(terrain.low[0], terrain.high[0], 5001, dtype=torch.float64)
    values = terrain.value(torch.stack([axis, torch.zeros_like(axis)], 1))
    return int(((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])).sum())


def test_terrains_refuse() -> None:
    for condition in (0.5, float("nan")):
        with pytest.raises(ValueError, match="1 or more"):
            ravine(condition)
    with pytest.raises(ValueError, match="0 or more"):
        rastrigin(-1.0)
