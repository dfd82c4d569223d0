"""Whether samples bear out the exact distribution: nothing is said before they agree with themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.grammar import Verdict
from server.grammar.head import Word
from server.models.binning import FACTS

TAIL = 5.3
"""Standard deviations above the noise that a true claim stays below however often one looks. Of one normal number's
size, which is as wild as can be (`wildness` 0.76), that is 4 standard deviations of the number itself."""
FAR = 2.0
"""Times the noise from too close to broken."""
COARSE = 0.1
"""Noise above which a small misplaced share shows nothing."""
APART = 2.0
"""Broken samples lie so many times further from the exact answer than their parts from each other."""
DECIDED = 200
"""Facts before anything but "holds" is said: with fewer, the noise itself is not known well."""
AGREED = 3
"""Judgements in a row that must agree, each of an eighth more samples than the one before."""


class Judgement(NamedTuple):
    """What is said of the claim, and why."""

    word: Word
    note: str


@dataclass(frozen=True)
class Evidence:
    """What some samples show; all but `samples` and `facts` are shares of probability."""

    samples: int
    facts: float  # independent samples that they are worth; NaN: not known yet, infinite: nothing moved
    misplaced: float  # total variation between the samples and the exact answer
    noise: float  # what chance alone leaves of that
    discord: float  # total variation between parts of the run
    discord_noise: float  # what chance alone leaves of that
    wildness: float  # standard deviation of what chance leaves, in units of its mean
    unmet: float  # in states never visited
    hardly_met: float  # in states visited in few parts of the run, if at all
    drawn: bool  # whether any state that has a bar was visited

    @property
    def near(self) -> float:
        """Times its mean that what chance leaves hardly ever is, in any of many looks."""
        return 1 + TAIL * self.wildness

    @property
    def far(self) -> bool:
        """Whether more is misplaced than chance explains."""
        return self.misplaced >= self.near * self.noise

    @property
    def astray(self) -> str:
        """Which valley the facts are silent about; empty if none is known of."""
        if self.far and self.unmet > self.misplaced / 2:
            return "other valleys not met"
        return "a valley hardly met" if self.far and self.hardly_met > self.misplaced / 2 else ""


def judged(evidence: Evidence) -> Judgement:
    """The misplaced share against its noise, once the samples can be trusted to know it."""
    doubt = _doubt(evidence)
    if doubt:
        return Judgement("untested", doubt)
    note = f"noise {percent(evidence.noise)}"
    if not evidence.far:
        return Judgement("holds", note)
    if evidence.misplaced < max((evidence.near + FAR) * evidence.noise, APART * evidence.discord):
        return Judgement("close", note)
    return Judgement("broken", note)


def _doubt(evidence: Evidence) -> str:
    """Why nothing can be said; empty where something can."""
    facts = evidence.facts
    if isnan(evidence.misplaced):
        return "no coins at T = 0"
    if isnan(facts):
        return f"{evidence.samples} samples"
    if facts == inf:
        return _still(evidence)
    if facts < FACTS:
        return f"{facts:.0f} of {FACTS} facts"
    if evidence.astray:
        return evidence.astray
    if evidence.discord > evidence.near * evidence.discord_noise:
        return "its parts disagree"
    if evidence.far and facts < DECIDED:
        return f"{facts:.0f} of {DECIDED} facts"
    return f"noise {percent(evidence.noise)}" if evidence.noise > COARSE else ""


def _still(evidence: Evidence) -> str:
    """Why no share scatters."""
    if not evidence.drawn:
        return "in undrawn states only"
    return "other valleys not met" if evidence.unmet > evidence.misplaced / 2 else "it stays in one state"


def verdict(samples: int, misplaced: float, line: str, judgements: Sequence[Judgement]) -> Verdict:
    """What the last few judgements agree on; so no single look condemns, and the word does not flicker."""
    if not judgements:
        number = "–" if isnan(misplaced) else percent(misplaced)
        return Verdict(number=number, line=line, word="untested", note=f"{samples} samples" if samples else "")
    words = {word for word, _ in judgements[-AGREED:]}
    word = judgements[-1].word
    if len(words) > 1 or len(judgements) < AGREED:
        word = "untested" if "untested" in words else "close"
    return Verdict(number=percent(misplaced), line=line, word=word, note=judgements[-1].note)


def percent(share: float) -> str:
    """Two digits: "4.4 %", "0.35 %", "12 %"; "<.01 %" for what is less, and "0 %" only for nothing."""
    hundredths = 100 * share
    if hundredths < 0.01:
        return "<.01\u2009%" if hundredths > 0 else "0\u2009%"
    digits = 0 if hundredths >= 9.95 else 1 if hundredths >= 0.995 else 2
    return f"{hundredths:.{digits}f}\u2009%"


def wildness(covariance: NDArray[np.float64]) -> float:
    """Standard deviation of Σ |x_k| over its mean, for normal x of this covariance (k, k): √(π/2 − 1) = 0.76 where all
    x move together, less the more they move apart.

    Cov(|x|, |y|) = (2/π) σ_x σ_y (√(1 − ρ²) + ρ asin ρ − 1)
    """
    deviations = np.sqrt(np.clip(covariance.diagonal(), 0, None))
    products = np.outer(deviations, deviations)
    alike = np.clip(np.divide(covariance, products, out=np.zeros_like(products), where=products > 0), -1, 1)
    shared = np.sqrt(1 - alike**2) + alike * np.arcsin(alike) - 1
    total = float(deviations.sum())
    return sqrt(max(0.0, float((products * shared).sum()))) / total if total else 0.0


def scatter(deviations: float) -> float:
    """The total variation that normal numbers with standard deviations of this sum leave on average."""
    return deviations / sqrt(2 * pi)
