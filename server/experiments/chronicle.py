"""What is told of a run's updates: how often the energy rose, what was to blame, and what the last unit did."""

from typing import Literal

import torch
from torch import Tensor

from server.models.hopfield import Network, Updates

Cause = Literal["by heat", "all at once", "units hear themselves"]
"""What lets an energy rise; the last only where a unit's link to itself is negative."""


class Chronicle:
    """Counts since the start of the run; tensors until they are asked for."""

    def __init__(self) -> None:
        self.updates = 0
        self.flips = torch.tensor(0)
        self._rises: dict[Cause, Tensor] = {}
        self._last: tuple[int, bool, bool] | None = None

    def add(self, updates: Updates, state: Tensor, cause: Cause) -> None:
        """Updates of one kind, and the state (N,) after them."""
        self.updates += len(updates.unit)
        self.flips = self.flips + updates.flips.sum()
        self._rises[cause] = self._rises.get(cause, torch.tensor(0)) + updates.rises
        unit = int(updates.unit[-1])
        self._last = (unit, bool(updates.flips[-1]), bool(state[unit] > 0)) if unit >= 0 else None

    @property
    def rises(self) -> int:
        """How many updates raised the energy."""
        return sum(int(count) for count in self._rises.values())

    @property
    def blame(self) -> Cause | None:
        """What first let the energy rise in this run."""
        return next((cause for cause, count in self._rises.items() if count), None)

    @property
    def last(self) -> str:
        """What the last unit to decide by itself did; empty before, and where all decided at once."""
        if self._last is None:
            return ""
        unit, flipped, on = self._last
        return f"Unit {unit} {'turned' if flipped else 'stayed'} {'on' if on else 'off'}."


def decision(network: Network, unit: int) -> str:
    """What a unit that decides next is about to do, and why; −1: all at once."""
    if unit < 0:
        return "all decide at once"
    field, on = float(network.fields[unit]), bool(network.state[unit] > 0)
    if network.temperature > 0:
        return f"so it turns on with p = {float(torch.tensor(2 * field / network.temperature).sigmoid()):.2f}"
    if field == 0:
        return {"keep": "a tie: it stays", "on": "a tie: it turns on", "coin": "a tie: it tosses a coin"}[network.ties]
    return f"so it {'stays' if on == (field > 0) else 'turns'} {'on' if field > 0 else 'off'}"
