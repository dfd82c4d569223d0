"""Momentum: with and without, at the same learning rate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.experiments import tricks
from server.experiments.arm import Arm, Recipe
from server.experiments.experiment import Series
from server.experiments.paired import Common, Paired
from server.grammar import Curves, Formula, Line, Theory, Verdict, choice, owned
from server.models.optimisers import SGD

SMOOTH = 50  # minibatches, five looks: a ratio of two noisy lengths


class Controls(Common):
    learning_rate: float = tricks.learning_rate(0.02)
    momentum: float = owned("difference", tricks.momentum(0.9))
    addition: Literal["momentum", "nesterov", "look_ahead"] = owned(
        "difference",
        choice(
            "momentum",
            label="what B has and A has not",
            labels={"nesterov": "Nesterov's momentum", "look_ahead": "look-ahead only"},
            applies="live",
            help="Look-ahead only: A has classical momentum of the same strength, B has Nesterov's.",
        ),
    )
    layers: int = tricks.layers(2)
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("tanh")


class Momentum(Paired):
    r"""Instead of the gradient g itself a velocity v is followed, which keeps a share α of what it was:
    v ← α v + g, then the weights move by −η v.

    Where the gradients of many steps agree, v grows towards g / (1 − α), ten times as long at α = 0.9. Where they
    contradict each other, across a ravine or from minibatch to minibatch, they cancel in v: were they independent
    of each other, v would be no longer than |g| / √(1 − α²). The page measures how far v outruns g between the two,
    and the angle between them.

    Nesterov's momentum takes the gradient where the velocity is about to lead, so that it can brake before the
    turn. Too much momentum runs past the goal and swings back: nothing forbids it here.

    Part of the gain is a longer step alone: a rate 1 / (1 − α) times as large can do as well where the valley is
    round and the rate is still far from the largest that holds.

    Sources: the lecture's section on gradient descent; B. Polyak (1964); I. Sutskever, J. Martens, G. Dahl and
    G. Hinton, "On the importance of initialization and momentum" (2013).
    """

    title = "Momentum"
    section = "6 Training"
    order = 151
    claim = "A step that remembers the last ones goes further where they agree."
    summary = "Steps that remember get down sooner."
    source = "slide 11; I. Sutskever et al., ICML (2013) 1139"
    differs = "momentum"
    arms = ("without it", "with it")
    Controls = Controls
    measured = ("accuracy", "training_loss", "reach", "agreement")
    formulas = (
        Formula(latex=r"v \leftarrow \alpha v + \frac{\partial E}{\partial W}", before="velocity:"),
        Formula(latex=r"W \leftarrow W - \eta\, v", before="step:"),
    )
    presets = {
        "The same rate, with momentum": {},
        "0.99: past the goal and back": {"momentum": 0.99, "learning_rate": 0.2},
        "Full batches: gradients agree": {"batch": 512},
        "Batch of 8: gradients quarrel": {"batch": 8},
        "Nesterov against classical": {
            "addition": "look_ahead",
            "momentum": 0.97,
            "learning_rate": 0.3,
            "layers": 1,
        },
    }
    views = (
        Curves(
            title="Velocity over gradient",
            caption="How many times **longer** the step of B is.",
            detail="Length of v over length of g: from independent gradients to equal ones.",
            weight=3,
            lines=(
                Line(channel="reach_A", label="A", mark="A", smooth=SMOOTH),
                Line(channel="reach_B", label="B", mark="B", smooth=SMOOTH),
            ),
            theory=(
                Theory(label="all agree: 1/(1 − α)", channel="agreeing"),
                Theory(label="independent: 1/√(1 − α²)", channel="independent"),
            ),
            scale="log",
        ),
        Curves(
            title="Gradient against velocity",
            caption="Cosine of their angle; **1** is the same way.",
            weight=2,
            lines=(
                Line(channel="agreement_A", label="A", mark="A", smooth=SMOOTH),
                Line(channel="agreement_B", label="B", mark="B", smooth=SMOOTH),
            ),
            theory=(Theory(label="independent: √(1 − α²)", channel="expected"),),
            high=1,
        ),
        Paired.accuracy_view,
        Curves(
            title="Loss of all training digits",
            caption="Whether B **stays** where it has got, log axis.",
            lines=(
                Line(channel="training_loss_A", label="A", mark="A"),
                Line(channel="training_loss_B", label="B", mark="B"),
            ),
            scale="log",
        ),
    )

    def recipes(self) -> tuple[Recipe, Recipe]:
        """Momentum or none; or both have it, and B's is Nesterov's."""
        common, ahead = self.recipe(), self.parameters.addition != "momentum"
        if self.parameters.addition == "look_ahead":
            return replace(common, nesterov=False), replace(common, nesterov=True)
        # Without momentum there is nothing to look ahead along: `nesterov` may be equal in both.
        common = replace(common, nesterov=ahead)
        return replace(common, momentum=0.0), common

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Accuracy, loss of all training digits, |v| / |g| and the cosine between v and g.

        At rest, and without momentum, v is g.
        """
        descent, gradient = arm.descent, arm.net.gradient
        assert isinstance(descent, SGD)
        velocity = descent.velocity if descent.momentum else gradient
        lengths = vector_norm(velocity) * vector_norm(gradient)
        one = torch.ones_like(lengths)
        reach = torch.where(lengths > 0, vector_norm(velocity) / vector_norm(gradient), one)
        return arm.accuracy(), arm.training_loss(), reach, torch.where(lengths > 0, velocity @ gradient / lengths, one)

    def coming(self, steps: int) -> Series:
        """What theory says of gradients that are all equal, and of independent ones."""
        kept = torch.full((steps,), self.parameters.momentum, dtype=torch.float64)
        scattered = (1 - kept.square()).sqrt()
        return {"agreeing": 1 / (1 - kept), "independent": 1 / scattered, "expected": scattered}

    def verdict(self) -> Verdict:
        """As every race; but whoever ran past the goal and up the other side has not won it."""
        verdict = super().verdict()
        a, b = self._measured[:, self.measured.index("training_loss")].tolist()
        if self.reached[1] is None or b <= max(a, self.target):
            return verdict
        return verdict.model_copy(update={"word": "broken", "note": self.diverged or f"B is back up at {b:.2g}"})

    def show(self) -> Mapping[str, Tensor]:
        """Every picture is of scalars."""
        return {}
