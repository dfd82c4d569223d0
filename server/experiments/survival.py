"""What two arms bear: the largest learning rate that each survives, and how it does at every batch size."""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, log, nan
from typing import Literal

import torch
from torch import Tensor

from server.experiments.arm import Recipe
from server.experiments.experiment import Seeds
from server.experiments.surveys import Surveys
from server.experiments.sweeps import LAST, ROUNDS, Sweep, changed, largest
from server.grammar import Line, Number, Readout, Relation, Theory
from server.models.data import Split

RATES = tuple(0.01 * 2**rung for rung in range(15))
STEPS = 100
"""Minibatches at each rate."""
GUESSING = log(10)
BOUND = 0.9 * GUESSING
"""To survive is to end below this: a tenth below guessing, so that chance cannot do it."""
OFF = 2 * GUESSING
"""Losses above are off the picture."""
SIZES = tuple(2**power for power in range(1, 10))
EXAMPLES = 4800
"""Digits shown at each batch size: four times all of them."""
RULE = 16
"""The rule of thumb: at least so many examples to normalise by."""

Beside = Literal["rates", "batches", "nothing"]

RATES_VIEW = Relation(
    title=f"Loss after {STEPS} steps, by rate",
    caption="{survival} **{factor}**.",
    detail="To survive is to end below the level dash. ✕: not finite, or over twice guessing.",
    x="rates",
    lines=(Line(channel="final_A", label="A", mark="A"), Line(channel="final_B", label="B", mark="B")),
    theory=(
        Theory(label="a tenth below guessing", value=BOUND),
        Theory(label="A's largest", channel="limit_A"),
        Theory(label="B's largest", channel="limit_B"),
    ),
    axis="learning rate",
    x_scale="log",
    span=(0.0, OFF),
)
BATCHES_VIEW = Relation(
    title="Test digits, by batch size",
    caption=f"Rightly named after **{EXAMPLES}** examples, in %.",
    detail=f"Same examples and rate for all sizes: large batches take fewer steps. Median of {ROUNDS} first weights.",
    x="sizes",
    lines=(Line(channel="by_size_A", label="A", mark="A"), Line(channel="by_size_B", label="B", mark="B")),
    theory=(Theory(label=f"{RULE}: rule of thumb", channel="rule"),),
    axis="batch size",
    x_scale="log",
    span=(0.0, 100.0),
)
READOUT = Readout(
    title="Largest rate that survives",
    caption="Still **learning** after so many steps.",
    detail=f"Survives: finite, and the mean loss of the last {LAST} of {STEPS} steps is a tenth below guessing, "
    f"in most of {ROUNDS} runs, whose median is drawn (✕: not finite, or over twice guessing). "
    f"Rates double from {RATES[0]:g} to {RATES[-1]:.0f}. A dash: none, or not known yet.",
    numbers=(
        Number(channel="largest_A", label="A", symbol="η", digits=2, waiting=True),
        Number(channel="largest_B", label="B", symbol="η", digits=2, waiting=True),
        Number(channel="factor", label="B's over A's", digits=0, unit="×", waiting=True),
    ),
)
SWEEPS: Surveys[Sweep] = Surveys()
"""Of this process: a rewind finds what it had found."""


class Survival:
    """Both sweeps of a page's arms, A and B, that learn digits."""

    def __init__(
        self,
        recipes: Sequence[Recipe],
        seeds: Seeds,
        data: Split,
        generator: Callable[[str, str], torch.Generator],
        device: torch.device,
    ) -> None:
        def sweep(field: str, values: Sequence[float], steps: Sequence[int]) -> Sweep:
            # Whatever the page has there is no part of the question.
            alike = tuple(changed(recipe, field, values[0]) for recipe in recipes)
            key = (alike, field, seeds, str(device))
            return SWEEPS.get(key, lambda: Sweep(alike, field, values, steps, data, generator, device))

        self.rates = sweep("learning_rate", RATES, [STEPS] * len(RATES))
        self.batches = sweep("batch", SIZES, [EXAMPLES // size for size in SIZES])

    def work(self, first: Beside) -> bool:
        """A piece of the sweep that is wanted first, or else of the other; returns whether there was any."""
        if first == "nothing":
            return False
        both = (self.rates, self.batches) if first == "rates" else (self.batches, self.rates)
        return any(sweep.work() for sweep in both)

    def limits(self) -> tuple[float, float]:
        """The largest rate that A and that B survives; NaN where none is, or while not all were tried."""
        if not self.rates.rounds:
            return nan, nan
        a, b = (largest(RATES, losses, BOUND) for losses in self.rates.losses())
        return a, b

    def show(self) -> dict[str, Tensor]:
        """The channels of the views."""
        losses, accuracies = self.rates.losses(), self.batches.accuracies()
        a, b = self.limits()
        shown = {
            "rates": RATES,
            "sizes": SIZES,
            "rule": [(RULE, 0.0), (RULE, 100.0)],
            "largest_A": a,
            "largest_B": b,
            "factor": b / a,
        }
        found = {name: torch.tensor(values, dtype=torch.float64) for name, values in shown.items()}
        for letter, limit, loss, accuracy in zip("AB", (a, b), losses, accuracies, strict=True):
            found[f"final_{letter}"] = loss.where(~(loss > OFF), torch.inf)
            found[f"by_size_{letter}"] = accuracy
            found[f"limit_{letter}"] = torch.tensor([(limit, 0.0), (limit, OFF)], dtype=torch.float64)
        return found

    def words(self) -> Mapping[str, str]:
        """The caption of the rates."""
        a, b = self.limits()
        if not self.rates.rounds:
            told, number = "Largest rate to survive: tried", f"{ROUNDS * self.rates.progress:.0%}"
        elif isnan(a) and isnan(b):
            told, number = "There is no rate that", "either survives"
        elif isnan(a) or isnan(b):
            none, other, limit = ("A", "B", b) if isnan(a) else ("B", "A", a)
            told, number = f"{none} survives at no rate, {other} up to", f"{limit:.3g}"
        else:
            told, number = "Largest rate of B over A's:", f"{'≥ ' if b == RATES[-1] else ''}{b / a:.3g}×"
        return {"survival": told, "factor": number}
