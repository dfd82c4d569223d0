"""Where a run has been on a map: few points, however long it was."""

import torch
from torch import Tensor

LONGEST = 128


class Trail:
    """Every so many steps one point; when there are too many, every second one is dropped and twice as many steps pass.

    So what is kept depends on the steps alone, not on how they were cut into calls.
    """

    def __init__(self, every: int, start: Tensor) -> None:
        self._every = every
        self._steps = 0
        self._points = [start]

    @property
    def due(self) -> int:
        """Steps until the next point is wanted, at least 1."""
        return self._every - self._steps % self._every

    def add(self, steps: int) -> bool:
        """Count steps, at most `due`; whether a point is wanted now (`mark`)."""
        self._steps += steps
        return self._steps % self._every == 0

    def mark(self, point: Tensor) -> None:
        """Keep this point (d,)."""
        self._points.append(point)
        if len(self._points) > LONGEST:
            self._points = self._points[::2]
            self._every *= 2

    def until(self, now: Tensor) -> Tensor:
        """The points (k, d) from the start to now."""
        return torch.stack([*self._points, now])
