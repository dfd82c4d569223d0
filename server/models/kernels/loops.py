"""Units decide one after another, or all at once: the two loops, written once for every machine.

Machines and their verbs are explained in `verbs`. N units, p patterns, n updates.

Rounding enters a machine only with flips; after `REFRESH` flips everything is computed afresh, so the error
stays below REFRESH · 2⁻⁵³ · max|input| ≈ 5·10⁻¹³ · max|input|, far inside `TIE`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from server.models.kernels.compiling import bare
from server.models.kernels.randomness import flips_over, uniform
from server.models.kernels.runs import Integers, Record, Run, Tuple
from server.models.kernels.verbs import Floats, depth, hear, own, renew, turn

REFRESH = 4096  # flips

IN_TURN, RANDOM = 0, 1  # orders
KEEP, ON, COIN = 0, 1, 2  # what a unit does at a field of 0


@bare
def energy_of(machine: Any, spins: Floats, threshold: float) -> float:
    """E of the state that the machine is true to."""
    total = 0.0
    for unit in range(spins.size):
        total += spins[unit]
    return threshold * total - depth(machine, spins)


@bare
def prepare(machine: Any, spins: Floats) -> None:
    """Make the machine true to a state."""
    renew(machine, spins)


@bare
def unsigned(number: int) -> int:
    """The number as one that cannot be negative: a signed one is checked, at every use, for counting from the end."""
    return int(np.uintp(number))


@bare
def decides_to_flip(alignment: float, state: float, temperature: float, ties: int, draw: float) -> bool:
    """`flips_over`; without heat a field that is not 0 counts however small, and ties are for the policy."""
    if temperature > 0.0:
        return flips_over(alignment, temperature, draw)
    if alignment != 0.0:
        return alignment < 0.0
    return (ties == ON and state < 0.0) or (ties == COIN and draw < 0.5)


@bare
def flip(machine: Any, run: Run, unit: int) -> None:
    """Turn one unit over, and keep the machine and the products true."""
    run.spins[unit] = -run.spins[unit]
    twice = 2.0 * run.spins[unit]
    for mu in range(run.products.size):
        run.products[mu] += twice * run.patterns[unit, mu]
    turn(machine, run.spins, unit)
    run.counters[1] += 1


@bare
def note(run: Run, record: Record) -> None:
    """Record the present overlaps as the next row."""
    for mu in range(run.products.size):
        record.overlaps[run.counters[2], mu] = run.products[mu] / run.spins.size
    run.counters[2] += 1


@bare
def refreshed(machine: Any, run: Run, threshold: float, energy: float) -> float:
    """The energy; computed afresh, as all else, after `REFRESH` flips."""
    if run.counters[1] < REFRESH:
        return energy
    run.counters[1] = 0
    renew(machine, run.spins)
    return energy_of(machine, run.spins, threshold)


@bare
def one_at_a_time(
    machine: Any,
    arrays: Tuple,
    columns: Tuple,
    threshold: float,
    temperature: float,
    order: int,
    ties: int,
    energy: float,
) -> float:
    """n asynchronous updates of a `Run` into a `Record`, from a state of this energy; return the last energy.

    A random sweep draws units without replacement (Fisher–Yates), so every unit decides once a sweep. Each
    update uses one uniform draw, at any temperature and order: times the units left, its whole part picks the
    unit, and its fraction (more than 40 random bits) is a uniform draw again, for the state. So the same seed
    meets the same draws however a run is divided into calls.
    """
    run, record = Run(*arrays), Record(*columns)
    size, position = run.spins.size, run.counters[0]
    run.counters[2] = 0
    note(run, record)
    for step in range(record.energies.size):
        unit = here = unsigned(position)
        draw = uniform(run.randomness) * (size - position)
        picked = int(draw)
        if order == RANDOM:
            other = unsigned(position + picked)
            unit = unsigned(run.sequence[other])
            run.sequence[other] = run.sequence[here]
            run.sequence[here] = unit
        position = 0 if position == size - 1 else position + 1

        field = hear(machine, run.spins, unit, threshold)
        alignment = run.spins[unit] * field
        change, flips = 0.0, 0
        if decides_to_flip(alignment, run.spins[unit], temperature, ties, draw - picked):
            change, flips = 2.0 * (alignment - own(machine, unit)), 1
            energy += change
            flip(machine, run, unit)
            energy = refreshed(machine, run, threshold, energy)
            note(run, record)
        record.energies[step] = energy
        record.changes[step] = change
        record.fields[step] = field
        record.units[step] = unit
        record.flips[step] = flips
    run.counters[0] = position
    return energy


@bare
def all_at_once(
    machine: Any, arrays: Tuple, columns: Tuple, threshold: float, temperature: float, ties: int, energy: float
) -> float:
    """n synchronous updates, each letting all units decide on the same fields; return the last energy."""
    run, record = Run(*arrays), Record(*columns)
    run.counters[2] = 0
    note(run, record)
    for step in range(record.energies.size):
        for number in range(run.spins.size):
            unit = unsigned(number)
            state = run.spins[unit]
            alignment = state * hear(machine, run.spins, unit, threshold)
            run.chosen[unit] = decides_to_flip(alignment, state, temperature, ties, uniform(run.randomness))
        flips = 0
        for number in range(run.spins.size):
            if run.chosen[number]:
                flips += 1
                flip(machine, run, unsigned(number))
        refreshed(machine, run, threshold, energy)
        before, energy = energy, energy_of(machine, run.spins, threshold)
        record.energies[step] = energy
        record.changes[step] = energy - before
        record.flips[step] = flips
        if flips > 0:
            note(run, record)
    return energy


@bare
def spread(visited: Floats, flips: Integers, rows: Floats) -> None:
    """Write the row visited last for every update: a new one begins with each that flipped something."""
    row = 0
    for step in range(flips.size):
        row += flips[step] > 0
        for mu in range(visited.shape[1]):
            rows[step, mu] = visited[row, mu]


def compile_for(machine: NamedTuple) -> None:
    """Compile both loops for a machine of two units, or load them from the cache."""
    two, row = np.ones(2), np.ones((2, 1))
    sequence, counters = np.arange(2, dtype=np.int32), np.zeros(3, np.int32)
    run = Run(two, row, np.full(1, 2.0), np.zeros(2, np.bool_), np.zeros(1, np.uint64), sequence, counters)
    integers = np.zeros(1, np.int32)
    record = Record(np.zeros(1), np.zeros(1), np.zeros(1), integers, integers, row)
    prepare(machine, run.spins)
    energy_of(machine, run.spins, 0.0)
    one_at_a_time(machine, tuple(run), tuple(record), 0.0, 0.0, RANDOM, KEEP, 0.0)
    all_at_once(machine, tuple(run), tuple(record), 0.0, 0.0, KEEP, 0.0)
    spread(row, integers, row)
