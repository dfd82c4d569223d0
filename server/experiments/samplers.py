"""The same machine sampled in two ways: a layer at once, and one unit after another."""

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains
from server.models.rbm import RBM

CHAINS = 1000


class Samplers:
    """`CHAINS` chains by block Gibbs and as many by single-unit Gibbs, which sees one general machine without layers.

    Both start from noise of their own. Their visible states are sorted into the `distinct` patterns (k, visible) and
    all others together.
    """

    def __init__(self, machine: RBM, distinct: Tensor, block: torch.Generator, single: torch.Generator) -> None:
        self.visible = distinct.shape[1]
        self._places = 2 ** torch.arange(self.visible, device=distinct.device)
        self._codes = self._coded(distinct).sort().values
        self.block = Chains(machine, CHAINS, block)
        self.single = Chains(_general(machine), CHAINS, single)
        for chains in (self.block, self.single):
            chains.scatter()

    def sweep(self, machine: RBM) -> None:
        """Every unit of both is drawn once, in the machine as it is now."""
        self.block.machine, self.single.machine = machine, _general(machine)
        self.block.sweep()
        self.single.sweep()

    def compare(self) -> tuple[Tensor, Tensor]:
        """Total variation between the two sets of samples, ½ Σ |f − f'| over the bins, and the `chance` of it, ()."""
        block, single = (self._shares(chains.states[0][:, : self.visible]) for chains in (self.block, self.single))
        return (block - single).abs().sum() / 2, chance((block + single) / 2, CHAINS)

    def _shares(self, states: Tensor) -> Tensor:
        """Of the bins, (k + 1,) float64."""
        codes = self._coded(states)
        places = torch.searchsorted(self._codes, codes).clamp_(max=len(self._codes) - 1)
        bins = torch.where(self._codes[places] == codes, places, len(self._codes))
        return torch.bincount(bins, minlength=len(self._codes) + 1).double() / len(states)

    def _coded(self, states: Tensor) -> Tensor:
        """Each row of 0 and 1 as one number."""
        return (states.long() * self._places).sum(1)


def chance(shares: Tensor, count: int) -> Tensor:
    """The distance to be expected of two sets of `count` samples each of one distribution with these `shares` (k,), ().

    A bin's counts are nearly Poisson, and the mean |N − N'| of two such is v e^{−v} (I₀(v) + I₁(v)), v their variances'
    sum (J. G. Skellam, J. R. Stat. Soc. 109 (1946) 296); v = 2 n p (1 − p) is right for bins that hold nearly all, too.
    """
    variance = 2 * count * shares * (1 - shares)
    differences: Tensor = variance * (torch.special.i0e(variance) + torch.special.i1e(variance))
    return differences.sum() / (2 * count)


def _general(machine: RBM) -> Boltzmann:
    weights, biases = machine.whole()
    return Boltzmann.full(weights.float(), biases.float(), machine.temperature)
