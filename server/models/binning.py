"""Means of correlated measurements, with errors that do not count one fact twice.

Neighbouring sweeps look alike, so n of them hold fewer than n independent facts. Measurements are summed into bins, and
bins into longer bins, until they no longer look alike; the spread of bins then gives the error.

Source: H. Flyvbjerg, H. Petersen, J. Chem. Phys. 91 (1989) 461; B. Efron, *The Jackknife* (1982).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
"""Of the columns' means (…, columns): (…)."""

MOST = 128
"""Bins kept; when they are full, two become one."""
JOINED = 1, 2, 4, 8
"""So many bins are joined to find the error; the largest counts."""
FEWEST = 6 * max(JOINED)
"""With fewer bins there is no error. Once `MOST` were full, the recent ones are as many to twice as many."""
FACTS = 30
"""So many independent facts make an error that can be trusted. More than there are longest bins (6 to 12): a run that
only drifts gives about one fact for each."""
DRIFT = 3.0
"""Standard errors by which the halves of a run in balance hardly ever differ."""


class Estimate(NamedTuple):
    """A mean, its standard error, how many independent measurements would have given this error, and by how many of
    its own standard errors the first half of them differs from the second."""

    value: float = nan
    error: float = nan
    facts: float = 0.0
    drift: float = 0.0

    @property
    def trusted(self) -> bool:
        """Whether the error is a true one. While bins still look alike it is too small, and the facts are few; while
        the run is on its way somewhere, its halves differ."""
        return self.facts >= FACTS and self.drift < DRIFT

    @property
    def bar(self) -> float:
        """The error to draw: the whole spread of single measurements while the error cannot be trusted."""
        return self.error if self.trusted else self.error * sqrt(max(self.facts, 1.0))

    def off(self, true: float, least: float) -> float:
        """How many errors the value lies off the true one; no error counts as smaller than `least`."""
        return abs(self.value - true) / max(self.error, least)


class Bins:
    """Sums of whole numbers (n, columns) in bins of equal length; exact, however the n were cut into calls."""

    def __init__(self, columns: int) -> None:
        self.count = 0
        self._length = 1
        self._sums = np.zeros((MOST, columns), np.int64)

    def add(self, samples: Integers) -> None:
        """Take n more measurements, in order."""
        while len(samples):
            if self.count == MOST * self._length:
                self._sums[: MOST // 2] = self._sums[::2] + self._sums[1::2]
                self._sums[MOST // 2 :] = 0
                self._length *= 2
            taken = samples[: MOST * self._length - self.count]
            np.add.at(self._sums, (self.count + np.arange(len(taken))) // self._length, taken)
            self.count += len(taken)
            samples = samples[len(taken) :]

    def recent(self) -> Floats:
        """The means of all full bins but the first quarter, (k, columns): what came first may not be in balance yet."""
        full = self.count // self._length
        return self._sums[full // 4 : full] / self._length


def estimate(bins: Floats, mean: Function, variance: Function) -> Estimate:
    """What bins (k, columns) say of a quantity whose mean and variance are functions of the columns' means."""
    if len(bins) < FEWEST:
        return Estimate()
    error = max(_jackknife(_joined(bins, size), mean) for size in JOINED)
    columns = bins.mean(0)
    if not error:
        return Estimate(float(mean(columns)), 0.0, inf)  # nothing moved
    middle = len(bins) // 2
    # Each half has √2 times the error of the whole, so their difference has twice that error.
    drift = abs(float(mean(bins[:middle].mean(0)) - mean(bins[middle:].mean(0)))) / (2 * error)
    return Estimate(float(mean(columns)), error, float(variance(columns)) / error**2, drift)


def _joined(bins: Floats, size: int) -> Floats:
    """Means of so many bins at a time; the oldest that are left over are dropped."""
    joined: Floats = bins[len(bins) % size :].reshape(-1, size, bins.shape[1]).mean(1)
    return joined


def _jackknife(bins: Floats, function: Function) -> float:
    """Standard error from the values found with one bin left out in turn."""
    count = len(bins)
    values = function((bins.sum(0) - bins) / (count - 1))
    return sqrt((count - 1) * float(np.var(values)))
