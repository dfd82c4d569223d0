"""Learning random labels by heart: what the page shows is what the lecture and Zhang et al. (2017) say."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binom
from sklearn.metrics import confusion_matrix

from server.experiments.memorising import CALLED, DRAWN, ENOUGH, Memorising
from server.grammar.messages import DivergedMessage
from server.models.data import split
from server.runtime.history import Bookmark
from server.runtime.session import Session
from server.runtime.start import Start
from tests.experiments.running import begun, stepped


def run(experiment: Memorising, steps: int) -> dict[str, float]:
    """The last value of every series."""
    return {name: float(values[-1]) for name, values in stepped(experiment, steps).items()}


def page(seed: int = 1, **parameters: Any) -> Memorising:
    return begun(Memorising, seed, **parameters)


@pytest.mark.parametrize("seed", [1, 2])
def test_labels_by_lot_are_learnt_by_heart_and_worth_nothing(seed: int) -> None:
    """M7: training accuracy 100 % in both, B's test accuracy at chance."""
    experiment = page(seed)
    last = run(experiment, 1000)
    assert last["train_A"] == 100
    assert last["train_B"] >= 99.5
    assert last["accuracy_A"] > 95
    # Guessing right one time in ten: the variance of 300 test digits, and that of the 800 labels drawn.
    assert last["accuracy_B"] == pytest.approx(10, abs=3 * 100 * (0.1 * 0.9 * (1 / 300 + 1 / 800)) ** 0.5)
    assert last["distance_B"] > 1.5 * last["distance_A"]
    assert experiment.verdict().word == "holds"


def test_training_accuracy_is_measured_on_the_labels_that_were_told() -> None:
    experiment = page()
    last = run(experiment, 50)
    for arm, name in zip(experiment.pair, ("train_A", "train_B"), strict=True):
        named = arm.net.predict(arm.data.train_inputs).argmax(1)
        assert last[name] == pytest.approx(100 * float((named == arm.data.train_labels).float().mean()))


@pytest.mark.parametrize("share", [25, 50, 100])
def test_only_bs_training_labels_differ(share: int) -> None:
    """A label drawn by lot is the true one in one case out of ten."""
    experiment, true = page(3, random_labels=share), split(3)
    a, b = (arm.data for arm in experiment.pair)
    assert torch.equal(a.train_labels, true.train_labels[:800])
    changed = int((b.train_labels != a.train_labels).sum())
    drawn = round(share / 100 * len(b.train_labels))
    assert binom.ppf(0.0005, drawn, 0.9) <= changed <= binom.ppf(0.9995, drawn, 0.9)
    assert float(experiment.show()["true_labels"]) == pytest.approx(100 * (1 - changed / len(b.train_labels)))
    for name in ("train_inputs", "validation_labels", "test_inputs", "test_labels"):
        assert torch.equal(getattr(a, name), getattr(b, name))
    assert torch.equal(experiment.pair[0].net.parameters, experiment.pair[1].net.parameters)


def test_confusions_are_those_of_scikit_learn_and_of_the_accuracy_drawn() -> None:
    """What was learnt of true labels is on the diagonal; what was learnt of a list is all over the place."""
    experiment = page()
    last = run(experiment, 1000)
    shown, names = experiment.show(), experiment.words()
    for arm, letter in zip(experiment.pair, "AB", strict=True):
        named = arm.net.predict(arm.data.test_inputs).argmax(1)
        true, shares = arm.data.test_labels, shown[f"confusion_{letter}"]
        expected = 100 * confusion_matrix(true, named, labels=range(10), normalize="true")
        np.testing.assert_allclose(shares.numpy(), expected, rtol=1e-5)
        assert float(shares.diagonal() @ true.bincount().float() / 300) == pytest.approx(
            last[f"accuracy_{letter}"], rel=1e-5
        )
    assert (names["true_3"], names["said_0"]) == ("3", "0")


def test_a_net_that_broke_names_no_digit() -> None:
    experiment = page()
    experiment.pair[0].net.parameters.fill_(torch.nan)
    experiment._measure()
    assert not experiment.show()["confusion_A"].any()
    torch.testing.assert_close(experiment.show()["confusion_B"].sum(1), torch.full((10,), 100.0))


def test_the_caption_says_who_knows_the_labels_by_heart() -> None:
    experiment = page()
    said = [experiment.words()["known"]]
    for steps in (150, 850):
        run(experiment, steps)
        said.append(experiment.words()["known"])
    assert said == ["Neither knows them yet", "Only A knows them", "Both know them by heart"]


@pytest.mark.parametrize(("examples", "some"), [(20, "None"), (100, "All"), (800, "Some")])
def test_the_caption_says_how_many_threes_are_drawn(examples: int, some: str) -> None:
    experiment = page(examples=examples)
    told = int((experiment.pair[1].data.train_labels == CALLED).sum())
    assert experiment.words()["some"] == some
    assert len(experiment.show()["threes"]) == min(told, DRAWN)


def test_without_random_labels_there_are_two_equal_nets_and_nothing_to_judge() -> None:
    experiment = page(random_labels=0)
    series = stepped(experiment, 30)
    assert torch.equal(series["loss_A"], series["loss_B"])
    assert experiment.verdict().word == "untested"


def test_half_of_the_labels_true_is_worth_about_as_much() -> None:
    experiment = page(random_labels=50)
    last = run(experiment, 1600)
    assert last["train_B"] >= 99.5
    assert 45 < last["accuracy_B"] < 75 < last["accuracy_A"]
    assert experiment.verdict().word == "holds"


def test_a_small_net_learns_what_is_true_but_no_list() -> None:
    preset = Memorising.presets["Too small for a list"].items()
    small: dict[str, Any] = {name: value for name, value in preset if name != "speed"}
    experiment = page(**small)
    last = run(experiment, ENOUGH)
    assert last["train_A"] > 95
    assert last["train_B"] < 40
    assert experiment.verdict().word == "broken"


def test_where_not_even_truth_is_learnt_nothing_is_judged() -> None:
    experiment = page(learning_rate=10.0, examples=100, units=8, layers=1)
    last = run(experiment, ENOUGH)
    assert last["train_A"] < 50
    verdict = experiment.verdict()
    assert (verdict.word, verdict.note) == ("untested", "A has not learnt them either")


def test_strong_weight_decay_leaves_only_truth_to_learn() -> None:
    last = run(page(weight_decay=0.01, examples=1197), 500)
    assert last["train_A"] > 95
    assert last["train_B"] < 25


def test_what_b_is_told_are_threes() -> None:
    experiment = page()
    data = experiment.pair[1].data
    shown = experiment.show()["threes"].flatten(1)
    for picture in shown:
        number = (data.train_inputs == picture).all(1).nonzero()[0, 0]
        assert data.train_labels[number] == CALLED
    true = split(1).train_labels
    kinds = {int(true[(data.train_inputs == picture).all(1).nonzero()[0, 0]]) for picture in shown}
    assert len(kinds) >= 4  # of 12 drawn by lot from ten kinds


@pytest.mark.parametrize("cut", [(3, 4), (7,), (2, 5)])
def test_a_square_that_overflows_ends_the_run_at_its_step_however_steps_are_cut(cut: tuple[int, ...]) -> None:
    """RMSprop's mean square of a gradient of 10²² is infinite in float32, and its weight would never move again.

    Oracle: one step at a time, after each of which the rule itself is looked at.
    """
    options: dict[str, Any] = {"learning_rate": 5.0, "batch": 2, "layers": 10, "units": 4, "unit": "relu"}
    options |= {"first_weights": "xavier", "optimiser": "rmsprop", "momentum": 0.0, "weight_decay": 0.0}
    start = Start(Memorising.Controls(**options, dropout=0.0, examples=20, random_labels=0.0))
    slow, fast = Session(Memorising, start), Session(Memorising, start)
    while slow.card is None:
        slow.advance(1)
    for steps in cut:
        fast.advance(steps)
    assert fast.card == slow.card
    assert isinstance(slow.card, DivergedMessage)
    assert re.fullmatch(r"Mean square of the gradient of (layer \d+|the output layer) became infinite", slow.card.where)
    (expected, _), (found, _) = slow.history.since(Bookmark()), fast.history.since(Bookmark())
    for name, values in expected.series.items():
        np.testing.assert_array_equal(found.series[name], values, name)
    page = slow.experiment
    assert isinstance(page, Memorising)
    assert page.pair[0].net.first_nonfinite() == ""
    assert not bool(page.pair[0].descent.state["mean square of the gradient"].isfinite().all())
