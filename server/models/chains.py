"""Gibbs sampling of a Boltzmann machine by many Markov chains side by side, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from server.models.kernels import sweeps

if TYPE_CHECKING:
    from server.models.boltzmann import Boltzmann


def sample(probabilities: Tensor, noise: Tensor, generator: torch.Generator, out: Tensor) -> Tensor:
    """Draw 0 or 1 with the given probabilities into `out`; all three tensors have one shape.

    ⌈p − u⌉ with u uniform in [0, 1) is 1 exactly where u < p, costs a quarter of `torch.bernoulli`, and
    leaves a NaN a NaN. `out` may be `noise`.
    """
    noise.uniform_(generator=generator)
    return torch.sub(probabilities, noise, out=out).ceil_()


class Chains:
    """`count` chains of a machine, of any number of layers; `generator` lives on the machine's device.

    ``states`` are what was drawn, (count, n_l) of 0 and 1 per layer, and ``chances`` the probabilities that it
    was drawn with. Both are changed in place. ``machine`` may be replaced by one at another temperature.
    """

    def __init__(self, machine: Boltzmann, count: int, generator: torch.Generator) -> None:
        if count < 1:
            raise ValueError(f"At least one chain is needed, not {count}.")
        self.machine = machine
        self.generator = generator
        self.states, self.chances, self._noise = ([self._room(layer, count) for layer in self._layers] for _ in "123")
        self._held: list[Tensor | None] = [None for _ in self._layers]

    @property
    def _layers(self) -> range:
        return range(len(self.machine.couplings.layers))

    def _room(self, layer: int, count: int) -> Tensor:
        """Zeros (count, n_l). Where units are drawn one by one, all chains of a unit lie side by side."""
        c = self.machine.couplings
        if c.within[layer] is None:
            return c.flat.new_zeros(count, c.layers[layer])
        return c.flat.new_zeros(c.layers[layer], count).T

    def scatter(self) -> None:
        """Start from noise: each unit that is not held 0 or 1 with probability ½."""
        for layer in self._layers:
            self.chances[layer].fill_(0.5)
            self._toss(layer)

    def start(self, layer: int, values: Tensor) -> None:
        """Put a layer at values (count, n_l) or (n_l,), with certainty; the other layers stay."""
        self.states[layer].copy_(values)
        self.chances[layer].copy_(self.states[layer])

    def hold(self, layer: int, mask: Tensor | None) -> None:
        """Let the units where mask (n_l,) or (count, n_l) is true keep their values from now on; None frees all."""
        states = self.states[layer]
        self._held[layer] = None if mask is None else mask.to(states.device, torch.bool, copy=True).expand_as(states)

    def sweep(self, times: int = 1) -> None:
        """Draw every even layer given the rest, then every odd one, so many times: p(s) is unchanged."""
        for _ in range(times):
            for layer in (*self._layers[::2], *self._layers[1::2]):
                self.draw(layer)

    def draw(self, layer: int) -> None:
        """Draw a layer given the others: at once where its units are independent, else one unit after another."""
        if self.machine.couplings.within[layer] is not None:
            return self._draw_in_turn(layer)
        self.machine.probabilities(layer, self.states, out=self.chances[layer])
        return self._toss(layer)

    def _toss(self, layer: int) -> None:
        """Draw from the chances as they are."""
        states, chances, noise, held = self.states[layer], self.chances[layer], self._noise[layer], self._held[layer]
        drawn = sample(chances, noise, self.generator, out=states if held is None else noise)
        if held is not None:
            torch.where(held, states, drawn, out=states)
            torch.where(held, states, chances, out=chances)

    def _draw_in_turn(self, layer: int) -> None:
        """Units in turn, each given all others as they are by then.

        A unit turns on where u < σ(field / T), that is where its field is above T logit(u); so all thresholds of
        the sweep are drawn at once. Those of held units are out of reach.
        """
        weights, states, chances = self.machine.couplings.within[layer], self.states[layer], self.chances[layer]
        assert weights is not None
        thresholds, held = self._noise[layer], self._held[layer]
        thresholds.T.uniform_(generator=self.generator).logit_().mul_(self.machine.temperature)
        if held is not None:
            torch.where(held, (0.5 - states) * torch.inf, thresholds, out=thresholds)
        self.machine.field(layer, self.states, within=False, out=chances)
        in_turn = decide_by_blocks if states.device.type == "cpu" else decide_one_by_one
        in_turn(weights.detach(), chances.T, thresholds.T, states.T)
        chances.div_(self.machine.temperature).sigmoid_()
        if held is not None:
            torch.where(held, states, chances, out=chances)
        states.add_(chances, alpha=0)  # a NaN stays a NaN


def decide_one_by_one(weights: Tensor, fields: Tensor, thresholds: Tensor, states: Tensor) -> None:
    """Every unit in turn is on where its field is above its threshold; of N units in C chains, on any device.

    ``fields`` (N, C) come without links among the units and become those of the moment of decision; states
    (N, C) change in place under weights (N, N).
    """
    for links, field, threshold, state in zip(weights, fields, thresholds, states, strict=True):
        torch.gt(field.addmv_(states.T, links), threshold, out=state)


def decide_by_blocks(weights: Tensor, fields: Tensor, thresholds: Tensor, states: Tensor) -> None:
    """The same on a processor: few units at a time, between them one matrix product. Thresholds are used up."""
    links, *arrays = (tensor.numpy() for tensor in (weights, fields, thresholds, states))
    for first in range(0, len(weights), sweeps.BLOCK):
        block = slice(first, first + sweeps.BLOCK)
        fields[block].addmm_(weights[block], states)
        sweeps.decide(links, first, *(array[block] for array in arrays))
