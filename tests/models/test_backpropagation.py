"""M0: the engine against PyTorch's own modules, autograd and optimisers, and against finite differences."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from server.models.mlp import MLP
from server.models.optimisers import OPTIMISERS, Optimiser
from tests.models.pytorch_nets import (
    Case,
    Reference,
    adopt,
    assert_close,
    assert_same_gradients,
    assert_same_state,
    cases,
    error,
    generator,
)

THEIRS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}


@dataclass(frozen=True)
class Rule:
    """An optimiser, and the penalties."""

    name: str
    words: dict[str, Any]
    l1: float

    def ours(self, net: MLP) -> Optimiser:
        return OPTIMISERS[self.name](net.parameters, net.gradient, l1=self.l1, **self.words)

    def theirs(self, module: torch.nn.Module) -> torch.optim.Optimizer:
        named = {"learning_rate": "lr", "epsilon": "eps"}
        words = {named.get(word, word): value for word, value in self.words.items()}
        return THEIRS[self.name](module.parameters(), **words)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    name = draw(st.sampled_from(sorted(THEIRS)))
    words: dict[str, Any] = {
        "learning_rate": draw(st.sampled_from([0.001, 0.01, 0.1])),
        "weight_decay": draw(st.sampled_from([0.0, 0.05])),
    }
    if name != "sgd":
        # Gradients that are 0 but for rounding (those of a shift below another normalisation) would be blown up to
        # whole steps by the usual 1e-8, which test_optimisers has.
        words["epsilon"] = 1e-3
    if name != "adam":
        words["momentum"] = draw(st.sampled_from([0.0, 0.5, 0.9]))
    if name == "sgd" and words["momentum"]:
        words["nesterov"] = draw(st.booleans())
    return Rule(name, words, draw(st.sampled_from([0.0, 0.02])))


@settings(max_examples=100)
@given(cases(), rules())
def test_training_equals_pytorch(case: Case, rule: Rule) -> None:
    """Loss, every gradient, every parameter, the running averages and the evaluation."""
    net = case.net()
    reference = Reference(net, case)
    ours, theirs = rule.ours(net), rule.theirs(reference)
    for number in range(4):
        inputs, targets = case.minibatch(number)
        loss = net.backpropagate(inputs, targets).squeeze()
        value = error(reference(inputs, net.program(case.examples).masks), targets, case.loss)
        theirs.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        assert_close(loss, value)
        assert_same_gradients(net, reference)
        penalty = torch.stack([rule.l1 * each.abs().sum() for each in reference.parameters()]).sum()
        penalty.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        ours.step()
        theirs.step()
        assert_same_state(net, reference)
        if rule.l1:
            adopt(net, reference)  # the sign of a parameter that is 0 but for rounding is chance
    reference.eval()
    assert_close(net.predict(inputs), reference(inputs))
    assert_close(net.activities(inputs)[-1].t(), reference(inputs))


PLAIN = Case((3, 4, 4, 2), ("tanh", "tanh"), examples=5, seed=3)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_gradient_equals_finite_differences(loss: str, skip: bool, batch_norm: bool) -> None:
    case = replace(PLAIN, loss=loss, skip=skip, batch_norm=batch_norm)
    net = case.net()
    minibatch = case.minibatch(0)
    net.backpropagate(*minibatch)
    gradient = net.gradient.clone()
    h = 1e-5
    for place in range(len(gradient)):
        before = float(net.parameters[place])
        net.parameters[place] = before + h
        above = float(net.backpropagate(*minibatch))
        net.parameters[place] = before - h
        below = float(net.backpropagate(*minibatch))
        net.parameters[place] = before
        assert (above - below) / (2 * h) == pytest.approx(float(gradient[place]), rel=1e-6, abs=1e-9)


def test_minibatch_size_may_change_between_steps() -> None:
    case = Case((4, 6, 3), ("relu",), batch_norm=True)
    net = case.net()
    reference = Reference(net, case)
    for size in (8, 3, 8, 2):
        inputs, targets = (tensor[:size] for tensor in case.minibatch(size))
        reference.zero_grad()
        error(reference(inputs), targets, case.loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        net.backpropagate(inputs, targets)
        assert_same_gradients(net, reference)
        assert_same_state(net, reference)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_every_stage_shows_what_the_next_one_reads(dropout: float, skip: bool, batch_norm: bool) -> None:
    """s = W o + b, o = K(ŝ) · mask [+ the input], ∂E/∂W = ∂E/∂s oᵀ, from the tensors that pages draw."""
    case = replace(PLAIN, units=(4, 4, 4, 2), dropout=dropout, skip=skip, batch_norm=batch_norm)
    net = case.net()
    net.backpropagate(*case.minibatch(0))
    program = net.program(case.examples)
    o = program.inputs.t()
    masks = [*program.masks, torch.ones(())] if dropout else [torch.ones(())] * 3
    for layer, stage, mask in zip(net.layers, program.stages, masks, strict=True):
        biases = layer.biases[:, None] if layer.norm is None else 0
        assert_close(stage.signal, layer.weights @ o + biases)
        assert_close(stage.activated, layer.activation.function(stage.normalised))
        assert_close(layer.weights_gradient, stage.error @ o.t())
        o = stage.activated * mask + (o if layer.skip else 0)
        assert_close(stage.output, o)
    assert [layer.skip for layer in net.layers] == [skip, skip, False]


def test_what_is_off_costs_no_operation() -> None:
    """Neither skip connections nor dropout leave an operation behind in a net without them."""
    plain = MLP((4, 4, 4, 2), generator=generator(1), hidden="tanh").program(5)
    per_layer = [["input", "output"], ["input", "output"], ["input"]]
    assert [[each.what.split()[0] for each in stage.forward] for stage in plain.stages] == per_layer
    assert [len(stage.backward) for stage in plain.stages] == [3, 4, 2]
