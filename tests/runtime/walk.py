"""A small experiment with a known answer: a random walk, for testing what runs experiments."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments.experiment import Experiment, Series
from server.grammar import (
    Curves,
    Diverged,
    Hill,
    Line,
    Matrix,
    Parameters,
    Readout,
    Refused,
    Theory,
    Tiles,
    Verdict,
    action,
    choice,
    slider,
    toggle,
)
from server.grammar.views import Number


class Walk(Experiment):
    """A walk on the line: height(t) = height(t−1) − drift + noise."""

    name = "walk"
    title, section, order = "Walk", "0 Test", 0
    claim, summary, source = "A walk with drift goes downhill.", "It goes down.", "Nowhere"

    class Controls(Parameters):
        drift: float = slider(0.5, 0.0, 1.0, label="drift", help="How far down each step goes.", applies="live")
        size: int = slider(8, 1, 64, label="size", help="Side of the square.")
        fault: Literal["none", "raise", "nan", "diverge", "restart", "show"] = choice(
            "none", label="fault", help="What goes wrong at step 50."
        )
        noisy: bool = toggle(True, label="noise", help="Whether there is noise.", applies="live")

    hill = Hill(lines=(Line(channel="height"),), title="Height", caption="It falls.")
    pinned = "drift"
    views = (
        Tiles(title="Square", caption="A **square**", channel="square", weight=3),
        Matrix(title="Matrix", caption="A matrix", channel="matrix"),
        Curves(title="Place", caption="Where", lines=(Line(channel="place"),), theory=(Theory(label="0", value=0.0),)),
        Readout(title="Numbers", caption="Now", numbers=(Number(channel="height", label="height"),)),
    )
    presets = {"usual": {}, "flat": {"drift": 0.0}}
    speed = 100.0
    parameters: Controls

    def restart(self) -> None:
        if self.parameters.fault == "restart":
            raise RuntimeError("it would not begin")
        self._order = self.generator("order")
        self._height = torch.zeros((), dtype=torch.float64)
        self._steps = 0

    def advance(self, steps: int) -> Series:
        self._fail(steps)
        noise = torch.stack([torch.randn(2, generator=self._order, dtype=torch.float64) for _ in range(steps)])
        moves = noise[:, 0] * self.parameters.noisy - self.parameters.drift
        heights = self._height + moves.cumsum(0)
        self._height = heights[-1]
        self._steps += steps
        if self.parameters.fault == "nan" and self._steps >= 50:
            heights[-1] = torch.nan
        return {"height": heights, "place": noise}

    def show(self) -> Mapping[str, Tensor]:
        side = self.parameters.size
        if self.parameters.fault == "show" and self._steps >= 50:
            raise RuntimeError("the camera broke")
        return {"square": torch.full((1, side, side), float(self._height)), "matrix": torch.eye(side)}

    def verdict(self) -> Verdict:
        return Verdict(number=str(self._steps), line="steps walked", word="holds")

    @action("Jump", help="Jump up.")
    def jump(self, height: float) -> None:
        if height > 100:
            raise Refused("A jump is at most 100 high.")
        self._height = self._height + height

    def _fail(self, steps: int) -> None:
        if self._steps + steps < 50:
            return
        if self.parameters.fault == "raise":
            raise RuntimeError("the floor gave way")
        if self.parameters.fault == "diverge":
            raise Diverged("weights of layer 9 became infinite", 50, last=(1.0, float("inf")), arm="A")


CATALOGUE: dict[str, type[Experiment]] = {"walk": Walk}
