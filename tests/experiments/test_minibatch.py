"""The page on minibatches: noise against autograd and theory, coverage against 1 − 1/e, cost as it was recorded."""

import math
from collections import defaultdict

import pytest
import torch
from torch import Tensor
from torch.func import grad, vmap
from torch.nn.functional import cross_entropy, linear

from server.experiments.arm import Arm
from server.experiments.gradient_noise import SIZES
from server.experiments.minibatch import DRAWS, ENOUGH, Minibatch
from server.experiments.paired import EVERY
from tests.experiments.running import begun, stepped


def gradients(arm: Arm) -> Tensor:
    """Every training example's own gradient, by autograd: (examples, parameters)."""
    shapes = [layer.matrix.shape for layer in arm.net.layers]

    def loss(flat: Tensor, inputs: Tensor, label: Tensor) -> Tensor:
        parts = torch.split(flat, [shape.numel() for shape in shapes])
        for number, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
            matrix = part.view(shape)
            inputs = linear(torch.tanh(inputs) if number else inputs, matrix[:, :-1], matrix[:, -1])
        return cross_entropy(inputs, label)

    single = vmap(grad(loss), in_dims=(None, 0, 0))
    found = single(arm.net.parameters.clone(), arm.inputs.clone(), arm.data.train_labels)
    assert isinstance(found, Tensor)
    return found.double()


@pytest.mark.parametrize("steps", [0, 60])
def test_spread_of_single_gradients_is_that_of_autograd(steps: int) -> None:
    experiment = begun(Minibatch, layers=2, units=8)
    if steps:
        stepped(experiment, steps)
    experiment.noise.begin(experiment.pair[0])
    own = gradients(experiment.pair[0])
    torch.testing.assert_close(experiment.noise.full.double(), own.mean(0), atol=1e-6, rtol=1e-4)
    expected = (own - own.mean(0)).square().sum(1).mean()
    assert float(experiment.noise.variance) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("replacement", [False, True])
def test_noise_is_what_theory_says(replacement: bool) -> None:
    """In the mean of 200 minibatches, within 4½ standard errors at every size; nothing is fitted."""
    noise = begun(Minibatch, units=8, replacement=replacement).noise
    for _ in range(200):
        noise.draw()
    measured, errors = noise.measured()
    z = (measured - noise.theory()) / errors
    assert (z.abs() < 4.5).all()
    assert errors.max() < 0.1
    # Finite sets: half of all examples leave less noise than half as many draws by lot.
    straight = -torch.tensor(SIZES).double().log2() / 2
    assert float(noise.theory()[-1] - straight[-1]) == pytest.approx(0 if replacement else math.log2(685 / 1196) / 2)
    exponent, error = noise.slope()
    assert abs(exponent + 0.5) < 4 * error < 0.05


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_it_opens_on_the_law(seed: int) -> None:
    experiment = begun(Minibatch, seed)
    assert experiment.verdict().word == "untested"
    stepped(experiment, 200)
    verdict = experiment.verdict()
    assert verdict.word == "holds"
    assert float(verdict.number.replace("−", "-")) == pytest.approx(-0.5, abs=0.02)
    assert (len(verdict.line) <= 26, len(verdict.note) <= 22) == (True, True)


def test_the_next_state_is_measured_when_one_is_done_and_numbers_stay_until_then() -> None:
    experiment = begun(Minibatch, units=8)
    stepped(experiment, (DRAWS - 1) * EVERY)
    assert (experiment.noise.draws, experiment.finished is not None) == (DRAWS, True)
    before = experiment.show()["noise"]
    stepped(experiment, EVERY)
    assert experiment.noise.draws == 1
    torch.testing.assert_close(experiment.noise.probe.data.train_labels, experiment.pair[1].data.train_labels)
    assert torch.equal(experiment.show()["noise"], before)
    stepped(experiment, ENOUGH * EVERY)
    assert not torch.equal(experiment.show()["noise"], before)


def test_an_epoch_is_all_examples_when_shuffled_and_63_per_cent_by_lot() -> None:
    experiment = begun(Minibatch, units=8, small=16)
    series = stepped(experiment, 74 * 6)
    ends = {name: series[name].view(6, 74)[:, -1] for name in ("seen_shuffled", "seen_by_lot")}
    assert (ends["seen_shuffled"] == 100 * 74 * 16 / 1197).all()  # 13 left over have to wait
    expected = 100 * (1 - (1 - 1 / 1197) ** (74 * 16))
    assert float(ends["seen_by_lot"].mean()) == pytest.approx(expected, abs=1.5)  # 3½ standard errors
    assert expected == pytest.approx(63, abs=0.5)


def test_cost_is_counted_in_examples() -> None:
    experiment = begun(Minibatch, units=16, small=8, large=64)
    parts = [stepped(experiment, steps) for steps in (1, 30, 7, 262)]
    shown = experiment.show()
    for arm, (letter, size) in enumerate((("A", 8), ("B", 64))):
        losses = torch.cat([part[f"loss_{letter}"] for part in parts]).tolist()
        bins = defaultdict(list)
        for number, loss in enumerate(losses):
            bins[int(math.log2((number + 1) * size))].append(loss)
        for work, mean in zip(shown["work"].tolist(), shown[f"worked_{letter}"].tolist(), strict=True):
            doubling = int(math.log2(work))
            expected = sum(bins[doubling]) / len(bins[doubling]) if bins[doubling] else math.nan
            assert mean == pytest.approx(expected, nan_ok=True)
        reached = experiment.reached[arm]
        assert reached is not None
        assert (float(shown[f"steps_{letter}"]), float(shown[f"cost_{letter}"])) == (reached, reached * size)


def test_only_batches_differ() -> None:
    a, b = begun(Minibatch).recipes()
    assert [name for name in vars(a) if vars(a)[name] != vars(b)[name]] == ["batch"]
