"""What is known exactly of the Ising page's magnet: curves to draw, and the judge of what was measured."""

from collections.abc import Callable
from functools import cache, lru_cache
from math import inf, nan
from typing import NamedTuple

import torch
from torch import Tensor

from server.experiments.visited import Measured
from server.grammar import Verdict
from server.grammar.head import Word
from server.models import onsager

CURVES = ("onsager_magnetisations", "onsager_energies", "onsager_heats", "torus_heats")
LOW, HIGH, POINTS = 0.5, 4.5, 161
NEAR, FINE = 0.35, 81
"""So far around T_c a finite lattice's curve is drawn: further off it is Onsager's."""

WIDE = 10
"""From so many correlation lengths on, a lattice is as good as infinite below T_c."""
CLOSE, BROKEN = 3.0, 5.0
"""Standard errors."""


class Exact(NamedTuple):
    """What is known at one temperature, per spin."""

    spontaneous: float
    onsager_energy: float
    torus_energy: float
    torus_heat: float


@lru_cache(maxsize=1024)
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


def judged(measured: Measured, sweeps: int, side: int, temperature: float) -> Verdict:
    """How many standard errors a mean in zero field lies off: |M| off Onsager's where the lattice is as good as
    infinite; elsewhere, and until |M| has an error, the energy off this lattice's own.
    """
    if not measured.energy.trusted:
        return Verdict(number="–", line="sweeps still look alike", word="untested", note=f"{sweeps} sweeps so far")
    true = at(side, temperature)
    found, expected, line, note = measured.energy, true.torus_energy, "errors off the exact energy", f"for side {side}"
    large = temperature < onsager.CRITICAL and side >= WIDE * onsager.correlation_length(temperature)
    if large and measured.magnetisation.trusted:
        found, expected, line = measured.magnetisation, true.spontaneous, "errors off Onsager’s |M|"
        note = f"side {side}, not ∞"
    # Where nothing moves there is no spread to judge by: one spin, once, is the least error.
    off = found.off(expected, least=2 / (side * side * sweeps))
    word: Word = "holds" if off < CLOSE else "close" if off < BROKEN else "broken"
    if word == "broken" and measured.energy.value > true.torus_energy:
        note = "walls remain"
    return Verdict(number=f"{off:.1f}" if off < 99 else f"{min(off, 9999):.0f}", line=line, word=word, note=note)
