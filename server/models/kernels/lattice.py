"""Sweeps of a square lattice with periodic borders, each spin linked to its four neighbours, all links 1.

Spins are (L, L) int8 of ±1, L even. A sweep costs about a nanosecond per spin: the two colours of the
checkerboard lie in arrays of their own, (L, L/2), so that every loop runs along memory, and random numbers
come from sixteen generators side by side. Sums are exact whole numbers.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numba import njit
from numpy.typing import NDArray

Spins = NDArray[np.int8]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Lanes = NDArray[np.uint32]
Draws = NDArray[np.int32]
Ladder = tuple[np.int32, np.int32, np.int32, np.int32, np.int32]

GLAUBER, METROPOLIS = 0, 1
LANES = 16
"""Generators side by side; a row of one colour takes whole rounds of them."""
DRAWN = 2.0**31
"""Draws are whole numbers below this: chances are exact to 5·10⁻¹⁰, and 0 and 1 are exact."""
SHIFTS = np.uint32(7), np.uint32(25), np.uint32(9), np.uint32(11), np.uint32(21), np.uint32(1)


@njit(cache=True, nogil=True)
def draw(lanes: Lanes, draws: Draws) -> None:
    """Fill `draws`, whole rounds long, with whole numbers in [0, 2³¹): xoshiro128++ in every lane (4, LANES).

    Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Trans. Math. Softw.
    47 (2021) 36.
    """
    seven, other_25, nine, eleven, other_21, one = SHIFTS
    a, b, c, d = lanes[0], lanes[1], lanes[2], lanes[3]
    for start in range(0, draws.size, LANES):
        block = draws[start : start + LANES]
        for lane in range(LANES):
            total = np.uint32(a[lane] + d[lane])
            turned = np.uint32((total << seven) | (total >> other_25))
            block[lane] = np.int32(np.uint32(turned + a[lane]) >> one)
            held = np.uint32(b[lane] << nine)
            c[lane] ^= a[lane]
            d[lane] ^= b[lane]
            b[lane] ^= c[lane]
            a[lane] ^= d[lane]
            c[lane] ^= held
            d[lane] = np.uint32((d[lane] << eleven) | (d[lane] >> other_21))


@njit(cache=True, nogil=True)
def chance_up(spin: int, neighbours: int, temperature: float, field: float, rule: int) -> float:
    """Probability that a spin is up after its decision, from what it was and the sum of its neighbours.

    With h = neighbours + field. Glauber: 1/(1 + exp(−2h/T)), whatever it was. Metropolis: it turns over with
    probability min(1, exp(−ΔE/T)), ΔE = 2 s h.
    """
    twice = 2.0 * (neighbours + field) / temperature
    if rule == GLAUBER:
        return 1.0 / (1.0 + exp(-twice))
    return exp(min(0.0, twice)) if spin < 0 else 1.0 - exp(min(0.0, -twice))


@njit(cache=True, nogil=True)
def rung(spin: int, neighbours: int, temperature: float, field: float, rule: int) -> np.int32:
    """The greatest draw with which the spin is up afterwards; −1 for none."""
    return np.int32(round(chance_up(spin, neighbours, temperature, field, rule) * DRAWN) - 1)


@njit(cache=True, nogil=True)
def ladder(spin: int, temperature: float, field: float, rule: int) -> Ladder:
    """The rungs for the five sums of neighbours."""
    return (
        rung(spin, -4, temperature, field, rule),
        rung(spin, -2, temperature, field, rule),
        rung(spin, 0, temperature, field, rule),
        rung(spin, 2, temperature, field, rule),
        rung(spin, 4, temperature, field, rule),
    )


@njit(cache=True, nogil=True)
def rung_at(rungs: Ladder, neighbours: int) -> np.int32:
    """The rung for a sum of neighbours. Choices become vector instructions, a look-up does not: 5 × as fast."""
    found = rungs[1] if neighbours > -4 else rungs[0]
    found = rungs[2] if neighbours > -2 else found
    found = rungs[3] if neighbours > 0 else found
    return rungs[4] if neighbours > 2 else found


@njit(cache=True, nogil=True)
def add_neighbours(other: Spins, row: int, ahead: int, sums: Spins) -> None:
    """Write the sum of the four neighbours of every spin of one colour in a row; all lie in the other colour.

    Above, below and on one side they have the spin's own place in their rows, on the other side the next one
    (`ahead` = 1) or the one before (0).
    """
    rows, last = other.shape[0], other.shape[1] - 1
    above, below, beside = other[row - 1], other[row + 1 - rows], other[row]
    for k in range(last + 1):
        sums[k] = above[k] + below[k] + beside[k]
    for k in range(last):
        sums[k + 1 - ahead] += beside[k + ahead]
    sums[ahead * last] += beside[last - ahead * last]


@njit(cache=True, nogil=True)
def decide(
    own: Spins, other: Spins, colour: int, after_down: Ladder, after_up: Ladder, lanes: Lanes
) -> tuple[int, int]:
    """All spins of one colour decide; return Σ s_i s_j over all links, and the sum of this colour's spins."""
    rows, columns = own.shape
    sums, draws = np.empty(columns, np.int8), np.empty(-(-columns // LANES) * LANES, np.int32)
    agreement = magnetisation = 0
    for i in range(rows):
        row = own[i]
        add_neighbours(other, i, (i + colour) % 2, sums)
        draw(lanes, draws)
        for k in range(columns):
            down, up = rung_at(after_down, sums[k]), rung_at(after_up, sums[k])
            row[k] = 1 if draws[k] <= (up if row[k] > 0 else down) else -1
        for k in range(columns):
            agreement += row[k] * sums[k]
            magnetisation += row[k]
    return agreement, magnetisation


@njit(cache=True, nogil=True)
def sort_colours(spins: Spins, black: Spins, white: Spins, back: bool) -> None:
    """Copy the lattice into its two colours (L, L/2), or `back`; the square at row 0, column 0 is black."""
    for i in range(spins.shape[0]):
        for colour, squares in enumerate((black, white)):
            start = (i + colour) % 2
            if back:
                spins[i, start::2] = squares[i]
            else:
                squares[i] = spins[i, start::2]


@njit(cache=True, nogil=True)
def checkerboard(
    spins: Spins,  # (L, L), changed in place
    temperature: float,
    fields: Floats,  # (n,) B of every sweep
    rule: int,
    lanes: Lanes,  # (4, LANES), changed in place
    agreements: Integers,  # (n,) out: Σ s_i s_j over all 2 L² links after each sweep
    magnetisations: Integers,  # (n,) out: Σ s_i after each sweep
) -> None:
    """n sweeps, each letting all black squares decide and then all white ones."""
    black, white = np.empty((2, spins.shape[0], spins.shape[1] // 2), np.int8)
    sort_colours(spins, black, white, False)
    for sweep in range(fields.size):
        after_down = ladder(-1, temperature, fields[sweep], rule)
        after_up = ladder(1, temperature, fields[sweep], rule)
        _, first = decide(black, white, 0, after_down, after_up, lanes)
        agreements[sweep], second = decide(white, black, 1, after_down, after_up, lanes)
        magnetisations[sweep] = first + second
    sort_colours(spins, black, white, True)


@njit(cache=True, nogil=True)
def measure(spins: Spins) -> tuple[int, int]:
    """Σ s_i s_j over all links, and Σ s_i."""
    rows, columns = spins.shape
    agreement = magnetisation = 0
    for i in range(rows):
        row, below = spins[i], spins[i + 1 - rows]
        agreement += row[columns - 1] * row[0]
        for k in range(columns - 1):
            agreement += row[k] * row[k + 1]
        for k in range(columns):
            agreement += row[k] * below[k]
            magnetisation += row[k]
    return agreement, magnetisation


def warm_up() -> None:
    """Compile, or load from the cache."""
    spins, lanes, out = np.ones((4, 4), np.int8), np.ones((4, LANES), np.uint32), np.zeros(1, np.int64)
    checkerboard(spins, 1.0, np.zeros(1), GLAUBER, lanes, out, out)
    measure(spins)
