"""The order in which examples are shown: a fresh order in every epoch, cut into minibatches."""

from __future__ import annotations

import torch
from torch import Tensor


class Minibatches:
    """Indices of one minibatch after another. The size may change at any time.

    An epoch's order is a permutation, or, `with_replacement`, as many independent draws as there are examples:
    then an epoch shows about 1 − 1/e = 63 % of them, some several times. The choice may change, too; it counts
    from the next epoch on.

    A remainder too small for a whole minibatch is left out of its epoch, so that every gradient is a mean
    over equally many examples and batch normalisation never meets a minibatch of one; the next permutation
    gives it a new chance.
    """

    def __init__(self, examples: int, generator: torch.Generator, *, with_replacement: bool = False) -> None:
        self.examples, self.generator = examples, generator
        self.with_replacement = with_replacement
        self.epoch = 0
        self._order = torch.empty(0, dtype=torch.int64)
        self._next = 0

    def take(self, size: int) -> Tensor:
        """The next `size` indices (size,) int64. Raises ValueError if there are not so many examples."""
        if not 1 <= size <= self.examples:
            raise ValueError(f"A minibatch of {size} cannot be drawn from {self.examples} examples.")
        if self._next + size > len(self._order):
            self._order = self._shuffled()
            self._next = 0
            self.epoch += 1
        start, self._next = self._next, self._next + size
        return self._order[start : self._next]

    @property
    def seen(self) -> float:
        """The share of the examples that this epoch has shown at least once."""
        return len(set(self._order[: self._next].tolist())) / self.examples

    def _shuffled(self) -> Tensor:
        if self.with_replacement:
            return torch.randint(self.examples, (self.examples,), generator=self.generator)
        return torch.randperm(self.examples, generator=self.generator)
