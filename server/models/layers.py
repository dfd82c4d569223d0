"""One dense layer of a feed-forward net, and its part of the forward and of the backward pass.

While training, units are rows and examples columns, as in the lecture's s = W o; every tensor is then
contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from server.models.activations import Activation, Call
from server.models.normalisation import BatchNorm
from server.models.program import Operation


@dataclass(frozen=True)
class Layer:
    """s = W o + b, o' = K(s); normalised: s = W o, o' = K(ŝ), where the normalisation's shift does the work
    of b. With a skip connection o' = K(ŝ) + o, for as many outputs as inputs (He et al. 2016).

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
    skip: bool = False

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
        outputs = self.activation.function(s)
        return outputs + inputs if self.skip else outputs


@dataclass(frozen=True)
class Stage:
    """One layer at work on minibatches of m examples: its tensors (outputs, m), and its operations both ways.

    Forward: `signal` s, `normalised` ŝ, `activated` K(ŝ), `output` o. Backward: `received` ∂E/∂o is written by
    the stage above; then `error` holds ∂E/∂s. Tensors that would hold the same are the same; where nothing is
    added to K, `received` is overwritten by `error`.
    """

    signal: Tensor
    normalised: Tensor
    activated: Tensor
    output: Tensor
    received: Tensor
    error: Tensor
    forward: tuple[Operation, ...]
    backward: tuple[Operation, ...]


def stage(layer: Layer, carried: Tensor, output: Tensor | None, below: Stage | None, mask: Tensor | None) -> Stage:
    """Bind a layer to what it reads, `carried` (inputs [+ 1], m), and writes.

    `output` None: it is the net's last layer; `below` None: it is the first, and nobody wants its error; `mask`
    None: no unit is turned off.
    """
    name, activation, entering = layer.name, layer.activation, carried[: layer.inputs]
    signal = carried.new_empty(len(layer.matrix), carried.shape[1])
    error = torch.empty_like(signal)
    received = torch.empty_like(signal) if layer.skip else error
    normalised = signal if layer.norm is None else torch.empty_like(signal)
    changed = layer.skip or mask is not None
    if changed or output is None:
        activated = normalised if activation.slope is None else torch.empty_like(signal)
    else:
        activated = output
    output = activated if output is None else output

    multiply = partial(torch.mm, layer.matrix, carried, out=signal)
    forward = [Operation(multiply, (signal,), f"input of {name}")]
    backward = _through_units(layer, activated, received, error, mask)
    if layer.norm is not None:
        normalise, denormalise = layer.norm.bind(signal, normalised, error, name)
        forward.append(normalise)
        backward.append(denormalise)
    if activated is not normalised:
        forward.append(Operation(activation.apply(normalised, activated), (activated,), f"output of {name}"))
    if changed:
        forward.append(Operation(_joined(layer, activated, entering, mask, output), (output,), f"output of {name}"))
    gradient = partial(torch.mm, error, carried.t(), out=layer.gradient)
    backward.append(Operation(gradient, (layer.gradient,), f"gradient of {name}"))
    if below is not None:
        call = partial(torch.mm, layer.weights.t(), error, out=below.received)
        if layer.skip:
            call = partial(torch.addmm, received, layer.weights.t(), error, out=below.received)
        backward.append(Operation(call, (below.received,), f"error below {name}"))
    return Stage(signal, normalised, activated, output, received, error, tuple(forward), tuple(backward))


def _joined(layer: Layer, activated: Tensor, entering: Tensor, mask: Tensor | None, output: Tensor) -> Call:
    """o from K(ŝ): some units turned off, the layer's own inputs added, or both."""
    if mask is None:
        return partial(torch.add, activated, entering, out=output)
    if layer.skip:
        return partial(torch.addcmul, entering, activated, mask, out=output)
    return partial(torch.mul, activated, mask, out=output)


def _through_units(
    layer: Layer, activated: Tensor, received: Tensor, error: Tensor, mask: Tensor | None
) -> list[Operation]:
    """∂E/∂ŝ = ∂E/∂o · mask · K'(ŝ). The slope comes from K's own output, not from what was added to it."""
    operations: list[Operation] = []
    factors = [] if mask is None else [mask]
    if layer.activation.slope is not None:
        slope = torch.empty_like(error)
        operations.append(Operation(layer.activation.slope(activated, slope), (slope,), f"slope of {layer.name}"))
        factors.append(slope)
    for factor in factors:
        # In place is a tenth quicker to ask for than the same with `out`.
        multiply = partial(error.mul_, factor) if received is error else partial(torch.mul, received, factor, out=error)
        operations.append(Operation(multiply, (error,), f"error of {layer.name}"))
        received = error
    if received is not error:
        operations.append(Operation(partial(error.copy_, received), (error,), f"error of {layer.name}"))
    return operations
