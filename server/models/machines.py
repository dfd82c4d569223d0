"""Which loop's machine a memory becomes."""

from __future__ import annotations

import numpy as np
import torch

from server.models.kernels.dense import Exponential, Powers, exponential, powers
from server.models.kernels.fields import Fields
from server.models.kernels.overlaps import Overlaps
from server.models.kernels.reading import Reading
from server.models.memory import Dense, LowRank, Memory

Machine = Fields | Overlaps | Powers | Exponential

NARROW = 16
"""A rank of N/16 or less is run by its overlaps. A flip makes all their k-term sums stale; with fields it adds a row
of N. Measured from 30 % noise and at T = 0.5 and 1: at N = 400 both were equal for k ≤ 25 and fields quicker above;
at N = 1024, where W is 8 MB, overlaps were 1.2–3 × quicker for k ≤ 64, and no quicker from 128 on."""


def machine_for(memory: Memory) -> Machine:
    """Its arrays, before the first `loops.prepare`. They share the memory's tensors, which must be on the CPU."""
    match memory:
        case Dense(patterns=patterns):
            by_unit = patterns.T.contiguous().numpy()
            if memory.power is None:
                return exponential(by_unit)
            products = torch.arange(-memory.size, memory.size + 1, dtype=torch.float64)
            return powers(by_unit, memory.well(products).numpy())
        case LowRank(left=left) if NARROW * left.shape[1] <= memory.size:
            return Overlaps(
                left.numpy(), memory.right.numpy(), memory.diagonal.numpy(), memory.excess.numpy(),
                np.zeros(left.shape[1]), Reading.blank(memory.size),
            )  # fmt: skip
        case _:
            weights = memory.matrix()
            assert weights is not None
            return Fields(weights.numpy(), np.zeros(memory.size))
