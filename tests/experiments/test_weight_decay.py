"""Weight decay: the pull is the derivative of its penalty, and what it is worth is measured with its noise."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import ttest_rel
from sklearn.metrics import log_loss
from torch import nn

from server.experiments.overfitting import SURE, _short
from server.experiments.paired import EVERY
from server.experiments.weight_decay import BINS, TINY, WIDEST, WeightDecay
from server.models.data import split
from server.models.minibatches import Minibatches
from tests.experiments.running import begun, stepped


def page(seed: int = 1, **parameters: Any) -> WeightDecay:
    return begun(WeightDecay, seed, **parameters)


def run(experiment: WeightDecay, steps: int) -> dict[str, float]:
    """The last value of every series."""
    return {name: float(values[-1]) for name, values in stepped(experiment, steps).items()}


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_small_weights_do_better_on_test_digits(seed: int) -> None:
    experiment = page(seed)
    last = run(experiment, 500)
    assert last["test_B"] < last["test_A"]
    assert last["train_B"] > last["train_A"]
    assert last["accuracy_B"] > last["accuracy_A"]
    assert experiment.verdict().word == "holds"
    shown = experiment.show()
    assert (shown["length_B"] < shown["length_A"]).all()


@pytest.mark.parametrize("penalty", ["weight_decay", "l1"])
def test_the_pull_is_the_gradient_of_the_penalty(penalty: str) -> None:
    """Oracle: autograd over E + ½ λ Σ θ², or E + λ Σ |θ|, and plain descent."""
    strength = 0.01
    experiment = page(penalty=penalty, strength=strength, momentum=0.0, learning_rate=0.1)
    a, b = experiment.pair
    linears = [nn.Linear(layer.inputs, len(layer.matrix)) for layer in b.net.layers]
    for linear, layer in zip(linears, b.net.layers, strict=True):
        linear.weight.data.copy_(layer.weights)
        linear.bias.data.copy_(layer.biases)
    module = nn.Sequential(linears[0], nn.ReLU(), linears[1])
    descent = torch.optim.SGD(module.parameters(), lr=0.1)
    minibatches = Minibatches(len(b.inputs), experiment.generator("order"))
    for _ in range(5):
        chosen = minibatches.take(32)
        loss = nn.functional.cross_entropy(module(b.inputs[chosen]), b.data.train_labels[chosen])
        sizes = torch.cat([each.flatten() for each in module.parameters()])
        loss = loss + strength * (0.5 * sizes.square().sum() if penalty == "weight_decay" else sizes.abs().sum())
        descent.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        descent.step()
    run(experiment, 5)
    for linear, layer in zip(linears, b.net.layers, strict=True):
        torch.testing.assert_close(linear.weight.data, layer.weights, rtol=1e-4, atol=1e-5)
    assert (a.descent.weight_decay, a.descent.l1) == (0, 0)


@pytest.mark.parametrize("steps", [200, 400])
def test_the_verdict_is_a_paired_comparison(steps: int) -> None:
    """Oracle: scikit-learn's log loss and SciPy's paired t statistic on the same test digits."""
    experiment = page(random_labels=10, strength=0.003)
    last = run(experiment, steps)
    losses = []
    for arm, name in zip(experiment.pair, ("test_A", "test_B"), strict=True):
        shares = arm.net.predict(arm.data.test_inputs).double().softmax(1).numpy()
        labels = arm.data.test_labels.numpy()
        assert last[name] == pytest.approx(log_loss(labels, shares, labels=range(10)), rel=1e-4)
        losses.append(-np.log(shares[np.arange(len(labels)), labels]))
    statistic = ttest_rel(*losses).statistic
    expected = "close" if abs(statistic) <= SURE else "holds" if statistic > 0 else "broken"
    verdict = experiment.verdict()
    assert verdict.word == expected
    assert verdict.number == f"{losses[1].mean():.2f}"
    assert verdict.note.startswith(f"A {losses[0].mean():.2f}, noise")


def test_before_both_were_looked_at_nothing_is_judged() -> None:
    experiment = page()
    run(experiment, EVERY - 1)
    assert experiment.verdict().word == "untested"
    run(experiment, 1)
    assert experiment.verdict().word != "untested"


def test_of_two_nets_that_know_nothing_neither_does_better() -> None:
    experiment = page(first_weights="zeros")
    last = run(experiment, 200)
    assert last["accuracy_A"] < 20
    assert last["test_B"] < last["test_A"]
    verdict = experiment.verdict()
    assert (verdict.word, verdict.note) == ("untested", f"A {last['test_A']:.2f}, guessing 2.30")


@pytest.mark.parametrize(
    ("value", "text"), [(0.834, "0.83"), (12.34, "12.3"), (512.6, "513"), (123456.0, "123k"), (1.8e17, "10¹⁷")]
)
def test_losses_of_any_size_are_short(value: float, text: str) -> None:
    assert _short(value) == text


def test_the_page_says_how_many_digits_are_learnt() -> None:
    experiment = page(examples=57)
    assert experiment.words()["learnt"] == str(len(experiment.pair[0].data.train_labels)) == "57"


def test_too_strong_a_pull_is_told_as_worse() -> None:
    experiment = page(strength=0.2)
    last = run(experiment, 100)
    assert last["test_B"] > 2
    assert experiment.verdict().word == "broken"


def test_l1_leaves_few_weights() -> None:
    experiment = page(penalty="l1", strength=0.004, learning_rate=0.03, random_labels=40)
    run(experiment, 400)
    shown = experiment.show()
    assert float(shown["tiny_B"]) > 80
    assert float(shown["tiny_A"]) < 10
    assert experiment.verdict().word == "holds"


def test_the_histogram_counts_all_weights_and_no_biases() -> None:
    experiment = page()
    run(experiment, 60)
    shown = experiment.show()
    for arm, letter in zip(experiment.pair, "AB", strict=True):
        weights = np.concatenate([layer.weights.numpy().ravel() for layer in arm.net.layers])
        counts, edges = np.histogram(weights, BINS, (-WIDEST, WIDEST))
        np.testing.assert_allclose(shown[f"histogram_{letter}"].numpy(), 100 * counts / len(weights), atol=0.02)
        np.testing.assert_allclose(shown["sizes"].numpy(), (edges[1:] + edges[:-1]) / 2, atol=1e-6)
        assert float(shown[f"tiny_{letter}"]) == pytest.approx(100 * np.mean(np.abs(weights) < TINY))


@pytest.mark.parametrize("examples", [20, 1197])
def test_both_learn_the_same_few_digits_with_the_same_false_labels(examples: int) -> None:
    experiment = page(2, examples=examples, batch=64)
    a, b = (arm.data for arm in experiment.pair)
    assert torch.equal(a.train_labels, b.train_labels)
    assert torch.equal(a.train_inputs, split(2).train_inputs[:examples])
    assert torch.equal(a.test_labels, split(2).test_labels)
    assert (a.train_labels != split(2).train_labels[:examples]).any()
    run(experiment, 2)
    assert len(experiment.pair[0].program.inputs) == min(64, examples)
