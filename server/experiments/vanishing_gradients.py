"""Vanishing gradients: saturating units against rectifiers, from the same first weights."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

from server.experiments import depth, tricks
from server.experiments.arm import Arm
from server.experiments.experiment import Series
from server.experiments.paired import Common, Paired
from server.grammar import Curves, Formula, Line, Matrix, Number, Readout, Theory, Verdict, choice, owned
from server.models.layer_statistics import FLAT
from server.models.signals import predicted_gradients

BINS = 20
LOWEST, HIGHEST = -1.0, 2.0
LOST = 1e-3  # less than this of the gradient is left: lost
AN_ORDER = 10.0


class Controls(Common):
    unit: Literal["sigmoid", "tanh"] = owned("A", choice(
        "sigmoid", label="A: unit", help="What a hidden unit of A does with its weighted input; B's are ReLU."
    ))  # fmt: skip
    learning_rate: float = tricks.learning_rate(0.05)
    units: int = tricks.units(64)
    first_weights: Literal["xavier", "he"] = tricks.first_weights("he")
    scale: float = tricks.scale()


class VanishingGradients(Paired):
    r"""On its way down, an error is multiplied at every layer by the slope of the unit it passes:
    ∂E/∂s_j = K'(s_j) Σ_i w_ij ∂E/∂s_i. A sigmoid is nowhere steeper than ¼, and flat where it saturates; a tanh
    reaches slope 1 only at 0. Multiplied over ten layers or more, little or nothing is left for the first ones. A
    rectifier's slope is 1 wherever it is on.

    Both arms have the same first weights and minibatches; only the unit differs. He's weights suit the rectifier,
    half of whose slopes are 0, and are √2 larger than those meant for sigmoids: arm A is helped, not hindered by
    them. Nothing is clipped. Numbers are float32: below about 10⁻⁴⁵ a gradient is 0, and the page says so.

    Sources: the lecture on saturating units; S. Hochreiter, diploma thesis (1991); X. Glorot, A. Bordes and
    Y. Bengio, "Deep sparse rectifier neural networks" (2011).
    """

    title = "Vanishing gradients"
    section = "9 Saturating units"
    order = 180
    claim = "Saturating units lose the gradient over ten layers; ReLU keeps it."
    summary = "Ten sigmoids deep, no gradient is left."
    source = "slide 14; X. Glorot, A. Bordes, Y. Bengio, AISTATS (2011) 315"
    differs = "unit"
    arms = ("saturating units", "ReLU")
    measured = ("accuracy", "left")
    Controls = Controls
    formulas = (
        Formula(latex=r"\frac{\partial E}{\partial s_j} = K'(s_j)\sum_i w_{ij}\,\frac{\partial E}{\partial s_i}"),
        Formula(latex=r"K'_\sigma \le \tfrac14,\quad K'_{\tanh} \le 1,\quad K'_{\mathrm{ReLU}} \in \{0, 1\}"),
    )
    presets = {
        "12 layers of sigmoids": {},
        "2 layers: A learns as well": {"layers": 2, "learning_rate": 0.2},
        "30 layers: 10⁻¹⁵ is left": {"layers": 30},
        "Below float32: 0 is left": {"layers": 30, "scale": 0.1, "units": 16, "batch": 16},
        "Tanh, Xavier’s weights: it holds out": {"unit": "tanh", "first_weights": "xavier"},
    }
    views = (
        depth.by_layer(
            "Gradient reaching each layer",
            "Size of ∂E/∂W, **log axis**; first layer left.",
            "gradient",
            detail="Dashed: slopes times weights, layer by layer, before the first step. 0: below what float32 holds.",
            weight=3,
            theory=(("A's slopes multiplied", "predicted_A"), ("B's", "predicted_B")),
            axis="layer",
        ),
        Paired.accuracy_view,
        Curves(
            title="First layer over last",
            caption="What is **left** of the last layer's gradient.",
            lines=(Line(channel="left_A", label="A", mark="A"), Line(channel="left_B", label="B", mark="B")),
            theory=(Theory(label="1: nothing lost", value=1.0),),
            scale="log",
        ),
        Matrix(
            title="Slopes in A",
            caption="Slopes K′ are **small**: first layer on top.",
            detail="Share of all units and examples; slope 0 left, slope 1 right. A sigmoid's is ¼ at best.",
            channel="slopes_A",
            colours="sequential",
            rows="hidden layer",
            columns="slope",
            span=(0, 1),
        ),
        Matrix(
            title="Slopes in B",
            caption="Slopes K′ are **0 or 1**: off, or all passes.",
            detail="Share of all units and examples; slope 0 left, slope 1 right.",
            channel="slopes_B",
            colours="sequential",
            rows="hidden layer",
            columns="slope",
            span=(0, 1),
        ),
        Matrix(
            title="Outputs in A",
            caption="What the units **say**, from −1 to 2.",
            detail="Share of all units and examples, by output. One column: all say the same of every digit.",
            channel="outputs_A",
            colours="sequential",
            rows="hidden layer",
            columns="output",
            span=(0, 1),
        ),
        Matrix(
            title="Outputs in B",
            caption="What the units **say**, from −1 to 2 and above.",
            detail="Share of all units and examples, by output.",
            channel="outputs_B",
            colours="sequential",
            rows="hidden layer",
            columns="output",
            span=(0, 1),
        ),
        depth.by_layer(
            "Flat units",
            "Per cent where the slope is **almost 0**.",
            "flat",
            detail="Slope below a twentieth of the steepest: saturated, or a ReLU that is off.",
            scale="linear",
        ),
        Readout(
            title="Through one layer",
            caption="What the gradient is **multiplied** by.",
            detail="Measured: from last to first hidden layer, per layer. Theory: before the first step.",
            numbers=(
                Number(channel="pass_A", label="A, measured"),
                Number(channel="pass_theory_A", label="A, theory"),
                Number(channel="pass_B", label="B, measured"),
                Number(channel="pass_theory_B", label="B, theory"),
            ),
        ),
    )

    def values(self) -> tuple[str, str]:
        return self.parameters.unit, "relu"

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        return arm.accuracy(), depth.left(arm.net)

    def restart(self) -> None:
        super().restart()
        self.theory = [depth.theory_of(arm) for arm in self.pair]
        self.ratios = [
            predicted_gradients(arm.net.units, theory).to(self.device)
            for arm, theory in zip(self.pair, self.theory, strict=True)
        ]
        self.tops = [arm.net.gradient_norms()[-1] for arm in self.pair]
        self.logarithms, self.steps = self._left().log10(), 1

    def advance(self, steps: int) -> Series:
        series = super().advance(steps)
        if not self.broken_arms:  # of an arm that broke there is nothing more to see
            left = torch.stack([series["left_A"], series["left_B"]]).double()
            self.logarithms = self.logarithms + left.log10().sum(1)
            self.steps += steps
        return series

    def verdict(self) -> Verdict:
        """First layer over last in both arms: the geometric mean over all steps so far."""
        a, b = (10.0 ** (self.logarithms / self.steps)).tolist()
        word: Literal["holds", "broken", "close", "untested"] = "close"
        if self.parameters.layers < depth.DEEP or self.diverged:
            word = "untested"
        elif a < LOST and 1 / AN_ORDER <= b <= AN_ORDER:
            word = "holds"
        elif a > 0 and a >= b / AN_ORDER:
            word = "broken"
        note = f"B keeps {depth.power(b)}" if a else "0 in float32, < 10⁻⁴⁵"
        return Verdict(number=depth.power(a), line="of A's gradient is left", word=word, note=self.diverged or note)

    def show(self) -> Mapping[str, Tensor]:
        shown: dict[str, Tensor] = {}
        for arm, ratio, top, letter in zip(self.pair, self.ratios, self.tops, "AB", strict=True):
            norms, slopes = arm.net.gradient_norms(), depth.slopes(arm.net.layers, arm.program.stages)
            outputs = torch.stack([stage.output for stage in arm.program.stages[:-1]])
            steepest = arm.net.layers[0].activation.steepest
            shown |= {
                f"gradient_{letter}": norms,
                f"predicted_{letter}": ratio * top,
                f"slopes_{letter}": depth.shares(slopes, 0, 1, BINS),
                f"outputs_{letter}": depth.shares(outputs, LOWEST, HIGHEST, BINS),
                f"flat_{letter}": 100 * (slopes < FLAT * steepest).float().mean((1, 2)),
                f"pass_{letter}": self._per_layer(norms),
                f"pass_theory_{letter}": self._per_layer(ratio),
            }
        return shown

    def words(self) -> Mapping[str, str]:
        wide = (HIGHEST - LOWEST) / BINS
        slopes = {f"slope_{entry}": f"from {entry / BINS:g}" for entry in range(BINS)}
        outputs = {f"output_{entry}": f"from {LOWEST + entry * wide:.2g}" for entry in range(BINS)}
        return {**super().words(), **slopes, **outputs}

    def _left(self) -> Tensor:
        """Of both arms, in the last minibatch (2,)."""
        return torch.stack([depth.left(arm.net) for arm in self.pair])

    def _per_layer(self, norms: Tensor) -> Tensor:
        """The factor of one hidden layer, on geometric average; 1 where there is but one, 0 where nothing arrives."""
        passed = torch.where(norms[-2] > 0, norms[0] / norms[-2], torch.zeros_like(norms[0]))
        return passed.pow(1 / max(1, self.parameters.layers - 1))
