"""Learning in a restricted Boltzmann machine: exact gradient, contrastive divergence, its persistent form.

Sources: G. Hinton, "Training products of experts by minimizing contrastive divergence" (2002) and "A
practical guide to training restricted Boltzmann machines" (2010); T. Tieleman, "Training restricted Boltzmann
machines using approximations to the likelihood gradient" (2008).
"""

import torch
from torch import Tensor

from server.models.rbm import RBM, Chains, Couplings


class Learner:
    """Climbs the log-likelihood of data by an estimate of its gradient, with momentum and weight decay.

        ∂ ln p(v) / ∂W = (⟨v hᵀ⟩_data − ⟨v hᵀ⟩_model) / T,    likewise for the biases

    First one of `contrastive_divergence`, `persistent_contrastive_divergence`, `exact` fills `gradient`; then
    `update` applies it. Rate, momentum and decay may change between steps. All draws come from `generator`.
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
        visible, hidden = machine.couplings.weights.shape
        self.gradient = Couplings.zeros(visible, hidden, flat.dtype, flat.device)
        self.velocity = torch.zeros_like(flat)
        self.particles = particles
        self._chains: dict[int, Chains] = {}
        self._persistent: Chains | None = None

    def contrastive_divergence(self, batch: Tensor, steps: int = 1) -> Tensor:
        """CD-k: the model's part from chains that start at the batch (n, visible) and run for `steps` sweeps.

        Returns the reconstruction error, (): mean over units and rows of (v − p(v | h))² at the first sweep.
        """
        if steps < 1:
            raise ValueError(f"Contrastive divergence needs at least one sweep, not {steps}.")
        chains = self._space(len(batch))
        self._from_data(batch, chains)
        chains.sweep()
        error = (batch - chains.visible_probabilities).square().mean()
        chains.sweep(steps - 1)
        self._from_model(chains)
        return error

    def persistent_contrastive_divergence(self, batch: Tensor, steps: int = 1) -> None:
        """PCD-k: as CD-k, but from `particles` chains that start from noise once and then just go on."""
        if self._persistent is None:
            self._persistent = Chains(self.machine, self.particles, self.generator)
            self._persistent.scatter()
        self._from_data(batch, self._space(len(batch)))
        self._persistent.sweep(steps)
        self._from_model(self._persistent)

    def exact(self, batch: Tensor) -> None:
        """The gradient itself, by enumeration; see `RBM.log_partition`."""
        hidden = self.machine.hidden_probabilities(batch)
        self._accumulate(batch, hidden, 1.0)
        self.gradient.flat.sub_(self.machine.expectations().flat, alpha=1 / self.machine.temperature)

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

    def _from_data(self, batch: Tensor, chains: Chains) -> None:
        """Hidden probabilities instead of samples: less noise at no cost (Hinton 2010, section 3)."""
        chains.start(batch)
        self._accumulate(batch, chains.hidden_probabilities, 1.0)

    def _from_model(self, chains: Chains) -> None:
        self._accumulate(chains.visible, chains.hidden_probabilities, -1.0)

    def _accumulate(self, visible: Tensor, hidden: Tensor, sign: float) -> None:
        """gradient ← [gradient if sign < 0] + sign · ⟨v hᵀ⟩ / T over the rows, likewise for the biases."""
        share, keep = sign / (len(visible) * self.machine.temperature), 0.0 if sign > 0 else 1.0
        gradient = self.gradient
        gradient.weights.addmm_(visible.T, hidden, beta=keep, alpha=share)
        gradient.visible_bias.mul_(keep).add_(visible.sum(0), alpha=share)
        gradient.hidden_bias.mul_(keep).add_(hidden.sum(0), alpha=share)
