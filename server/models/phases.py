"""Phases of a Hopfield network, N → ∞: the lines at which memories melt, and what happens at each.

T_M(α): below it memories are valleys. T_c(α): below it they are the deepest ones. T_g(α): above it there are no
valleys at all. Between T_M and T_g all valleys are spurious, the spin-glass phase. Theory and source as in `ags`.
"""

from __future__ import annotations

from functools import cache
from math import log1p, sqrt

import numpy as np
from scipy.optimize import brentq

from server.models import ags
from server.models.ags import Floats

WARMEST = 0.999
"""Up to here the lines are drawn: at T = 1 all three meet in α = 0, and T_c cannot be told from T_M much earlier."""


def melting(load: float) -> float:
    """T_M: the temperature above which no memory is a valley; 0 beyond the capacity."""
    if load <= 0:
        return 1.0
    if load >= ags.capacity(0.0)[0]:
        return 0.0
    return float(brentq(lambda temperature: ags.capacity(temperature)[0] - load, 0.0, 1.0, xtol=1e-9))


def glass(load: float) -> float:
    """T_g = 1 + √α: above it the units move freely."""
    return 1 + sqrt(load)


def free_energy(load: float, temperature: float, overlap: float, order: float, noise: float) -> float:
    """f per unit of a state (m, q, √(αr)) at T > 0, up to a constant that all states share.

    f = m²/2 + αrC/2 + (α/2) [T ln(1 − C) − q/(1 − C)] − T ∫Dz ln 2cosh((m + √(αr) z)/T),  C = (1 − q)/T.
    Its stationary points in m, q and r are the states.
    """
    z, weights = ags.gauss(noise / temperature)
    field = (overlap + noise * z) / temperature
    entropy = float(np.logaddexp(field, -field) @ weights)
    yielding = (1 - order) / temperature
    noisy = load * (temperature * log1p(-yielding) - order / (1 - yielding))
    return (overlap**2 + noise**2 * yielding + noisy) / 2 - temperature * entropy


def frozen(load: float, temperature: float) -> tuple[float, float]:
    """(q, √(αr)) of the spin glass: units are frozen, but in no memory (m = 0). (0, 0) from T_g on.

    With y = √(αr)/T the load is a rising function of y: √α = y (T − 1 + q)/√q, q = ∫Dz tanh²(yz).
    """
    if load <= 0 or temperature >= glass(load):
        return 0.0, 0.0

    def order(y: float) -> float:
        z, weights = ags.gauss(y)
        return float(np.tanh(y * z) ** 2 @ weights)

    def excess(y: float) -> float:
        q = order(y)
        return y * (temperature - 1 + q) - sqrt(load * q)

    y = brentq(excess, 1e-4, (sqrt(load) + 1) / temperature)
    return order(y), y * temperature


@cache
def crossover(temperature: float) -> float:
    """The load α at which T = T_c(α): up to it, recalled states lie deeper than the spin glass. 0 < T < 1."""

    def depth(ratio: float) -> float:
        found = ags.states(np.array([ratio]), temperature)
        load, overlap, order, noise = (float(values[0]) for values in found)
        glassy = frozen(load, temperature)
        return free_energy(load, temperature, overlap, order, noise) - free_energy(load, temperature, 0.0, *glassy)

    ratio = brentq(depth, ags.turning_point(temperature), 30.0)
    return float(ags.states(np.array([ratio]), temperature).load[0])


@cache
def melting_line(points: int = 40) -> Floats:
    """(points, 2): load and temperature along T_M, from no load to the capacity."""
    temperatures = np.linspace(1.0, 0.0, points)
    return np.array([(ags.capacity(float(temperature))[0], temperature) for temperature in temperatures])


@cache
def crossover_line(points: int = 20) -> Floats:
    """(points, 2): load and temperature along T_c, from no load to T = .02, where it ends at α = .05."""
    temperatures = np.linspace(0.96, 0.02, points)
    return np.array([(0.0, 1.0)] + [(crossover(float(temperature)), temperature) for temperature in temperatures])


def glass_line(greatest: float, points: int = 40) -> Floats:
    """(points, 2): load and temperature along T_g, up to this load."""
    loads = np.linspace(0.0, greatest, points)
    return np.stack([loads, 1 + np.sqrt(loads)], axis=1)
