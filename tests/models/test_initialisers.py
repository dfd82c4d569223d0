"""First weights: mean 0 and the published variance, uniform and Gaussian alike."""

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
    if distribution == "uniform":
        assert float(weights.abs().max()) <= (3 * variance) ** 0.5


def test_every_initialiser_is_tested() -> None:
    assert set(PUBLISHED) == set(VARIANCES)
