"""The order in which examples are shown: one fresh permutation per epoch, cut into minibatches."""

from __future__ import annotations

import torch
from torch import Tensor


class Minibatches:
    """Indices of one minibatch after another. The size may change at any time.

    A remainder too small for a whole minibatch is left out of its epoch, so that every gradient is a mean
    over equally many examples and batch normalisation never meets a minibatch of one; the next permutation
    gives it a new chance.
    """

    def __init__(self, examples: int, generator: torch.Generator) -> None:
        self.examples, self.generator = examples, generator
        self.epoch = 0
        self._order = torch.empty(0, dtype=torch.int64)
        self._next = 0

    def take(self, size: int) -> Tensor:
        """The next `size` indices (size,) int64. Raises ValueError if there are not so many examples."""
        if not 1 <= size <= self.examples:
            raise ValueError(f"A minibatch of {size} cannot be drawn from {self.examples} examples.")
        if self._next + size > len(self._order):
            self._order = torch.randperm(self.examples, generator=self.generator)
            self._next = 0
            self.epoch += 1
        start, self._next = self._next, self._next + size
        return self._order[start : self._next]
