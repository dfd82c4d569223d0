"""Memories under heat and load, N → ∞: the theory of Amit, Gutfreund and Sompolinsky (AGS).

αN random patterns are stored by Hebb's rule; T is the temperature, Dz a standard Gaussian measure. One memory
is recalled with overlap m while all others press on each unit as noise of variance αr:

m = ∫Dz tanh((m + √(αr) z)/T)        q = ∫Dz tanh²((m + √(αr) z)/T)        r = q / (1 − (1 − q)/T)²

No search in three dimensions is needed: with u = m/√(2αr), signal over noise, and y = √(αr)/T, the first
equation has exactly one y > 0 for every u > 0 and T < 1, and then the others give α. So (u, T) names every
state with an overlap, as `theory` does at T = 0 with u alone (there called y).

Source: D. Amit, H. Gutfreund, H. Sompolinsky, Annals of Physics 173 (1987) 30, sections 3–5. Replica symmetry
is assumed; breaking it lifts α_c(T = 0) from .1379 to .1382 (H. Steffan, R. Kühn, Z. Phys. B 95 (1994) 249).
"""

from __future__ import annotations

from functools import cache
from math import ceil, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

from server.models import theory

Floats = NDArray[np.float64]

COLD = 0.002
"""Below this temperature the limit T = 0 is taken, where α is at most 5·10⁻⁵ off."""
MOST = 1000.0
"""The largest signal over noise that is looked for, where α < 10⁻⁶."""


class States(NamedTuple):
    """States with an overlap, one entry each."""

    load: Floats  # α
    overlap: Floats  # m
    order: Floats  # q, the Edwards–Anderson order parameter
    noise: Floats  # √(αr)


def gauss(steepest: float) -> tuple[Floats, Floats]:
    """Nodes and weights of ∫Dz f(z) for f = tanh(x + yz) and its square, y ≤ ``steepest``.

    The trapezoidal rule errs by exp(−π²/(y · step)) there, as the nearest pole of tanh is i π/2 (L. Trefethen,
    J. Weideman, SIAM Review 56 (2014) 385); with this step by less than 10⁻¹².
    """
    step = min(0.5, 1 / (3 * steepest))
    count = ceil(8.5 / step)
    z = step * np.arange(-count, count + 1, dtype=np.float64)
    return z, np.asarray(step / sqrt(2 * pi) * np.exp(-z * z / 2))


def states(ratios: Floats, temperature: float) -> States:
    """The states with these signal-to-noise ratios u (k,), 0 ≤ T < 1. They are stable where α falls with u.

    Newton's method on ∫Dz tanh(y(√2 u + z)) = √2 T u y. The left side is concave in y, so from the right, where
    y = erf(u)/(√2 T u), the iterates fall to the root without overshooting.
    """
    if temperature < COLD:
        loads = np.array([theory.load_of(float(u)) for u in ratios])
        overlaps = np.asarray(erf(ratios))
        return States(loads, overlaps, np.ones_like(ratios), overlaps / (sqrt(2) * ratios))
    signal = sqrt(2) * ratios
    y = erf(ratios) / (temperature * signal)
    z, weights = gauss(float(y.max()))
    slope = signal[:, None] + z
    while True:
        activity = np.tanh(y[:, None] * slope)
        excess = activity @ weights - temperature * signal * y
        step = excess / ((slope * (1 - activity**2)) @ weights - temperature * signal)
        y = y - step
        if (np.abs(step) <= 1e-11 * y).all():
            break
    order = (activity**2) @ weights
    noise = y * temperature
    return States(noise**2 * _stiffness(order, temperature) ** 2 / order, signal * noise, order, noise)


def _stiffness(order: Floats, temperature: float) -> Floats:
    """1 − (1 − q)/T, which is √(q/r)."""
    return 1 - (1 - order) / temperature


@cache
def turning_point(temperature: float) -> float:
    """The u of the largest load: between 1.47 and 1.52 at every T."""
    if temperature < COLD:
        return theory.turning_point()
    lost = minimize_scalar(
        lambda u: -states(np.array([u]), temperature).load[0],
        bounds=(1.3, 1.7),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(lost.x)


def capacity(temperature: float) -> tuple[float, float]:
    """(α, m): the largest load at which a memory is a valley at this temperature, and its overlap just there.

    As T falls, α grows to .1382 at T ≈ .02 and turns back to .1379: the re-entrance of the replica-symmetric
    theory (J.-P. Naef, A. Canning, J. Physique I 2 (1992) 247). (0, 0) for T ≥ 1.
    """
    if temperature >= 1:
        return 0.0, 0.0
    if temperature < COLD:
        return theory.capacity()
    edge = states(np.array([turning_point(temperature)]), temperature)
    return float(edge.load[0]), float(edge.overlap[0])


def overlap(load: float, temperature: float) -> float:
    """m after recall from the memory itself; 0 above `capacity`."""
    if load <= 0 or temperature >= 1:
        return theory.warm_overlap(temperature)
    if temperature < COLD:
        return theory.overlap(load)
    if load > capacity(temperature)[0]:
        return 0.0
    ratio = brentq(lambda u: states(np.array([u]), temperature).load[0] - load, turning_point(temperature), MOST)
    return float(states(np.array([ratio]), temperature).overlap[0])


def branch(temperature: float, points: int = 60) -> Floats:
    """(points, 2): load and overlap along the curve of recalled states, from no load up to `capacity`."""
    if temperature >= 1:
        return np.zeros((points, 2))
    found = states(np.geomspace(30, turning_point(temperature), points - 1), temperature)
    return np.stack([np.append(0.0, found.load), np.append(theory.warm_overlap(temperature), found.overlap)], axis=1)
