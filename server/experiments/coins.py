"""How often units turned on, by the energy they would have saved."""

from math import inf, nan

import torch
from torch import Tensor

from server.models.trajectory import Decisions

BINS = 25
POINTS = 121
"""Of a theory's line."""
WIDE = 4.0
"""A theory's line goes so far at least, so that its two ends are seen."""
FEWEST = 20
"""Decisions in a bin before its share is drawn."""
HOT, COLD = 4.0, 0.25
"""Temperatures of the two lines to compare with."""


class Coins:
    """Decisions by ΔE in bins from −`reach` to `reach`, which no ΔE passes."""

    def __init__(self, reach: float) -> None:
        self.reach = max(reach, 1e-6) * 1.02
        self.forget()

    def forget(self) -> None:
        """As if no coin had fallen yet."""
        self._sums = torch.zeros(3, BINS, dtype=torch.float64)  # decisions, ΔE, turned on

    def add(self, decisions: Decisions) -> None:
        """Count those that were free to decide."""
        made = decisions.unit >= 0
        gaps = decisions.gap[made]
        places = ((gaps / self.reach + 1) * (BINS / 2)).long().clamp(0, BINS - 1)
        for sums, values in zip(self._sums, (torch.ones_like(gaps), gaps, decisions.on[made].double()), strict=True):
            sums.index_add_(0, places, values)

    def channels(self, temperature: float, coin: tuple[float, float]) -> dict[str, Tensor]:
        """Mean ΔE of every bin, the share that turned on and its standard error, (k + 1,) each, and the logistics
        (n, 2). The last entry is the last coin alone: ΔE and the number it showed."""
        count, gaps, on = self._sums
        seen = count >= FEWEST
        share = torch.where(seen, on / count, torch.nan)
        # A share of 0 or 1 is no surer than one decision more would make it.
        spread = (on + 1) / (count + 2) * (count - on + 1) / (count + 2)
        middles = (torch.arange(BINS) + 0.5) * (2 * self.reach / BINS) - self.reach
        unknown = torch.full((BINS,), nan)
        return {
            "gaps": _with(torch.where(seen, gaps / count, middles), coin[0]),
            "turned_on": _with(share, nan),
            "coin_errors": _with(torch.where(seen, (spread / count).sqrt(), torch.nan), nan),
            "coin": _with(unknown, coin[1]),
            "logistic": self._line(temperature),
            "hot": self._line(HOT),
            "cold": self._line(COLD),
        }

    def _line(self, temperature: float) -> Tensor:
        wide = max(self.reach, WIDE)
        gaps = torch.linspace(-wide, wide, POINTS, dtype=torch.float64)
        return torch.stack([gaps, torch.sigmoid(gaps * (1 / temperature if temperature else inf)).nan_to_num(0.5)], 1)


def _with(values: Tensor, last: float) -> Tensor:
    return torch.cat([values, values.new_tensor([last])])


def reach(weights: Tensor, biases: Tensor) -> float:
    """The greatest |ΔE| that any unit of (N, N), (N,) can meet."""
    most, least = biases + weights.clamp(min=0).sum(1), biases + weights.clamp(max=0).sum(1)
    return float(torch.maximum(most.abs(), least.abs()).max())
