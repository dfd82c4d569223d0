"""What a magnet's averages were at every temperature it has been kept at."""

from math import nan, sqrt
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models.binning import Bins, Estimate, Floats, estimate
from server.models.ising import Sweeps

ENOUGH = 300
"""Sweeps measured before there is a mean; of these the later three quarters count."""
BALANCING = 200
"""Sweeps left out after every move."""


class Measured(NamedTuple):
    """Means per spin at one temperature."""

    magnetisation: Estimate = Estimate()
    energy: Estimate = Estimate()
    specific_heat: Estimate = Estimate()

    @property
    def facts(self) -> float:
        """Independent facts about |M| and E both: the slower of the two says how often the lattice has forgotten."""
        return min(self.magnetisation.facts, self.energy.facts)

    @property
    def balanced(self) -> bool:
        """Whether the lattice has forgotten where it came from. Its energy alone would not tell: at T_c it is nearly
        right long before the magnetisation is."""
        return self.magnetisation.trusted and self.energy.trusted


class Visited:
    """Means of |M|/N, E/N and C/N = N (⟨e²⟩ − ⟨e⟩²)/T² in zero field, for N spins, wherever it was `move`d.

    After each move the first `BALANCING` sweeps are left out, and of the others the first quarter.
    """

    def __init__(self, units: int, temperature: float) -> None:
        self._units = units
        self._marks: dict[float, tuple[Bins, Measured]] = {}
        self._pools: dict[float, Bins] = {}
        self._temperature = temperature
        self._begin(Bins(columns=4))

    def move(self, temperature: float, pooled: bool = False) -> None:
        """Measure anew, at this temperature; the best of what was measured before stays as a mark.

        Pooled, as in a scan that passes again and again: go on with what earlier pooled moves measured there.
        """
        self.here()
        self._temperature = temperature
        self._begin(self._pools.setdefault(temperature, Bins(columns=4)) if pooled else Bins(columns=4))

    def _begin(self, bins: Bins) -> None:
        self._bins = bins
        self._left = BALANCING
        self._known = 0, Measured()

    def unpool(self) -> None:
        """Let the next pooled moves begin anew."""
        self._pools = {}

    @property
    def sweeps(self) -> int:
        """Sweeps measured since the last move, or in all pooled ones."""
        return self._bins.count

    def add(self, sweeps: Sweeps) -> None:
        """Take the sweeps that were made since."""
        skipped = min(self._left, len(sweeps.agreement))
        self._left -= skipped
        agreement, magnetisation = sweeps.agreement.numpy()[skipped:], sweeps.magnetisation.numpy()[skipped:]
        columns = (np.abs(magnetisation), magnetisation**2, -agreement, agreement**2)
        self._bins.add(np.stack(columns, 1))

    def here(self) -> Measured:
        """The means since the last move, unknown at first."""
        if self.sweeps >= ENOUGH and self.sweeps != self._known[0]:
            found = _measured(self._bins.recent(), self._units, self._temperature)
            self._known = self.sweeps, found
            bins, before = self._marks.get(self._temperature, (self._bins, found))
            if bins is self._bins or found.facts >= before.facts:
                self._marks[self._temperature] = self._bins, found
        return self._known[1]

    def forget(self) -> None:
        """Take away the mark at the present temperature: the lattice is caught, and its means are not that heat's."""
        self._marks.pop(self._temperature, None)

    def readings(self) -> dict[str, str]:
        """How many sweeps were measured, and their means with errors, in words, by name."""
        said = {"measured": f"{self.sweeps:,}".replace(",", "\u2009")}
        for name, mean in self.here()._asdict().items():
            words = f"{mean.value:.4f} ± {mean.error:.4f}" if mean.trusted else "not known yet"
            said[f"{name}_reading"] = words.replace("-", "−")
        return said

    def marks(self) -> dict[str, Tensor]:
        """Where it was, and for each mean its value and error there, (k,) each, in order of T; NaN where not known.

        A mean that is not sure yet is shown too, with its whole spread for an error: were such marks left out, those
        that remain near T_c would be the runs that happened to hold still.
        """
        marks = sorted((temperature, found) for temperature, (_, found) in self._marks.items()) or [(nan, Measured())]
        channels = {"temperatures": torch.tensor([temperature for temperature, _ in marks])}
        for name in Measured._fields:
            means: list[Estimate] = [getattr(measured, name) for _, measured in marks]
            channels[f"{name}_means"] = torch.tensor([mean.value for mean in means])
            channels[f"{name}_errors"] = torch.tensor([mean.bar for mean in means])
        return channels


def _measured(bins: Floats, units: int, temperature: float) -> Measured:
    """From bins of |M|, M², U, U² (U the energy) as columns."""

    def variance(means: Floats, column: int) -> Floats:
        found: Floats = (means[..., column + 1] - means[..., column] ** 2) / units**2
        return found

    magnetisation = estimate(bins, lambda means: means[..., 0] / units, lambda means: variance(means, 0))
    energy = estimate(bins, lambda means: means[..., 2] / units, lambda means: variance(means, 2))
    heat = units / temperature**2
    specific_heat = estimate(bins, lambda means: heat * variance(means, 2), lambda means: variance(means, 2))
    # A variance found from so many facts is not surer than √(2/facts) of itself.
    error = max(specific_heat.error, abs(specific_heat.value) * sqrt(2 / max(energy.facts, 1.0)))
    return Measured(magnetisation, energy, specific_heat._replace(error=error, facts=energy.facts))
