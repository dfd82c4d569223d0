"""One dense layer of a feed-forward net, and its part of the forward and of the backward pass.

While training, units are rows and examples columns, as in the lecture's s = W o; every tensor is then
contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from server.models.activations import Activation
from server.models.normalisation import BatchNorm
from server.models.program import Operation


@dataclass(frozen=True)
class Layer:
    """s = W o + b, o' = K(s); normalised: s = W o, o' = K(ŝ), where the normalisation's shift does the work
    of b.

    A bias is the weight of a unit that is always 1: `matrix` is (outputs, inputs + 1) with the biases in its
    last column, or (outputs, inputs) in a normalised layer. One product then does both, and its gradient
    likewise.
    """

    name: str
    inputs: int
    matrix: Tensor
    gradient: Tensor
    activation: Activation
    norm: BatchNorm | None = None

    @property
    def weights(self) -> Tensor:
        """W (outputs, inputs): a view."""
        return self.matrix[:, : self.inputs]

    @property
    def biases(self) -> Tensor:
        """b (outputs,): a view. In a normalised layer, the shift β."""
        return self.matrix[:, -1] if self.norm is None else self.norm.shift

    @property
    def weights_gradient(self) -> Tensor:
        """∂E/∂W (outputs, inputs): a view."""
        return self.gradient[:, : self.inputs]

    @property
    def biases_gradient(self) -> Tensor:
        """∂E/∂b (outputs,): a view."""
        return self.gradient[:, -1] if self.norm is None else self.norm.shift_gradient

    def carrier(self, examples: int) -> Tensor:
        """Room for this layer's inputs (inputs, examples), with a row of ones below them if it has biases."""
        return self.matrix.new_ones(self.matrix.shape[1], examples)

    def evaluate(self, inputs: Tensor) -> Tensor:
        """Outputs (m, outputs) for inputs (m, inputs), normalised by the running averages."""
        s = inputs @ self.weights.t()
        s = s + self.biases if self.norm is None else self.norm.evaluate(s)
        outputs = torch.empty_like(s)
        self.activation.apply(s, outputs)()
        return outputs


@dataclass(frozen=True)
class Stage:
    """One layer at work on minibatches of m examples: its tensors (outputs, m), and its operations both ways.

    `error` receives ∂E/∂o from above, and holds ∂E/∂s when this stage's backward pass is done.
    """

    signal: Tensor
    normalised: Tensor
    output: Tensor
    error: Tensor
    forward: tuple[Operation, ...]
    backward: tuple[Operation, ...]


def stage(layer: Layer, carried: Tensor, output: Tensor | None, error_below: Tensor | None) -> Stage:
    """Bind a layer to what it reads, `carried` (inputs [+ 1], m), and writes.

    `output` None: it is the net's last layer; `error_below` None: it is the first, and nobody below wants an
    error.
    """
    name = layer.name
    signal = carried.new_empty(len(layer.matrix), carried.shape[1])
    error = torch.empty_like(signal)
    normalised = signal if layer.norm is None else torch.empty_like(signal)
    if output is None:
        output = normalised if layer.activation.slope is None else torch.empty_like(signal)
    multiply = partial(torch.mm, layer.matrix, carried, out=signal)
    forward = [Operation(multiply, (signal,), f"input of {name}")]
    backward: list[Operation] = []
    if layer.activation.slope is not None:
        slope = torch.empty_like(signal)
        backward.append(Operation(layer.activation.slope(output, slope), (slope,), f"slope of {name}"))
        backward.append(Operation(partial(error.mul_, slope), (error,), f"error of {name}"))
    if layer.norm is not None:
        normalise, denormalise = layer.norm.bind(signal, normalised, error, name)
        forward.append(normalise)
        backward.append(denormalise)
    if output is not normalised:
        forward.append(Operation(layer.activation.apply(normalised, output), (output,), f"output of {name}"))
    gradient = partial(torch.mm, error, carried.t(), out=layer.gradient)
    backward.append(Operation(gradient, (layer.gradient,), f"gradient of {name}"))
    if error_below is not None:
        below = partial(torch.mm, layer.weights.t(), error, out=error_below)
        backward.append(Operation(below, (error_below,), f"error below {name}"))
    return Stage(signal, normalised, output, error, tuple(forward), tuple(backward))
