"""What is seen of a net's layers: how large the signals and the errors are, and how many units no longer
answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from server.models.layers import Layer, Stage

FLAT = 0.05  # a unit is saturated where its slope is under this share of the steepest


class LayerStatistics(NamedTuple):
    """One number for each layer (layers,) float64, from the last minibatch that was run."""

    signals: Tensor
    """Root mean square of s over units and examples."""
    outputs: Tensor
    """Root mean square of o."""
    errors: Tensor
    """Root mean square of ∂E/∂s."""
    gradients: Tensor
    """‖∂E/∂W‖."""
    saturated: Tensor
    """Share of all (unit, example) pairs whose slope is below a twentieth of the steepest."""
    dead: Tensor
    """Share of units whose slope is 0 for every example: they learn nothing."""


def layer_statistics(layers: Sequence[Layer], stages: Sequence[Stage]) -> LayerStatistics:
    """Read the statistics off the stages of a program that has run."""
    slopes = [_slope(layer, stage) for layer, stage in zip(layers, stages, strict=True)]
    steepest = [layer.activation.steepest for layer in layers]
    flat = [(slope < FLAT * most).double().mean() for slope, most in zip(slopes, steepest, strict=True)]
    return LayerStatistics(
        torch.stack([_size(stage.signal) for stage in stages]),
        torch.stack([_size(stage.output) for stage in stages]),
        torch.stack([_size(stage.error) for stage in stages]),
        gradient_norms(layers),
        torch.stack(flat),
        torch.stack([(slope == 0).all(1).double().mean() for slope in slopes]),
    )


def gradient_norms(layers: Sequence[Layer]) -> Tensor:
    """‖∂E/∂W‖ of every layer (layers,) float64: squares of 1e-33 would vanish in float32."""
    return torch.stack([torch.linalg.vector_norm(each.weights_gradient, dtype=torch.float64) for each in layers])


def _slope(layer: Layer, stage: Stage) -> Tensor:
    """K'(ŝ) (units, m)."""
    slope = torch.ones_like(stage.activated)
    if layer.activation.slope is not None:
        layer.activation.slope(stage.activated, slope)()
    return slope


def _size(values: Tensor) -> Tensor:
    """Root mean square."""
    return values.double().square().mean().sqrt()
