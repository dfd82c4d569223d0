"""Sweeps: many short training runs beside the one that is watched, over the values of one control.

    sweep = Sweep(page.recipes(), "learning_rate", RATES, [100] * len(RATES), page.data(), page.generator)
    sweep.work()           # some milliseconds of it; False once all is done
    sweep.losses()         # (arms, values), NaN where nothing was measured yet

What is found depends on recipes, data and seeds alone, never on how the work was cut into pieces.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from math import inf, nan
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from server.experiments.arm import Arm, Recipe
from server.models.data import Split
from server.models.minibatches import Minibatches

ROUNDS = 3
"""Sets of first weights and orders for each value; an odd number, so that a median is one of them."""
LAST = 10
"""Minibatches at the end whose mean loss counts as the final one."""
SLICE = 0.009
"""Seconds of one piece of work."""


class Trial:
    """One short run from its first weights on, a step at a time. It ends early where its loss is not finite."""

    def __init__(self, arm: Arm, order: Minibatches, steps: int) -> None:
        self.arm, self._order = arm, order
        self._losses = torch.empty(steps, device=arm.inputs.device)
        self._taken = 0
        self.broken = False

    @property
    def finished(self) -> bool:
        return self.broken or self._taken == len(self._losses)

    def step(self) -> None:
        """The next minibatch."""
        place = self._losses[self._taken : self._taken + 1]
        self.arm.train([self._order.take(self.arm.recipe.batch).to(place.device)], place)
        self._taken += 1
        self.broken = not bool(place.isfinite())

    @property
    def loss(self) -> float:
        """Mean over the last minibatches; infinite once broken."""
        return inf if self.broken else float(self._losses[-LAST:].double().mean())


class Sweep:
    """Every recipe with each of the `values` of one `field`, `ROUNDS` times, `steps` minibatches for each value.

    Recipes of one round begin alike and see the examples in the same order. `generator(seed, use)` are the
    page's own (`Experiment.generator`): the first round repeats what the page itself would do.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        field: str,
        values: Sequence[float],
        steps: Sequence[int],
        data: Split,
        generator: Callable[[str, str], torch.Generator],
        device: torch.device,
    ) -> None:
        self._recipes, self._field, self._values, self._steps = recipes, field, values, steps
        self._data, self._generator, self._device = data, generator, device
        # Rounds first: a rough picture of all values comes soon. The quickest values before the others.
        quickest = sorted(range(len(values)), key=lambda place: steps[place])
        self._cells = list(product(range(ROUNDS), quickest, range(len(recipes))))
        self._done = 0
        self._trial: Trial | None = None
        self._found = torch.full((2, ROUNDS, len(values), len(recipes)), nan, dtype=torch.float64)

    @property
    def progress(self) -> float:
        """The share of the trials that are done."""
        return self._done / len(self._cells)

    @property
    def rounds(self) -> int:
        """How many rounds are done."""
        return self._done * ROUNDS // len(self._cells)

    def losses(self) -> Tensor:
        """Final losses (recipes, values): medians of the rounds so far (of two the lower); infinite where broken."""
        return self._found[0].nanmedian(0).values.t()

    def accuracies(self) -> Tensor:
        """Per cent of test examples named rightly (recipes, values): medians of the rounds so far."""
        return self._found[1].nanmedian(0).values.t()

    def work(self, seconds: float = SLICE) -> bool:
        """Train for about so long, one step at least; returns whether there was anything to do."""
        if self.progress == 1:
            return False
        end = perf_counter() + seconds
        with torch.inference_mode():
            self._step()
            while self.progress < 1 and perf_counter() < end:
                self._step()
        return True

    def _step(self) -> None:
        trial = self._trial = self._trial or self._begun()
        trial.step()
        if trial.finished:
            # What no longer gives finite losses names no example either.
            accuracy = 0.0 if trial.broken else float(trial.arm.accuracy())
            self._found[(slice(None), *self._cells[self._done])] = torch.tensor([trial.loss, accuracy]).double()
            self._done += 1
            self._trial = None

    def _begun(self) -> Trial:
        turn, place, number = self._cells[self._done]
        recipe = changed(self._recipes[number], self._field, self._values[place])
        use = f"sweep {turn}" if turn else ""
        arm = Arm(recipe, self._data, self._generator("initialisation", use), self._device)
        order = Minibatches(len(arm.inputs), self._generator("order", use), with_replacement=recipe.replacement)
        return Trial(arm, order, self._steps[place])


def changed(recipe: Recipe, field: str, value: Any) -> Recipe:
    """The recipe with another value of this field."""
    return replace(recipe, **{field: value})


def largest(values: Sequence[float], losses: Tensor, bound: float) -> float:
    """The largest of the values whose loss (values,) is finite and below the bound; NaN if there is none."""
    return max((value for value, loss in zip(values, losses.tolist(), strict=True) if loss < bound), default=nan)
