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
Numbers = NDArray[Any]  # int8, int16, int32 or float64
Floats = NDArray[np.float64]
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
def gather(rows: Numbers, chosen: Order) -> Numbers:
    """rows[:, chosen], twice as quick as NumPy's."""
    picked = np.empty((len(rows), chosen.size), rows.dtype)
    for i in range(len(rows)):
        source, target = rows[i], picked[i]
        for c in range(chosen.size):
            target[c] = source[chosen[c]]
    return picked


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
def copy(source: Numbers, target: Numbers) -> None:
    """Row by row, as slices of two dimensions are copied an element at a time."""
    for c in range(target.size):
        target[c] = source[c]


@njit(cache=True, nogil=True)
def load(rows: Numbers, start: int, tile: Numbers) -> None:
    """Fill the tile with the columns from `start` on."""
    for i in range(len(tile)):
        copy(rows[i][start : start + tile.shape[1]], tile[i])


@njit(cache=True, nogil=True)
def store(tile: Numbers, start: int, rows: Numbers) -> None:
    """Put the tile back."""
    for i in range(len(tile)):
        copy(tile[i], rows[i][start : start + tile.shape[1]])


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
        load(spins, start, here)
        load(kept, start, tile)
        heard, turned = np.empty(width, kept.dtype), np.zeros((width + 7) // 8 * 8, kept.dtype)
        words = turned.view(np.int64)  # whether anything turned, many columns at a time
        for i in order:
            project(left[i], tile, heard)
            states, below, above, flips = here[i], low[i], high[i], 0
            for c in range(width):
                turned[c] = -2 * states[c] if (heard[c] < below if states[c] > 0 else heard[c] > above) else 0
            for word in range(words.size):
                flips |= words[word]
            if flips == 0:
                continue
            for c in range(width):
                states[c] += turned[c]
            for k in range(rank):
                for c in range(width):
                    tile[k, c] += right[i, k] * turned[c]
        store(here, start, spins)
        store(tile, start, kept)


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


def warm_up() -> None:
    """Compile, or load from the cache."""
    order, spins = np.arange(2), np.ones((2, 1), np.int8)
    keys(spins, order)
    for kind in (np.int8, np.int16, np.int32, np.float64):
        gather(np.ones((2, 1), kind), order[:1])
    for number in (np.int16, np.int32, np.float64):
        bits, limit = np.ones((2, 1), number), np.zeros(2, number)
        linear(order, bits, bits, limit, limit, spins.copy(), bits[:1].copy())
    pairwise(order, np.zeros((2, 2)), 0.0, 0.0, spins.copy(), np.zeros((1, 2)))
