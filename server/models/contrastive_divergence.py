"""Learning in a restricted Boltzmann machine: exact gradient, contrastive divergence, persistent and tempered chains.

The four differ only in where the model's part of the gradient comes from.

Sources: G. Hinton, "Training products of experts by minimizing contrastive divergence" (2002) and "A
practical guide to training restricted Boltzmann machines" (2010); T. Tieleman, "Training restricted Boltzmann
machines using approximations to the likelihood gradient" (2008); G. Desjardins et al., "Tempered Markov chain Monte
Carlo for training of restricted Boltzmann machines" (2010).
"""

from typing import Literal

import torch
from torch import Tensor

from server.models.boltzmann import Couplings
from server.models.rbm import RBM, Chains
from server.models.tempering import Tempered, ladder

Way = Literal["exact", "CD", "PCD", "tempering"]
"""Where the model's part comes from: enumeration, chains from the data, persistent chains, persistent tempered ones."""
HOTTEST, RUNGS = 8.0, 6  # in units of the machine's own temperature: hot enough that chains forget, rungs close enough


class Learner:
    """Climbs the log-likelihood of data by an estimate of its gradient, with momentum and weight decay.

        ∂ ln p(v) / ∂W = (⟨v hᵀ⟩_data − ⟨v hᵀ⟩_model) / T,    likewise for the biases

    First one of `exact`, `contrastive_divergence`, `persistent_contrastive_divergence`, `parallel_tempering` fills
    `gradient`; then `update` applies it. Each returns the reconstruction error of the batch (n, visible): the mean over
    units and rows of (v − p(v | h))², h drawn from p(h | v), (). Rate, momentum and decay may change between steps. All
    draws come from `generator`.
    """

    def __init__(
        self,
        machine: RBM,
        generator: torch.Generator,
        *,
        learning_rate: float = 0.1,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        particles: int = 100,
    ) -> None:
        flat = machine.couplings.flat
        self.machine = machine
        self.generator = generator
        self.learning_rate, self.momentum, self.weight_decay = learning_rate, momentum, weight_decay
        self.gradient = Couplings.zeros(machine.couplings.layers, dtype=flat.dtype, device=flat.device)
        self.velocity = torch.zeros_like(flat)
        self.particles = particles
        self._chains: dict[int, Chains] = {}
        self._rows: dict[int, Tensor] = {}
        self._persistent: Chains | None = None
        self._tempered: Tempered | None = None

    def estimate(self, way: Way, batch: Tensor, sweeps: int = 1) -> Tensor:
        """Fill `gradient` in one of the four ways; the exact one takes no sweeps."""
        match way:
            case "exact":
                return self.exact(batch)
            case "CD":
                return self.contrastive_divergence(batch, sweeps)
            case "PCD":
                return self.persistent_contrastive_divergence(batch, sweeps)
            case "tempering":
                return self.parallel_tempering(batch, sweeps)

    def contrastive_divergence(self, batch: Tensor, steps: int = 1) -> Tensor:
        """CD-k: the model's part from chains that start at the batch and run for `steps` sweeps."""
        if steps < 1:
            raise ValueError(f"Contrastive divergence needs at least one sweep, not {steps}.")
        chains = self._from_data(batch)
        chains.sweep()
        error = (batch - chains.visible_probabilities).square().mean()
        chains.sweep(steps - 1)
        self._from_model(chains.visible, chains.hidden_probabilities)
        return error

    def persistent_contrastive_divergence(self, batch: Tensor, steps: int = 1) -> Tensor:
        """PCD-k: as CD-k, but from `particles` chains that start from noise once and then just go on."""
        if self._persistent is None:
            self._persistent = Chains(self.machine, self.particles, self.generator)
            self._persistent.scatter()
        error = self._reconstruction(batch)
        self._persistent.sweep(steps)
        self._from_model(self._persistent.visible, self._persistent.hidden_probabilities)
        return error

    def parallel_tempering(self, batch: Tensor, steps: int = 1) -> Tensor:
        """As PCD-k, but each of the `particles` is exchanged with hotter copies of itself, at `RUNGS` temperatures up
        to `HOTTEST` times the machine's own."""
        machine = self.machine
        if self._tempered is None:
            rungs = ladder(machine.temperature, HOTTEST * machine.temperature, RUNGS)
            self._tempered = Tempered(machine, rungs, self.particles, self.generator)
        error = self._reconstruction(batch)
        self._tempered.sweep(steps)
        visible = self._tempered.states[0]
        self._from_model(visible, machine.hidden_probabilities(visible))
        return error

    def exact(self, batch: Tensor) -> Tensor:
        """The gradient itself, by enumeration; see `RBM.log_partition`."""
        error = self._reconstruction(batch)
        self.gradient.flat.sub_(self.machine.expectations().flat, alpha=1 / self.machine.temperature)
        return error

    def update(self) -> None:
        """velocity ← momentum · velocity + rate · (gradient − decay · W); couplings ← couplings + velocity.

        The biases do not decay (Hinton 2010, section 10).
        """
        couplings = self.machine.couplings
        self.gradient.weights.sub_(couplings.weights, alpha=self.weight_decay)
        self.velocity.mul_(self.momentum).add_(self.gradient.flat, alpha=self.learning_rate)
        couplings.flat.add_(self.velocity)

    def _space(self, count: int) -> Chains:
        """Chains for a batch of `count`, made once per size."""
        if count not in self._chains:
            self._chains[count] = Chains(self.machine, count, self.generator)
        return self._chains[count]

    def _from_data(self, batch: Tensor) -> Chains:
        """Hidden probabilities instead of samples: less noise at no cost (Hinton 2010, section 3)."""
        chains = self._space(len(batch))
        chains.start(batch)
        self._accumulate(batch, chains.hidden_probabilities, 1.0)
        return chains

    def _reconstruction(self, batch: Tensor) -> Tensor:
        """The data's part, and the reconstruction error without drawing a reconstruction."""
        hidden = self._from_data(batch).hidden
        return (batch - self.machine.visible_probabilities(hidden)).square().mean()

    def _from_model(self, visible: Tensor, hidden_probabilities: Tensor) -> None:
        self._accumulate(visible, hidden_probabilities, -1.0)

    def _accumulate(self, visible: Tensor, hidden: Tensor, sign: float) -> None:
        """gradient ← [gradient if sign < 0] + sign · ⟨v hᵀ⟩ / T over the rows, likewise for the biases."""
        share, keep = sign / (len(visible) * self.machine.temperature), 0.0 if sign > 0 else 1.0
        gradient, rows = self.gradient, self._ones(len(visible))
        gradient.weights.addmm_(visible.T, hidden, beta=keep, alpha=share)
        # A sum over rows as a product: one operation instead of three, and these layers are small.
        gradient.visible_bias.addmv_(visible.T, rows, beta=keep, alpha=share)
        gradient.hidden_bias.addmv_(hidden.T, rows, beta=keep, alpha=share)

    def _ones(self, count: int) -> Tensor:
        """Kept for every size."""
        if count not in self._rows:
            self._rows[count] = self.gradient.flat.new_ones(count)
        return self._rows[count]
