"""Learning rates that go down: a constant rate against a schedule."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import tricks
from server.experiments.arm import Arm
from server.experiments.experiment import Series
from server.experiments.paired import Common, Paired
from server.grammar import Curves, Formula, Line, Verdict, owned

LOOKS = 10  # looks at the training loss in a row whose mean is judged, one every tenth step
SURE = 2  # standard errors that a difference is above, before it counts
CLEAR = 1.1  # and the ratio that it is above


class Controls(Common):
    learning_rate: float = tricks.learning_rate(1.0)
    schedule: Literal["inverse", "exponential", "step", "cosine", "cyclic"] = owned("B", tricks.schedule("inverse"))
    period: int = owned("B", tricks.period(50))
    batch: int = tricks.batch(8)
    layers: int = tricks.layers(1)
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("tanh")


class Schedules(Paired):
    r"""A minibatch's gradient is the true one plus noise. At a constant rate the noise keeps the net jumping about
    the bottom of the valley, the wider the larger the rate; at a rate that goes down it comes to rest.

    Robbins and Monro proved which rates arrive: their sum is infinite, so that no valley is out of reach, and the
    sum of their squares is finite, so that the noise dies out. 1/t has both. In practice rates also fall
    exponentially or in steps, or go down and up again (cosine with restarts, a triangle), which shakes the net
    out of a poor valley each time.

    Both arms begin at the same rate η. The judge is the loss of all training digits, looked at every tenth step;
    ten looks in a row give its mean and its standard error. Each arm is judged by the lowest such mean that it
    has reached, so that a schedule which goes up again is not judged at its top.

    Sources: the lecture's section on gradient descent; H. Robbins and S. Monro (1951); I. Loshchilov and
    F. Hutter, "SGDR" (2017); L. Smith, "Cyclical learning rates" (2017).
    """

    title = "Rates that fall"
    section = "6 Training"
    order = 152
    claim = "A large rate jumps about the bottom; one that goes down comes to rest."
    summary = "Rates that go down come to rest."
    source = "slide 11; H. Robbins, S. Monro, Ann. Math. Stat. 22 (1951) 400"
    differs = "schedule"
    arms = ("constant rate", "scheduled rate")
    Controls = Controls
    measured = ("accuracy", "training_loss")
    formulas = (
        Formula(latex=r"W \leftarrow W - \eta_t\,\frac{\partial E}{\partial W}", before="both:"),
        Formula(latex=r"\eta_t = \frac{\eta}{1 + t/\tau}", before="B:", when="inverse"),
        Formula(latex=r"\eta_t = \eta\, e^{-t/\tau}", before="B:", when="exponential"),
        Formula(latex=r"\eta_t = \eta\, 2^{-\lfloor t/\tau \rfloor}", before="B:", when="step"),
        Formula(latex=r"\eta_t = \tfrac{\eta}{2}(1 + \cos \pi t'/\tau)", before="B:", when="cosine"),
        Formula(latex=r"\eta/10 \le \eta_t \le \eta", before="B:", when="cyclic"),
    )
    presets = {
        "1/t comes to rest": {},
        "Halved every 100 steps": {"schedule": "step", "period": 100},
        "Exponential": {"schedule": "exponential", "period": 150},
        "Cosine with restarts": {"schedule": "cosine", "period": 200},
        "Up and down again": {"schedule": "cyclic", "period": 100},
        "Too early: B is stuck": {"schedule": "exponential", "period": 20, "learning_rate": 0.1},
    }
    views = (
        Curves(
            title="Loss of all training digits",
            caption="Without the minibatch's **noise**, log axis.",
            weight=3,
            lines=(
                Line(channel="training_loss_A", label="A", mark="A"),
                Line(channel="training_loss_B", label="B", mark="B"),
            ),
            scale="log",
        ),
        Curves(
            title="Learning rate",
            caption="What each step is multiplied by, **log axis**.",
            weight=2,
            lines=(Line(channel="rate_A", label="A", mark="A"), Line(channel="rate_B", label="B", mark="B")),
            scale="log",
        ),
        Paired.accuracy_view,
    )

    def values(self) -> tuple[Any, Any]:
        return "constant", self.parameters.schedule

    def restart(self) -> None:
        self._looks = torch.empty(0, 2, dtype=torch.float64)
        self.best: list[tuple[float, float] | None] = [None, None]
        super().restart()

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Accuracy, and the loss of all training digits."""
        return arm.accuracy(), arm.training_loss()

    def coming(self, steps: int) -> Series:
        """The learning rate of every step."""
        a, b = (arm.rates(steps) for arm in self.pair)
        return {"rate_A": a, "rate_B": b}

    def show(self) -> Mapping[str, Tensor]:
        """Every picture is of scalars."""
        return {}

    def words(self) -> Mapping[str, str]:
        return {**super().words(), "formula": self.parameters.schedule}

    def verdict(self) -> Verdict:
        """The lowest mean loss of ten looks in a row: the constant rate's over the schedule's."""
        line = "× less loss than constant"
        a, b = self.best
        if a is None or b is None:
            return Verdict(number="–", line=line, word="untested", note=self.diverged or "ten looks first")
        (loss_a, error_a), (loss_b, error_b) = a, b
        ratio, error = loss_a / loss_b, (error_a**2 + error_b**2) ** 0.5
        word: Literal["holds", "broken", "close"] = "close"
        if abs(loss_a - loss_b) > SURE * error and max(ratio, 1 / ratio) > CLEAR:
            word = "holds" if ratio > 1 else "broken"
        note = self.diverged or f"{loss_b:.2g} ± {error_b:.1g} in B"
        return Verdict(number=_ratio(ratio), line=line, word=word, note=note)

    def _measure(self) -> None:
        super()._measure()
        self._looks = torch.cat([self._looks, self._measured[:, 1].double().cpu()[None]])[-LOOKS:]
        if len(self._looks) < LOOKS:
            return
        means, errors = self._looks.mean(0).tolist(), (self._looks.std(0) / LOOKS**0.5).tolist()
        for arm, reached in enumerate(zip(means, errors, strict=True)):
            best = self.best[arm]
            if reached[0] < (math.inf if best is None else best[0]):  # no mean that is no number
                self.best[arm] = reached


def _ratio(ratio: float) -> str:
    """Two digits that count, in at most four characters."""
    return f"{ratio:.2g}" if 0.01 <= ratio < 100 else ("<.01" if ratio < 1 else f"{min(ratio, 9999):.0f}")
