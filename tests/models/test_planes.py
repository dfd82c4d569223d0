"""Generated sets: balanced, the same for a seed, and without noise exactly what their formulas say."""

from math import pi

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from server.models.planes import CLASSIFICATIONS, PLANES, REGRESSIONS, Points

CLASSES = {"circles": 2, "xor": 2, "gaussians": 2, "clouds": 4, "moons": 2, "spirals": 2, "pinwheel": 3}


def drawn(name: str, count: int = 400, noise: float = 0.0, seed: int = 0) -> Points:
    return PLANES[name](count, noise, torch.Generator().manual_seed(seed))


@given(name=st.sampled_from(sorted(PLANES)), count=st.integers(1, 300), noise=st.floats(0, 0.5), seed=st.integers(0, 9))
def test_same_generator_gives_the_same_examples(name: str, count: int, noise: float, seed: int) -> None:
    inputs, labels = drawn(name, count, noise, seed)
    assert inputs.shape == (count, 1 if name == "sine" else 2)
    assert labels.shape == (count,)
    assert inputs.dtype == torch.float32
    again = drawn(name, count, noise, seed)
    assert torch.equal(inputs, again.inputs)
    assert torch.equal(labels, again.labels)
    assert count < 3 or not torch.equal(inputs, drawn(name, count, noise, seed + 1).inputs)


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_classes_are_of_equal_size(name: str) -> None:
    labels = drawn(name, 402).labels
    assert labels.dtype == torch.int64
    counts = labels.bincount()
    assert len(counts) == CLASSES[name]
    assert int(counts.max() - counts.min()) <= (2 if name == "xor" else 1)  # xor deals its four quadrants in turn


def rule(name: str, x: Tensor) -> Tensor:
    """The class of every point (n, 2) by a formula that draws nothing."""
    if name == "circles":
        return (x.square().sum(1) > 0.575**2).long()
    if name == "xor":
        return (x[:, 0] * x[:, 1] < 0).long()
    arms, turns = (2, 1.5) if name == "spirals" else (3, 1.0)
    phase = torch.atan2(x[:, 1], x[:, 0]) / (2 * pi) - turns * x.square().sum(1).sqrt()
    return (arms * phase).round().long() % arms


@pytest.mark.parametrize("name", ["circles", "xor", "spirals", "pinwheel"])
def test_formula_tells_the_classes_apart(name: str) -> None:
    inputs, labels = drawn(name, 2000)
    assert torch.equal(rule(name, inputs), labels)
    assert float(inputs.abs().max()) <= 1


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_neighbours_generalise(name: str) -> None:
    inputs, labels = drawn(name, 600, 0.02)
    neighbours = KNeighborsClassifier(3).fit(inputs[:300], labels[:300])
    assert neighbours.score(inputs[300:], labels[300:]) > 0.97


@pytest.mark.parametrize("name", ["xor", "circles", "spirals"])
def test_a_straight_line_does_not_tell_them_apart(name: str) -> None:
    inputs, labels = drawn(name, 2000)
    columns = torch.cat([inputs, torch.ones(2000, 1)], 1)
    fitted = columns @ torch.linalg.lstsq(columns, 2.0 * labels[:, None] - 1).solution
    assert float(((fitted[:, 0] > 0) == labels.bool()).double().mean()) < 0.75


def test_clouds_have_their_deviation() -> None:
    inputs, labels = drawn("clouds", 8000, 0.2)
    for label in range(4):
        cloud = inputs[labels == label]
        torch.testing.assert_close(cloud.mean(0).abs(), torch.tensor([0.5, 0.5]), atol=0.03, rtol=0)
        torch.testing.assert_close(cloud.std(0), torch.tensor([0.25, 0.25]), atol=0.015, rtol=0)  # √(0.15² + 0.2²)


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_more_noise_moves_the_same_points_further(name: str) -> None:
    still, some, more = (drawn(name, noise=noise).inputs for noise in (0.0, 0.1, 0.2))
    torch.testing.assert_close(more - still, 2 * (some - still), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_noise_of_a_fit_is_in_its_values_alone(name: str) -> None:
    still, noisy = drawn(name, 4000), drawn(name, 4000, 0.3)
    assert still.labels.dtype == torch.float32
    assert torch.equal(still.inputs, noisy.inputs)
    assert float((noisy.labels - still.labels).std()) == pytest.approx(0.3, rel=0.05)


def test_fits_are_their_formulas() -> None:
    x, y = drawn("plane")
    torch.testing.assert_close(y, (x[:, 0] + x[:, 1]) / 2)
    x, y = drawn("sine")
    torch.testing.assert_close(y, 0.8 * torch.sin(2 * pi * x[:, 0]))
    x, y = drawn("hill")
    torch.testing.assert_close(y.log(), -((x[:, 0] - 0.25) ** 2 + (x[:, 1] + 0.2) ** 2) / 0.245, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", PLANES)
def test_sets_refuse(name: str) -> None:
    with pytest.raises(ValueError, match="at least one example"):
        drawn(name, 0)
    for noise in (-0.1, float("nan")):
        with pytest.raises(ValueError, match="0 or more"):
            drawn(name, 10, noise)
