r"""Plain descent and momentum, each at its best rate, on ravines of every condition number κ.

Curvatures 1 and 1/κ. Every step multiplies the distance by at most ρ, and the height by ρ²:

| rule     | learning rate    | momentum | ρ                 | steps for a height of ε: ln ε / (2 ln ρ) |
|----------|------------------|----------|-------------------|------------------------------------------|
| plain    | 2 / (1 + 1/κ)    | 0        | (κ − 1)/(κ + 1)   | ~ κ                                      |
| momentum | 4 / (1 + √(1/κ))² | ρ²      | (√κ − 1)/(√κ + 1) | ~ √κ, and some more: a double root       |

Source: B. T. Polyak, USSR Comp. Math. 4 (1964) 1.
"""

from math import log, sqrt

import torch
from torch import Tensor

from server.models.optimisers import SGD
from server.models.terrains import ravine

CONDITIONS = (3, 10, 30, 100, 300, 1000)
PIECE = 60
"""Steps in one piece of work: a few milliseconds."""


def contraction(condition: float, momentum: bool) -> float:
    """ρ at the best rate."""
    root = sqrt(condition) if momentum else condition
    return (root - 1) / (root + 1)


def best(condition: float, momentum: bool) -> tuple[float, float]:
    """The best learning rate and momentum."""
    if not momentum:
        return 2 / (1 + 1 / condition), 0.0
    return 4 / (1 + sqrt(1 / condition)) ** 2, contraction(condition, True) ** 2


def rate_of_fall(condition: float, learning_rate: float, momentum: float) -> float:
    """ρ at any rate: the largest root of z² − (1 + α − ηλ) z + α = 0 for both curvatures λ."""
    found = 0.0
    for curvature in (1.0, 1 / condition):
        sum_ = 1 + momentum - learning_rate * curvature
        inside = sum_**2 - 4 * momentum
        found = max(found, sqrt(momentum) if inside < 0 else (abs(sum_) + sqrt(inside)) / 2)
    return found


class Race:
    """Steps to a share `target` of the first height, counted run by run with the real optimiser."""

    def __init__(self, target: float) -> None:
        self.target = target
        self.steps = torch.full((2, len(CONDITIONS)), torch.nan, dtype=torch.float64)
        """Of plain descent and of momentum (2, κ); NaN: not counted yet."""
        self._coming = [(row, column) for column in range(len(CONDITIONS)) for row in range(2)]
        self._descent: SGD | None = None

    def work(self) -> bool:
        """One piece; whether there was anything left to do."""
        if not self._coming:
            return False
        row, column = self._coming[0]
        terrain = ravine(CONDITIONS[column])
        if self._descent is None:
            rate, momentum = best(CONDITIONS[column], bool(row))
            start = torch.ones(2, dtype=torch.float64)
            self._descent = SGD(start, torch.zeros_like(start), learning_rate=rate, momentum=momentum)
            self._goal = self.target * float(terrain.value(start))
        for _ in range(PIECE):
            self._descent.gradient.copy_(terrain.gradient(self._descent.parameters))
            self._descent.step()
            if float(terrain.value(self._descent.parameters)) <= self._goal:
                self.steps[row, column] = self._descent.steps
                self._descent = None
                self._coming.pop(0)
                break
        return True

    def theory(self, momentum: bool) -> Tensor:
        """(k, 2): κ and the steps that ρ alone would need."""
        needed = [log(self.target) / (2 * log(contraction(condition, momentum))) for condition in CONDITIONS]
        return torch.tensor([*zip(CONDITIONS, needed, strict=True)], dtype=torch.float64)
