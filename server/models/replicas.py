"""Many small worlds: what becomes of one stored pattern, measured over networks drawn afresh.

A *replica* is p random patterns of N units, stored by Hebb's rule W = (1/N) Σ ξξᵀ with W_ii = 0, and one run
that starts at the first of them, with a share of its units turned over. Patterns of one network are not
independent witnesses (they share their noise, and melt together), so every replica draws its own and gives one
number: a mean over replicas has the standard error it says.

At T = 0 units decide in random order until none would flip. At T > 0 the run warms for `WARMING` sweeps, and
the overlap is the mean over `MEASURED` more; close to melting, where a memory decays slowly, another number of
sweeps would give another overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models.kernels import replicas as kernel

WARMING, MEASURED = 100, 50
"""Sweeps at T > 0 before measuring, and measured."""


class Recalls(NamedTuple):
    """What n replicas gave, one row each."""

    overlap: Tensor  # (n,) float64, m with the pattern it started from
    bit_error: Tensor  # (n,) float64, share of that pattern's units that would flip at once


class Replicas:
    """A supply of replicas of N units; ``recall([5]); recall([7])`` is bit for bit ``recall([5, 7])``.

    ``noise`` is the share of units turned over at the start, to the nearest whole unit. Patterns come from the
    seed ``data`` alone, so that another temperature or noise meets the same ones; the rest from ``order``. Raises
    ValueError for a noise outside 0 … 1 or a network of no units.
    """

    def __init__(self, units: int, data: int, order: int, *, temperature: float = 0.0, noise: float = 0.0) -> None:
        if units < 1 or not 0 <= noise <= 1:
            raise ValueError(f"A replica needs at least 1 unit and a noise from 0 to 1, not {units} and {noise}.")
        self.units, self.temperature = units, temperature
        self.spoilt = round(noise * units)
        self._drawing, self._randomness = np.array([data], np.uint64), np.array([order], np.uint64)

    def recall(self, patterns: Sequence[int]) -> Recalls:
        """One replica for each entry, which says how many patterns it stores."""
        counts = np.array(patterns, np.int32)
        if counts.size and counts.min() < 1:
            raise ValueError(f"A replica stores at least one pattern, not {counts.min()}.")
        overlaps, unstable = np.empty(counts.size), np.empty(counts.size, np.int32)
        kernel.replicas(
            self.units, self.temperature, self.spoilt, WARMING, MEASURED,
            self._drawing, self._randomness, counts, overlaps, unstable,
        )  # fmt: skip
        return Recalls(torch.from_numpy(overlaps), torch.from_numpy(unstable / self.units))
