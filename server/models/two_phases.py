"""Learning in a general Boltzmann machine: what is on together while data hold the visible units, less what when free.

    ∂ ⟨ln p(v)⟩_data / ∂W_ij = (⟨s_i s_j⟩₊ − ⟨s_i s_j⟩₋) / T,        likewise ⟨s_i⟩₊ − ⟨s_i⟩₋ for b_i
    KL(data ‖ model) = Σ_v q(v) ln (q(v) / p(v)),   p(v) = Z_v / Z,   Z_v: the sum over the hidden units beside v

Either phase is exact, by enumeration, or sampled by Gibbs chains that are carried on from step to step.

Source: D. Ackley, G. Hinton, T. Sejnowski, "A learning algorithm for Boltzmann machines", Cognitive Science 9 (1985)
147; persistent free chains: R. Neal, "Connectionist learning of belief networks", Artificial Intelligence 56 (1992) 71.
"""

from __future__ import annotations

from math import inf, nan
from typing import Literal

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains
from server.models.enumeration import Blocks

Phase = Literal["exact", "sampled"]

LARGEST = 20
"""Units of which all states are summed over at every step: 2^20 take some 10 ms."""
STATES = 1 << LARGEST
"""Patterns times states of the hidden units, likewise."""


class TwoPhases:
    """A machine of N 0/1 units, the first of which are shown data; the rest are hidden. All tensors are float64.

    `weights` (N, N) and `biases` (N,) are the machine's own, changed in place. `positive` and `negative` (N, N) are
    the last ⟨s_i s_j⟩ of both phases, with ⟨s_i⟩ on the diagonal; `gradient` (N, N) has the biases' on its diagonal.
    Rate, momentum, decay, temperature and data may change between steps.
    """

    def __init__(
        self,
        weights: Tensor,
        biases: Tensor,
        patterns: Tensor,
        shares: Tensor,
        *,
        allowed: Tensor | None = None,
        temperature: float = 1.0,
        learning_rate: float = 0.1,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        particles: int = 100,
        generator: torch.Generator | None = None,
    ) -> None:
        """Start from copies of W and b. Links that are not `allowed` (N, N) are taken away and stay so.

        `particles` are the free chains, and at least as many chains are held by data; `generator` draws for them.
        Raises ValueError for a bad machine, as `Boltzmann.full`, or bad data, as `show`.
        """
        units = len(biases)
        links = torch.ones(units, units, dtype=torch.bool) if allowed is None else allowed.logical_and(allowed.T)
        self._open = links.double().fill_diagonal_(1)  # the diagonal is the biases' place
        self.machine = Boltzmann.full(weights.detach().double() * self._open, biases.detach().double(), temperature)
        within = self.machine.couplings.within[0]
        assert within is not None
        self.weights, self.biases = within, self.machine.couplings.biases[0]
        self.learning_rate, self.momentum, self.weight_decay = learning_rate, momentum, weight_decay
        self.particles, self.generator = particles, generator or torch.Generator().manual_seed(0)
        self.positive, self.negative, self.gradient, self._velocity, self._unused = (
            torch.zeros(units, units, dtype=torch.float64) for _ in range(5)
        )
        self._whole: Blocks | None = None
        self._free_chains: Chains | None = None
        self.show(patterns, shares)

    def show(self, patterns: Tensor, shares: Tensor) -> None:
        """Learn from other data: patterns (n, visible) of 0 and 1, and how often each occurs (n,), in any unit.

        Equal patterns are counted together. Raises ValueError for data that are no distribution over the units.
        """
        units = len(self.biases)
        if patterns.dim() != 2 or not 1 <= patterns.shape[1] <= units:
            raise ValueError(f"Patterns of 1 to {units} units are needed, one a row, not {tuple(patterns.shape)}.")
        if not bool(((patterns == 0) | (patterns == 1)).all()):
            raise ValueError("Patterns are made of 0 and 1.")
        if shares.shape != patterns.shape[:1] or not bool((shares >= 0).all()) or not 0 < float(shares.sum()) < inf:
            raise ValueError("Every pattern needs a share of at least 0, and one of them more than that.")
        distinct: tuple[Tensor, Tensor] = torch.unique(patterns.double(), dim=0, return_inverse=True)
        self.patterns, places = distinct
        counted = torch.zeros(len(self.patterns), dtype=torch.float64).index_add_(0, places, shares.double())
        self.shares = counted / counted.sum()
        self.entropy = -torch.xlogy(self.shares, self.shares).sum()
        self._clamped: Blocks | None = None
        self._held_chains: Chains | None = None

    @property
    def visible(self) -> int:
        """How many units the data hold."""
        return self.patterns.size(1)

    @property
    def temperature(self) -> float:
        """T, of the learning and of the chains."""
        return self.machine.temperature

    @temperature.setter
    def temperature(self, temperature: float) -> None:
        self.machine = self.machine.at(temperature)
        for chains in (self._free_chains, self._held_chains):
            if chains is not None:
                chains.machine = self.machine

    @property
    def enumerable(self) -> bool:
        """Whether both phases can be exact, and so whether the KL divergence is known."""
        hidden = len(self.biases) - self.visible
        return len(self.biases) <= LARGEST and len(self.patterns) << hidden <= STATES

    def step(self, positive: Phase = "exact", negative: Phase = "exact", sweeps: int = 1) -> Tensor:
        """`measure` both phases, then `update`. Returns the KL divergence before the update, (); NaN if not known."""
        divergence = self.measure(positive, negative, sweeps)
        self.update()
        return divergence

    def measure(self, positive: Phase = "exact", negative: Phase = "exact", sweeps: int = 1) -> Tensor:
        """Fill `positive` and `negative`; a sampled phase first carries its chains on for so many sweeps.

        Returns KL(data ‖ model) in nats, (); NaN if it is not known, since the machine is too large. Raises ValueError
        for an exact phase of such a machine.
        """
        divergence = torch.tensor(nan, dtype=torch.float64)
        if self.enumerable or "exact" in (positive, negative):
            into = [self.positive if positive == "exact" else None, self.negative if negative == "exact" else None]
            divergence = -self.entropy - self.shares @ self._enumerate(*into)
        if positive == "sampled":
            self._sample_held(sweeps)
        if negative == "sampled":
            self._sample_free(sweeps)
        return divergence

    def update(self) -> None:
        """velocity ← momentum · velocity + rate · (gradient − decay · W); couplings ← couplings + velocity.

        The biases do not decay.
        """
        torch.sub(self.positive, self.negative, out=self.gradient).mul_(self._open).div_(self.temperature)
        self._velocity.mul_(self.momentum).add_(self.gradient, alpha=self.learning_rate)
        self._velocity.sub_(self.weights, alpha=self.learning_rate * self.weight_decay)
        self.weights.add_(self._velocity).fill_diagonal_(0)
        self.biases.add_(self._velocity.diagonal())

    def log_likelihoods(self) -> Tensor:
        """ln p(v) of every one of `patterns` in nats, (n,). Raises ValueError for too large a machine."""
        return self._enumerate(None, None)

    def log_likelihood(self) -> Tensor:
        """Mean ln p(v) of the data in nats, (): never above −`entropy`."""
        return self.shares @ self.log_likelihoods()

    def kl(self) -> Tensor:
        """KL(data ‖ model) in nats as things are now, ()."""
        return -self.entropy - self.log_likelihood()

    def _enumerate(self, positive: Tensor | None, negative: Tensor | None) -> Tensor:
        """ln p(v) (n,), and the exact ⟨s_i s_j⟩ of the phases that are asked for."""
        if not self.enumerable:
            raise ValueError(
                f"{len(self.biases)} units and {len(self.patterns)} patterns are too many to sum over all states: "
                f"at most {LARGEST} units, and 2^{LARGEST} states of hidden units beside all patterns. Sample instead."
            )
        units, temperature = len(self.biases), self.temperature
        if self._whole is None:
            self._whole = Blocks.whole(units)
        if self._clamped is None:
            self._clamped = Blocks(torch.arange(self.visible, units), torch.arange(self.visible), self.patterns)
        for blocks in (self._whole, self._clamped):
            blocks.fill(self.weights, self.biases)
        log_clamped = self._clamped.log_sums(temperature)
        if positive is not None:
            self._clamped.moments(temperature, (self.shares.log() - log_clamped) * temperature, positive)
        log_partition, _ = self._whole.log_partition(temperature, self._unused if negative is None else negative)
        return log_clamped - log_partition

    def _sample_held(self, sweeps: int) -> None:
        """⟨s_i s_j⟩₊: as many chains beside every pattern, weighted by its share."""
        if self._held_chains is None:
            copies = -(-self.particles // len(self.patterns))
            chains = Chains(self.machine, copies * len(self.patterns), self.generator)
            chains.scatter()
            start = chains.states[0].clone()
            start[:, : self.visible] = self.patterns.repeat(copies, 1)
            chains.start(0, start)
            chains.hold(0, torch.arange(len(self.biases)) < self.visible)
            self._held_chains = chains
        self._held_chains.sweep(sweeps)
        states = self._held_chains.states[0]
        shares = self.shares.repeat(len(states) // len(self.patterns)) * (len(self.patterns) / len(states))
        self._correlate(states, shares, self.positive)

    def _sample_free(self, sweeps: int) -> None:
        """⟨s_i s_j⟩₋: lasting chains that started from noise."""
        if self._free_chains is None:
            self._free_chains = Chains(self.machine, self.particles, self.generator)
            self._free_chains.scatter()
        self._free_chains.sweep(sweeps)
        states = self._free_chains.states[0]
        self._correlate(states, states.new_full((len(states),), 1 / len(states)), self.negative)

    @staticmethod
    def _correlate(states: Tensor, shares: Tensor, out: Tensor) -> None:
        """Σ_n share_n s_i s_j, the same number for i, j and j, i: a product of matrices alone may round differently."""
        product = (states * shares[:, None]).T @ states
        torch.add(product, product.T, out=out).div_(2)
