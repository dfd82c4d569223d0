"""Gibbs sampling of linked units: in all chains one unit decides, then the next.

Columns are chains, along which every loop runs. Each unit has a threshold per chain, drawn before, and turns
on where its field is above it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.models.kernels.compiling import in_any_order

Numbers = NDArray[Any]  # float32 or float64

BLOCK = 8
"""Units that decide between two matrix products: the rest of the work is proportional to it."""


@in_any_order
def decide(
    weights: Numbers,  # (N, N)
    first: int,  # unit of the block
    fields: Numbers,  # (n, C) of the block before its first unit decides; afterwards each when it decided
    thresholds: Numbers,  # (n, C); afterwards how much each state changed
    states: Numbers,  # (n, C) of 0 and 1, changed in place
) -> None:
    """The units of one block decide in turn; each lets those after it feel how it changed."""
    for unit in range(len(states)):
        field, moved, state = fields[unit], thresholds[unit], states[unit]
        for chain in range(state.size):
            before = state[chain]
            state[chain] = field[chain] > moved[chain]
            moved[chain] = state[chain] - before
        for later in range(unit + 1, len(states)):
            link, felt = weights[first + unit, first + later], fields[later]
            for chain in range(moved.size):
                felt[chain] += link * moved[chain]


def warm_up() -> None:
    """Compile, or load from the cache."""
    for kind in (np.float32, np.float64):
        decide(np.zeros((1, 1), kind), 0, *np.zeros((3, 1, 1), kind))
