"""The exact distribution of a machine some of whose units are held, and some hidden: its likeliest states, and sums
over all of them.

Hidden units are summed out: the visible ones v have the free energy F(v) = −T ln Σ_h exp(−E(v, h)/T), and
p(v) = exp(−F(v)/T)/Z. Where no unit is hidden F is E; at T = 0 it is the least E that the hidden ones allow.
"""

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

    numbers: NDArray[np.int64]  # (k,) of the k ≤ 32 likeliest visible states, lowest first; hidden bits are 0
    energies: Tensor  # (k,): F, which is E where no unit is hidden
    probabilities: Tensor  # (k + 1,): theirs, and that of all other states together
    states: int  # visible ones, in all
    lowest: float  # E of the deepest state
    log_partition: float
    mean_energy: float

    @property
    def known(self) -> bool:
        """Whether there is a distribution."""
        return not np.isnan(self.log_partition)


def conditional(
    weights: Tensor, biases: Tensor, state: Tensor, held: Tensor, temperature: float, hidden: int = 0
) -> Conditional:
    """Of the machine (N, N), (N,) whose units `held` (N,) stay as they are in `state` (N,); one at least is free. The
    last `hidden` units are summed out."""
    fixed = held.nonzero().flatten()
    inner, fields, constant = clamp(weights, biases, fixed, state[fixed])
    exact = enumerate_states(inner, fields, temperature or 1.0)
    visible = held[: len(held) - hidden]
    heights = _free_energies(exact, int((~visible).sum()), temperature)
    likeliest = _lowest(heights)
    energies = heights[likeliest]
    inside = (-energies / temperature - exact.log_partition).exp() if temperature else energies * nan
    rest = (1 - inside.sum()).clamp(min=0) if len(likeliest) < len(heights) else 0 * inside.sum()
    return Conditional(
        numbers=_numbers(likeliest, state[: len(visible)], visible),
        energies=energies + constant,
        probabilities=torch.cat([inside, rest[None]]),
        states=len(heights),
        lowest=float(exact.energies.min() + constant),
        log_partition=float(exact.log_partition - constant / temperature) if temperature else nan,
        mean_energy=float(exact.mean_energy + constant) if temperature else nan,
    )


def _free_energies(exact: Exact, visible: int, temperature: float) -> Tensor:
    """F (2^visible,) of the first free units, whatever the other free ones do."""
    if visible == exact.units:
        return exact.energies
    apart = exact.energies.view(-1, 1 << visible)
    return -temperature * (apart / -temperature).logsumexp(0) if temperature else apart.amin(0)


def _lowest(energies: Tensor) -> Tensor:
    """The numbers of the states of lowest energy; of equal ones the smaller number comes first."""
    found = energies.topk(min(MOST, len(energies)), largest=False).indices.sort().values
    return found[energies[found].argsort(stable=True)]


def _numbers(numbers: Tensor, state: Tensor, held: Tensor) -> NDArray[np.int64]:
    """States of the free units alone, as numbers of states of all units."""
    whole = state.repeat(len(numbers), 1)
    whole[:, ~held] = states_of(numbers, int((~held).sum()))
    return (whole.long() << torch.arange(len(state))).sum(1).numpy()
