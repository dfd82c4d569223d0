"""What the pages about deep nets share: profiles of two arms by layer, theory for them, and powers of ten in words."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from server.experiments.arm import Arm, Recipe
from server.grammar import Line, Profile, Theory
from server.models.initialisers import VARIANCES
from server.models.layers import Layer, Stage
from server.models.mlp import MLP
from server.models.signals import Sizes, predicted_sizes

DEEP = 10
"""Hidden layers, from which on a net counts as deep."""
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def by_layer(
    title: str,
    caption: str,
    channel: str,
    *,
    detail: str = "",
    weight: Literal[1, 2, 3] = 1,
    scale: Literal["linear", "log"] = "log",
    theory: Sequence[tuple[str, str]] = (),
    axis: str = "hidden layer",
) -> Profile:
    """`channel`_A and `channel`_B over the layers; `theory` are labels with their channels."""
    return Profile(
        title=title,
        caption=caption,
        detail=detail,
        weight=weight,
        lines=tuple(Line(channel=f"{channel}_{arm}", label=arm, mark="A" if arm == "A" else "B") for arm in "AB"),
        style="marks",
        scale=scale,
        theory=tuple(Theory(label=label, channel=name) for label, name in theory),
        axis=axis,
        index="layer",
    )


def theory_of(arm: Arm) -> Sizes:
    """Mean squares that an arm's net should have before its first step, on average over first weights."""
    recipe, units = arm.recipe, arm.net.units
    squares = [mean_square(recipe, below, above) for below, above in pairwise(units)]
    square, mean = float(arm.inputs.square().mean()), float(arm.inputs.mean())
    return predicted_sizes(units, arm.net.activations, squares, square, mean=mean, skip=recipe.skip)


def mean_square(recipe: Recipe, inputs: int, outputs: int) -> float:
    """⟨w²⟩ of a layer's first weights."""
    return recipe.scale**2 * VARIANCES[recipe.first_weights](inputs, outputs)


def left(net: MLP) -> Tensor:
    """First layer over last: what is left of the gradient, ‖∂E/∂W‖ each in float64; 0 where none arrives."""
    ends = (net.layers[0], net.layers[-1])
    first, last = (torch.linalg.vector_norm(each.weights_gradient, dtype=torch.float64) for each in ends)
    return torch.where((first > 0) & (last > 0), first / last, torch.zeros_like(first))


def slopes(layers: Sequence[Layer], stages: Sequence[Stage]) -> Tensor:
    """K'(ŝ) of every hidden unit for every example of the last minibatch: (layers, units, m)."""
    found = torch.ones_like(torch.stack([stage.activated for stage in stages[:-1]]))
    for layer, stage, slope in zip(layers[:-1], stages[:-1], found, strict=True):
        if layer.activation.slope is not None:
            layer.activation.slope(stage.activated, slope)()
    return found


def sizes(tensors: Sequence[Tensor]) -> Tensor:
    """Root mean square of each of so many equally large tensors, float64."""
    return torch.stack([*tensors]).double().square().mean((1, 2)).sqrt()


def drawable(values: Tensor) -> Tensor:
    """NaN in place of theory that float32, in which pictures travel, does not hold."""
    return torch.where(values < torch.finfo(torch.float32).max, values, torch.full_like(values, torch.nan))


def shares(values: Tensor, low: float, high: float, bins: int) -> Tensor:
    """Histogram of each layer (layers, …) → (layers, bins): shares that sum to 1. What lies outside is counted in the
    outermost bin; what is no number, of an arm that broke, nowhere."""
    flat = values.flatten(1)
    places = ((flat - low) * (bins / (high - low))).clamp_(0, bins - 1).long()
    places += bins * torch.arange(len(flat), device=flat.device)[:, None]
    return torch.bincount(places[~flat.isnan()], minlength=bins * len(flat)).view(len(flat), bins) / flat.shape[1]


def power(value: float) -> str:
    """At most five characters: "0.35", "1.4", "22", beyond a hundredth and a hundred "10⁻⁷"."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    exponent = math.log10(value)
    if -2 <= exponent < 2:
        return f"{value:.2g}"
    return "10" + str(round(exponent)).translate(SUPERSCRIPTS)
