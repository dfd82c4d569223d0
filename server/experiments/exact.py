"""What is known exactly of the Ising page's magnet: curves to draw, and the judge of what was measured."""

from collections.abc import Callable
from functools import cache, lru_cache
from math import inf, nan, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from server.experiments.visited import ENOUGH, Measured
from server.grammar import Verdict
from server.grammar.head import Word
from server.models import onsager

CURVES = ("onsager_magnetisations", "onsager_energies", "onsager_heats", "torus_heats")
LOW, HIGH, POINTS = 0.5, 4.5, 161
NEAR, FINE = 0.35, 81
"""So far around T_c a finite lattice's curve is drawn: further off it is Onsager's."""

WIDE = 10
"""From so many correlation lengths on, a lattice is as good as infinite below T_c."""
DIFFERENT = 0.01
"""From this relative difference on, a lattice's specific heat is drawn beside Onsager's."""
CLOSE, BROKEN = 4.0, 5.0
"""Standard errors. More than the usual 2 or 3: the page looks at every frame, so it tests again and again."""
DECIDED = 200
"""Independent facts before anything but "holds" is said: with fewer, the error itself is not known well."""
STRIPES = 0.5
"""A row counts as one side's from this share of Onsager's |M| on."""


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
    return dict(zip(CURVES, [_line(both, function) for function in solved] + [_own_heats(side, near)], strict=True))


def _own_heats(side: int, temperatures: Tensor) -> Tensor:
    """C/N of the L×L torus where it can be told from the infinite lattice's; elsewhere NaN."""
    infinite = _line(temperatures, onsager.specific_heat)[:, 1]
    heats = onsager.torus(side, temperatures)[1]
    alike = (heats - infinite).abs() < DIFFERENT * infinite
    return torch.stack([temperatures, heats.masked_fill(alike, nan)], 1)


def _line(temperatures: Tensor, function: Callable[[float], float]) -> Tensor:
    values = [function(temperature) for temperature in temperatures.tolist()]
    heights = torch.tensor([nan if value == inf else value for value in values], dtype=torch.float64)
    return torch.stack([temperatures, heights], 1)


def large(side: int, temperature: float) -> bool:
    """Whether the lattice is magnetised as an infinite one is."""
    return temperature < onsager.CRITICAL and side >= WIDE * onsager.correlation_length(temperature)


def caught(spins: Tensor, temperature: float) -> bool:
    """Whether some rows (or columns) of a large lattice take one side and others the other: stripes with straight
    walls, which shorten no further and may last for ever (V. Spirin, P. Krapivsky, S. Redner, Phys. Rev. E 63 (2001)
    036118: every third quench).
    """
    if not large(len(spins), temperature):
        return False
    enough = STRIPES * onsager.magnetisation(temperature)
    means = [spins.mean(axis, dtype=torch.float32) for axis in (0, 1)]
    return any(float(mean.max()) > enough and float(mean.min()) < -enough for mean in means)


def judged(measured: Measured, sweeps: int, side: int, temperature: float, stuck: bool = False) -> Verdict:
    """How many standard errors a mean in zero field lies off: |M| off Onsager's where the lattice is as good as
    infinite; elsewhere the energy off this lattice's own.

    Nothing is judged before the lattice has forgotten its start (`Measured.balanced`), nor while it is `stuck` in
    stripes; and only `DECIDED` facts speak against the claim.
    """
    magnet = large(side, temperature)
    line = "errors off Onsager’s |M|" if magnet else "errors off exact energy"
    facts = measured.facts
    if stuck or not measured.balanced:
        few = f"{sweeps} sweeps so far" if sweeps < ENOUGH else "still relaxing"
        return Verdict(number="–", line=line, word="untested", note="walls remain" if stuck else few)
    if facts == inf:
        return Verdict(number="–", line=line, word="untested", note="nothing has moved")
    true = at(side, temperature)
    found, expected = (measured.magnetisation, true.spontaneous) if magnet else (measured.energy, true.torus_energy)
    off = found.off(expected, _least(true, magnet, side, sweeps, temperature))
    number = f"{off:.1f}" if off < 99 else f"{min(off, 9999):.0f}"
    if off >= CLOSE and facts < DECIDED:
        return Verdict(number=number, line=line, word="untested", note=f"{facts:.0f} of {DECIDED} samples")
    word: Word = "holds" if off < CLOSE else "close" if off < BROKEN else "broken"
    return Verdict(number=number, line=line, word=word, note=f"{BROKEN:.0f} would break it")


def _least(true: Exact, magnet: bool, side: int, sweeps: int, temperature: float) -> float:
    """The smallest error that so many sweeps can have, were each one a fact of its own: √(variance/sweeps).

    The variance of E/N is T² C/N². That of M/N is at least (1 − m²)/N, as spins that pull each other alike never
    scatter less than free ones (R. B. Griffiths, J. Math. Phys. 8 (1967) 478). One spin, once, is the least of all.
    """
    units = side * side
    variance = (1 - true.spontaneous**2 if magnet else temperature**2 * true.torus_heat) / units
    return max(sqrt(max(variance, 0.0) / sweeps), 2 / (units * sweeps))


def sides(magnetisation: float, temperature: float, stuck: bool, in_field: bool) -> dict[str, str]:
    """In words: what became of the two colours, and of the choice between up and down."""
    if in_field:
        return {"colours": "a field pulls", "choice": "a field pulls"}
    if temperature >= onsager.CRITICAL:
        return {"colours": "neither colour lasts", "choice": "neither lasts"}
    if stuck:
        return {"colours": "walls remain", "choice": "both, behind walls"}
    if abs(magnetisation) < STRIPES * onsager.magnetisation(temperature):
        return {"colours": "not decided", "choice": "not decided"}
    return {"colours": "one colour wins", "choice": "one at a time"}
