"""Whether learning goes on, is done, or is stuck."""

from math import inf

import torch
from torch import Tensor

from server.grammar import Verdict

ENOUGH = 0.05
"""Of the probability may be misplaced."""
PRESENT = 0.5
"""Of its share every taught pattern must have: among many patterns, one that is missing hardly counts in the sum."""
WINDOW = 300
WORSE = 1.0
"""Nats by which KL must lie above its best, and above where it began too, to have got worse: it is not learning."""
LEAST = 0.02
"""By which KL falls from window to window, as a share of itself, while learning goes on."""


class Progress:
    """KL of the last steps at which the machine learnt."""

    def __init__(self) -> None:
        self.steps = 0
        self._recent = torch.empty(0, dtype=torch.float64)
        self._first, self._best = inf, inf

    def add(self, divergences: Tensor, before: Tensor) -> None:
        """KL (steps,) of so many steps, and the one before them, ()."""
        if self.steps == 0:
            self._first = self._best = float(before)
        self._best = min(self._best, float(divergences.min()))
        self.steps += len(divergences)
        self._recent = torch.cat([self._recent, divergences])[-2 * WINDOW :]

    @property
    def worse(self) -> bool:
        """Whether KL is far above its best and above where it began."""
        return self.steps > 0 and float(self._recent[-1]) > max(self._first, self._best + WORSE)

    @property
    def stuck(self) -> bool:
        """Whether KL has stopped falling."""
        if len(self._recent) < 2 * WINDOW:
            return False
        before, since = self._recent.view(2, WINDOW).mean(1)
        return bool(since > (1 - LEAST) * before)

    def verdict(self, misplaced: float, rarest: float, blame: str) -> Verdict:
        """The word on a machine whose distribution is off by `misplaced`; `rarest`: the least p/q of a taught pattern;
        `blame`: why, where it is stuck."""
        number, line = _percent(misplaced), "probability misplaced"
        if self.steps == 0:
            return Verdict(number=number, line=line, word="untested", note="nothing learnt yet")
        if misplaced <= ENOUGH and rarest >= PRESENT:
            return Verdict(number=number, line=line, word="holds", note=f"at most {100 * ENOUGH:.0f}\u2009%")
        if self.worse:
            return Verdict(number=number, line=line, word="broken", note="worse than at the start")
        if self.stuck:
            return Verdict(number=number, line=line, word="broken", note=blame)
        missing = misplaced <= ENOUGH
        note = "a pattern is missing" if missing else "still learning"
        return Verdict(number=number, line=line, word="untested", note=note)


def _percent(share: float) -> str:
    """In four characters at most."""
    return f"{100 * share:.0f}%" if share >= 0.0995 else f"{100 * share:.1f}%"
