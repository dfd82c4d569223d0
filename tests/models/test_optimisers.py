"""Descent against torch.optim when rates change under way (test_mlp holds it against torch.optim within a
net)."""

import pytest
import torch
from torch import Tensor, nn

from server.models.optimisers import SGD

CURVATURES = torch.tensor([1.0, 10.0, 50.0], dtype=torch.float64)


def ravine(parameters: Tensor) -> Tensor:
    """Gradient of ½ Σ curvature θ²."""
    return CURVATURES * parameters


@pytest.mark.parametrize("nesterov", [False, True])
def test_learning_rate_and_momentum_may_change_between_steps(nesterov: bool) -> None:
    theta, gradient = torch.ones(3, dtype=torch.float64), torch.empty(3, dtype=torch.float64)
    ours = SGD(theta, gradient, learning_rate=0.01, momentum=0.9, nesterov=nesterov)
    leaf = nn.Parameter(torch.ones(3, dtype=torch.float64))
    theirs = torch.optim.SGD([leaf], lr=0.01, momentum=0.9, nesterov=nesterov)
    for number in range(20):
        rate, momentum = 0.01 / (1 + number), 0.9 - 0.02 * number
        ours.learning_rate, ours.momentum = rate, momentum
        theirs.param_groups[0].update(lr=rate, momentum=momentum)
        gradient.copy_(ravine(theta))
        leaf.grad = ravine(leaf.detach())
        ours.step()
        theirs.step()
        torch.testing.assert_close(theta, leaf.detach(), rtol=1e-12, atol=0)


def test_momentum_turned_on_again_starts_from_rest() -> None:
    theta, gradient = torch.ones(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    descent = SGD(theta, gradient, learning_rate=0.1, momentum=0.9)
    for momentum in (0.9, 0.9, 0.0):
        descent.momentum = momentum
        descent.step()
    before = theta.clone()
    descent.momentum = 0.9
    descent.step()
    torch.testing.assert_close(before - theta, 0.1 * gradient)
