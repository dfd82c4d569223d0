"""A feed-forward net of dense layers, trained by the lecture's backpropagation.

    net = MLP((64, 32, 10), hidden="relu", initialiser="he", generator=generator)
    descent = SGD(net.parameters, net.gradient, learning_rate=0.1, momentum=0.9)
    loss = net.backpropagate(inputs, targets)        # forward and backward: net.gradient is filled
    descent.step()

No value is ever clipped, replaced or flushed: a gradient of 1e-33 and a weight of ∞ are what the experiments
show.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from server.models.activations import ACTIVATIONS, Activation
from server.models.backpropagation import Backpropagation
from server.models.initialisers import Distribution, first_weights
from server.models.layers import Layer
from server.models.losses import LOSSES
from server.models.normalisation import BatchNorm
from server.models.program import nonfinite


class MLP:
    """Layers of `units` = (inputs, hidden …, outputs); all parameters are views into the flat `parameters`.

    `gradient` has the same layout. `hidden` and `output` name activations, `loss` one of `LOSSES`;
    `batch_norm` normalises the inputs of every hidden unit. With cross-entropy the outputs are the logits of
    a softmax (`output` "linear"). Biases start at 0. Raises ValueError for unknown names, or fewer than two
    layers of units.
    """

    def __init__(
        self,
        units: Sequence[int],
        *,
        generator: torch.Generator,
        hidden: str = "sigmoid",
        output: str = "linear",
        loss: str = "cross_entropy",
        batch_norm: bool = False,
        initialiser: str = "xavier",
        distribution: Distribution = "uniform",
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        _check(units, hidden, output, loss)
        self.units = tuple(units)
        pairs = list(pairwise(units))
        normalised = [batch_norm] * (len(pairs) - 1) + [False]
        sizes = [b * (a + (2 if norm else 1)) for (a, b), norm in zip(pairs, normalised, strict=True)]
        self.parameters = torch.zeros(sum(sizes), dtype=dtype, device=device)
        self.gradient = torch.zeros_like(self.parameters)
        moments = [2 * b if norm else 0 for (_, b), norm in zip(pairs, normalised, strict=True)]
        self.statistics = torch.zeros(sum(moments), dtype=dtype, device=device)
        names = [f"layer {number}" for number in range(1, len(pairs))] + ["the output layer"]
        activations = [ACTIVATIONS[hidden]] * (len(pairs) - 1) + [ACTIVATIONS[output]]
        flats = ((self.parameters, sizes), (self.gradient, sizes), (self.statistics, moments))
        shares = zip(*(torch.split(flat, lengths) for flat, lengths in flats), strict=True)
        self.layers = tuple(
            _layer(name, a, b, norm, activation, *share)
            for name, (a, b), norm, activation, share in zip(names, pairs, normalised, activations, shares, strict=True)
        )
        for layer, (a, b) in zip(self.layers, pairs, strict=True):
            layer.weights.copy_(first_weights(a, b, initialiser, generator, distribution))
        self._loss = LOSSES[loss]
        self._program: Backpropagation | None = None

    def program(self, examples: int) -> Backpropagation:
        """The forward and backward pass over minibatches of so many examples.

        Only the last one is kept: a slider dragged over all batch sizes would otherwise leave gigabytes
        behind.
        """
        if self._program is None or len(self._program.inputs) != examples:
            self._program = Backpropagation(self.layers, self._loss, examples)
        return self._program

    def backpropagate(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Fill `gradient` from a minibatch (m, inputs), (m, outputs); returns the loss (1, 1).

        The loss, too, is overwritten next time.
        """
        program = self.program(len(inputs))
        program.inputs.copy_(inputs)
        program.targets.copy_(targets)
        program.run()
        return program.loss

    def predict(self, inputs: Tensor) -> Tensor:
        """Outputs (m, outputs) for inputs (m, inputs), normalised by running averages."""
        for layer in self.layers:
            inputs = layer.evaluate(inputs)
        return inputs

    def accuracy(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """Share of examples whose largest output is their label (m,); a float64 scalar. NaN outputs are never
        right."""
        best, choice = self.predict(inputs).max(dim=1)
        return ((choice == labels) & ~best.isnan()).double().mean()

    def gradient_norms(self) -> Tensor:
        """‖∂E/∂W‖ of every layer (layers,) float64: squares of 1e-33 would vanish in float32."""
        return torch.stack(
            [torch.linalg.vector_norm(each.weights_gradient, dtype=torch.float64) for each in self.layers]
        )

    def first_nonfinite(self) -> str:
        """The first layer whose parameters or running averages are not all finite, in words; "" when all
        are."""
        for layer in self.layers:
            found = [(layer.weights, "weights"), (layer.biases, "biases")]
            if layer.norm is not None:
                found += [(layer.norm.scale, "scales"), (layer.norm.running_mean, "running means")]
                found += [(layer.norm.running_variance, "running variances")]
            for tensor, what in found:
                if word := nonfinite(tensor):
                    return f"{what} of {layer.name} became {word}"
        return ""


def targets_of(labels: Tensor, classes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """One-hot rows (m, classes) for labels (m,)."""
    return one_hot(labels, classes).to(dtype)


def _layer(
    name: str,
    inputs: int,
    outputs: int,
    norm: bool,
    activation: Activation,
    values: Tensor,
    gradients: Tensor,
    moments: Tensor,
) -> Layer:
    """Cut one layer out of its shares of the flat tensors."""
    if not norm:
        shape = (outputs, inputs + 1)
        return Layer(name, inputs, values.view(shape), gradients.view(shape), activation)
    sizes, shape = [outputs * inputs, outputs, outputs], (outputs, inputs)
    matrix, scale, shift = torch.split(values, sizes)
    gradient, scale_gradient, shift_gradient = torch.split(gradients, sizes)
    mean, variance = torch.split(moments, outputs)
    batch_norm = BatchNorm(scale, shift, scale_gradient, shift_gradient, mean, variance)
    batch_norm.reset()
    return Layer(name, inputs, matrix.view(shape), gradient.view(shape), activation, batch_norm)


def _check(units: Sequence[int], hidden: str, output: str, loss: str) -> None:
    if len(units) < 2 or min(units) < 1:
        raise ValueError(f"A net needs at least inputs and outputs, each of 1 or more units, not {tuple(units)}.")
    for name, known in ((hidden, ACTIVATIONS), (output, ACTIVATIONS), (loss, LOSSES)):
        if name not in known:
            raise ValueError(f"There is no “{name}”; there are {', '.join(known)}.")
