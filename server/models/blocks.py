"""Many states at once on any device, in torch: what cards do well, large products, with little in between.

Units decide in blocks: one product gives the fields of a whole block, and what a flip changes for the block's
later units is added as it happens, so the result is that of one unit after another.
"""

from __future__ import annotations

import torch
from torch import Tensor

from server.models.columns import Places, picked
from server.models.memory import TIE, Dense
from server.models.wells import Wells

BLOCK = 16  # units


class Blocks:
    """Weights W = left rightᵀ + excess on the diagonal, by the projections right·s (k, C).

    Any weights are W = left rightᵀ with left = W, right = 1.
    """

    def __init__(self, left: Tensor, right: Tensor, excess: Tensor, spins: Tensor, threshold: float) -> None:
        self.spins = spins
        self._left, self._right, self._excess = left, right, excess
        self._threshold = threshold
        self._kept = right.T @ spins.double()

    def sweep(self, order: Places) -> None:
        for units in torch.split(torch.from_numpy(order).to(self.spins.device), BLOCK):
            left, right, excess = self._left[units], self._right[units], self._excess[units]
            states = self.spins[units].double()
            fields = left @ self._kept + excess[:, None] * states - self._threshold
            couplings = left @ right.T
            turned = torch.zeros_like(states)
            for unit, state in enumerate(states):
                turned[unit] = torch.where(state * fields[unit] < -TIE, -2 * state, 0.0)
                fields[unit + 1 :] += couplings[unit + 1 :, unit, None] * turned[unit]
            self.spins[units] += turned.to(torch.int8)
            self._kept += right.T @ turned

    def keep(self, chosen: Places) -> None:
        self.spins, self._kept = picked(self.spins, chosen), picked(self._kept, chosen)


class DenseBlocks:
    """A dense memory by its products (p, C); fields are not sums over units, so blocks are of one."""

    def __init__(self, memory: Dense, spins: Tensor, threshold: float) -> None:
        self.spins = spins
        self._wells = Wells(memory, threshold)
        self._patterns = memory.patterns
        self._products = memory.patterns @ spins.double()

    def sweep(self, order: Places) -> None:
        slopes, (low, high) = self._wells.read(self._products)
        for unit in order.tolist():
            state, pattern = self.spins[unit], self._patterns[:, unit]
            heard = pattern @ slopes
            turned = torch.where(torch.where(state > 0, heard < low, heard > high), -2 * state, 0)
            state += turned
            self._products += pattern[:, None] * turned
            slopes, (low, high) = self._wells.read(self._products)

    def keep(self, chosen: Places) -> None:
        self.spins, self._products = picked(self.spins, chosen), picked(self._products, chosen)
