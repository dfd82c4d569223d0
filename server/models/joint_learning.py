"""Learning in all layers of a deep Boltzmann machine at once.

    ∂ ELBO / ∂W_l = (⟨μ_l μ_{l+1}ᵀ⟩_data − ⟨s_l s_{l+1}ᵀ⟩_model) / T,    likewise for the biases, at fixed μ

The first mean is by mean field, the second over chains that go on from minibatch to minibatch. A step follows the
gradient of the same machine written with centred states, s − m, m the minibatch's means: uphill as well, but weights
and biases do not undo each other's work, by which the upper layers soon jam at on or off otherwise.

Sources: R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines", AISTATS (2009), algorithm 1; L. Younes, "On the
convergence of Markovian stochastic algorithms with rapidly decreasing ergodicity rates" (1999), for the chains;
G. Montavon, K.-R. Müller, "Deep Boltzmann machines and the centering trick" (2012), for the step.
"""

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Couplings, States
from server.models.chains import Chains
from server.models.dbm import MeanField, mean_field


class Learner:
    """Climbs the ELBO of data by `positive`, `negative`, then `update`. Numbers may change between steps.

    The machine's couplings are changed in place. `particles` chains start from noise; `generator` is theirs.
    """

    def __init__(
        self,
        machine: Boltzmann,
        generator: torch.Generator,
        *,
        learning_rate: float = 0.05,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        particles: int = 100,
    ) -> None:
        couplings = machine.couplings
        self.machine = machine
        self.learning_rate, self.momentum, self.weight_decay = learning_rate, momentum, weight_decay
        self.gradient = Couplings.over(torch.zeros_like(couplings.flat), couplings.layers)
        self.velocity = torch.zeros_like(couplings.flat)
        self.means = [torch.zeros_like(bias) for bias in couplings.biases]
        """Of the last minibatch, (n_l,) for each layer."""
        self.chains = Chains(machine, particles, generator)
        self.chains.scatter()

    def positive(self, batch: Tensor, *, sweeps: int = 10, tolerance: float = 1e-3) -> MeanField:
        """Mean field for the batch (n, visible); its correlations become the gradient's first part."""
        found = mean_field(self.machine, batch, sweeps=sweeps, tolerance=tolerance)
        self.gradient.flat.zero_()
        self._accumulate(found.means, 1.0)
        self.means = [mean.mean(0) for mean in found.means]
        return found

    def negative(self, sweeps: int = 1) -> None:
        """The chains go on; their correlations are taken from the gradient.

        Odd layers were drawn last and independently, so their chances are taken: less noise at no cost.
        """
        self.chains.sweep(sweeps)
        pairs = zip(self.chains.states, self.chains.chances, strict=True)
        self._accumulate([chance if layer % 2 else state for layer, (state, chance) in enumerate(pairs)], -1.0)

    def update(self) -> None:
        """velocity ← momentum · velocity + rate · (centred gradient − decay · W); couplings ← couplings + velocity.

        The biases do not decay (G. Hinton, "A practical guide to training restricted Boltzmann machines" 2010).
        """
        couplings = self.machine.couplings
        self._centre()
        for slope, weights in zip(self.gradient.between, couplings.between, strict=True):
            slope.sub_(weights, alpha=self.weight_decay)
        self.velocity.mul_(self.momentum).add_(self.gradient.flat, alpha=self.learning_rate)
        couplings.flat.add_(self.velocity)

    def _centre(self) -> None:
        """The gradient of the same machine written with states that vary about their means, s − m:

        ∂W_l ← ∂W_l − m_l ∂b_{l+1}ᵀ − ∂b_l m_{l+1}ᵀ,        ∂b_l ← ∂b_l − ∂W_{l−1}ᵀ m_{l−1} − ∂W_l m_{l+1}
        """
        biases, means = self.gradient.biases, self.means
        for layer, slope in enumerate(self.gradient.between):
            slope.addr_(means[layer], biases[layer + 1], alpha=-1).addr_(biases[layer], means[layer + 1], alpha=-1)
        for layer, slope in enumerate(self.gradient.between):
            biases[layer].addmv_(slope, means[layer + 1], alpha=-1)
            biases[layer + 1].addmv_(slope.T, means[layer], alpha=-1)

    def _accumulate(self, states: States, sign: float) -> None:
        """gradient ← gradient + sign · ⟨s sᵀ⟩ / T over the rows, likewise for the biases."""
        share = sign / (len(states[0]) * self.machine.temperature)
        for slope, below, above in zip(self.gradient.between, states, states[1:], strict=False):
            slope.addmm_(below.T, above, alpha=share)
        for slope, state in zip(self.gradient.biases, states, strict=True):
            slope.add_(state.sum(0), alpha=share)
