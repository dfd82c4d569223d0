"""Thirty layers with and without a way around each."""

from typing import Any

import pytest
import torch
from torch import nn

from server.experiments.skip_connections import SkipConnections
from server.models.data import split
from server.models.minibatches import Minibatches
from tests.experiments.running import begun, stepped


def preset(name: str) -> SkipConnections:
    return page(1, **SkipConnections.presets[name])


def page(seed: int = 1, **parameters: Any) -> SkipConnections:
    return begun(SkipConnections, seed, **parameters)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_thirty_layers_of_tanh_learn_only_with_skips(seed: int) -> None:
    """Row M9, within three seconds of the page."""
    experiment = page(seed)
    assert experiment.parameters.layers == 30
    series = stepped(experiment, 120)
    assert series["loss_A"].min() > 2.2  # ln 10 = 2.303: guessing
    assert experiment.reached[0] is None
    assert experiment.reached[1] is not None
    assert experiment.verdict().word == "holds"
    assert float(series["accuracy_B"][-1]) > 80


@pytest.mark.parametrize("letter", "AB")
def test_gradients_are_those_of_autograd(letter: str) -> None:
    experiment = page(layers=9)
    data, arm = split(1), experiment.pair["AB".index(letter)]
    chosen = Minibatches(len(data.train_labels), experiment.generator("order")).take(64)
    weights = [layer.weights.double().clone().requires_grad_() for layer in arm.net.layers]
    outputs = data.train_inputs[chosen].double()
    for matrix in weights[:-1]:
        added = outputs if letter == "B" and matrix.shape[0] == matrix.shape[1] else 0
        outputs = torch.tanh(outputs @ matrix.t()) + added
    loss = nn.functional.cross_entropy(outputs @ weights[-1].t(), data.train_labels[chosen])
    loss.backward()  # type: ignore[no-untyped-call]
    norms = torch.stack([matrix.grad.norm() for matrix in weights if matrix.grad is not None])
    shown = experiment.show()
    torch.testing.assert_close(shown[f"gradient_{letter}"], norms, rtol=1e-4, atol=0)
    torch.testing.assert_close(shown[f"left_{letter}"], norms[0] / norms[-1], rtol=1e-4, atol=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_first_gradients_are_as_theory_predicts(seed: int) -> None:
    shown = page(seed).show()
    for letter in "AB":
        assert ((shown[f"gradient_{letter}"] / shown[f"predicted_{letter}"]).log10().abs() < 0.5).all()


def test_the_plain_net_loses_signal_and_what_tells_digits_apart() -> None:
    shown = page().show()
    assert float(shown["output_A"][-1] / shown["output_A"][0]) < 1e-6
    assert float(shown["output_B"][-1] / shown["output_B"][0]) > 1
    assert float(shown["spread_A"][-1]) < 1e-6 < 0.1 < float(shown["spread_B"][-1])


def test_a_few_layers_learn_either_way() -> None:
    experiment = preset("4 layers: A learns as well")
    stepped(experiment, 200)
    assert all(float(arm.accuracy()) > 80 for arm in experiment.pair)
    verdict = experiment.verdict()
    assert (verdict.word, verdict.number) == ("untested", str(experiment.reached[1]))


def test_with_xaviers_weights_the_plain_net_crawls() -> None:
    experiment = preset("Xavier's weights: A crawls")
    stepped(experiment, 250)
    a, b = (float(arm.accuracy()) for arm in experiment.pair)
    assert 25 < a < b
    assert experiment.reached[0] is None
    assert experiment.reached[1] is not None
