"""What updates of a network did, for whoever draws or counts it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from server.models.kernels import loops

RISE = 1e-9
"""Energies are exact to about 10⁻¹² at N ≤ 1000: a change above this is a rise, one below it rounding."""


class Updates(NamedTuple):
    """What n updates did, one row each. Overlaps change only where something flips, and are kept only then."""

    energy: Tensor  # (n,) float64, after the update
    change: Tensor  # (n,) float64, energy after minus before
    field: Tensor  # (n,) float64, the deciding unit's before it decided; NaN where all did
    unit: Tensor  # (n,) int32, who decided; −1 where all did
    flips: Tensor  # (n,) int32, units that changed their state
    visited: Tensor  # (1 + updates with flips, p) float64, overlaps at first and after each of those updates

    @property
    def rises(self) -> Tensor:
        """How many of the updates raised the energy, shape ()."""
        return (self.change > RISE).sum()

    @property
    def overlaps(self) -> Tensor:
        """m^μ (n, p) float64, after each update."""
        rows = torch.empty(len(self.flips), self.visited.shape[1], dtype=torch.float64)
        loops.spread(self.visited.numpy(), self.flips.numpy(), rows.numpy())
        return rows
