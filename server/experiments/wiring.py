"""Machines of 0/1 units to look at: several kinds of weights, and the same machine written for units of −1 and +1.

E(s) = −½ Σ w_ij s_i s_j − Σ b_i s_i,        w symmetric, w_ii = 0
"""

from typing import Literal

import torch
from torch import Tensor

from server.models.rules import hebb

Kind = Literal["random", "memories", "friends", "rivals"]
MEMORIES = 2


def machine(kind: Kind, units: int, spread: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Weights (N, N) of root-mean-square `spread` and the biases (N,) that belong to them, float64.

    random: Gauss, no biases. memories: Hebb's links of two random patterns. friends: every two units pull each other
    alike. rivals: every two push each other apart, which three units cannot all obey. But for the random ones, biases
    are −½ Σ w, such that units of ±1 would have none: a state and its opposite have the same energy.
    """
    if kind == "random":
        upper = torch.randn(units, units, generator=generator, dtype=torch.float64).triu(1)
        return spread * (upper + upper.T), torch.zeros(units, dtype=torch.float64)
    weights = _links(kind, units, generator)
    weights *= spread / weights.square().sum().div(units * (units - 1)).sqrt().clamp(min=1e-12)
    return weights, -weights.sum(1) / 2


def _links(kind: Kind, units: int, generator: torch.Generator) -> Tensor:
    if kind == "memories":
        patterns = torch.randint(2, (MEMORIES, units), generator=generator).double() * 2 - 1
        links = hebb(patterns).matrix()
        assert links is not None
        return links
    links = 1 - torch.eye(units, dtype=torch.float64)
    return links if kind == "friends" else -links


def signed(weights: Tensor, biases: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights, biases and a constant energy () of the same machine for units σ = 2s − 1 of −1 and +1.

    E = −½ Σ w/4 σσ − Σ (b/2 + Σ_j w/4) σ − (Σ w/8 + Σ b/2): every state keeps its energy.
    """
    return weights / 4, biases / 2 + weights.sum(1) / 4, -weights.sum() / 8 - biases.sum() / 2
