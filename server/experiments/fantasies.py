"""Pictures that a machine imagines, and whether they pass as real ones."""

import math

import torch
from torch import Tensor

from server.experiments.gallery import Gallery
from server.grammar import Verdict, Word
from server.models.rbm import RBM, Chains

FANTASIES, DRAWN = 100, 36
WANDERING = 50
"""Sweeps after which chains that were given pictures count as the machine's own fantasies."""
WANTED, DOTING = 0.7, 0.35
"""Share of all kinds that fantasies must be of for the claim to hold, and below which it is broken."""


class Fantasies(Chains):
    """Free chains of a machine that learned the pictures of a gallery; they start from noise."""

    def __init__(self, machine: RBM, gallery: Gallery, generator: torch.Generator) -> None:
        super().__init__(machine, FANTASIES, generator)
        self.gallery = gallery
        self.swept = WANDERING
        self.scatter()
        self._known: tuple[int, tuple[Tensor, Tensor]] | None = None

    def from_pictures(self) -> None:
        """Start from the first pictures learned from, again and again where there are few."""
        train = self.gallery.train
        self.swept = 0
        self.start(train[torch.arange(FANTASIES, device=train.device) % len(train)])

    def from_noise(self) -> None:
        """Start from random pixels: nothing of the pictures is in them."""
        self.swept = WANDERING
        self.scatter()

    def sweep(self, times: int = 1) -> None:
        """So many sweeps, counted."""
        self.swept += times
        super().sweep(times)

    def channels(self) -> dict[str, Tensor]:
        """Pictures, energy, and how many pictures learned from they are near to or copy."""
        nearest, distance = self._nearest()
        return {
            "fantasies": self.gallery.images(self.visible_probabilities[:DRAWN]),
            "energy": self.machine.energy(self.states).mean(),
            "variety": torch.tensor(float(len(torch.unique(nearest)))),
            "copies": 100 * (distance == 0).float().mean(),
        }

    def verdict(self, settled: bool, learning: bool) -> Verdict:
        """Whether enough pass, of enough kinds; nothing is said before the machine is settled and its chains wandered,
        and nothing but that it holds while it is still learning.

        Enough pass halfway from pixel swaps to real pictures. They are no better than pixel swaps within two errors,
        or of hardly any kind: broken.
        """
        gallery, (nearest, distance) = self.gallery, self._nearest()
        (swapped, real), kinds = gallery.yardsticks, gallery.kinds_known
        passing, variety = gallery.passing(distance), gallery.variety(nearest, distance)
        enough, several = (swapped + real) / 2, WANTED * kinds
        note = f"needs {_percent(enough)}, {several:.0f}"
        if self.swept < WANDERING:
            return Verdict(number="–", line="pictures still wandering", word="untested", note=f"{WANDERING} sweeps")
        word: Word = "close"
        if settled and passing >= enough and variety >= several:
            word = "holds"
        elif learning or not settled:
            word, note = "untested", "still learning" if learning else "hardly learned"
        elif passing <= swapped + 2 * _noise(swapped) or variety < DOTING * kinds:
            word = "broken"
        line = f"± {_percent(_noise(passing))} {'right' if gallery.generated else 'new'}, {variety:.1f}/{kinds} kinds"
        return Verdict(number=_percent(passing), line=line, word=word, note=note)

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
