"""How the learning rate changes with the step t, for a rate η and a period τ.

| name        | η_t                                              | source                                  |
|-------------|--------------------------------------------------|-----------------------------------------|
| constant    | η                                                |                                         |
| inverse     | η / (1 + t/τ)                                    | Robbins and Monro (1951)                |
| exponential | η e^(−t/τ)                                       |                                         |
| step        | η · ½^⌊t/τ⌋                                      |                                         |
| cosine      | η (1 + cos π t'/τ) / 2, t' = t mod τ: restarted  | Loshchilov and Hutter (2017), eq. 5     |
| cyclic      | a triangle from η/10 up to η at τ/2 and back     | Smith (2017)                            |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

LOWEST = 0.1  # where the triangle of "cyclic" begins, as a share of the rate


def _cosine(periods: Tensor) -> Tensor:
    return (1 + torch.cos(math.pi * periods.frac())) / 2


def _cyclic(periods: Tensor) -> Tensor:
    return LOWEST + (1 - LOWEST) * (1 - (2 * periods.frac() - 1).abs())


SCHEDULES: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "constant": torch.ones_like,
        "inverse": lambda periods: 1 / (1 + periods),
        "exponential": lambda periods: torch.exp(-periods),
        "step": lambda periods: torch.exp2(-periods.floor()),
        "cosine": _cosine,
        "cyclic": _cyclic,
    }
)
"""The share of η that is used after so many periods t/τ."""


def rates(name: str, learning_rate: float, period: float, steps: Tensor) -> Tensor:
    """Learning rates (like steps) float64 of the steps t = 0, 1, … Raises ValueError for an unknown schedule or a
    period ≤ 0.
    """
    if name not in SCHEDULES:
        raise ValueError(f"There is no schedule “{name}”; there are {', '.join(SCHEDULES)}.")
    if period <= 0:
        raise ValueError(f"A schedule's period is more than 0 steps, not {period:g}.")
    return learning_rate * SCHEDULES[name](steps.double() / period)
