"""Dense memories, by maintained products y_μ = ξ^μ·s: whole numbers, so powers and exponentials are tables.

Turning a unit over moves every y by ±2. Let up = F(y+2) − F(y) and down = F(y) − F(y−2); then, as in
`memory.Dense.fields`, h_i = ¼ [Σ_μ ξ_i^μ (up + down)_μ − s_i Σ_μ (up − down)_μ] − θ.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np

from server.models.kernels.compiling import bare
from server.models.kernels.loops import compile_for
from server.models.kernels.reading import Counts, Reading, dot, stale
from server.models.kernels.verbs import Floats, depth, hear, implements, own, renew, turn
from server.models.memory import E_DOWN, E_UP, PRECISION


class Powers(NamedTuple):
    """F(y) = yⁿ/(n Nⁿ⁻¹): tables by y + N, looked up once a flip."""

    patterns: Floats  # (N, p)
    well: Floats  # (2N+1,) F
    slope: Floats  # (2N+1,) up + down
    bend: Floats  # (2N+1,) up − down
    products: Counts  # (p,) y, kept true like the next two
    slopes: Floats  # (p,) slope at each y
    totals: Floats  # Σ bend, Σ (|up| + |down|)/4: what rounding is measured against
    reading: Reading


class Exponential(NamedTuple):
    """E = −log Σ exp(y), the largest y taken out before anything is exponentiated."""

    patterns: Floats  # (N, p)
    falling: Floats  # (N+1,) exp(−2 j)
    products: Counts  # (p,) y, kept true like the next two
    shares: Floats  # (p,) exp(y) / Σ exp(y)
    totals: Floats  # log Σ exp(y)
    reading: Reading


def powers(patterns: Floats, well: Floats) -> Powers:
    """The machine for patterns (N, p) of ±1 and F at −N … N, renewed before use."""
    size, count = patterns.shape
    up, down = np.zeros_like(well), np.zeros_like(well)  # no product moves beyond ±N
    up[:-2] = down[2:] = well[2:] - well[:-2]
    products = np.zeros(count, np.int64)
    return Powers(patterns, well, up + down, up - down, products, np.zeros(count), np.zeros(2), Reading.blank(size))


def exponential(patterns: Floats) -> Exponential:
    """The machine for patterns (N, p) of ±1, renewed before use."""
    size, count = patterns.shape
    falling = np.exp(-2.0 * np.arange(size + 1))
    return Exponential(patterns, falling, np.zeros(count, np.int64), np.zeros(count), np.zeros(1), Reading.blank(size))


@bare
def look_up(machine: Powers, size: int) -> None:
    """Bring slopes and totals up to date with the products."""
    machine.reading.flips[0] += 1
    machine.totals[0] = machine.totals[1] = 0.0
    for mu in range(machine.products.size):
        slope, bend = machine.slope[machine.products[mu] + size], machine.bend[machine.products[mu] + size]
        machine.slopes[mu] = slope
        machine.totals[0] += bend
        machine.totals[1] += max(abs(slope), abs(bend)) / 4  # |up| + |down| is the larger of the two


@bare
def share_out(machine: Exponential) -> None:
    """Bring shares and total up to date with the products, which all have the same parity."""
    machine.reading.flips[0] += 1
    largest, total = machine.products[0], 0.0
    for mu in range(machine.products.size):
        largest = max(largest, machine.products[mu])
    for mu in range(machine.products.size):
        machine.shares[mu] = machine.falling[(largest - machine.products[mu]) >> 1]
        total += machine.shares[mu]
    for mu in range(machine.products.size):
        machine.shares[mu] /= total
    machine.totals[0] = largest + log(total)


@bare
def multiply(products: Counts, patterns: Floats, spins: Floats) -> None:
    """y_μ = Σ_i ξ_i^μ s_i."""
    for mu in range(products.size):
        products[mu] = 0
    for i in range(spins.size):
        for mu in range(products.size):
            products[mu] += np.int64(patterns[i, mu] * spins[i])


@bare
def add(products: Counts, patterns: Floats, spins: Floats, unit: int) -> None:
    """Follow one unit that has just turned."""
    twice = 2.0 * spins[unit]
    for mu in range(products.size):
        products[mu] += np.int64(patterns[unit, mu] * twice)


@implements(renew, Powers)
def renew_powers(machine: Powers, spins: Floats) -> None:
    multiply(machine.products, machine.patterns, spins)
    look_up(machine, spins.size)


@implements(renew, Exponential)
def renew_exponential(machine: Exponential, spins: Floats) -> None:
    multiply(machine.products, machine.patterns, spins)
    share_out(machine)


@implements(turn, Powers)
def turn_powers(machine: Powers, spins: Floats, unit: int) -> None:
    add(machine.products, machine.patterns, spins, unit)
    look_up(machine, spins.size)


@implements(turn, Exponential)
def turn_exponential(machine: Exponential, spins: Floats, unit: int) -> None:
    add(machine.products, machine.patterns, spins, unit)
    share_out(machine)


@implements(hear, Powers)
def gap(machine: Powers, spins: Floats, unit: int, threshold: float) -> float:
    if stale(machine.reading, unit):
        halves = dot(machine.patterns, unit, machine.slopes) - spins[unit] * machine.totals[0]
        machine.reading.inputs[unit] = halves / 4
    field = machine.reading.inputs[unit] - threshold
    return 0.0 if abs(field) <= PRECISION * (machine.totals[1] + abs(threshold)) else field


@implements(hear, Exponential)
def log_ratio(machine: Exponential, spins: Floats, unit: int, threshold: float) -> float:
    if stale(machine.reading, unit):
        agree = 0.5 + 0.5 * spins[unit] * dot(machine.patterns, unit, machine.shares)
        machine.reading.inputs[unit] = -0.5 * spins[unit] * log(agree * E_DOWN + (1.0 - agree) * E_UP)
    field = machine.reading.inputs[unit] - threshold
    return 0.0 if abs(field) <= PRECISION * (1.0 + abs(threshold)) else field


@implements(own, Powers, Exponential)
def nothing(machine: Powers | Exponential, unit: int) -> float:
    return 0.0


@implements(depth, Powers)
def sum_of_wells(machine: Powers, spins: Floats) -> float:
    total = 0.0
    for mu in range(machine.products.size):
        total += machine.well[machine.products[mu] + spins.size]
    return total


@implements(depth, Exponential)
def log_sum(machine: Exponential, spins: Floats) -> float:
    return float(machine.totals[0])


def warm_up() -> None:
    """Compile, or load from the cache."""
    compile_for(powers(np.ones((2, 1)), np.zeros(5)))
    compile_for(exponential(np.ones((2, 1))))
