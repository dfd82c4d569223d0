"""Hands on a magnet that move by themselves: a temperature that runs through stops, a field that swings."""

from math import pi, sin

import torch
from torch import Tensor

STOPS = [1.0, 1.3, 1.6, 1.8, 1.9, 2.0, 2.05, 2.1, 2.15, 2.2, 2.23, 2.25, 2.27, 2.29, 2.31, 2.35, 2.4, 2.5, 2.7, 3.0]
"""Close together where the magnet melts."""
STAY, LONGER = 600, 2400
"""Sweeps at each stop, and at those near T_c, where the lattice forgets slowly."""
SLOW = 2.15, 2.4
"""Where it stays longer."""
PERIODS, POINTS = 3, 400
"""The loop shows so many periods by about so many points."""


def stay(temperature: float) -> int:
    """Sweeps at this stop."""
    return LONGER if SLOW[0] <= temperature <= SLOW[1] else STAY


class Scan:
    """Temperatures that go up through `STOPS` and down again, for ever."""

    def __init__(self) -> None:
        self._place = 0
        self.due = stay(self.temperature)
        """Sweeps left at this stop, at least 1."""

    @property
    def temperature(self) -> float:
        """The present stop."""
        there_and_back = STOPS + STOPS[-2:0:-1]
        return there_and_back[self._place % len(there_and_back)]

    def add(self, sweeps: int) -> bool:
        """Count sweeps, at most `due`; whether another stop is reached."""
        self.due -= sweeps
        if self.due:
            return False
        self._place += 1
        self.due = stay(self.temperature)
        return True


class Swing:
    """A field B + A sin(2πt/period), t in sweeps, and how the magnet followed it."""

    def __init__(self, field: float, magnetisation: float) -> None:
        self._sweeps = 0
        self._followed = torch.tensor([[field, magnetisation]], dtype=torch.float64)

    def drive(self, sweeps: int, amplitude: float, period: int) -> Tensor:
        """A sin(2πt/period) for the next sweeps, (sweeps,)."""
        phases = [(self._sweeps + sweep) % period / period for sweep in range(1, sweeps + 1)]
        self._sweeps += sweeps
        return torch.tensor([amplitude * sin(2 * pi * phase) for phase in phases], dtype=torch.float64)

    def follow(self, fields: Tensor, magnetisations: Tensor, period: int) -> None:
        """Keep what the field was and the magnet became, sweep by sweep."""
        followed = torch.cat([self._followed, torch.stack([fields, magnetisations], 1)])
        self._followed = followed[-PERIODS * period :]

    @property
    def now(self) -> Tensor:
        """(2,): field and M/N after the last sweep."""
        return self._followed[-1]

    def channels(self) -> dict[str, Tensor]:
        """The field now, fields and M/N of the last periods, (k,) each, and the last of them."""
        fields, magnetisations = self._followed[:: max(1, len(self._followed) // POINTS)].T
        return {"pull": self.now[0], "fields": fields, "loop": magnetisations, "loop_now": self.now}
