"""Pictures that a machine imagines, and whether they pass as real ones."""

import math

import torch
from torch import Tensor

from server.experiments.gallery import Gallery
from server.grammar import Verdict, Word
from server.models.rbm import RBM, Chains

FANTASIES, DRAWN = 100, 36


class Fantasies(Chains):
    """Free chains of a machine that learned the pictures of a gallery; they start from noise."""

    def __init__(self, machine: RBM, gallery: Gallery, generator: torch.Generator) -> None:
        super().__init__(machine, FANTASIES, generator)
        self.gallery = gallery
        self.scatter()
        self._known: tuple[int, tuple[Tensor, Tensor]] | None = None

    def from_pictures(self) -> None:
        """Start from the first pictures learned from, again and again where there are few."""
        train = self.gallery.train
        self.start(train[torch.arange(FANTASIES, device=train.device) % len(train)])

    def channels(self) -> dict[str, Tensor]:
        """Pictures, energy, and how many pictures learned from they are near to or copy."""
        nearest, distance = self._nearest()
        return {
            "fantasies": self.gallery.images(self.visible_probabilities[:DRAWN]),
            "energy": self.machine.energy(self.states).mean(),
            "variety": torch.tensor(float(len(torch.unique(nearest)))),
            "copies": 100 * (distance == 0).float().mean(),
        }

    def verdict(self, settled: bool) -> Verdict:
        """Whether more pass than pixel swaps do; nothing is said before the machine is settled."""
        passing, swapped, real = self.gallery.passing(self._nearest()[1]), *self.gallery.yardsticks
        word: Word = "close"
        if not settled:
            word = "untested"
        elif passing <= swapped + 2 * _noise(swapped):
            word = "broken"
        elif passing >= (swapped + real) / 2:
            word = "holds"
        line = f"of fantasies pass, ± {_percent(_noise(passing))}"
        return Verdict(number=_percent(passing), line=line, word=word, note=f"real {_percent(real)}")

    def _nearest(self) -> tuple[Tensor, Tensor]:
        """`Gallery.nearest` of the fantasies as they are; picture and verdict both ask for it."""
        if self._known is None or self._known[0] != self.visible._version:  # torch counts the changes made in place
            self._known = self.visible._version, self.gallery.nearest(self.visible)
        return self._known[1]


def _noise(share: float) -> float:
    """Standard deviation of a share of the fantasies, which are independent; at least one of them."""
    return math.sqrt(max(share * (1 - share) / FANTASIES, 1 / FANTASIES**2))


def _percent(share: float) -> str:
    """A share as one would write it, with a thin space."""
    return f"{100 * share:.0f}\u2009%"
