"""Has a likelihood passed its best, and what became of the reconstruction error since?"""

from typing import NamedTuple

from torch import Tensor

BLOCK = 10  # looks whose mean is judged: single ones go up and down by chance
FEWEST = 4  # blocks before anything is judged
LOST = 0.15  # nats per pattern from which on a likelihood has got worse
PATIENCE = 50  # blocks in which the claim must have come true


class Means(NamedTuple):
    """Over one block."""

    likelihood: float
    error: float


class Decline:
    """Block means of a log-likelihood (nats) and of the reconstruction error beside it."""

    def __init__(self) -> None:
        self._open: list[tuple[Tensor, Tensor]] = []
        self.blocks = 0
        self.best = self.last = Means(float("-inf"), float("inf"))
        self.since = 0
        """Blocks since the best one."""

    def add(self, likelihood: Tensor, error: Tensor) -> None:
        """Another look: ln p per pattern and the reconstruction error, () each."""
        self._open.append((likelihood, error))
        if len(self._open) < BLOCK:
            return
        likelihoods, errors = zip(*self._open, strict=True)
        self._open = []
        self.blocks += 1
        self.since += 1
        self.last = Means(float(sum(likelihoods)) / BLOCK, float(sum(errors)) / BLOCK)
        if self.last.likelihood > self.best.likelihood:
            self.best, self.since = self.last, 0

    @property
    def judged(self) -> bool:
        """Whether there is something to judge."""
        return self.blocks >= FEWEST

    @property
    def lost(self) -> float:
        """Nats per pattern since the best block."""
        return self.best.likelihood - self.last.likelihood if self.judged else 0.0

    @property
    def fell(self) -> float:
        """By which factor the reconstruction error fell since the best block."""
        return self.best.error / max(self.last.error, 1e-9) if self.judged else 1.0

    @property
    def told(self) -> str:
        """What became of the likelihood, in words."""
        return f"{self.lost:.2f} worse than its best" if self.lost >= LOST else "not past its best yet"

    def error_told(self, first: float, now: float) -> str:
        """What became of the reconstruction error, in words: since the best likelihood, as in the verdict, once that is
        past; until then only where it began and where it is."""
        if self.lost >= LOST:
            return f"fell {times(self.fell)} since its best ln p" if self.fell > 1 else "not down since its best ln p"
        return f"from {first:.2f} to {now:.2f} so far" if first else "not measured yet"


def fate(patterns: int, known: int, lost: int) -> str:
    """What became of so many patterns: only what was once known can be lost."""
    if not known:
        return "none learnt yet"
    again = f"{lost} of {known} all but lost" if lost else ""
    new = f"{patterns - known} not learnt yet" if known < patterns else ""
    return ", ".join(filter(None, (again, new))) or "none lost yet"


def times(factor: float) -> str:
    """A factor, in words."""
    return f"{factor:.0f}×" if factor >= 10 else f"{factor:.1f}×"
