"""One picture shown to a deep machine: what its hidden units make of it by mean field, by Gibbs sampling, exactly; and
what the machine makes of a picture of which a half is missing."""

from math import isnan, nan
from typing import Literal

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains
from server.models.dbm import mean_field, posterior

CHAINS = 100
SETTLING = 100
"""Sweeps from noise before anything is averaged."""
AVERAGED = 20
"""Sweeps that the average looks back, those of the beginning made at once."""
ENDINGS = {
    True: {"whole": "a pattern it may be.", "novelty": "Legal: the chains that are a pattern."},
    False: {"whole": "the truth.", "novelty": "The machine never learnt from it."},
}
"""Words for a picture made whole, by whether it is of generated patterns, of which several may be right."""

Erased = Literal["lower", "right", "none"]


class Settled:
    """Chains of a machine, which may learn, with pixels held; and the running mean of all units that were drawn.

    The mean is taken of chances, from chains that have settled; every sweep counts 1 / `AVERAGED` of it.
    """

    def __init__(self, machine: Boltzmann, generator: torch.Generator) -> None:
        self.machine = machine
        self.chains = Chains(machine, CHAINS, generator)

    def begin(self, picture: Tensor, known: Tensor) -> None:
        """From noise, with the pixels of the picture (n_0,) held where `known` (n_0,) is true."""
        chains = self.chains
        chains.hold(0, None)
        chains.scatter()
        chains.start(0, torch.where(known, picture, chains.states[0]))
        chains.hold(0, known)
        chains.sweep(SETTLING)
        self.mean = self._mean()
        for count in range(2, AVERAGED + 1):
            self._average(1 / count)

    def sweep(self) -> None:
        """One sweep of all chains."""
        self._average(1 / AVERAGED)

    def _average(self, share: float) -> None:
        self.chains.sweep()
        self.mean.lerp_(self._mean(), share)

    def _mean(self) -> Tensor:
        """Over the chains, of all layers one after another, (units,)."""
        return torch.cat([chances.mean(0) for chances in self.chains.chances])


class Shown(Settled):
    """A picture, wholly seen."""

    def look(self, picture: Tensor) -> None:
        """At another picture (n_0,)."""
        self.picture = picture
        self.begin(picture, torch.ones_like(picture, dtype=torch.bool))

    def found(self, exact: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Chances of all hidden units, one layer after another, (units,) each: by mean field, by Gibbs sampling, and
        summed over all states, NaN where not `exact`."""
        means = torch.cat(self._means()[1:], 1)[0]
        true = (
            torch.cat(posterior(self.machine, self.picture[None]), 1)[0] if exact else torch.full_like(means, torch.nan)
        )
        return means, self.mean[len(self.picture) :].clone(), true

    def pictures(self) -> Tensor:
        """The picture, and the chances of its pixels if the hidden units were at their mean field, (2, n_0)."""
        return torch.cat([self.picture[None], self.machine.probabilities(0, self._means())])

    def _means(self) -> list[Tensor]:
        return mean_field(self.machine, self.picture[None], sweeps=100, tolerance=1e-5).means


class Half(Settled):
    """A picture of which a half is missing: the chains dream it, all layers at once, given the other half."""

    def look(self, picture: Tensor, erased: Erased) -> None:
        """At a picture (n_0,) with this half, or none, erased."""
        self.picture, self.known = picture, ~missing(erased, len(picture)).to(picture.device)
        self.begin(picture, self.known)

    def pictures(self) -> Tensor:
        """What is left of it, one chain, the mean of all chains, the truth: (4, n_0), 0.5 where nothing is known."""
        left = self.picture.masked_fill(~self.known, 0.5)
        return torch.stack([left, self.chains.chances[0][0], self.mean[: len(self.picture)], self.picture])

    def right(self) -> float:
        """Share of the missing pixels whose likelier side is the true one; NaN where none is missing."""
        named = (self.mean[: len(self.picture)] > 0.5) == (self.picture > 0.5)
        return float(named[~self.known].float().mean())

    def legal(self, patterns: Tensor) -> float:
        """Share of the chains that are one of the patterns (n, n_0) now; NaN where nothing is missing."""
        if bool(self.known.all()):
            return nan
        return float((self.chains.states[0][:, None] == patterns).all(2).any(1).double().mean())

    def filled(self, patterns: Tensor | None) -> str:
        """How well, in words to end a caption; by `patterns` where more than one may be completed rightly."""
        share = self.right() if patterns is None else self.legal(patterns)
        return "" if isnan(share) else f": {100 * share:.0f} % {'right' if patterns is None else 'legal'}"


def missing(erased: Erased, pixels: int) -> Tensor:
    """Which pixels of a square picture are missing, (pixels,) bool; a middle row or column stays."""
    side = round(pixels**0.5)
    place, half = torch.arange(pixels), (side + 1) // 2
    halves: dict[str, Tensor] = {"lower": place // side >= half, "right": place % side >= half}
    return halves[erased] if erased in halves else torch.zeros(pixels, dtype=torch.bool)
