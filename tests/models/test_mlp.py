"""The net against PyTorch's own modules, autograd and optimisers, finite differences, and theory."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from server.models.mlp import MLP, targets_of
from server.models.optimisers import SGD

MODULES: dict[str, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "linear": nn.Identity,
}


@dataclass(frozen=True)
class Case:
    """One net, its minibatches and the rule that trains it."""

    units: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    batch_norm: bool
    examples: int
    learning_rate: float
    momentum: float
    nesterov: bool
    weight_decay: float
    seed: int

    def net(self) -> MLP:
        return MLP(
            self.units,
            generator=generator(self.seed),
            hidden=self.hidden,
            output=self.output,
            loss=self.loss,
            batch_norm=self.batch_norm,
            dtype=torch.float64,
        )

    def minibatch(self, number: int) -> tuple[Tensor, Tensor]:
        source = generator(1000 * self.seed + number)
        inputs = torch.randn(self.examples, self.units[0], generator=source, dtype=torch.float64)
        if self.loss == "squared_error":
            return inputs, torch.randn(self.examples, self.units[-1], generator=source, dtype=torch.float64)
        labels = torch.randint(self.units[-1], (self.examples,), generator=source)
        return inputs, targets_of(labels, self.units[-1], torch.float64)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    momentum = draw(st.sampled_from([0.0, 0.5, 0.9]))
    loss = draw(st.sampled_from(["squared_error", "cross_entropy"]))
    return Case(
        units=tuple(draw(st.lists(st.integers(1, 7), min_size=2, max_size=6))),
        hidden=draw(st.sampled_from(sorted(MODULES))),
        output="linear" if loss == "cross_entropy" else draw(st.sampled_from(sorted(MODULES))),
        loss=loss,
        batch_norm=draw(st.booleans()),
        examples=draw(st.integers(2, 12)),
        learning_rate=draw(st.sampled_from([0.01, 0.1])),
        momentum=momentum,
        nesterov=draw(st.booleans()) if momentum else False,
        weight_decay=draw(st.sampled_from([0.0, 0.05])),
        seed=draw(st.integers(0, 10_000)),
    )


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pytorch(net: MLP, case: Case) -> tuple[nn.Sequential, list[nn.Linear], list[nn.BatchNorm1d]]:
    """The same net out of nn.Module, with the same first weights."""
    linears, norms, modules = list[nn.Linear](), list[nn.BatchNorm1d](), list[nn.Module]()
    for number, layer in enumerate(net.layers):
        linears.append(nn.Linear(layer.inputs, len(layer.matrix), bias=layer.norm is None, dtype=torch.float64))
        linears[-1].weight.data.copy_(layer.weights)
        if layer.norm is None:
            linears[-1].bias.data.copy_(layer.biases)
        modules.append(linears[-1])
        if layer.norm is not None:
            norms.append(nn.BatchNorm1d(len(layer.matrix), dtype=torch.float64))
            modules.append(norms[-1])
        modules.append(MODULES[case.output if number == len(net.layers) - 1 else case.hidden]())
    return nn.Sequential(*modules), linears, norms


def error(outputs: Tensor, targets: Tensor, loss: str) -> Tensor:
    """The two losses in PyTorch's words."""
    if loss == "cross_entropy":
        return nn.functional.cross_entropy(outputs, targets)
    return (outputs - targets).square().sum() / (2 * len(outputs))


def assert_close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-7, atol=1e-9)


def assert_same_gradients(net: MLP, linears: list[nn.Linear], norms: list[nn.BatchNorm1d]) -> None:
    for layer, linear in zip(net.layers, linears, strict=True):
        assert linear.weight.grad is not None
        assert_close(layer.weights_gradient, linear.weight.grad)
    assert_same_offsets(net, linears, norms)


def assert_same_offsets(net: MLP, linears: list[nn.Linear], norms: list[nn.BatchNorm1d]) -> None:
    pending = iter(norms)
    for layer, linear in zip(net.layers, linears, strict=True):
        if layer.norm is None:
            assert linear.bias.grad is not None
            assert_close(layer.biases_gradient, linear.bias.grad)
            continue
        norm = next(pending)
        assert norm.weight.grad is not None
        assert norm.bias.grad is not None
        assert_close(layer.norm.scale_gradient, norm.weight.grad)
        assert_close(layer.biases_gradient, norm.bias.grad)


def assert_same_state(net: MLP, linears: list[nn.Linear], norms: list[nn.BatchNorm1d]) -> None:
    for layer, linear in zip(net.layers, linears, strict=True):
        assert_close(layer.weights, linear.weight)
    for batch_norm, norm in zip([layer.norm for layer in net.layers if layer.norm], norms, strict=True):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert_close(batch_norm.scale, norm.weight)
        assert_close(batch_norm.shift, norm.bias)
        assert_close(batch_norm.running_mean, norm.running_mean)
        assert_close(batch_norm.running_variance, norm.running_var)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_training_equals_pytorch(case: Case) -> None:
    """M0: loss, every gradient, every parameter, the running averages and the evaluation."""
    net = case.net()
    module, linears, norms = pytorch(net, case)
    ours = SGD(
        net.parameters,
        net.gradient,
        learning_rate=case.learning_rate,
        momentum=case.momentum,
        nesterov=case.nesterov,
        weight_decay=case.weight_decay,
    )
    theirs = torch.optim.SGD(
        module.parameters(),
        lr=case.learning_rate,
        momentum=case.momentum,
        nesterov=case.nesterov,
        weight_decay=case.weight_decay,
    )
    for number in range(4):
        inputs, targets = case.minibatch(number)
        value = error(module(inputs), targets, case.loss)
        theirs.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        assert_close(net.backpropagate(inputs, targets).squeeze(), value)
        assert_same_gradients(net, linears, norms)
        ours.step()
        theirs.step()
        assert_same_state(net, linears, norms)
    module.eval()
    assert_close(net.predict(inputs), module(inputs))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_gradient_equals_finite_differences(loss: str, batch_norm: bool) -> None:
    case = Case((3, 4, 4, 2), "tanh", "linear", loss, batch_norm, 5, 0.1, 0.0, False, 0.0, seed=3)
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


def deep(depth: int, units: int, **words: object) -> MLP:
    options: dict[str, object] = {"generator": generator(5), "dtype": torch.float64, "distribution": "normal"}
    return MLP((units,) * (depth + 1), **(options | words))  # type: ignore[arg-type]


def run_once(net: MLP, examples: int = 64) -> None:
    inputs = torch.randn(examples, net.units[0], generator=generator(6), dtype=torch.float64)
    labels = torch.randint(net.units[-1], (examples,), generator=generator(7))
    net.backpropagate(inputs, targets_of(labels, net.units[-1], torch.float64))


@pytest.mark.parametrize(("initialiser", "gain"), [("xavier", 0.5**0.5), ("he", 1.0)])
def test_signal_and_gradient_of_a_relu_net_shrink_as_he_predicts(initialiser: str, gain: float) -> None:
    """M3: the rms of the signal is gain^L after L layers, forwards and backwards."""
    depth = 30
    net = deep(depth, 512, hidden="relu", initialiser=initialiser)
    run_once(net)
    stages = net.program(64).stages
    for number in (1, 10, 20, depth - 1):
        # s has variance 2·gain² per layer times the half that the rectifier lets through of the layer below
        signal = stages[number].signal.square().mean().sqrt()
        assert float(signal / stages[0].signal.square().mean().sqrt()) == pytest.approx(gain**number, rel=0.35)
    errors = [stage.error.square().mean().sqrt() for stage in stages]
    assert float(errors[1] / errors[depth - 2]) == pytest.approx(gain ** (depth - 3), rel=0.35)


def test_saturating_units_lose_the_gradient_and_rectifiers_keep_it() -> None:
    """M5: over 12 layers a sigmoid's ¼ per layer costs many orders; ReLU with He keeps within one."""
    ratios = {}
    for hidden, initialiser in (("sigmoid", "xavier"), ("relu", "he")):
        net = deep(12, 64, hidden=hidden, initialiser=initialiser)
        run_once(net)
        norms = net.gradient_norms()
        ratios[hidden] = float(norms[0] / norms[-1])
    assert ratios["sigmoid"] < 0.25**9
    assert 0.1 < ratios["relu"] < 10


def test_norms_of_gradients_too_small_to_square_in_float32() -> None:
    """The lecture's vanishing gradient is measured, not rounded away: 55 sigmoid layers in float32."""
    small, exact = (deep(55, 16, hidden="sigmoid", dtype=dtype) for dtype in (torch.float32, torch.float64))
    for net in (small, exact):
        run_once(net)
    first = small.gradient_norms()[0]
    assert first.dtype == torch.float64
    assert 0 < float(first) < 1e-30
    torch.testing.assert_close(first, exact.gradient_norms()[0], rtol=1e-3, atol=0)


def test_norms_are_those_of_the_weights_alone() -> None:
    net = deep(3, 8, batch_norm=True)
    run_once(net)
    expected = [layer.weights_gradient.double().square().sum().sqrt() for layer in net.layers]
    torch.testing.assert_close(net.gradient_norms(), torch.stack(expected))


def test_zero_weights_give_every_unit_the_same_gradient() -> None:
    """The lecture: all weights 0 is no start. Only the output layer's biases receive any gradient."""
    net = deep(3, 6, initialiser="zeros", hidden="tanh")
    run_once(net)
    assert all(not layer.weights_gradient.any() for layer in net.layers)
    assert net.layers[-1].biases_gradient.abs().sum() > 0


def test_minibatch_size_may_change_between_steps() -> None:
    case = Case((4, 6, 3), "relu", "linear", "cross_entropy", True, 8, 0.1, 0.0, False, 0.0, seed=9)
    net = case.net()
    module, linears, norms = pytorch(net, case)
    for size in (8, 3, 8, 2):
        inputs, targets = (tensor[:size] for tensor in case.minibatch(size))
        module.zero_grad()
        error(module(inputs), targets, case.loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        net.backpropagate(inputs, targets)
        assert_same_gradients(net, linears, norms)
        assert_same_state(net, linears, norms)


def test_a_seed_means_the_same_weights_in_every_precision_and_with_normalisation() -> None:
    plain, normalised, single = deep(4, 8), deep(4, 8, batch_norm=True), deep(4, 8, dtype=torch.float32)
    for a, b, c in zip(plain.layers, normalised.layers, single.layers, strict=True):
        assert torch.equal(a.weights, b.weights)
        assert torch.equal(a.weights.float(), c.weights)


def test_divergence_is_named_and_never_hidden() -> None:
    """A rate of 10²⁰⁰ sends the weights beyond the largest float64; the first is named, nothing replaced."""
    net = deep(3, 8, hidden="linear", loss="squared_error", dtype=torch.float64)
    descent = SGD(net.parameters, net.gradient, learning_rate=1e200)
    assert net.first_nonfinite() == ""
    run_once(net)
    assert net.program(64).first_nonfinite() == ""
    for _ in range(3):
        net.program(64).run()
        descent.step()
    assert net.first_nonfinite().startswith("weights of layer 1 became")
    assert net.program(64).first_nonfinite().startswith("input of layer 1 became")
    net.program(64).run()
    assert not bool(net.program(64).loss.isfinite())


def test_accuracy_counts_no_answer_as_wrong() -> None:
    net = deep(1, 2)
    net.layers[0].weights.copy_(torch.eye(2))
    inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [float("nan"), 0.0]], dtype=torch.float64)
    assert float(net.accuracy(inputs, torch.tensor([0, 1, 0]))) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hidden": "step"}, "no “step”"),
        ({"loss": "hinge"}, "no “hinge”"),
        ({"initialiser": "one"}, "initialiser “one”"),
    ],
)
def test_unknown_names_are_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        deep(2, 3, **wrong)


def test_impossible_nets_and_minibatches_are_refused() -> None:
    with pytest.raises(ValueError, match="at least inputs and outputs"):
        MLP((4,), generator=generator(0))
    with pytest.raises(ValueError, match="at least 1 example"):
        deep(2, 3).program(0)
    with pytest.raises(ValueError, match="at least 2 examples"):
        deep(2, 3, batch_norm=True).program(1)
