"""Generated examples on the plane (and one on the line), to be told apart or to be fitted.

| name      | classes | examples, without noise                                          |
|-----------|---------|------------------------------------------------------------------|
| circles   | 2       | a disc of radius 0.45, and a ring around it from 0.7 to 1         |
| xor       | 2       | a square in each quadrant; opposite quadrants are one class       |
| gaussians | 2       | two clouds of deviation 0.15 in opposite corners                  |
| clouds    | 4       | four such clouds, one in each corner                              |
| moons     | 2       | two half circles, each with its end inside the other              |
| spirals   | 2       | two arms of one turn and a half                                   |
| pinwheel  | 3       | three arms of one turn                                            |
| plane     | –       | y = (x₁ + x₂) / 2                                                 |
| hill      | –       | y = exp(−|x − c|² / 2σ²), σ = 0.35, c = (0.25, −0.2)              |
| waves     | –       | y = 0.8 sin πx₁ sin πx₂                                          |
| sine      | –       | y = 0.8 sin 2πx on the line                                       |

Classes are of equal size, and labels run 0, 1, …, 0, 1, … in turn. Noise is the standard deviation of a normal
step added to every coordinate where there are classes, and to every value where there are none. It is drawn
after everything else: the same generator with more noise moves the same points further.

Sources: M. L. Minsky, S. A. Papert, Perceptrons (1969) (xor); K. J. Lang, M. J. Witbrock, Proc. Connectionist
Models Summer School (1988) 52 (two spirals).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor

APART = 0.12
"""Half the strip between the squares of `xor`."""
CLOUD = 0.15
WIDTH = 0.35
TOP = (0.25, -0.2)


class Points(NamedTuple):
    """Examples (n, 2), or (n, 1) on the line, float32, about in −1 … 1; labels (n,) int64 or values (n,) float32."""

    inputs: Tensor
    labels: Tensor


Set = Callable[[int, float, torch.Generator], Points]
"""(count, noise, generator) → Points. Raises ValueError for a count below 1 or a negative noise."""


def circles(count: int, noise: float, generator: torch.Generator) -> Points:
    labels = _labels(count, noise, 2)
    inner, outer = torch.where(labels == 0, 0.0, 0.7), torch.where(labels == 0, 0.45, 1.0)
    # Evenly over the area: the square of the radius is uniform.
    radius = (inner**2 + (outer**2 - inner**2) * _uniform(count, generator)).sqrt()
    return _scattered(_polar(radius, 2 * pi * _uniform(count, generator)), labels, noise, generator)


def xor(count: int, noise: float, generator: torch.Generator) -> Points:
    quadrant = _labels(count, noise, 4)
    away = APART + (1 - APART) * torch.stack([_uniform(count, generator), _uniform(count, generator)], 1)
    return _scattered(away * _corners(quadrant), quadrant % 2, noise, generator)


def gaussians(count: int, noise: float, generator: torch.Generator) -> Points:
    labels = _labels(count, noise, 2)
    return _clouds(2 * labels, labels, noise, generator)


def clouds(count: int, noise: float, generator: torch.Generator) -> Points:
    labels = _labels(count, noise, 4)
    return _clouds(labels, labels, noise, generator)


def moons(count: int, noise: float, generator: torch.Generator) -> Points:
    labels = _labels(count, noise, 2)
    lower = labels.double()
    angle = pi * (_uniform(count, generator) + lower)
    centre = torch.stack([0.6 * lower - 0.3, 0.3 * lower - 0.15], 1)
    return _scattered(_polar(0.6 * torch.ones_like(angle), angle) + centre, labels, noise, generator)


def spirals(count: int, noise: float, generator: torch.Generator) -> Points:
    return _arms(2, 1.5, count, noise, generator)


def pinwheel(count: int, noise: float, generator: torch.Generator) -> Points:
    return _arms(3, 1.0, count, noise, generator)


def plane(count: int, noise: float, generator: torch.Generator) -> Points:
    return _fitted(lambda x: x.mean(1), 2, count, noise, generator)


def hill(count: int, noise: float, generator: torch.Generator) -> Points:
    centre = torch.tensor(TOP, dtype=torch.float64)
    return _fitted(lambda x: (-(x - centre).square().sum(1) / (2 * WIDTH**2)).exp(), 2, count, noise, generator)


def waves(count: int, noise: float, generator: torch.Generator) -> Points:
    return _fitted(lambda x: 0.8 * (pi * x).sin().prod(1), 2, count, noise, generator)


def sine(count: int, noise: float, generator: torch.Generator) -> Points:
    return _fitted(lambda x: 0.8 * torch.sin(2 * pi * x[:, 0]), 1, count, noise, generator)


CLASSIFICATIONS: Mapping[str, Set] = MappingProxyType(
    {each.__name__: each for each in (circles, xor, gaussians, clouds, moons, spirals, pinwheel)}
)
REGRESSIONS: Mapping[str, Set] = MappingProxyType({each.__name__: each for each in (plane, hill, waves, sine)})
PLANES: Mapping[str, Set] = MappingProxyType({**CLASSIFICATIONS, **REGRESSIONS})


def _check(count: int, noise: float) -> None:
    if count < 1:
        raise ValueError(f"A set needs at least one example, not {count}.")
    if not noise >= 0:
        raise ValueError(f"Noise is a standard deviation, 0 or more, not {noise:g}.")


def _labels(count: int, noise: float, classes: int) -> Tensor:
    _check(count, noise)
    return torch.arange(count) % classes


def _uniform(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator, dtype=torch.float64)


def _polar(radius: Tensor, angle: Tensor) -> Tensor:
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1)


def _corners(quadrant: Tensor) -> Tensor:
    """±1 pairs (n, 2), anticlockwise from (1, 1)."""
    return torch.tensor([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]], dtype=torch.float64)[quadrant]


def _clouds(corner: Tensor, labels: Tensor, noise: float, generator: torch.Generator) -> Points:
    steps = torch.randn(len(labels), 2, generator=generator, dtype=torch.float64)
    return _scattered(0.5 * _corners(corner) + CLOUD * steps, labels, noise, generator)


def _arms(arms: int, turns: float, count: int, noise: float, generator: torch.Generator) -> Points:
    labels = _labels(count, noise, arms)
    # Evenly along an arm: the radius grows with the angle, and the length about with its square.
    radius = 0.1 + 0.9 * _uniform(count, generator).sqrt()
    return _scattered(_polar(radius, 2 * pi * (turns * radius + labels / arms)), labels, noise, generator)


def _scattered(inputs: Tensor, labels: Tensor, noise: float, generator: torch.Generator) -> Points:
    steps = torch.randn(inputs.shape, generator=generator, dtype=torch.float64)
    return Points((inputs + noise * steps).float(), labels)


def _fitted(
    function: Callable[[Tensor], Tensor], dimensions: int, count: int, noise: float, generator: torch.Generator
) -> Points:
    """Inputs uniform in −1 … 1 and the function's values there, moved by noise."""
    _check(count, noise)
    inputs = 2 * torch.rand(count, dimensions, generator=generator, dtype=torch.float64) - 1
    steps = torch.randn(count, generator=generator, dtype=torch.float64)
    return Points(inputs.float(), (function(inputs) + noise * steps).float())
