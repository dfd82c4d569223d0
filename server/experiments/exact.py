"""The exact curves of the Ising page, as points to draw."""

from collections.abc import Callable
from functools import cache
from math import inf, nan
from typing import NamedTuple

import torch
from torch import Tensor

from server.models import onsager

CURVES = ("onsager_magnetisations", "onsager_energies", "onsager_heats", "torus_heats")
LOW, HIGH, POINTS = 0.5, 4.5, 161
NEAR, FINE = 0.35, 81
"""So far around T_c a finite lattice's curve is drawn: further off it is Onsager's."""


class Exact(NamedTuple):
    """What is known at one temperature, per spin."""

    spontaneous: float
    onsager_energy: float
    torus_energy: float
    torus_heat: float


def at(side: int, temperature: float) -> Exact:
    """|M|/N and E/N of the infinite lattice, E/N and C/N of the L×L torus."""
    energies, heats = onsager.torus(side, torch.tensor([temperature], dtype=torch.float64))
    return Exact(onsager.magnetisation(temperature), onsager.energy(temperature), float(energies), float(heats))


@cache
def curves(side: int) -> dict[str, Tensor]:
    """The channels `CURVES`, (k, 2) each: temperature and value, NaN where Onsager's specific heat is infinite."""
    away = torch.linspace(LOW, HIGH, POINTS, dtype=torch.float64)
    near = onsager.CRITICAL + torch.linspace(-NEAR, NEAR, FINE, dtype=torch.float64)
    both = torch.cat([away, near]).sort().values
    solved = (onsager.magnetisation, onsager.energy, onsager.specific_heat)
    lines = [_line(both, function) for function in solved] + [torch.stack([near, onsager.torus(side, near)[1]], 1)]
    return dict(zip(CURVES, lines, strict=True))


def _line(temperatures: Tensor, function: Callable[[float], float]) -> Tensor:
    values = [function(temperature) for temperature in temperatures.tolist()]
    heights = torch.tensor([nan if value == inf else value for value in values], dtype=torch.float64)
    return torch.stack([temperatures, heights], 1)
