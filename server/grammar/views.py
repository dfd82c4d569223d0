"""Views of numbers, and what all views share: what an experiment may ask the page to draw, and the rank of array that
each one draws. The set is closed; the views that are pictures are in `pictures.py`.

A *channel* is a name: of a scalar (or short vector) that `advance` returns for every step, or of an array that `show`
returns for the present picture. `title`, `caption` (what to look at, at most 44 characters, one **bold** word, live
numbers in braces: "{wrong} units disagree") and `detail` (an optional second sentence) are said here and nowhere else.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Weight = Literal[1, 2, 3]
"""3 = lead (exactly one), 2 = companion (at most two), 1 = below the first screen."""

Mark = Literal["ink", "A", "B", "other"]
"""Who a line belongs to: the one run, arm A (hollow circle), arm B (filled square), or one of many others (grey)."""

AxisScale = Literal["linear", "log"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Frozen):
    """A channel drawn as a line, marks or bars, with its label at the line's end."""

    channel: str
    label: str = ""
    mark: Mark = "ink"
    smooth: int = Field(1, ge=1)
    """Mean of the last so many samples, drawn over the faint raw line; the page states it."""


class Theory(Frozen):
    """A dashed, labelled line: at the height of `value` or of a rank-0 channel, or along a rank-1 channel."""

    label: str
    channel: str = ""
    value: float | None = None


class Number(Frozen):
    """One row of a Readout: a rank-0 or per-step channel with its name, digits and unit."""

    channel: str
    label: str
    symbol: str = ""
    digits: int = 2
    unit: str = ""
    waiting: bool = False
    """Whether NaN means "not measured yet", shown as a dash, and not that something broke."""


class View(Frozen, ABC):
    """What all views share. Views that name the same `index` share hover and selection."""

    title: str
    caption: str
    detail: str = ""
    weight: Weight = 1
    index: str = ""

    kind: str
    shape: ClassVar[Literal["square", "wide"]]

    @abstractmethod
    def channels(self) -> dict[str, tuple[int, ...]]:
        """Every channel the view draws, and the ranks of array it can draw it from (per sample, for curves)."""


class Readout(View):
    """A few numbers in a ruled list."""

    kind: Literal["readout"] = "readout"
    shape = "wide"
    numbers: tuple[Number, ...]

    def channels(self) -> dict[str, tuple[int, ...]]:
        return {number.channel: (0,) for number in self.numbers}


class Curves(View):
    """Scalars against step. A per-step vector draws one line per entry."""

    kind: Literal["curves"] = "curves"
    shape = "wide"
    lines: tuple[Line, ...]
    theory: tuple[Theory, ...] = ()
    scale: AxisScale = "linear"
    low: float | None = None
    high: float | None = None

    def channels(self) -> dict[str, tuple[int, ...]]:
        lines = {line.channel: (0, 1) for line in self.lines}
        return lines | {theory.channel: (0,) for theory in self.theory if theory.channel}


class Profile(View):
    """A vector over an index: `bars` lie, `columns` stand side by side, `marks` are joined by a line.

    In columns a theory's rank-1 channel is a dash over every bar, and further lines are marks on the bars of the first.
    """

    kind: Literal["profile"] = "profile"
    shape = "wide"
    lines: tuple[Line, ...]
    style: Literal["bars", "columns", "marks"] = "bars"
    scale: AxisScale = "linear"
    tiles: str = ""
    """A rank-3 channel whose images label the bars (k×h×w): in columns units from 0 (off) to 1 (on)."""
    reference: str = ""
    """A rank-1 channel drawn as a ring on each bar (where it started)."""
    now: str = ""
    """In columns, a rank-0 channel: the entry where things stand (−1: none), yellow."""
    theory: tuple[Theory, ...] = ()
    axis: str = ""
    ends: tuple[str, str] = ("", "")
    """In columns, what the first and the last entry are: "lowest energy", "highest energy"."""
    percent: bool = False
    """In columns, whether the values are shares, told in per cent."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {line.channel: (1,) for line in self.lines}
        found |= {theory.channel: (0, 1) for theory in self.theory if theory.channel}
        found |= {self.tiles: (3,)} if self.tiles else {}
        found |= {self.now: (0,)} if self.now else {}
        return found | ({self.reference: (1,)} if self.reference else {})


class Relation(View):
    """A quantity against another: measured marks with error bars, theory dashed beside them.

    A theory's channel has rank 2, (k, 2): the points of its line, broken where a number is NaN. A measured value of NaN
    was not measured yet, and nothing is drawn.
    """

    kind: Literal["relation"] = "relation"
    shape = "wide"
    x: str
    """A rank-1 channel: where the measurements stand."""
    lines: tuple[Line, ...] = ()
    errors: str = ""
    """A rank-1 channel: the standard error of the first line."""
    style: Literal["marks", "bars", "line"] = "marks"
    theory: tuple[Theory, ...] = ()
    now: str = ""
    """A rank-1 channel (2,): the point where things stand."""
    axis: str = ""
    """What lies along x, in words."""
    span: tuple[float, float] | None = None
    """Of the values; found from data and theory where None."""
    x_scale: AxisScale = "linear"
    """Of the axis, never of the numbers: channels hold what was measured. What has no logarithm has no place."""
    y_scale: AxisScale = "linear"

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.x: (1,)}
        found |= {line.channel: (1,) for line in self.lines}
        found |= {theory.channel: (2,) for theory in self.theory if theory.channel}
        return found | {name: (1,) for name in (self.errors, self.now) if name}
