"""Dense memories for many states at once: where each state's units stop flipping, from its products alone."""

from __future__ import annotations

from math import cosh, exp, sinh

import torch
from torch import Tensor

from server.models.memory import PRECISION, Dense


class Wells:
    """What products y = ξ·s (p, C) say about C states: slopes (p, C) and limits (2, C), so that a unit that is
    on turns off where Σ_μ ξ_i^μ slope_μ < limits[0], and one that is off turns on where it is > limits[1].

    Powers: with up = F(y+2) − F(y), down = F(y) − F(y−2), `Dense.fields` says
    h_i = ¼ [Σ_μ ξ_i^μ (up + down)_μ − s_i Σ_μ (up − down)_μ] − θ, so slope = up + down; the rest are limits.
    Exponential: slope = exp(y − max y) and Z = Σ slope; with x = s_i Σ_μ ξ_i^μ slope_μ / Z the energy gap is
    s_i h_i = −½ log(cosh 2 − x sinh 2) − s_i θ, negative where x < (cosh 2 − exp(−2 s_i θ)) / sinh 2.
    """

    def __init__(self, memory: Dense, threshold: float) -> None:
        self.exponential = memory.power is None
        size, device = memory.size, memory.patterns.device
        slack = PRECISION * abs(threshold)
        if self.exponential:
            steps = torch.arange(2 * size + 1, dtype=torch.float64, device=device)
            tables = [torch.exp(-steps)]  # by max y − y
            on, off = (exp(2 * (PRECISION + slack - state * threshold)) for state in (1, -1))
            margins = [(cosh(2) - on) / sinh(2), (off - cosh(2)) / sinh(2)]
        else:
            well = memory.well(torch.arange(-size, size + 1, dtype=torch.float64, device=device))
            up, down = torch.zeros_like(well), torch.zeros_like(well)  # no product moves beyond ±N
            up[:-2] = down[2:] = well[2:] - well[:-2]
            tables = [up + down, up - down, PRECISION * (up.abs() + down.abs())]  # by y + N
            margins = [4 * (threshold - slack), 4 * (threshold + slack)]
        self.tables = torch.stack(tables)
        self.margins = torch.tensor(margins, dtype=torch.float64, device=device)

    def read(self, products: Tensor) -> tuple[Tensor, Tensor]:
        """Slopes (p, C) and limits (2, C) at products (p, C), whole numbers of any type."""
        products = products.long()
        if self.exponential:
            slopes = self.tables[0][products.max(0).values - products]
            return slopes, self.margins[:, None] * slopes.sum(0)
        slopes, bends, slack = self.tables[:, products + self.tables.shape[1] // 2]
        shift = bends.sum(0) - slack.sum(0)
        return slopes, self.margins[:, None] + torch.stack([shift, -shift])
