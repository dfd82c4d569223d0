"""Every valley of a small Hopfield machine: all 2^N energies, the minima, their basins, and the passes between them.

A state s (N,) of ±1 has the number Σ_i 2^i [s_i = +1]; its neighbours differ from it in one unit. Energies that differ
by less than `GRAIN` are the same energy, so that ties are exact.

**Valleys.** States of equal energy joined by single flips are one flat piece. A piece from which no single flip leads
lower is *one* valley, however many states it has: ties invent no minima. `Landscape.strict` counts the minima all of
whose neighbours are strictly higher. A piece with a way down elsewhere is a ledge, and no valley; but a unit without a
preference keeps its state, so that runs may come to rest there.

**Basins** are probabilities: from a start drawn evenly among all states, of the units that would flip each is as likely
to be the next (random order with replacement, T = 0). They are computed exactly, by handing the probability of every
state, the highest first, to its lower neighbours. Sweeps in which every unit decides once differ a little from this.
Where ties toss a coin, it is handed to neighbours of the same energy too, half as much; then nothing rests on a ledge.

**Barrier tree** (disconnectivity graph): two valleys are joined at the least energy that every path of single flips
between them must climb to.

Sources: O. M. Becker, M. Karplus, J. Chem. Phys. 106 (1997) 1495 (the graph); D. J. Wales, M. A. Miller, T. R. Walsh,
Nature 394 (1998) 758; C. Flamm, I. L. Hofacker, P. F. Stadler, M. T. Wolfinger, Z. Phys. Chem. 216 (2002) 155 (ties).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.models.kernels import landscape as kernels
from server.models.memory import Memory

LARGEST = 20
"""Units: at 20 a million states take about half a second and 60 MB while it lasts, 12 MB after."""
GRAIN = 2.0**-32
"""Twice `TIE`, the least field that moves a unit: a flip changes the energy by twice the field."""
BLOCK = 1 << 14
EVEN = 0.7
"""How much of the width all leaves share evenly, so that the smallest has a place to be seen."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


def numbers_of(states: Tensor) -> Tensor:
    """The numbers (…) of states (…, N)."""
    return ((states > 0).long() << torch.arange(states.shape[-1])).sum(-1)


def states_of(numbers: Tensor, units: int) -> Tensor:
    """The states (…, N) with these numbers (…)."""
    return (numbers[..., None] >> torch.arange(units) & 1).double() * 2 - 1


def grained(energies: Tensor) -> Tensor:
    """Energies (…) as the landscape counts them: those that are the same up to rounding are the same number."""
    return (energies / GRAIN).round() * GRAIN


@dataclass(frozen=True, eq=False)
class Landscape:
    """N units, K valleys in order along the tree from left to right, then the passes from low to high: n nodes."""

    units: int
    energies: Tensor  # (2^N,) float64
    valleys: Tensor  # (2^N,) int32: the valley in which steepest descent from each state ends
    minima: Tensor  # (K,) int64: the number of the first state on each valley's floor
    floors: Tensor  # (K,) int64: how many states the floor has
    shares: Tensor  # (K,) float64: basin, as a share of all starts
    ledges: float  # the share of all starts that come to rest beside a valley, on a ledge
    heights: Tensor  # (n,) float64: energies of the valleys and of the passes
    parents: Tensor  # (n,) int64: the next pass above, −1 for the highest

    @property
    def count(self) -> int:
        """K."""
        return len(self.minima)

    @property
    def strict(self) -> int:
        """How many minima have only strictly higher neighbours."""
        return int((self.floors == 1).sum())

    @property
    def barriers(self) -> Tensor:
        """The least climb (K,) out of each valley into another; infinite where there is no other."""
        if self.count == 1:
            return torch.full((1,), torch.inf, dtype=torch.float64)
        return self.heights[self.parents[: self.count]] - self.heights[: self.count]

    def below(self, state: Tensor) -> int:
        """The valley that the state (N,) lies above."""
        return int(self.valleys[numbers_of(state)])

    def on_floor(self, state: Tensor) -> bool:
        """Whether the state (N,) lies at the bottom of its valley."""
        return float(self.energies[numbers_of(state)]) == float(self.heights[self.below(state)])

    def above(self, valley: int, generator: torch.Generator) -> Tensor:
        """A state (N,) drawn evenly among those above a valley."""
        numbers = (self.valleys == valley).nonzero()[:, 0]
        return states_of(numbers[torch.randint(len(numbers), (), generator=generator)], self.units)

    def places(self) -> Tensor:
        """x (n,) from 0 to 1: valleys beside one another, wider the larger their basin; passes above what they join."""
        slots = (1 - EVEN) * self.shares / self.shares.sum() + EVEN / self.count
        leaves = slots.cumsum(0) - slots / 2
        ends = torch.stack([leaves.new_full(self.parents.shape, end) for end in (2.0, -1.0)])
        ends[:, : self.count] = leaves
        for node, parent in enumerate(self.parents[:-1].tolist()):  # lower nodes come first
            middle = ends[:, node].mean()
            ends[0, parent], ends[1, parent] = ends[0, parent].minimum(middle), ends[1, parent].maximum(middle)
        return ends.mean(0)


def survey(memory: Memory, threshold: float = 0.0, *, coin: bool = False) -> Landscape:
    """All of a memory's landscape. Raises ValueError for more than `LARGEST` units or units that hear themselves."""
    units = memory.size
    energies = grained(_energies(memory, threshold)).numpy()
    order = np.argsort(energies, kind="stable")
    down = np.empty_like(order)
    kernels.ways_down(energies, units, down)
    valleys = np.full_like(order, -1)
    count = kernels.valleys_of(order, down, valleys)
    joined, heights = np.empty((count - 1, 2), np.int64), np.empty(count - 1)
    kernels.passes_between(energies, units, order, valleys, joined, heights)
    mass = np.full_like(energies, 1 / energies.size)
    if coin:
        kernels.endings_with_coins(energies, units, order, down, mass)
    else:
        kernels.endings(energies, units, order, mass)
    floor = np.flatnonzero(down < 0)
    chiefs = floor[down[floor] == -1 - floor]
    minima = chiefs[np.argsort(valleys[chiefs])]
    leaves, heights, parents = _tree(energies[minima], joined, heights)
    valleys, minima = np.argsort(leaves)[valleys], minima[leaves]
    return Landscape(
        units=units,
        energies=torch.from_numpy(energies),
        valleys=torch.from_numpy(valleys.astype(np.int32)),
        minima=torch.from_numpy(minima),
        floors=torch.from_numpy(np.bincount(valleys[floor], minlength=count)),
        shares=torch.from_numpy(np.bincount(valleys, np.where(coin | (down < 0), mass, 0), count)),
        ledges=0.0 if coin else float(mass[down >= 0].sum()),
        heights=torch.from_numpy(heights),
        parents=torch.from_numpy(parents),
    )


def _energies(memory: Memory, threshold: float) -> Tensor:
    """E (2^N,) of every state by its number: by doubling where it is a sum over pairs, else by the plain formula."""
    units, weights = memory.size, memory.matrix()
    if not 1 <= units <= LARGEST:
        raise ValueError(f"All states are listed for 1 to {LARGEST} units, not for {units}.")
    if weights is None:
        blocks = torch.split(torch.arange(1 << units), BLOCK)
        return torch.cat([memory.energy(states_of(block, units), threshold) for block in blocks])
    if bool(weights.diagonal().any()):
        raise ValueError("Units that hear themselves do not run down the energy; W_ii must be 0 to list its valleys.")
    energies = np.empty(1 << units)
    kernels.pairwise_energies(weights.contiguous().numpy(), threshold, energies)
    return torch.from_numpy(energies)


def _tree(depths: Floats, joined: Numbers, passes: Floats) -> tuple[Numbers, Floats, Numbers]:
    """Valleys from left to right, then heights and parents of all nodes, of the K − 1 joints that a flood made.

    Joints of equal height that meet are one pass. At every pass the branch with the deeper valley stands on the left.
    """
    count = len(depths)
    heights = np.concatenate([depths, passes])
    parents = np.full(len(heights), -1)
    parents[joined.T] = np.arange(count, len(heights))
    chiefs = np.arange(len(heights))
    for node in range(len(heights) - 2, count - 1, -1):  # the highest first
        if heights[parents[node]] == heights[node]:
            chiefs[node] = chiefs[parents[node]]
    kept = np.flatnonzero(chiefs == np.arange(len(heights)))
    parents = np.where(parents[kept] < 0, -1, np.searchsorted(kept, chiefs[parents[kept]]))
    leaves = _from_left(parents, count)
    parents[:count] = parents[leaves]
    return leaves, np.concatenate([depths[leaves], heights[kept[count:]]]), parents


def _from_left(parents: Numbers, count: int) -> Numbers:
    """The leaves of a tree in the order in which they are met; the leaves are numbered from the deepest up."""
    branches: dict[int, list[int]] = {}
    deepest = np.arange(len(parents))
    for node, parent in enumerate(parents[:-1].tolist()):
        branches.setdefault(parent, []).append(node)
        deepest[parent] = min(deepest[parent], deepest[node])
    leaves, ahead = [], [len(parents) - 1]
    while ahead:
        node = ahead.pop()
        if node < count:
            leaves.append(node)
        ahead += sorted(branches.get(node, []), key=lambda branch: -deepest[branch])
    return np.array(leaves)
