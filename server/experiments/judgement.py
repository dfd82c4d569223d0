"""Whether samples bear out the exact distribution: nothing is said before they agree with themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, pi, sqrt
from typing import NamedTuple

from server.grammar import Verdict
from server.grammar.head import Word
from server.models.binning import FACTS

CLOSE, BROKEN = 2.0, 4.0
"""Times the noise. The page looks at every frame, and in a machine of two valleys the misplaced share is as wild as one
normal number's size, whose mean it passes 2-fold in 11 of 100 runs but 4-fold in 1 of 700."""
COARSE = 0.1
"""Noise above which a small misplaced share shows nothing."""
DISCORD = 3.0
"""Times the mean distance between parts of a run in balance: hardly ever more."""
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
    unmet: float  # in states never visited
    hardly_met: float  # in states visited in few parts of the run, if at all
    drawn: bool  # whether any state that has a bar was visited


def judged(evidence: Evidence) -> Judgement:
    """The misplaced share against its noise, once the samples can be trusted to know it."""
    doubt = _doubt(evidence)
    if doubt:
        return Judgement("untested", doubt)
    note = f"noise {percent(evidence.noise)}"
    if evidence.misplaced < CLOSE * evidence.noise:
        return Judgement("holds", note)
    if evidence.misplaced < max(BROKEN * evidence.noise, APART * evidence.discord):
        return Judgement("close", note)
    return Judgement("broken", note)


def _doubt(evidence: Evidence) -> str:
    """Why nothing can be said; empty where something can."""
    facts, far = evidence.facts, evidence.misplaced >= CLOSE * evidence.noise
    if isnan(evidence.misplaced):
        return "no coins at T = 0"
    if isnan(facts):
        return f"{evidence.samples} samples"
    if facts == inf:
        return _still(evidence)
    if facts < FACTS:
        return f"{facts:.0f} of {FACTS} facts"
    if far and evidence.unmet > evidence.misplaced / 2:
        return "other valleys not met"
    if far and evidence.hardly_met > evidence.misplaced / 2:
        return "a valley hardly met"
    if evidence.discord > DISCORD * evidence.discord_noise:
        return "its parts disagree"
    if far and facts < DECIDED:
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
    """Two digits: "4.4 %", "0.35 %", "12 %"."""
    hundredths = 100 * share
    digits = 0 if hundredths >= 9.95 else 1 if hundredths >= 0.995 else 2
    return f"{hundredths:.{digits}f}\u2009%"


def scatter(deviations: float) -> float:
    """The total variation that normal numbers with standard deviations of this sum leave on average."""
    return deviations / sqrt(2 * pi)
