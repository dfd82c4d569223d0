"""Minibatches: a small one against a large one, at the same learning rate."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import tricks
from server.experiments.arm import Arm
from server.experiments.experiment import Series
from server.experiments.gradient_noise import SIZES, GradientNoise, Slope
from server.experiments.paired import Paired
from server.grammar import Curves, Line, Number, Parameters, Readout, Relation, Theory, Verdict, owned
from server.models.minibatches import Minibatches

DRAWS = 50  # minibatches of each size from one state of the net, then from the next
ENOUGH = 10  # of them before the exponent is told
NEAR = 0.02  # an exponent so close to −½ counts as it, however small its error
DOUBLINGS = 24  # of the examples seen, 16 million: a day of training


class Controls(Parameters):
    learning_rate: float = tricks.learning_rate(0.1)
    small: int = owned("A", tricks.batch(4, symbol="m_A", label="batch size of A"))
    large: int = owned("B", tricks.batch(128, symbol="m_B", label="batch size of B"))
    replacement: bool = tricks.replacement()
    layers: int = tricks.layers(1)
    units: int = tricks.units()
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("tanh")
    first_weights: Literal["zeros", "xavier", "he"] = tricks.first_weights()


class Minibatch(Paired):
    r"""A step follows the mean gradient of m examples instead of all N: an estimate whose noise falls as 1/√m. Four
    times the work halves the noise, and the step is as long as before: ever larger batches pay ever less.

    The page measures the noise beside the training: at the weights of one moment, minibatches of 1 to 512 examples
    are drawn and their gradients compared with that of all N. Theory, dashed, knows no fitted number: it is the
    spread of the single examples' gradients over √m, times √((N − m)/(N − 1)) because no example comes twice.

    An epoch shows every example once, in an order shuffled anew. Were each drawn by lot instead, as many draws
    would show only 1 − 1/e of them, 63 %. Both ways of drawing run beside the training, in batches as large as A's.

    Whether small batches regularise is measured, too, as it comes: on these digits the large batch ends level or
    a little ahead.

    Sources: the lecture's section on stochastic gradient descent; L. Bottou, F. Curtis and J. Nocedal,
    "Optimization methods for large-scale machine learning" (2018), section 4.
    """

    title = "Minibatches"
    section = "6 Training"
    order = 150
    claim = "Larger batches see the slope more clearly, at diminishing returns."
    summary = "Four times the batch, half the noise."
    source = "slide 10; L. Bottou et al., SIAM Review 60 (2018) 223"
    differs = "batch"
    arms = ("small batches", "large batches")
    Controls = Controls
    measured = ("accuracy", "test_loss")
    presets = {
        "4 against 128": {},
        "1 against 512": {"small": 1, "large": 512, "learning_rate": 0.05},
        "32 against 512: little gained": {"small": 32, "large": 512},
        "Drawn by lot: 63 % of an epoch": {"small": 16, "replacement": True},
        "Too large a rate for a few": {"small": 2, "learning_rate": 1.0},
    }
    views = (
        Relation(
            title="Noise of the gradient",
            caption="Every **two** doublings of m halve the noise.",
            detail="Its size over that of one example's; against all examples. Log axes.",
            weight=3,
            x="sizes",
            lines=(Line(channel="noise", label="measured"),),
            errors="noise_error",
            theory=(Theory(label="theory: 1/√m", channel="noise_theory"),),
            axis="examples in a minibatch, m",
            x_scale="log",
            y_scale="log",
        ),
        Curves(
            title="Examples seen in this epoch",
            caption="**All** when shuffled; by lot, 63 of 100.",
            weight=2,
            lines=(
                Line(channel="seen_shuffled", label="shuffled"),
                Line(channel="seen_by_lot", label="by lot", mark="other"),
            ),
            theory=(Theory(label="63 %: 1 − 1/e", value=100 * (1 - math.exp(-1))),),
            low=0,
            high=100,
        ),
        Relation(
            title="Loss by work done",
            caption="At as many **examples** seen, small is ahead.",
            weight=2,
            x="work",
            lines=(Line(channel="worked_A", label="A", mark="A"), Line(channel="worked_B", label="B", mark="B")),
            style="line",
            axis="examples seen",
            x_scale="log",
        ),
        Paired.accuracy_view.model_copy(update={"weight": 1}),
        Curves(
            title="Loss of the test digits",
            caption="Whether small batches **regularise** here.",
            lines=(
                Line(channel="test_loss_A", label="A", mark="A"),
                Line(channel="test_loss_B", label="B", mark="B"),
            ),
            scale="log",
        ),
        Readout(
            title="Way to loss 0.5",
            caption="Steps are much alike, **examples** are not.",
            numbers=(
                Number(channel="steps_A", label="A, steps", digits=0, waiting=True),
                Number(channel="steps_B", label="B, steps", digits=0, waiting=True),
                Number(channel="cost_A", label="A, examples", digits=0, waiting=True),
                Number(channel="cost_B", label="B, examples", digits=0, waiting=True),
            ),
        ),
    )

    def values(self) -> tuple[Any, Any]:
        return self.parameters.small, self.parameters.large

    def restart(self) -> None:
        recipe, data = self.recipes()[0], self.data()
        probe = Arm(recipe, data, self.generator("initialisation"), self.device)
        self.noise = GradientNoise(probe, self.generator("order", "noise"))
        self.finished: tuple[Tensor, Tensor, Slope] | None = None
        self.coverage = [
            Minibatches(len(data.train_labels), self.generator("order", "coverage"), with_replacement=by_lot)
            for by_lot in (False, True)
        ]
        self.examples = [0, 0]
        self.cost = [math.nan, math.nan]
        self._sums = torch.zeros(2, 2, DOUBLINGS, dtype=torch.float64)  # of losses, and how many, for each arm
        super().restart()

    def advance(self, steps: int) -> Series:
        """A step of both arms; then what it cost is noted."""
        series = super().advance(steps)
        for arm, letter in enumerate("AB"):
            size = self.pair[arm].recipe.batch
            seen = self.examples[arm] + size * torch.arange(1, steps + 1)
            doubling = seen.double().log2().long().clamp_(max=DOUBLINGS - 1)
            losses = series[f"loss_{letter}"].double().cpu()
            self._sums[arm].index_add_(1, doubling, torch.stack([losses, torch.ones_like(losses)]))
            self.examples[arm] += size * steps
            reached = self.reached[arm]
            if reached is not None and math.isnan(self.cost[arm]):
                self.cost[arm] = float(seen[reached - self.step - 1])
        return series

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Accuracy and loss of the test digits."""
        return arm.accuracy(), arm.test_loss()

    def coming(self, steps: int) -> Series:
        """Per cent of the examples that an epoch has shown: shuffled, and drawn by lot."""
        shown = torch.empty(steps, len(self.coverage), dtype=torch.float64)
        for row in shown:
            for column, minibatches in enumerate(self.coverage):
                minibatches.take(self.pair[0].recipe.batch)
                row[column] = 100 * minibatches.seen
        return {"seen_shuffled": shown[:, 0], "seen_by_lot": shown[:, 1]}

    def show(self) -> Mapping[str, Tensor]:
        doublings, errors, _ = self._noise()
        noise, sizes = doublings.exp2(), torch.tensor(SIZES).double()
        shown = {"sizes": sizes, "noise": noise, "noise_error": math.log(2) * noise * errors}
        met = self._sums[:, 1].sum(0).nonzero().view(-1)
        shown["work"] = (met + 0.5).exp2()  # the middle, on a log axis, between 2^k and 2^(k+1)
        shown["noise_theory"] = torch.stack([sizes, self.noise.theory().exp2()], 1)
        for arm, letter in enumerate("AB"):
            losses, counts = self._sums[arm][:, met]
            reached = self.reached[arm]
            shown[f"worked_{letter}"] = losses / counts  # NaN where there was no step
            shown[f"steps_{letter}"] = torch.tensor(math.nan if reached is None else float(reached))
            shown[f"cost_{letter}"] = torch.tensor(self.cost[arm])
        return shown

    def verdict(self) -> Verdict:
        """The exponent of the noise in the batch size, against −½."""
        line = "noise, power of m"
        exponent, error = self._noise()[2]
        if not math.isfinite(exponent):
            return Verdict(number="–", line=line, word="untested", note=self.diverged or "too few drawn")
        holds = abs(exponent + 0.5) <= max(NEAR, 3 * error)
        note = self.diverged or f"± {error:.3f}"
        number = f"{exponent:.2f}".replace("-", "−")
        return Verdict(number=number, line=line, word="holds" if holds else "broken", note=note)

    def _measure(self) -> None:
        super()._measure()
        if self.noise.draws == DRAWS:
            self.noise.begin(self.pair[1])
        with torch.inference_mode():
            self.noise.draw()
        if self.noise.draws == DRAWS:
            self.finished = self._present()

    def _noise(self) -> tuple[Tensor, Tensor, Slope]:
        """What is known of the noise: of the state measured now, or of the one before while too little is."""
        if self.finished is not None and self.noise.draws < ENOUGH:
            return self.finished
        return self._present()

    def _present(self) -> tuple[Tensor, Tensor, Slope]:
        known = self.noise.draws >= ENOUGH
        return *self.noise.measured(), self.noise.slope() if known else Slope(math.nan, math.nan)
