"""Batch normalisation against its formula, differentiated by autograd."""

import pytest
import torch
from torch import Tensor

from server.models.normalisation import EPSILON, MOMENTUM, BatchNorm


def batch_norm(units: int) -> BatchNorm:
    tensors = [torch.empty(units, dtype=torch.float64) for _ in range(6)]
    norm = BatchNorm(*tensors)
    norm.reset()
    return norm


def formula(s: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """γ (s − μ) / √(σ² + ε) + β in plain operations; s (n, m), statistics over m."""
    mean = s.mean(1, keepdim=True)
    variance = (s - mean).square().mean(1, keepdim=True)
    return scale[:, None] * (s - mean) / (variance + EPSILON).sqrt() + shift[:, None]


@pytest.mark.parametrize("examples", [2, 3, 16, 129])
def test_both_passes_equal_autograd_through_the_formula(examples: int) -> None:
    """The upstream gradient enters once: a known mistake adds it twice."""
    draw = torch.Generator().manual_seed(examples)
    norm = batch_norm(5)
    norm.scale.normal_(generator=draw)
    norm.shift.normal_(generator=draw)
    s = torch.randn(5, examples, generator=draw, dtype=torch.float64)
    above = torch.randn(5, examples, generator=draw, dtype=torch.float64)
    leaves = [tensor.clone().requires_grad_() for tensor in (s, norm.scale, norm.shift)]
    expected = formula(*leaves)
    gradients = torch.autograd.grad(expected, leaves, above)

    normalised, error = torch.empty_like(s), above.clone()
    for operation in norm.bind(s, normalised, error, "layer 1"):
        operation.call()
    torch.testing.assert_close(normalised, expected.detach(), rtol=1e-9, atol=1e-9)
    for ours, theirs in zip((error, norm.scale_gradient, norm.shift_gradient), gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-9)


def test_running_averages_follow_the_minibatches() -> None:
    norm = batch_norm(3)
    s = torch.randn(3, 10, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 4 + 2
    norm.bind(s, torch.empty_like(s), torch.empty_like(s), "layer 1")[0].call()
    torch.testing.assert_close(norm.running_mean, MOMENTUM * s.mean(1))
    torch.testing.assert_close(norm.running_variance, (1 - MOMENTUM) + MOMENTUM * s.var(1))
    expected = (s.t() - norm.running_mean) / (norm.running_variance + EPSILON).sqrt()
    torch.testing.assert_close(norm.evaluate(s.t()), expected)


def test_a_minibatch_of_one_has_no_variance() -> None:
    s = torch.zeros(3, 1, dtype=torch.float64)
    with pytest.raises(ValueError, match="at least 2 examples"):
        batch_norm(3).bind(s, s, s, "layer 1")
