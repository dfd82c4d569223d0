"""Loops over all 2^N states of a small machine: energies, ways down, where chance leads, passes between valleys.

A state is a number: bit i is set where unit i is on. Its N neighbours differ from it in one bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

CRUMB = 1e-8
"""Of all starts, so much may be left where the last of it would wander for long."""


@njit(cache=True, nogil=True)
def pairwise_energies(weights: Floats, threshold: float, energies: Floats) -> None:
    """Write E = −½ Σ_{i≠j} W_ij s_i s_j + θ Σ s_i of every state by doubling: a further unit adds its own field.

    That field is itself doubled, unit by unit; so all energies together take about 4 · 2^N additions.
    """
    inputs = np.empty(max(1, energies.size // 2))
    energies[0] = 0.0
    for unit in range(weights.shape[0]):
        inputs[0] = -threshold
        for other in range(unit):
            inputs[0] -= weights[unit, other]
        for other in range(unit):
            for state in range(1 << other):
                inputs[state | 1 << other] = inputs[state] + 2.0 * weights[unit, other]
        for state in range(1 << unit):
            energies[state | 1 << unit] = energies[state] - inputs[state]
            energies[state] += inputs[state]


@njit(cache=True, nogil=True)
def root_of(parents: Numbers, member: int) -> int:
    """The chief of a member's set; shortens the way there."""
    while parents[member] != member:
        parents[member] = parents[parents[member]]
        member = parents[member]
    return member


@njit(cache=True, nogil=True)
def ways_down(energies: Floats, units: int, down: Numbers) -> None:
    """Write for every state the next one on its way down: its lowest neighbour, −1 − (chief state) on a valley's floor.

    States of equal energy joined by single flips are one flat piece. A state without a lower neighbour goes where its
    piece has its lowest neighbour; if the piece has none, it is the floor of a valley. Of equally low neighbours the
    one with the smallest number is taken.
    """
    pieces = np.arange(energies.size)
    for state in range(energies.size):
        lowest = state
        for unit in range(units):
            other = state ^ (1 << unit)
            lower = energies[other] < energies[state]
            if lower and (energies[other], other) < (energies[lowest], lowest):
                lowest = other
            if other < state and energies[other] == energies[state]:
                one, two = root_of(pieces, other), root_of(pieces, state)
                pieces[max(one, two)] = min(one, two)
        down[state] = lowest
    exits = np.full(energies.size, -1)
    for state in range(energies.size):
        lower, piece = down[state], root_of(pieces, state)
        if lower != state and (exits[piece] < 0 or energies[lower] < energies[exits[piece]]):
            exits[piece] = lower
    for state in range(energies.size):
        if down[state] == state:
            piece = root_of(pieces, state)
            down[state] = exits[piece] if exits[piece] >= 0 else -1 - piece


@njit(cache=True, nogil=True)
def valleys_of(order: Numbers, down: Numbers, valleys: Numbers) -> int:
    """Write the number of the valley where every state's way down ends; return how many valleys there are.

    They are numbered in ascending energy: `order` holds the states so.
    """
    count = 0
    for state in order:
        if down[state] >= 0:
            valleys[state] = valleys[down[state]]
        elif valleys[-1 - down[state]] < 0:
            valleys[-1 - down[state]] = valleys[state] = count
            count += 1
        else:
            valleys[state] = valleys[-1 - down[state]]
    return count


@njit(cache=True, nogil=True)
def endings(energies: Floats, units: int, order: Numbers, mass: Floats) -> None:
    """Carry `mass` down to where runs rest: of the units that would flip, each is as likely to be the next.

    From the highest state to the lowest every one hands on its mass in equal parts to its lower neighbours. What is
    left on states without any is the probability that a run ends there, when it starts where the mass was.
    """
    lower = np.empty(units, np.int64)
    for place in range(order.size - 1, -1, -1):
        state = order[place]
        count = 0
        for unit in range(units):
            other = state ^ (1 << unit)
            if energies[other] < energies[state]:
                lower[count] = other
                count += 1
        if count:
            part = mass[state] / count
            mass[state] = 0.0
            for other in lower[:count]:
                mass[other] += part


@njit(cache=True, nogil=True)
def endings_with_coins(energies: Floats, units: int, order: Numbers, down: Numbers, mass: Floats) -> None:
    """As `endings`, where a unit that hears nothing tosses a coin: half as often as others it is the next to flip.

    So mass also wanders on flat pieces, until all but `CRUMB` a state has left those that are no floor (`down` ≥ 0).
    """
    crumb = CRUMB / energies.size
    waiting = np.zeros(energies.size, np.bool_)
    end = order.size
    while end > 0:
        start = end - 1
        while start > 0 and energies[order[start - 1]] == energies[order[start]]:
            start -= 1
        queue = order[start:end].copy()  # a ring: every state of this height waits at most once
        first, count = 0, end - start
        waiting[queue] = True
        while count > 0:
            state = queue[first]
            waiting[state] = False
            first, count = (first + 1) % queue.size, count - 1
            if down[state] < 0 or mass[state] <= crumb:
                continue
            ways = 0
            for unit in range(units):
                other = energies[state ^ (1 << unit)]
                ways += 2 * (other < energies[state]) + (other == energies[state])
            part, mass[state] = mass[state] / ways, 0.0
            for unit in range(units):
                other = state ^ (1 << unit)
                if energies[other] < energies[state]:
                    mass[other] += 2 * part
                elif energies[other] == energies[state]:
                    mass[other] += part
                    if not waiting[other]:
                        queue[(first + count) % queue.size] = other
                        waiting[other], count = True, count + 1
        end = start


@njit(cache=True, nogil=True)
def passes_between(
    energies: Floats,
    units: int,
    order: Numbers,
    valleys: Numbers,
    joined: Numbers,  # (K − 1, 2) out: the two sets that meet, K + k being the set that row k made
    heights: Floats,  # (K − 1,) out: the energy at which they meet
) -> None:
    """Flood the land: wherever the rising water first joins two sets of the K valleys, there is a pass."""
    count = heights.size + 1
    parents, names = np.arange(count), np.arange(count)
    made = 0
    for state in order:
        if made == heights.size:
            return
        for unit in range(units):
            other = state ^ (1 << unit)
            if valleys[other] == valleys[state] or energies[other] > energies[state]:
                continue
            one, two = root_of(parents, valleys[state]), root_of(parents, valleys[other])
            if one != two:
                joined[made, 0], joined[made, 1] = names[one], names[two]
                heights[made] = energies[state]
                parents[two] = one
                names[one] = count + made
                made += 1


def warm_up() -> None:
    """Compile everything, or load it from the cache."""
    energies, order, mass = np.zeros(2), np.arange(2), np.ones(2)
    down, valleys = np.zeros(2, np.int64), np.full(2, -1)
    pairwise_energies(np.zeros((1, 1)), 1.0, energies)
    ways_down(energies, 1, down)
    valleys_of(order, down, valleys)
    endings(energies, 1, order, mass)
    endings_with_coins(energies, 1, order, down, mass)
    passes_between(energies, 1, order, valleys, np.zeros((1, 2), np.int64), np.zeros(1))
