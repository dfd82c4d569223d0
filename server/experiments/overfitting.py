"""What pages on overfitting have in common: few digits, some of them with false labels, judged on digits held out."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from server.experiments import depth, tricks
from server.experiments.arm import Arm, Recipe
from server.experiments.paired import CLASSES, EVERY, Common, Paired
from server.grammar import Curves, Line, Verdict, slider
from server.models.data import Split

SURE = 2.0  # standard errors by which one arm's test loss has to be lower
GUESSING = math.log(CLASSES)


def pair(channel: str) -> tuple[Line, Line]:
    """One line for each arm."""
    return Line(channel=f"{channel}_A", label="A", mark="A"), Line(channel=f"{channel}_B", label="B", mark="B")


def examples(default: int) -> Any:
    """The control of how many digits are trained on."""
    return slider(
        default, 20, 1197, scale="log", symbol="N", label="training examples",
        help="How many digits both nets learn. Validation and test have 300 each.",
    )  # fmt: skip


class FewDigits(Common):
    """A net with far more weights than there are examples."""

    learning_rate: float = tricks.learning_rate(0.03)
    batch: int = tricks.batch(32, low=2)
    momentum: float = tricks.momentum(0.9)
    layers: int = tricks.layers(1)
    units: int = tricks.units(128)
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("relu")
    first_weights: Literal["zeros", "xavier", "he"] = tricks.first_weights("he")
    examples: int = examples(100)
    random_labels: float = tricks.random_labels(30)


class Few(Paired):
    """Both learn the first few of the shuffled digits; validation and test are all there."""

    def data(self) -> Split:
        data, examples = super().data(), self.parameters.examples
        return replace(
            data, train_inputs=data.train_inputs[:examples], train_labels=data.train_labels[:examples]
        )  # fmt: skip

    def recipe(self) -> Recipe:
        recipe = super().recipe()
        return replace(recipe, batch=min(recipe.batch, self.parameters.examples))


class Overfitting(Few):
    """Losses on what is learnt, on what one may look at meanwhile, and on what is kept for the end."""

    measured = ("train", "validation", "test", "accuracy", "distance")
    Controls = FewDigits
    speed = 60.0

    test_view = Curves(
        title="Loss on the test digits",
        caption="Of 300 digits **never trained on**.",
        lines=pair("test"),
        low=0,
    )

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        data = arm.data
        parts = (
            (data.train_inputs, data.train_labels),
            (data.validation_inputs, data.validation_labels),
            (data.test_inputs, data.test_labels),
        )
        means = [losses_of(arm, inputs, labels).mean() for inputs, labels in parts]
        return (*means, arm.accuracy(), arm.wandered())

    def verdict(self) -> Verdict:
        """Whether B's test loss is the lower one, by more than the noise of so few test digits."""
        line = "test loss of B"
        if self.diverged or not self.judged():
            return Verdict(number="–", line=line, word="untested", note=self.diverged or self.waiting)
        a, b = (float(losses.mean()) for losses in self._tested)
        gain = self._tested[0] - self._tested[1]
        noise = SURE * float(gain.std()) / len(gain) ** 0.5
        if min(a, b) >= GUESSING:  # of two that know nothing, neither does better
            return Verdict(number=_short(b), line=line, word="untested", note=f"A {_short(a)}, guessing {GUESSING:.2f}")
        word: Literal["holds", "broken", "close"] = "close"
        if abs(a - b) > noise:
            word = "holds" if b < a else "broken"
        return Verdict(number=_short(b), line=line, word=word, note=f"A {_short(a)}, noise ±{_short(noise)}")

    waiting = "not looked at yet"
    """Why there is no verdict, where `judged` says that there is none."""

    def judged(self) -> bool:
        """Whether both were looked at since their first step: before that they are the same net."""
        return self.step >= EVERY

    def _measure(self) -> None:
        super()._measure()
        with torch.inference_mode():
            self._tested = [losses_of(arm, arm.data.test_inputs, arm.data.test_labels) for arm in self.pair]


def losses_of(arm: Arm, inputs: Tensor, labels: Tensor) -> Tensor:
    """−ln p of the right label, for each example (n,) float64, without dropout."""
    return cross_entropy(arm.net.predict(inputs).double(), labels, reduction="none")


def _short(value: float) -> str:
    """At most four characters; from a million on a power of ten."""
    if value >= 1e6:
        return depth.power(value)
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99 else f"{value:.0f}" if value < 9999 else f"{value / 1000:.0f}k"
