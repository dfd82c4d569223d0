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

Call = Callable[[], object]


@dataclass(frozen=True)
class Activation:
    """K and K' as operations bound to their tensors: `apply(s, o)` writes K(s) into o, `slope(o, k)` writes
    K'(s) into k.

    All tensors have the same shape.
    """

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


def _linear(s: Tensor, o: Tensor) -> Call:
    return partial(o.copy_, s)


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "sigmoid": Activation(_sigmoid, _sigmoid_slope, 0.25),
        "tanh": Activation(_tanh, _tanh_slope, 1.0),
        "relu": Activation(_relu, _relu_slope, 1.0),
        "linear": Activation(_linear, None, 1.0),
    }
)
