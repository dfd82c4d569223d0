"""First weights: how far signals and errors get through a deep net, and whether it learns at all."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import depth, tricks
from server.experiments.arm import Recipe
from server.experiments.paired import Paired
from server.grammar import Formula, Number, Parameters, Readout, Verdict, choice, owned
from server.models.layer_statistics import FLAT
from server.models.mlp import MLP

Way = Literal[
    "zeros", "constant", "uniform", "gauss", "lecun", "xavier", "xavier_gauss", "he", "he_gauss", "orthogonal"
]
LABELS = {
    "constant": "all 0.1",
    "uniform": "uniform ±½",
    "gauss": "Gauss 0.05",
    "lecun": "LeCun",
    "xavier": "Xavier",
    "xavier_gauss": "Xavier, Gauss",
    "he": "He",
    "he_gauss": "He, Gauss",
}
SPREAD = 5.0
"""The logarithm of ⟨s²⟩ in a ReLU net of width n scatters by about 5/n a layer (variance; B. Hanin, M. Nica, 2020)."""
DEVIATIONS = 4.0


def way(default: Way, arm: Literal["A", "B"]) -> Any:
    """A control: how an arm's first weights are drawn."""
    told = f"How {arm}'s weights are drawn before the first step; uniformly unless it says Gauss."
    return owned(arm, choice(default, label=f"{arm}: first weights", labels=LABELS, help=told))


class Controls(Parameters):
    learning_rate: float = tricks.learning_rate(0.05)
    weights_a: Way = way("gauss", "A")
    weights_b: Way = way("he", "B")
    scale: float = tricks.scale()
    unit: tricks.Unit = tricks.unit("relu")
    layers: int = tricks.layers(16)
    units: int = tricks.units(64)
    batch: int = tricks.batch()
    momentum: float = tricks.momentum()


class Initialisation(Paired):
    r"""Every layer multiplies the signal: Var s_l = n Var w · ⟨o²⟩, where a rectifier keeps half of ⟨s²⟩. Over L
    layers that is a product, Π ½ n Var w, and unless each factor is near 1 the signal dies out or explodes; the
    errors on their way back meet the same factors. He's weights make ½ n Var w = 1. Mean 0 and the right variance
    are all that counts, not the shape of the distribution. If all weights are the same, all units of a layer are
    the same and stay so: they learn as one unit would.

    Dashed is the product, for a wide net with the weights of the first step; marks are measured in the last
    minibatch and leave it where the net learns. It does not hold for weights whose mean is not 0.

    Deep nets were once pre-trained layer by layer, since small random weights did not let them learn. The page
    opens on 16 hidden layers, with those and with He's.

    Sources: the lecture on initial weights; X. Glorot, Y. Bengio, AISTATS (2010); K. He et al. (2015).
    """

    title = "First weights"
    section = "7 First weights"
    order = 160
    claim = "Weights of the right size carry signals through any depth."
    summary = "Too small or too large, and no signal gets up."
    source = "slide 12; K. He, X. Zhang, S. Ren, J. Sun, ICCV (2015) 1026"
    differs = "first_weights"
    arms = ("one choice of first weights", "another")
    Controls = Controls
    formulas = (
        Formula(latex=r"\mathrm{Var}\,s_L = \mathrm{Var}\,s_1 \prod_{l=2}^{L} \tfrac12\, n\, \mathrm{Var}\,w"),
        Formula(latex=r"\mathrm{Var}\,w = \tfrac{2}{n}", before="He:"),
    )
    presets = {
        "16 layers: small Gauss, or He": {},
        "Uniform or Gauss: alike": {"weights_a": "he", "weights_b": "he_gauss"},
        "Xavier halves it in each ReLU layer": {"weights_a": "xavier", "layers": 20},
        "Uniform ±½: too large, A breaks": {"weights_a": "uniform"},
        "Tanh, uniform ±½: saturated": {"weights_a": "uniform", "weights_b": "xavier", "unit": "tanh"}
        | {"learning_rate": 0.1},
        "All the same: as one unit each": {"weights_a": "constant", "weights_b": "xavier", "unit": "tanh"}
        | {"layers": 2, "scale": 0.2, "learning_rate": 0.2},
        "Zeros: nothing below moves": {"weights_a": "zeros", "layers": 4},
    }
    views = (
        depth.by_layer(
            "Signal in each layer",
            "Typical size of s, **log axis**; first left.",
            "signal",
            detail="Root mean square over units and digits. Dashed: the product, before the first step.",
            weight=3,
            theory=(("predicted for A", "signal_theory_A"), ("for B", "signal_theory_B")),
        ),
        depth.by_layer(
            "Error in each layer",
            "Size of ∂E/∂s: it comes **from the right**.",
            "error",
            detail="Dashed: the product.",
            weight=2,
            theory=(("predicted for A", "error_theory_A"), ("for B", "error_theory_B")),
        ),
        Paired.accuracy_view.model_copy(update={"weight": 1}),
        depth.by_layer(
            "Dead units",
            "Per cent with slope 0 for **every** digit.",
            "dead",
            detail="Of this minibatch. They pass nothing on and learn nothing.",
            scale="linear",
        ),
        depth.by_layer(
            "Flat units",
            "Per cent of slopes that are **almost 0**.",
            "flat",
            detail="Below a twentieth of the steepest: saturated, or a ReLU that is off (half of them).",
            scale="linear",
        ),
        depth.by_layer(
            "Units that differ",
            "How many units are **not copies** of another.",
            "distinct",
            detail="Units of a layer with exactly the same weights are the same unit, for ever.",
            scale="linear",
        ),
        Readout(
            title="Over the predicted product",
            caption="Typical size **measured** over predicted.",
            detail="Before the first step: signal of the last hidden layer over the first, error of the first over the "
            "last. 1 is theory; no number where weights have a mean, or nothing arrives.",
            numbers=(
                Number(channel="signal_ratio_A", label="signal, A", waiting=True),
                Number(channel="signal_ratio_B", label="signal, B", waiting=True),
                Number(channel="error_ratio_A", label="error, A", waiting=True),
                Number(channel="error_ratio_B", label="error, B", waiting=True),
            ),
        ),
        Readout(
            title="Units counted",
            caption="Of all **hidden** units.",
            numbers=(
                Number(channel="dead_units_A", label="dead, A", digits=0),
                Number(channel="dead_units_B", label="dead, B", digits=0),
                Number(channel="distinct_units_A", label="different units, A", digits=0),
                Number(channel="distinct_units_B", label="different units, B", digits=0),
            ),
        ),
    )

    def values(self) -> tuple[str, str]:
        return self.parameters.weights_a, self.parameters.weights_b

    def recipe(self) -> Recipe:
        own = self.parameters
        return Recipe(
            own.unit, "he", own.learning_rate, own.batch,
            layers=own.layers, units=own.units, momentum=own.momentum, scale=own.scale,
        )  # fmt: skip

    def recipes(self) -> tuple[Recipe, Recipe]:
        """A way is a variance and the shape of the distribution."""
        a, b = (_drawn(recipe) for recipe in super().recipes())
        return a, b

    def restart(self) -> None:
        super().restart()
        self.theory = [self._theory(number) for number in (0, 1)]
        self.started = [self._sizes(number) for number in (0, 1)]

    def verdict(self) -> Verdict:
        """How much of the signal reaches the last hidden layer, before the first step, and whether that is theory's."""
        kept = [float(_last_over_first(signals)) for signals, _ in self.started]
        expected = [float(_last_over_first(signals)) for signals, _ in self.theory]
        agree = [self._agree(a, b) for a, b in zip(kept, expected, strict=True)]
        word: Literal["holds", "broken", "untested"] = "holds" if all(agree) else "broken"
        if self.parameters.layers < 2:
            word = "untested"
        note = f"theory {depth.power(expected[1])}, A {depth.power(kept[0])}"
        line = f"B's signal left, layer {self.parameters.layers}"
        return Verdict(number=depth.power(kept[1]), line=line, word=word, note=note)

    def show(self) -> Mapping[str, Tensor]:
        shown: dict[str, Tensor] = {}
        for number, letter in enumerate("AB"):
            arm, expected, measured = self.pair[number], self.theory[number], self.started[number]
            signals, errors = self._sizes(number)
            slopes, distinct = depth.slopes(arm.net.layers, arm.program.stages), _distinct(arm.net)
            dead = (slopes == 0).all(2).double().mean(1)
            flat = slopes < FLAT * arm.net.layers[0].activation.steepest
            shown |= {
                f"signal_{letter}": signals,
                f"error_{letter}": errors,
                f"signal_theory_{letter}": depth.drawable(expected[0]),
                f"error_theory_{letter}": depth.drawable(expected[1]),
                f"dead_{letter}": 100 * dead,
                f"flat_{letter}": 100 * flat.double().mean((1, 2)),
                f"distinct_{letter}": distinct,
                f"signal_ratio_{letter}": _last_over_first(measured[0]) / _last_over_first(expected[0]),
                f"error_ratio_{letter}": _last_over_first(measured[1].flip(0)) / _last_over_first(expected[1].flip(0)),
                f"dead_units_{letter}": (dead * self.parameters.units).sum(),
                f"distinct_units_{letter}": distinct.sum(),
            }
        return shown

    def _sizes(self, number: int) -> tuple[Tensor, Tensor]:
        """Root mean squares of s and ∂E/∂s in the hidden layers (layers,), over the last minibatch."""
        stages = self.pair[number].program.stages[:-1]
        return depth.sizes([stage.signal for stage in stages]), depth.sizes([stage.error for stage in stages])

    def _theory(self, number: int) -> tuple[Tensor, Tensor]:
        """The same as predicted, from the inputs up and from the measured error of the outputs down; NaN where weights
        have a mean."""
        arm = self.pair[number]
        expected = depth.theory_of(arm)
        top = depth.sizes([arm.program.stages[-1].error])
        known = math.nan if arm.recipe.first_weights == "constant" else 1.0
        signals, errors = (each[:-1].sqrt().to(self.device) * known for each in (expected.signals, expected.errors))
        return signals, errors * top

    def _agree(self, kept: float, expected: float) -> bool:
        """Whether measured and predicted differ by no more than nets this wide scatter; none is predicted: they do."""
        if kept == expected or math.isnan(expected):
            return True
        spread = 0.5 * DEVIATIONS * math.sqrt(SPREAD * self.parameters.layers / self.parameters.units)
        return kept > 0 and expected > 0 and abs(math.log(kept / expected)) <= spread


def _drawn(recipe: Recipe) -> Recipe:
    name = recipe.first_weights
    if not name.endswith("_gauss"):
        return recipe
    return replace(recipe, first_weights=name.removesuffix("_gauss"), distribution="normal")


def _last_over_first(sizes: Tensor) -> Tensor:
    """Of sizes by layer; 0 where nothing is there."""
    return torch.where(sizes[0] == 0, torch.zeros_like(sizes[0]), sizes[-1] / sizes[0])


def _distinct(net: MLP) -> Tensor:
    """How many units of each hidden layer have weights of their own (layers,)."""
    # Adding 0 makes 0 of −0, which is the same weight in other bytes.
    matrices = [(layer.matrix + 0.0).cpu().numpy() for layer in net.layers[:-1]]
    return torch.tensor([float(len({row.tobytes() for row in matrix})) for matrix in matrices])
