"""The Boltzmann machine: units of 0 and 1 in layers, switched by chance; general, restricted or deep.

    E(s) = −½ sᵀ W s − b·s,        p(s) = exp(−E(s) / T) / Z,        W symmetric, W_ii = 0

Neighbouring layers are linked ("between"), and a layer may be linked within itself ("within"). A general
machine is one layer with links within, a restricted one two layers without, a deep one three or more.

Sources: D. Ackley, G. Hinton, T. Sejnowski, Cognitive Science 9 (1985) 147; P. Smolensky, "Information
processing in dynamical systems" (1986); R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines" (2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import torch
from torch import Tensor

from server.models.chains import Chains as Chains
from server.models.chains import sample as sample

States = Sequence[Tensor]
"""One tensor (n, n_l) per layer."""


@dataclass(frozen=True)
class Couplings:
    """All weights and biases, as views of one flat tensor.

    A model, its gradient and its velocity all have this form, so that an update is one operation on `flat`.
    Whoever writes into `within` keeps it symmetric, with 0 on the diagonal.
    """

    flat: Tensor
    layers: tuple[int, ...]
    between: tuple[Tensor, ...]  # (n_l, n_{l+1}) each, one fewer than layers
    within: tuple[Tensor | None, ...]  # (n_l, n_l) each
    biases: tuple[Tensor, ...]  # (n_l,) each

    @classmethod
    def over(cls, flat: Tensor, layers: Sequence[int], *, lateral: bool = False) -> Couplings:
        """A flat tensor read as couplings: all `between`, then all `within`, then all biases."""
        shapes = [*pairwise(layers), *((units, units) for units in layers if lateral), *((units,) for units in layers)]
        pieces = torch.split(flat, [math.prod(shape) for shape in shapes])
        parts = [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        count = len(layers)
        within = tuple(parts[count - 1 : -count]) if lateral else (None,) * count
        return cls(flat, tuple(layers), tuple(parts[: count - 1]), within, tuple(parts[-count:]))

    @classmethod
    def zeros(
        cls,
        layers: Sequence[int],
        *,
        lateral: bool = False,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Couplings:
        """All couplings at 0; `lateral` links every layer within itself. Raises ValueError for an empty layer."""
        if not layers or min(layers) < 1:
            raise ValueError(f"A machine needs units in every layer, not {' and '.join(map(str, layers)) or 'none'}.")
        size = sum(a * b for a, b in pairwise(layers)) + sum(units * units * lateral + units for units in layers)
        return cls.over(torch.zeros(size, dtype=dtype, device=device), layers, lateral=lateral)

    @property
    def lateral(self) -> bool:
        """Whether layers are linked within themselves."""
        return self.within[0] is not None

    def to(self, dtype: torch.dtype) -> Couplings:
        """The same couplings as other numbers."""
        return Couplings.over(self.flat.to(dtype), self.layers, lateral=self.lateral)

    @property
    def weights(self) -> Tensor:
        """Between the two lowest layers, (n_0, n_1): all weights of a restricted machine."""
        return self.between[0]

    @property
    def visible_bias(self) -> Tensor:
        """Of the lowest layer, (n_0,)."""
        return self.biases[0]

    @property
    def hidden_bias(self) -> Tensor:
        """Of the layer above it, (n_1,)."""
        return self.biases[1]


class Boltzmann:
    """A Boltzmann machine at temperature T. States are one tensor of rows (n, n_l) per layer.

    Raises ValueError for a temperature that is not above 0.
    """

    def __init__(self, couplings: Couplings, temperature: float = 1.0) -> None:
        if not 0 < temperature < math.inf:
            raise ValueError(f"The temperature must be a number above 0, not {temperature}.")
        self.couplings = couplings
        self.temperature = temperature

    @classmethod
    def random(
        cls,
        layers: Sequence[int],
        generator: torch.Generator,
        *,
        spread: float = 0.01,
        lateral: bool = False,
        temperature: float = 1.0,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Self:
        """Weights ~ N(0, spread²) drawn on the generator's device, biases 0 (Hinton 2010, section 8)."""
        couplings = Couplings.zeros(layers, lateral=lateral, dtype=dtype, device=device)
        for weights in (*couplings.between, *couplings.within):
            if weights is not None:
                noise = torch.randn(weights.shape, generator=generator, device=generator.device, dtype=dtype)
                weights.copy_(noise * spread)
        for weights in couplings.within:
            if weights is not None:
                weights.triu_(1).add_(weights.T.clone())
        return cls(couplings, temperature)

    @staticmethod
    def full(weights: Tensor, biases: Tensor, temperature: float = 1.0) -> Boltzmann:
        """A general machine: one layer with links W (N, N) and biases (N,), both copied. Raises as `require_links`."""
        require_links(weights, biases)
        couplings = Couplings.zeros((len(biases),), lateral=True, dtype=weights.dtype, device=weights.device)
        couplings.flat.copy_(torch.cat([weights.flatten(), biases]))
        return Boltzmann(couplings, temperature)

    def at(self, temperature: float) -> Self:
        """The same couplings, shared and not copied, at another temperature."""
        return type(self)(self.couplings, temperature)

    def field(
        self, layer: int, states: States, *, within: bool = True, scale: float = 1.0, out: Tensor | None = None
    ) -> Tensor:
        """scale · (b_i + Σ_j W_ij s_j) for the units of a layer, (n, n_l): E with unit i off less E with it on.

        Only layers that are linked to this one are read; without `within`, links inside the layer do not count.
        """
        bias = self.couplings.biases[layer]
        sources = self._sources(layer, within)
        if not sources:
            alone = (bias * scale).expand(len(states[layer]), -1)
            return alone.clone() if out is None else out.copy_(alone)
        (first, weights), *others = sources
        fields = torch.addmm(bias, states[first], weights, beta=scale, alpha=scale, out=out)
        for source, weights in others:
            fields.addmm_(states[source], weights, alpha=scale)
        return fields

    def probabilities(self, layer: int, states: States, out: Tensor | None = None) -> Tensor:
        """p(s_i = 1 | all other units) = σ(field_i / T) for the units of a layer, (n, n_l)."""
        return self.field(layer, states, scale=1 / self.temperature, out=out).sigmoid_()

    def energy(self, states: States) -> Tensor:
        """E = −½ Σ_l s_l · (field_l + b_l) of each row, (n,); not divided by T."""
        parts = zip(states, self.couplings.biases, strict=True)
        pulls = [((self.field(layer, states) + bias) * state).sum(1) for layer, (state, bias) in enumerate(parts)]
        return -torch.stack(pulls).sum(0) / 2

    def whole(self) -> tuple[Tensor, Tensor]:
        """The same machine as one matrix W (N, N) and biases b (N,), float64, one layer after another."""
        c = self.couplings
        biases = torch.cat(c.biases).double()
        weights = biases.new_zeros(len(biases), len(biases))
        start = 0
        for layer, units in enumerate(c.layers):
            end, inside = start + units, c.within[layer]
            if inside is not None:
                weights[start:end, start:end] = inside
            if layer < len(c.between):
                above = slice(end, end + c.layers[layer + 1])
                weights[start:end, above] = c.between[layer]
                weights[above, start:end] = c.between[layer].T
            start = end
        return weights, biases

    def _sources(self, layer: int, within: bool) -> list[tuple[int, Tensor]]:
        """The layers that this one hears, each with its weights (theirs, own)."""
        c = self.couplings
        inside = c.within[layer] if within else None
        below = [(layer - 1, c.between[layer - 1])] if layer > 0 else []
        above = [(layer + 1, c.between[layer].T)] if layer < len(c.between) else []
        return [*below, *above, *([(layer, inside)] if inside is not None else [])]


def require_links(weights: Tensor, biases: Tensor) -> None:
    """Raises ValueError unless weights (N, N) are symmetric, without links of a unit to itself, as biases (N,)."""
    units = len(biases)
    if weights.shape != (units, units):
        raise ValueError(f"The weights of {units} units must be {units}×{units}, not {tuple(weights.shape)}.")
    if not torch.equal(weights, weights.T) or bool(weights.diagonal().any()):
        raise ValueError("Weights must be numbers, the same both ways between two units, and 0 from a unit to itself.")
