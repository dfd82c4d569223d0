"""Mixtures of n memories, which nobody stored: finitely many patterns, N → ∞.

A mixture has the same overlap m with n memories and none with the others. Those of an odd number are valleys of
their own at low T, those of an even number never: units that hear a tie are free to turn.

m = (1/n) ⟨z tanh(mz/T)⟩,  z = the sum of n random signs

Source: D. Amit, H. Gutfreund, H. Sompolinsky, Phys. Rev. A 32 (1985) 1007.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]


def _signs(count: int) -> tuple[Floats, Floats]:
    """Sums of ``count`` random signs, and how likely each is."""
    ups = range(count + 1)
    chances = [comb(count, up) / 2**count for up in ups]
    return np.array([2.0 * up - count for up in ups]), np.array(chances)


def overlap(count: int, temperature: float) -> float:
    """m of a mixture of ``count`` memories; one memory alone has m = tanh(m/T). 0 at T ≥ 1."""
    sums, chances = _signs(count)
    if temperature <= 0:
        return float(np.abs(sums) @ chances) / count
    if temperature >= 1:
        return 0.0
    root = brentq(lambda m: float((sums * np.tanh(m * sums / temperature)) @ chances) / count - m, 1e-9, 1.0)
    return float(root)


def energy(count: int) -> float:
    """E/N = −n m²/2 of a mixture at T = 0."""
    return -count * overlap(count, 0.0) ** 2 / 2


def stability(count: int, temperature: float) -> float:
    """The smallest curvature of the free energy at a mixture, T > 0: it is a valley where this is positive.

    Curvatures are 1 − (1 − q)/T − Q/T across the n memories and 1 − (1 − q)/T towards any other, where
    q = ⟨tanh²(mz/T)⟩ and Q is its correlation with the signs of two memories, ⟨(z² − n) tanh²⟩/n(n − 1).
    """
    sums, chances = _signs(count)
    squares = np.tanh(overlap(count, temperature) * sums / temperature) ** 2
    order = float(squares @ chances)
    across = float(((sums**2 - count) * squares) @ chances) / (count * (count - 1)) if count > 1 else 0.0
    return 1 - (1 - order + max(across, 0.0)) / temperature


def melting(count: int) -> float:
    """The temperature above which a mixture of an odd number is no valley: .461 for three, 1 for one."""
    return float(brentq(lambda temperature: stability(count, temperature), 0.05, 0.99))
