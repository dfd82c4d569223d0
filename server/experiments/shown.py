"""One picture shown to a deep machine: what its hidden units make of it by mean field, by Gibbs sampling, exactly."""

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains
from server.models.dbm import mean_field, posterior

CHAINS = 100
REMEMBERED = 0.95
"""Of the average over sweeps, at the next one: about twenty sweeps count."""


class Shown:
    """Chains of a machine, which may learn, with the visible units held at a picture, and their running average."""

    def __init__(self, machine: Boltzmann, generator: torch.Generator) -> None:
        self.machine = machine
        self.chains = Chains(machine, CHAINS, generator)
        self.chains.hold(0, torch.ones_like(machine.couplings.biases[0]))

    def look(self, picture: Tensor) -> None:
        """At another picture (n_0,): hidden units start from noise."""
        self.chains.scatter()
        self.chains.start(0, picture)
        self.chains.sweep()
        self._mean = self._means()

    def sweep(self) -> None:
        """One sweep of all chains."""
        self.chains.sweep()
        self._mean.lerp_(self._means(), 1 - REMEMBERED)

    def found(self, exact: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Chances of all hidden units, one layer after another, (units,) each: by mean field, by Gibbs sampling, and
        summed over all states, NaN where not `exact`."""
        picture = self.chains.states[0][:1]
        means = torch.cat(mean_field(self.machine, picture, sweeps=100, tolerance=1e-5).means[1:], 1)[0]
        true = torch.cat(posterior(self.machine, picture), 1)[0] if exact else torch.full_like(means, torch.nan)
        return means, self._mean.clone(), true

    def pictures(self) -> Tensor:
        """The picture, and the chances of its pixels if the hidden units were at their mean field, (2, n_0)."""
        picture = self.chains.states[0][:1]
        means = mean_field(self.machine, picture, sweeps=100, tolerance=1e-5).means
        return torch.cat([picture, self.machine.probabilities(0, means)])

    def _means(self) -> Tensor:
        return torch.cat([chances.mean(0) for chances in self.chains.chances[1:]])
