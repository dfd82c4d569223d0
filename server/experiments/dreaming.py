"""A machine left to itself: many chains of Gibbs sampling, with visible units held where a hand holds them."""

import torch
from torch import Tensor

from server.experiments.lessons import numbers_of
from server.models.boltzmann import Boltzmann, Chains

DREAMS = 1000
SWEEPS = 2
"""Of every chain per step."""
HOTTEST, COOLINGS = 10.0, 40
"""How many times the temperature an annealing begins at, and how many sweeps it takes down, each by the same factor."""


class Dreams:
    """Chains of one machine, whose weights may change in place; the first chain is the one that is drawn."""

    def __init__(self, machine: Boltzmann, visible: int, generator: torch.Generator) -> None:
        self.chains = Chains(machine, DREAMS, generator)
        self.chains.scatter()
        self.held = torch.full((visible,), torch.nan, dtype=torch.float64)
        """What each visible unit is held at, (visible,): 0 or 1; NaN: free."""

    @property
    def states(self) -> Tensor:
        """(DREAMS, N) of 0 and 1."""
        return self.chains.states[0]

    def hold(self, held: Tensor) -> None:
        """Hold visible units at 0 or 1, NaN: let them go."""
        self.held = held
        bound = ~held.isnan()
        mask = torch.zeros(self.states.shape[1], dtype=torch.bool)
        mask[: len(held)] = bound
        start = self.states.clone()
        start[:, : len(held)][:, bound] = held[bound].to(start)
        self.chains.hold(0, mask if bool(bound.any()) else None)
        self.chains.start(0, start)

    def press(self, unit: int) -> None:
        """A visible unit that is free is held on, one held on is held off, one held off is let go."""
        held = self.held.clone()
        now = float(held[unit])
        held[unit] = {1.0: 0.0, 0.0: torch.nan}.get(now, 1.0)
        self.hold(held)

    def anneal(self) -> None:
        """Begin again from noise and cool slowly, so that chains spread over valleys they would not find later."""
        cold = self.chains.machine
        self.chains.scatter()
        for cooling in range(COOLINGS):
            self.chains.machine = cold.at(cold.temperature * HOTTEST ** (1 - cooling / COOLINGS))
            self.chains.sweep()
        self.chains.machine = cold

    def shares(self) -> Tensor:
        """How many of the chains show each pattern now, as a share, (2^visible,) by its number."""
        numbers = numbers_of(self.states[:, : len(self.held)])
        return torch.bincount(numbers, minlength=1 << len(self.held)) / float(DREAMS)


def misplaced(one: Tensor, other: Tensor) -> Tensor:
    """Total variation of two distributions: the share of probability that would have to be moved, ()."""
    return (one - other).abs().sum() / 2


def noise(distribution: Tensor, samples: int = DREAMS) -> Tensor:
    """The mean total variation of so many independent samples from their own distribution, ().

    De Moivre (1730): E|X − np| = 2 m C(n, m) p^m (1 − p)^(n−m+1) with m = ⌊np⌋ + 1, for X of binomial distribution.
    """
    p = distribution.clamp(1e-300, 1 - 1e-12)
    n = torch.tensor(float(samples), dtype=torch.float64)
    m = (n * p).floor() + 1
    ways = (n + 1).lgamma() - (m + 1).lgamma() - (n - m + 1).lgamma()
    deviations = 2 * (m.log() + ways + m * p.log() + (n - m + 1) * (-p).log1p()).exp()
    return deviations.sum() / (2 * n)
