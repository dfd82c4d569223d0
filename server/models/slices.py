"""The loss over a plane through the parameters of a net: θ = centre + a·first + b·second.

A plane through so many dimensions shows little of the surface. How far it can be trusted depends on its two
directions: random ones made to the scale of the weights (`filter_directions`), those along which a run moved most
(`path_plane`), or the gradient and another (`Plane.through`).

Sources: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, NeurIPS (2018), sections 4 and 7;
I. J. Goodfellow, O. Vinyals, A. M. Saxe, ICLR (2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from server.models.curvature import evaluate_loss
from server.models.mlp import MLP

BLOCK = 1 << 19
"""Numbers in the widest tensor of one round of evaluations: they stay in the processor's cache."""


@dataclass(frozen=True)
class Plane:
    """A centre and two directions in parameter space, each (P,)."""

    centre: Tensor
    first: Tensor
    second: Tensor

    @classmethod
    def through(cls, centre: Tensor, first: Tensor, second: Tensor) -> Plane:
        """The plane of two directions, made orthogonal and of length 1. Raises ValueError where they span none."""
        basis, sizes = torch.linalg.qr(torch.stack([first, second], 1))
        lengths = sizes.diagonal()
        if not bool((lengths.abs() > 1e-6 * first.norm().maximum(second.norm())).all()):
            raise ValueError("The two directions are parallel, or one is zero; a plane needs two that are not.")
        one, two = (basis * lengths.sign()).unbind(1)
        return cls(centre, one, two)

    def at(self, points: Tensor) -> Tensor:
        """Parameters (…, P) at the points (…, 2) of the plane."""
        return self.centre + points @ torch.stack([self.first, self.second])

    def coordinates(self, parameters: Tensor) -> Tensor:
        """Points (…, 2) of the plane that are nearest to parameters (…, P)."""
        directions = torch.stack([self.first, self.second])
        inverse: Tensor = torch.linalg.pinv(directions)
        return (parameters - self.centre) @ inverse


def filter_directions(net: MLP, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two random directions (P,): the weights of each unit get a normal vector as long as they are themselves.

    Biases, scales and shifts stay where they are, as in Li et al.
    """
    first, second = (_filtered(net, generator) for _ in range(2))
    return first, second


def _filtered(net: MLP, generator: torch.Generator) -> Tensor:
    parts = []
    for layer in net.layers:
        drawn = torch.randn(layer.weights.shape, generator=generator, dtype=torch.float64).to(layer.weights)
        scaled = drawn * (layer.weights.norm(dim=1, keepdim=True) / drawn.norm(dim=1, keepdim=True))
        direction = torch.zeros_like(layer.matrix)
        direction[:, : layer.inputs] = scaled
        parts.append(direction.flatten())
        if layer.norm is not None:
            parts.append(direction.new_zeros(2 * len(direction)))
    return torch.cat(parts)


def path_plane(path: Tensor) -> Plane:
    """The plane nearest to a path (T, P), T ≥ 3: through its last place, along its first two principal components.

    Raises ValueError where the path is shorter, or straight.
    """
    if len(path) < 3:
        raise ValueError(f"A plane needs a path of at least 3 places, not {len(path)}.")
    steps = path - path.mean(0)
    # The eigenvectors of the small (T, T) matrix give those of the large one.
    values, vectors = torch.linalg.eigh(steps.double() @ steps.double().t())
    if not float(values[-2]) > 1e-12 * float(values[-1]):
        raise ValueError("The path is straight, so that many planes hold it; let it go on until it bends.")
    second, first = (vectors[:, -2:].t() @ steps.double()).to(path)
    return Plane.through(path[-1], first, second)


class Slice:
    """A net's loss on inputs (m, inputs), targets (m, outputs), as a surface over a plane.

    `value`, `gradient` and `hessian` of points (…, 2) are those of a `terrains.Terrain`.
    """

    def __init__(self, net: MLP, plane: Plane, inputs: Tensor, targets: Tensor) -> None:
        self.net = net
        with torch.inference_mode(False):  # autograd refuses tensors that were made in inference mode
            self.inputs, self.targets = inputs.clone(), targets.clone()
            self.plane = Plane(plane.centre.clone(), plane.first.clone(), plane.second.clone())
        self._together = max(1, BLOCK // (max(net.units) * len(inputs)))

    def value(self, points: Tensor) -> Tensor:
        """E (…)."""
        rounds = torch.split(points.reshape(-1, 2).to(self.plane.centre), self._together)
        with torch.no_grad():
            return torch.cat([self._loss(each) for each in rounds]).view(points.shape[:-1])

    def grid(self, first: Tensor, second: Tensor) -> Tensor:
        """E (b, a) over all pairs of coordinates a along `first` (a,) and b along `second` (b,): rows are b."""
        return self.value(torch.stack(torch.meshgrid(first, second, indexing="xy"), -1))

    def gradient(self, points: Tensor) -> Tensor:
        """∂E/∂(a, b) (…, 2)."""
        with torch.inference_mode(False), torch.enable_grad():
            places = points.clone().to(self.plane.centre).requires_grad_()
            (gradient,) = torch.autograd.grad(self._loss(places).sum(), places)
        return gradient

    def hessian(self, points: Tensor) -> Tensor:
        """Second derivatives (…, 2, 2)."""
        with torch.inference_mode(False), torch.enable_grad():
            places = points.clone().to(self.plane.centre).requires_grad_()
            (gradient,) = torch.autograd.grad(self._loss(places).sum(), places, create_graph=True)
            rows = [torch.autograd.grad(each.sum(), places, retain_graph=True)[0] for each in gradient.unbind(-1)]
        return torch.stack(rows, -1)

    def _loss(self, points: Tensor) -> Tensor:
        return evaluate_loss(self.net, self.plane.at(points), self.inputs, self.targets)
