"""One sweep over many starts at once, as in `batches`, for dense memories."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from server.models.kernels.batches import TILE, Floats, Order, Spins, load, project, store

Products = NDArray[np.int32]


@njit(cache=True, nogil=True)
def read(tables: Floats, margins: Floats, exponential: bool, products: Products, slopes: Floats) -> tuple[float, float]:
    """Write the slopes (p,) of one column of a dense memory at its products (p,); return its limits.

    As in `server.models.wells`, which says what the tables and margins are.
    """
    if exponential:
        largest, total = products.max(), 0.0
        for mu in range(products.size):
            slopes[mu] = tables[0, largest - products[mu]]
            total += slopes[mu]
        return margins[0] * total, margins[1] * total
    middle, bend, slack = tables.shape[1] // 2, 0.0, 0.0
    for mu in range(products.size):
        place = products[mu] + middle
        slopes[mu] = tables[0, place]
        bend += tables[1, place]
        slack += tables[2, place]
    return margins[0] + bend - slack, margins[1] - bend + slack


@njit(cache=True, nogil=True)
def sweep(
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
        load(spins, start, here)
        load(slopes, start, tile)
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
        store(here, start, spins)
        store(tile, start, slopes)
        limits[0, start : start + width], limits[1, start : start + width] = below, above


def warm_up() -> None:
    """Compile, or load from the cache."""
    spins, ones, products = np.ones((2, 1), np.int8), np.ones((2, 1)), np.ones((1, 1), np.int32)
    sweep(np.arange(2), ones, np.zeros((3, 5)), np.zeros(2), False, spins, products, ones[:1].copy(), np.zeros((2, 1)))
