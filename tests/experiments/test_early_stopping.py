"""Early stopping: B stops where its rule says, and has the weights of the best look (row M8)."""

from typing import Any

import pytest
import torch

from server.experiments import early_stopping
from server.experiments.early_stopping import EarlyStopping
from server.experiments.paired import EVERY
from tests.experiments.running import begun, stepped


def page(seed: int = 1, **parameters: Any) -> EarlyStopping:
    return begun(EarlyStopping, seed, **parameters)


def rule(losses: list[float], patience: int) -> tuple[int, int]:
    """Oracle: the best look, and the look at which patience is at an end; written again from its definition."""
    for look in range(len(losses)):
        best = losses.index(min(losses[: look + 1]))
        if look - best == patience:
            return best, look
    raise AssertionError("patience never came to an end")


@pytest.mark.parametrize(("seed", "patience"), [(1, 20), (2, 20), (3, 5), (4, 1)])
def test_b_stops_when_patience_ends_and_has_the_best_weights_back(seed: int, patience: int) -> None:
    experiment = page(seed, patience=patience)
    first = float(experiment.show()["best_loss"])
    looks = [first, *stepped(experiment, 600)["validation_A"][EVERY - 1 :: EVERY].tolist()]
    best, stop = rule(looks, patience)
    assert (experiment.best_step, experiment.stop_step) == (EVERY * best, EVERY * stop)
    assert float(experiment.show()["best_loss"]) == pytest.approx(min(looks[: stop + 1]))
    assert experiment.show()["since"] == patience
    never = page(seed, patience=200)  # the same net, never stopped, at the moment of the best look
    stepped(never, EVERY * best)
    assert torch.equal(experiment.pair[1].net.parameters, never.pair[0].net.parameters)


def test_a_goes_on_as_if_nothing_had_happened() -> None:
    stopped, alone = page(patience=5), page(patience=200)
    one, other = stepped(stopped, 400), stepped(alone, 400)
    assert stopped.pair[1].resting
    assert not alone.pair[1].resting
    for name in ("loss_A", "test_A", "distance_A"):
        assert torch.equal(one[name], other[name])
    assert torch.equal(other["loss_A"], other["loss_B"])


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_going_on_costs_test_loss(seed: int) -> None:
    """M8: B's test loss is at most that of the last epoch of A; it is also nearer to the first weights."""
    experiment = page(seed)
    last = {name: float(values[-1]) for name, values in stepped(experiment, 1000).items()}
    assert experiment.stop_step < 600
    assert last["test_B"] < last["test_A"]
    assert last["validation_B"] == pytest.approx(experiment.best_loss)
    assert last["train_B"] > last["train_A"]
    assert 0 < last["distance_B"] < last["distance_A"]
    assert experiment.verdict().word == "holds"


def test_wandering_is_measured_from_the_first_weights() -> None:
    experiment = page()
    first = experiment.pair[0].net.parameters.clone()
    last = stepped(experiment, 50)["distance_A"][-1]
    assert float(last) == pytest.approx(float((experiment.pair[0].net.parameters - first).square().sum()) ** 0.5)


def test_how_steps_are_cut_does_not_change_the_stop() -> None:
    whole, cut = page(patience=3), page(patience=3)
    expected = stepped(whole, 300)
    parts = [stepped(cut, steps) for steps in (1, 99, 3, 97, 100)]
    for name, values in expected.items():
        assert torch.equal(torch.cat([part[name] for part in parts]), values)
    assert (cut.stop_step, cut.best_step) == (whole.stop_step, whole.best_step)


def test_before_the_stop_there_is_no_verdict_and_both_are_the_same() -> None:
    experiment = page()
    series = stepped(experiment, 60)
    assert torch.equal(series["loss_A"], series["loss_B"])
    assert experiment.verdict().word == "untested"
    assert experiment.show()["stop_step"].isnan()


def test_no_patience_stops_too_early_where_going_on_would_help() -> None:
    preset: dict[str, Any] = dict(EarlyStopping.presets["No patience: stopped by a bump"])
    experiment = page(**preset)
    series = stepped(experiment, 600)
    assert experiment.stop_step < 200
    assert series["test_B"][-1] > series["test_A"][-1]
    assert experiment.verdict().word == "broken"


def test_a_new_run_begins_with_patience_restored() -> None:
    experiment = page(patience=1)
    stepped(experiment, 300)
    experiment.step = 0
    experiment.restart()
    assert not experiment.pair[1].resting
    assert experiment.best_step == 0


def test_the_curve_is_thinned_but_keeps_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_stopping, "DRAWN", 30)
    experiment = page(examples=20, units=4, batch=2)
    steps = 100 * EVERY
    series = stepped(experiment, steps)
    shown = experiment.show()
    assert 15 <= len(shown["looks"]) <= 30
    assert (shown["looks"].diff() > 0).all()
    assert shown["looks"][-1] > 0.95 * steps
    for step, value in zip(shown["looks"].long().tolist()[1:], shown["looked_A"].tolist()[1:], strict=True):
        assert float(series["validation_A"][step - 1]) == value
