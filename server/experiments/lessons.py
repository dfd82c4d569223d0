"""What a small machine is taught on the page of the two phases: patterns, how often each occurs, how they are drawn."""

from math import log
from typing import Literal

import torch
from torch import Tensor

from server.grammar import Refused
from server.models.truth_tables import Task, task

Data = Literal["xor", "parity", "shifter", "encoder 4-2-4", "bars 2×2", "bars 3×3", "random", "own"]
LABELS = {
    "xor": "XOR",
    "parity": "parity of four",
    "shifter": "shifter",
    "encoder 4-2-4": "encoder 4-2-4",
    "bars 2×2": "bars and stripes, 2×2",
    "bars 3×3": "bars and stripes, 3×3",
    "random": "random",
    "own": "my own, 3×3",
}
COLUMNS = {"shifter": 3, "encoder 4-2-4": 2}
"""Tables that are drawn in several columns, unit after unit down each."""
SIDES = {"bars 2×2": 2, "bars 3×3": 3, "own": 3}
FIRST_OWN = ("010111010", "101010101", "111101111")
MOST = 32
"""Patterns: so many have a place in the picture."""


class Lesson:
    """Patterns (n, visible) float64 of 0 and 1, and how often each occurs (n,), in the unit of one pattern added."""

    def __init__(self, data: Data, seed: int) -> None:
        given = _own() if data == "own" else task(data, seed)
        self._first = given if data == "encoder 4-2-4" else None
        self.patterns, self.counts = given.patterns, given.shares / given.shares.min()
        self.visible, self.allowed = given.visible, given.allowed
        self.names = tuple(str(unit + 1) for unit in range(given.visible)) if data in SIDES else given.units
        side, columns = SIDES.get(data, 0), COLUMNS.get(data, 1)
        shape = (side, side) if side else (columns, given.visible // columns)
        places = torch.arange(given.visible).view(shape)
        self.places = places if side else places.T
        """Which unit is drawn where: (rows, columns)."""
        self.pad = torch.zeros(given.visible, dtype=torch.float64)
        """The pattern being drawn by hand."""

    @property
    def shares(self) -> Tensor:
        """(n,), summing to 1."""
        return self.counts / self.counts.sum()

    @property
    def numbers(self) -> Tensor:
        """The pattern's numbers (n,): bit i is unit i."""
        return numbers_of(self.patterns)

    @property
    def shared_code(self) -> float | None:
        """KL in nats of an encoder that has one code for two of its n patterns, 2/n · ln 2; None for other lessons.

        No link joins its sides: those two patterns are then taken for one another every other time.
        """
        first = self._first
        if first is None or not (self.patterns.equal(first.patterns) and self.shares.equal(first.shares)):
            return None
        return 2 * log(2) / len(self.patterns)

    def table(self) -> Tensor:
        """The probability of every pattern by its number, (2^visible,)."""
        empty = torch.zeros(1 << self.visible, dtype=torch.float64)
        return empty.index_add_(0, self.numbers, self.shares)

    def drawn(self, patterns: Tensor) -> Tensor:
        """Pictures (n, rows, columns) of patterns (n, visible)."""
        return patterns[:, self.places]

    def paint(self, cells: list[int], on: bool) -> None:
        """Turn these cells of the drawing pad on or off. Raises Refused where there is none."""
        outside = [cell for cell in cells if cell not in range(self.visible)]
        if outside:
            raise Refused(f"There is no cell {outside[0]}; they are numbered 0 to {self.visible - 1} along the rows.")
        self.pad[self.places.flatten()[cells]] = float(on)

    def add(self) -> None:
        """Teach the pattern on the pad too; one that is there already occurs once more often. Raises Refused."""
        known = (self.patterns == self.pad).all(1)
        if bool(known.any()):
            self.counts = self.counts + known
            return
        if len(self.patterns) >= MOST:
            raise Refused(f"{MOST} patterns are as many as have a place here; remove some first.")
        self.patterns = torch.cat([self.patterns, self.pad[None]])
        self.counts = torch.cat([self.counts, self.counts.new_ones(1)])

    def remove(self) -> None:
        """Teach the last pattern no more. Raises Refused for the only one."""
        if len(self.patterns) == 1:
            raise Refused("One pattern has to stay: a machine that is shown nothing learns nothing.")
        self.patterns, self.counts = self.patterns[:-1], self.counts[:-1]


def numbers_of(patterns: Tensor) -> Tensor:
    """The numbers (n,) int64 of patterns (n, units) of 0 and 1."""
    return ((patterns > 0.5).long() << torch.arange(patterns.shape[1])).sum(1)  # a NaN is off, and is found elsewhere


def _own() -> Task:
    """Three drawings to begin with: a cross, a diagonal one and a ring."""
    patterns = torch.tensor([[float(cell) for cell in drawing] for drawing in FIRST_OWN], dtype=torch.float64)
    count, visible = patterns.shape
    shares, groups = patterns.new_full((count,), 1 / count), torch.zeros(visible, dtype=torch.long)
    return Task(patterns, shares, tuple(str(cell + 1) for cell in range(visible)), 4, groups)
