"""Skip connections: thirty layers with and without a way around each."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments import depth, tricks
from server.experiments.paired import Common, Paired
from server.grammar import Formula, Number, Readout, Verdict
from server.models.signals import predicted_gradients


class Controls(Common):
    learning_rate: float = tricks.learning_rate(0.02)
    layers: int = tricks.layers(30)
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("tanh")
    scale: float = tricks.scale(0.5)


class SkipConnections(Paired):
    r"""In arm B every hidden layer adds its input to its output, o_l = K(s_l) + o_{l−1}. On the way down an error
    then takes both ways, ∂E/∂o_{l−1} = ∂E/∂o_l + Wᵀ ∂E/∂s_l: whatever the slopes do, the first term arrives, and
    each layer need learn only what it adds. In the plain net A signal and error must pass all thirty layers.

    Both arms have the same first weights, half as large as Xavier's: weights of his size just about carry a plain
    tanh net of this depth (there is a preset), but make the sums of B's layers start far too large.

    Sources: the lecture on saturating units; K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
    recognition" (2016) and "Identity mappings in deep residual networks" (2016).
    """

    title = "Skip connections"
    section = "9 Saturating units"
    order = 181
    claim = "A way around each layer lets thirty layers of tanh learn."
    summary = "Around each layer, errors reach the first."
    source = "slide 14; K. He, X. Zhang, S. Ren, J. Sun, CVPR (2016) 770"
    differs, between = "skip", (False, True)
    arms = ("plain", "skip connections")
    measured = ("accuracy",)
    Controls = Controls
    formulas = (
        Formula(latex=r"o_l = K(s_l) + o_{l-1}", before="B:"),
        Formula(
            latex=r"\frac{\partial E}{\partial o_{l-1}} = \frac{\partial E}{\partial o_l}"
            r" + W_l^{\mathsf T}\frac{\partial E}{\partial s_l}",
            before="B:",
        ),
    )
    presets = {
        "30 layers of tanh": {},
        "4 layers: A learns as well": {"layers": 4, "scale": 1.0, "learning_rate": 0.1},
        "Xavier's weights: A crawls": {"scale": 1.0},
        "ReLU: slower, but B learns": {"unit": "relu", "scale": 0.3},
    }
    views = (
        depth.by_layer(
            "Gradient reaching each layer",
            "Size of ∂E/∂W, **log axis**; first layer left.",
            "gradient",
            detail="Dashed: theory, before the first step.",
            weight=3,
            theory=(("A, predicted", "predicted_A"), ("B, predicted", "predicted_B")),
            axis="layer",
        ),
        Paired.accuracy_view,
        depth.by_layer(
            "Outputs of each layer",
            "How large o is: **carried on**, or lost.",
            "output",
            detail="Root mean square over units and digits; log axis.",
        ),
        depth.by_layer(
            "How much digits differ",
            "Spread of outputs over the **minibatch**.",
            "spread",
            detail="Standard deviation, typical unit. Near 0 all digits look alike to the layer.",
        ),
        Readout(
            title="First layer over last",
            caption="What is **left** of the gradient.",
            numbers=(
                Number(channel="left_A", label="A, plain", digits=1),
                Number(channel="left_B", label="B, skip connections", digits=1),
            ),
        ),
    )

    def restart(self) -> None:
        super().restart()
        ratios = [predicted_gradients(arm.net.units, depth.theory_of(arm)).to(self.device) for arm in self.pair]
        self.predicted = [ratio * arm.net.gradient_norms()[-1] for arm, ratio in zip(self.pair, ratios, strict=True)]

    def verdict(self) -> Verdict:
        """Which arm learns first. Of nets that are not deep nothing is claimed."""
        told = super().verdict()
        return told if self.parameters.layers >= depth.DEEP else told.model_copy(update={"word": "untested"})

    def show(self) -> Mapping[str, Tensor]:
        shown: dict[str, Tensor] = {}
        for arm, predicted, letter in zip(self.pair, self.predicted, "AB", strict=True):
            norms = arm.net.gradient_norms()
            outputs = torch.stack([stage.output for stage in arm.program.stages[:-1]]).double()
            apart = outputs - outputs.mean(2, keepdim=True)
            shown |= {
                f"gradient_{letter}": norms,
                f"predicted_{letter}": predicted,
                f"output_{letter}": outputs.square().mean((1, 2)).sqrt(),
                f"spread_{letter}": apart.square().mean((1, 2)).sqrt(),
                f"left_{letter}": depth.left(arm.net),
            }
        return shown
