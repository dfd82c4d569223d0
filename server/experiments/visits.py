"""How often a machine was in each state, how far that is from the exact answer, and how far chance alone would put it.

The states that have a bar are counted singly, all others together. The share of probability misplaced is the total
variation ½ Σ |n_k/n − p_k| over these. Samples in a row look alike, so n of them hold fewer independent facts. How much
each share n_k/n scatters, V_k, is seen from sums over longer and longer bins (`models.binning`); so many independent
samples as F_k = p_k (1 − p_k) / V_k would scatter as much. They leave ½ Σ √(2 p_k (1 − p_k) / π F_k) on average, the
mean size of normal numbers, or 1 if that is less: the yardstick, "noise". How far single runs are from this mean
depends on whether the shares scatter together ("wildness"). What it says of the samples is in `judgement`.
"""

from math import inf, nan, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.experiments.conditional import Conditional
from server.experiments.judgement import Evidence, Judgement, judged, scatter, verdict, wildness
from server.grammar import Verdict
from server.models.binning import FACTS, FEWEST, JOINED, Bins

BLOCK = 8
"""Samples that are summed before they are binned."""
RECENT = 0.75
"""Of the samples are in `Bins.recent`; the facts of the first quarter count too."""
GROWTH = 1.12
"""The misplaced share is noted whenever there are so many times as many samples."""
PARTS = 8
"""Of the recent samples, one after another: a state that was met in fewer than half of them was hardly met."""
LEAST = FEWEST // max(JOINED)
"""Bins of which a first guess of the scatter is made."""


class Visits:
    """Counts of the states of a distribution, sample by sample; `apart` where every sample is a fact of its own. Only
    the first `visible` units are looked at."""

    def __init__(self, exact: Conditional, apart: bool, visible: int = 62) -> None:
        self.exact, self.apart = exact, apart
        self._seen = (1 << visible) - 1
        self._order = np.argsort(exact.numbers)
        self._sorted = exact.numbers[self._order]
        self._counts = np.zeros(len(exact.numbers) + 1, np.int64)
        self._bins = Bins(columns=len(self._counts))
        self._left = np.zeros(0, np.int64)
        self._marks: list[tuple[int, float]] = []
        self.judgements: list[Judgement] = []
        self._due = 10
        self.samples = 0

    def add(self, numbers: Tensor) -> None:
        """Take the states that were there since, by number."""
        places = self._places(numbers.numpy() & self._seen)
        while len(places):
            taken = places[: self._due - self.samples]
            places = places[len(taken) :]
            self._counts += np.bincount(taken, minlength=len(self._counts))
            self.samples += len(taken)
            self._bin(taken)
            if self.samples == self._due:
                self._marks.append((self.samples, self.misplaced))
                self.judgements.append(judged(self.evidence))
                self._due = int(self._due * GROWTH) + 1

    def _places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which bar each state has; the last place is for those that have none."""
        found = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        return np.where(self._sorted[found] == numbers, self._order[found], len(self._sorted))

    def _bin(self, places: NDArray[np.int64]) -> None:
        if self.apart:
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
    def _recent(self) -> NDArray[np.float64]:
        """Shares in bins of the later three quarters of the samples, (n, k + 1)."""
        return self._bins.recent() / BLOCK

    @property
    def _wide(self) -> NDArray[np.float64] | None:
        """The recent bins, joined so that they scatter most; None while they are too few."""
        recent = self._recent
        sizes = [size for size in JOINED if len(recent) >= LEAST * size]
        return max((_joined(recent, size) for size in sizes), key=lambda bins: _variances(bins).sum(), default=None)

    @property
    def _variances(self) -> Tensor | None:
        """V (k + 1,) of the shares; None while it cannot be told. A state never seen has that of independent samples,
        and none has less."""
        least = self._single / max(self.samples, 1)
        if self.apart:
            return least
        wide = self._wide
        if wide is None:
            return None
        found = torch.from_numpy(_variances(wide))
        return (found * RECENT).maximum(least) if found.any() else torch.zeros_like(least)

    @property
    def wildness(self) -> float:
        """Standard deviation of the misplaced share that chance leaves, in units of its mean."""
        shares = self.exact.probabilities.numpy()
        wide = None if self.apart else self._wide
        return wildness(np.diag(shares) - np.outer(shares, shares) if wide is None else np.cov(wide, rowvar=False))

    @property
    def facts(self) -> float:
        """Σ p (1 − p) / Σ V: independent samples that would scatter as much. NaN before there is a first guess,
        infinite if nothing moved. While bins are few they vouch for few facts: for none if there are none, for less
        than `FACTS` below `FEWEST`."""
        variances = self._variances
        if variances is None:
            return nan
        if not variances.any():
            return inf
        found = float(self._single.sum() / variances.sum())
        share = 1.0 if self.apart else len(self._recent) / FEWEST
        return found if share >= 1 else min(found, share * FACTS)

    @property
    def _scatter(self) -> float:
        """The noise were shares unbounded, which falls with the root of the samples."""
        variances = self._variances
        return nan if variances is None else scatter(float(variances.sqrt().sum()))

    @property
    def noise(self) -> float:
        """The total variation that chance alone leaves on average, 1 at most; NaN while that cannot be told."""
        return min(self._scatter, 1.0)

    @property
    def unmet(self) -> float:
        """The probability of states that were never visited."""
        return float(self.exact.probabilities[torch.from_numpy(self._counts == 0)].sum())

    @property
    def hardly_met(self) -> float:
        """The probability of states visited in fewer than half of all parts of the run: entered once, and not left, or
        left once, for ever. Of samples apart, `unmet`."""
        recent = self._recent
        if self.apart or len(recent) < PARTS:
            return self.unmet
        met = sum((part > 0).any(0) for part in np.array_split(recent, PARTS))
        return float(self.exact.probabilities[torch.from_numpy(np.less(met, PARTS / 2))].sum())

    @property
    def discord(self) -> float:
        """Total variation between the halves of the recent samples, or between the first quarter and these, the
        greater; both scatter alike. 0 of samples apart, which know nothing of each other."""
        recent = self._recent
        if self.apart or len(recent) < 2:
            return 0.0
        first, second = (half.mean(0) for half in np.array_split(recent, 2))
        late = (self.shares.numpy() - recent.mean(0)) / (1 - RECENT)
        return float(max(np.abs(first - second).sum(), np.abs(late).sum())) / 2

    @property
    def drawn(self) -> bool:
        """Whether any state that has a bar was visited."""
        return bool(self._counts[:-1].any())

    @property
    def evidence(self) -> Evidence:
        """What the samples show so far."""
        noise = self.noise
        return Evidence(
            samples=self.samples, facts=self.facts, misplaced=self.misplaced, noise=noise, discord=self.discord,
            discord_noise=2 * noise / sqrt(RECENT), wildness=self.wildness, unmet=self.unmet,
            hardly_met=self.hardly_met, drawn=self.drawn,
        )  # fmt: skip

    def verdict(self) -> Verdict:
        """The share misplaced, and what the judgements so far say of it."""
        bars = len(self.exact.numbers)
        if bars == 1:
            return Verdict(number="–", line="visible units are all held", word="untested")
        line = "of probability misplaced" if self.exact.states == bars else f"misplaced: {self.compared}"
        return verdict(self.samples, self.misplaced, line, self.judgements)

    @property
    def compared(self) -> str:
        """What is told apart: "32 states", or "32 bars + rest"."""
        bars = len(self.exact.numbers)
        return f"{bars} states" if self.exact.states == bars else f"{bars} bars + rest"

    def marks(self) -> dict[str, Tensor]:
        """The misplaced share (k,) at growing numbers of samples (k,), and what noise would make of it, (3, 2): 1 at
        most."""
        counts = torch.tensor([float(count) for count, _ in self._marks] or [nan], dtype=torch.float64)
        found = torch.tensor([share for _, share in self._marks] or [nan], dtype=torch.float64)
        # Of so few samples everything may be misplaced.
        noise, last = self._scatter, max(self.samples, 1000.0)
        full = min(max(10.0, self.samples * noise**2), last)
        line = [[count, min(noise * sqrt(self.samples / count), 1.0)] for count in (10.0, full, last)]
        return {
            "counted": counts,
            "misplaced_marks": found.clamp(min=1e-6),
            "noise_line": torch.tensor(line, dtype=torch.float64),
        }


def _joined(bins: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Means of so many of the bins (k, columns) at a time; the oldest that are left over are dropped."""
    joined: NDArray[np.float64] = bins[len(bins) % size :].reshape(-1, size, bins.shape[1]).mean(1)
    return joined


def _variances(bins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the columns' means (columns,)."""
    found: NDArray[np.float64] = bins.var(0, ddof=1) / len(bins)
    return found
