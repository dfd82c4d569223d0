"""What the net promises beyond being PyTorch's equal (test_backpropagation): theory, seeds, refusals, and numbers
that are never hidden."""

import pytest
import torch

from server.models.mlp import MLP, targets_of
from server.models.optimisers import OPTIMISERS, SGD
from tests.models.pytorch_nets import generator


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


@pytest.mark.parametrize("name", sorted(OPTIMISERS))
def test_a_gradient_that_is_not_a_number_is_neither_clipped_nor_replaced(name: str) -> None:
    net = deep(2, 4)
    descent = OPTIMISERS[name](net.parameters, net.gradient, learning_rate=0.1)
    net.gradient.fill_(1.0)[0] = float("nan")
    descent.step()
    assert bool(net.parameters[0].isnan())
    assert bool(net.parameters[1:].isfinite().all())
    assert net.first_nonfinite() == "weights of layer 1 became not a number"


@pytest.mark.parametrize("batch_norm", [False, True])
def test_every_place_of_the_flat_parameters_belongs_to_the_layer_that_uses_it(batch_norm: bool) -> None:
    net = MLP((3, 5, 4, 2), generator=generator(5), batch_norm=batch_norm)
    for place in range(len(net.parameters)):
        before = [(layer.matrix.clone(), layer.biases.clone()) for layer in net.layers]
        net.parameters[place] += 1
        owner, *others = sorted(zip(net.layers, before, strict=True), key=lambda pair: pair[0] is not net.owner(place))
        changed = [not (torch.equal(a.matrix, b) and torch.equal(a.biases, c)) for a, (b, c) in (owner, *others)]
        if batch_norm and not any(changed):  # its scale, which is neither weight nor shift
            norm = net.owner(place).norm
            assert norm is not None
            assert float(norm.scale.max()) == 2
            net.parameters[place] -= 1
            continue
        assert changed == [True, False, False]


def test_scale_multiplies_the_first_weights_alone() -> None:
    one, three = deep(3, 8, batch_norm=True), deep(3, 8, batch_norm=True, scale=3.0)
    for a, b in zip(one.layers, three.layers, strict=True):
        torch.testing.assert_close(3 * a.weights, b.weights)
        assert a.norm is None or (b.norm is not None and torch.equal(a.norm.scale, b.norm.scale))


def test_a_skip_carries_signal_and_gradient_through_layers_of_weight_zero() -> None:
    """He et al. 2016: with K = 0 a residual layer is the identity, forwards and backwards; a plain one is a wall."""
    plain, residual = (deep(30, 6, hidden="tanh", skip=skip) for skip in (False, True))
    for net in (plain, residual):
        for layer in net.layers[:-1]:
            layer.weights.zero_()
        run_once(net)
    stages, first = residual.program(64).stages, residual.program(64).inputs.t()
    assert all(torch.equal(stage.output, first) for stage in stages[:-1])
    assert all(torch.equal(stage.received, stages[-2].received) for stage in stages[:-1])
    assert residual.gradient_norms()[0] > 0
    assert not plain.gradient_norms()[0]


def test_activities_are_what_training_computes_for_every_layer() -> None:
    net = deep(4, 6, hidden=["tanh", "relu", "sigmoid"], skip=True)
    run_once(net)
    program = net.program(64)
    for ours, stage in zip(net.activities(program.inputs), program.stages, strict=True):
        torch.testing.assert_close(ours, stage.output)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hidden": "step"}, "no “step”"),
        ({"hidden": ["relu", "relu"]}, "1 hidden layers have as many activations, not 2"),
        ({"dropout": 1.0}, "less than 1 of the units, not 1"),
        ({"dropout": -0.1}, "at least 0"),
        ({"loss": "hinge"}, "no “hinge”"),
        ({"initialiser": "one"}, "initialiser “one”"),
    ],
)
def test_what_is_unknown_or_impossible_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        deep(2, 3, **wrong)


def test_impossible_nets_and_minibatches_are_refused() -> None:
    with pytest.raises(ValueError, match="at least inputs and outputs"):
        MLP((4,), generator=generator(0))
    with pytest.raises(ValueError, match="at least 1 example"):
        deep(2, 3).program(0)
    with pytest.raises(ValueError, match="at least 2 examples"):
        deep(2, 3, batch_norm=True).program(1)
