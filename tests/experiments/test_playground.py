"""The playground: any one difference and no other, decisions and links as the nets have them, points placed by hand."""

from dataclasses import asdict
from typing import Any, get_args

import numpy as np
import pytest
import torch
from scipy.stats import binom
from sklearn.metrics import confusion_matrix
from torch import Tensor

from server.experiments import responses
from server.experiments.differences import Differs
from server.experiments.placing import MARKS, QUARTER
from server.experiments.playground import MOST, Playground
from server.grammar import Refused, numbers
from tests.experiments.running import begun, stepped

NAMES: tuple[Differs, ...] = get_args(Differs)
LARGE: dict[str, Any] = {"hidden": "4-4-4", "unit": "tanh"}


@pytest.mark.parametrize("name", NAMES)
def test_arms_differ_in_what_is_chosen_and_in_nothing_else(name: Differs) -> None:
    experiment = begun(Playground, differs=name, **LARGE)
    a, b = (asdict(recipe) for recipe in experiment.recipes())
    assert [field for field in a if a[field] != b[field]] == ([] if name == "nothing" else [name])
    one, other = experiment.pair
    assert torch.equal(one.inputs, other.inputs)
    assert torch.equal(one.data.train_labels, other.data.train_labels)
    if name not in ("widths", "first_weights"):
        assert torch.equal(one.net.layers[0].weights, other.net.layers[0].weights)
    assert ("nothing" in experiment.words()["difference"]) == (name == "nothing")


def test_nothing_differs_all_along() -> None:
    experiment = begun(Playground, differs="nothing", dropout=0.2)
    series = stepped(experiment, 30)
    for name in ("loss", "accuracy", "learnt"):
        assert torch.equal(series[f"{name}_A"], series[f"{name}_B"])
    assert experiment.verdict().word == "close"


@pytest.mark.parametrize(("controls", "values"), [
    ({"differs": "learning_rate", "learning_rate": 0.02, "times": 5}, (0.02, 0.1)),
    ({"differs": "batch", "batch": 16, "times": 4}, (16, 64)),
    ({"differs": "batch", "batch": 16, "times": 0.01}, (16, 2)),
    ({"differs": "batch", "batch": 16, "times": 100}, (16, 200)),
    ({"differs": "dropout", "dropout": 0.5}, (0.0, 0.5)),
    ({"differs": "dropout", "dropout": 0.0}, (0.0, 0.2)),
    ({"differs": "unit", "other_unit": "leaky_relu"}, ("sigmoid", "leaky_relu")),
    ({"differs": "widths", "hidden": "3-5", "other_hidden": "16"}, ((3, 5), (16,))),
])  # fmt: skip
def test_what_b_gets(controls: dict[str, Any], values: tuple[Any, Any]) -> None:
    recipes = begun(Playground, **controls).recipes()
    for recipe, value in zip(recipes, values, strict=True):
        expected = value if isinstance(value, str | tuple) else pytest.approx(value)
        assert getattr(recipe, controls["differs"]) == expected


def test_layers_before_the_first_that_differs_have_the_same_first_weights() -> None:
    experiment = begun(Playground, differs="widths", hidden="6-5-4", other_hidden="6-5-3-4")
    a, b = (arm.net.layers for arm in experiment.pair)
    assert [torch.equal(one.weights, other.weights) for one, other in zip(a[:2], b[:2], strict=True)] == [True, True]
    assert [arm.net.units for arm in experiment.pair] == [(2, 6, 5, 4, 2), (2, 6, 5, 3, 4, 2)]


@pytest.mark.parametrize(("differs", "seen", "parameter"), [
    ("widths", "A", "hidden"), ("widths", "B", "other_hidden"), ("unit", "B", "hidden"),
])  # fmt: skip
def test_the_net_that_is_looked_into_is_the_one_that_its_buttons_change(
    differs: str, seen: str, parameter: str
) -> None:
    experiment = begun(Playground, differs=differs, seen=seen, hidden="5-6", other_hidden="7")
    assert experiment.words()["shape"] == parameter
    drawn = experiment.show()["layers"].bincount().tolist()[1:-1]
    assert drawn == list(numbers(getattr(experiment.parameters, parameter)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spirals_are_told_apart_by_relu_and_not_by_sigmoids_within_ten_seconds(seed: int) -> None:
    experiment = begun(Playground, seed)
    last = stepped(experiment, int(9 * Playground.speed))
    assert last["accuracy_B"][-1] >= 90
    assert last["accuracy_A"][-1] <= 90
    assert experiment.verdict().word == "holds"


@pytest.mark.parametrize("data", ["moons", "pinwheel", "clouds"])
def test_the_map_says_what_the_net_would_say_there(data: str) -> None:
    """Oracle: the net asked at single places, worked out from row and column by hand."""
    experiment = begun(Playground, data=data)
    stepped(experiment, 60)
    shown = experiment.show()
    side, classes = responses.SIDE, experiment.drawn.classes
    for letter, arm in zip("AB", experiment.pair, strict=True):
        for row, column in ((0, 0), (0, side - 1), (30, 7), (side - 1, 20)):
            place = torch.tensor([[(2 * column + 1) / side - 1, 1 - (2 * row + 1) / side]])
            shares = arm.net.predict(place).softmax(1)[0]
            assert shown[f"field_{letter}"][row, column] == shares.argmax()
            certainty = (classes * float(shares.max()) - 1) / (classes - 1)
            assert float(shown[f"certainty_{letter}"][row, column]) == pytest.approx(certainty, abs=1e-4)


def test_tiles_are_one_for_each_unit_and_reach_to_one() -> None:
    experiment = begun(Playground, seen="A", **LARGE)
    tiles = experiment.show()["tiles"]
    assert tiles.shape == (2 + 3 * 4 + 2, responses.TILE, responses.TILE)
    assert tiles.abs().amax((1, 2)) == pytest.approx(torch.ones(len(tiles)))
    assert torch.equal(tiles[0], tiles[0][0].expand_as(tiles[0]))  # x₁ does not change upwards
    assert (tiles[0].diff(dim=1) > 0).all()
    assert (tiles[1].diff(dim=0) < 0).all()  # row 0 is on top


@pytest.mark.parametrize("edges", ["weights", "gradients"])
def test_a_signal_sent_along_the_links_is_what_the_layers_compute(edges: str) -> None:
    experiment = begun(Playground, edges=edges, seen="B", **LARGE)
    net, shown = experiment.pair[1].net, experiment.show()
    links, layers = shown["links"], shown["layers"]
    assert not links[layers[:, None] + 1 != layers].any()
    for number, layer in enumerate(net.layers):
        signal = torch.randn(layer.inputs)
        sent = torch.zeros(len(links))
        sent[layers == number] = signal
        matrix = layer.weights if edges == "weights" else layer.weights_gradient
        torch.testing.assert_close((sent @ links)[layers == number + 1], matrix @ signal)


def test_the_confusion_is_that_of_scikit_learn_and_wrong_points_are_framed() -> None:
    experiment = begun(Playground, data="pinwheel")
    stepped(experiment, 40)
    shown, data = experiment.show(), experiment.drawn
    said = experiment.pair[1].net.predict(data.test_inputs).argmax(1)
    expected = confusion_matrix(data.test_labels.numpy(), said.numpy(), labels=range(3))
    np.testing.assert_array_equal(shown["confusion"].numpy(), expected)
    held = shown["held_out"].bool()
    assert int(shown["wrong_B"][held].sum()) == int((said != data.test_labels).sum())
    assert experiment.words()["right_B"] == str(int(np.trace(expected)))


def right(names: str) -> Tensor:
    return torch.tensor([name == "+" for name in names])


@pytest.mark.parametrize(("gained", "lost", "word"), [
    (10, 2, "holds"), (2, 10, "broken"), (5, 2, "close"), (0, 0, "close"), (40, 30, "close"), (50, 30, "holds"),
])  # fmt: skip
def test_the_verdict_is_mcnemars(gained: int, lost: int, word: str) -> None:
    """Oracle: the binomial distribution of fair coins: beyond two standard errors lies about one in twenty."""
    experiment = begun(Playground)
    experiment.step = 1
    a = right("-" * gained + "+" * lost + "+" * 20)
    b = right("+" * gained + "-" * lost + "+" * 20)
    experiment._right = [a, b]
    verdict = experiment.verdict()
    assert verdict.word == word
    chance = 2 * binom.cdf(min(gained, lost), gained + lost, 0.5)
    assert (chance < 0.06) == (word != "close")
    assert len(verdict.note) <= 22
    assert f"+{gained} −{lost}" in verdict.note


def test_placed_points_are_learnt_and_every_fourth_is_held_out() -> None:
    experiment = begun(Playground, data="by_hand", unit="tanh", placed=MARKS[1])
    places = [(0.1 * number, 0.5) for number in range(8)]
    for number, place in enumerate(places, start=1):
        experiment.place(*place)
        data = experiment.pair[0].data
        assert len(data.test_labels) == 2 + number // QUARTER
        assert len(data.train_labels) == 2 + number - number // QUARTER
        assert experiment.pair[0].recipe.batch == len(data.train_labels)
    assert (data.train_labels[2:] == 1).all()
    assert data.test_inputs[2:].tolist() == pytest.approx(torch.tensor([places[3], places[7]]).numpy())
    stepped(experiment, 300)
    for arm in experiment.pair:
        assert (arm.net.predict(data.train_inputs).argmax(1) == data.train_labels).all()
    assert len(experiment.show()["points"]) == 4 + 8


@pytest.mark.parametrize("differs", ["batch", "unit"])
def test_a_placed_point_comes_up_in_the_next_epoch(differs: str) -> None:
    experiment = begun(Playground, data="moons", examples=20, batch=5, differs=differs, times=0.4)
    experiment.place(0.0, 0.0)
    drawn = [experiment._draw(12) for _ in range(2)][1]
    for arm in drawn:
        assert int(torch.cat(arm).max()) == 20


def test_a_new_class_starts_nets_that_can_name_it() -> None:
    experiment = begun(Playground, data="by_hand", unit="tanh", placed=MARKS[2])
    stepped(experiment, 20)
    for place in ((0.0, 0.8), (0.1, 0.8), (-0.1, 0.8)):
        experiment.place(*place)
    assert [arm.net.units[-1] for arm in experiment.pair] == [3, 3]
    assert torch.equal(*(arm.net.layers[0].weights for arm in experiment.pair))
    stepped(experiment, 300)
    for arm in experiment.pair:
        assert int(arm.net.predict(torch.tensor([[0.0, 0.8]])).argmax()) == 2


def test_points_off_the_map_and_too_many_are_refused() -> None:
    experiment = begun(Playground)
    with pytest.raises(Refused, match="stands on the map"):
        experiment.place(0.0, 1.2)
    assert len(experiment.drawn.train_labels) == 200
    experiment.placed = MOST
    with pytest.raises(Refused, match=f"At most {MOST} points"):
        experiment.place(0.0, 0.0)
