"""How the layers of a net are cut out of its flat tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from server.models.activations import ACTIVATIONS, Activation
from server.models.layers import Layer
from server.models.normalisation import BatchNorm


@dataclass(frozen=True)
class Plan:
    """What a layer will be, before it has its tensors."""

    name: str
    inputs: int
    outputs: int
    activation: Activation
    norm: bool
    skip: bool

    @property
    def parameters(self) -> int:
        """How many: the weights, and either biases, or the scales and shifts of a normalisation."""
        return self.outputs * (self.inputs + (2 if self.norm else 1))

    @property
    def moments(self) -> int:
        """How many running averages."""
        return 2 * self.outputs if self.norm else 0

    def layer(self, values: Tensor, gradients: Tensor, moments: Tensor) -> Layer:
        """Cut the layer out of its shares of the flat tensors."""
        if not self.norm:
            shape = (self.outputs, self.inputs + 1)
            views = values.view(shape), gradients.view(shape)
            return Layer(self.name, self.inputs, *views, self.activation, skip=self.skip)
        sizes, shape = [self.outputs * self.inputs, self.outputs, self.outputs], (self.outputs, self.inputs)
        matrix, scale, shift = torch.split(values, sizes)
        gradient, scale_gradient, shift_gradient = torch.split(gradients, sizes)
        norm = BatchNorm(scale, shift, scale_gradient, shift_gradient, *torch.split(moments, self.outputs))
        norm.reset()
        views = matrix.view(shape), gradient.view(shape)
        return Layer(self.name, self.inputs, *views, self.activation, norm, self.skip)


def plans(units: Sequence[int], activations: Sequence[str], batch_norm: bool, skip: bool) -> list[Plan]:
    """One plan for each layer of weights; normalisation and skip connections are for hidden layers only."""
    hidden = [
        Plan(f"layer {number}", a, b, ACTIVATIONS[kind], batch_norm, skip and a == b)
        for number, ((a, b), kind) in enumerate(zip(pairwise(units[:-1]), activations[:-1], strict=True), 1)
    ]
    last = Plan("the output layer", units[-2], units[-1], ACTIVATIONS[activations[-1]], norm=False, skip=False)
    return [*hidden, last]
