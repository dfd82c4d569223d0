"""Closed forms that runs are compared with: numbers in, numbers out.

α = p/N is the load: random patterns stored for each unit, by Hebb's rule with W = (1/N) Σ ξξᵀ and W_ii = 0.
"""

from __future__ import annotations

from functools import cache
from math import erf, erfc, exp, pi, sqrt, tanh

from scipy.optimize import brentq, minimize_scalar


def bit_error(load: float) -> float:
    """Chance that one unit of a stored pattern flips at once: ½ erfc(√(1/2α)), large N.

    Source: J. Hertz, A. Krogh, R. Palmer, *Introduction to the Theory of Neural Computation* (1991), section
    2.2.
    """
    return 0.5 * erfc(sqrt(0.5 / load)) if load > 0 else 0.0


def load_of(y: float) -> float:
    """The load α at which the overlap is erf(y): √(2α) = erf(y)/y − (2/√π) exp(−y²)."""
    return 0.5 * (erf(y) / y - 2 / sqrt(pi) * exp(-y * y)) ** 2


@cache
def turning_point() -> float:
    """The y of the largest load that still has a solution with overlap."""
    return float(minimize_scalar(lambda y: -load_of(y), bounds=(1, 3), method="bounded", options={"xatol": 1e-10}).x)


def capacity() -> tuple[float, float]:
    """(α_c, m_c) = (.138, .967): the load above which memories melt at T = 0, and the overlap just there.

    Source: D. Amit, H. Gutfreund, H. Sompolinsky, Phys. Rev. Lett. 55 (1985) 1530.
    """
    return load_of(turning_point()), erf(turning_point())


def overlap(load: float) -> float:
    """m with a stored pattern after recall from it at T = 0, N → ∞; 0 above capacity (see `capacity`)."""
    if load <= 0:
        return 1.0
    if load > capacity()[0]:
        return 0.0
    upper = max(4.0, 2 / sqrt(2 * load))
    return erf(brentq(lambda y: load_of(y) - load, turning_point(), upper))


def stored_energy(units: int, patterns: int) -> tuple[float, float]:
    """Mean −(N−1)/2N and standard deviation √((p−1)/2)/N of a stored pattern's energy per unit.

    Over random patterns the deviation is exactly √((p−1)(N−1)/2N)/N; the factor √((N−1)/N) is included.
    """
    return -(units - 1) / (2 * units), sqrt((patterns - 1) / 2 * (units - 1) / units) / units


def warm_overlap(temperature: float) -> float:
    """The m > 0 that solves m = tanh(m/T), one stored pattern under heat; 0 at T ≥ 1 (Curie and Weiss)."""
    if temperature <= 0:
        return 1.0
    if temperature >= 1:
        return 0.0
    return float(brentq(lambda m: tanh(m / temperature) - m, 1e-9, 1.0))
