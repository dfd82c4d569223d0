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


def machine_for(memory: Memory) -> Machine:
    """Its arrays, before the first `loops.prepare`. They share the memory's tensors, which must be on the CPU."""
    match memory:
        case Dense(patterns=patterns):
            by_unit = patterns.T.contiguous().numpy()
            if memory.power is None:
                return exponential(by_unit)
            products = torch.arange(-memory.size, memory.size + 1, dtype=torch.float64)
            return powers(by_unit, memory.well(products).numpy())
        case LowRank():
            return Overlaps(
                memory.left.numpy(), memory.right.numpy(), memory.diagonal.numpy(), memory.excess.numpy(),
                np.zeros(memory.left.shape[1]), Reading.blank(memory.size),
            )  # fmt: skip
        case _:
            weights = memory.matrix()
            assert weights is not None
            return Fields(weights.numpy(), np.zeros(memory.size))
