"""Half of a picture is erased; the machine fills it in while the other half is held."""

from math import nan
from typing import Literal

import torch
from torch import Tensor

from server.grammar import Parameters, Refused, choice
from server.models.rbm import RBM, Chains

Erased = Literal["lower half", "right half", "random half", "everything"]
TRIES = 50
MEMORY = 0.95
"""Share of the running mean that each sweep keeps: it looks back about twenty sweeps of all chains."""
SETTLING = 50
"""Sweeps from noise before a completion is first shown, so that a paused page shows one, too."""


class Erasing(Parameters):
    """What is missing of the picture to be completed."""

    erased: Erased = choice(
        "lower half", label="erased", applies="live",
        help="What the machine must fill in. Everything: draw the cue yourself.",
    )  # fmt: skip


def erased(part: Erased, side: int, generator: torch.Generator) -> Tensor:
    """Which of side² pixels are missing, (side²,) bool."""
    pixels = torch.arange(side * side)
    half = side * side // 2
    if part == "lower half":
        return pixels // side >= (side + 1) // 2
    if part == "right half":
        return pixels % side >= (side + 1) // 2
    if part == "random half":
        return torch.rand(side * side, generator=generator).argsort() < half
    return torch.ones(side * side, dtype=torch.bool)


class Completion:
    """`TRIES` chains whose known pixels stand still at the picture's; the others run by Gibbs, from noise.

    `pictures` (n, units) are gone through one after another. Pixels set by hand are known from then on.
    """

    def __init__(self, machine: RBM, pictures: Tensor, part: Erased, generator: torch.Generator) -> None:
        self.pictures = pictures
        self.side = round(pictures.shape[1] ** 0.5)
        self.generator = generator
        self.number = 0
        self.chains = Chains(machine, TRIES, generator)
        self.erase(part)

    @property
    def truth(self) -> Tensor:
        """The picture as it was, (units,)."""
        return self.pictures[self.number % len(self.pictures)]

    @property
    def told(self) -> str:
        """Why there is no truth to compare with, in words; empty where there is one."""
        if self.by_hand:
            return "No truth: you drew it"
        return "" if bool(self.known.any()) else "No truth: all is erased"

    def following(self, part: Erased) -> None:
        """Take the next picture."""
        self.number += 1
        self.erase(part)

    def erase(self, part: Erased) -> None:
        """Take the same picture with this part missing, and forget what was drawn by hand."""
        seed = torch.Generator().manual_seed(self.number)
        self.known = ~erased(part, self.side, seed).to(self.pictures.device)
        self.cue = self.truth.clone()
        self.by_hand = False
        self._begin()

    def set(self, cells: list[int], value: bool) -> None:
        """Draw by hand. Raises Refused where there is no such pixel."""
        units = len(self.cue)
        if any(not 0 <= cell < units for cell in cells):
            raise Refused(f"This picture's pixels are 0 to {units - 1}.")
        self.cue[cells] = float(value)
        self.known[cells] = True
        self.by_hand = True
        self._begin()

    def _begin(self) -> None:
        self.chains.hold(0, None)
        self.chains.scatter()
        self.chains.start(torch.where(self.known, self.cue, self.chains.visible))
        self.chains.hold(0, self.known)
        self.chains.sweep(SETTLING)
        self.mean = self.chains.visible_probabilities.mean(0)

    def sweep(self) -> None:
        """One sweep of all chains."""
        self.chains.sweep()
        self.mean = torch.lerp(self.chains.visible_probabilities.mean(0), self.mean, MEMORY)

    def shown(self) -> Tensor:
        """Cue, one chain, mean of all chains, truth: (4, side, side), from −1 (off) to 1 (on); 0 is not known."""
        running = torch.where(self.known, self.cue, self.chains.visible_probabilities[0])
        mean = torch.where(self.known, self.cue, self.mean)
        cue = self.cue.masked_fill(~self.known, 0.5)
        truth = torch.full_like(cue, 0.5) if self.told else self.truth
        return torch.stack([cue, running, mean, truth]).mul_(2).sub_(1).view(4, self.side, self.side)

    def right(self, guess: Tensor) -> Tensor:
        """Per cent of the missing pixels that the machine gets right, (); likewise for a guess (units,) of chances.

        Both name each pixel's likelier side; even chances are right half the time. Not a number where nothing is
        missing or there is no truth.
        """
        missing = ~self.known & (not self.told)
        named = (torch.stack([self.mean, guess])[:, missing] - 0.5).sign()
        return 50 * (1 + named * (2 * self.truth[missing] - 1)).mean(1)

    def legal(self, patterns: Tensor, guess: Tensor) -> Tensor:
        """Per cent of the chains' pictures that are one of `patterns` (k, units), and of pictures whose missing pixels
        are drawn alone with the chances `guess` (units,); (2,)."""
        chains = torch.where(self.known, self.cue, self.chains.visible)
        found = (chains[:, None] == patterns).all(2).any(1).float().mean()
        distinct, missing = torch.unique(patterns, dim=0), ~self.known
        fitting = distinct[(distinct == self.cue)[:, self.known].all(1)]
        drawn = torch.where(fitting == 1, guess, 1 - guess)[:, missing].prod(1).sum()
        return 100 * torch.stack([found, drawn])

    def scored(self, guess: Tensor, patterns: Tensor | None) -> dict[str, Tensor]:
        """`right`, or `legal` where all `patterns` there are can be named: then erased pixels may have several right
        answers. Each beside the guess; the other is not a number."""
        share, guessed = self.right(guess) if patterns is None else self.legal(patterns, guess)
        nothing = torch.tensor(nan)
        right, legal = (share, nothing) if patterns is None else (nothing, share)
        return {"right": right, "legal": legal, "guessed": guessed}
