"""Batch normalisation: with and without, on the same digits."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.experiments import survival
from server.experiments.arm import Arm
from server.experiments.paired import Common, Paired
from server.grammar import Curves, Formula, Line, Number, Profile, Readout, Theory, choice, slider
from server.models.activations import ACTIVATIONS

LETTERS: tuple[Literal["A", "B"], ...] = ("A", "B")
PERCENTILES = (0.15, 0.5, 0.85)
"""Ioffe and Szegedy's, figure 1: in a normal distribution about −1, 0 and 1."""


class Controls(Common):
    layer_seen: int = slider(
        12, 1, 30, label="layer looked at", applies="live",
        help="Hidden layer whose unit's inputs are followed; above the last one, the last.",
    )  # fmt: skip
    unit_seen: int = slider(
        1, 1, 128, label="unit looked at", applies="live",
        help="Which unit of that layer; the curves go on with the new one from the next look on.",
    )  # fmt: skip
    beside: survival.Beside = choice(
        "rates", label="beside the run", labels={"rates": "largest rate", "batches": "batch size"}, applies="live",
        help="What is searched first, by short runs of its own, while this one plays.",
    )  # fmt: skip


class BatchNormalisation(Paired):
    r"""Each unit's input s is brought to mean 0 and variance 1 over the minibatch, then scaled by γ and
    shifted by β: ŝ = γ (s − μ) / √(σ² + ε) + β. Both γ and β are learned; after training, running averages
    stand in for μ and σ².

    When weights move, the inputs of all the units above them shift and change in scale, and saturating units
    pass ever less of the gradient on: at most a quarter per layer for the sigmoid. Arm A is left alone; arm
    B, with the same first weights and the same minibatches, is normalised. Nothing is clipped in either:
    where a number stops being finite, the page says which.

    Beside the run, short runs of the same two nets find the largest rate that each survives, every rate tried
    from three sets of first weights, and how both do at every batch size. Where A learns at no rate at all,
    there is no factor between the two, and the page says so.

    Sources: the lecture's section on batch normalisation; S. Ioffe and C. Szegedy, "Batch normalization"
    (2015).
    """

    title = "With and without"
    section = "10 Batch normalisation"
    order = 190
    claim = "Normalise the inputs of every unit, and deep nets learn at once."
    summary = "A deep net learns only with its inputs normal."
    source = "slide 15; S. Ioffe, C. Szegedy, ICML (2015) 448"
    differs, between = "batch_norm", (False, True)
    arms = ("no normalisation", "batch normalisation")
    measured = ("accuracy", "low", "median", "high")
    Controls = Controls
    formulas = (
        Formula(latex=r"\hat{s} = \gamma\,\frac{s - \mu_m}{\sqrt{\sigma_m^2 + \epsilon}} + \beta", before="B:"),
        Formula(latex=r"W \leftarrow W - \eta\,\frac{\partial E}{\partial W}", before="both:"),
    )
    presets = {
        "A deep sigmoid net": {},
        "ReLU and He: both learn": {"unit": "relu", "first_weights": "he", "learning_rate": 0.1},
        "20 layers of ReLU": {"unit": "relu", "first_weights": "he", "learning_rate": 0.1, "layers": 20},
        "Rate 1: only B bears it": {"unit": "tanh", "learning_rate": 1.0},
        "Rate 5 with ReLU: A breaks": {"unit": "relu", "first_weights": "he", "learning_rate": 5.0},
        "Batch of 2: A wins": {"unit": "tanh", "layers": 4, "learning_rate": 0.05, "batch": 2, "beside": "batches"},
    }
    views = (
        Profile(
            title="Gradient reaching each layer",
            caption="Size of ∂E/∂W, **log axis**; first layer left.",
            detail="Dashed: every unit of A at its steepest slope (sigmoid: ¼).",
            weight=3,
            lines=(
                Line(channel="gradient_A", label="A", mark="A"),
                Line(channel="gradient_B", label="B", mark="B"),
            ),
            style="marks",
            scale="log",
            theory=(Theory(label="A at its steepest", channel="steepest"),),
            axis="layer",
            index="layer",
        ),
        Paired.accuracy_view,
        survival.RATES_VIEW,
        Curves(
            title="Inputs of one unit",
            caption="How what enters it **shifts** and spreads.",
            detail="15th, 50th and 85th percentile over the minibatch, every tenth step, of the unit looked at.",
            lines=tuple(
                Line(channel=f"{name}_{letter}", label=letter if name == "median" else "", mark=letter)
                for letter in LETTERS
                for name in ("low", "median", "high")
            ),
        ),
        survival.BATCHES_VIEW,
        survival.READOUT,
        Profile(
            title="Spread of the inputs",
            caption="How much digits **differ** for a unit's input.",
            detail="Standard deviation over the minibatch. Near 0 all digits look alike to the layer.",
            lines=(
                Line(channel="spread_A", label="A", mark="A"),
                Line(channel="spread_B", label="B", mark="B"),
            ),
            style="marks",
            scale="log",
            axis="hidden layer",
            index="layer",
        ),
        Profile(
            title="Drift of the inputs",
            caption="How far mean inputs have **moved** by now.",
            detail="Mean over the minibatch, now against before the first step; typical unit.",
            lines=(
                Line(channel="drift_A", label="A", mark="A"),
                Line(channel="drift_B", label="B", mark="B"),
            ),
            style="marks",
            axis="hidden layer",
            index="layer",
        ),
        Readout(
            title="First layer over last",
            caption="What is **left** of the gradient.",
            numbers=(
                Number(channel="left_A", label="A, no normalisation", digits=1),
                Number(channel="left_B", label="B, batch normalisation", digits=1),
            ),
        ),
    )

    def restart(self) -> None:
        super().restart()
        self.started = [means for means, _ in map(self._inputs, (0, 1))]
        self._survive()

    def live(self, name: str) -> None:
        super().live(name)
        self._survive()

    def _survive(self) -> None:
        """The sweeps of the nets as they now are."""
        self.survival = survival.Survival(self.recipes(), self.seeds, self.data(), self.generator, self.device)

    def tend(self) -> bool:
        return self.survival.work(self.parameters.beside)

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Accuracy, and the percentiles of what entered the unit looked at in the last minibatch."""
        layers = arm.program.stages[:-1]
        units = layers[min(self.parameters.layer_seen, len(layers)) - 1].normalised
        entering = units[min(self.parameters.unit_seen, len(units)) - 1]
        return arm.accuracy(), *torch.quantile(entering, entering.new_tensor(PERCENTILES))

    def words(self) -> Mapping[str, str]:
        return {**super().words(), **self.survival.words()}

    def show(self) -> Mapping[str, Tensor]:
        shown: dict[str, Tensor] = {}
        for number, letter in enumerate("AB"):
            norms = self.pair[number].net.gradient_norms()
            means, spreads = self._inputs(number)
            shown[f"gradient_{letter}"], shown[f"left_{letter}"] = norms, norms[0] / norms[-1]
            shown[f"spread_{letter}"] = _rms(spreads)
            shown[f"drift_{letter}"] = _rms(means - self.started[number])
        slope = ACTIVATIONS[self.parameters.unit].steepest
        below = torch.arange(self.parameters.layers, -1, -1, dtype=torch.float64, device=self.device)
        return shown | self.survival.show() | {"steepest": shown["gradient_A"][-1] * slope**below}

    def _inputs(self, number: int) -> tuple[Tensor, Tensor]:
        """Means and deviations (layers, units) of what enters the units, over the last minibatch."""
        stages = self.pair[number].program.stages[:-1]
        entering = torch.stack([stage.normalised for stage in stages]).double()
        means = entering.mean(2)
        # As `std`, which takes six times as long on so small a tensor.
        return means, vector_norm(entering - means[..., None], dim=2) / (entering.shape[2] - 1) ** 0.5


def _rms(values: Tensor) -> Tensor:
    """Root mean square over the units: (layers, units) → (layers,)."""
    return values.square().mean(1).sqrt()
