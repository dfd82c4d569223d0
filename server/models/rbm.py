"""The restricted Boltzmann machine: visible and hidden units of 0 and 1, connections between the layers only.

    E(v, h) = −b·v − c·h − vᵀ W h,        p(v, h) = exp(−E(v, h) / T) / Z

Given one layer, the units of the other are independent, so a whole layer is drawn at once ("block Gibbs"). It
is the machine of `boltzmann` with two layers; here is what can be summed in closed form.

Sources: P. Smolensky, "Information processing in dynamical systems" (1986); G. Hinton, "A practical guide to
training restricted Boltzmann machines" (2010). Learning is in `contrastive_divergence.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Self

import torch
from torch import Tensor
from torch.nn.functional import softplus

from server.models import boltzmann
from server.models.boltzmann import Boltzmann, Couplings, States, sample

ENUMERABLE = 16
CHUNK = 4096


class RBM(Boltzmann):
    """A restricted Boltzmann machine at temperature T. States are rows: v (n, visible), h (n, hidden)."""

    @classmethod
    def random(  # type: ignore[override]  # two layers are named, not listed
        cls,
        visible: int,
        hidden: int,
        generator: torch.Generator,
        *,
        spread: float = 0.01,
        temperature: float = 1.0,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Self:
        """Weights ~ N(0, spread²), biases 0; as `Boltzmann.random`."""
        layers = (visible, hidden)
        return super().random(layers, generator, spread=spread, temperature=temperature, dtype=dtype, device=device)

    def energy(self, states: States | Tensor, *hidden: Tensor) -> Tensor:
        """E(v, h) for each row, (n,), of v and h or of both in one sequence; not divided by T."""
        return super().energy((states, *hidden) if isinstance(states, Tensor) else states)

    def hidden_probabilities(self, visible: Tensor, out: Tensor | None = None) -> Tensor:
        """p(h_j = 1 | v) = σ((c_j + Σ_i v_i W_ij) / T), (n, hidden)."""
        return self.probabilities(1, (visible, visible), out)  # of the two only the other layer is read

    def visible_probabilities(self, hidden: Tensor, out: Tensor | None = None) -> Tensor:
        """p(v_i = 1 | h) = σ((b_i + Σ_j W_ij h_j) / T), (n, visible)."""
        return self.probabilities(0, (hidden, hidden), out)

    def free_energy(self, visible: Tensor) -> Tensor:
        """F(v) = −T ln Σ_h exp(−E(v, h) / T) = −b·v − T Σ_j softplus((c_j + Σ_i v_i W_ij) / T), (n,)."""
        return self._free_energy(0, visible)

    def reconstruction_error(self, visible: Tensor, generator: torch.Generator) -> Tensor:
        """Mean of (v − p(v | h))² over units and rows, h drawn from p(h | v), (): not the likelihood."""
        chains = Chains(self, len(visible), generator)
        chains.start(visible)
        chains.sweep()
        return (visible - chains.visible_probabilities).square().mean()

    def log_partition(self) -> Tensor:
        """ln Z by summing over all states of the smaller layer, () float64.

        Raises ValueError if that layer has more than 16 units.
        """
        return self._enumerated().logsumexp(0)

    def log_likelihood(self, visible: Tensor) -> Tensor:
        """ln p(v) = −F(v) / T − ln Z of each row in nats, (n,) float64, exact; see `log_partition`."""
        return -self._double().free_energy(visible.double()) / self.temperature - self.log_partition()

    def expectations(self) -> Couplings:
        """⟨v hᵀ⟩, ⟨v⟩ and ⟨h⟩ under the model, exact, float64; see `log_partition`."""
        found = Couplings.zeros(self.couplings.layers, dtype=torch.float64, device=self.couplings.flat.device)
        machine, states, smaller = self._double(), self._states(), self._smaller
        fields = machine.field(1 - smaller, (states, states))
        shares = machine._log_weights(smaller, states, fields).softmax(0)
        larger = fields.div_(self.temperature).sigmoid_()
        visible, hidden = (states, larger) if smaller == 0 else (larger, states)
        torch.mm((visible * shares[:, None]).T, hidden, out=found.weights)
        for bias, layer in zip(found.biases, (visible, hidden), strict=True):
            torch.mv(layer.T, shares, out=bias)
        return found

    def draws(self, count: int, generator: torch.Generator) -> Tensor:
        """Visible states (count, visible) from p(v) itself, independent of each other: no chain that could be stuck.

        The smaller layer is drawn from its enumerated distribution, the other given it; see `log_partition`.
        """
        shares, states = self._enumerated().softmax(0), self._states()
        rows = torch.multinomial(shares, count, replacement=True, generator=generator)
        drawn = states[rows].to(self.couplings.flat.dtype)
        if self._smaller == 0:
            return drawn
        chances = self.visible_probabilities(drawn)
        return sample(chances, torch.empty_like(chances), generator, chances)

    @property
    def _smaller(self) -> int:
        """The layer that is enumerated."""
        visible, hidden = self.couplings.layers
        return 0 if hidden > visible else 1

    def _free_energy(self, layer: int, states: Tensor) -> Tensor:
        """−T ln Σ exp(−E / T) over the other layer, of each row of this one, (n,)."""
        return -self.temperature * self._log_weights(layer, states, self.field(1 - layer, (states, states)))

    def _log_weights(self, layer: int, states: Tensor, fields: Tensor) -> Tensor:
        """ln Σ exp(−E / T) over the other layer, which feels these fields, of each row of this one, (n,)."""
        scaled = (part / self.temperature for part in torch.split(fields, CHUNK))  # of 2^16 × 784 fields, not all twice
        lifted = torch.cat([softplus(part).sum(1) for part in scaled])
        return torch.addmv(lifted, states, self.couplings.biases[layer], alpha=1 / self.temperature)

    def _double(self) -> RBM:
        return RBM(self.couplings.to(torch.float64), self.temperature)

    def _states(self) -> Tensor:
        """All states of the smaller layer, (2^units, units) float64."""
        units = min(self.couplings.layers)
        if units > ENUMERABLE:
            raise ValueError(f"The smaller layer has {units} units: 2^{units} states are too many; take {ENUMERABLE}.")
        return binary_states(units).to(self.couplings.flat.device, torch.float64)

    def _enumerated(self) -> Tensor:
        """ln Σ exp(−E / T) over the larger layer, for every state of the smaller one: (2^units,) float64."""
        machine, parts = self._double(), torch.split(self._states(), CHUNK)
        # Fields of 2^16 states × 784 units at once would take 400 MB.
        return torch.cat([-machine._free_energy(self._smaller, part) / self.temperature for part in parts])


@cache
def binary_states(units: int) -> Tensor:
    """Every state of `units` units of 0 and 1, (2^units, units) float32, counting up in binary."""
    places = torch.arange(units - 1, -1, -1)
    return (torch.arange(2**units)[:, None] >> places & 1).float()


class Chains(boltzmann.Chains):
    """Chains of a restricted machine, whose layers have names; a sweep draws the visible, then the hidden units."""

    def start(self, visible: Tensor) -> None:  # type: ignore[override]  # it can only be meant for the visible layer
        """Put the visible units at `visible` (count, units), with certainty, and draw the hidden ones."""
        super().start(0, visible)
        self.draw(1)

    @property
    def visible(self) -> Tensor:
        """States of the visible units, (count, visible)."""
        return self.states[0]

    @property
    def hidden(self) -> Tensor:
        """States of the hidden units, (count, hidden)."""
        return self.states[1]

    @property
    def visible_probabilities(self) -> Tensor:
        """What the visible units were last drawn from, (count, visible)."""
        return self.chances[0]

    @property
    def hidden_probabilities(self) -> Tensor:
        """What the hidden units were last drawn from, (count, hidden)."""
        return self.chances[1]
