"""Wolff's clusters on the lattice of `lattice`: groups of like spins turned over as one."""

from __future__ import annotations

from math import exp, expm1

import numpy as np
from numba import njit

from server.models.kernels.lattice import Floats, Integers, Spins, measure
from server.models.kernels.randomness import Words, uniform

Places = np.ndarray[tuple[int], np.dtype[np.int32]]

MEMORY = 8.0
"""Sweeps over which the number of clusters per sweep is averaged while it is being found."""
MOST = 8
"""A sweep ends at the latest when so many lattices' worth of spins were visited; in equilibrium none is so
long."""


@njit(cache=True, nogil=True)
def turn_cluster(
    spins: Spins, temperature: float, field: float, randomness: Words, members: Places, waiting: Places
) -> int:
    """Grow one cluster from a random spin and turn it over; return its size, 1 … L².

    Like neighbours join with probability 1 − exp(−2/T). In a field B the whole turns only with probability
    min(1, exp(−2 B s size / T)), which is the chance of no link to a ghost spin that stands for the field. The
    last to join looks round first, as its surroundings are still in the processor's cache.

    Source: U. Wolff, Phys. Rev. Lett. 62 (1989) 361.
    """
    side, lattice = spins.shape[1], spins.ravel()  # a view
    joins = -expm1(-2.0 / temperature)
    place = int(uniform(randomness) * lattice.size)
    spin = lattice[place]
    lattice[place] = -spin
    members[0] = waiting[0] = place
    left = size = 1
    while left > 0:
        left -= 1
        place = waiting[left]
        column = place % side
        for neighbour in (
            place + 1 if column < side - 1 else place + 1 - side,
            place - 1 if column > 0 else place - 1 + side,
            place + side if place + side < lattice.size else place + side - lattice.size,
            place - side if place >= side else place - side + lattice.size,
        ):
            if lattice[neighbour] == spin and uniform(randomness) < joins:
                lattice[neighbour] = -spin
                members[size] = waiting[left] = neighbour
                size += 1
                left += 1
    if field * spin > 0.0 and uniform(randomness) >= exp(-2.0 * field * spin * size / temperature):
        for member in members[:size]:
            lattice[member] = spin
    return size


@njit(cache=True, nogil=True)
def wolff(
    spins: Spins,  # (L, L), changed in place
    temperature: float,
    fields: Floats,  # (n,) B of every sweep
    randomness: Words,  # (1,), changed in place
    pace: Floats,  # (2,), changed in place: sweeps left to find the pace, clusters per sweep
    agreements: Integers,  # (n,) out: Σ s_i s_j over all links after each sweep
    magnetisations: Integers,  # (n,) out: Σ s_i after each sweep
) -> None:
    """n sweeps, each of as many clusters as visit about L² spins.

    While the pace is being found, a sweep ends when L² spins were visited. To go on so would be wrong: it
    stops after large clusters more often than chance would, and these come from magnetised states. So the
    number of clusters is then held fast.
    """
    members, waiting = np.empty((2, spins.size), np.int32)
    for sweep in range(fields.size):
        finding, wanted = pace[0] > 0.0, max(1, round(pace[1]))
        clusters = visited = 0
        while visited < spins.size if finding else clusters < wanted and visited < MOST * spins.size:
            visited += turn_cluster(spins, temperature, fields[sweep], randomness, members, waiting)
            clusters += 1
        if finding:
            pace[0] -= 1.0
            pace[1] += (clusters - pace[1]) / MEMORY
        agreements[sweep], magnetisations[sweep] = measure(spins)


def warm_up() -> None:
    """Compile, or load from the cache."""
    out = np.zeros(1, np.int64)
    wolff(np.ones((4, 4), np.int8), 1.0, np.zeros(1), np.zeros(1, np.uint64), np.zeros(2), out, out)
