"""Low-rank weights, by maintained sums rightᵀ s: reading a field and a flip cost O(k), nothing costs N²."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from server.models.kernels.compiling import bare
from server.models.kernels.loops import compile_for
from server.models.kernels.reading import Reading, dot, stale
from server.models.kernels.verbs import Floats, depth, hear, implements, own, renew, turn
from server.models.memory import TIE


class Overlaps(NamedTuple):
    """W = left rightᵀ off the diagonal; sums are kept true."""

    left: Floats  # (N, k)
    right: Floats  # (N, k)
    diagonal: Floats  # (N,) W_ii
    excess: Floats  # (N,) W_ii less what left rightᵀ says there
    sums: Floats  # (k,) rightᵀ s
    reading: Reading


@bare
def input_of(machine: Overlaps, spins: Floats, unit: int) -> float:
    """Σ_j W_ij s_j of one unit."""
    if stale(machine.reading, unit):
        machine.reading.inputs[unit] = dot(machine.left, unit, machine.sums) + machine.excess[unit] * spins[unit]
    return float(machine.reading.inputs[unit])


@implements(renew, Overlaps)
def add_all(machine: Overlaps, spins: Floats) -> None:
    machine.reading.flips[0] += 1
    for mu in range(machine.sums.size):
        machine.sums[mu] = 0.0
    for i in range(spins.size):
        for mu in range(machine.sums.size):
            machine.sums[mu] += machine.right[i, mu] * spins[i]


@implements(hear, Overlaps)
def combine(machine: Overlaps, spins: Floats, unit: int, threshold: float) -> float:
    field = input_of(machine, spins, unit) - threshold
    return 0.0 if abs(field) <= TIE else field


@implements(turn, Overlaps)
def add_one(machine: Overlaps, spins: Floats, unit: int) -> None:
    machine.reading.flips[0] += 1
    twice = 2.0 * spins[unit]
    for mu in range(machine.sums.size):
        machine.sums[mu] += twice * machine.right[unit, mu]


@implements(own, Overlaps)
def diagonal(machine: Overlaps, unit: int) -> float:
    return float(machine.diagonal[unit])


@implements(depth, Overlaps)
def half_the_sum(machine: Overlaps, spins: Floats) -> float:
    total = 0.0
    for i in range(spins.size):
        total += 0.5 * spins[i] * input_of(machine, spins, i)
    return total


def warm_up() -> None:
    """Compile, or load from the cache."""
    one, two = np.ones((2, 1)), np.zeros(2)
    compile_for(Overlaps(one, one.copy(), two, two.copy(), np.zeros(1), Reading.blank(2)))
