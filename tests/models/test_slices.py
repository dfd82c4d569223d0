"""Slices against the engine's loss place by place, finite differences, scikit-learn's PCA and geometry."""

import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from server.models.curvature import Hessian
from server.models.mlp import MLP, targets_of
from server.models.slices import Plane, Slice, filter_directions, path_plane


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def made(batch_norm: bool = False, dtype: torch.dtype = torch.float64) -> tuple[MLP, Slice]:
    net = MLP((3, 5, 5, 2), generator=generator(), hidden="tanh", batch_norm=batch_norm, skip=True, dtype=dtype)
    net.parameters.add_(0.2 * torch.randn(len(net.parameters), generator=generator(1), dtype=dtype))
    inputs = torch.randn(9, 3, generator=generator(2), dtype=dtype)
    targets = targets_of(torch.randint(2, (9,), generator=generator(3)), 2, dtype)
    return net, Slice(net, Plane(net.parameters.clone(), *filter_directions(net, generator(4))), inputs, targets)


def engines_loss(net: MLP, surface: Slice, place: Tensor) -> float:
    net.parameters.copy_(place)
    return float(net.backpropagate(surface.inputs, surface.targets))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("together", [1, 7, 10_000])
def test_grid_is_the_engines_loss_place_by_place(
    batch_norm: bool, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.models.slices.BLOCK", together * 5 * 9)
    net, surface = made(batch_norm)
    first, second = torch.linspace(-1, 1, 5), torch.linspace(-0.5, 2, 4)
    grid = surface.grid(first, second)
    assert grid.shape == (4, 5)
    plane = surface.plane
    for row, b in enumerate(second.double()):
        for column, a in enumerate(first.double()):
            expected = engines_loss(net, surface, plane.centre + a * plane.first + b * plane.second)
            assert float(grid[row, column]) == pytest.approx(expected, rel=1e-9)


def test_gradient_and_hessian_are_finite_differences() -> None:
    _, surface = made()
    points = torch.randn(4, 3, 2, generator=generator(5), dtype=torch.float64)
    steps = 1e-5 * torch.eye(2, dtype=torch.float64)
    slopes = [(surface.value(points + step) - surface.value(points - step)) / 2e-5 for step in steps]
    torch.testing.assert_close(surface.gradient(points), torch.stack(slopes, -1), atol=1e-8, rtol=1e-6)
    bends = [(surface.gradient(points + step) - surface.gradient(points - step)) / 2e-5 for step in steps]
    torch.testing.assert_close(surface.hessian(points), torch.stack(bends, -1), atol=1e-8, rtol=1e-6)


def test_hessian_is_the_whole_one_seen_in_the_plane() -> None:
    net, surface = made()
    directions = torch.stack([surface.plane.first, surface.plane.second])
    whole = Hessian.of(net, surface.inputs, surface.targets).matrix()
    seen = surface.hessian(torch.zeros(2, dtype=torch.float64))
    torch.testing.assert_close(seen, directions @ whole @ directions.t())


def test_works_in_inference_mode_and_float32() -> None:
    with torch.inference_mode():
        _, surface = made(dtype=torch.float32)
        points = torch.zeros(3, 2)
        assert surface.gradient(points).shape == (3, 2)
        assert surface.hessian(points).shape == (3, 2, 2)
        assert surface.value(points).dtype == torch.float32


@pytest.mark.parametrize("batch_norm", [False, True])
def test_filter_directions_are_as_long_as_each_units_weights(batch_norm: bool) -> None:
    net, surface = made(batch_norm)
    lengths = [layer.weights.norm(dim=1) for layer in net.layers]
    for direction in (surface.plane.first, surface.plane.second):
        net.parameters.copy_(direction)
        for layer, expected in zip(net.layers, lengths, strict=True):
            torch.testing.assert_close(layer.weights.norm(dim=1), expected)
            assert float(layer.biases.abs().max()) == 0
    assert abs(float(torch.nn.functional.cosine_similarity(surface.plane.first, surface.plane.second, dim=0))) < 0.6


def test_path_plane_is_scikit_learns() -> None:
    path = torch.randn(12, 40, generator=generator(), dtype=torch.float64).cumsum(0)
    plane = path_plane(path)
    fitted = PCA(2).fit(path.numpy())
    for direction, expected in zip((plane.first, plane.second), torch.from_numpy(fitted.components_), strict=True):
        assert abs(float(direction @ expected)) == pytest.approx(1)
    assert torch.equal(plane.centre, path[-1])
    torch.testing.assert_close(plane.coordinates(path[-1]), torch.zeros(2, dtype=torch.float64))


def test_coordinates_lead_back_to_the_place() -> None:
    net, surface = made()
    points = torch.randn(6, 2, generator=generator(), dtype=torch.float64)
    torch.testing.assert_close(surface.plane.coordinates(surface.plane.at(points)), points)
    first, second = torch.randn(2, len(net.parameters), generator=generator(9), dtype=torch.float64)
    plane = Plane.through(net.parameters, first, second)
    basis = torch.stack([plane.first, plane.second])
    torch.testing.assert_close(basis @ basis.t(), torch.eye(2, dtype=torch.float64))
    torch.testing.assert_close(plane.first * first.norm(), first)
    nearest = plane.at(plane.coordinates(plane.centre + second))
    torch.testing.assert_close(nearest, plane.centre + second)
    assert float(second @ plane.second) > 0


def test_planes_refuse() -> None:
    one = torch.arange(5, dtype=torch.float64)
    for first, second in ((one, 2 * one), (one, 0 * one), (0 * one, one)):
        with pytest.raises(ValueError, match="parallel, or one is zero"):
            Plane.through(one, first, second)
    with pytest.raises(ValueError, match="at least 3 places"):
        path_plane(torch.zeros(2, 5))
    with pytest.raises(ValueError, match="straight"):
        path_plane(torch.arange(4)[:, None] * one)
