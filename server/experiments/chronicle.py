"""What is told of a run's updates: how often the energy rose, what was to blame, and what the last unit did."""

from typing import Literal

import torch
from torch import Tensor

from server.models.hopfield import Updates

Cause = Literal["by heat", "all at once", "units hear themselves"]
"""What lets an energy rise; the last only where a unit's link to itself is negative."""


class Chronicle:
    """Counts since the start of the run; tensors until they are asked for."""

    def __init__(self) -> None:
        self.updates = 0
        self.flips = torch.tensor(0)
        self._rises: dict[Cause, Tensor] = {}
        self._last: tuple[float, bool, bool] | None = None

    def add(self, updates: Updates, state: Tensor, cause: Cause) -> None:
        """Updates of one kind, and the state (N,) after them."""
        self.updates += len(updates.unit)
        self.flips = self.flips + updates.flips.sum()
        self._rises[cause] = self._rises.get(cause, torch.tensor(0)) + updates.rises
        unit = int(updates.unit[-1])
        self._last = (float(updates.field[-1]), bool(updates.flips[-1]), bool(state[unit] > 0)) if unit >= 0 else None

    @property
    def rises(self) -> int:
        """How many updates raised the energy."""
        return sum(int(count) for count in self._rises.values())

    @property
    def blame(self) -> Cause | None:
        """What first let the energy rise in this run."""
        return next((cause for cause, count in self._rises.items() if count), None)

    @property
    def field(self) -> float | None:
        """What the last unit to decide by itself heard; None where all decided at once, or none yet."""
        return self._last[0] if self._last else None

    @property
    def decision(self) -> str:
        """What that unit did, and why."""
        if self._last is None:
            return "all decide at once" if self.updates else "on above 0"
        field, flipped, on = self._last
        done = f"{'turns' if flipped else 'stays'} {'on' if on else 'off'}"
        if field == 0:
            return f"a tie: it {done}"
        return f"so it {done}" if on == (field > 0) else f"but heat: it {done}"
