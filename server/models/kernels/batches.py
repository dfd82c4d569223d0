"""One sweep over many starts at once: all of them let the same unit decide, then the next.

Columns are starts: spins (N, C) int8, and what a machine keeps of them (k, C) or (C, N). Where fields are read
from k projections of the state, loops run along the columns, 512 at a time so that a tile stays in the cache,
and become vector instructions. Whole numbers stay whole: Hebb's products are int16 (32 columns an instruction).

Units decide by limits instead of fields, so that adding up is all there is to do: a unit that is on turns off
where Σ_k left_ik y_k < low, one that is off turns on where it is > high; between them, and at a tie, it stays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Spins = NDArray[np.int8]
Numbers = NDArray[Any]  # int16, int32 or float64, the same throughout one call
Floats = NDArray[np.float64]
Products = NDArray[np.int32]
Order = NDArray[np.int64]
Words = NDArray[np.int64]

TILE = 512  # columns


@njit(cache=True, nogil=True)
def keys(spins: Spins, words: Words) -> Words:
    """Σ_i words_i s_i modulo 2⁶⁴ of every column: equal for equal states, and hardly ever otherwise.

    Two of n different states share a key with probability about n²/2⁶⁴. Source: A. L. Zobrist, Univ. of
    Wisconsin TR 88 (1970), with sums for exclusive ors.
    """
    sums = np.zeros(spins.shape[1], np.int64)
    for i in range(spins.shape[0]):
        word, row = words[i], spins[i]
        for c in range(sums.size):
            sums[c] += word * row[c]
    return sums


@njit(cache=True, nogil=True)
def project(left: Numbers, kept: Numbers, heard: Numbers) -> None:
    """heard_c = Σ_k left_k kept_kc, four k at a time to spare memory."""
    heard[:] = 0
    fours = left.size - left.size % 4
    for k in range(0, fours, 4):
        first, second, third, fourth = left[k], left[k + 1], left[k + 2], left[k + 3]
        for c in range(heard.size):
            heard[c] += first * kept[k, c] + second * kept[k + 1, c] + third * kept[k + 2, c] + fourth * kept[k + 3, c]
    for k in range(fours, left.size):
        for c in range(heard.size):
            heard[c] += left[k] * kept[k, c]


@njit(cache=True, nogil=True)
def linear(
    order: Order,
    left: Numbers,  # (N, k)
    right: Numbers,  # (N, k)
    low: Numbers,  # (N,)
    high: Numbers,  # (N,)
    spins: Spins,  # (N, C), changed in place like the next
    kept: Numbers,  # (k, C) Σ_i right_ik s_i
) -> None:
    """A sweep with weights left rightᵀ."""
    size, count = spins.shape
    rank = len(kept)
    for start in range(0, count, TILE):
        width = min(TILE, count - start)
        # Whole arrays, not slices of larger ones: only those are known to lie close, and become vectors.
        here, tile = np.empty((size, width), spins.dtype), np.empty((rank, width), kept.dtype)
        here[:], tile[:] = spins[:, start : start + width], kept[:, start : start + width]
        heard, turned = np.empty(width, kept.dtype), np.empty(width, kept.dtype)
        for i in order:
            project(left[i], tile, heard)
            states, below, above, flips = here[i], low[i], high[i], 0
            for c in range(width):
                flipped = heard[c] < below if states[c] > 0 else heard[c] > above
                turned[c] = -2 * states[c] if flipped else 0
                flips += flipped
            if flips == 0:
                continue
            for c in range(width):
                states[c] += turned[c]
            for k in range(rank):
                for c in range(width):
                    tile[k, c] += right[i, k] * turned[c]
        spins[:, start : start + width], kept[:, start : start + width] = here, tile


@njit(cache=True, nogil=True)
def pairwise(order: Order, weights: Floats, threshold: float, tie: float, spins: Spins, inputs: Floats) -> None:
    """A sweep with weights (N, N) and inputs (C, N) = W s, one column after another: flips are rare."""
    size, count = spins.shape
    state = np.empty(size, np.float64)
    for c in range(count):
        for i in range(size):
            state[i] = spins[i, c]
        heard = inputs[c]
        for i in order:
            if state[i] * (heard[i] - threshold) < -tie:
                state[i] = -state[i]
                spins[i, c] = -spins[i, c]
                twice = 2.0 * state[i]
                for j in range(size):
                    heard[j] += twice * weights[i, j]


@njit(cache=True, nogil=True)
def read(tables: Floats, margins: Floats, exponential: bool, products: Products, slopes: Floats) -> tuple[float, float]:
    """Write the slopes (p,) of one column of a dense memory at its products (p,); return its limits.

    As in `wells.Wells.read`, which says what the tables and margins are.
    """
    if exponential:
        largest, total = products.max(), 0.0
        for mu in range(products.size):
            slopes[mu] = tables[0, largest - products[mu]]
            total += slopes[mu]
        return margins[0] * total, margins[1] * total
    middle, bend = tables.shape[1] // 2, 0.0
    slack = 0.0
    for mu in range(products.size):
        place = products[mu] + middle
        slopes[mu] = tables[0, place]
        bend += tables[1, place]
        slack += tables[2, place]
    return margins[0] + bend - slack, margins[1] - bend + slack


@njit(cache=True, nogil=True)
def dense(
    order: Order,
    patterns: Floats,  # (N, p)
    tables: Floats,
    margins: Floats,
    exponential: bool,
    spins: Spins,  # (N, C), changed in place like the next
    products: Products,  # (p, C)
    slopes: Floats,  # (p, C)
    limits: Floats,  # (2, C) low, high
) -> None:
    """A sweep of a dense memory: limits are each column's own, and slopes take the place of projections."""
    size, count = spins.shape
    rank = len(products)
    row, sloped = np.empty(rank, np.int32), np.empty(rank, np.float64)
    for start in range(0, count, TILE):
        width = min(TILE, count - start)
        here, tile = np.empty((size, width), np.int8), np.empty((rank, width), np.float64)
        here[:], tile[:] = spins[:, start : start + width], slopes[:, start : start + width]
        below, above = limits[0, start : start + width].copy(), limits[1, start : start + width].copy()
        heard, flipped = np.empty(width, np.float64), np.empty(width, np.bool_)
        for i in order:
            project(patterns[i], tile, heard)
            states = here[i]
            for c in range(width):
                flipped[c] = heard[c] < below[c] if states[c] > 0 else heard[c] > above[c]
            for c in range(width):
                if flipped[c]:
                    states[c] = -states[c]
                    for mu in range(rank):
                        row[mu] = products[mu, start + c] + np.int32(2.0 * patterns[i, mu] * states[c])
                    below[c], above[c] = read(tables, margins, exponential, row, sloped)
                    for mu in range(rank):
                        products[mu, start + c] = row[mu]
                        tile[mu, c] = sloped[mu]
        spins[:, start : start + width], slopes[:, start : start + width] = here, tile
        limits[0, start : start + width], limits[1, start : start + width] = below, above


def warm_up() -> None:
    """Compile, or load from the cache."""
    order, spins, ones = np.arange(2), np.ones((2, 1), np.int8), np.ones((2, 1))
    keys(spins, order)
    for number in (np.int16, np.int32, np.float64):
        bits, limit = np.ones((2, 1), number), np.zeros(2, number)
        linear(order, bits, bits, limit, limit, spins.copy(), bits[:1].copy())
    pairwise(order, np.zeros((2, 2)), 0.0, 0.0, spins.copy(), np.zeros((1, 2)))
    dense(
        order, ones, np.zeros((3, 5)), np.zeros(2), False,
        spins.copy(), np.ones((1, 1), np.int32), ones[:1].copy(), np.zeros((2, 1)),
    )  # fmt: skip
