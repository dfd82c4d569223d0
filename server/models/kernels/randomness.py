"""Random words, and the one decision that every loop takes with them."""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from server.models.kernels.compiling import bare
from server.models.memory import TIE

Words = NDArray[np.uint64]

GOLDEN, FIRST, SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@bare
def uniform(randomness: Words) -> float:
    """A number in [0, 1) with 53 random bits from a one-word state: SplitMix64, quicker here than NumPy's.

    Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    randomness[0] += GOLDEN
    word = randomness[0]
    word = (word ^ (word >> SHIFTS[0])) * FIRST
    word = (word ^ (word >> SHIFTS[1])) * SECOND
    word ^= word >> SHIFTS[2]
    return np.int64(word >> SHIFTS[3]) * 2.0**-53  # signed words become floats in one instruction


@bare
def flips_over(alignment: float, temperature: float, draw: float) -> bool:
    """Whether a unit changes its state s, given alignment = s · field and a uniform draw.

    Without heat: where the field opposes it; at 0, give or take rounding, it keeps its state. With heat: with
    probability 1/(1 + exp(2 s·field/T)), so that it ends up on with probability 1/(1 + exp(−2 field/T)),
    whatever it was.
    """
    if temperature > 0.0:
        return draw < 1.0 / (1.0 + exp(2.0 * alignment / temperature))
    return alignment < -TIE


def warm_up() -> None:
    """Compile, or load from the cache."""
    uniform(np.zeros(1, np.uint64))
    flips_over(0.0, 0.0, 0.5)
