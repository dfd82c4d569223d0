"""Batch normalisation: each unit's inputs brought to mean 0 and variance 1 over the minibatch, then scaled
and shifted.

    ŝ = γ (s − μ) / √(σ² + ε) + β          μ, σ² over the minibatch while training, running averages
    afterwards

Source: Ioffe and Szegedy (2015), algorithms 1 and 2. The running averages are those of PyTorch's BatchNorm1d:
momentum 0.1, and the unbiased variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from server.models.program import Operation

MOMENTUM = 0.1
EPSILON = 1e-5


@dataclass(frozen=True)
class BatchNorm:
    """The state of one layer of n units; every tensor has shape (n,)."""

    scale: Tensor
    shift: Tensor
    scale_gradient: Tensor
    shift_gradient: Tensor
    running_mean: Tensor
    running_variance: Tensor

    def reset(self) -> None:
        """Scale 1, shift 0, and running averages as if the inputs had always been normal."""
        self.scale.fill_(1)
        self.shift.zero_()
        self.running_mean.zero_()
        self.running_variance.fill_(1)

    def bind(self, s: Tensor, normalised: Tensor, error: Tensor, layer: str) -> tuple[Operation, Operation]:
        """Forward: s (n, m) → normalised. Backward: error holds ∂E/∂ŝ and is overwritten with ∂E/∂s.

        The kernel behind `torch.nn.BatchNorm1d` does both in one call each; written out they take eight.
        Raises ValueError for a minibatch of one, whose variance would be 0/0.
        """
        if s.shape[1] < 2:
            raise ValueError("Batch normalisation needs at least 2 examples in a minibatch, not 1.")
        # To the kernel this is one image (1, n, m) of n channels and m pixels.
        s, normalised, error = s[None], normalised[None], error[None]
        mean, deviation = torch.empty_like(self.scale), torch.empty_like(self.scale)
        state = (self.running_mean, self.running_variance)
        forward = partial(
            torch.native_batch_norm, s, self.scale, self.shift, *state, True, MOMENTUM, EPSILON,
            out=(normalised, mean, deviation),
        )  # fmt: skip
        backward = partial(
            torch.ops.aten.native_batch_norm_backward.out, error, s, self.scale, *state, mean, deviation,
            True, EPSILON, [True, True, True], out0=error, out1=self.scale_gradient, out2=self.shift_gradient,
        )  # fmt: skip
        gradients = (error, self.scale_gradient, self.shift_gradient)
        return (
            Operation(forward, (normalised,), f"normalised input of {layer}"),
            Operation(backward, gradients, f"gradient through the normalisation of {layer}"),
        )

    def evaluate(self, s: Tensor) -> Tensor:
        """ŝ from the running averages, for data that is not trained on."""
        return (s - self.running_mean) * (self.running_variance + EPSILON).rsqrt() * self.scale + self.shift
