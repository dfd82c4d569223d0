"""What a magnet's averages were at every temperature it has been kept at."""

from math import nan
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models.binning import Bins, Estimate, Floats, estimate
from server.models.ising import SETTLING, Sweeps

ENOUGH = 300
"""Sweeps measured before there is a mean; of these the later three quarters count."""


class Measured(NamedTuple):
    """Means per spin at one temperature."""

    magnetisation: Estimate = Estimate()
    energy: Estimate = Estimate()
    specific_heat: Estimate = Estimate()


class Visited:
    """Means of |M|/N, E/N and C/N = N (⟨e²⟩ − ⟨e⟩²)/T² in zero field, for N spins, wherever it was `move`d.

    After each move the first `SETTLING` sweeps are left out, and of the others the first quarter.
    """

    def __init__(self, units: int, temperature: float) -> None:
        self._units = units
        self._marks: dict[float, Measured] = {}
        self._begin(temperature)

    def move(self, temperature: float) -> None:
        """Measure anew, at this temperature; what was measured before stays as a mark."""
        self.here()
        self._begin(temperature)

    def _begin(self, temperature: float) -> None:
        self._temperature = temperature
        self._bins = Bins(columns=4)
        self._left = SETTLING
        self._known = 0, Measured()

    @property
    def sweeps(self) -> int:
        """Sweeps measured since the last move."""
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
            if any(mean.trusted for mean in found):
                self._marks[self._temperature] = found
        return self._known[1]

    def readings(self) -> dict[str, str]:
        """The means since the last move with their errors, in words, by name."""
        said = {}
        for name, mean in self.here()._asdict().items():
            words = f"{mean.value:.4f} ± {mean.error:.4f}" if mean.trusted else "not known yet"
            said[f"{name}_reading"] = words.replace("-", "−")
        return said

    def marks(self) -> dict[str, Tensor]:
        """Where it was, and for each mean its value and error there, (k,) each, in order of T; NaN where not known."""
        marks = sorted(self._marks.items()) or [(nan, Measured())]
        channels = {"temperatures": torch.tensor([temperature for temperature, _ in marks])}
        for name in Measured._fields:
            means: list[Estimate] = [getattr(measured, name) for _, measured in marks]
            shown = [mean if mean.trusted else Estimate() for mean in means]
            channels[f"{name}_means"] = torch.tensor([mean.value for mean in shown])
            channels[f"{name}_errors"] = torch.tensor([mean.error for mean in shown])
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
    return Measured(magnetisation, energy, specific_heat._replace(facts=energy.facts))
