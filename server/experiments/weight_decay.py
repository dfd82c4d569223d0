"""Weight decay: weights pulled towards 0 do better on digits they were never trained on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.experiments import tricks
from server.experiments.arm import Arm, Recipe
from server.experiments.overfitting import FewDigits, Overfitting, pair
from server.experiments.paired import Paired
from server.grammar import Formula, Number, Profile, Readout, Relation, choice, owned, slider

TINY = 0.01  # a weight smaller than this counts as none
BINS, WIDEST = 41, 0.82  # of the histogram: 41 bins of 0.04, one of them around 0


class WeightDecay(Overfitting):
    r"""Both nets learn the same few digits, some of which have false labels. In B every step also pulls each weight
    towards 0: in proportion to its size (L2: ½ λ Σ w² is added to the loss), or always as strongly (L1: λ Σ |w|).

    A net with more weights than examples can name every one of them as it was told, false labels too. To get there,
    and to become ever surer of it, weights have to grow; the loss on the training digits goes down while that on
    the test digits turns and goes up. In B a weight has to be worth its size: what all examples agree on is, what
    one false label alone asks for is not.

    L1 pulls even the smallest weight all the way, so that many end at 0 and few remain; steps of a fixed size
    around 0 leave them not quite there, so weights below 0.01 are counted. L2 only ever shrinks them by a share. A
    pull that is too strong keeps B from learning at all. Biases are pulled as well, as in PyTorch.

    The verdict compares the mean loss on the same 300 test digits, digit by digit; its noise is two standard errors
    of the mean difference. Which λ is best is for the validation digits to say, not for the test digits.

    Sources: the lecture's section on regularisation; A. Krogh, J. Hertz, "A simple weight decay can improve
    generalization" (1992); R. Tibshirani, "Regression shrinkage and selection via the lasso" (1996).
    """

    title = "Weight decay"
    section = "8 Regularisation"
    order = 171
    claim = "Weights pulled towards 0 do better on what was never seen."
    summary = "Small weights keep to what examples share."
    source = "slide 13; A. Krogh, J. Hertz, NIPS (1992) 950; R. Tibshirani, J. R. Stat. Soc. B 58 (1996) 267"
    differs = "weight_decay"
    arms = ("no penalty", "weights pulled to 0")
    formulas = (
        Formula(latex=r"E + \frac{\lambda}{2}\sum w^2", before="B:", after="A: E alone", when="weight_decay"),
        Formula(latex=r"E + \lambda\sum |w|", before="B:", after="A: E alone", when="l1"),
    )
    presets = {
        "Few digits, false labels": {},
        "L1: few weights remain": {"penalty": "l1", "strength": 0.004, "learning_rate": 0.03, "random_labels": 40},
        "All labels true: nothing to gain": {"random_labels": 0},
        "Too strong: nothing is learnt": {"strength": 0.2},
        "Many digits: no need for it": {"examples": 1197},
    }
    views = (
        Overfitting.test_view.model_copy(update={"weight": 3}),
        Paired.accuracy_view,
        Relation(
            title="Sizes of the weights",
            caption="Per cent **almost 0**: A {small_A}, B {small_B}.",
            weight=2,
            x="sizes",
            lines=pair("histogram"),
            style="line",
            axis="weight",
        ),
        Profile(
            title="Length of each layer's weights",
            caption="‖W‖ of each layer, the **first** left.",
            lines=pair("length"),
            style="marks",
            axis="layer",
            index="layer",
        ),
        Readout(
            title="Three parts, three losses",
            caption="{learnt} **learnt**, 300 validation, 300 test.",
            detail="Only training digits give a gradient. Weights below 0.01 are counted as almost 0.",
            numbers=(
                Number(channel="train_A", label="training loss, A"),
                Number(channel="train_B", label="training loss, B"),
                Number(channel="validation_A", label="validation loss, A"),
                Number(channel="validation_B", label="validation loss, B"),
                Number(channel="test_A", label="test loss, A"),
                Number(channel="test_B", label="test loss, B"),
                Number(channel="tiny_A", label="weights almost 0, A", digits=1, unit="%"),
                Number(channel="tiny_B", label="weights almost 0, B", digits=1, unit="%"),
            ),
        ),
    )

    class Controls(FewDigits):
        learning_rate: float = tricks.learning_rate(0.1)
        strength: float = owned("B", slider(
            0.01, 0.0001, 0.2, scale="log", symbol=r"\lambda", label="pull on B's weights", applies="live",
            help="How strongly the weights of B are pulled towards 0.",
        ))  # fmt: skip
        penalty: Literal["weight_decay", "l1"] = owned("B", choice(
            "weight_decay", label="penalty", labels={"weight_decay": "L2: squares", "l1": "L1: sizes"},
            help="Whether the pull is in proportion to a weight's size, or the same for all.",
        ))  # fmt: skip

    pinned = "strength"

    def values(self) -> tuple[Any, Any]:
        return 0.0, self.parameters.strength

    def recipes(self) -> tuple[Recipe, Recipe]:
        common, (a, b) = self.recipe(), self.values()
        return replace(common, **{self.parameters.penalty: a}), replace(common, **{self.parameters.penalty: b})

    def words(self) -> Mapping[str, str]:
        small = {f"small_{letter}": f"{_tiny(arm):.0f}" for arm, letter in zip(self.pair, "AB", strict=True)}
        return {**super().words(), "formula": self.parameters.penalty, "learnt": str(self.parameters.examples), **small}

    def show(self) -> Mapping[str, Tensor]:
        shown = {"sizes": torch.linspace(-WIDEST, WIDEST, 2 * BINS + 1)[1::2]}
        for arm, letter in zip(self.pair, "AB", strict=True):
            weights = _weights(arm)
            every = torch.cat(weights)
            shown[f"histogram_{letter}"] = 100 * torch.histc(every, BINS, -WIDEST, WIDEST) / len(every)
            shown[f"tiny_{letter}"] = _tiny(arm)
            shown[f"length_{letter}"] = torch.stack([vector_norm(each) for each in weights])
        return shown


def _tiny(arm: Arm) -> Tensor:
    """Per cent of the weights that are almost 0."""
    return 100 * (torch.cat(_weights(arm)).abs() < TINY).double().mean()


def _weights(arm: Arm) -> list[Tensor]:
    """The weights of each layer in a row, without biases."""
    return [layer.weights.flatten() for layer in arm.net.layers]
