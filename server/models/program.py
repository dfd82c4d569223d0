"""Bound operations: a calculation on fixed tensors, laid out once as a flat list of calls and then replayed.

A small net's step is mostly the cost of *asking* for each operation. Binding the arguments once and writing
into tensors that exist already leaves little else to pay (PERFORMANCE: 343 → 28 µs for a 2-8-8-8-1 net).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor


class Operation(NamedTuple):
    """One call without arguments, the tensors that it writes, and what these are called in a sentence."""

    call: Callable[[], object]
    writes: tuple[Tensor, ...]
    what: str


class Program:
    """Operations in the order in which they run."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self.calls = tuple(operation.call for operation in self.operations)

    def run(self) -> None:
        """Replay every operation."""
        for call in self.calls:
            call()

    def first_nonfinite(self) -> str:
        """Replay with a look at every result; stop at the first that is not finite and name it, else ""."""
        for call, writes, what in self.operations:
            call()
            for tensor in writes:
                if word := nonfinite(tensor):
                    return f"{what} became {word}"
        return ""


def nonfinite(tensor: Tensor) -> str:
    """ "infinite", "not a number", or "" when every entry is finite."""
    if bool(torch.isnan(tensor).any()):
        return "not a number"
    return "infinite" if bool(torch.isinf(tensor).any()) else ""
