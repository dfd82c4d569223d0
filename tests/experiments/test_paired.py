"""What every A/B page rests on: one difference, all else the same, nothing hidden when one breaks."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from server.experiments.batchnorm import BatchNormalisation
from server.experiments.experiment import Experiment
from server.experiments.paired import EVERY, SMOOTH, Paired
from server.grammar import Diverged
from server.models.data import split
from server.models.minibatches import Minibatches
from server.models.optimisers import SGD
from server.runtime.catalogue import discover
from server.runtime.history import Bookmark
from server.runtime.picture import Reader, picture
from server.runtime.session import Session
from server.runtime.start import Start
from tests.experiments.running import begun, stepped


class Page(Paired):
    """The least that a page has to say."""

    views = ()
    arms = ("A", "B")

    def show(self) -> Mapping[str, Tensor]:
        return {}


class Same(Page):
    differs, between = "momentum", (0.5, 0.5)


class Momentum(Page):
    differs, between = "momentum", (0.0, 0.9)


class FirstWeights(Page):
    differs, between = "first_weights", ("zeros", "he")


class WeightDecay(Page):
    differs, between = "weight_decay", (0.0, 0.01)


PAGES: list[type[Paired]] = [Momentum, FirstWeights, WeightDecay, BatchNormalisation]
SMALL: dict[str, Any] = {"layers": 2, "units": 16, "unit": "tanh", "learning_rate": 0.1}


@pytest.mark.parametrize("kind", PAGES)
def test_arms_differ_in_the_named_thing_and_in_nothing_else(kind: type[Paired]) -> None:
    a, b = (asdict(recipe) for recipe in begun(kind).recipes())
    assert [name for name in a if a[name] != b[name]] == [kind.differs]


def test_arms_without_a_difference_are_the_same_stepped() -> None:
    """Same data, first weights, minibatches and order: else equal recipes would drift apart."""
    series = stepped(begun(Same, **SMALL), 25)
    assert torch.equal(series["loss_A"], series["loss_B"])
    assert torch.equal(series["accuracy_A"], series["accuracy_B"])
    assert series["loss_A"][-1] < series["loss_A"][0]


@pytest.mark.parametrize("kind", [Momentum, WeightDecay, BatchNormalisation])
def test_first_weights_are_the_same(kind: type[Paired]) -> None:
    a, b = (arm.net.layers for arm in begun(kind, **SMALL).pair)
    assert all(torch.equal(one.weights, other.weights) for one, other in zip(a, b, strict=True))


@pytest.mark.parametrize("seed", [1, 2])
def test_both_arms_train_as_pytorch_would(seed: int) -> None:
    """The same digits, weights and order given to nn.Module, autograd and torch.optim."""
    experiment = begun(Momentum, seed, **SMALL)
    data = split(seed)
    expected = []
    for arm, momentum in zip(experiment.pair, (0.0, 0.9), strict=True):
        linears = [nn.Linear(layer.inputs, len(layer.matrix)) for layer in arm.net.layers]
        for linear, layer in zip(linears, arm.net.layers, strict=True):
            linear.weight.data.copy_(layer.weights)
            linear.bias.data.copy_(layer.biases)
        module = nn.Sequential(linears[0], nn.Tanh(), linears[1], nn.Tanh(), linears[2])
        descent = torch.optim.SGD(module.parameters(), lr=0.1, momentum=momentum)
        minibatches = Minibatches(len(data.train_labels), experiment.generator("order"))
        for _ in range(20):
            chosen = minibatches.take(64)
            loss = nn.functional.cross_entropy(module(data.train_inputs[chosen]), data.train_labels[chosen])
            descent.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            descent.step()
            expected.append(loss.detach())
    series = stepped(experiment, 20)
    torch.testing.assert_close(torch.cat([series["loss_A"], series["loss_B"]]), torch.stack(expected))


def test_gradients_are_there_before_the_first_step_and_nothing_has_moved() -> None:
    experiment, other = begun(BatchNormalisation, **SMALL), begun(BatchNormalisation, **SMALL)
    for arm in experiment.pair:
        assert (arm.net.gradient_norms() > 0).all()
        assert not arm.descent.velocity.any()
    norms = [layer.norm for layer in experiment.pair[1].net.layers[:-1]]
    assert all(norm is not None and not norm.running_mean.any() for norm in norms)
    shown = [arm.net.gradient.clone() for arm in other.pair]
    stepped(other, 1)
    for before, arm in zip(shown, other.pair, strict=True):
        assert torch.equal(before, arm.net.gradient)  # looked at: what became the first minibatch


def test_accuracy_is_measured_every_tenth_step_and_stands_until_then() -> None:
    experiment = begun(Same, **SMALL)
    data = split(1)
    first = stepped(experiment, 7)["accuracy_A"]
    assert (first == first[0]).all()
    then = stepped(experiment, EVERY - 7)["accuracy_A"]
    assert (then[:-1] == first[0]).all()
    right = experiment.pair[0].net.predict(data.test_inputs).argmax(1) == data.test_labels
    assert float(then[-1]) == pytest.approx(100 * float(right.float().mean()))
    assert (stepped(experiment, EVERY - 1)["accuracy_A"] == then[-1]).all()


def test_live_parameters_reach_both_arms_at_once() -> None:
    experiment = begun(WeightDecay, **SMALL)
    stepped(experiment, 3)
    for name, value in (("learning_rate", 0.01), ("momentum", 0.7), ("batch", 5)):
        experiment.parameters = experiment.parameters.changed(name, value)
        experiment.live(name)
    stepped(experiment, 2)
    assert [arm.descent.learning_rate for arm in experiment.pair] == [0.01, 0.01]
    assert all(isinstance(arm.descent, SGD) and arm.descent.momentum == 0.7 for arm in experiment.pair)
    assert [arm.descent.weight_decay for arm in experiment.pair] == [0.0, 0.01]
    assert [len(arm.program.inputs) for arm in experiment.pair] == [5, 5]


def test_the_race_is_timed_on_the_mean_of_the_last_minibatches() -> None:
    """However the steps are cut into calls, the finish is what the recorded losses say."""
    experiment = begun(Momentum, **SMALL)
    parts = [stepped(experiment, steps) for steps in (1, 2, 1, 40, 3, 60, 80, 100)]
    for number, name in enumerate(("loss_A", "loss_B")):
        losses = torch.cat([part[name] for part in parts]).tolist()
        means = {end: sum(losses[end - SMOOTH : end]) / SMOOTH for end in range(SMOOTH, len(losses) + 1)}
        assert experiment.reached[number] == next(end for end, mean in means.items() if mean < experiment.target)
    verdict = experiment.verdict()
    assert verdict.number == str(experiment.reached[1])
    assert verdict.note == f"A needed {experiment.reached[0]}"


@pytest.mark.parametrize(
    ("reached", "step", "number", "word"),
    [
        ([None, None], 500, "–", "untested"),
        ([None, 100], 101, "100", "close"),
        ([None, 100], 400, "100", "holds"),
        ([300, 100], 400, "100", "holds"),
        ([110, 100], 400, "100", "close"),
        ([100, 110], 400, "110", "close"),
        ([100, 200], 400, "200", "broken"),
        ([100, None], 101, "–", "close"),
        ([100, None], 400, "–", "broken"),
        ([None, 12_345], 40_000, "12k", "holds"),
    ],
)
def test_verdict(reached: list[int | None], step: int, number: str, word: str) -> None:
    experiment = begun(Same, **SMALL)
    experiment.reached, experiment.step = reached, step
    verdict = experiment.verdict()
    assert (verdict.number, verdict.word) == (number, word)
    assert len(verdict.note) <= 32


def diverging() -> Paired:
    return begun(Same, layers=6, units=16, unit="relu", first_weights="he", learning_rate=10.0)


def breaking_step() -> tuple[int, list[float]]:
    """Oracle: step by step without any diagnosis, the first loss that is not finite; the losses before it."""
    experiment = diverging()
    arm = experiment.pair[0]
    minibatches = Minibatches(len(arm.inputs), experiment.generator("order"))
    losses: list[float] = []
    while len(losses) < 1000:
        loss = float(arm.look(minibatches.take(64)))
        if not math.isfinite(loss):
            return len(losses) + 1, losses
        losses.append(loss)
        arm.descent.step()
    raise AssertionError("it never broke")


@pytest.mark.parametrize("steps", [1, 7, 200])
def test_divergence_names_arm_step_and_layer(steps: int) -> None:
    """Found at the same step however many steps a call makes; every loss until then is kept."""
    broken, losses = breaking_step()
    experiment = diverging()
    measured: list[float] = []
    with pytest.raises(Diverged) as caught:  # noqa: PT012 - the call that raises is one of many
        while experiment.step < 1000:
            measured += stepped(experiment, steps)["loss_A"].tolist()
    error = caught.value
    if error.series is not None:
        rest = error.series["loss_A"]
        assert isinstance(rest, Tensor)
        measured += rest.tolist()
    assert error.arm == "A"
    assert broken - 1 <= error.step <= broken  # the weights may break in the step before the loss does
    assert measured[: len(losses)] == losses
    assert not any(map(math.isfinite, measured[len(losses) :]))
    assert error.last == tuple(losses[-4:])
    assert any(f"layer {number} became" in error.where for number in range(1, 7)) or "output" in error.where
    assert error.ways[1].parameters == {"learning_rate": 0.1}


class Sigmoids(Page):
    differs, between = "momentum", (0.0, 0.0)


class Unit(Page):
    """A's units explode, B's are bounded."""

    differs, between = "unit", ("relu", "sigmoid")


EXPLODING: dict[str, Any] = {"layers": 6, "units": 16, "first_weights": "he", "learning_rate": 10.0}


def caught(experiment: Paired, most: int = 1000) -> Diverged:
    with pytest.raises(Diverged) as error:  # noqa: PT012 - the call that raises is one of many
        while experiment.step < most:
            stepped(experiment, 1)
    return error.value


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_one_arm_ends_and_the_other_goes_on_bit_for_bit(steps: int) -> None:
    """Oracle: B in a run whose A never breaks, having B's units too."""
    broken = caught(begun(Unit, **EXPLODING))
    assert (broken.arm, broken.ways[-1].action) == ("A", "let_go")
    experiment, alone = begun(Unit, **EXPLODING), begun(Sigmoids, unit="sigmoid", **EXPLODING)
    experiment.let_go()
    parts = [stepped(experiment, steps) for _ in range(100 // steps)]
    count = len(parts) * steps
    expected = stepped(alone, count)
    series = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    assert torch.equal(series["loss_B"], expected["loss_B"])
    assert torch.equal(series["accuracy_B"], expected["accuracy_B"])
    assert experiment.broken_arms == {"A": broken.step}
    assert series["loss_A"][broken.step :].isnan().all()
    assert series["accuracy_A"][broken.step - 1 :].isnan().all()
    assert series["loss_A"][: broken.step - 1].isfinite().all()
    assert (experiment.words()["ended_A"], experiment.words()["ended_B"]) == (f"diverged at {broken.step}", "")
    assert experiment.verdict().note == f"A broke at {broken.step}"


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "kind", [kind for kind in discover().values() if issubclass(kind, Paired)], ids=lambda kind: kind.name
)
def test_on_every_page_the_other_arm_learns_as_if_nothing_had_happened(kind: type[Experiment], which: int) -> None:
    """One arm's weights become infinite by force; oracle: the same page where nothing does."""
    ended, plain = Session(kind, Start(kind.Controls())), Session(kind, Start(kind.Controls()))
    for one in (ended, plain):
        one.advance(24)
    page = ended.experiment
    assert isinstance(page, Paired)
    page.let_go()
    page.pair[which].net.parameters.fill_(torch.inf)
    for _ in range(11):
        ended.advance(16)
        picture(ended, Reader(), speed=0.0, time=0.0)
        assert ended.card is None
    plain.advance(176)
    found, expected = (one.history.since(Bookmark())[0].series for one in (ended, plain))
    mine, other = "AB"[which], "BA"[which]
    for name in (f"{each}_{other}" for each in ("loss", *page.measured)):
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    for name in (f"{each}_{mine}" for each in ("loss", *page.measured)):
        assert not np.isfinite(found[name][25:]).any(), name
    assert page.verdict().number != "nan"


def test_where_both_break_at_one_step_there_is_no_other_to_go_on() -> None:
    experiment = diverging()
    assert [way.action for way in caught(experiment).ways] == ["", ""]


def test_the_second_arm_to_break_stops_the_run() -> None:
    experiment = begun(Unit, **EXPLODING)
    experiment.let_go()
    stepped(experiment, 20)
    experiment.pair[1].net.parameters.fill_(torch.inf)
    error = caught(experiment)
    assert (error.arm, [way.action for way in error.ways]) == ("B", ["", ""])


@pytest.mark.parametrize(("kind", "same"), [
    (Momentum, "seed, data, first weights and minibatches"), (FirstWeights, "seed, data and minibatches"),
])  # fmt: skip
def test_what_is_said_to_be_the_same_is_the_same(kind: type[Paired], same: str) -> None:
    experiment = begun(kind, **SMALL)
    words = experiment.words()
    assert (words["same"], words["differences"]) == (same, "One difference.")
    a, b = experiment.pair
    assert torch.equal(a.data.train_labels, b.data.train_labels)
    assert torch.equal(a.first, b.first) == ("first weights" in same)
    assert begun(Same, **SMALL).words()["differences"] == "No difference."


def test_the_seed_is_the_stepped() -> None:
    one, again, other = (stepped(begun(Momentum, seed, **SMALL), 5)["loss_B"] for seed in (3, 3, 4))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
