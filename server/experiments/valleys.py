"""What the page of the landscape draws of the land itself: its tree, the valleys' pictures, and a few counts."""

from math import isqrt

import numpy as np
import torch
from torch import Tensor

from server.models.landscape import Landscape, states_of

BINS = 32
PALE = 0.45
"""Contrast of the pictures of valleys that hold no memory."""


def block(units: int) -> tuple[int, int]:
    """Rows and columns of the block that is nearest to a square: 12 → 3×4; a prime number stands in one row."""
    rows = next(rows for rows in range(isqrt(units), 0, -1) if units % rows == 0)
    return rows, units // rows


def strangers(units: int, count: int, draw: torch.Generator) -> Tensor:
    """Random patterns (p, N), no two alike or opposite: one unit is on in all, then half of them are turned over."""
    numbers = torch.randperm(1 << (units - 1), generator=draw)[:count] + (1 << (units - 1))
    return states_of(numbers, units) * (torch.randint(2, (count, 1), generator=draw) * 2 - 1)


def drawn(land: Landscape, patterns: Tensor) -> dict[str, Tensor]:
    """Channels that change with the land only; a valley holds a memory if a pattern or its mirror image lies in it."""
    stored, mirrored = _holding(land, patterns), _holding(land, -patterns)
    known = stored | mirrored
    pictures = states_of(land.minima, land.units) * torch.where(known, 1.0, PALE)[:, None]
    counts, edges = np.histogram(land.energies.numpy(), BINS)
    return {
        "nodes": _nodes(land),
        "pictures": pictures.view(-1, *block(land.units)),
        "depths": land.heights[: land.count],
        "kept": land.shares.where(known, torch.nan),
        "spurious": land.shares.where(~known, torch.nan),
        "levels": torch.from_numpy((edges[1:] + edges[:-1]) / 2),
        "counts": torch.from_numpy(counts),
        "states": torch.tensor(1 << land.units),
        "valleys": torch.tensor(land.count),
        "strict": torch.tensor(land.strict),
        "found": stored.sum(),
        "mirrored": (mirrored & ~stored).sum(),
        "mixtures": (~known).sum(),
        "deepest": land.heights.min(),
        "ledges": torch.tensor(100 * land.ledges),
    }


def _holding(land: Landscape, states: Tensor) -> Tensor:
    """Which valleys (K,) bool have one of these states on their floor."""
    holding = torch.zeros(land.count, dtype=torch.bool)
    holding[[land.below(state) for state in states if land.on_floor(state)]] = True
    return holding


def _nodes(land: Landscape) -> Tensor:
    """The tree as the page draws it (n + 1, 4), on a trunk that ends at the highest state of all."""
    count = len(land.heights)
    nodes = torch.zeros(count + 1, 4, dtype=torch.float64)
    nodes[:count, 0], nodes[:count, 1], nodes[:count, 2] = land.places(), land.heights, land.parents.double()
    nodes[: land.count, 3] = land.shares
    nodes[count - 1, 2] = count
    nodes[count] = torch.tensor([nodes[count - 1, 0], land.energies.max(), -1.0, 0.0])
    return nodes
