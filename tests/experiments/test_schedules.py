"""The page on schedules: rates are used as they are drawn, and the loss is judged as it was recorded."""

import pytest
import torch
from torch import nn

from server.experiments.paired import EVERY
from server.experiments.schedules import LOOKS, Schedules
from tests.experiments.running import begun, stepped


def preset(start: str, seed: int = 1) -> Schedules:
    found = [values for name, values in Schedules.presets.items() if name.startswith(start)]
    assert len(found) == 1
    return begun(Schedules, seed, **found[0])


@pytest.mark.parametrize("schedule", ["inverse", "exponential", "step", "cosine", "cyclic"])
def test_every_step_is_as_long_as_the_rate_that_is_drawn(schedule: str) -> None:
    experiment = begun(Schedules, schedule=schedule, period=10, learning_rate=0.1)
    for _ in range(25):
        before = [arm.net.parameters.clone() for arm in experiment.pair]
        series = stepped(experiment, 1)
        for letter, arm, old in zip("AB", experiment.pair, before, strict=True):
            moved = old - float(series[f"rate_{letter}"]) * arm.net.gradient
            torch.testing.assert_close(arm.net.parameters, moved)
    assert float(series["rate_A"]) == 0.1


def test_rates_are_those_of_pytorch() -> None:
    """Over three periods, cut into calls: torch.optim.lr_scheduler of the same names."""
    experiment = begun(Schedules, schedule="cosine", period=30, learning_rate=0.5)
    measured = torch.cat([stepped(experiment, steps)["rate_B"] for steps in (7, 53, 30)])
    descent = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(descent, 30)
    expected = []
    for _ in range(90):
        expected.append(descent.param_groups[0]["lr"])
        descent.step()
        scheduler.step()
    torch.testing.assert_close(measured, torch.tensor(expected, dtype=torch.float64))


def test_training_loss_is_that_of_all_examples() -> None:
    experiment = begun(Schedules, learning_rate=0.1)
    series = stepped(experiment, EVERY)
    arm = experiment.pair[1]
    first, last = arm.net.layers
    hidden = torch.tanh(nn.functional.linear(arm.inputs, first.weights, first.biases))
    outputs = nn.functional.linear(hidden, last.weights, last.biases)
    expected = nn.functional.cross_entropy(outputs, experiment.data().train_labels)
    torch.testing.assert_close(series["training_loss_B"][-1], expected)


def test_the_verdict_is_the_lowest_mean_of_ten_looks() -> None:
    experiment = begun(Schedules, schedule="cyclic", period=70)
    assert experiment.verdict().word == "untested"
    parts = [stepped(experiment, steps) for steps in (3, 80, 117, 200)]
    lowest = []
    for letter in "AB":
        losses = torch.cat([part[f"training_loss_{letter}"] for part in parts]).double()
        looks = torch.cat([losses[:1], losses[EVERY - 1 :: EVERY]])  # the first is of the first weights
        means = [float(looks[end - LOOKS : end].mean()) for end in range(LOOKS, len(looks) + 1)]
        lowest.append(min(means))
    assert [best and best[0] for best in experiment.best] == pytest.approx(lowest)
    assert float(experiment.verdict().number) == pytest.approx(lowest[0] / lowest[1], rel=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_it_opens_on_a_rate_that_jumps_and_one_that_comes_to_rest(seed: int) -> None:
    experiment = begun(Schedules, seed)
    last = {name: values[-150:] for name, values in stepped(experiment, 400).items()}
    verdict = experiment.verdict()
    assert verdict.word == "holds"
    assert float(verdict.number) > 2
    assert (len(verdict.line) <= 26, len(verdict.note) <= 22) == (True, True)
    assert last["training_loss_A"].std() > 10 * last["training_loss_B"].std()
    assert last["accuracy_B"].mean() > last["accuracy_A"].mean() + 5


def test_a_rate_that_falls_too_early_gets_stuck() -> None:
    experiment = preset("Too early")
    series = stepped(experiment, 300)
    assert experiment.verdict().word == "broken"
    assert float(series["training_loss_B"][100:].max() - series["training_loss_B"][100:].min()) < 0.05
