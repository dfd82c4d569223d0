"""Any weights, by maintained inputs Σ_j W_ij s_j: reading one costs nothing, a flip adds a row of W to all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from server.models.kernels.loops import compile_for
from server.models.kernels.verbs import Floats, depth, hear, implements, own, renew, turn
from server.models.memory import TIE


class Fields(NamedTuple):
    """W (N, N) symmetric; inputs (N,) are kept true."""

    weights: Floats
    inputs: Floats


@implements(renew, Fields)
def add_rows(machine: Fields, spins: Floats) -> None:
    for i in range(spins.size):
        machine.inputs[i] = 0.0
    for j in range(spins.size):
        for i in range(spins.size):
            machine.inputs[i] += machine.weights[j, i] * spins[j]


@implements(hear, Fields)
def read(machine: Fields, spins: Floats, unit: int, threshold: float) -> float:
    field = machine.inputs[unit] - threshold
    return 0.0 if abs(field) <= TIE else field


@implements(turn, Fields)
def add_row(machine: Fields, spins: Floats, unit: int) -> None:
    twice = 2.0 * spins[unit]
    for j in range(spins.size):
        machine.inputs[j] += twice * machine.weights[unit, j]


@implements(own, Fields)
def diagonal(machine: Fields, unit: int) -> float:
    return float(machine.weights[unit, unit])


@implements(depth, Fields)
def half_the_sum(machine: Fields, spins: Floats) -> float:
    total = 0.0
    for i in range(spins.size):
        total += 0.5 * spins[i] * machine.inputs[i]
    return total


def warm_up() -> None:
    """Compile, or load from the cache."""
    compile_for(Fields(np.zeros((2, 2)), np.zeros(2)))
