"""A Boltzmann machine in slow motion: one unit after another decides, and what it did is written down. N units."""

from __future__ import annotations

from math import exp
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.models.kernels.compiling import bare
from server.models.kernels.loops import RANDOM, REFRESH, unsigned
from server.models.kernels.randomness import Words, uniform
from server.models.kernels.verbs import Floats
from server.models.memory import TIE

Integers = NDArray[np.int32]
Numbers = NDArray[np.int64]
Tuple = tuple[Any, ...]  # quicker to hand over than a named one, as in `runs`

NUMBERED = 62
"""Units whose state has a number."""


class Walk(NamedTuple):
    """What a run carries from update to update."""

    weights: Floats  # (N, N) symmetric, 0 on the diagonal
    biases: Floats  # (N,)
    state: Floats  # (N,) of 0 and 1, changed in place like all that follows
    fields: Floats  # (N,) b_i + Σ_j W_ij s_j, kept true
    free: Integers  # (N,) the units that decide, by number
    sequence: Integers  # (N,) the same in the random sweep's order; past the position still to be drawn
    counters: Numbers  # position in the sweep, units that decide, flips since the last refresh, state's number
    randomness: Words  # (1,)
    visits: Numbers  # (2^N,) or empty: how often each state was there after an update


class Record(NamedTuple):
    """Where a run writes what each update did, (n,) each."""

    unit: Integers  # who decided, −1 where all are held
    gap: Floats  # ΔE = E(off) − E(on)
    chance: Floats  # to be on
    coin: Floats  # on where it is below the chance
    on: NDArray[np.bool_]
    energy: Floats  # after the update
    number: Numbers  # of the state after it; −1 beyond `NUMBERED` units


@bare
def renew(state: Floats, weights: Floats, biases: Floats, fields: Floats) -> float:
    """Compute the fields from the state alone; return the energy."""
    energy = 0.0
    for i in range(state.size):
        field = 0.0
        for j in range(state.size):
            field += weights[i, j] * state[j]
        fields[i] = field + biases[i]
        energy -= state[i] * (0.5 * field + biases[i])
    return energy


@bare
def chance_on(gap: float, temperature: float, state: float) -> float:
    """1/(1 + exp(−ΔE/T)); without heat 1 or 0, and at a tie, give or take rounding, what the unit is."""
    if temperature > 0.0:
        return 1.0 / (1.0 + exp(-gap / temperature))
    if abs(gap) <= TIE:
        return state
    return 1.0 if gap > 0.0 else 0.0


@bare
def turn(walk: Walk, unit: int, energy: float) -> float:
    """Turn a unit over, keep all true, and return the energy; all is computed afresh after `REFRESH` flips."""
    off = walk.state[unit] == 0.0
    sign = 1.0 if off else -1.0
    energy -= sign * walk.fields[unit]
    walk.state[unit] = 1.0 if off else 0.0
    if walk.state.size <= NUMBERED:
        walk.counters[3] ^= 1 << unit
    walk.counters[2] += 1
    if walk.counters[2] >= REFRESH:
        walk.counters[2] = 0
        return renew(walk.state, walk.weights, walk.biases, walk.fields)
    for other in range(walk.state.size):
        walk.fields[other] += sign * walk.weights[unit, other]
    return energy


@bare
def next_unit(walk: Walk, order: int, place: int) -> int:
    """Who decides now: in turn, or by Fisher–Yates the one whose place among those left was drawn."""
    position = unsigned(walk.counters[0])
    walk.counters[0] = 0 if position == walk.counters[1] - 1 else position + 1
    if order != RANDOM:
        return unsigned(walk.free[position])
    other = unsigned(position + place)
    walk.sequence[position], walk.sequence[other] = walk.sequence[other], walk.sequence[position]
    return unsigned(walk.sequence[position])


@bare
def decide(arrays: Tuple, columns: Tuple, temperatures: Floats, order: int, energy: float) -> float:
    """n updates of a `Walk` into a `Record`, from a state of this energy; return the last energy.

    As in `loops.one_at_a_time` every unit decides once a sweep, and one draw serves for who and for the coin:
    so the same seed meets the same draws however a run is divided into calls.
    """
    walk, record = Walk(*arrays), Record(*columns)
    for step in range(record.energy.size):
        unit, gap, chance, coin, on = -1, np.nan, np.nan, np.nan, False
        left = walk.counters[1] - walk.counters[0]
        if left > 0:
            draw = uniform(walk.randomness) * left
            coin = draw - int(draw)
            unit = next_unit(walk, order, int(draw))
            gap, before = walk.fields[unit], walk.state[unit]
            chance = chance_on(gap, temperatures[step], before)
            on = coin < chance
            if on != (before == 1.0):
                energy = turn(walk, unit, energy)
        record.unit[step], record.gap[step], record.chance[step] = unit, gap, chance
        record.coin[step], record.on[step] = coin, on
        record.energy[step], record.number[step] = energy, walk.counters[3]
        if walk.visits.size > 0:
            walk.visits[walk.counters[3]] += 1
    return energy


def warm_up() -> None:
    """Compile, or load from the cache."""
    two, numbers, row = np.zeros(2), np.zeros(4, np.int64), np.zeros(1)
    renew(two, np.zeros((2, 2)), two, two)
    sequence, seed, visits = np.arange(2, dtype=np.int32), np.zeros(1, np.uint64), np.zeros(4, np.int64)
    walk = Walk(np.zeros((2, 2)), two, two, two.copy(), sequence, sequence, numbers, seed, visits)
    record = Record(np.zeros(1, np.int32), row, row, row, np.zeros(1, np.bool_), row, np.zeros(1, np.int64))
    decide(tuple(walk), tuple(record), row, RANDOM, 0.0)
