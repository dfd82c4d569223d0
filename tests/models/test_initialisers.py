"""First weights: mean 0 and the published variance, uniform and Gaussian alike; the plain ones and the
orthogonal."""

from collections.abc import Callable

import pytest
import torch

from server.models.initialisers import VARIANCES, Distribution, first_weights

SHAPES = [(300, 300), (100, 700), (700, 100)]
PUBLISHED: dict[str, Callable[[int, int], float]] = {
    "zeros": lambda a, b: 0.0,
    "lecun": lambda a, b: 1 / a,
    "xavier": lambda a, b: 2 / (a + b),
    "he": lambda a, b: 2 / a,
    "orthogonal": lambda a, b: 1 / max(a, b),
    "uniform": lambda a, b: 1 / 12,
    "gauss": lambda a, b: 0.0025,
}


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_mean_and_variance(name: str, shape: tuple[int, int], distribution: Distribution) -> None:
    inputs, outputs = shape
    weights = first_weights(inputs, outputs, name, torch.Generator().manual_seed(2), distribution)
    variance = PUBLISHED[name](inputs, outputs)
    assert weights.shape == (outputs, inputs)
    assert abs(float(weights.mean())) <= 5 * (variance / weights.numel()) ** 0.5
    assert float(weights.var()) == pytest.approx(variance, rel=0.03)
    if name == "uniform" or (distribution == "uniform" and name not in ("gauss", "orthogonal")):
        assert float(weights.abs().max()) <= (3 * variance) ** 0.5
    elif variance:
        assert float(weights.abs().max()) > (3 * variance) ** 0.5


def test_every_initialiser_is_tested() -> None:
    assert {*PUBLISHED, "constant"} == set(VARIANCES)
    for name, variance in PUBLISHED.items():
        assert VARIANCES[name](30, 70) == pytest.approx(variance(30, 70))


def test_constant_weights_are_all_equal() -> None:
    weights = first_weights(3, 4, "constant", torch.Generator(), scale=2.0)
    assert torch.equal(weights, torch.full((4, 3), 0.2, dtype=torch.float64))
    assert VARIANCES["constant"](3, 4) == pytest.approx(0.01)


@pytest.mark.parametrize("shape", [(5, 5), (5, 9), (9, 5), (1, 4)])
def test_orthogonal_weights_turn_and_do_not_stretch(shape: tuple[int, int]) -> None:
    """All singular values are the scale: a deep linear net keeps every length."""
    weights = first_weights(*shape, "orthogonal", torch.Generator().manual_seed(4), scale=1.5)
    torch.testing.assert_close(torch.linalg.svdvals(weights), torch.full((min(shape),), 1.5, dtype=torch.float64))


@pytest.mark.parametrize("name", sorted(VARIANCES))
def test_a_seed_and_a_scale_mean_the_same_weights(name: str) -> None:
    one, three, other = (
        first_weights(8, 6, name, torch.Generator().manual_seed(seed), scale=scale)
        for seed, scale in ((4, 1.0), (4, 3.0), (5, 1.0))
    )
    torch.testing.assert_close(3 * one, three)
    assert torch.equal(one, other) == (name in ("zeros", "constant"))
