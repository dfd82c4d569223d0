"""Random labels: a large net learns them by heart, and knows nothing of other digits."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from server.experiments import responses, tricks
from server.experiments.arm import Arm
from server.experiments.overfitting import Few, examples, pair
from server.experiments.paired import CLASSES, Common
from server.grammar import Curves, Formula, Matrix, Number, Readout, Theory, Tiles, Verdict, owned

LEARNT = 99.5  # per cent of its training labels from which on a net knows them by heart
TAUGHT = 90.0  # per cent of true labels from which on a net can learn at all
ENOUGH = 2000  # minibatches: about twice what the net that the page opens on takes
BAND = 3.0  # standard errors of a test accuracy
DRAWN = 12
CALLED = 3  # the class whose training digits are shown
KNOWN = ("Neither knows them yet", "Only {} knows them", "Both know them by heart")  # by how many arms are there


def confused(arm: str) -> Matrix:
    """Which test digits an arm takes for which."""
    return Matrix(
        title=f"What {arm} takes test digits for",
        caption=f"True digits: **rows**. Columns: what {arm} says.",
        detail="0 to 9; per cent of each row of the 300 test digits. On the diagonal: named rightly.",
        channel=f"confusion_{arm}",
        colours="sequential",
        rows="true",
        columns="said",
        span=(0, 100),
    )


class Memorising(Few):
    r"""Two nets with the same first weights see the same digits in the same order. A is told what they are. B is
    told labels drawn by lot for a share of them, so that there is nothing to understand about that share.

    Both come to name every training digit as they were told. That a net does well on what it has been trained on
    therefore says nothing about other digits; a net of this size has room enough to keep a list. Only digits that
    it was never trained on tell the two apart: with all labels by lot, B is right as often as somebody who guesses,
    one time in ten. The band given with the
    chance is three standard errors of an accuracy measured on 300 digits after so many labels by lot.

    B needs longer, and has to move its weights further from where they began. Neither is a warning that one could
    read off its training accuracy. A net that is too small, or one whose weights are pulled strongly towards 0,
    cannot learn such a list; it does learn true labels.

    A label drawn by lot is the true one in one case out of ten. With half of them by lot, 55 % of B's labels are
    true, and it does somewhat better than that on test digits: neighbours with true labels outvote the others.

    Sources: the lecture's section on regularisation; C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals,
    "Understanding deep learning requires rethinking generalization" (2017).
    """

    title = "Learning by heart"
    section = "8 Regularisation"
    order = 170
    claim = "A large net learns any labels by heart, even those drawn by lot."
    summary = "All of it learnt, nothing of it understood."
    source = "slide 13; C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals, ICLR (2017)"
    differs = "random_labels"
    arms = ("true labels", "labels by lot")
    measured = ("train", "accuracy", "distance")
    pinned = "random_labels"
    speed = 200.0
    formulas = (
        Formula(latex=r"E = -\frac{1}{m}\sum \ln p(y \mid x)", before="A:", after="y: what the digit is"),
        Formula(
            latex=r"E = -\frac{1}{m}\sum \ln p(\tilde{y} \mid x)", before="B:", after="ỹ: true for {true_labels} %"
        ),
    )
    presets = {
        "All labels by lot": {},
        "Half of the labels by lot": {"random_labels": 50},
        "All 1197 digits": {"examples": 1197},
        "Too small for a list": {"layers": 1, "units": 12, "speed": 400},
        "Weak L2 does not stop it": {"weight_decay": 0.0005},
        "Strong L2: only truth is learnt": {"weight_decay": 0.01, "examples": 1197, "speed": 100},
        "Dropout slows it": {"dropout": 0.5},
    }
    views = (
        Curves(
            title="Training digits named as told",
            caption="Per cent of {examples}. **{known}**.",
            weight=3,
            lines=pair("train"),
            theory=(Theory(label="10 %: guessing", value=100 / CLASSES),),
            low=0,
            high=100,
        ),
        Curves(
            title="Test digits named rightly",
            caption="Per cent of 300 **never trained on**.",
            weight=2,
            lines=pair("accuracy"),
            theory=(Theory(label="10 %: guessing", value=100 / CLASSES),),
            low=0,
            high=100,
        ),
        Tiles(
            title="What B is told are threes",
            caption="{some} of its **training** digits labelled 3.",
            weight=2,
            channel="threes",
        ),
        confused("A"),
        confused("B"),
        Curves(
            title="Way from the first weights",
            caption="‖θ − θ₀‖: lists need **longer** ways.",
            lines=pair("distance"),
            low=0,
        ),
        Readout(
            title="Room enough for a list",
            caption="More weights than **labels** to keep.",
            numbers=(
                Number(channel="parameters", label="weights and biases", digits=0),
                Number(channel="examples", label="training digits", digits=0),
                Number(channel="true_labels", label="B's labels that are true", digits=1, unit="%"),
            ),
        ),
    )
    lasting = ("threes",)

    class Controls(Common):
        random_labels: float = owned("B", tricks.random_labels(100))
        examples: int = examples(800)
        learning_rate: float = tricks.learning_rate(0.003)
        batch: int = tricks.batch(64, low=2)
        optimiser: tricks.Optimiser = tricks.optimiser("adam")
        layers: int = tricks.layers(2)
        units: int = tricks.units(128)
        unit: Literal["sigmoid", "tanh", "relu"] = tricks.unit("relu")
        first_weights: Literal["zeros", "xavier", "he"] = tricks.first_weights("he")
        weight_decay: float = tricks.weight_decay()
        dropout: float = tricks.dropout()

    def values(self) -> tuple[Any, Any]:
        return 0.0, self.parameters.random_labels

    def measure(self, arm: Arm) -> Sequence[Tensor]:
        learnt = 100 * arm.net.accuracy(arm.data.train_inputs, arm.data.train_labels)
        return learnt, arm.accuracy(), arm.wandered()

    def restart(self) -> None:
        super().restart()
        a, b = (arm.data for arm in self.pair)
        self.true = 100 * (a.train_labels == b.train_labels).double().mean()
        threes = b.train_inputs[b.train_labels == CALLED].view(-1, 8, 8)
        self.threes, self.some = threes[:DRAWN], "Some" if len(threes) > DRAWN else "All" if len(threes) else "None"

    def show(self) -> Mapping[str, Tensor]:
        arm = self.pair[1]
        counts = {"parameters": len(arm.net.parameters), "examples": len(arm.inputs)}
        return {name: torch.tensor(count) for name, count in counts.items()} | {
            "true_labels": self.true,
            "threes": self.threes,
            **{f"confusion_{letter}": counts for letter, counts in zip("AB", self._confusions, strict=True)},
        }

    def words(self) -> Mapping[str, str]:
        known = [letter for letter, learnt in zip("AB", self._measured[:, 0].tolist(), strict=True) if learnt >= LEARNT]
        digits = {f"{noun}_{digit}": str(digit) for noun in ("true", "said") for digit in range(CLASSES)}
        return {**super().words(), **digits, "known": KNOWN[len(known)].format(*known), "some": self.some}

    def _measure(self) -> None:
        super()._measure()
        with torch.inference_mode():
            self._confusions = [_confusion(arm) for arm in self.pair]

    def verdict(self) -> Verdict:
        """Whether B knows its labels by heart, and what that is worth on digits it has not seen."""
        line = "of B's labels learnt"
        (learnt_a, test_a, _), (learnt, test, _) = self._measured.tolist()
        if self.diverged or not self.step or not self.parameters.random_labels:
            why = "not yet" if self.parameters.random_labels else "B's labels are true"
            return Verdict(number="–", line=line, word="untested", note=self.diverged or why)
        chance = 100 / CLASSES
        if self.parameters.random_labels == 100:
            useless = test <= chance + self._band(chance)
            note = f"test {test:.0f}, chance {chance:.0f}±{self._band(chance):.0f}"
        else:
            useless = test < test_a - self._band(test)
            note = f"test {test:.0f} %, A's {test_a:.0f} %"
        word: Literal["holds", "broken", "close", "untested"] = "untested"
        if learnt >= LEARNT:
            word = "holds" if useless else "close"
        elif self.step >= ENOUGH and learnt_a < TAUGHT:
            note = "A has not learnt them either"
        elif self.step >= ENOUGH:
            word = "broken"
        return Verdict(number=f"{learnt:.0f} %", line=line, word=word, note=note)

    def _band(self, accuracy: float) -> float:
        """Three standard errors (per cent) of a test accuracy: so many test digits, so many labels by lot."""
        data = self.pair[1].data
        shares = 1 / len(data.test_labels) + 1 / len(data.train_labels)
        return BAND * math.sqrt(accuracy * (100 - accuracy) * shares)


def _confusion(arm: Arm) -> Tensor:
    """Per cent of the test digits of each class (row) that an arm takes for each (column); no number names none."""
    outputs, labels = arm.net.predict(arm.data.test_inputs), arm.data.test_labels
    finite = outputs.isfinite().all(1)
    counts = responses.confusion(labels[finite], outputs[finite].argmax(1), CLASSES)
    return 100 * counts / counts.sum(1, keepdim=True).clamp_min(1)
