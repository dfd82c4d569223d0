"""First weights: variances by layer against products and autograd, units that stay copies, nets that learn or not."""

import math
from typing import Any

import pytest
import torch

from server.experiments.initialisation import Initialisation
from server.grammar import Diverged
from tests.experiments.running import begun, stepped


def page(seed: int = 1, **parameters: Any) -> Initialisation:
    return begun(Initialisation, seed, **parameters)


def preset(name: str, seed: int = 1) -> Initialisation:
    return page(seed, **Initialisation.presets[next(full for full in Initialisation.presets if full.startswith(name))])


@pytest.mark.parametrize("seed", [1, 2])
def test_it_opens_on_16_layers_that_learn_with_he_and_not_with_the_old_weights(seed: int) -> None:
    """Claim C27: no pre-training is needed."""
    experiment = page(seed)
    assert experiment.parameters.layers >= 16
    series = stepped(experiment, 400)
    assert series["loss_A"].min() > 2.2  # ln 10 = 2.303: guessing
    assert float(series["accuracy_B"][-1]) > 80
    assert experiment.reached[0] is None
    assert experiment.reached[1] is not None


@pytest.mark.parametrize("unit", ["relu", "linear"])
@pytest.mark.parametrize("way", ["he", "he_gauss", "xavier", "uniform", "gauss", "lecun"])
def test_signal_and_error_go_by_the_lectures_product(way: str, unit: str) -> None:
    """Row M3, √Π ½ n Var w with Var w written out by hand; measured in wide nets within what width allows."""
    n, layers = 128, 10
    variance = {"he": 2 / n, "he_gauss": 2 / n, "xavier": 1 / n, "uniform": 1 / 12, "gauss": 0.0025, "lecun": 1 / n}[
        way
    ]
    factor = (0.5 if unit == "relu" else 1.0) * n * variance
    shown = page(weights_b=way, unit=unit, units=n, layers=layers).show()
    for name in ("signal", "error"):
        expected = shown[f"{name}_theory_B"]
        steps = expected[1:] / expected[:-1] if name == "signal" else expected[:-1] / expected[1:]
        torch.testing.assert_close(
            steps, torch.full((layers - 1,), factor**0.5, dtype=torch.float64), rtol=1e-3, atol=0
        )
        assert ((shown[f"{name}_B"] / expected).log().abs() < 2 * math.sqrt(5 * layers / n)).all()


def test_the_first_signal_is_that_of_the_inputs() -> None:
    experiment = page(units=128)
    inputs = float(experiment.pair[1].inputs.square().sum(1).mean())
    shown = experiment.show()
    assert float(shown["signal_theory_B"][0]) ** 2 == pytest.approx(2 / 64 * inputs, rel=1e-4)
    assert float(shown["signal_B"][0]) ** 2 == pytest.approx(2 / 64 * inputs, rel=0.3)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_uniform_and_gauss_alike(seed: int) -> None:
    experiment = preset("Uniform or Gauss", seed)
    a, b = (arm.net.layers[3].weights for arm in experiment.pair)
    assert float(a.abs().max()) <= (3 * 2 / 64) ** 0.5 < float(b.abs().max())  # one ends, the other has tails
    assert float(a.var()) == pytest.approx(float(b.var()), rel=0.1)
    assert experiment.verdict().word == "holds"


def test_arms_differ_in_their_first_weights_only() -> None:
    a, b = page(weights_a="he", weights_b="he").pair
    assert torch.equal(a.net.parameters, b.net.parameters)
    a, b = page().pair
    assert (a.recipe.first_weights, b.recipe.first_weights) == ("gauss", "he")


def test_zeros_never_become_different() -> None:
    experiment = preset("Zeros")
    stepped(experiment, 100)
    shown = experiment.show()
    assert (shown["distinct_A"] == 1).all()
    assert (shown["distinct_B"] == 64).all()
    hidden = experiment.pair[0].net.layers[:-1]
    assert not any(layer.matrix.any() for layer in hidden)
    assert float(shown["dead_units_A"]) == 4 * 64


def test_equal_weights_learn_as_one_unit_would() -> None:
    experiment = preset("All the same")
    before = experiment.pair[0].net.parameters.clone()
    stepped(experiment, 300)
    assert not torch.equal(before, experiment.pair[0].net.parameters)
    shown = experiment.show()
    assert (shown["distinct_A"] == 1).all()
    assert shown["signal_ratio_A"].isnan()  # no theory for weights with a mean
    accuracies = [float(arm.accuracy()) for arm in experiment.pair]
    assert accuracies[0] < 50 < 80 < accuracies[1]


def test_dead_and_flat_units_counted_as_by_hand() -> None:
    experiment = page(layers=4, units=32)
    stepped(experiment, 5)
    shown = experiment.show()
    stages = experiment.pair[1].program.stages[:-1]
    dead = torch.stack([(stage.output.max(1).values <= 0).float().mean() for stage in stages])
    flat = torch.stack([(stage.output <= 0).float().mean() for stage in stages])
    torch.testing.assert_close(shown["dead_B"], 100 * dead.double())
    torch.testing.assert_close(shown["flat_B"], 100 * flat.double())


def test_uniform_weights_saturate_tanh() -> None:
    shown = preset("Tanh").show()
    assert shown["flat_A"].mean() > 10 * shown["flat_B"].mean()


def test_too_large_weights_break_and_the_page_says_which() -> None:
    with pytest.raises(Diverged) as caught:
        stepped(preset("Uniform ±½"), 50)
    assert caught.value.arm == "A"


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_verdict_is_what_was_measured_before_the_first_step(seed: int) -> None:
    experiment = page(seed)
    verdict = experiment.verdict()
    assert verdict.word == "holds"
    assert verdict.note in ("theory 1, A 10⁻⁸", "theory 1, A 10⁻⁹")
    stepped(experiment, 20)
    assert experiment.verdict() == verdict


def test_a_net_too_narrow_for_the_product_says_so() -> None:
    """Where all units of a layer are off nothing is left, whatever the product says."""
    words = {page(seed, units=2, layers=30).verdict().word for seed in range(1, 6)}
    assert "broken" in words
