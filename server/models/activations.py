"""What a unit does with its weighted input: o = K(s), and the slope K'(s) that backpropagation multiplies by.

Every slope here can be read from the output alone, so the weighted input need not be kept for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu

Call = Callable[[], object]

LEAK = 0.01  # slope of a leaky rectifier below 0, as PyTorch's


@dataclass(frozen=True)
class Activation:
    """K and K' as operations bound to their tensors: `apply(s, o)` writes K(s) into o, `slope(o, k)` writes
    K'(s) into k.

    All tensors have the same shape.
    """

    function: Callable[[Tensor], Tensor]
    """K in plain operations, which autograd can follow."""
    apply: Callable[[Tensor, Tensor], Call]
    slope: Callable[[Tensor, Tensor], Call] | None
    """None where K' is 1 everywhere and there is nothing to multiply by."""
    steepest: float
    """The largest value of K': what a gradient is multiplied by at best."""


def _sigmoid(s: Tensor, o: Tensor) -> Call:
    return partial(torch.sigmoid, s, out=o)


def _sigmoid_slope(o: Tensor, k: Tensor) -> Call:
    return partial(torch.addcmul, o, o, o, value=-1, out=k)  # o − o²


def _tanh(s: Tensor, o: Tensor) -> Call:
    return partial(torch.tanh, s, out=o)


def _tanh_slope(o: Tensor, k: Tensor) -> Call:
    return partial(torch.addcmul, torch.ones_like(o), o, o, value=-1, out=k)  # 1 − o²


def _relu(s: Tensor, o: Tensor) -> Call:
    return partial(torch.clamp_min, s, 0.0, out=o)


def _relu_slope(o: Tensor, k: Tensor) -> Call:
    return partial(torch.sign, o, out=k)  # o is never negative; like PyTorch, the slope at 0 is 0


def _leaky_relu(s: Tensor, o: Tensor) -> Call:
    return partial(torch.ops.aten.leaky_relu.out, s, LEAK, out=o)


def _leaky_relu_slope(o: Tensor, k: Tensor) -> Call:
    # The kernel of the backward pass, told that it reads outputs: 1 above 0; like PyTorch, the leak at 0.
    return partial(torch.ops.aten.leaky_relu_backward.grad_input, torch.ones_like(o), o, LEAK, True, grad_input=k)


def _linear(s: Tensor, o: Tensor) -> Call:
    return partial(o.copy_, s)


def _itself(s: Tensor) -> Tensor:
    return s


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "sigmoid": Activation(torch.sigmoid, _sigmoid, _sigmoid_slope, 0.25),
        "tanh": Activation(torch.tanh, _tanh, _tanh_slope, 1.0),
        "relu": Activation(torch.relu, _relu, _relu_slope, 1.0),
        "leaky_relu": Activation(partial(leaky_relu, negative_slope=LEAK), _leaky_relu, _leaky_relu_slope, 1.0),
        "linear": Activation(_itself, _linear, None, 1.0),
    }
)
