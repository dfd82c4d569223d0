"""Running counts over a row of settings: means and shares with their standard errors, and where a share crosses ½."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Tally:
    """Numbers from −1 to 1, measured again and again at each of several places."""

    def __init__(self, places: int, bins: int = 40) -> None:
        self.counts = np.zeros(places)
        self.histogram = np.zeros((places, bins))
        """How many fell into each of the equal bins from −1 to 1."""
        self._sums, self._squares = np.zeros(places), np.zeros(places)
        self._errors = [1.0] * places
        self._bins = bins

    def add(self, place: int, value: float) -> None:
        """One more number at a place."""
        self.counts[place] += 1
        self._sums[place] += value
        self._squares[place] += value * value
        self.histogram[place, min(self._bins - 1, int((value + 1) / 2 * self._bins))] += 1
        count = float(self.counts[place])
        if count > 1:
            spread = max(0.0, float(self._squares[place]) - float(self._sums[place]) ** 2 / count)
            self._errors[place] = sqrt(spread / (count - 1) / count)

    @property
    def means(self) -> Floats:
        """Of each place; NaN where nothing was measured."""
        return self._sums / np.where(self.counts, self.counts, np.nan)

    @property
    def errors(self) -> Floats:
        """Standard error of each mean. Below two numbers nobody knows it: 1, as far as a mean can be off."""
        return np.array(self._errors)

    @property
    def error(self) -> float:
        """The mean of `errors`. It falls as 1/√measurements once each place has a few."""
        return sum(self._errors) / len(self._errors)


class Crossing(NamedTuple):
    """Where a falling share passes ½, and the standard error of that place."""

    place: float
    error: float


def shares(hits: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """hits/counts, NaN where there are none, and standard errors with one hit and one miss added beforehand.

    Without those two (Laplace's rule) three hits in three would have no error at all.
    """
    known = np.where(counts > 0, counts, np.nan)
    likely = (hits + 1) / (known + 2)
    return hits / known, np.sqrt(likely * (1 - likely) / known)


def crossing(x: Sequence[float], shares: Floats, errors: Floats) -> Crossing:
    """The first x (ascending) at which the shares fall through ½, by a straight line between two neighbours.

    The error is that of the line's height there, over its slope. (−∞, 0) if even the first share is below ½,
    (∞, 0) if none is.
    """
    below = np.flatnonzero(shares < 0.5)
    if not below.size:
        return Crossing(inf, 0.0)
    if below[0] == 0:
        return Crossing(-inf, 0.0)
    left, right = int(below[0]) - 1, int(below[0])
    fall, gap = float(shares[left] - shares[right]), x[right] - x[left]
    part = float(shares[left] - 0.5) / fall
    height = sqrt(((1 - part) * float(errors[left])) ** 2 + (part * float(errors[right])) ** 2)
    return Crossing(x[left] + part * gap, height * gap / fall)
