"""Batch normalisation: with and without, on the same digits."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.experiments.paired import Paired
from server.grammar import Formula, Line, Number, Profile, Readout, Theory
from server.models.activations import ACTIVATIONS


class BatchNormalisation(Paired):
    r"""Each unit's input s is brought to mean 0 and variance 1 over the minibatch, then scaled by γ and
    shifted by β: ŝ = γ (s − μ) / √(σ² + ε) + β. Both γ and β are learned; after training, running averages
    stand in for μ and σ².

    When weights move, the inputs of all the units above them shift and change in scale, and saturating units
    pass ever less of the gradient on: at most a quarter per layer for the sigmoid. Arm A is left alone; arm
    B, with the same first weights and the same minibatches, is normalised. Nothing is clipped in either:
    where a number stops being finite, the page says which.

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
    formulas = (
        Formula(latex=r"\hat{s} = \gamma\,\frac{s - \mu_m}{\sqrt{\sigma_m^2 + \epsilon}} + \beta", before="B:"),
        Formula(latex=r"W \leftarrow W - \eta\,\frac{\partial E}{\partial W}", before="both:"),
    )
    presets = {
        "A deep sigmoid net": {},
        "ReLU and He: both learn": {"unit": "relu", "first_weights": "he", "learning_rate": 0.1},
        "100× the rate: 1, not 0.01": {"unit": "tanh", "learning_rate": 1.0},
        "Rate 5 with ReLU: A breaks": {"unit": "relu", "first_weights": "he", "learning_rate": 5.0},
        "Batch of 2: A wins": {"unit": "tanh", "layers": 4, "learning_rate": 0.05, "batch": 2},
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
        return shown | {"steepest": shown["gradient_A"][-1] * slope**below}

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
