"""Small distributions for a general machine to learn: patterns of its visible units and how often each occurs.

Source of the tasks: D. Ackley, G. Hinton, T. Sejnowski, "A learning algorithm for Boltzmann machines", Cognitive
Science 9 (1985) 147 (encoder, shifter); bars and stripes: see `patterns.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from server.models.enumeration import all_states
from server.models.patterns import bars_and_stripes

Name = Literal["xor", "parity", "shifter", "encoder 4-2-4", "bars 2×2", "bars 3×3", "random"]
RANDOM_UNITS, RANDOM_PATTERNS = 6, 8


@dataclass(frozen=True, eq=False)
class Task:
    """`shares` sum to 1. Units of different `groups` are not linked directly; all are in group 0 where it is free."""

    patterns: Tensor  # (n, visible) float64 of 0 and 1, all different
    shares: Tensor  # (n,) float64
    units: tuple[str, ...]  # (visible,): what each unit is called
    hidden: int  # a number of hidden units that suffices
    groups: Tensor  # (visible,) int64

    @property
    def visible(self) -> int:
        """How many units the data have."""
        return len(self.units)

    def allowed(self, hidden: int, *, between_hidden: bool = True) -> Tensor:
        """Which links a machine with so many hidden units may have: (N, N) bool, symmetric, no unit with itself."""
        links = torch.ones(self.visible + hidden, self.visible + hidden, dtype=torch.bool)
        links[: self.visible, : self.visible] = self.groups[:, None] == self.groups
        links[self.visible :, self.visible :] = between_hidden
        return links.fill_diagonal_(False)


def task(name: Name, seed: int = 0) -> Task:
    """The task of this name; `seed` matters for "random" only. Raises ValueError for another name."""
    if name == "xor":
        return _even(_parity(2), ("a", "b", "a⊕b"), hidden=1)
    if name == "parity":
        return _even(_parity(4), ("a", "b", "c", "d", "odd"), hidden=6)
    if name == "shifter":
        return _even(_shifter(3), ("x₁", "x₂", "x₃", "y₁", "y₂", "y₃", "←", "=", "→"), hidden=8)
    if name == "encoder 4-2-4":
        names = tuple(f"{side}{place}" for side in "ab" for place in "₁₂₃₄")
        return _even(torch.eye(4).double().repeat(1, 2), names, hidden=2, groups=[0] * 4 + [1] * 4)
    if name in ("bars 2×2", "bars 3×3"):
        return _bars(2 if name == "bars 2×2" else 3)
    if name == "random":
        return _random(seed)
    raise ValueError(f"There is no task {name!r}; there are {', '.join(get_args(Name))}.")


def _even(patterns: Tensor, units: tuple[str, ...], hidden: int, groups: list[int] | None = None) -> Task:
    """Every pattern is as likely as any other."""
    shares = patterns.new_full((len(patterns),), 1 / len(patterns))
    return Task(patterns, shares, units, hidden, torch.tensor(groups or [0] * len(units)))


def _parity(bits: int) -> Tensor:
    """Every setting of the bits, and a further unit that is on where an odd number of them is: (2^bits, bits + 1)."""
    inputs = all_states(bits)
    return torch.cat([inputs, inputs.sum(1, keepdim=True) % 2], 1)


def _shifter(bits: int) -> Tensor:
    """Every setting x, the same moved one place to the left, not at all or to the right, with wrap, and which it was.

    (3 · 2^bits, 2 · bits + 3). Left: y_i = x_{i+1}.
    """
    inputs, directions = all_states(bits), torch.eye(3).double()
    parts = [
        torch.cat([inputs, inputs.roll(move, 1), direction.expand(len(inputs), 3)], 1)
        for move, direction in zip((-1, 0, 1), directions, strict=True)
    ]
    return torch.cat(parts)


def _bars(side: int) -> Task:
    """The empty and the full picture are bars as well as stripes, and so twice as likely as any other."""
    patterns, counts = torch.unique(bars_and_stripes(side).double(), dim=0, return_counts=True)
    names = tuple(f"{row},{column}" for row in range(1, side + 1) for column in range(1, side + 1))
    return Task(patterns, counts / counts.sum().double(), names, side, torch.zeros(side**2, dtype=torch.long))


def _random(seed: int) -> Task:
    """Different patterns drawn evenly; their shares are even draws of the simplex."""
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randperm(1 << RANDOM_UNITS, generator=generator)[:RANDOM_PATTERNS]
    shares = -torch.rand(RANDOM_PATTERNS, generator=generator, dtype=torch.float64).log()
    names = tuple(str(unit) for unit in range(1, RANDOM_UNITS + 1))
    groups = torch.zeros(RANDOM_UNITS, dtype=torch.long)
    return Task(all_states(RANDOM_UNITS)[numbers], shares / shares.sum(), names, 4, groups)
