"""What a network has learnt: how a state of N units s = ±1 turns into fields and an energy.

Three forms, one protocol. States may be many at once, (…, N); thresholds θ are the same for all units. The
formulas here are the plain ones: they serve pictures and batches, and the loops of `kernels` are tested
against them.

Sources: J. J. Hopfield, PNAS 79 (1982) 2554; D. Krotov, J. J. Hopfield, NeurIPS 29 (2016) (dense memories);
M. Demircigil et al., J. Stat. Phys. 168 (2017) 288 (exponential).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Protocol

import torch
from torch import Tensor

TIE = 1e-10
"""A field of W s − θ this small is 0 on paper: rounding stays below it for weights of order 1."""

E_UP, E_DOWN = exp(2.0), exp(-2.0)

PRECISION = 1e-12
"""A dense memory's field this small against the terms it is summed from is 0 on paper."""


class Memory(Protocol):
    """A function E of the state, and the fields h that run it down.

    h_i = (E(s_i = −1) − E(s_i = +1)) / 2, which with W_ii = 0 is Σ_j W_ij s_j − θ. Fields that differ from 0
    by rounding alone are returned as 0, so that their sign says what a unit should do and 0 is a tie.
    """

    @property
    def size(self) -> int:
        """N."""

    def fields(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        """h (…, N) of states (…, N)."""

    def energy(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        """E (…) of states (…, N)."""

    def matrix(self) -> Tensor | None:
        """The weights (N, N), or None where energy is not a sum over pairs."""


def _snapped(fields: Tensor, tolerance: float | Tensor) -> Tensor:
    return fields.masked_fill_(fields.abs() <= tolerance, 0.0)


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Any symmetric weights: E = −½ Σ_ij W_ij s_i s_j + θ Σ_i s_i and h_i = Σ_j W_ij s_j − θ.

    Units that hear themselves (W_ii ≠ 0) decide by this h too. Raises ValueError unless the weights (N, N)
    are symmetric.
    """

    weights: Tensor

    def __post_init__(self) -> None:
        weights = self.weights
        if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
            raise ValueError(f"Weights must be N×N, not {tuple(weights.shape)}.")
        if not torch.equal(weights, weights.T):
            raise ValueError("The weights must be symmetric; otherwise there is no energy to run down.")
        object.__setattr__(self, "weights", weights.double().contiguous())

    @property
    def size(self) -> int:
        return self.weights.shape[0]

    def fields(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        return _snapped(states.double() @ self.weights - threshold, TIE)

    def energy(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        states = states.double()
        return -0.5 * ((states @ self.weights) * states).sum(-1) + threshold * states.sum(-1)

    def matrix(self) -> Tensor:
        return self.weights


@dataclass(frozen=True, eq=False)
class LowRank:
    """Weights W = left rightᵀ off the diagonal, and W_ii = diagonal_i: E and h as in `Pairwise`.

    left and right are (N, k), diagonal (N,); a field costs O(k) and no N×N matrix is made. Raises ValueError
    if shapes disagree or left rightᵀ is not symmetric (to 10⁻⁶ of its Frobenius norm).
    """

    left: Tensor
    right: Tensor
    diagonal: Tensor

    def __post_init__(self) -> None:
        left, right, diagonal = self.left, self.right, self.diagonal
        if left.ndim != 2 or left.shape != right.shape or diagonal.shape != left.shape[:1]:
            raise ValueError(
                f"Factors must be N×k, both the same, with a diagonal of N: "
                f"not {tuple(left.shape)}, {tuple(right.shape)} and {tuple(diagonal.shape)}."
            )
        for name in ("left", "right", "diagonal"):
            object.__setattr__(self, name, getattr(self, name).double().contiguous())
        # ½ ‖L Rᵀ − R Lᵀ‖² = tr(LᵀL RᵀR) − tr((RᵀL)²), without the N×N matrices
        cross = self.right.T @ self.left
        square = ((self.left.T @ self.left) * (self.right.T @ self.right)).sum()
        if float(square - (cross * cross.T).sum()) > 1e-12 * float(square):
            raise ValueError("left rightᵀ must be symmetric; otherwise there is no energy to run down.")

    @property
    def size(self) -> int:
        return self.left.shape[0]

    @property
    def excess(self) -> Tensor:
        """W_ii less what left rightᵀ says there (N,)."""
        return self.diagonal - (self.left * self.right).sum(1)

    def fields(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        states = states.double()
        return _snapped((states @ self.right) @ self.left.T + self.excess * states - threshold, TIE)

    def energy(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        states = states.double()
        pairs = ((states @ self.left) * (states @ self.right)).sum(-1) + self.excess.sum()
        return -0.5 * pairs + threshold * states.sum(-1)

    def matrix(self) -> Tensor:
        product = self.left @ self.right.T
        weights = (product + product.T) / 2
        weights.diagonal().copy_(self.diagonal)
        return weights


@dataclass(frozen=True, eq=False)
class Dense:
    """Patterns ξ (p, N) of ±1 with steep valleys: many more fit than N, and no weights between pairs exist.

    power n ≥ 2:  E = −1/(n Nⁿ⁻¹) Σ_μ (ξ^μ·s)ⁿ + θ Σ_i s_i; n = 2 is Hebb's rule less p/2
    power None:   E = −log Σ_μ exp(ξ^μ·s) + θ Σ_i s_i

    Raises ValueError for another power or patterns that are not ±1.
    """

    patterns: Tensor
    power: int | None = None

    def __post_init__(self) -> None:
        if self.power is not None and self.power < 2:
            raise ValueError(f"The power must be 2 or more, or None for the exponential; it was {self.power}.")
        if self.patterns.ndim != 2 or not bool((self.patterns.abs() == 1).all()):
            raise ValueError("Patterns must be p×N, every unit of them +1 or −1.")
        object.__setattr__(self, "patterns", self.patterns.double().contiguous())

    @property
    def size(self) -> int:
        return self.patterns.shape[1]

    def well(self, products: Tensor) -> Tensor:
        """F(ξ·s) = (ξ·s)ⁿ / (n Nⁿ⁻¹) of products ξ·s, any shape; for powers only."""
        assert self.power is not None
        return products * (products / self.size) ** (self.power - 1) / self.power

    def fields(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        """h as the energy gap itself.

        Turning s_i over moves each product y_μ = ξ^μ·s by −2 ξ_i s_i, so only F at y and y ± 2 matters: half
        the gap is ¼ [Σ_μ ξ_i^μ (F(y+2) − F(y−2)) − s_i Σ_μ (F(y+2) − 2 F(y) + F(y−2))].
        """
        states = states.double()
        products = states @ self.patterns.T
        if self.power is None:
            fields = self._exponential_fields(states, products) - threshold
            return _snapped(fields, PRECISION * (1 + abs(threshold)))
        here = self.well(products)
        # No unit can move a product beyond ±N: such a step counts nothing.
        up = (self.well(products + 2) - here).masked_fill_(products >= self.size, 0.0)
        down = (here - self.well(products - 2)).masked_fill_(products <= -self.size, 0.0)
        halves = (up + down) @ self.patterns - states * (up - down).sum(-1, keepdim=True)
        scale = (up.abs() + down.abs()).sum(-1, keepdim=True) / 4 + abs(threshold)
        return _snapped(halves / 4 - threshold, PRECISION * scale)

    def _exponential_fields(self, states: Tensor, products: Tensor) -> Tensor:
        """½ log of Σ exp(y) with the unit on over the same with it off; the largest y is taken out first."""
        shares = torch.softmax(products, -1)
        agree = (1 + states * (shares @ self.patterns)) / 2  # share of the sum that agrees with unit i
        return -0.5 * states * torch.log(agree * E_DOWN + (1 - agree) * E_UP)

    def energy(self, states: Tensor, threshold: float = 0.0) -> Tensor:
        states = states.double()
        products = states @ self.patterns.T
        depth = torch.logsumexp(products, -1) if self.power is None else self.well(products).sum(-1)
        return -depth + threshold * states.sum(-1)

    def matrix(self) -> None:
        return None
