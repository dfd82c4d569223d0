"""Rules of descent against torch.optim when rates change under way, and from a moment that was kept
(test_backpropagation holds them against torch.optim within a net)."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from server.models.optimisers import OPTIMISERS, SGD, Adam, Optimiser, RMSprop

CURVATURES = torch.tensor([1.0, 10.0, 50.0], dtype=torch.float64)
RULES: dict[str, tuple[type[Optimiser], dict[str, Any], Callable[..., torch.optim.Optimizer], dict[str, Any]]] = {
    "sgd": (SGD, {}, torch.optim.SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (SGD, {"momentum": 0.9, "nesterov": True}, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "rmsprop": (RMSprop, {"alpha": 0.9, "epsilon": 1e-6}, torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-6}),
    "rmsprop with momentum": (RMSprop, {"momentum": 0.8}, torch.optim.RMSprop, {"momentum": 0.8}),
    "adam": (Adam, {}, torch.optim.Adam, {}),
    "adam with rates of its own": (
        Adam,
        {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
        torch.optim.Adam,
        {"betas": (0.8, 0.95), "eps": 1e-6},
    ),
}


def ravine(parameters: Tensor) -> Tensor:
    """Gradient of ½ Σ curvature θ²."""
    return CURVATURES * parameters


def begun(name: str, **words: Any) -> Optimiser:
    theta = torch.ones(3, dtype=torch.float64)
    kind, own, _, _ = RULES[name]
    return kind(theta, torch.zeros_like(theta), **({"learning_rate": 0.01} | own | words))


def descend(rule: Optimiser, steps: int) -> Tensor:
    for _ in range(steps):
        rule.gradient.copy_(ravine(rule.parameters))
        rule.step()
    return rule.parameters.clone()


def test_every_rule_is_tested() -> None:
    assert {rule[0] for rule in RULES.values()} == set(OPTIMISERS.values())


@pytest.mark.parametrize("name", sorted(RULES))
@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.floats(1e-4, 0.05), st.sampled_from([0.0, 0.1]), st.sampled_from([0.0, 0.3])), max_size=30)
)
def test_rates_and_penalties_may_change_between_steps(name: str, course: list[tuple[float, float, float]]) -> None:
    ours = begun(name)
    _, _, kind, words = RULES[name]
    leaf = nn.Parameter(ours.parameters.clone())
    theirs = kind([leaf], lr=0.01, **words)
    for rate, weight_decay, l1 in course:
        ours.learning_rate, ours.weight_decay, ours.l1 = rate, weight_decay, l1
        theirs.param_groups[0].update(lr=rate, weight_decay=weight_decay)
        leaf.grad = ravine(leaf.detach()) + l1 * leaf.detach().sign()
        descend(ours, 1)
        theirs.step()
        torch.testing.assert_close(ours.parameters, leaf.detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "rmsprop with momentum"])
def test_momentum_may_change_between_steps(name: str) -> None:
    ours = begun(name)
    assert isinstance(ours, SGD | RMSprop)
    _, _, kind, words = RULES[name]
    leaf = nn.Parameter(ours.parameters.clone())
    theirs = kind([leaf], lr=0.01, **words)
    for number in range(20):
        ours.momentum = theirs.param_groups[0]["momentum"] = 0.9 - 0.02 * number
        leaf.grad = ravine(leaf.detach())
        descend(ours, 1)
        theirs.step()
        torch.testing.assert_close(ours.parameters, leaf.detach(), rtol=1e-12, atol=0)


def test_momentum_turned_on_again_starts_from_rest() -> None:
    ours = begun("momentum")
    assert isinstance(ours, SGD)
    descend(ours, 2)
    ours.momentum = 0.0
    before = descend(ours, 1)
    ours.momentum = 0.9
    after = descend(ours, 1)
    torch.testing.assert_close(before - after, 0.01 * ravine(before))


@pytest.mark.parametrize("name", sorted(RULES))
def test_what_is_kept_can_be_returned_to(name: str) -> None:
    """Parameters, `state` and `steps` are all that a rule's future hangs on."""
    rule = begun(name)
    descend(rule, 3)
    kept, steps = [tensor.clone() for tensor in (rule.parameters, *rule.state.values())], rule.steps
    expected = descend(rule, 4)
    for tensor, copy in zip((rule.parameters, *rule.state.values()), kept, strict=True):
        tensor.copy_(copy)
    rule.steps = steps
    assert torch.equal(descend(rule, 4), expected)
    assert rule.steps == 7


@given(st.floats(1e-3, 1e6), st.sampled_from([-1.0, 1.0]))
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(size: float, sign: float) -> None:
    """Kingma and Ba: the correction divides. Multiplied by it, a known mistake, the step is far off."""
    theta = torch.zeros(1, dtype=torch.float64)
    Adam(theta, torch.full_like(theta, sign * size), learning_rate=0.01).step()
    assert float(theta) == pytest.approx(-0.01 * sign, rel=1e-4)


def test_the_l1_penalty_leaves_a_parameter_at_zero_where_it_is() -> None:
    theta = torch.tensor([0.0, 2.0, -2.0], dtype=torch.float64)
    SGD(theta, torch.zeros_like(theta), learning_rate=0.1, l1=0.5).step()
    torch.testing.assert_close(theta, torch.tensor([0.0, 1.95, -1.95], dtype=torch.float64))
