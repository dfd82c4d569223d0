"""The page with and without batch normalisation: what it shows is what theory and the lecture say."""

from typing import Any

import pytest
import torch

from server.experiments.batchnorm import BatchNormalisation
from server.grammar import Diverged
from tests.experiments.running import begun, stepped

PRESETS = list(BatchNormalisation.presets)


def page(seed: int = 1, **parameters: Any) -> BatchNormalisation:
    return begun(BatchNormalisation, seed, **parameters)


def run(experiment: BatchNormalisation, steps: int) -> dict[str, float]:
    """The last value of every series."""
    return {name: float(values[-1]) for name, values in stepped(experiment, steps).items()}


def preset(number: int, seed: int = 1) -> BatchNormalisation:
    return page(seed, **BatchNormalisation.presets[PRESETS[number]])


@pytest.mark.parametrize("seed", [1, 2])
def test_it_opens_on_a_net_that_learns_only_when_normalised(seed: int) -> None:
    experiment = preset(0, seed)
    last = run(experiment, 250)
    assert last["loss_A"] > 2.2  # ln 10 = 2.303: still guessing
    assert last["accuracy_A"] < 25
    assert last["loss_B"] < 0.5
    assert last["accuracy_B"] > 85
    assert experiment.verdict().word == "holds"
    shown = experiment.show()
    assert float(shown["left_A"]) < 1e-6
    assert 0.1 < float(shown["left_B"]) < 10


def test_sigmoids_lose_what_theory_says() -> None:
    """Under Xavier the weights keep lengths on average, so each layer leaves the steepest slope: ¼."""
    shown = page().show()
    assert len(shown["gradient_A"]) == len(shown["steepest"]) == 13
    slopes = shown["steepest"][1:] / shown["steepest"][:-1]
    torch.testing.assert_close(slopes, torch.full((12,), 4.0).double())
    assert float(shown["steepest"][-1]) == float(shown["gradient_A"][-1])
    per_layer = float(shown["gradient_A"][0] / shown["gradient_A"][-2]) ** (1 / 11)
    assert per_layer == pytest.approx(0.25, rel=0.15)
    assert (page(unit="tanh").show()["steepest"].diff() == 0).all()


def test_normalised_inputs_have_spread_one_and_no_drift_at_the_start() -> None:
    experiment = page()
    shown = experiment.show()
    torch.testing.assert_close(shown["spread_B"], torch.full((12,), (64 / 63) ** 0.5).double(), rtol=0.02, atol=0)
    assert shown["spread_A"][-1] < 1e-3 < shown["spread_A"][0]
    assert not shown["drift_A"].any()
    run(experiment, 20)
    assert (experiment.show()["drift_A"] > 0).all()


def test_relu_and_he_learn_either_way() -> None:
    last = run(preset(1), 350)
    assert last["accuracy_A"] > 30
    assert last["accuracy_B"] > 80


def test_normalised_survives_a_hundred_times_the_rate() -> None:
    last = run(preset(2), 250)
    assert last["loss_A"] > 2
    assert last["accuracy_B"] > 60


def test_the_exploding_preset_breaks_a_first() -> None:
    with pytest.raises(Diverged) as caught:
        run(preset(3), 200)
    assert caught.value.arm == "A"


def test_a_batch_of_two_is_too_small_to_normalise_by() -> None:
    experiment = preset(4)
    last = run(experiment, 300)
    assert last["accuracy_A"] > last["accuracy_B"] + 20
    assert experiment.verdict().word == "broken"


def test_pictures_survive_a_batch_size_changed_under_way() -> None:
    """Until the next step the last minibatch is shown, not an empty one of the new size."""
    experiment = page()
    run(experiment, 3)
    before = experiment.show()["spread_A"]
    experiment.parameters = experiment.parameters.changed("batch", 100)
    experiment.live("batch")
    assert torch.equal(experiment.show()["spread_A"], before)
