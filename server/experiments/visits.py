"""How often a machine was in each state, how far that is from the exact answer, and how far chance alone would put it.

The states that have a bar are counted singly, all others together. The share of probability misplaced is the total
variation ½ Σ |n_k/n − p_k| over these. Samples in a row look alike, so n of them hold fewer independent facts. How much
each share n_k/n scatters, V_k, is seen from sums over longer and longer bins (`models.binning`); so many independent
samples as F_k = p_k (1 − p_k) / V_k would scatter as much. They leave ½ Σ √(2 p_k (1 − p_k) / π F_k) on average, the
mean size of normal numbers: the yardstick, "noise".
"""

from math import inf, nan, pi, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.experiments.conditional import Conditional
from server.grammar import Verdict
from server.grammar.head import Word
from server.models.binning import FACTS, FEWEST, JOINED, Bins

BLOCK = 32
"""Samples that are summed before they are binned."""
RECENT = 0.75
"""Of the samples are in `Bins.recent`; the facts of the first quarter count too."""
GROWTH = 1.12
"""The misplaced share is noted whenever there are so many times as many samples."""
CLOSE, BROKEN = 2.0, 4.0
"""Times the noise. The page looks at every frame, and in a machine of two valleys the misplaced share is as wild as one
normal number's size, whose mean it passes 2-fold in 11 of 100 runs but 4-fold in 1 of 700."""


DECIDED = 200
"""Facts before anything but "holds" is said: with fewer, the noise itself is not known well."""


class Visits:
    """Counts of the states of a distribution, sample by sample; `apart` where every sample is a fact of its own."""

    def __init__(self, exact: Conditional, apart: bool) -> None:
        self.exact, self._apart = exact, apart
        self._order = np.argsort(exact.numbers)
        self._sorted = exact.numbers[self._order]
        self._counts = np.zeros(len(exact.numbers) + 1, np.int64)
        self._bins = Bins(columns=len(self._counts))
        self._left = np.zeros(0, np.int64)
        self._marks: list[tuple[int, float]] = []
        self._due = 10
        self.samples = 0

    def add(self, numbers: Tensor) -> None:
        """Take the states that were there since, by number."""
        places = self._places(numbers.numpy())
        while len(places):
            taken = places[: self._due - self.samples]
            places = places[len(taken) :]
            self._counts += np.bincount(taken, minlength=len(self._counts))
            self.samples += len(taken)
            self._bin(taken)
            if self.samples == self._due:
                self._marks.append((self.samples, self.misplaced))
                self._due = int(self._due * GROWTH) + 1

    def _places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which bar each state has; the last place is for those that have none."""
        found = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        return np.where(self._sorted[found] == numbers, self._order[found], len(self._sorted))

    def _bin(self, places: NDArray[np.int64]) -> None:
        if self._apart:
            return
        waiting = np.concatenate([self._left, places])
        full = len(waiting) // BLOCK
        self._left = waiting[full * BLOCK :]
        width = len(self._counts)
        coded = waiting[: full * BLOCK] + np.repeat(np.arange(full) * width, BLOCK)
        self._bins.add(np.bincount(coded, minlength=full * width).reshape(full, width))

    @property
    def shares(self) -> Tensor:
        """(k + 1,): of the samples, in every state that has a bar, and in all others."""
        return torch.from_numpy(self._counts / max(self.samples, 1))

    @property
    def misplaced(self) -> float:
        """Total variation between samples and exact answer; NaN before there are both."""
        return float((self.shares - self.exact.probabilities).abs().sum()) / 2 if self.samples else nan

    @property
    def _single(self) -> Tensor:
        """p (1 − p), (k + 1,): the variances of one sample."""
        return self.exact.probabilities * (1 - self.exact.probabilities)

    @property
    def _variances(self) -> Tensor | None:
        """V (k + 1,) of the shares; None while it cannot be told. A state never seen has that of independent samples,
        and none has less."""
        least = self._single / max(self.samples, 1)
        if self._apart:
            return least
        recent = self._bins.recent() / BLOCK
        if len(recent) < FEWEST:
            return None
        found = max((_variances(recent, size) for size in JOINED), key=lambda variances: float(variances.sum()))
        return (found * RECENT).maximum(least) if found.any() else torch.zeros_like(least)

    @property
    def facts(self) -> float:
        """Σ p (1 − p) / Σ V: independent samples that would scatter as much. 0 while that cannot be told, infinite if
        nothing moved."""
        variances = self._variances
        if variances is None:
            return 0.0
        return float(self._single.sum() / variances.sum()) if variances.any() else inf

    @property
    def noise(self) -> float:
        """The total variation that chance alone leaves on average; NaN while that cannot be told."""
        variances = self._variances
        return nan if variances is None else float(variances.sqrt().sum()) / sqrt(2 * pi)

    @property
    def unseen(self) -> float:
        """The probability of states that have a bar and were never visited."""
        return float(self.exact.probabilities[torch.from_numpy(self._counts == 0)].sum())

    def marks(self) -> dict[str, Tensor]:
        """The misplaced share (k,) at growing numbers of samples (k,), and what noise would make of it, (n, 2); all as
        powers of ten."""
        counts = torch.tensor([float(count) for count, _ in self._marks] or [nan], dtype=torch.float64)
        found = torch.tensor([share for _, share in self._marks] or [nan], dtype=torch.float64)
        line = [[count, self.noise * sqrt(self.samples / count)] for count in (10.0, max(self.samples, 1000))]
        return {
            "counted": counts.log10(),
            "misplaced_marks": found.clamp(min=1e-6).log10(),
            "noise_line": torch.tensor(line, dtype=torch.float64).log10(),
        }

    def verdict(self) -> Verdict:
        """The misplaced share against its noise. Nothing is judged on fewer than `FACTS` facts, and nothing condemned
        on fewer than `DECIDED`, nor while most of what is misplaced lies in states that were never reached."""
        line = "of probability misplaced"
        facts, misplaced = self.facts, self.misplaced
        if facts == inf:
            return Verdict(number="–", line=line, word="untested", note="nothing has moved")
        if facts < FACTS:
            return Verdict(number="–", line=line, word="untested", note=f"{facts:.0f} of {FACTS} facts")
        number, noise = percent(misplaced), self.noise
        if misplaced >= CLOSE * noise and self.unseen > misplaced / 2:
            return Verdict(number=number, line=line, word="untested", note="a valley not reached")
        if misplaced >= CLOSE * noise and facts < DECIDED:
            return Verdict(number=number, line=line, word="untested", note=f"{facts:.0f} of {DECIDED} facts")
        word: Word = "holds" if misplaced < CLOSE * noise else "close" if misplaced < BROKEN * noise else "broken"
        return Verdict(number=number, line=line, word=word, note=f"noise {percent(noise)}")


def _variances(bins: NDArray[np.float64], size: int) -> Tensor:
    """Of the columns' means (columns,), when so many of the bins (k, columns) are joined."""
    joined = bins[len(bins) % size :].reshape(-1, size, bins.shape[1]).mean(1)
    return torch.from_numpy(joined.var(0, ddof=1) / len(joined))


def percent(share: float) -> str:
    """Two digits: "4.4 %", "0.35 %", "12 %"."""
    hundredths = 100 * share
    digits = 0 if hundredths >= 9.95 else 1 if hundredths >= 0.995 else 2
    return f"{hundredths:.{digits}f}\u2009%"
