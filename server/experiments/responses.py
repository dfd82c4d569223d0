"""What a small net on the plane is seen to do: its decisions, what each unit answers where, its links, its mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch
from torch import Tensor

from server.models.layers import Stage
from server.models.mlp import MLP

SIDE = 36  # cells of the map of decisions along each side; between their middles the page draws straight lines
TILE = 20  # of a unit's
TINY = 1e-30


def grid(side: int) -> Tensor:
    """The middles (side², 2) of the cells of [−1, 1]², row by row from y = 1 down."""
    middles = (torch.arange(side) + 0.5) * 2 / side - 1
    y, x = torch.meshgrid(middles.flip(0), middles, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1)


@dataclass(frozen=True)
class Seen:
    """One net's answers all over the plane and to its examples: classes, or values where `certainty` is empty."""

    field: Tensor
    """(SIDE, SIDE): which class wins, uint8; or the value."""
    certainty: Tensor | None
    """(SIDE, SIDE): (K·max p − 1)/(K − 1) of K classes."""
    said: Tensor
    """(n,): the class, or the value, that the net names for every example."""


def seen(net: MLP, places: Tensor, examples: Tensor) -> Seen:
    """Look at places (SIDE², d), a `grid`, and examples (n, d) in one pass. A single output is a value."""
    outputs = net.predict(torch.cat([places, examples])).t().contiguous()
    classes, cells = len(outputs), len(places)
    if classes == 1:
        return Seen(outputs[0, :cells].view(SIDE, SIDE), None, outputs[0, cells:])
    # Row after row: several times faster than argmax over few rows of many columns.
    best, winner = outputs[0], torch.zeros_like(outputs[0], dtype=torch.uint8)
    for number in range(1, classes):
        winner = torch.where(outputs[number] > best, winner.new_tensor(number), winner)
        best = torch.maximum(outputs[number], best)
    most = 1 / (outputs[:, :cells] - best[:cells]).exp().sum(0)
    certainty = (classes * most - 1) / (classes - 1)
    return Seen(winner[:cells].view(SIDE, SIDE), certainty.view(SIDE, SIDE), winner[cells:])


def tiles(net: MLP, places: Tensor) -> Tensor:
    """(units, TILE, TILE): what every unit (inputs, hidden layers, outputs) answers at places (TILE², d), over its own
    largest value: from −1 to 1."""
    maps = torch.cat([places.t(), *net.activities(places)]).view(-1, TILE, TILE)
    return maps / maps.abs().amax((1, 2), keepdim=True).clamp_min(TINY)


def right(outputs: Tensor, labels: Tensor, tolerance: float) -> Tensor:
    """(n,) bool: whether outputs (n, K) name the class; or whether the single one is the value to within a tolerance.

    NaN is never right.
    """
    if labels.is_floating_point():
        return (outputs[:, 0] - labels).abs() <= tolerance
    best, said = outputs.max(1)
    return (said == labels) & ~best.isnan()


def signals(stages: Sequence[Stage]) -> Tensor:
    """(layers,) float64: root mean square of what each layer's units answered to the last minibatch."""
    norms = torch.stack([torch.linalg.vector_norm(stage.output, dtype=torch.float64) for stage in stages])
    return norms / norms.new_tensor([stage.output.numel() for stage in stages]).sqrt()


def links(net: MLP, gradients: bool) -> Tensor:
    """(N, N): the weight from every unit i to every unit j of the next layer, or ∂E/∂w; biases are left out."""
    matrix = net.parameters.new_zeros(sum(net.units), sum(net.units))
    starts = [0, *accumulate(net.units)]
    for layer, (below, here), end in zip(net.layers, pairwise(starts[:-1]), starts[2:], strict=True):
        chosen = layer.weights_gradient if gradients else layer.weights
        matrix[below:here, here:end] = chosen.t()
    return matrix


def layers(net: MLP) -> Tensor:
    """(N,): which layer every unit belongs to, 0 for the inputs."""
    return torch.repeat_interleave(torch.arange(len(net.units)), torch.tensor(net.units))


def confusion(labels: Tensor, said: Tensor, classes: int) -> Tensor:
    """(classes, classes) float32: how many examples of the class of the row were named as that of the column."""
    return torch.bincount(labels * classes + said, minlength=classes**2).view(classes, classes).float()
