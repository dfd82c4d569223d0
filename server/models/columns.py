"""Many states at once on the CPU, each a column: what a memory becomes for the loops of `kernels.batches`."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.models.kernels import batches
from server.models.kernels import wells as kernels
from server.models.memory import TIE, Dense, LowRank
from server.models.wells import Wells

Places = NDArray[np.int64]

EXACT = 2**24
"""Whole numbers below this are exact in float32."""


class Columns(Protocol):
    """C states of N units that all let the same unit decide, one after another."""

    spins: Tensor
    """(N, C) int8."""

    def sweep(self, order: Places) -> None:
        """Let every unit decide once, in this order (N,)."""

    def keep(self, chosen: Places) -> None:
        """Go on with these columns alone."""


def picked(rows: Tensor, chosen: Places) -> Tensor:
    """rows[:, chosen]; by a loop on the CPU, where it takes a fifth of torch's time."""
    if rows.is_cuda:
        return rows.index_select(1, torch.from_numpy(chosen).to(rows.device))
    return torch.from_numpy(batches.gather(rows.numpy(), chosen))


def projected(left: Tensor, spins: Tensor) -> Tensor:
    """left (k, N) times spins (N, C), a tile at a time: all of them as floats would not fit into the cache."""
    return torch.cat([left @ tile.to(left.dtype) for tile in torch.split(spins, batches.TILE, 1)], 1)


def multiple(memory: LowRank) -> float | None:
    """c if left = c right with c > 0 and right is ±1, as for Hebb; None for other factors."""
    left, right = memory.left, memory.right
    if not right.numel() or not bool((right.abs() == 1).all()):
        return None
    ratio = float(left[0, 0] * right[0, 0])
    return ratio if ratio > 0 and torch.equal(left, right * ratio) else None


def number(memory: LowRank) -> torch.dtype:
    """The smallest type of number in which `Linear` is exact."""
    if multiple(memory) is None:
        return torch.float64
    return torch.int16 if memory.right.numel() < torch.iinfo(torch.int16).max else torch.int32


class Linear:
    """Weights left rightᵀ by the projections right·s, which take O(k) a unit.

    For Hebb and its multiples everything is whole numbers: limits are divided by the multiple and rounded to the
    whole numbers that decide alike.
    """

    def __init__(self, memory: LowRank, spins: Tensor, threshold: float) -> None:
        left, right, ratio, kind = memory.left, memory.right, multiple(memory), number(memory)
        low, high = threshold - memory.excess - TIE, threshold + memory.excess + TIE
        if ratio is not None:
            most = right.numel()  # no sum is larger, so limits beyond it are as good as just beyond it
            left, low, high = right, (low / ratio).ceil(), (high / ratio).floor()
            low, high = low.clamp(-most, most + 1), high.clamp(-most - 1, most)
        bits = bool((right.abs() == 1).all())
        factors = right.float() if bits and memory.size < EXACT else right
        self.spins = spins
        self._kept = projected(factors.T, spins).to(kind)
        self._left, self._right, self._low, self._high = (
            tensor.to(kind).contiguous() for tensor in (left, right, low, high)
        )

    def sweep(self, order: Places) -> None:
        batches.linear(
            order, self._left.numpy(), self._right.numpy(), self._low.numpy(), self._high.numpy(),
            self.spins.numpy(), self._kept.numpy(),
        )  # fmt: skip

    def keep(self, chosen: Places) -> None:
        self.spins, self._kept = picked(self.spins, chosen), picked(self._kept, chosen)


class Pairs:
    """Any weights (N, N) by maintained inputs: a flip takes O(N), a unit that stays nothing."""

    def __init__(self, weights: Tensor, spins: Tensor, threshold: float) -> None:
        self.spins = spins
        self._weights, self._threshold = weights, float(threshold)  # a whole number would be compiled for anew
        self._inputs = spins.T.double() @ weights

    def sweep(self, order: Places) -> None:
        batches.pairwise(order, self._weights.numpy(), self._threshold, TIE, self.spins.numpy(), self._inputs.numpy())

    def keep(self, chosen: Places) -> None:
        self.spins, self._inputs = picked(self.spins, chosen), self._inputs[torch.from_numpy(chosen)]


class DenseColumns:
    """A dense memory by maintained products, and their slopes and limits looked up at every flip."""

    def __init__(self, memory: Dense, spins: Tensor, threshold: float) -> None:
        self.spins = spins
        self._wells = Wells(memory, threshold)
        self._patterns = memory.patterns.T.contiguous()
        self._products = projected(memory.patterns.float(), spins).int()
        self._slopes, self._limits = self._wells.read(self._products)

    def sweep(self, order: Places) -> None:
        wells = self._wells
        kernels.sweep(
            order, self._patterns.numpy(), wells.tables.numpy(), wells.margins.numpy(), wells.exponential,
            self.spins.numpy(), self._products.numpy(), self._slopes.numpy(), self._limits.numpy(),
        )  # fmt: skip

    def keep(self, chosen: Places) -> None:
        self.spins, self._products = picked(self.spins, chosen), picked(self._products, chosen)
        self._slopes, self._limits = picked(self._slopes, chosen), picked(self._limits, chosen)
