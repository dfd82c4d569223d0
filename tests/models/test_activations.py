"""Every activation and its slope against PyTorch's function and autograd."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from server.models.activations import ACTIVATIONS

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "linear": lambda s: s * 1,
}


def test_every_activation_is_tested() -> None:
    assert set(FUNCTIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_value_and_slope(name: str) -> None:
    s = torch.linspace(-6, 6, 49, dtype=torch.float64, requires_grad=True)  # 0 among them: the rectifier's corner
    expected = FUNCTIONS[name](s)
    (slope,) = torch.autograd.grad(expected.sum(), s)
    activation = ACTIVATIONS[name]
    o, k = torch.empty_like(slope), torch.ones_like(slope)
    activation.apply(s.detach(), o)()
    if activation.slope is not None:
        activation.slope(o, k)()
    torch.testing.assert_close(o, expected.detach())
    torch.testing.assert_close(activation.function(s), expected)
    torch.testing.assert_close(k, slope)
    assert float(slope.max()) == pytest.approx(activation.steepest)
