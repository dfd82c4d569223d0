"""The playground: any net on points of the plane, beside the same net with one thing done otherwise."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import differences, placing, responses
from server.experiments.arm import Arm, Recipe
from server.experiments.depth import by_layer
from server.experiments.experiment import Series
from server.experiments.paired import Paired
from server.grammar import (
    Curves,
    Formula,
    Graph,
    Hill,
    Line,
    Matrix,
    Points,
    Refused,
    Theory,
    Tiles,
    Verdict,
    action,
    choice,
    slider,
)
from server.models.data import Split

EVERY_FOURTH = 4  # of the points placed by hand is held out
MOST = 500  # points placed by hand
MARKS = ("●", "×", "○", "▲")  # as Points draws the classes
SURE = 2.0  # standard errors by which one arm has to be the better


class Controls(differences.Differences):
    data: placing.Data = choice(
        "spirals", label="data", labels={"xor": "XOR", "by_hand": "by hand", "gaussians": "two clouds",
        "clouds": "four clouds"}, help="How the points lie; press a map to place further ones.",
    )  # fmt: skip
    noise: float = slider(0.03, 0.0, 0.5, step=0.01, label="noise", help="How far every point is moved by chance.")
    examples: int = slider(
        200, 20, 1000, scale="log", symbol="N", label="training points", help="How many are learnt; 100 are held out."
    )
    placed: Literal["●", "×", "○", "▲"] = choice(
        "●",
        label="class of a placed point",
        applies="live",
        help="What a point placed by pressing a map is. A new class starts both nets anew.",
    )
    seen: Literal["A", "B"] = choice(
        "B", label="net looked into", applies="live", help="Whose units, links and mistakes are drawn."
    )
    edges: Literal["weights", "gradients"] = choice(
        "weights", label="on the links", applies="live", help="What the lines between the units show."
    )


def _decisions(letter: Literal["A", "B"], weight: Literal[2, 3]) -> Points:
    return Points(
        title=f"What {letter} says on the plane",
        caption=f"{{right_{letter}}} of {{held}} **held-out** points rightly.",
        detail="Press to place a point; every fourth is held out.",
        weight=weight,
        channel="points",
        classes="classes",
        field=f"field_{letter}",
        certainty=f"certainty_{letter}",
        held_out="held_out",
        wrong=f"wrong_{letter}",
        press="place",
        axes=("x₁", "x₂"),
    )


class Playground(Paired):
    r"""Two nets learn to tell points of the plane apart. A is what the controls say; B is the same, with the same
    first weights, points and minibatches, but for the one thing chosen as what differs. Choose nothing, and both
    runs are one run twice: whatever you see then is not the trick's doing.

    The maps are what each net would say at every place, computed anew for every picture. Below: what every single
    unit answers all over the plane, the net itself with its weights or its gradients on the links, and which class
    is taken for which. The first layer draws straight lines; each further layer bends what it is given.

    Units, rule and first weights have a second control, which is B's. Rates and batch sizes are multiplied. What can
    be left out altogether, A does without.

    The verdict compares both nets on the same held-out points: only points that one of them names rightly and the
    other does not tell them apart (+ and −), and their number's square root is the noise (McNemar). Who tries many
    settings will find one that wins by chance.

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
    formulas = (Formula(latex=r"\mathrm{B} = \mathrm{A}", after="but for {difference}"),)
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
        "Six layers, batch normalisation": {"differs": "batch_norm", "layers": 6},
        "Six layers, skip connections": {"differs": "skip", "layers": 6, "unit": "tanh", "optimiser": "sgd",
                                         "learning_rate": 0.1},
        "False labels, weight decay": {"data": "moons", "noise": 0.1, "differs": "weight_decay", "unit": "relu",
                                       "units": 16, "layers": 3, "examples": 60, "random_labels": 30},
        "Three arms, fifty times the rate": {"data": "pinwheel", "differs": "learning_rate", "unit": "tanh",
                                             "times": 50},
        "Your own points": {"data": "by_hand", "unit": "tanh"},
        "Nothing differs": {"differs": "nothing", "unit": "relu"},
    }  # fmt: skip
    views = (
        _decisions("A", 3),
        _decisions("B", 2),
        Paired.accuracy_view.model_copy(
            update={
                "title": "Held-out points named rightly",
                "caption": "Per cent of the points **never learnt**.",
                "theory": (Theory(label="guessing", channel="chance"),),
            }
        ),
        Tiles(
            title="What each unit answers where",
            caption="Each layer of {seen} **bends** what it is given.",
            detail="Inputs first, outputs last; each map over its own largest value, orange and blue of opposite sign.",
            channel="tiles",
            colours="diverging",
            index="unit",
        ),
        Graph(
            title="The net",
            caption="Net {seen}: its {edges} on the **links**.",
            detail="From the inputs at the left to one unit for each class at the right.",
            weights="links",
            layout="layers",
            layers="layers",
            index="unit",
        ),
        Matrix(
            title="Which class is taken for which",
            caption="Held-out points of {seen}: true **rows**.",
            detail="On the diagonal those named rightly; a column is what the net says.",
            channel="confusion",
            colours="sequential",
            rows="true",
            columns="said",
        ),
        by_layer("Gradient by layer", "Size of ∂E/∂W, **log axis**; first layer left.", "gradient", axis="layer"),
        by_layer("Signal by layer", "Root mean square of what **units** answer.", "signal", axis="layer"),
        Curves(
            title="Training points named rightly",
            caption="Per cent of those that are **learnt**.",
            lines=(Line(channel="learnt_A", label="A", mark="A"), Line(channel="learnt_B", label="B", mark="B")),
            low=0,
            high=100,
        ),
    )  # fmt: skip

    def restart(self) -> None:
        now, generator = self.parameters, self.generator("data", "points")
        self.drawn = placing.drawn(now.data, now.examples, now.noise, generator, self.seeds.data)
        self.placed = 0
        self.places = responses.grid(responses.SIDE).to(self.device)
        super().restart()

    def data(self) -> Split:
        return self.drawn

    def difference(self) -> str:
        return self.parameters.differs if self.parameters.differs != "nothing" else "learning_rate"

    def values(self) -> tuple[Any, Any]:
        if self.parameters.differs == "nothing":
            return self.parameters.learning_rate, self.parameters.learning_rate
        return differences.values(self.parameters)

    def recipes(self) -> tuple[Recipe, Recipe]:
        """No minibatch is larger than all there is, or too small to have a variance."""
        most = len(self.drawn.train_labels)
        a, b = (replace(each, batch=max(2, min(each.batch, most))) for each in super().recipes())
        return a, b

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        """Per cent of the held-out and of the training points named rightly."""
        return arm.accuracy(), 100 * arm.net.accuracy(arm.inputs, arm.data.train_labels)

    def coming(self, steps: int) -> Series:
        """What guessing would name rightly, in per cent."""
        return {"chance": torch.full((steps,), 100 / self.drawn.classes)}

    @action("", help="Place a point where a map is pressed.")
    def place(self, x: float, y: float) -> None:
        """Of the class chosen in the controls; every fourth point is held out. A new class starts both nets anew.

        Raises Refused off the map, or for too many points.
        """
        label = MARKS.index(self.parameters.placed)
        if not (-1 <= x <= 1 and -1 <= y <= 1):
            raise Refused(f"A point stands on the map, x and y from −1 to 1, not at {x:g}, {y:g}.")
        if self.placed >= MOST:
            raise Refused(f"At most {MOST} points can be placed by hand; rewind to begin anew.")
        self.placed += 1
        held_out = self.placed % EVERY_FOURTH == 0
        known = self.drawn.classes
        self.drawn = placing.grown(self.drawn, (x, y), label, held_out)
        if label >= known:  # which takes further outputs
            super().restart()
            return
        for arm, order in zip(self.pair, self.orders, strict=True):
            arm.learn(placing.grown(arm.data, (x, y), label, held_out))
            order.examples = len(self.drawn.train_labels)
        self.live("placed")

    def show(self) -> Mapping[str, Tensor]:
        data = self.pair[0].data
        labels, learnt = torch.cat([data.train_labels, data.test_labels]), len(data.train_labels)
        shown = {
            "points": torch.cat([data.train_inputs, data.test_inputs]),
            "classes": labels.to(torch.uint8),
            "held_out": (torch.arange(len(labels)) >= learnt).to(torch.uint8),
            "guessing": torch.tensor(math.log(data.classes)),
        }
        for letter, arm in zip("AB", self.pair, strict=True):
            seen = responses.seen(arm.net, self.places, shown["points"])
            shown[f"field_{letter}"], shown[f"certainty_{letter}"] = seen.field, seen.certainty
            shown[f"wrong_{letter}"] = (seen.said != labels).to(torch.uint8)
            statistics = arm.net.layer_statistics()
            shown[f"gradient_{letter}"], shown[f"signal_{letter}"] = statistics.gradients, statistics.outputs
            if letter == self.parameters.seen:
                shown["tiles"] = seen.tiles
                shown["links"] = responses.links(arm.net, self.parameters.edges == "gradients")
                shown["layers"] = responses.layers(arm.net)
                shown["confusion"] = responses.confusion(data.test_labels, seen.said[learnt:], data.classes)
        return shown

    def words(self) -> Mapping[str, str]:
        outputs = {f"unit_{sum(self._looked().net.units[:-1]) + k}": MARKS[k] for k in range(self.drawn.classes)}
        classes = {f"{noun}_{k}": MARKS[k] for noun in ("true", "said") for k in range(self.drawn.classes)}
        a, b = (int(right.sum()) for right in self._right)
        return {
            "difference": differences.told(self.parameters.differs, self.recipes()),
            "seen": self.parameters.seen,
            "edges": self.parameters.edges,
            "right_A": str(a),
            "right_B": str(b),
            "held": str(len(self._right[0])),
            "unit_0": "x₁",
            "unit_1": "x₂",
            **outputs,
            **classes,
        }

    def verdict(self) -> Verdict:
        """Whether B names more held-out points rightly, by more than chance would have it."""
        line = "held-out right, B"
        if self.step == 0 or self.diverged:
            return Verdict(number="–", line=line, word="untested", note=self.diverged or "no step yet")
        a, b = self._right
        gained, lost = int((b & ~a).sum()), int((a & ~b).sum())
        word: Literal["holds", "broken", "close"] = "close"
        if abs(gained - lost) > SURE * (gained + lost) ** 0.5:
            word = "holds" if gained > lost else "broken"
        note = f"A {_share(a)}, +{gained} −{lost}"
        return Verdict(number=_share(b), line=line, word=word, note=note)

    def _measure(self) -> None:
        super()._measure()
        with torch.inference_mode():
            self._right = [arm.net.predict(arm.data.test_inputs).argmax(1) == arm.data.test_labels for arm in self.pair]

    def _looked(self) -> Arm:
        return self.pair["AB".index(self.parameters.seen)]


def _share(right: Tensor) -> str:
    return f"{100 * float(right.double().mean()):.0f} %"
