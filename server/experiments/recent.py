"""The states that a large machine was in lately: there are too many to count them all."""

import torch
from torch import Tensor

from server.experiments.conditional import MOST

KEPT = 4096
"""Samples that are remembered."""


class Recent:
    """The last `KEPT` samples of a machine whose states have numbers; only the first `visible` units are looked at."""

    def __init__(self, visible: int) -> None:
        self._seen = (1 << visible) - 1
        self._numbers = torch.zeros(0, dtype=torch.int64)
        self.samples = 0

    def add(self, numbers: Tensor) -> None:
        """Take the states that were there since, by number."""
        self._numbers = torch.cat([self._numbers, numbers & self._seen])[-KEPT:]
        self.samples += len(numbers)

    def likeliest(self) -> tuple[Tensor, Tensor]:
        """Numbers of the states visited most often of late (k ≤ 32,), and their shares of the samples remembered."""
        numbers, counts = torch.unique(self._numbers, return_counts=True)
        most = counts.argsort(descending=True, stable=True)[:MOST]
        return numbers[most], counts[most] / max(len(self._numbers), 1)
