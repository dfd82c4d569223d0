"""Flat pictures of the states: points (x, y) of the square [−1, 1]², y upwards, and the states they stand for.

A picture must not start from sign(a ξ¹ + b ξ² + …), which has a handful of values whatever N. Here every unit has
a threshold of its own, so neighbouring points differ by single units and a picture has thousands of starts.
"""

from __future__ import annotations

from math import pi
from typing import Protocol

import torch
from torch import Tensor

ROUNDING = 1e-9
LABEL = 0.76
"""How far out, as a share of the way to its memory's own place, a name is written."""


class Projection(Protocol):
    """Points to states and back. The same seed, draw and point give the same state."""

    def starts(self, points: Tensor, draw: int = 0) -> Tensor:
        """States (C, N) int8 for points (C, 2); another draw is chance drawn again. Points outside are drawn to
        the border."""

    def inside(self, points: Tensor) -> Tensor:
        """Whether there are states at points (C, 2); (C,) bool."""

    def place(self, states: Tensor) -> Tensor:
        """Where states (…, N) stand; (…, 2)."""

    def labels(self) -> Tensor:
        """Where each memory's name is written (p, 2); NaN for a memory that has no place."""


class Wheel:
    """All memories (p, N) on the rim, clockwise from the top, and noise in the middle.

    At radius r a unit copies fixed noise with probability 1 − r, and otherwise one of the two memories beside the
    point's angle, each in proportion to how near it is.
    """

    def __init__(self, patterns: Tensor, seed: int) -> None:
        self._patterns = patterns.to(torch.int8)
        self._seed = seed
        states = patterns.double()
        # w = C⁻¹ m of C = ξξᵀ/N, m = ξs/N is s ξ⁺; the pseudo-inverse also serves memories that depend on others.
        self._duals = torch.linalg.pinv(states)

    def starts(self, points: Tensor, draw: int = 0) -> Tensor:
        count, size = self._patterns.shape
        generator = chance(self._seed, draw)
        thresholds = torch.rand(size, generator=generator).to(points.device)
        noise = (torch.randint(0, 2, (size,), generator=generator) * 2 - 1).to(self._patterns)
        radius = points.square().sum(1).sqrt().clamp(max=1)
        turn = torch.atan2(points[:, 0], points[:, 1]) / (2 * pi) % 1 * count
        before = turn.long() % count
        share = turn - turn.floor()  # of the memory that comes next
        # A unit's threshold falls into the part [0, 1−r) noise, [1−r, 1−rf) the one before, [1−rf, 1) the next.
        states = either(
            thresholds < (1 - radius * share).float()[:, None],
            self._patterns.index_select(0, before),
            self._patterns.index_select(0, (before + 1) % count),
        )
        return either(thresholds < (1 - radius).float()[:, None], noise, states)

    def inside(self, points: Tensor) -> Tensor:
        return points.square().sum(1) <= 1

    def place(self, states: Tensor) -> Tensor:
        """From what each memory adds to the state in the least-squares sense: the two neighbours that add most
        together give the angle by their shares and the radius by their sum, at most 1.

        On average over draws this undoes `starts`. Two memories have the whole wheel in common on both sides: the
        right one is given.
        """
        weights = (states.double() @ self._duals).clamp(min=0)
        count = weights.shape[-1]
        following = weights.roll(-1, -1) if count > 1 else torch.zeros_like(weights)
        sums, first = (weights + following).max(-1)
        second = following.gather(-1, first[..., None])[..., 0]
        angle = 2 * pi / count * (first + second / sums.clamp(min=ROUNDING))
        radius = sums.clamp(max=1)
        return torch.stack([radius * angle.sin(), radius * angle.cos()], -1)

    def labels(self) -> Tensor:
        angles = 2 * pi / len(self._patterns) * torch.arange(len(self._patterns), dtype=torch.float64)
        return LABEL * torch.stack([angles.sin(), angles.cos()], 1)


class Plane:
    """Overlaps with two of the memories: x = m¹ with `first`, y = m² with `second`, exact to the nearest unit.

    Units where the two agree add to m¹ + m², those where they differ to m¹ − m²; each group starts as the first
    memory and has as many units turned over as the point asks for, in a fixed random order. Raises ValueError for
    memories that are not there, and if both are one.
    """

    def __init__(self, patterns: Tensor, seed: int, first: int, second: int) -> None:
        if first == second or not {first, second} <= set(range(len(patterns))):
            raise ValueError(
                f"A plane needs two different memories of 0 … {len(patterns) - 1}, not {first} and {second}."
            )
        self._memories = patterns[[first, second]].double()
        self.axes = (first, second)
        self._count, self._seed = len(patterns), seed
        self._agree = self._memories[0] == self._memories[1]
        alike = int(self._agree.sum())
        self._sizes = torch.tensor([alike, patterns.shape[1] - alike], dtype=torch.float64, device=patterns.device)

    def starts(self, points: Tensor, draw: int = 0) -> Tensor:
        flips = ((self._sizes - self._sums(points)) / 2).round().clamp(min=0).minimum(self._sizes)
        wanted = torch.where(self._agree, flips[:, :1], flips[:, 1:])
        base = self._memories[0].to(torch.int8)
        return either(self._ranks(draw) < wanted, -base, base)

    def _sums(self, points: Tensor) -> Tensor:
        """Σ ξ¹ s over the units where the axes agree, and where they differ (C, 2)."""
        x, y = points.double().unbind(1)
        return torch.stack([x + y, x - y], 1) * self._memories.shape[1] / 2

    def _ranks(self, draw: int) -> Tensor:
        """Each unit's place in the random order of its group (N,)."""
        size = self._memories.shape[1]
        order = torch.randperm(size, generator=chance(self._seed, draw)).to(self._memories.device)
        alike = self._agree[order]
        places = torch.where(alike, alike.cumsum(0), (~alike).cumsum(0)) - 1
        return torch.empty_like(places).scatter(0, order, places)

    def inside(self, points: Tensor) -> Tensor:
        return (self._sums(points).abs() <= self._sizes + ROUNDING).all(1)

    def place(self, states: Tensor) -> Tensor:
        return states.double() @ self._memories.T / self._memories.shape[1]

    def labels(self) -> Tensor:
        places = torch.full((self._count, 2), torch.nan, dtype=torch.float64)
        places[list(self.axes)] = LABEL * self.place(self._memories).cpu()
        return places


def either(condition: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """`torch.where` for small whole numbers; on int8 twenty times as quick."""
    return other + condition * (one - other)


def chance(seed: int, draw: int) -> torch.Generator:
    """Where the starts of one draw come from."""
    return torch.Generator().manual_seed(stream(seed, draw) % 2**63)


def stream(seed: int, draw: int) -> int:
    """A seed for each of up to 2¹⁶ draws."""
    return seed * 2**16 + draw
