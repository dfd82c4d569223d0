"""Machines small enough to be enumerated in plain Python, for the tests of Boltzmann machines."""

import math
from itertools import product

import torch
from torch import Tensor

from server.models.boltzmann import Couplings
from server.models.rbm import RBM

TEMPERATURES = (0.6, 1.0, 2.5)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def machine(
    visible: int, hidden: int, seed: int = 0, temperature: float = 1.0, dtype: torch.dtype = torch.float64
) -> RBM:
    """A machine with weights and biases ~ N(0, 1): far from trivial."""
    couplings = Couplings.zeros((visible, hidden), dtype=dtype)
    couplings.flat.normal_(generator=seeded(seed))
    return RBM(couplings, temperature)


def joint(model: RBM) -> Tensor:
    """p(v, h), (2^visible, 2^hidden), from the definition alone: one energy at a time in plain Python."""
    w = model.couplings.weights.tolist()
    b, c = model.couplings.visible_bias.tolist(), model.couplings.hidden_bias.tolist()

    def weight(v: tuple[int, ...], h: tuple[int, ...]) -> float:
        pairs = sum(w[i][j] * v[i] * h[j] for i in range(len(b)) for j in range(len(c)))
        energy = -pairs - sum(x * y for x, y in zip(b, v, strict=True)) - sum(x * y for x, y in zip(c, h, strict=True))
        return math.exp(-energy / model.temperature)

    states = [list(product((0, 1), repeat=units)) for units in (len(b), len(c))]
    table = torch.tensor([[weight(v, h) for h in states[1]] for v in states[0]], dtype=torch.float64)
    return table / table.sum()


def codes(states: Tensor) -> Tensor:
    """Each row of 0 and 1 as the number that `binary_states` gives it."""
    return (states.long() << torch.arange(states.shape[1] - 1, -1, -1)).sum(1)
