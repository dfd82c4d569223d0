"""What a small net on the plane is seen to do: its decisions, what each unit answers where, its links, its mistakes."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from server.models.mlp import MLP

SIDE = 48  # cells of the map of decisions along each side
TILE = 24  # of a unit's
TINY = 1e-30


def grid(side: int) -> Tensor:
    """The middles (side², 2) of the cells of [−1, 1]², row by row from y = 1 down."""
    middles = (torch.arange(side) + 0.5) * 2 / side - 1
    y, x = torch.meshgrid(middles.flip(0), middles, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1)


@dataclass(frozen=True)
class Seen:
    """One net's answers all over the plane and to its examples, the training ones first."""

    maps: Tensor
    """(units, SIDE, SIDE): what every unit answers there: the two inputs, hidden layers, outputs."""
    classes: int
    said: Tensor
    """(n,): the class that the net names."""

    @property
    def field(self) -> Tensor:
        """(SIDE, SIDE) uint8: which class wins."""
        return self.maps[-self.classes :].argmax(0).to(torch.uint8)

    @property
    def certainty(self) -> Tensor:
        """(SIDE, SIDE): (K·max p − 1)/(K − 1) of K classes."""
        most = self.maps[-self.classes :].softmax(0).amax(0)
        return (self.classes * most - 1) / (self.classes - 1)

    @property
    def tiles(self) -> Tensor:
        """(units, TILE, TILE): every unit's map over its own largest value: from −1 to 1."""
        small = avg_pool2d(self.maps[None], SIDE // TILE)[0]
        return small / small.abs().amax((1, 2), keepdim=True).clamp_min(TINY)


def seen(net: MLP, places: Tensor, examples: Tensor) -> Seen:
    """Look at places (SIDE², 2), a `grid`, and examples (n, 2) in one pass."""
    inputs = torch.cat([places, examples])
    answers = torch.cat([inputs.t(), *net.activities(inputs)])
    said = answers[-net.units[-1] :, len(places) :].argmax(0)
    return Seen(answers[:, : len(places)].reshape(-1, SIDE, SIDE), net.units[-1], said)


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
