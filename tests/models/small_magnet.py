"""All 2^16 states of the 4×4 lattice: what samplers and closed forms are compared with."""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

SIDE = 4
UNITS = SIDE * SIDE


class Exact(NamedTuple):
    """Means per spin over Boltzmann's distribution."""

    energy: float
    magnetisation: float
    specific_heat: float


@cache
def states() -> Tensor:
    """(2^16, 4, 4) int8; bit i of a state's number is spin i."""
    bits = torch.arange(2**UNITS).unsqueeze(1) >> torch.arange(UNITS) & 1
    return (2 * bits - 1).to(torch.int8).view(-1, SIDE, SIDE)


@cache
def links() -> Tensor:
    """Σ_<ij> s_i s_j of every state, one link to the right and one down from each spin."""
    spins = states()
    return (spins * (spins.roll(-1, 1) + spins.roll(-1, 2))).sum((1, 2)).double()


def energies(field: float = 0.0) -> Tensor:
    """E of every state."""
    return -links() - field * states().sum((1, 2)).double()


def boltzmann(temperature: float, field: float = 0.0) -> Tensor:
    """p of every state, float64."""
    return torch.softmax(-energies(field) / temperature, 0)


def exact(temperature: float, field: float = 0.0) -> Exact:
    """⟨E⟩/N, ⟨|M|⟩/N, C/N."""
    p, energy = boltzmann(temperature, field), energies(field)
    mean = (p * energy).sum()
    variance = (p * (energy - mean) ** 2).sum()
    magnetisation = (p * states().sum((1, 2)).double().abs()).sum()
    return Exact(
        float(mean) / UNITS, float(magnetisation) / UNITS, float(variance) / temperature**2 / UNITS
    )  # fmt: skip
