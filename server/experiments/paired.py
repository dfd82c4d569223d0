"""The base of every A/B training page: two nets, the same in everything but one named thing.

    class Momentum(Paired):
        differs, between = "momentum", (0.0, 0.9)          # a field of `Recipe`, and its value in A and in B
        arms = ("plain descent", "momentum 0.9")

Both arms have the same data, the same first weights (drawn by the same seed) and the same minibatches in the
same order.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from server.experiments import tricks
from server.experiments.arm import Arm, Recipe, alike
from server.experiments.experiment import Experiment, Series
from server.grammar import Curves, Diverged, Hill, Line, Parameters, Theory, Verdict, action
from server.grammar.errors import WayOn
from server.models.data import Split, split, with_random_labels
from server.models.minibatches import Minibatches

CLASSES = 10  # digits
EVERY = 10  # steps from one look at the test digits to the next
SMOOTH = 5  # minibatches whose mean loss is drawn and judged; one alone is too noisy to have "reached" it
CLEAR = 1.25  # a race won by less than a quarter is called too close


class Common(Parameters):
    """What is the same in both arms. A page adds its own of `tricks`, or says a default anew."""

    learning_rate: float = tricks.learning_rate()
    batch: int = tricks.batch(low=2)
    momentum: float = tricks.momentum()
    layers: int = tricks.layers()
    units: int = tricks.units()
    unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit()
    first_weights: Literal["zeros", "xavier", "he"] = tricks.first_weights()


class Paired(Experiment):
    """Two nets learn the same examples side by side; an elementary step is one minibatch for both.

    A page may learn from other `data` than the digits, and `measure` more of a net than its accuracy.
    """

    differs: ClassVar[str]
    """The field of `Recipe` in which the arms differ, and nothing else."""
    between: ClassVar[tuple[Any, Any]]
    """Its values in A and in B; override `values` where they depend on parameters."""
    target: ClassVar[float] = 0.5
    """The loss that the two race to."""
    measured: ClassVar[tuple[str, ...]] = ("accuracy",)
    """What `measure` returns of an arm, every tenth step: "accuracy" gives the channels accuracy_A, accuracy_B."""
    arms: ClassVar[tuple[str, str]]
    Controls: ClassVar[type[Parameters]] = Common
    pinned = "learning_rate"
    step_name = "minibatch"
    speed = 40.0

    hill = Hill(
        lines=(
            Line(channel="loss_A", label="A", mark="A", smooth=SMOOTH),
            Line(channel="loss_B", label="B", mark="B", smooth=SMOOTH),
        ),
        title="Loss",
        caption="Of each minibatch, before its step.",
        theory=(Theory(label="ln 10: guessing", value=math.log(CLASSES)),),
    )
    accuracy_view: ClassVar[Curves] = Curves(
        title="Test digits named rightly",
        caption="Per cent of 300 digits **never trained on**.",
        weight=2,
        lines=(
            Line(channel="accuracy_A", label="A", mark="A"),
            Line(channel="accuracy_B", label="B", mark="B"),
        ),
        theory=(Theory(label="10 %: guessing", value=100 / CLASSES),),
        low=0,
        high=100,
    )

    def data(self) -> Split:
        """The examples that both learn: the digits, shuffled by the seed of the data."""
        return split(self.seeds.data)

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Scalars on the net's device, in the order of `measured`."""
        return (arm.accuracy(),)

    def coming(self, steps: int) -> Series:
        """Further scalars (steps,) of each of the coming steps, known before they are taken: a schedule, say."""
        return {}

    def recipe(self) -> Recipe:
        """What both arms have in common: every control that is called as a field of `Recipe`."""
        named = {field.name for field in fields(Recipe)} & set(type(self.parameters).model_fields)
        return Recipe(**{name: getattr(self.parameters, name) for name in named})

    def difference(self) -> str:
        """The field of `Recipe` in which the arms differ."""
        return self.differs

    def values(self) -> tuple[Any, Any]:
        """The one thing that differs: its value in A and in B."""
        return self.between

    def recipes(self) -> tuple[Recipe, Recipe]:
        """A's and B's: equal but for the field `differs`."""
        common, (a, b), differs = self.recipe(), self.values(), self.difference()
        return replace(common, **{differs: a}), replace(common, **{differs: b})

    def restart(self) -> None:
        data, recipes = self.data(), self.recipes()
        self.pair = tuple(
            Arm(each, self._told(data, each), self.generator("initialisation"), self.device) for each in recipes
        )
        self.orders = self._orders(recipes)
        self.reached: list[int | None] = [None, None]
        self.diverged, self.broken_arms = "", {}
        self._lets_go = False
        self._recent = torch.empty(2, 0, device=self.device)
        self._look()
        self._measure()

    @action("", help="Where one arm has diverged, let the other go on alone.")
    def let_go(self) -> None:
        """The first arm to diverge no longer stops the run, and stays as it broke; the other one still would."""
        self._lets_go = True

    def live(self, name: str) -> None:
        for arm, recipe in zip(self.pair, self.recipes(), strict=True):
            arm.follow(recipe)

    def advance(self, steps: int) -> Series:
        shown, coming = self._draw(steps), self.coming(steps)
        losses = torch.empty(2, steps, device=self.device)
        measured = torch.empty(2, len(self.measured), steps, device=self.device)
        for arm in self.pair:
            arm.keep()
        with torch.inference_mode():
            for first, last in self._stretches(steps):
                for arm, minibatches, row in zip(self.pair, shown, losses, strict=True):
                    arm.train(minibatches[first:last], row[first:last])
                measured[..., first:last] = self._measured[..., None]
                if (self.step + last) % EVERY == 0:
                    self._measure()
                    measured[..., last - 1] = self._measured
        series = {f"loss_{letter}": row for letter, row in zip("AB", losses, strict=True)}
        for letter, rows in zip("AB", measured, strict=True):
            series |= {f"{name}_{letter}": row for name, row in zip(self.measured, rows, strict=True)}
        series |= coming
        self._check(shown, series)
        self._watch(losses)
        return series

    def verdict(self) -> Verdict:
        """Which arm reaches the target loss, and in how many steps."""
        a, b = self.reached
        line = f"steps for B to reach loss {self.target:g}"
        if a is None and b is None:
            return Verdict(number="–", line=line, word="untested", note=self.diverged or "neither is yet")
        # Whoever is not there yet needs at least as long as the run has lasted.
        slowest_a, slowest_b = a or self.step, b or self.step
        word: Literal["holds", "broken", "close"] = "close"
        if max(slowest_a, slowest_b) >= CLEAR * min(slowest_a, slowest_b):
            word = "holds" if slowest_b < slowest_a else "broken"
        note = f"A has not in {_short(self.step)}" if a is None else f"A needed {a}"
        if self.diverged:
            note = self.diverged
        return Verdict(number="–" if b is None else _short(b), line=line, word=word, note=note)

    def position(self) -> Mapping[str, str]:
        return {"epoch": str(self.orders[0].epoch)}

    def words(self) -> Mapping[str, str]:
        """What the page says of both arms: in what they are the same, and where one ended."""
        a, b = self.recipes()
        same = alike(a, b)
        return {
            "differences": "No difference." if a == b else "One difference.",
            "same": f"{', '.join(same[:-1])} and {same[-1]}",
            "ended_A": self._ended("A"),
            "ended_B": self._ended("B"),
        }

    def _ended(self, letter: str) -> str:
        return f"diverged at {self.broken_arms[letter]}" if letter in self.broken_arms else ""

    def _told(self, data: Split, recipe: Recipe) -> Split:
        """The data with the share of random labels of a recipe: the same draws in both arms."""
        if not recipe.random_labels:
            return data
        return with_random_labels(data, recipe.random_labels / 100, self.generator("data", "labels"))

    def _orders(self, recipes: tuple[Recipe, Recipe]) -> tuple[Minibatches, Minibatches]:
        """One order of examples for both; two, begun alike, where it is the order or the batch that differs."""
        a, b = (
            Minibatches(len(self.pair[0].inputs), self.generator("order"), with_replacement=each.replacement)
            for each in recipes
        )
        return (a, b) if self.difference() in ("batch", "replacement") else (a, a)

    def _draw(self, steps: int) -> list[list[Tensor]]:
        """The coming minibatches of each arm: indices (m,) on the device."""
        drawn = [self.orders[0].take(self.pair[0].recipe.batch).to(self.device) for _ in range(steps)]
        if self.orders[0] is self.orders[1]:
            return [drawn, drawn]
        return [drawn, [self.orders[1].take(self.pair[1].recipe.batch).to(self.device) for _ in range(steps)]]

    def _measure(self) -> None:
        with torch.inference_mode():
            self._measured = torch.stack([self._seen(arm) for arm in self.pair])

    def _seen(self, arm: Arm) -> Tensor:
        """What is measured of an arm; of one that has ended there is nothing to measure."""
        if arm.ended:
            return torch.full((len(self.measured),), torch.nan, device=self.device)
        return torch.stack([*self.measure(arm)]).float()

    def _look(self) -> None:
        """Gradients at the first weights, on what will be the first minibatch: shown before any step."""
        for number, arm in enumerate(self.pair):
            first = self._orders(self.recipes())[number].take(arm.recipe.batch)
            arm.keep()
            arm.look(first.to(self.device))
            arm.back()

    def _stretches(self, steps: int) -> list[tuple[int, int]]:
        """Cut the coming steps where the test digits are looked at: after every tenth step of the run."""
        looks = range(EVERY - self.step % EVERY, steps, EVERY)
        return list(zip([0, *looks], [*looks, steps], strict=True))

    def _watch(self, losses: Tensor) -> None:
        """Note the first step at which the mean of the last few losses was below the target."""
        recent = torch.cat([self._recent, losses], 1)
        self._recent = recent[:, 1 - SMOOTH :]
        if recent.shape[1] < SMOOTH or None not in self.reached:
            return
        below = recent.unfold(1, SMOOTH, 1).mean(2) < self.target
        before = self.step + losses.shape[1] - recent.shape[1]
        for arm, row in enumerate(below.cpu()):
            if self.reached[arm] is None and bool(row.any()):
                self.reached[arm] = before + int(row.int().argmax()) + SMOOTH

    def _check(self, shown: Sequence[list[Tensor]], series: Series) -> None:
        """Raises Diverged, with what was measured so far, if a number of either arm is not finite.

        The first arm that was let go only ends: the rest of its rows are no numbers.
        """
        found = sorted(
            (*arm.diagnose(minibatches), letter)
            for arm, minibatches, letter in zip(self.pair, shown, "AB", strict=True)
            if not arm.ended and arm.broken(series[f"loss_{letter}"])
        )
        for number, where, letter in found:
            for name in self.measured:
                series[f"{name}_{letter}"][number:] = torch.nan
            self.diverged = f"{letter} broke at {self.step + number + 1}"
            if not self._lets_go or self.broken_arms:
                raise self._card(number, where, letter, series, alone=len(found) == 1 or found[1][0] > number)
            self.broken_arms = {letter: self.step + number + 1}
            self.pair["AB".index(letter)].ended = True
            self._measured = self._measured.clone()  # out of the inference mode in which it was made
            self._measured["AB".index(letter)] = torch.nan
            series[f"loss_{letter}"][number + 1 :] = torch.nan

    def _card(self, number: int, where: str, letter: str, series: Series, alone: bool) -> Diverged:
        """What the divergence card says; `alone`: whether the other arm is still whole at that step."""
        # With the loss of the step that broke it: where that is not finite, the curve ends in a cross.
        measured = {name: values[: number + 1] for name, values in series.items()}
        seen = torch.cat([self._recent["AB".index(letter)], measured[f"loss_{letter}"]])
        last = seen[seen.isfinite()][-4:]
        rate, safer = self.parameters.learning_rate, max(self.parameters.learning_rate / 100, 1e-4)
        ways = [WayOn("Rewind"), WayOn(f"Rate {safer:g}", {"learning_rate": safer})]
        if alone and not self.broken_arms:
            ways.append(WayOn(f"Let {'B' if letter == 'A' else 'A'} go on", action="let_go"))
        return Diverged(
            where[:1].upper() + where[1:],
            self.step + number + 1,
            arm=letter,
            last=tuple(last.tolist()),
            cause=f"steps of {rate:g} × the gradient overshoot, and each one makes the next gradient larger",
            ways=tuple(ways),
            series=measured,
        )


def _short(number: int) -> str:
    """At most four characters."""
    return str(number) if number < 10_000 else f"{number // 1000}k"
