"""The playground: any net on points of the plane, beside the same net with one thing done otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import differences, fairness, placing, plane_views, responses
from server.experiments.arm import Arm, Recipe
from server.experiments.experiment import Series
from server.experiments.paired import Paired
from server.grammar import (
    Formula,
    Hill,
    Refused,
    Theory,
    Verdict,
    action,
    choice,
    numbers,
)
from server.models.data import Split

MOST = 500  # points placed by hand
LEARNT_SHOWN, HELD_SHOWN = 700, 300  # points drawn, and of those learnt also looked at for the curve
TOLERANCE = 0.25  # of the standard deviation of values, within which one is got right
QUARTERS = ("lowest ¼", "low ¼", "high ¼", "highest ¼")


class Controls(placing.Placing, differences.Differences):
    seen: Literal["A", "B"] = choice(
        "B", label="net looked into", applies="live", help="Whose units, links and mistakes are drawn."
    )
    edges: Literal["weights", "gradients"] = choice(
        "weights", label="on the links", applies="live", help="What the lines between the units show."
    )


class Playground(Paired):
    r"""Two nets learn to tell points of the plane apart. A is what the controls say; B is the same, with the same
    first weights, points and minibatches, but for the one thing chosen as what differs. Choose nothing, and both
    runs are one run twice: whatever you see then is not the trick's doing.

    The maps are what each net would say at every place, computed anew for every picture. Below: what every single
    unit answers all over the plane, the net itself with its weights or its gradients on the links, and which class
    is taken for which. The first layer draws straight lines; each further layer bends what it is given.

    Units, rule, first weights and hidden layers have a second control, which is B's and shown where it counts. Rates
    and batch sizes are multiplied. What can be left out altogether, A does without. Where hidden layers differ, those
    below the first that does have the same first weights. + and − at the net change the one that is drawn.

    The points belong to classes, or have values to fit. Or they are the rows of a table of your own: a CSV file whose
    last column is what is to be learnt; words and a few whole numbers there are classes, other numbers values. Of its
    rows a quarter is held out. More than two inputs are drawn on their two principal axes, and the maps are what a net
    says on that plane through the rows' mean: a point beside the plane may be named otherwise than the map around it.

    The verdict compares both nets on the same held-out points: only points that one of them names rightly and the
    other does not tell them apart (+ and −), and their number's square root is the noise (McNemar). Of values it is the
    share of their variance that is explained, R² = 1 − ⟨error²⟩/σ²; the difference of both shares is a mean over the
    points, and ± is that mean's standard error. Who tries many settings will find one that wins by chance.

    Sources: the lecture's section on training; Q. McNemar, Psychometrika 12 (1947) 153; the idea of such a page is
    D. Smilkov's and S. Carter's, playground.tensorflow.org (2016).
    """

    title = "Playground"
    section = "6 Training"
    order = 200
    claim = "Change one thing and nothing else: then a difference is its doing."
    summary = "Any net, beside itself with one thing changed."
    source = "slides 8–15; Q. McNemar, Psychometrika 12 (1947) 153"
    arms = ("as the controls say", "but for what differs")
    target = 0.1
    measured = ("accuracy", "learnt")
    Controls = Controls
    speed = 100.0
    formulas = (Formula(latex=r"\mathrm{B} = \mathrm{A}", after="but for {difference}. {told} {sheet}"),)
    hill = Hill(
        lines=Paired.hill.lines,
        title="Loss",
        caption="Of each minibatch, before its step.",
        theory=(Theory(label="guessing", channel="guessing"),),
    )
    presets = {
        "Spirals: sigmoid or ReLU": {},
        "SGD or Adam": {"differs": "optimiser", "optimiser": "sgd", "other_optimiser": "adam", "unit": "tanh",
                        "first_weights": "xavier"},
        "XOR: all weights 0": {"data": "xor", "differs": "first_weights", "first_weights": "zeros",
                               "other_first_weights": "he", "unit": "tanh"},
        "Six layers, batch normalisation": {"differs": "batch_norm", "hidden": "8-8-8-8-8-8"},
        "Six layers, skip connections": {"differs": "skip", "hidden": "8-8-8-8-8-8", "unit": "tanh", "optimiser": "sgd",
                                         "learning_rate": 0.1},
        "False labels, weight decay": {"data": "moons", "noise": 0.1, "differs": "weight_decay", "unit": "relu",
                                       "hidden": "16-16-16", "examples": 60, "random_labels": 30},
        "Deep and narrow, or one wide layer": {"differs": "widths", "hidden": "4-4-4-4", "other_hidden": "16",
                                               "unit": "tanh"},
        "Three arms, fifty times the rate": {"data": "pinwheel", "differs": "learning_rate", "unit": "tanh",
                                             "times": 50},
        "Values to fit: waves": {"data": "waves"},
        "Your table, or Fisher’s irises": {"data": "table"},
        "Your own points": {"data": "by_hand", "unit": "tanh"},
        "Nothing differs": {"differs": "nothing", "unit": "relu"},
    }  # fmt: skip
    views = plane_views.VIEWS

    def restart(self) -> None:
        generator = self.generator("data", "points")
        self.sample = placing.sample_of(self.parameters, self.brought, generator, self.seeds.data)
        self.drawn = self.sample.split
        self.placed = 0
        lift = self.sample.sheet.lift
        self.places, self.tile_places = (
            lift(responses.grid(side)).to(self.device) for side in (responses.SIDE, responses.TILE)
        )
        self._begin()

    def _begin(self) -> None:
        """Both nets from the start, on the points as they are."""
        self.tolerance = 0.0 if self.drawn.classes else TOLERANCE * float(self.drawn.train_labels.std())
        self.guesses = placing.guesses(self.drawn, self.tolerance)
        super().restart()

    def data(self) -> Split:
        return self.drawn

    def difference(self) -> str:
        return self.parameters.differs if self.parameters.differs != "nothing" else "learning_rate"

    def values(self) -> tuple[Any, Any]:
        if self.parameters.differs == "nothing":
            return self.parameters.learning_rate, self.parameters.learning_rate
        return differences.values(self.parameters)

    def recipe(self) -> Recipe:
        return replace(super().recipe(), widths=numbers(self.parameters.hidden))

    def recipes(self) -> tuple[Recipe, Recipe]:
        """No minibatch is larger than all there is, or too small to have a variance."""
        most = len(self.drawn.train_labels)
        a, b = (replace(each, batch=max(2, min(each.batch, most))) for each in super().recipes())
        return a, b

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Per cent of the held-out and of the training points got right."""
        data, learnt = arm.data, slice(LEARNT_SHOWN)
        parts = ((data.test_inputs, data.test_labels), (data.train_inputs[learnt], data.train_labels[learnt]))
        return [
            100 * responses.right(arm.net.predict(inputs), labels, self.tolerance).double().mean()
            for inputs, labels in parts
        ]

    def coming(self, steps: int) -> Series:
        """What guessing would name rightly, in per cent."""
        return {"chance": torch.full((steps,), 100 * self.guesses[1])}

    @action("Use a table…", sets={"data": "table"},
            help="A CSV file: one example a line, its last column what is to be learnt.")  # fmt: skip
    def bring(self, table: placing.Csv) -> None:
        """The file's rows are the examples from now on. Raises Refused."""
        self.brought = {"table": placing.table_of(table)}

    @action("", help="Place a point where a map is pressed.")
    def place(self, x: float, y: float) -> None:
        """Of the class chosen in the controls; every fourth point is held out. A new class starts both nets anew.

        Raises Refused off the map, or for too many points.
        """
        if not self.drawn.classes:
            raise Refused("These examples have values, and a placed point would have none; choose a set of classes.")
        label = placing.MARKS.index(self.parameters.placed)
        if not (-1 <= x <= 1 and -1 <= y <= 1):
            raise Refused(f"A point stands on the map, x and y from −1 to 1, not at {x:g}, {y:g}.")
        if self.placed >= MOST:
            raise Refused(f"At most {MOST} points can be placed by hand; rewind to begin anew.")
        self.placed += 1
        held_out = self.placed % placing.QUARTER == 0
        known, inputs = self.drawn.classes, self.sample.sheet.lift(torch.tensor([[x, y]]))
        self.drawn = placing.grown(self.drawn, inputs, label, held_out)
        if label >= known:  # which takes further outputs
            self._begin()
            return
        for arm, order in zip(self.pair, self.orders, strict=True):
            arm.learn(placing.grown(arm.data, inputs, label, held_out))
            order.examples = len(self.drawn.train_labels)
        self.guesses = placing.guesses(self.drawn, self.tolerance)
        self.live("placed")

    def show(self) -> Mapping[str, Tensor]:
        data, sheet = self.pair[0].data, self.sample.sheet
        inputs = torch.cat([data.train_inputs[:LEARNT_SHOWN], data.test_inputs[:HELD_SHOWN]])
        labels = torch.cat([data.train_labels[:LEARNT_SHOWN], data.test_labels[:HELD_SHOWN]])
        held = torch.arange(len(labels), device=labels.device) >= len(data.train_labels[:LEARNT_SHOWN])
        shown = {
            "points": sheet.place(inputs),
            "classes": labels.to(torch.uint8) if data.classes else labels,
            "held_out": held.to(torch.uint8),
            "guessing": torch.tensor(self.guesses[0]),
        }
        for letter, arm in zip("AB", self.pair, strict=True):
            seen = responses.seen(arm.net, self.places, inputs)
            shown[f"field_{letter}"] = seen.field
            if seen.certainty is not None:
                shown[f"certainty_{letter}"] = seen.certainty
            wrong = seen.said != labels
            if not data.classes:  # of all of them, frames would hide the map
                wrong = ((seen.said - labels).abs() > self.tolerance) & held
            shown[f"wrong_{letter}"] = wrong.to(torch.uint8)
            shown[f"gradient_{letter}"] = arm.net.gradient_norms()
            shown[f"signal_{letter}"] = responses.signals(arm.program.stages)
        looked = self._looked().net
        return shown | {
            "tiles": responses.tiles(looked, self.tile_places),
            "links": responses.links(looked, self.parameters.edges == "gradients"),
            "layers": responses.layers(looked),
            "confusion": self._confusion("AB".index(self.parameters.seen)),
        }

    def words(self) -> Mapping[str, str]:
        data, names = self.drawn, self.sample.outputs
        classes = [names[k] if k < len(names) else placing.MARKS[k] for k in range(data.classes)]
        rows = classes or QUARTERS
        units = [*self.sample.inputs, *[""] * sum(self._looked().recipe.hidden), *(classes or names)]
        a, b = (int(right.sum()) for right in self._right)
        return {
            **super().words(),
            "difference": differences.told(self.parameters.differs, self.recipes()),
            "seen": self.parameters.seen,
            "edges": self.parameters.edges,
            "shape": "other_hidden" if (self.parameters.differs, self.parameters.seen) == ("widths", "B") else "hidden",
            "right_A": str(a),
            "right_B": str(b),
            "counted": str(min(len(data.train_labels), LEARNT_SHOWN)),
            **placing.words(self.sample, data),
            **{f"unit_{k}": name for k, name in enumerate(units) if name},
            **{f"{noun}_{k}": name for noun in ("true", "said") for k, name in enumerate(rows)},
            **({f"class_{k}": name for k, name in enumerate(classes)} if self.sample.told else {}),
        }

    def verdict(self) -> Verdict:
        """Whether B does better on the held-out points, by more than chance would have it."""
        if self.step == 0 or self.diverged:
            return Verdict(number="–", line="held-out right, B", word="untested", note=self.diverged or "no step yet")
        if self.drawn.classes:
            return fairness.named(*self._right)
        labels = self.pair[0].data.test_labels
        a, b = ((outputs[:, 0] - labels).square() for outputs in self._outputs)
        return fairness.fitted(a, b, variance=2 * self.guesses[0])

    def _measure(self) -> None:
        super()._measure()
        with torch.inference_mode():
            self._outputs = [arm.net.predict(arm.data.test_inputs) for arm in self.pair]
        self._right = [responses.right(each, self.pair[0].data.test_labels, self.tolerance) for each in self._outputs]

    def _confusion(self, arm: int) -> Tensor:
        """Classes as they are, and values by their quarters, against what an arm says."""
        labels, outputs = self.pair[arm].data.test_labels, self._outputs[arm]
        if self.drawn.classes:
            return responses.confusion(labels, outputs.argmax(1), self.drawn.classes)
        quarters = torch.quantile(self.drawn.train_labels, torch.tensor([0.25, 0.5, 0.75]))
        true, said = (torch.bucketize(each.cpu(), quarters) for each in (labels, outputs[:, 0].contiguous()))
        return responses.confusion(true, said, len(QUARTERS))

    def _looked(self) -> Arm:
        return self.pair["AB".index(self.parameters.seen)]
