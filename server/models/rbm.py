"""The restricted Boltzmann machine: visible and hidden units of 0 and 1, connections between the layers only.

    E(v, h) = −b·v − c·h − vᵀ W h,        p(v, h) = exp(−E(v, h) / T) / Z

Given one layer, the units of the other are independent, so a whole layer is drawn at once ("block Gibbs").

Sources: P. Smolensky, "Information processing in dynamical systems" (1986); G. Hinton, "A practical guide to
training restricted Boltzmann machines" (2010). Learning is in `contrastive_divergence.py`.
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn.functional import softplus

ENUMERABLE = 16
CHUNK = 4096


@dataclass(frozen=True)
class Couplings:
    """Weights W (visible, hidden) and biases b (visible), c (hidden): three views of one flat tensor.

    A model, its gradient and its velocity all have this form, so that an update is one operation on `flat`.
    """

    flat: Tensor
    weights: Tensor
    visible_bias: Tensor
    hidden_bias: Tensor

    @classmethod
    def zeros(cls, visible: int, hidden: int, dtype: torch.dtype, device: torch.device) -> "Couplings":
        """All couplings at 0. Raises ValueError for an empty layer."""
        if visible < 1 or hidden < 1:
            raise ValueError(f"A machine needs units in both layers, not {visible} visible and {hidden} hidden.")
        flat = torch.zeros(visible * hidden + visible + hidden, dtype=dtype, device=device)
        weights, visible_bias, hidden_bias = torch.split(flat, [visible * hidden, visible, hidden])
        return cls(flat, weights.view(visible, hidden), visible_bias, hidden_bias)


class RBM:
    """A restricted Boltzmann machine at temperature T. States are rows: v (n, visible), h (n, hidden)."""

    def __init__(self, couplings: Couplings, temperature: float = 1.0) -> None:
        if not 0 < temperature < math.inf:
            raise ValueError(f"The temperature must be a number above 0, not {temperature}.")
        self.couplings = couplings
        self.temperature = temperature

    @classmethod
    def random(
        cls,
        visible: int,
        hidden: int,
        generator: torch.Generator,
        *,
        spread: float = 0.01,
        temperature: float = 1.0,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> "RBM":
        """Weights ~ N(0, spread²) drawn on the generator's device, biases 0 (Hinton 2010, section 8)."""
        couplings = Couplings.zeros(visible, hidden, dtype, torch.device(device))
        noise = torch.randn(visible, hidden, generator=generator, device=generator.device, dtype=dtype)
        couplings.weights.copy_(noise * spread)
        return cls(couplings, temperature)

    def at(self, temperature: float) -> "RBM":
        """The same couplings, shared and not copied, at another temperature."""
        return RBM(self.couplings, temperature)

    def energy(self, visible: Tensor, hidden: Tensor) -> Tensor:
        """E(v, h) for each row, (n,); not divided by T."""
        w, b, c = self.couplings.weights, self.couplings.visible_bias, self.couplings.hidden_bias
        return -(visible @ b) - hidden @ c - ((visible @ w) * hidden).sum(1)

    def hidden_probabilities(self, visible: Tensor, out: Tensor | None = None) -> Tensor:
        """p(h_j = 1 | v) = σ((c_j + Σ_i v_i W_ij) / T), (n, hidden)."""
        scale = 1 / self.temperature
        fields = torch.addmm(
            self.couplings.hidden_bias, visible, self.couplings.weights, beta=scale, alpha=scale, out=out
        )
        return fields.sigmoid_()

    def visible_probabilities(self, hidden: Tensor, out: Tensor | None = None) -> Tensor:
        """p(v_i = 1 | h) = σ((b_i + Σ_j W_ij h_j) / T), (n, visible)."""
        return self._turned().hidden_probabilities(hidden, out)

    def free_energy(self, visible: Tensor) -> Tensor:
        """F(v) = −T ln Σ_h exp(−E(v, h) / T) = −b·v − T Σ_j softplus((c_j + Σ_i v_i W_ij) / T), (n,)."""
        fields = self.couplings.hidden_bias + visible @ self.couplings.weights
        lifted: Tensor = softplus(fields / self.temperature).sum(1) * self.temperature
        return -(visible @ self.couplings.visible_bias) - lifted

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
        units = self.couplings.weights.shape
        found = Couplings.zeros(units[0], units[1], torch.float64, self.couplings.flat.device)
        shares = self._enumerated().softmax(0)
        if self._hidden_is_larger:
            visible = self._states()
            hidden = self._double().hidden_probabilities(visible)
        else:
            hidden = self._states()
            visible = self._double().visible_probabilities(hidden)
        torch.mm((visible * shares[:, None]).T, hidden, out=found.weights)
        found.visible_bias.copy_(shares @ visible)
        found.hidden_bias.copy_(shares @ hidden)
        return found

    @property
    def _hidden_is_larger(self) -> bool:
        visible, hidden = self.couplings.weights.shape
        return hidden > visible

    def _turned(self) -> "RBM":
        """The same machine with the names of its layers exchanged."""
        c = self.couplings
        return RBM(Couplings(c.flat, c.weights.T, c.hidden_bias, c.visible_bias), self.temperature)

    def _double(self) -> "RBM":
        c = self.couplings
        doubles = (part.double() for part in (c.flat, c.weights, c.visible_bias, c.hidden_bias))
        return RBM(Couplings(*doubles), self.temperature)

    def _states(self) -> Tensor:
        """All states of the smaller layer, (2^units, units) float64."""
        units = min(self.couplings.weights.shape)
        if units > ENUMERABLE:
            raise ValueError(f"The smaller layer has {units} units: 2^{units} states are too many; take {ENUMERABLE}.")
        return binary_states(units).to(self.couplings.flat.device, torch.float64)

    def _enumerated(self) -> Tensor:
        """ln Σ exp(−E / T) over the larger layer, for every state of the smaller one: (2^units,) float64."""
        machine = self._double() if self._hidden_is_larger else self._double()._turned()
        parts = torch.split(self._states(), CHUNK)  # fields of 2^16 states × 784 units at once: 400 MB
        return torch.cat([-machine.free_energy(part) / self.temperature for part in parts])


@cache
def binary_states(units: int) -> Tensor:
    """Every state of `units` units of 0 and 1, (2^units, units) float32, counting up in binary."""
    places = torch.arange(units - 1, -1, -1)
    return (torch.arange(2**units)[:, None] >> places & 1).float()


def sample(probabilities: Tensor, noise: Tensor, generator: torch.Generator, out: Tensor) -> Tensor:
    """Draw 0 or 1 with the given probabilities into `out`; all three tensors have one shape.

    ⌈p − u⌉ with u uniform in [0, 1) is 1 exactly where u < p, costs a quarter of `torch.bernoulli`, and
    leaves a NaN a NaN.
    """
    noise.uniform_(generator=generator)
    return torch.sub(probabilities, noise, out=out).ceil_()


class Chains:
    """Many Markov chains run side by side by block Gibbs sampling, in place.

    `visible` and `hidden` are drawn states (count, units) of 0 and 1; `visible_probabilities` and
    `hidden_probabilities` are what they were last drawn from. `generator` lives on the machine's device.
    """

    def __init__(self, machine: RBM, count: int, generator: torch.Generator) -> None:
        if count < 1:
            raise ValueError(f"At least one chain is needed, not {count}.")
        self.machine = machine
        self.generator = generator
        weights = machine.couplings.weights
        self.visible, self.visible_probabilities, self._visible_noise = (
            weights.new_zeros(count, weights.shape[0]) for _ in range(3)
        )
        self.hidden, self.hidden_probabilities, self._hidden_noise = (
            weights.new_zeros(count, weights.shape[1]) for _ in range(3)
        )

    def start(self, visible: Tensor) -> None:
        """Put the visible units at `visible` (count, units), with certainty, and draw the hidden ones."""
        self.visible.copy_(visible)
        self.visible_probabilities.copy_(self.visible)
        self._draw_hidden()

    def scatter(self) -> None:
        """Start from noise: each visible unit 0 or 1 with probability ½."""
        self.visible_probabilities.fill_(0.5)
        self.start(sample(self.visible_probabilities, self._visible_noise, self.generator, self.visible))

    def sweep(self, times: int = 1) -> None:
        """Draw all visible units given the hidden ones, then all hidden given these: p(v, h) is unchanged."""
        for _ in range(times):
            self.machine.visible_probabilities(self.hidden, out=self.visible_probabilities)
            sample(self.visible_probabilities, self._visible_noise, self.generator, self.visible)
            self._draw_hidden()

    def _draw_hidden(self) -> None:
        self.machine.hidden_probabilities(self.visible, out=self.hidden_probabilities)
        sample(self.hidden_probabilities, self._hidden_noise, self.generator, self.hidden)
