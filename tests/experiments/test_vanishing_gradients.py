"""Saturating units against rectifiers: gradients as autograd has them, and as theory says."""

from typing import Any

import pytest
import torch
from torch import nn

from server.experiments import depth
from server.experiments.vanishing_gradients import VanishingGradients
from server.grammar import Diverged
from server.models.data import split
from server.models.minibatches import Minibatches
from tests.experiments.running import begun, stepped

PRESETS = list(VanishingGradients.presets)


def page(seed: int = 1, **parameters: Any) -> VanishingGradients:
    return begun(VanishingGradients, seed, **parameters)


def preset(number: int, seed: int = 1) -> VanishingGradients:
    return page(seed, **VanishingGradients.presets[PRESETS[number]])


@pytest.mark.parametrize("seed", [1, 2])
def test_it_opens_on_sigmoids_that_lose_the_gradient_and_relu_that_keeps_it(seed: int) -> None:
    """Row M5: many orders of magnitude against within one."""
    experiment = preset(0, seed)
    assert experiment.verdict().word == "holds"
    series = stepped(experiment, 250)
    assert (series["left_A"] < 1e-4).all()
    assert 0.1 < 10 ** float(series["left_B"].log10().mean()) < 10
    assert series["loss_A"][-20:].mean() > 2.25  # ln 10 = 2.303: guessing
    assert series["loss_B"][-20:].mean() < 0.6
    assert experiment.verdict().word == "holds"


@pytest.mark.parametrize(("letter", "unit"), [("A", nn.Sigmoid), ("B", nn.ReLU)])
def test_gradients_are_those_of_autograd(letter: str, unit: type[nn.Module]) -> None:
    experiment = page(layers=11, units=24)
    data, arm = split(1), experiment.pair["AB".index(letter)]
    chosen = Minibatches(len(data.train_labels), experiment.generator("order")).take(64)
    modules: list[nn.Module] = []
    for layer in arm.net.layers:
        linear = nn.Linear(layer.inputs, len(layer.matrix), dtype=torch.float64)
        linear.weight.data.copy_(layer.weights)
        linear.bias.data.copy_(layer.biases)
        modules += [linear, unit()]
    outputs = nn.Sequential(*modules[:-1])(data.train_inputs[chosen].double())
    nn.functional.cross_entropy(outputs, data.train_labels[chosen]).backward()  # type: ignore[no-untyped-call]
    norms = [one.weight.grad.norm() for one in modules if isinstance(one, nn.Linear) and one.weight.grad is not None]
    shown = experiment.show()
    torch.testing.assert_close(shown[f"gradient_{letter}"], torch.stack(norms), rtol=1e-4, atol=0)
    torch.testing.assert_close(depth.left(arm.net), norms[0] / norms[-1], rtol=1e-4, atol=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_layer_passes_on_what_theory_says(seed: int) -> None:
    """He's weights: ¼√2, a little less as slopes are not all the steepest; √(½·2) = 1 for ReLU."""
    shown = page(seed).show()
    assert float(shown["pass_theory_A"]) < 0.25 * 2**0.5
    assert float(shown["pass_A"]) == pytest.approx(float(shown["pass_theory_A"]), rel=0.1)
    assert float(shown["pass_theory_B"]) == pytest.approx(1, abs=1e-3)
    assert float(shown["pass_B"]) == pytest.approx(1, abs=0.2)
    assert ((shown["gradient_A"] / shown["predicted_A"]).log10().abs() < 0.5).all()
    assert ((shown["gradient_B"] / shown["predicted_B"]).log10().abs() < 0.7).all()


def test_both_have_the_same_first_weights() -> None:
    a, b = (arm.net for arm in page().pair)
    assert torch.equal(a.parameters, b.parameters)
    assert (a.activations[0], b.activations[0]) == ("sigmoid", "relu")


def test_histograms_are_shares_and_slopes_where_they_can_be() -> None:
    shown = page(layers=5).show()
    for name in ("slopes_A", "slopes_B", "outputs_A", "outputs_B"):
        assert shown[name].shape == (5, 20)
        torch.testing.assert_close(shown[name].sum(1), torch.ones(5))
    assert not shown["slopes_A"][:, 6:].any()  # none above ¼, whose bin it is where rounding is upwards
    assert not shown["slopes_B"][:, 1:-1].any()


def test_shares_counts_as_numpy_does() -> None:
    values = torch.rand(3, 7, 11, generator=torch.Generator().manual_seed(1)) * 4 - 2
    expected = [torch.histc(layer.clamp(-1, 1), 8, -1, 1) / 77 for layer in values]
    torch.testing.assert_close(depth.shares(values, -1, 1, 8), torch.stack(expected))


def test_a_few_layers_of_sigmoids_learn_and_nothing_is_claimed_of_them() -> None:
    experiment = preset(1)
    stepped(experiment, 300)
    assert experiment.pair[0].accuracy() > 70
    assert experiment.verdict().word == "untested"


def test_how_steps_are_cut_does_not_change_the_verdict() -> None:
    whole, cut = page(), page()
    stepped(whole, 90)
    for steps in (1, 19, 3, 47, 20):
        stepped(cut, steps)
    torch.testing.assert_close(cut.logarithms, whole.logarithms)
    assert cut.verdict() == whole.verdict()


def test_of_nets_that_broke_nothing_is_claimed() -> None:
    experiment = page(layers=30, learning_rate=10.0)
    with pytest.raises(Diverged):
        stepped(experiment, 20)
    verdict = experiment.verdict()
    assert (verdict.word, verdict.note[:7]) == ("untested", "B broke")


def test_where_float32_ends_the_page_says_so() -> None:
    experiment = preset(PRESETS.index("Below float32: 0 is left"))
    stepped(experiment, 2)
    assert not experiment.show()["gradient_A"][0]
    assert float(experiment.theory[0].errors[0]) > 0  # theory, in float64, still has something
    verdict = experiment.verdict()
    assert (verdict.number, verdict.note) == ("0", "0 in float32, < 10⁻⁴⁵")


def test_tanh_with_fitting_weights_breaks_the_rule() -> None:
    experiment = preset(PRESETS.index("Tanh, Xavier’s weights: it holds out"))
    stepped(experiment, 150)
    assert experiment.verdict().word == "broken"
    assert experiment.pair[0].accuracy() > 70


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.35, "0.35"),
        (1.0, "1"),
        (22, "22"),
        (3e-7, "10⁻⁷"),
        (1e-31, "10⁻³¹"),
        (1e6, "10⁶"),
        (1e-300, "10⁻³⁰⁰"),
    ],
)
def test_powers_in_words(value: float, text: str) -> None:
    assert depth.power(value) == text
