"""The exact distribution of a machine some of whose units are held: its likeliest states, and sums over all of them."""

from dataclasses import dataclass
from math import nan

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.models.enumeration import Exact, clamp, enumerate_states, states_of

LARGEST = 20
"""Free units of which all states are summed while one waits: 2^20 energies take about 25 ms."""
MOST = 32
"""States that have a bar."""


@dataclass(frozen=True, eq=False)
class Conditional:
    """P(free units | held units) at temperature T. At T = 0 nothing but energies is known: a Hopfield net stays in
    whichever valley it falls into."""

    numbers: NDArray[np.int64]  # (k,) of the k ≤ 32 likeliest states, lowest energy first
    energies: Tensor  # (k,)
    probabilities: Tensor  # (k + 1,): theirs, and that of all other states together
    states: int  # in all
    log_partition: float
    mean_energy: float

    @property
    def known(self) -> bool:
        """Whether there is a distribution."""
        return not np.isnan(self.log_partition)


def conditional(weights: Tensor, biases: Tensor, state: Tensor, held: Tensor, temperature: float) -> Conditional:
    """Of the machine (N, N), (N,) whose units `held` (N,) stay as they are in `state` (N,); one at least is free."""
    fixed = held.nonzero().flatten()
    inner, fields, constant = clamp(weights, biases, fixed, state[fixed])
    exact = enumerate_states(inner, fields, temperature or 1.0)
    likeliest = _lowest(exact)
    energies = exact.energies[likeliest] + constant
    inside = (-exact.energies[likeliest] / temperature - exact.log_partition).exp() if temperature else energies * nan
    rest = (1 - inside.sum()).clamp(min=0) if len(likeliest) < len(exact.energies) else 0 * inside.sum()
    return Conditional(
        numbers=_numbers(likeliest, state, held),
        energies=energies,
        probabilities=torch.cat([inside, rest[None]]),
        states=len(exact.energies),
        log_partition=float(exact.log_partition - constant / temperature) if temperature else nan,
        mean_energy=float(exact.mean_energy + constant) if temperature else nan,
    )


def _lowest(exact: Exact) -> Tensor:
    """The numbers of the states of lowest energy; of equal ones the smaller number comes first."""
    found = exact.energies.topk(min(MOST, len(exact.energies)), largest=False).indices.sort().values
    return found[exact.energies[found].argsort(stable=True)]


def _numbers(numbers: Tensor, state: Tensor, held: Tensor) -> NDArray[np.int64]:
    """States of the free units alone, as numbers of states of all units."""
    whole = state.repeat(len(numbers), 1)
    whole[:, ~held] = states_of(numbers, int((~held).sum()))
    return (whole.long() << torch.arange(len(state))).sum(1).numpy()
