"""Small memories of every kind, and states for them, drawn at random."""

from collections.abc import Callable

import torch
from torch import Tensor

from server.models.memory import Dense, LowRank, Memory, Pairwise
from server.models.rules import hebb, pseudo_inverse, storkey


def signs(*shape: int, seed: int) -> Tensor:
    """±1 of this shape."""
    return torch.randint(0, 2, shape, generator=torch.Generator().manual_seed(seed)).double() * 2 - 1


def gaussian(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def symmetric(units: int, seed: int, diagonal: float = 0.0) -> Tensor:
    """Gaussian symmetric weights (N, N) with this W_ii."""
    weights = gaussian(units, units, seed=seed)
    return (weights + weights.T).fill_diagonal_(diagonal)


def corrupted(pattern: Tensor, flips: int, seed: int) -> Tensor:
    """The pattern with exactly this many units turned over."""
    turned = pattern.clone()
    turned[torch.randperm(pattern.numel(), generator=torch.Generator().manual_seed(seed))[:flips]] *= -1
    return turned


def all_states(units: int) -> Tensor:
    """Every state (2^N, N)."""
    bits = torch.arange(2**units)[:, None] >> torch.arange(units)
    return (bits & 1).double() * 2 - 1


def loose(units: int, seed: int, diagonal: float) -> LowRank:
    """Rank 3 with factors that are no patterns, and this W_ii."""
    factor = gaussian(units, 3, seed=seed)
    return LowRank(factor * torch.tensor([1.0, -0.5, 2.0]), factor, torch.full((units,), diagonal))


PLAIN: dict[str, Callable[[int, int], Memory]] = {
    "any weights": lambda units, seed: Pairwise(symmetric(units, seed)),
    "Hebb": lambda units, seed: hebb(signs(3, units, seed=seed)),
    "pseudo-inverse": lambda units, seed: pseudo_inverse(signs(2, units, seed=seed)),
    "Storkey": lambda units, seed: storkey(signs(3, units, seed=seed)),
    "low rank": lambda units, seed: loose(units, seed, 0.0),
    "cubic": lambda units, seed: Dense(signs(6, units, seed=seed), 3),
    "power 6": lambda units, seed: Dense(signs(6, units, seed=seed), 6),
    "exponential": lambda units, seed: Dense(signs(6, units, seed=seed)),
}
"""Memories of N units without self-connections, by their kind: made of (N, seed)."""

SELFISH: dict[str, Callable[[int, int], Memory]] = {
    "any weights, W_ii = 1": lambda units, seed: Pairwise(symmetric(units, seed, 1.0)),
    "Hebb, W_ii kept": lambda units, seed: hebb(signs(3, units, seed=seed), self_connections=True),
    "pseudo-inverse, W_ii kept": lambda units, seed: pseudo_inverse(signs(2, units, seed=seed), self_connections=True),
    "low rank, W_ii = 1": lambda units, seed: loose(units, seed, 1.0),
}
"""The same with units that hear themselves, W_ii ≥ 0."""

MEMORIES = PLAIN | SELFISH
