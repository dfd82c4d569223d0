"""Loops over all states of a few free units of 0 and 1, beside one or many settings ("rows") of the other units.

Of L free units, state number k has unit i on where bit i of k is set. A row's energies are one block of 2^L numbers
that lies in the processor's cache while it is made or summed; so all sums together need no memory but the energies.
Beside a row r the energy of a state s is

    E(s, r) = E(0, r) + E_free(s) − Σ_i s_i Σ_j W_ij r_j

E_free is the same for all rows; the rest is a sum over the units that are on, and doubles unit by unit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def free_energies(weights: Floats, biases: Floats, free: Numbers, energies: Floats) -> None:
    """Write E (2^L,) of all states of the free units while all others are off, by doubling.

    A further unit adds its own field, which is itself doubled: about 3 · 2^L additions.
    """
    fields = np.empty(max(1, energies.size // 2))
    energies[0] = 0.0
    for unit in range(free.size):
        fields[0] = biases[free[unit]]
        for other in range(unit):
            weight = weights[free[unit], free[other]]
            for state in range(1 << other):
                fields[state | 1 << other] = fields[state] + weight
        for state in range(1 << unit):
            energies[state | 1 << unit] = energies[state] - fields[state]


@njit(cache=True, nogil=True)
def energies_beside(
    weights: Floats,  # (N, N)
    biases: Floats,  # (N,)
    free: Numbers,  # (L,)
    given: Numbers,  # (N − L,)
    rows: Floats,  # (n, N − L): settings of the given units
    energies: Floats,  # (n, 2^L) out
) -> None:
    """Write E of all states of the free units beside every row."""
    alone = np.empty(1 << free.size)
    free_energies(weights, biases, free, alone)
    for row in range(rows.shape[0]):
        block = energies[row]
        block[0] = 0.0
        for one in range(given.size):
            if rows[row, one] != 0.0:
                block[0] -= biases[given[one]] * rows[row, one]
                for two in range(one):
                    block[0] -= weights[given[one], given[two]] * rows[row, one] * rows[row, two]
        for unit in range(free.size):
            field = 0.0
            for one in range(given.size):
                field += weights[free[unit], given[one]] * rows[row, one]
            for state in range(1 << unit):
                block[state | 1 << unit] = block[state] - field
        for state in range(block.size):
            block[state] += alone[state]


@njit(cache=True, nogil=True)
def log_sums(energies: Floats, temperature: float, sums: Floats) -> None:
    """Write ln Σ exp(−E / T) of every row (n,), reckoned from the row's lowest energy."""
    for row in range(energies.shape[0]):
        block = energies[row]
        lowest = block.min()
        total = 0.0
        for state in range(block.size):
            total += math.exp((lowest - block[state]) / temperature)
        sums[row] = math.log(total) - lowest / temperature


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def fold(block: Floats, units: int, sums: Floats) -> float:
    """Write for each unit the sum over the states in which it is on; return the sum over all. Uses up the block."""
    for unit in range(units - 1, -1, -1):
        half = 1 << unit
        on = 0.0
        for state in range(half):
            on += block[half + state]
            block[state] += block[half + state]
        sums[unit] = on
    return float(block[0])


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def moments_beside(
    energies: Floats,  # (n, 2^L)
    zeros: Floats,  # (n,): the energy of each row that has the weight 1
    temperature: float,
    free: Numbers,  # (L,)
    given: Numbers,  # (N − L,)
    rows: Floats,  # (n, N − L)
    moments: Floats,  # (N, N) out
) -> tuple[float, float]:
    """Write Σ s_i s_j exp((zero − E) / T) over all states beside all rows; return Σ 1 and Σ E, weighted alike."""
    units = free.size
    pooled, block, sums = np.zeros(1 << units), np.empty(1 << units), np.empty(units)
    moments[:] = 0.0
    total = heat = 0.0
    for row in range(rows.shape[0]):
        for state in range(block.size):
            block[state] = math.exp((zeros[row] - energies[row, state]) / temperature)
        for state in range(block.size):
            pooled[state] += block[state]
            heat += block[state] * energies[row, state]
        weight = fold(block, units, sums)
        total += weight
        for one in range(given.size):
            share = rows[row, one]
            if share != 0.0:
                for unit in range(units):
                    moments[given[one], free[unit]] += share * sums[unit]
                for two in range(one + 1):
                    moments[given[one], given[two]] += share * rows[row, two] * weight
    for unit in range(units - 1, -1, -1):  # all pairs among the free: of the states with the highest on, fold the rest
        half = 1 << unit
        on = pooled[half : 2 * half].copy()
        moments[free[unit], free[unit]] = fold(on, unit, sums)
        for other in range(unit):
            moments[free[unit], free[other]] = sums[other]
        for state in range(half):
            pooled[state] += pooled[half + state]
    for one in range(moments.shape[0]):
        for two in range(one):
            both = moments[one, two] + moments[two, one]  # one of them is still 0
            moments[one, two] = moments[two, one] = both
    return total, heat


def warm_up() -> None:
    """Compile everything, or load it from the cache."""
    weights, biases, free, given = np.zeros((2, 2)), np.zeros(2), np.zeros(1, np.int64), np.ones(1, np.int64)
    rows, energies, sums = np.ones((1, 1)), np.zeros((1, 2)), np.zeros(1)
    energies_beside(weights, biases, free, given, rows, energies)
    log_sums(energies, 1.0, sums)
    moments_beside(energies, sums, 1.0, free, given, rows, weights)
