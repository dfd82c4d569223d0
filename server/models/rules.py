"""Learning rules: patterns (p, N) of ±1 in, a `Memory` out.

Sources: J. J. Hopfield, PNAS 79 (1982) 2554; A. J. Storkey, R. Valabregue, Neural Networks 12 (1999) 869;
L. Personnaz, I. Guyon, G. Dreyfus, J. Physique Lett. 46 (1985) L359 (pseudo-inverse); J. J. Hopfield,
D. I. Feinstein, R. G. Palmer, Nature 304 (1983) 158 (unlearning).
"""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor

from server.models.hopfield import Network
from server.models.memory import Dense, LowRank, Memory, Pairwise

Rule = Literal["hebb", "storkey", "pseudo-inverse", "dense", "exponential"]
RULES: tuple[Rule, ...] = get_args(Rule)
LONGEST_DREAM = 200  # sweeps; units that work against themselves (W_ii < 0) may never settle


def hebb(patterns: Tensor, *, self_connections: bool = False) -> LowRank:
    """W = (1/N) Σ_μ ξ^μ ξ^μᵀ; W_ii = 0 unless units connect to themselves."""
    columns = patterns.double().T
    return _low_rank(columns / patterns.shape[1], columns, self_connections)


def pseudo_inverse(patterns: Tensor, *, self_connections: bool = False) -> LowRank:
    """W = ξ⁺ ξ, the projection on the span of the patterns: W ξ^μ = ξ^μ however alike they are.

    Linearly dependent patterns are allowed. W_ii = 0 unless units connect to themselves.
    """
    patterns = patterns.double()
    return _low_rank(torch.linalg.pinv(patterns), patterns.T, self_connections)


def _low_rank(left: Tensor, right: Tensor, self_connections: bool) -> LowRank:
    diagonal = (left * right).sum(1)
    return LowRank(left, right, diagonal if self_connections else torch.zeros_like(diagonal))


def storkey(patterns: Tensor, *, self_connections: bool = False) -> Pairwise:
    """Patterns one after another, each added as N ΔW_ij = ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j.

    h_ij = Σ_{k ≠ i, j} W_ik ξ_k is what i hears from all but itself and j. With f = W ξ and W_ii = 0 that is
    f_i − W_ij ξ_j, so N ΔW_ij = ξ_i ξ_j − ξ_i f_j − f_i ξ_j + 2 W_ij. W_ii, which no h_ij contains, follows
    the same rule if units connect to themselves; it may come out negative.
    """
    patterns = patterns.double()
    size = patterns.shape[1]
    weights, diagonal = patterns.new_zeros(size, size), patterns.new_zeros(size)
    for pattern in patterns:
        heard = weights @ pattern
        half = torch.outer(pattern, pattern / 2 - heard) / size
        weights = weights * (1 + 2 / size) + (half + half.T)  # half and its mirror: symmetric to the last bit
        weights.fill_diagonal_(0)
        diagonal += (1 - 2 * pattern * heard) / size
    if self_connections:
        weights.diagonal().copy_(diagonal)
    return Pairwise(weights)


def learn(rule: Rule, patterns: Tensor, *, self_connections: bool = False, power: int = 3) -> Memory:
    """The memory that a rule makes of patterns (p, N).

    ``power`` is for "dense" alone. A dense memory's fields are energy gaps, so its units never hear
    themselves and ``self_connections`` changes nothing.
    """
    match rule:
        case "hebb":
            return hebb(patterns, self_connections=self_connections)
        case "storkey":
            return storkey(patterns, self_connections=self_connections)
        case "pseudo-inverse":
            return pseudo_inverse(patterns, self_connections=self_connections)
        case "dense":
            return Dense(patterns, power)
        case "exponential":
            return Dense(patterns, None)


def weaken(memory: Memory, states: Tensor, strength: float) -> LowRank | Pairwise:
    """W_ij −= (ε/N) Σ_d s_i s_j for i ≠ j, states (d, N): these states come to lie less deep; ε is ``strength``.

    W_ii stays. A low rank stays low while that is the smaller form (fewer than N/2 columns). Raises ValueError
    for a dense memory, which has no W.
    """
    columns = states.double().T
    if isinstance(memory, LowRank):
        left = torch.cat([memory.left, -strength / memory.size * columns], 1)
        if 2 * left.shape[1] < memory.size:
            return LowRank(left, torch.cat([memory.right, columns], 1), memory.diagonal)
    weights = memory.matrix()
    if weights is None:
        raise ValueError("A dense memory has no weights between pairs of units, so none can be weakened.")
    change = columns @ columns.T * (-strength / memory.size)
    return Pairwise(weights + ((change + change.T) / 2).fill_diagonal_(0))


def unlearn(memory: Memory, dreams: int, *, seed: int, strength: float = 0.01, threshold: float = 0.0) -> Memory:
    """Dream so many times: settle from a random state, and `weaken` where that ended.

    Mixtures, which random states fall into more often than they should, lose more than they can afford and
    memories do not. Each dream is dreamt by what the one before left. Raises ValueError for a dense memory.
    """
    generator = torch.Generator().manual_seed(seed)
    for _ in range(dreams):
        start = torch.randint(0, 2, (memory.size,), generator=generator).double() * 2 - 1
        network = Network(memory, start[None], start, seed, threshold=threshold)
        for _ in range(LONGEST_DREAM):
            if network.settled:
                break
            network.update(memory.size)
        memory = weaken(memory, network.state[None], strength)
    return memory
