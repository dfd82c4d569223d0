"""Early stopping: where the validation loss was lowest, and what going on is worth."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from server.experiments.overfitting import FewDigits, Overfitting, pair
from server.experiments.paired import EVERY, Paired
from server.grammar import Curves, Formula, Number, Readout, Relation, Theory, owned, slider

DRAWN = 400  # looks on the curve; with more, every other one is dropped


class EarlyStopping(Overfitting):
    r"""Both nets learn the same few digits, some of which have false labels, and do exactly the same until B stops.
    Every tenth step B looks at its loss on 300 validation digits, keeps its weights if that loss was never lower,
    and stops when so many looks in a row have brought nothing better: its patience. Then the best weights are put
    back. A goes on.

    Gradients come from training digits alone, so their loss goes on falling. What they have in common is learnt
    first, within a short way of the first weights; further away single digits, and labels that are false, are
    learnt by heart. Stopping keeps the net near where it began, which is why it acts much like a pull towards small
    weights.

    Validation digits have been used to choose the moment, so they flatter B. The verdict is measured on the test
    digits, which had no say: the mean loss of both nets on the same 300, digit by digit, with two standard errors
    of the mean difference as its noise.

    With little patience one bump in the curve is enough to stop B too early. Where nothing is learnt by heart there
    is nothing to be gained.

    Sources: the lecture's section on regularisation; L. Prechelt, "Early stopping – but when?" (1998); C. Bishop,
    "Regularization and complexity control in feed-forward networks" (1995).
    """

    title = "Early stopping"
    section = "8 Regularisation"
    order = 172
    claim = "Stop where the validation loss is lowest: going on only hurts."
    summary = "One arm stops in time, the other goes on."
    source = "slide 13; L. Prechelt, Neural Networks: Tricks of the Trade (1998) 55; C. Bishop, ICANN (1995) 141"
    differs = "patience"
    arms = ("goes on", "stops and goes back")
    formulas = (
        Formula(
            latex=r"E_{\mathrm{validation}}(\theta_{t^*}) = \min_t E_{\mathrm{validation}}(\theta_t)",
            before="B:",
            after="t* = {best_step}",
        ),
    )
    presets = {
        "Few digits, false labels": {},
        "No patience: stopped by a bump": {"patience": 1, "random_labels": 0, "batch": 4, "learning_rate": 0.02},
        "All labels true": {"random_labels": 0},
        "Many digits": {"examples": 1197},
    }
    views = (
        Relation(
            title="Loss on the validation digits",
            caption="The ball: the **best** weights, which B keeps.",
            detail="300 digits which choose the moment, but give no gradient.",
            weight=3,
            x="looks",
            lines=pair("looked"),
            style="line",
            now="best",
            theory=(Theory(label="best", channel="best_line"), Theory(label="B stops", channel="stop_line")),
            axis="minibatch",
        ),
        Overfitting.test_view.model_copy(update={"weight": 2}),
        Curves(
            title="Way from the first weights",
            caption="‖θ − θ₀‖: A wanders **on**, B goes back.",
            weight=2,
            lines=pair("distance"),
            low=0,
        ),
        Readout(
            title="Three parts of the digits",
            caption="Learn from one, **stop** by one, judge by one.",
            numbers=(
                Number(channel="train_size", label="training digits", digits=0),
                Number(channel="validation_size", label="validation digits", digits=0),
                Number(channel="test_size", label="test digits", digits=0),
                Number(channel="best_step", label="best at minibatch", digits=0),
                Number(channel="best_loss", label="best validation loss"),
                Number(channel="since", label="looks since then, of B", digits=0),
                Number(channel="stop_step", label="B stopped at minibatch", digits=0, waiting=True),
            ),
        ),
        Paired.accuracy_view.model_copy(update={"weight": 1}),
    )

    class Controls(FewDigits):
        patience: int = owned("B", slider(
            20, 1, 200, scale="log", symbol="P", label="patience of B", unit="looks", applies="live",
            help="Looks at the validation loss, one every 10 steps, without a new best before B stops.",
        ))  # fmt: skip

    pinned = "patience"
    speed = 100.0
    waiting = "B has not stopped"

    def values(self) -> tuple[Any, Any]:
        return 0, self.parameters.patience

    def restart(self) -> None:
        self.best_loss, self.best_step, self.stop_step = float("inf"), 0, float("nan")
        self._looked: list[tuple[float, float, float]] = []
        self._stride = 1
        super().restart()

    def judged(self) -> bool:
        return self.pair[1].resting

    def show(self) -> Mapping[str, Tensor]:
        data, arm = self.pair[1].data, self.pair[1]
        looks, validation_a, validation_b = torch.tensor(self._looked).t()
        since = (self.stop_step if arm.resting else arm.taken) - self.best_step
        numbers = {
            "train_size": len(data.train_labels),
            "validation_size": len(data.validation_labels),
            "test_size": len(data.test_labels),
            "best_step": self.best_step,
            "best_loss": self.best_loss,
            "stop_step": self.stop_step,
            "since": since // EVERY,
        }
        shown = {name: torch.tensor(number) for name, number in numbers.items()}
        top = max(float(validation_a.max()), self.best_loss)
        return shown | {
            "looks": looks,
            "looked_A": validation_a,
            "looked_B": validation_b,
            "best": torch.tensor([self.best_step, self.best_loss]),
            "best_line": torch.tensor([[self.best_step, 0.0], [self.best_step, self.best_loss]]),
            "stop_line": torch.tensor([[self.stop_step, 0.0], [self.stop_step, top]]),
        }

    def _measure(self) -> None:
        """Look at all losses; B keeps the best weights, and stops when its patience is at an end."""
        super()._measure()
        arm, loss = self.pair[1], float(self._measured[1, 1])
        if not arm.resting:
            self._judge(loss)
            if self.pair[1].taken - self.best_step >= EVERY * arm.recipe.patience:
                self._stop()
                super()._measure()
        self._note()

    def _judge(self, loss: float) -> None:
        """Keep this moment if its validation loss is the lowest so far."""
        arm = self.pair[1]
        if loss < self.best_loss:
            self.best_loss, self.best_step = loss, arm.taken
            self._best = (arm.net.parameters.clone(), arm.net.statistics.clone())

    def _stop(self) -> None:
        """Put the best weights back, and leave them."""
        arm = self.pair[1]
        arm.resting, self.stop_step = True, arm.taken
        for tensor, best in zip((arm.net.parameters, arm.net.statistics), self._best, strict=True):
            tensor.copy_(best)

    def _note(self) -> None:
        """A point of the curve, or none where they have become too many."""
        taken, (a, b) = self.pair[0].taken, self._measured[:, 1].tolist()
        if taken // EVERY % self._stride:
            return
        self._looked.append((taken, a, b))
        if len(self._looked) > DRAWN:
            del self._looked[1::2]
            self._stride *= 2
