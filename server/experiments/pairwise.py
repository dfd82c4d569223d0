"""What a machine without hidden units could learn at best: the yardstick of hidden units.

Without hidden units, ln p(v) = θ·f(v) − ln Z, with the visible units and the products of linked ones for features f: an
exponential family. So KL(data‖model) is convex in θ, and Newton's method finds its lowest value, at which means and
correlations are the data's. Where that lies at infinity (a pattern that never occurs), every step still brings KL
nearer by a constant factor.

Source: D. Ackley, G. Hinton, T. Sejnowski, Cognitive Science 9 (1985) 147, section 3 (second-order statistics only).
"""

import torch
from torch import Tensor

STEPS = 80
RIDGE = 1e-10
"""Keeps the curvature invertible where the minimum lies at infinity."""
HALVINGS = 30
GRAIN = 1e-9
"""Less than this, in nats, is what the steps have left of nothing."""


def lowest_divergence(data: Tensor, links: Tensor) -> float:
    """The least KL(data‖model) in nats that biases and `links` between the visible units allow.

    `data` (2^V,) float64 gives the probability of every pattern by its number (bit i: unit i), `links` (V, V) bool says
    which units may be linked.
    """
    features = _features(links)
    wanted = data @ features
    entropy = -torch.special.xlogy(data, data).sum()
    theta = torch.zeros(features.shape[1], dtype=torch.float64)
    lowest = _divergence(features, wanted, theta, entropy)
    for _ in range(STEPS):
        model = (features @ theta).softmax(0)
        means = model @ features
        curvature = (features.T * model) @ features - means.outer(means)
        curvature.diagonal().add_(RIDGE)
        step, _ = torch.linalg.solve_ex(curvature, wanted - means)
        theta, lowest, moved = _down(features, wanted, theta, step, entropy, lowest)
        if not moved:
            break
    return lowest if lowest > GRAIN else 0.0


def _features(links: Tensor) -> Tensor:
    """Units and products of linked units of every pattern, (2^V, features) float64."""
    visible = len(links)
    states = (torch.arange(2**visible)[:, None] >> torch.arange(visible) & 1).double()
    first, second = links.triu(1).nonzero(as_tuple=True)
    return torch.cat([states, states[:, first] * states[:, second]], 1)


def _divergence(features: Tensor, wanted: Tensor, theta: Tensor, entropy: Tensor) -> float:
    return float((features @ theta).logsumexp(0) - theta @ wanted - entropy)


def _down(
    features: Tensor, wanted: Tensor, theta: Tensor, step: Tensor, entropy: Tensor, lowest: float
) -> tuple[Tensor, float, bool]:
    """θ after as much of the step as lowers KL, its KL, and whether there was any."""
    for halving in range(HALVINGS):
        moved = theta + step / 2**halving
        divergence = _divergence(features, wanted, moved, entropy)
        if divergence < lowest:
            return moved, divergence, True
    return theta, lowest, False
