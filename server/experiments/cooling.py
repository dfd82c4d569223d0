"""Annealing: heat that is taken away slowly, over and over."""

from typing import Literal

import torch
from torch import Tensor

Schedule = Literal["none", "exponential", "linear"]
COLDEST = 0.01
"""Of the hottest: an exponential schedule ends no lower, since it never reaches 0."""
SAME = 1e-9
"""Energies this near are the same, give or take rounding."""


class Cooling:
    """From `hottest` down to `coldest` in `period` decisions; then hot again. It never heats: a `hottest` below
    `coldest` is that."""

    def __init__(self, schedule: Schedule, hottest: float, coldest: float, period: int) -> None:
        self.cools = hottest > coldest
        hottest = max(hottest, coldest)
        self._passed = 0
        self._count = 0
        self._deepest = 0
        shares = torch.linspace(0, 1, period, dtype=torch.float64)
        floor = max(coldest, COLDEST * hottest)
        self._course = hottest + (coldest - hottest) * shares
        if schedule == "exponential":
            self._course = hottest * (floor / hottest) ** shares

    @property
    def heat(self) -> float:
        """The temperature of the next decision."""
        return float(self._course[self._passed])

    def take(self, steps: int) -> Tensor:
        """The temperatures of the next decisions, at most those left of this descent."""
        self._passed += steps
        return self._course[self._passed - steps : self._passed]

    def end(self, energy: float, lowest: float) -> None:
        """Note where a descent ended, and begin the next; `lowest` is the deepest state's energy."""
        self._passed = 0
        self._count += 1
        self._deepest += energy <= lowest + SAME

    @property
    def told(self) -> str:
        """How many descents ended in the deepest state: "3/4"."""
        return f"{self._deepest}/{self._count}"
