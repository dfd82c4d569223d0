"""Whole networks in a row: draw random patterns, start at one of them, run, keep the overlap, forget the rest.

Hebb's weights are never made. A field is (1/N) (Σ_μ ξ_i^μ M^μ − p s_i) from the sums M^μ = Σ_i ξ_i^μ s_i, where
−p s_i takes out the unit's link to itself. All sums are whole numbers below 2²⁴, so float32 holds them exactly,
in whatever order they are added: ties are ties. N units, p patterns, n networks.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from server.models.kernels.randomness import Words, flips_over, uniform

Bits = NDArray[np.float32]
Floats = NDArray[np.float64]
Integers = NDArray[np.int32]

WORD = 53  # random bits in one draw


@njit(cache=True, nogil=True)
def toss(signs: Bits, randomness: Words) -> None:
    """Write a random sign into every entry (N, p)."""
    bits, left = np.int64(0), 0
    for i in range(signs.shape[0]):
        for mu in range(signs.shape[1]):
            if left == 0:
                bits, left = np.int64(uniform(randomness) * 2.0**WORD), WORD
            signs[i, mu] = 2 * (bits & 1) - 1
            bits >>= 1
            left -= 1


@njit(cache=True, nogil=True, fastmath={"reassoc"})
def product(bits: Bits, sums: Bits) -> float:
    """Σ_μ ξ_i^μ M^μ of one unit, bits (p,)."""
    total = np.float32(0.0)
    for mu in range(sums.size):
        total += bits[mu] * sums[mu]
    return float(total)


@njit(cache=True, nogil=True)
def turn(unit: int, patterns: Bits, spins: Bits, sums: Bits) -> None:
    """Turn a unit over and keep the sums true."""
    spins[unit] = -spins[unit]
    for mu in range(sums.size):
        sums[mu] += np.float32(2.0) * spins[unit] * patterns[unit, mu]


@njit(cache=True, nogil=True)
def sweep(
    temperature: float, randomness: Words, patterns: Bits, spins: Bits, sums: Bits, sequence: Integers
) -> int:  # fmt: skip
    """Let every unit decide once, in a fresh random order; return how many flipped."""
    flips, size = 0, spins.size
    for place in range(size):
        draw = uniform(randomness) * (size - place)  # whole part: who; fraction: a draw again, for the state
        other = place + int(draw)
        sequence[place], sequence[other] = sequence[other], sequence[place]
        unit = sequence[place]
        alignment = (spins[unit] * product(patterns[unit], sums) - sums.size) / size
        if flips_over(alignment, temperature, draw - int(draw)):
            turn(unit, patterns, spins, sums)
            flips += 1
    return flips


@njit(cache=True, nogil=True)
def memorise(patterns: Bits, spins: Bits, sums: Bits) -> int:
    """Take the first pattern as the state; return how many of its units would flip at once."""
    sums[:] = 0.0
    for i in range(spins.size):
        spins[i] = patterns[i, 0]
        for mu in range(sums.size):
            sums[mu] += spins[i] * patterns[i, mu]
    unstable = 0
    for i in range(spins.size):
        if spins[i] * product(patterns[i], sums) < sums.size:
            unstable += 1
    return unstable


@njit(cache=True, nogil=True)
def spoil(count: int, randomness: Words, patterns: Bits, spins: Bits, sums: Bits, sequence: Integers) -> None:
    """Turn over exactly ``count`` units picked at random."""
    for place in range(count):
        other = place + int(uniform(randomness) * (spins.size - place))
        sequence[place], sequence[other] = sequence[other], sequence[place]
        turn(sequence[place], patterns, spins, sums)


@njit(cache=True, nogil=True)
def recall(
    temperature: float, warming: int, measured: int, randomness: Words,
    patterns: Bits, spins: Bits, sums: Bits, sequence: Integers,
) -> float:  # fmt: skip
    """Run, and return the overlap with the first pattern.

    Without heat until a sweep flips nothing, which must come: every flip lowers the energy, and states are
    finitely many. With heat for ``warming`` sweeps, then the mean over the ends of ``measured`` further ones.
    """
    if temperature <= 0.0:
        while sweep(temperature, randomness, patterns, spins, sums, sequence) > 0:
            pass
        return float(sums[0] / spins.size)
    total = 0.0
    for number in range(warming + measured):
        sweep(temperature, randomness, patterns, spins, sums, sequence)
        if number >= warming:
            total += float(sums[0])
    return total / (measured * spins.size)


@njit(cache=True, nogil=True)
def replicas(
    size: int,
    temperature: float,
    spoilt: int,
    warming: int,
    measured: int,
    drawing: Words,  # (1,) of the patterns, changed in place
    randomness: Words,  # (1,) of the runs, changed in place
    counts: Integers,  # (n,) patterns stored in each network
    overlaps: Floats,  # (n,) out
    unstable: Integers,  # (n,) out: units of the stored pattern that would flip at once
) -> None:
    """n networks, one after another, each with patterns of its own."""
    spins, sequence = np.empty(size, np.float32), np.empty(size, np.int32)
    for number in range(counts.size):
        patterns = np.empty((size, counts[number]), np.float32)
        sums = np.empty(counts[number], np.float32)
        sequence[:] = np.arange(size)
        toss(patterns, drawing)
        unstable[number] = memorise(patterns, spins, sums)
        spoil(spoilt, randomness, patterns, spins, sums, sequence)
        overlaps[number] = recall(temperature, warming, measured, randomness, patterns, spins, sums, sequence)


def warm_up() -> None:
    """Compile everything, or load it from the cache."""
    counts, out = np.ones(1, np.int32), np.zeros(1, np.int32)
    replicas(2, 0.5, 1, 1, 1, np.zeros(1, np.uint64), np.zeros(1, np.uint64), counts, np.zeros(1), out)
