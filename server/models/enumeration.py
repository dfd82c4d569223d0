"""The exact distribution of a small machine of 0/1 units: all 2^N energies, ln Z, means and pair moments.

    E(s) = −½ sᵀ W s − b·s,        p(s) = exp(−E(s) / T) / Z,        W symmetric, W_ii = 0

State number k has unit i on where bit i of k is set. The energies are made by doubling and summed by folding, 2^10 at
a time (`kernels/enumeration.py`): no matrix of states is ever made, and nothing of size 2^N but the energies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, log

import numpy as np
import torch
from torch import Tensor

from server.models.boltzmann import require_links
from server.models.kernels import enumeration as kernels

LARGEST = 24
"""Units: 2^24 energies are 128 MiB."""
BLOCK = 10
"""Units that are summed over in one piece: 2^10 energies lie in the processor's nearest cache."""


def states_of(numbers: Tensor, units: int) -> Tensor:
    """The states (…, units) float64 of 0 and 1 with these numbers (…)."""
    return (numbers[..., None] >> torch.arange(units, device=numbers.device) & 1).double()


def all_states(units: int) -> Tensor:
    """Every state, (2^units, units) float64, by its number. Meant for few units."""
    return states_of(torch.arange(1 << units), units)


@dataclass(frozen=True, eq=False)
class Exact:
    """What holds for a machine in equilibrium at temperature T; float64 throughout."""

    units: int
    temperature: float
    energies: Tensor  # (2^N,)
    log_partition: Tensor  # (): ln Z
    moments: Tensor  # (N, N): ⟨s_i s_j⟩, with the means on the diagonal
    mean_energy: Tensor  # ()

    @property
    def mean(self) -> Tensor:
        """⟨s_i⟩ (N,)."""
        return self.moments.diagonal()

    @property
    def entropy(self) -> Tensor:
        """−Σ p ln p = ⟨E⟩ / T + ln Z in nats, ()."""
        return self.mean_energy / self.temperature + self.log_partition

    @cached_property
    def probabilities(self) -> Tensor:
        """p (2^N,) by the number of the state; made when first asked for."""
        return (self.energies / -self.temperature).sub_(self.log_partition).exp_()

    def marginal(self, units: int) -> Tensor:
        """p (2^k,) of the first k units, whatever the others do."""
        return self.probabilities.view(-1, 1 << units).sum(0)


class Blocks:
    """Energies of all states of the free units beside each of n settings of the others, (n, 2^L) float64, reusable."""

    def __init__(self, free: Tensor, given: Tensor, rows: Tensor, energies: Tensor | None = None) -> None:
        """`free` (L,) and `given` (N − L,) name the units; `rows` (n, N − L) is what the given ones are."""
        shape = len(rows), 1 << len(free)
        self.energies = torch.empty(shape, dtype=torch.float64) if energies is None else energies.view(shape)
        self._energies, self._rows = self.energies.numpy(), rows.double().contiguous().numpy()
        self._parts = free.numpy(), given.numpy()

    @classmethod
    def whole(cls, units: int, energies: Tensor | None = None) -> Blocks:
        """All 2^N states in the order of their numbers."""
        free = max(min(units, BLOCK), (units + 1) // 2)
        return cls(torch.arange(free), torch.arange(free, units), all_states(units - free), energies)

    def fill(self, weights: Tensor, biases: Tensor) -> None:
        """Reckon the energies for W (N, N) and b (N,), float64 and contiguous on the processor."""
        kernels.energies_beside(weights.numpy(), biases.numpy(), *self._parts, self._rows, self._energies)

    def log_sums(self, temperature: float) -> Tensor:
        """ln Σ exp(−E / T) over the free units, beside every row (n,)."""
        sums = np.empty(len(self._energies))
        kernels.log_sums(self._energies, temperature, sums)
        return torch.from_numpy(sums)

    def moments(self, temperature: float, zeros: Tensor, out: Tensor) -> tuple[float, float]:
        """Write Σ s_i s_j exp((zero − E) / T) of all N units into `out`; return Σ 1 and Σ E, weighted alike.

        `zeros` (n,) are the energies that have the weight 1.
        """
        sums: tuple[float, float] = kernels.moments_beside(
            self._energies, zeros.numpy(), temperature, *self._parts, self._rows, out.numpy()
        )
        return sums

    def log_partition(self, temperature: float, moments: Tensor) -> tuple[float, float]:
        """ln Z and ⟨E⟩ over all rows, each as likely by itself; writes ⟨s_i s_j⟩ into `moments` (N, N)."""
        lowest = float(self._energies.min())
        total, heat = self.moments(temperature, self.energies.new_full((len(self._rows),), lowest), moments)
        moments.div_(total)
        return log(total) - lowest / temperature, heat / total


def enumerate_states(
    weights: Tensor, biases: Tensor, temperature: float = 1.0, *, workspace: Tensor | None = None
) -> Exact:
    """The exact distribution for W (N, N) and b (N,), on the processor whatever device they are on.

    `workspace` (2^N,) float64 is where the energies are put; whoever enumerates for every picture can reuse it, but
    what was found before changes with it. Raises ValueError for too many units, a temperature that is not above 0, and
    as `require_links`; but weights that are not finite give a result that is not.
    """
    units = len(biases)
    if not 1 <= units <= LARGEST:
        raise ValueError(f"All states are listed for 1 to {LARGEST} units, not for {units}.")
    if not 0 < temperature < inf:
        raise ValueError(f"The temperature must be a number above 0, not {temperature}.")
    weights, biases = (tensor.detach().to("cpu", torch.float64).contiguous() for tensor in (weights, biases))
    if bool(weights.isfinite().all()):
        require_links(weights, biases)
    blocks = Blocks.whole(units, workspace)
    blocks.fill(weights, biases)
    moments = torch.empty(units, units, dtype=torch.float64)
    found = torch.tensor(blocks.log_partition(temperature, moments), dtype=torch.float64)
    return Exact(units, temperature, blocks.energies.flatten(), found[0], moments, found[1])


def clamp(weights: Tensor, biases: Tensor, units: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The machine of the free units while `units` (k,) are held at `values` (k,): W, b and a constant energy ().

    The held ones only shift the biases: b_i ← b_i + Σ_held W_ij s_j. Free units keep their order.
    """
    free = torch.ones(len(biases), dtype=torch.bool, device=biases.device).index_fill_(0, units, False)
    values = values.to(biases)
    inner = weights[units][:, units]
    constant = -values @ biases[units] - values @ inner @ values / 2
    return weights[free][:, free], biases[free] + weights[free][:, units] @ values, constant
