"""How large signals and errors of a net with random first weights should be, layer by layer, when it is wide.

    ⟨s_l²⟩ = n_{l−1} ⟨w_l²⟩ ⟨o_{l−1}²⟩             ⟨o_l²⟩ = ⟨K(√⟨s_l²⟩ z)²⟩           z normal
    ⟨(∂E/∂s_l)²⟩ = ⟨K'(√⟨s_l²⟩ z)²⟩ n_{l+1} ⟨w_{l+1}²⟩ ⟨(∂E/∂s_{l+1})²⟩

For rectifiers ⟨K²⟩ = ½ ⟨s²⟩ and ⟨K'²⟩ = ½, so both are products of ½ n Var w; for linear units of n Var w. A
skip connection adds its input to its output: the squares add, and twice the product of the means. All this holds
for weights of mean 0, drawn apart from each other.

Sources: K. He, X. Zhang, S. Ren, J. Sun, ICCV (2015), equations 7 to 14; B. Poole, S. Lahiri, M. Raghu,
J. Sohl-Dickstein, S. Ganguli, NIPS (2016), equation 3; S. Schoenholz et al., ICLR (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from server.models.activations import ACTIVATIONS, Activation

NODES = 2000  # even, so that none lies on the kink at 0: rectifiers are then integrated exactly
REACH = 8.0  # standard deviations


class Sizes(NamedTuple):
    """Mean squares over units and examples, one for each layer (layers,) float64."""

    signals: Tensor
    """Of s."""
    inputs: Tensor
    """Of what enters the layer, o of the layer below."""
    errors: Tensor
    """Of ∂E/∂s, over that of the last layer."""


def predicted_sizes(
    units: Sequence[int],
    activations: Sequence[str],
    squares: Sequence[float],
    inputs: float,
    *,
    mean: float = 0.0,
    skip: bool = False,
) -> Sizes:
    """Of a net of `units` = (inputs, hidden …, outputs), `activations` and mean squared weights of each layer.

    `inputs` is the mean square of an input of the net, `mean` its mean; `skip` as in `MLP`.
    """
    kinds = [ACTIVATIONS[name] for name in activations]
    added = [skip and here == below for below, here in pairwise(units)]
    added[-1] = False
    signals, entering = [], [inputs]
    for below, kind, square, adds in zip(units, kinds, squares, added, strict=False):
        signals.append(below * square * entering[-1])
        own = _mean(kind.function, signals[-1])
        kept = entering[-1] + 2 * own * mean
        entering.append(_mean(partial(_squared, kind), signals[-1]) + adds * kept)
        mean = own + adds * mean
    errors, received = [1.0], 0.0
    for layer in range(len(kinds) - 2, -1, -1):
        received = units[layer + 2] * squares[layer + 1] * errors[0] + added[layer + 1] * received
        errors.insert(0, _mean(partial(_squared_slope, kinds[layer]), signals[layer]) * received)
    return Sizes(*(torch.tensor(sizes, dtype=torch.float64) for sizes in (signals, entering[:-1], errors)))


def predicted_gradients(units: Sequence[int], sizes: Sizes) -> Tensor:
    """‖∂E/∂W‖ of each layer over that of the last (layers,) float64, where ∂E/∂w_ij = ∂E/∂s_i o_j.

    Takes examples to agree, or to cancel, as much in every layer.
    """
    widths = torch.tensor(units, dtype=torch.float64)
    norms = (widths[1:] * sizes.errors * widths[:-1] * sizes.inputs).sqrt()
    return norms / norms[-1]


@cache
def _normal() -> tuple[Tensor, Tensor]:
    """Places z and weights (nodes,) for the mean over a normal z.

    An even grid, as Gauss–Hermite nodes lie too far apart for the slopes of saturated units.
    """
    places = (torch.arange(NODES, dtype=torch.float64) + 0.5) * (2 * REACH / NODES) - REACH
    weights = torch.exp(-0.5 * places.square())
    return places, weights / weights.sum()


def _mean(function: Callable[[Tensor], Tensor], variance: float) -> float:
    """⟨f(s)⟩ over a normal s of mean 0."""
    places, weights = _normal()
    return float(weights @ function(places * sqrt(variance)))


def _squared(kind: Activation, s: Tensor) -> Tensor:
    """K(s)²."""
    return kind.function(s).square()


def _squared_slope(kind: Activation, s: Tensor) -> Tensor:
    """K'(s)²."""
    slopes = torch.ones_like(s)
    if kind.slope is not None:
        kind.slope(kind.function(s), slopes)()
    return slopes.square()
