"""Predicted sizes against closed forms, and against autograd in wide nets with random weights."""

import math

import pytest
import torch
from torch import Tensor

from server.models.signals import Sizes, predicted_gradients, predicted_sizes

Net = tuple[Tensor, list[Tensor], list[Tensor]]


def of(kind: str, layers: int, width: int, square: float, skip: bool = False) -> Sizes:
    units = [width] * (layers + 1)
    return predicted_sizes(units, [kind] * (layers - 1) + ["linear"], [square] * layers, 1.0, skip=skip)


@pytest.mark.parametrize(("kind", "share"), [("relu", 0.5), ("linear", 1.0), ("leaky_relu", 0.5 * (1 + 0.01**2))])
def test_rectifiers_and_linear_units_multiply_by_the_lectures_factor(kind: str, share: float) -> None:
    sizes = of(kind, 10, 30, 0.05)
    powers = (share * 30 * 0.05) ** torch.arange(10).double()
    torch.testing.assert_close(sizes.signals, 30 * 0.05 * powers)
    torch.testing.assert_close(sizes.errors, powers.flip(0))


def test_xavier_halves_the_variance_of_relu_and_he_keeps_it() -> None:
    """Row M3: at depth 30 a root mean square of 2^(−15) = 3.05e-5, and 1."""
    xavier, he = of("relu", 31, 100, 1 / 100), of("relu", 31, 100, 2 / 100)
    assert float(xavier.signals[-1] / xavier.signals[0]) ** 0.5 == pytest.approx(3.05e-5, rel=1e-3)
    assert float(he.signals[-1] / he.signals[0]) == pytest.approx(1)
    assert float(he.errors[0]) == pytest.approx(1)


def test_nothing_passes_weights_of_zero() -> None:
    sizes = of("tanh", 4, 8, 0.0)
    assert not sizes.signals.any()
    assert not sizes.errors[:-1].any()


def measured(kind: str, layers: int, width: int, square: float, skip: bool) -> tuple[Sizes, Tensor]:
    """Autograd on one wide net: mean squares, and gradient norms over that of the last layer."""
    generator = torch.Generator().manual_seed(3)
    draw = {"generator": generator, "dtype": torch.float64}
    function = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[kind]
    weights = [torch.randn(width, width, **draw).mul(square**0.5).requires_grad_() for _ in range(layers)]  # type: ignore[call-overload]
    output = torch.randn(1, width, **draw)  # type: ignore[call-overload]
    signals, entering = [], []
    for number, matrix in enumerate(weights):
        entering.append(output)
        signals.append(output @ matrix.t())
        signals[-1].retain_grad()
        if number < layers - 1:
            output = function(signals[-1]) + (output if skip else 0)
    (signals[-1] * torch.randn(1, width, **draw)).sum().backward()  # type: ignore[call-overload]
    errors = torch.stack([one.grad.square().mean() for one in signals if one.grad is not None])
    norms = torch.stack([matrix.grad.norm() for matrix in weights if matrix.grad is not None])
    before, above = (torch.stack([one.detach().square().mean() for one in each]) for each in (signals, entering))
    return Sizes(before, above, errors / errors[-1]), norms / norms[-1]


def test_saturated_tanh_passes_its_narrow_slope() -> None:
    """For large variance v, ⟨K'²⟩ → (4/3)/√(2πv): the area under sech⁴ in a flat density."""
    sizes = of("tanh", 2, 10, 400.0)
    slope = float(sizes.errors[0]) / (10 * 400.0)
    assert slope == pytest.approx(4 / 3 / (2 * math.pi * 4000.0) ** 0.5, rel=1e-2)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("kind", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_wide_nets_do_as_predicted(kind: str, gain: float, skip: bool) -> None:
    found, norms = measured(kind, 6, 600, gain / 600, skip)
    expected = of(kind, 6, 600, gain / 600, skip)
    for name, one, other in zip(Sizes._fields, found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0.3, atol=0, msg=f"{name}: {one}, not {other}")
    torch.testing.assert_close(norms, predicted_gradients([600] * 7, expected), rtol=0.3, atol=0)
