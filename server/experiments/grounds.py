"""Where to go downhill: a surface in closed form, or the plane through three trained nets, with the map of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import radians
from typing import Literal

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.models.curvature import Hessian, evaluate_loss
from server.models.data import digits
from server.models.mlp import MLP, targets_of
from server.models.optimisers import Adam
from server.models.slices import Plane, Slice
from server.models.terrains import Terrain, rastrigin, ravine, rosenbrock, saddle

Name = Literal["ravine", "saddle", "valley", "minima", "net"]

FINE, COARSE = 96, 48
"""Cells along a side of the map, of a surface in closed form and of a net."""
UNITS = (16, 6, 10)  # 172 parameters: few enough for all eigenvalues of the whole Hessian
EXAMPLES = 200
TRAINING = 120  # steps of Adam: the loss has then all but stopped falling
RATE = 0.05
MARGIN = 0.6  # around the three nets, in units of the widest distance from their middle


@dataclass(frozen=True)
class Ground:
    """A terrain with its map, and what is subtracted from E so that the heights on it are above 0."""

    terrain: Terrain
    floor: float
    map: Tensor
    """(h, w) E − floor, row 0 at the greatest y."""
    slice: Slice | None = None
    """Of a real net only: the plane that the terrain is."""

    @property
    def span(self) -> Tensor:
        """(4,): x₀, x₁, y₀, y₁ of the map."""
        (left, bottom), (right, top) = self.terrain.low, self.terrain.high
        return torch.tensor([left, right, bottom, top], dtype=torch.float64)

    @property
    def steepness(self) -> float:
        """The median slope ‖∂E/∂x‖ over the map, by differences of neighbouring cells."""
        return float(_slopes(self.map, self.terrain).median())

    def placed(self, points: Tensor) -> Tensor:
        """Points (…, 2) in the map's coordinates, [−1, 1]²."""
        return (points - self._middle) / self._half

    def sized(self, arrows: Tensor) -> Tensor:
        """Differences of points (…, 2) in the map's coordinates."""
        return arrows / self._half

    def point(self, place: Tensor) -> Tensor:
        """Points (…, 2) from the map's coordinates."""
        return self._middle + place * self._half

    @property
    def _middle(self) -> Tensor:
        left, right, bottom, top = self.span
        return torch.stack([left + right, bottom + top]) / 2

    @property
    def _half(self) -> Tensor:
        left, right, bottom, top = self.span
        return torch.stack([right - left, top - bottom]) / 2


def ground(name: Name, *, condition: float, angle: float, dents: float, generator: torch.Generator) -> Ground:
    """A ground by name; `condition` and `angle` (degrees) shape the ravine, `dents` the many minima, and the generator
    draws the examples and first weights of the nets."""
    if name == "net":
        return _net(generator)
    made: dict[str, Callable[[], Terrain]] = {
        "ravine": lambda: ravine(condition, radians(angle)),
        "saddle": saddle,
        "valley": rosenbrock,
        "minima": lambda: rastrigin(dents),
    }
    terrain = made[name]()
    return Ground(terrain, terrain.minimum, terrain.value(_cells(terrain, FINE)) - terrain.minimum)


def _net(generator: torch.Generator) -> Ground:
    """The plane through three nets that learned the same digits from different first weights.

    Source: T. Garipov, P. Izmailov, D. Podoprikhin, D. Vetrov, A. G. Wilson, NeurIPS (2018), figure 1.
    """
    inputs, targets = _examples(generator)
    nets = [MLP(UNITS, hidden="tanh", generator=generator, dtype=torch.float64) for _ in range(3)]
    trained = _trained(nets, inputs, targets)
    plane = Plane.through(trained.mean(0), trained[1] - trained[0], trained[2] - trained[0])
    slice = Slice(nets[0], plane, inputs, targets)
    minima = plane.coordinates(trained)
    reach = float(minima.abs().max()) * (1 + MARGIN)
    terrain = Terrain(
        slice.value, slice.gradient, slice.hessian, (-reach, -reach), (reach, reach), (0.0, 0.0),
        float(slice.value(minima).min()), tuple((x, y) for x, y in minima.tolist()),
    )  # fmt: skip
    cells = _cells(terrain, COARSE)
    map = terrain.value(cells)
    x, y = cells.view(-1, 2)[_flattest(map, terrain)].tolist()
    return Ground(replace(terrain, start=(x, y)), 0.0, map, slice)


def _flattest(map: Tensor, terrain: Terrain) -> int:
    """The number of the flattest cell in the upper half of the heights: no valley, but a saddle or a top."""
    return int(_slopes(map, terrain).where(map > map.median(), torch.inf).argmin())


def _slopes(map: Tensor, terrain: Terrain) -> Tensor:
    """‖∂E/∂x‖ (h, w) by differences of neighbouring cells."""
    across, up = (
        (high - low) / side for low, high, side in zip(terrain.low, terrain.high, map.shape[::-1], strict=True)
    )
    slopes: Tensor = vector_norm(torch.stack(torch.gradient(map, spacing=(up, across))), dim=0)
    return slopes


def _examples(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Digits of 4×4 pixels, each the mean of 2×2, as inputs (m, 16) and one-hot targets (m, 10)."""
    images, labels = digits()
    chosen = torch.randperm(len(labels), generator=generator)[:EXAMPLES]
    pooled = images[chosen].view(-1, 4, 2, 4, 2).mean((2, 4)).flatten(1).double()
    return pooled, targets_of(labels[chosen], UNITS[-1], torch.float64)


def _trained(nets: list[MLP], inputs: Tensor, targets: Tensor) -> Tensor:
    """Parameters (3, P) after training on all examples, the three at once."""
    with torch.inference_mode(False), torch.enable_grad():
        places = torch.stack([net.parameters for net in nets]).clone().requires_grad_()
        descent = Adam(places.data, torch.zeros_like(places), learning_rate=RATE)
        for _ in range(TRAINING):
            (gradient,) = torch.autograd.grad(evaluate_loss(nets[0], places, inputs, targets).sum(), places)
            descent.gradient.copy_(gradient)
            descent.step()
        return places.detach()


def _cells(terrain: Terrain, side: int) -> Tensor:
    """The middles (side, side, 2) of the map's cells, row 0 on top."""
    across, up = (
        low + (high - low) * (torch.arange(side, dtype=torch.float64) + 0.5) / side
        for low, high in zip(terrain.low, terrain.high, strict=True)
    )
    return torch.stack(torch.meshgrid(across, up.flip(0), indexing="xy"), -1)


class Spectrum:
    """All eigenvalues of a whole net's Hessian at one place after another, a few columns at a time."""

    COLUMNS = 12  # in one piece of work: a few milliseconds

    def __init__(self, slice: Slice) -> None:
        self._slice = slice
        self._unit = torch.eye(len(slice.plane.centre), dtype=torch.float64)
        self._hessian: Hessian | None = None
        self._columns: list[Tensor] = []
        self.place = torch.full((2,), torch.nan, dtype=torch.float64)
        self.values = torch.full((len(self._unit),), torch.nan, dtype=torch.float64)
        """Ascending (P,), at the `place` (2,) of the plane; NaN before the first is done."""

    def work(self, place: Tensor) -> bool:
        """One piece; a new matrix begins at this place (2,). Whether there was anything to do."""
        if self._hessian is None:
            if bool((place == self.place).all()):
                return False
            self._begun, self._columns = place.clone(), []
            slice = self._slice
            self._hessian = Hessian.of(slice.net, slice.inputs, slice.targets, slice.plane.at(self._begun))
        done = len(self._columns)
        self._columns += [self._hessian.product(unit) for unit in self._unit[done : done + self.COLUMNS]]
        if len(self._columns) == len(self._unit):
            matrix = torch.stack(self._columns)
            self.values = torch.linalg.eigvalsh((matrix + matrix.t()) / 2)
            self.place, self._hessian = self._begun, None
        return True
