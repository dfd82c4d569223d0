"""Hopfield network: N units s = ±1 with symmetric weights that recall by running down an energy.

E(s) = −½ Σ_ij W_ij s_i s_j + θ Σ_i s_i        h_i = Σ_j W_ij s_j − θ

A unit turns on where its field h is positive and off where it is negative; at h = 0 it keeps its state. With
heat T > 0 it turns on with probability 1/(1 + exp(−2h/T)). Everything is float64.

Sources: J. J. Hopfield, PNAS 79 (1982) 2554; L. Personnaz, I. Guyon, G. Dreyfus, J. Physique Lett. 46 (1985)
L359 (pseudo-inverse); R. J. Glauber, J. Math. Phys. 4 (1963) 294 (heat).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models import kernels

Order = Literal["random", "in turn", "all at once"]

RISE = 1e-9
"""Energies are exact to about 10⁻¹² at N ≤ 1000: a change above this is a rise, one below it rounding."""


def hebb(patterns: Tensor, *, self_connections: bool = False) -> Tensor:
    """W = (1/N) Σ_μ ξ^μ ξ^μᵀ for patterns (p, N) of ±1; W_ii = 0 unless units connect to themselves."""
    patterns = patterns.double()
    return _diagonal(patterns.T @ patterns / patterns.shape[1], self_connections)


def pseudo_inverse(patterns: Tensor, *, self_connections: bool = False) -> Tensor:
    """W = ξ⁺ ξ, the projection on the span of the patterns (p, N), so that W ξ^μ = ξ^μ however alike they
    are.

    Linearly dependent patterns are allowed. W_ii = 0 unless units connect to themselves.
    """
    patterns = patterns.double()
    projection = torch.linalg.pinv(patterns) @ patterns
    return _diagonal((projection + projection.T) / 2, self_connections)


def _diagonal(weights: Tensor, keep: bool) -> Tensor:
    return weights.contiguous() if keep else weights.fill_diagonal_(0)


def fields(weights: Tensor, states: Tensor, threshold: float = 0.0) -> Tensor:
    """h = W s − θ for states (…, N)."""
    return states.double() @ weights - threshold


def energy(weights: Tensor, states: Tensor, threshold: float = 0.0) -> Tensor:
    """E = −½ s·W s + θ Σ s for states (…, N); shape (…)."""
    states = states.double()
    return -0.5 * ((states @ weights) * states).sum(-1) + threshold * states.sum(-1)


def overlaps(patterns: Tensor, states: Tensor) -> Tensor:
    """m^μ = (1/N) Σ_i ξ_i^μ s_i for patterns (p, N), states (…, N): (…, p); 1 = recalled, −1 = negative."""
    return states.double() @ patterns.double().T / patterns.shape[1]


class Updates(NamedTuple):
    """What n updates did, one row each."""

    energy: Tensor  # (n,) float64, after the update
    change: Tensor  # (n,) float64, energy after minus before
    unit: Tensor  # (n,) int32, who decided; −1 where all did
    flips: Tensor  # (n,) int32, units that changed their state
    overlaps: Tensor  # (n, p) float64, after the update

    @property
    def rises(self) -> Tensor:
        """How many of the updates raised the energy, shape ()."""
        return (self.change > RISE).sum()


class Network:
    """A state (N,) that recalls by its weights (N, N), compared with the patterns (p, N).

    ``threshold`` and ``temperature`` may be set at any time. The random order and heat come from ``seed``
    alone, as many draws in every update, so ``update(3); update(4)`` is bit for bit ``update(7)``.

    Raises ValueError if shapes disagree, the weights are not symmetric or the state is not ±1.
    """

    def __init__(
        self,
        weights: Tensor,
        patterns: Tensor,
        state: Tensor,
        seed: int,
        *,
        threshold: float = 0.0,
        temperature: float = 0.0,
    ) -> None:
        size = state.numel()
        if weights.shape != (size, size) or patterns.shape[1:] != (size,):
            raise ValueError(
                f"A state of {size} units needs weights of {size}×{size} and patterns of {size}, "
                f"not {tuple(weights.shape)} and {tuple(patterns.shape)}."
            )
        if not torch.equal(weights, weights.T):
            raise ValueError("The weights must be symmetric; otherwise there is no energy to run down.")
        self.weights = weights.double().contiguous()
        self.patterns = patterns.double()
        self.temperature = temperature
        self._by_unit = self.patterns.T.contiguous()
        self._randomness = np.array([seed], np.uint64)
        self._threshold = threshold
        self._sequence = torch.arange(size, dtype=torch.int32)
        self._counters = torch.zeros(2, dtype=torch.int32)
        self.state = state

    @property
    def state(self) -> Tensor:
        """The units (N,), ±1. Setting it keeps the position in the sweep."""
        return self._spins.clone()

    @state.setter
    def state(self, state: Tensor) -> None:
        if not bool((state.abs() == 1).all()):
            raise ValueError("Every unit must be +1 or −1.")
        self._spins = state.to(torch.float64, copy=True)
        self._inputs = torch.empty_like(self._spins)
        self._products = self.patterns @ self._spins
        self._counters[1] = 0
        kernels.inputs_of(self.weights.numpy(), self._spins.numpy(), self._inputs.numpy())
        self._measure()

    @property
    def threshold(self) -> float:
        """θ, the same for all units."""
        return self._threshold

    @threshold.setter
    def threshold(self, threshold: float) -> None:
        if threshold != self._threshold:
            self._threshold = threshold
            self._measure()

    def _measure(self) -> None:
        self._energy = kernels.energy_of(self._spins.numpy(), self._inputs.numpy(), self._threshold)

    @property
    def energy(self) -> float:
        """E of the present state."""
        return float(self._energy)

    @property
    def fields(self) -> Tensor:
        """h (N,) of the present state."""
        return self._inputs - self._threshold

    @property
    def overlaps(self) -> Tensor:
        """m^μ (p,) of the present state."""
        return self._products / self._spins.numel()

    @property
    def settled(self) -> bool:
        """Whether no unit would change its state without heat."""
        return not bool((self._spins * self.fields < -kernels.TIE).any())

    @property
    def swaps(self) -> bool:
        """Whether all units deciding at once without heat would swap between two states for ever."""
        state = self._spins
        other = self._all_decide(state)
        return not torch.equal(other, state) and torch.equal(self._all_decide(other), state)

    def _all_decide(self, state: Tensor) -> Tensor:
        field = fields(self.weights, state, self._threshold)
        return torch.where(field.abs() <= kernels.TIE, state, field.sign())

    def update(self, steps: int, order: Order = "random") -> Updates:
        """Do ``steps`` updates: of one unit each, or of all at once when ``order`` is "all at once".

        "random" lets every unit decide once in each sweep of N updates, in a fresh random order.
        """
        count = self._products.numel()
        out = Updates(
            energy=torch.empty(steps, dtype=torch.float64),
            change=torch.empty(steps, dtype=torch.float64),
            unit=torch.empty(steps, dtype=torch.int32),
            flips=torch.empty(steps, dtype=torch.int32),
            overlaps=torch.empty(steps, count, dtype=torch.float64),
        )
        energies, changes, units, flips, recorded = (column.numpy() for column in out)
        machine = (self.weights.numpy(), self._by_unit.numpy(), self._threshold, self.temperature)
        state = (self._spins.numpy(), self._inputs.numpy(), self._products.numpy())
        if order == "all at once":
            units[:] = -1
            self._energy = kernels.all_at_once(
                *machine, self._randomness, *state, self._energy, energies, changes, flips, recorded
            )
        else:
            code = kernels.RANDOM if order == "random" else kernels.IN_TURN
            self._energy = kernels.one_at_a_time(
                *machine, code, self._randomness, *state, self._sequence.numpy(), self._counters.numpy(),
                self._energy, energies, changes, units, flips, recorded,
            )  # fmt: skip
        recorded /= self._spins.numel()  # NumPy, as torch would wake a pool of threads for it
        return out
