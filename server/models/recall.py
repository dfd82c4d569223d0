"""Recall without heat from many starts at once, each followed until no unit changes any more.

All starts let the same unit decide at the same time, in a random order that is drawn anew for every sweep. What
becomes of a start then depends on the seed and on itself alone: starts that have become equal stay equal and are
followed once, and starts that no longer change are left out. Energies fall, so there are no cycles (for
W_ii ≥ 0).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.models.blocks import Blocks, DenseBlocks
from server.models.columns import Columns, DenseColumns, Linear, Pairs, Places, number, picked
from server.models.kernels import batches
from server.models.memory import Dense, LowRank, Memory

RECALLED = 0.9
"""From this overlap on a state counts as the memory."""


class Settled(NamedTuple):
    """Where C starts ended."""

    attractors: Tensor  # (K, N) the different last states, in the order of the first start that reached each
    which: Tensor  # (C,) int64, the row of attractors
    sweeps: Tensor  # (C,) int64, in how many sweeps a unit changed
    settled: Tensor  # (C,) bool, whether a whole sweep then passed without a change


def settle(memory: Memory, states: Tensor, *, seed: int, threshold: float = 0.0, sweeps: int = 200) -> Settled:
    """Follow the states (C, N) of ±1 for so many sweeps at most; attractors have their type and device.

    A unit turns where its field opposes it and keeps its state at a tie. Raises ValueError for states of another
    size.
    """
    if states.ndim != 2 or states.shape[1] != memory.size:
        raise ValueError(f"Starts must be C×{memory.size}, not {tuple(states.shape)}.")
    spins = states.T.to(torch.int8, copy=True, memory_format=torch.contiguous_format)
    columns = any_device(memory, spins, threshold) if states.is_cuda else on_processor(memory, spins, threshold)
    settled = follow(columns, seed, sweeps)
    return settled._replace(attractors=settled.attractors.to(states.dtype))


def on_processor(memory: Memory, spins: Tensor, threshold: float) -> Columns:
    """Columns for the loops of `kernels.batches`; spins (N, C) int8 are changed."""
    match memory:
        case Dense():
            return DenseColumns(memory, spins, threshold)
        case LowRank() if cheap(memory):
            return Linear(memory, spins, threshold)
        case _:
            weights = memory.matrix()
            assert weights is not None
            return Pairs(weights, spins, threshold)


def cheap(memory: LowRank) -> bool:
    """Whether the bytes of k projections, read for each unit, cost less than inputs, kept true at each flip.

    Measured: both take as long at about k = N/8 in float64, N/4 in int32, N/3 in int16.
    """
    return memory.left.shape[1] * number(memory).itemsize < memory.size


def any_device(memory: Memory, spins: Tensor, threshold: float) -> Columns:
    """Columns in torch alone; spins (N, C) int8 are changed."""
    match memory:
        case Dense():
            return DenseBlocks(memory, spins, threshold)
        case LowRank():
            return Blocks(memory.left, memory.right, memory.excess, spins, threshold)
        case _:
            weights = memory.matrix()
            assert weights is not None
            unity = torch.eye(memory.size, dtype=torch.float64, device=spins.device)
            return Blocks(weights, unity, torch.zeros_like(weights[0]), spins, threshold)


def follow(columns: Columns, seed: int, sweeps: int) -> Settled:
    """What `settle` does, with columns that are ready."""
    orders = np.random.default_rng(seed)
    crowd = Crowd(columns)
    for _ in range(sweeps):
        if columns.spins.shape[1] == 0:
            break
        crowd.sweep(orders.permutation(columns.spins.shape[0]))
    return crowd.ends()


class Crowd:
    """Many starts, and the fewer columns that follow them. The book is kept in NumPy, quicker for little."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._keys = keys(columns.spins)
        count = len(self._keys)
        # The starts that are still followed, and by which column each.
        self._starts, self._column = np.arange(count), np.arange(count)
        # Of every start: the state of _ended where it rests, and in how many sweeps it changed.
        self._end, self._sweeps = np.full(count, -1), np.zeros(count, np.int64)
        self._ended: list[Tensor] = []
        self._count = 0  # of states in them
        self._regroup(self._keys, np.ones(count, np.bool_))

    def sweep(self, order: Places) -> None:
        """Let every unit of every column decide once."""
        self._columns.sweep(order)
        after = keys(self._columns.spins)
        changed = after != self._keys
        self._sweeps[self._starts] += changed[self._column]
        self._regroup(after, changed)

    def _regroup(self, after: Places, changed: NDArray[np.bool_]) -> None:
        """Follow equal columns once, and those no more that equal one that a sweep has not changed."""
        first, group = distinct(after)
        resting = np.zeros(len(first), np.bool_)
        resting[group[~changed]] = True
        moving = ~resting
        group = group[self._column]
        rests = resting[group]
        self._end[self._starts[rests]] = self._count - 1 + resting.cumsum()[group[rests]]
        self._starts, self._column = self._starts[~rests], (moving.cumsum() - 1)[group[~rests]]
        if resting.any():
            self._ended.append(picked(self._columns.spins, first[resting]))
            self._count += self._ended[-1].shape[1]
        if moving.sum() < len(after):
            self._columns.keep(first[moving])
        self._keys = after[first[moving]]

    def ends(self) -> Settled:
        """Where everybody is."""
        states = torch.cat([*self._ended, self._columns.spins], 1)
        settled = self._end >= 0
        self._end[self._starts] = self._count + self._column
        first, which = distinct(keys(states)[self._end])
        book = (torch.from_numpy(column).to(states.device) for column in (which, self._sweeps, settled))
        return Settled(picked(states, self._end[first]).T.contiguous(), *book)


def keys(spins: Tensor) -> Places:
    """A number for each column of spins (N, C), the same for the same states: see `kernels.batches.keys`."""
    words = words_for(len(spins))
    if spins.is_cuda:
        products = torch.from_numpy(words).to(spins.device)[:, None] * spins
        return products.sum(0).cpu().numpy()
    return batches.keys(spins.numpy(), words)


@cache
def words_for(size: int) -> Places:
    """Random 64-bit words, one a unit."""
    return np.random.default_rng(size).integers(-(2**63), 2**63, size)


def distinct(numbers: Places) -> tuple[Places, Places]:
    """Where each different number stands first, in order, and which of them each number is."""
    # What np.unique finds, but it sorts stably for the first occurrences, which takes three times as long.
    order = numbers.argsort()
    ranked = numbers[order]
    opens = np.ones(len(numbers), np.bool_)
    opens[1:] = ranked[1:] != ranked[:-1]
    first = np.minimum.reduceat(order, np.flatnonzero(opens))
    leads = np.zeros(len(numbers), np.bool_)
    leads[first] = True
    group = np.empty_like(order)
    group[order] = (leads.cumsum() - 1)[first][opens.cumsum() - 1]
    return np.flatnonzero(leads), group
