"""Inputs remembered until the next flip: most units of a run near its end ask for what they already know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.models.kernels.compiling import bare, in_any_order
from server.models.kernels.verbs import Floats

Counts = NDArray[np.int64]


class Reading(NamedTuple):
    """Each unit's input as last computed, and how many flips had been counted then."""

    inputs: Floats  # (N,)
    read_at: Counts  # (N,)
    flips: Counts  # (1,)

    @classmethod
    def blank(cls, size: int) -> Reading:
        """Nothing read yet."""
        return cls(np.zeros(size), np.zeros(size, np.int64), np.ones(1, np.int64))


@bare
def stale(reading: Reading, unit: int) -> bool:
    """Whether something flipped since the unit's input was computed; it counts as computed from now on."""
    if reading.read_at[unit] == reading.flips[0]:
        return False
    reading.read_at[unit] = reading.flips[0]
    return True


@in_any_order
def dot(rows: Floats, row: int, vector: Floats) -> float:
    """rows[row] · vector, summed in the order that is quickest."""
    total = 0.0
    for mu in range(vector.size):
        total += rows[row, mu] * vector[mu]
    return total
