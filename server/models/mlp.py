"""A feed-forward net of dense layers, trained by the lecture's backpropagation.

    net = MLP((64, 32, 10), hidden="relu", initialiser="he", generator=generator)
    descent = SGD(net.parameters, net.gradient, learning_rate=0.1, momentum=0.9)
    loss = net.backpropagate(inputs, targets)        # forward and backward: net.gradient is filled
    descent.step()

No value is ever clipped, replaced or flushed: a gradient of 1e-33 and a weight of ∞ are what the experiments
show.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from server.models.activations import ACTIVATIONS
from server.models.assembly import plans
from server.models.backpropagation import Backpropagation
from server.models.dropout import Dropout
from server.models.initialisers import Distribution, first_weights
from server.models.layer_statistics import LayerStatistics, gradient_norms, layer_statistics
from server.models.layers import Layer
from server.models.losses import LOSSES
from server.models.program import nonfinite


class MLP:
    """Layers of `units` = (inputs, hidden …, outputs); all parameters are views into the flat `parameters`.

    `gradient` has the same layout. `hidden` and `output` name activations, `hidden` one for all hidden layers
    or one for each; `loss` one of `LOSSES`. `batch_norm` normalises the inputs of every hidden unit. `skip`
    lets every hidden layer that is as wide as its input add that input to its output. `dropout` turns off this
    share of the hidden units while training, chosen by the generator `masks`. `scale` multiplies the first
    weights; biases start at 0. With cross-entropy the outputs are the logits of a softmax (`output` "linear").
    Raises ValueError for unknown names, fewer than two layers of units, or a share outside 0 ≤ p < 1.
    """

    def __init__(
        self,
        units: Sequence[int],
        *,
        generator: torch.Generator,
        hidden: str | Sequence[str] = "sigmoid",
        output: str = "linear",
        loss: str = "cross_entropy",
        batch_norm: bool = False,
        skip: bool = False,
        dropout: float = 0.0,
        initialiser: str = "xavier",
        distribution: Distribution = "uniform",
        scale: float = 1.0,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        kinds = [hidden] * (len(units) - 2) if isinstance(hidden, str) else hidden
        self.activations = (*kinds, output)
        _check(units, self.activations, loss, dropout)
        self.units = tuple(units)
        planned = plans(units, self.activations, batch_norm, skip)
        sizes, moments = [plan.parameters for plan in planned], [plan.moments for plan in planned]
        self.parameters = torch.zeros(sum(sizes), dtype=dtype, device=device)
        self.gradient = torch.zeros_like(self.parameters)
        self.statistics = self.parameters.new_zeros(sum(moments))
        flats = ((self.parameters, sizes), (self.gradient, sizes), (self.statistics, moments))
        shares = zip(*(torch.split(flat, lengths) for flat, lengths in flats), strict=True)
        self.layers = tuple(plan.layer(*share) for plan, share in zip(planned, shares, strict=True))
        for layer in self.layers:
            outputs = len(layer.matrix)
            layer.weights.copy_(first_weights(layer.inputs, outputs, initialiser, generator, distribution, scale))
        self._ends = list(accumulate(sizes))
        self.masks = torch.Generator(device).manual_seed(int(torch.randint(2**62, (), generator=generator)))
        self._loss = LOSSES[loss]
        self._dropout = Dropout(dropout, self.masks) if dropout else None
        self._program: Backpropagation | None = None

    def program(self, examples: int) -> Backpropagation:
        """The forward and backward pass over minibatches of so many examples.

        Only the last one is kept: a slider dragged over all batch sizes would otherwise leave gigabytes
        behind.
        """
        if self._program is None or len(self._program.inputs) != examples:
            self._program = Backpropagation(self.layers, self._loss, examples, self._dropout)
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
        """Outputs (m, outputs) for inputs (m, inputs), normalised by running averages; no unit is turned off."""
        for layer in self.layers:
            inputs = layer.evaluate(inputs)
        return inputs

    def activities(self, inputs: Tensor) -> list[Tensor]:
        """What every unit answers to inputs (m, inputs): one (units, m) for each layer, as `predict`."""
        answers = [inputs]
        for layer in self.layers:
            answers.append(layer.evaluate(answers[-1]))
        return [answer.t() for answer in answers[1:]]

    def accuracy(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """Share of examples whose largest output is their label (m,); a float64 scalar. NaN outputs are never
        right."""
        best, choice = self.predict(inputs).max(dim=1)
        return ((choice == labels) & ~best.isnan()).double().mean()

    def gradient_norms(self) -> Tensor:
        """‖∂E/∂W‖ of every layer (layers,) float64."""
        return gradient_norms(self.layers)

    def layer_statistics(self) -> LayerStatistics:
        """Sizes of signals and errors, dead and saturated units, in the last minibatch.

        Raises ValueError before the first.
        """
        if self._program is None:
            raise ValueError("There is nothing to measure before the first minibatch.")
        return layer_statistics(self.layers, self._program.stages)

    def owner(self, place: int) -> Layer:
        """The layer to which a place of the flat `parameters` belongs."""
        return self.layers[bisect(self._ends, place)]

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


def _check(units: Sequence[int], activations: Sequence[str], loss: str, dropout: float) -> None:
    if len(units) < 2 or min(units) < 1:
        raise ValueError(f"A net needs at least inputs and outputs, each of 1 or more units, not {tuple(units)}.")
    if len(activations) != len(units) - 1:
        raise ValueError(f"{len(units) - 2} hidden layers have as many activations, not {len(activations) - 1}.")
    for names, known in ((activations, ACTIVATIONS), ((loss,), LOSSES)):
        for name in names:
            if name not in known:
                raise ValueError(f"There is no “{name}”; there are {', '.join(known)}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"Dropout turns off a share of at least 0 and less than 1 of the units, not {dropout:g}.")
