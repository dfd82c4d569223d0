"""Surfaces over the plane on which to go downhill, with gradient and Hessian in closed form.

| name    | E(x, y)                                            | what is hard about it                         |
|---------|----------------------------------------------------|-----------------------------------------------|
| ravine  | ½ (u² / κ + v²), (u, v) = (x, y) turned by an angle | κ: steps small enough across crawl along       |
| saddle  | ½ (x² − y²) + ¼ y⁴                                 | at (0, 0) the gradient is 0, and yet it is no minimum |
| valley  | (a − x)² + b (y − x²)²                             | Rosenbrock's curved, almost level valley       |
| minima  | Σ ½ xᵢ² + A (1 − cos 2πxᵢ)                         | Rastrigin's many local minima                  |

Points are (…, 2); all tensors come back in the points' dtype and on their device. Nothing is clipped: far outside
the window the values are as large as they are.

Sources: H. H. Rosenbrock, Computer J. 3 (1960) 175; L. A. Rastrigin, Systems of Extremal Control (1974).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from types import MappingProxyType

import torch
from torch import Tensor

Field = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Terrain:
    """A surface, the part of the plane that is worth a picture, and where a run may begin."""

    value: Field
    """Points (…, 2) → E (…)."""
    gradient: Field
    """Points (…, 2) → ∂E/∂x (…, 2)."""
    hessian: Field
    """Points (…, 2) → ∂²E/∂x∂x (…, 2, 2)."""
    low: tuple[float, float]
    high: tuple[float, float]
    start: tuple[float, float]
    minimum: float
    """The least value of E anywhere."""
    minima: tuple[tuple[float, float], ...]
    """Where E has that value."""


def ravine(condition: float = 50.0, angle: float = 0.0) -> Terrain:
    """Curvature 1 across and 1 / ``condition`` along; ``angle`` (radians) turns it against the axes.

    Rules that scale each coordinate by itself (RMSprop, Adam) profit from angle 0. Gradient descent diverges at
    learning rates above 2 whatever the condition. Raises ValueError for a condition below 1.
    """
    if not condition >= 1:
        raise ValueError(f"The condition number is a largest curvature over a smallest: 1 or more, not {condition:g}.")
    c, s = cos(angle), sin(angle)
    flat = 1 / condition
    a, b, d = flat * c * c + s * s, (flat - 1) * c * s, flat * s * s + c * c

    def value(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return 0.5 * (a * x * x + 2 * b * x * y + d * y * y)

    def gradient(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return torch.stack([a * x + b * y, b * x + d * y], -1)

    def hessian(points: Tensor) -> Tensor:
        one = torch.ones_like(points[..., 0])
        return _symmetric(a * one, b * one, d * one)

    start = (-1.8 * c - 0.6 * s, -1.8 * s + 0.6 * c)
    return Terrain(value, gradient, hessian, (-2.0, -2.0), (2.0, 2.0), start, 0.0, ((0.0, 0.0),))


def saddle() -> Terrain:
    """Minima at (0, ±1), a saddle between them; the start is almost on the line that leads into the saddle."""

    def value(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return 0.5 * (x * x - y * y) + 0.25 * y**4

    def gradient(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return torch.stack([x, y**3 - y], -1)

    def hessian(points: Tensor) -> Tensor:
        y = points[..., 1]
        one = torch.ones_like(y)
        return _symmetric(one, 0 * one, 3 * y * y - 1)

    start = (-1.4, 1e-4)
    return Terrain(value, gradient, hessian, (-1.6, -1.6), (1.6, 1.6), start, -0.25, ((0.0, -1.0), (0.0, 1.0)))


def rosenbrock(a: float = 1.0, b: float = 100.0) -> Terrain:
    """Curvatures at the minimum (a, a²): with a = 1, b = 100 they are 1001.6 and 0.4, a condition of 2508."""

    def value(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return (a - x) ** 2 + b * (y - x * x) ** 2

    def gradient(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        above = y - x * x
        return torch.stack([2 * (x - a) - 4 * b * x * above, 2 * b * above], -1)

    def hessian(points: Tensor) -> Tensor:
        x, y = points.unbind(-1)
        return _symmetric(2 - 4 * b * (y - 3 * x * x), -4 * b * x, 2 * b * torch.ones_like(x))

    return Terrain(value, gradient, hessian, (-2.0, -1.0), (2.0, 3.0), (-1.5, 2.0), 0.0, ((a, a * a),))


def rastrigin(amplitude: float = 0.4) -> Terrain:
    """A bowl of curvature 1 with dents one apart; dents are minima where 4π²·amplitude outweighs the bowl.

    ``amplitude`` 0 is the bowl alone. Rastrigin's own function is twice this one with amplitude 5.
    Raises ValueError for a negative amplitude.
    """
    if not amplitude >= 0:
        raise ValueError(f"The amplitude of the dents is 0 or more, not {amplitude:g}.")

    def value(points: Tensor) -> Tensor:
        return (0.5 * points**2 + amplitude * (1 - (2 * pi * points).cos())).sum(-1)

    def gradient(points: Tensor) -> Tensor:
        return points + 2 * pi * amplitude * (2 * pi * points).sin()

    def hessian(points: Tensor) -> Tensor:
        return torch.diag_embed(1 + 4 * pi**2 * amplitude * (2 * pi * points).cos())

    return Terrain(value, gradient, hessian, (-2.6, -2.6), (2.6, 2.6), (-2.2, 1.8), 0.0, ((0.0, 0.0),))


TERRAINS: Mapping[str, Callable[[], Terrain]] = MappingProxyType(
    {"ravine": ravine, "saddle": saddle, "valley": rosenbrock, "minima": rastrigin}
)


def _symmetric(xx: Tensor, xy: Tensor, yy: Tensor) -> Tensor:
    return torch.stack([torch.stack([xx, xy], -1), torch.stack([xy, yy], -1)], -2)
