"""Numba inner loops over CPU tensor memory, for what torch cannot do fast: one unit after another.

Each unit's input Σ_j W_ij s_j is *maintained*: a flip of unit i adds one row of W to all inputs, an update
without a flip costs nothing. Rounding enters only with flips; after `REFRESH` flips the inputs are computed
afresh, so their error stays below REFRESH · 2⁻⁵³ · max|input| ≈ 5·10⁻¹³ · max|input|, far inside `TIE`.

Arrays are C-contiguous. N units, p patterns, n updates.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Words = NDArray[np.uint64]

REFRESH = 4096  # flips
TIE = 1e-10  # a field this small is zero: the unit keeps its state

RANDOM, IN_TURN = 0, 1

GOLDEN, FIRST, SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@njit(cache=True, nogil=True)
def uniform(randomness: Words) -> float:
    """A number in [0, 1) with 53 random bits from a one-word state: SplitMix64, quicker here than NumPy's.

    Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    randomness[0] += GOLDEN
    word = randomness[0]
    word = (word ^ (word >> SHIFTS[0])) * FIRST
    word = (word ^ (word >> SHIFTS[1])) * SECOND
    word ^= word >> SHIFTS[2]
    return float(word >> SHIFTS[3]) * 2.0**-53


@njit(cache=True, nogil=True)
def inputs_of(weights: Floats, spins: Floats, inputs: Floats) -> None:
    """Write inputs_i = Σ_j W_ij s_j for symmetric W (N, N)."""
    inputs[:] = 0.0
    for j in range(spins.size):
        for i in range(spins.size):
            inputs[i] += weights[j, i] * spins[j]


@njit(cache=True, nogil=True)
def energy_of(spins: Floats, inputs: Floats, threshold: float) -> float:
    """E = −½ Σ_i s_i inputs_i + θ Σ_i s_i."""
    energy = 0.0
    for i in range(spins.size):
        energy += spins[i] * (threshold - 0.5 * inputs[i])
    return energy


@njit(cache=True, nogil=True)
def flips_over(alignment: float, temperature: float, draw: float) -> bool:
    """Whether a unit changes its state s, given alignment = s · field and a uniform draw.

    Without heat: where the field opposes it. With heat: with probability 1/(1 + exp(2 s·field/T)), so that it
    ends up on with probability 1/(1 + exp(−2 field/T)), whatever it was.
    """
    if temperature > 0.0:
        return draw < 1.0 / (1.0 + exp(2.0 * alignment / temperature))
    return alignment < -TIE


@njit(cache=True, nogil=True)
def flip(i: int, weights: Floats, patterns: Floats, spins: Floats, inputs: Floats, products: Floats) -> None:
    """Turn unit i over, and keep all inputs and the p products Σ_i ξ_i s_i (whole numbers, so exact) true."""
    spins[i] = -spins[i]
    twice = 2.0 * spins[i]
    for j in range(spins.size):
        inputs[j] += twice * weights[i, j]
    for mu in range(products.size):
        products[mu] += twice * patterns[i, mu]


@njit(cache=True, nogil=True)
def one_at_a_time(
    weights: Floats,  # (N, N) symmetric
    patterns: Floats,  # (N, p): all patterns' bits of one unit side by side
    threshold: float,
    temperature: float,
    order: int,  # RANDOM or IN_TURN
    randomness: Words,  # (1,), changed in place like the next five
    spins: Floats,  # (N,)
    inputs: Floats,  # (N,)
    products: Floats,  # (p,)
    sequence: Integers,  # (N,) the sweep's order; past `position` still to be drawn
    counters: Integers,  # position in the sweep, flips since the last refresh
    energy: float,  # of the state before the first update
    energies: Floats,  # (n,) out: energy after each update
    changes: Floats,  # (n,) out: energy after minus before, from the deciding unit's field alone
    units: Integers,  # (n,) out: who decided
    flips: Integers,  # (n,) out: 1 if it changed its state
    recorded: Floats,  # (n, p) out: products after each update
) -> float:
    """n asynchronous updates; return the energy after the last.

    A random sweep draws units without replacement (Fisher–Yates), so every unit decides once a sweep. Each
    update uses one uniform draw, at any temperature and order: times the units left, its whole part picks the
    unit, and its fraction (more than 40 random bits) is a uniform draw again, for the state. So the same seed
    meets the same draws however a run is divided into calls.
    """
    size, position = spins.size, counters[0]
    for step in range(energies.size):
        unit = position
        draw = uniform(randomness) * (size - position)
        if order == RANDOM:
            other = position + int(draw)
            sequence[position], sequence[other] = sequence[other], sequence[position]
            unit = sequence[position]
        position = 0 if position == size - 1 else position + 1

        alignment = spins[unit] * (inputs[unit] - threshold)
        changes[step] = 0.0
        flips[step] = 0
        if flips_over(alignment, temperature, draw - int(draw)):
            changes[step] = 2.0 * (alignment - weights[unit, unit])
            flips[step] = 1
            flip(unit, weights, patterns, spins, inputs, products)
            energy += changes[step]
            counters[1] += 1
            if counters[1] >= REFRESH:
                inputs_of(weights, spins, inputs)
                energy = energy_of(spins, inputs, threshold)
                counters[1] = 0
        energies[step] = energy
        units[step] = unit
        for mu in range(products.size):
            recorded[step, mu] = products[mu]
    counters[0] = position
    return energy


@njit(cache=True, nogil=True)
def all_at_once(
    weights: Floats,
    patterns: Floats,
    threshold: float,
    temperature: float,
    randomness: Words,
    spins: Floats,
    inputs: Floats,
    products: Floats,
    energy: float,
    energies: Floats,
    changes: Floats,
    flips: Integers,  # (n,) out: how many units changed
    recorded: Floats,
) -> float:
    """n synchronous updates, each letting all units decide on the same fields; return the energy after the
    last.

    Arguments as in `one_at_a_time`. Inputs are computed afresh in every step.
    """
    chosen = np.empty(spins.size, np.bool_)
    for step in range(energies.size):
        for i in range(spins.size):
            alignment = spins[i] * (inputs[i] - threshold)
            chosen[i] = flips_over(alignment, temperature, uniform(randomness))
        flips[step] = 0
        for i in range(spins.size):
            if chosen[i]:
                spins[i] = -spins[i]
                flips[step] += 1
                for mu in range(products.size):
                    products[mu] += 2.0 * spins[i] * patterns[i, mu]
        inputs_of(weights, spins, inputs)
        before, energy = energy, energy_of(spins, inputs, threshold)
        energies[step] = energy
        changes[step] = energy - before
        recorded[step] = products
    return energy


def warm_up() -> None:
    """Compile everything, or load it from the cache, so that no page's first step waits for a compiler."""
    weights, patterns, randomness = np.zeros((2, 2)), np.ones((2, 1)), np.zeros(1, np.uint64)
    spins, inputs, products = np.ones(2), np.zeros(2), np.full(1, 2.0)
    sequence, counters = np.arange(2, dtype=np.int32), np.zeros(2, np.int32)
    energies, changes, recorded = np.zeros(1), np.zeros(1), np.zeros((1, 1))
    units, flips = np.zeros(1, np.int32), np.zeros(1, np.int32)
    inputs_of(weights, spins, inputs)
    energy_of(spins, inputs, 0.0)
    one_at_a_time(
        weights, patterns, 0.0, 0.0, RANDOM, randomness, spins, inputs, products, sequence, counters,
        0.0, energies, changes, units, flips, recorded,
    )  # fmt: skip
    all_at_once(
        weights, patterns, 0.0, 0.0, randomness, spins, inputs, products,
        0.0, energies, changes, flips, recorded,
    )  # fmt: skip
