"""Examples on the plane: drawn as a set, read from a table, and placed one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import torch
from torch import Tensor

from server.grammar import File, Parameters, Refused, choice, slider
from server.models.data import Split, split_of
from server.models.planes import PLANES
from server.models.sheets import PLAIN, Sheet, sheet_of
from server.models.tables import BYTES, Table, irises, read_table

Data = Literal[
    "circles", "xor", "gaussians", "clouds", "moons", "spirals", "pinwheel", "plane", "hill", "waves", "table",
    "by_hand",
]  # fmt: skip
LABELS = {
    "xor": "XOR", "gaussians": "two clouds", "clouds": "four clouds", "plane": "values: a slope",
    "hill": "values: a hill", "waves": "values: waves", "table": "your table", "by_hand": "by hand",
}  # fmt: skip
Csv = Annotated[str, File("table", (".csv", ".tsv", ".txt", "text/csv"), BYTES)]
HELD_OUT = 100  # points, beside those that are learnt
FEWEST = 8  # rows of a table
QUARTER = 4  # one in so many rows, or points placed by hand, is held out
MOST_HELD_OUT = 1000  # rows
MARKS = ("●", "×", "○", "▲")  # as Points draws the classes
BY_HAND = ((-0.6, -0.2), (0.6, -0.2), (-0.6, 0.2), (0.6, 0.2))
"""What is there when all points are to be placed by hand: one of each of two classes to learn, and one held out."""


class Placing(Parameters):
    """The controls that say which examples there are."""

    data: Data = choice(
        "spirals", label="data", labels=LABELS,
        help="How the points lie; press a map to place further ones. For a table of your own, see Actions.",
    )  # fmt: skip
    noise: float = slider(
        0.03, 0.0, 0.5, step=0.01, label="noise", help="How far every point, or its value, is moved by chance."
    )
    examples: int = slider(
        200, 20, 1000, scale="log", symbol="N", label="training points",
        help="How many are learnt, and 100 are held out. Of a table, a quarter of its rows is.",
    )  # fmt: skip
    placed: Literal["●", "×", "○", "▲"] = choice(
        "●",
        label="class of a placed point",
        applies="live",
        help="What a point placed by pressing a map is; every fourth is held out. A new class starts both nets anew.",
    )


@dataclass(frozen=True)
class Sample:
    """Examples to learn and to test with, the sheet on which they are drawn, and what they are called."""

    split: Split
    told: str = ""
    """Where they are from, where that is not the set that was chosen: "Your table: 120 rows, 3 columns, 2 classes"."""
    sheet: Sheet = PLAIN
    inputs: tuple[str, ...] = ("x₁", "x₂")
    outputs: tuple[str, ...] = MARKS
    """The classes, or what is fitted."""

    @property
    def axes(self) -> tuple[str, str]:
        """What lies along x and along y."""
        if not self.sheet.is_whole:
            return "1st principal axis", "2nd"
        first, second = (*self.inputs, "")[:2]
        return first, second


def sample_of(controls: Placing, brought: Mapping[str, Any], generator: torch.Generator, seed: int) -> Sample:
    """What the controls ask for; `seed` shuffles it."""
    if controls.data == "table":
        return _of_table(brought.get("table"), seed)
    if controls.data == "by_hand":
        places, labels = torch.tensor(BY_HAND), torch.tensor([0, 1, 0, 1])
        return Sample(Split(places[:2], labels[:2], places[:0], labels[:0], places[2:], labels[2:]))
    inputs, labels = PLANES[controls.data](controls.examples + HELD_OUT, controls.noise, generator)
    split = split_of(inputs, labels, seed, validation=0, test=HELD_OUT)
    return Sample(split) if split.classes else Sample(split, outputs=("value",))


def table_of(text: str) -> Table:
    """A table to learn from. Raises Refused."""
    try:
        table = read_table(text)
    except ValueError as error:
        raise Refused(str(error)) from None
    if len(table.labels) < FEWEST:
        raise Refused(f"To learn and to test, a table needs {FEWEST} rows; this one has {len(table.labels)}.")
    if bool((table.labels == table.labels[0]).all()):
        raise Refused(f"The last column ({table.columns[-1]}) is the same in every row: there is nothing to learn.")
    return table


def _of_table(own: Table | None, seed: int) -> Sample:
    """A user's own table; Fisher's irises until there is one."""
    table = own or irises()
    rows = len(table.labels)
    split = split_of(table.inputs, table.labels, seed, validation=0, test=min(rows // QUARTER, MOST_HELD_OUT))
    kind = f"{len(table.classes)} classes" if table.classes else "values"
    counts = f"{rows} rows, {len(table.columns)} columns, {kind}"
    told = f"Your table: {counts}" if own else f"Fisher’s irises, till you use a table: {counts}"
    names = table.classes or table.columns[-1:]
    return Sample(split, told, sheet_of(table.inputs), table.columns[:-1], names)


def grown(data: Split, inputs: Tensor, label: int, held_out: bool) -> Split:
    """One example (1, d) more, to train on or to test with."""
    part = "test" if held_out else "train"
    known, labels = getattr(data, f"{part}_inputs"), getattr(data, f"{part}_labels")
    return replace(
        data,
        **{
            f"{part}_inputs": torch.cat([known, inputs.to(known)]),
            f"{part}_labels": torch.cat([labels, labels.new_tensor([label])]),
        },
    )


def guesses(data: Split, tolerance: float) -> tuple[float, float]:
    """What is reached without a look at the inputs: the loss, and the share of all examples got right.

    Classes are guessed as often as they occur, or always as the commonest; values as their mean, right to within
    `tolerance`. The loss is cross-entropy, or half the mean square.
    """
    labels = torch.cat([data.train_labels, data.validation_labels, data.test_labels])
    if not data.classes:
        return float(labels.var(correction=0)) / 2, float(((labels - labels.mean()).abs() <= tolerance).double().mean())
    shares = torch.bincount(labels).double() / len(labels)
    return float(torch.special.entr(shares).sum()), float(shares.max())


def words(sample: Sample, data: Split) -> dict[str, str]:
    """What captions say of the examples, and by what the nets are judged."""
    if data.classes:
        judged = ("points rightly", "of the class that the net names", "On the diagonal those named rightly")
        drawn = "Press to place a point"
    else:
        judged = ("values within ¼ σ", "to within ¼ of the standard deviation σ", "Values by quarters")
        drawn = "Colour is the value"
    if sample.sheet.is_whole:
        sheet = ""
    else:
        drawn = "Plane through the mean"
        sheet = f"Drawn on its 2 principal axes ({100 * sample.sheet.share:.0f} % of the variance)."
    found = dict(zip(("rightly", "right", "diagonal"), judged, strict=True))
    axes = {f"axis_{number}": name for number, name in enumerate(sample.axes)}
    learnt, held = len(data.train_labels), len(data.test_labels)
    split = {"split": f"{learnt} learnt, {held} held out", "held": str(held)}
    return {**found, "drawn": drawn, "told": sample.told and f"{sample.told}.", "sheet": sheet, **axes, **split}
