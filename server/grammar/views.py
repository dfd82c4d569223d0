"""The closed set of views: what an experiment may ask the page to draw, and the rank of array that each one draws.

A *channel* is a name: of a scalar (or short vector) that `advance` returns for every step, or of an array that `show`
returns for the present picture. `title`, `caption` (what to look at, at most 44 characters, one **bold** word, live
numbers in braces: "{wrong} units disagree") and `detail` (an optional second sentence) are said here and nowhere else.
"""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Weight = Literal[1, 2, 3]
"""3 = lead (exactly one), 2 = companion (at most two), 1 = below the first screen."""

Mark = Literal["ink", "A", "B", "other"]
"""Who a line belongs to: the one run, arm A (hollow circle), arm B (filled square), or one of many others (grey)."""

AxisScale = Literal["linear", "log"]
Colours = Literal["spins", "sequential", "diverging"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Frozen):
    """A channel drawn as a line, marks or bars, with its label at the line's end."""

    channel: str
    label: str = ""
    mark: Mark = "ink"
    smooth: int = Field(1, ge=1)
    """Mean of the last so many samples, drawn over the faint raw line; the page states it."""


class Theory(_Frozen):
    """A dashed, labelled line: at the height of `value` or of a rank-0 channel, or along a rank-1 channel."""

    label: str
    channel: str = ""
    value: float | None = None


class Number(_Frozen):
    """One row of a Readout: a rank-0 or per-step channel with its name, digits and unit."""

    channel: str
    label: str
    symbol: str = ""
    digits: int = 2
    unit: str = ""


class View(_Frozen, ABC):
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
    """A vector over an index, as horizontal or vertical `bars` or `marks` joined by a line."""

    kind: Literal["profile"] = "profile"
    shape = "wide"
    lines: tuple[Line, ...]
    style: Literal["bars", "marks"] = "bars"
    scale: AxisScale = "linear"
    tiles: str = ""
    """A rank-3 channel whose images label the bars (k×h×w)."""
    reference: str = ""
    """A rank-1 channel drawn as a ring on each bar (where it started)."""
    theory: tuple[Theory, ...] = ()
    axis: str = ""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {line.channel: (1,) for line in self.lines}
        found |= {theory.channel: (0, 1) for theory in self.theory if theory.channel}
        found |= {self.tiles: (3,)} if self.tiles else {}
        return found | ({self.reference: (1,)} if self.reference else {})


class Matrix(View):
    """A matrix through a colour map, with its colour bar; 0 is paper in a diverging map."""

    kind: Literal["matrix"] = "matrix"
    shape = "square"
    channel: str
    colours: Colours = "diverging"
    rows: str = "row"
    columns: str = "column"

    def channels(self) -> dict[str, tuple[int, ...]]:
        return {self.channel: (2,)}


class Tiles(View):
    """n images of h×w cells. One large image when n = 1."""

    kind: Literal["tiles"] = "tiles"
    shape = "square"
    channel: str
    colours: Colours = "sequential"
    target: str = ""
    """A channel of the same shape: cells that differ from it in sign are marked."""
    now: str = ""
    """A rank-0 channel: the index of the cell deciding now (−1: none), ringed yellow."""
    paint: str = ""
    """An action (cells: list[int], value: bool) that painting calls."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.channel: (3,)}
        found |= {self.target: (3,)} if self.target else {}
        return found | ({self.now: (0,)} if self.now else {})


AnyView = Annotated[Readout | Curves | Profile | Matrix | Tiles, Field(discriminator="kind")]


class Hill(_Frozen):
    """The descending scalar along the foot of the page, which is also its time line."""

    lines: tuple[Line, ...]
    """One line, or one per arm; the first is the ground."""
    title: str
    caption: str
    symbol: str = ""
    theory: tuple[Theory, ...] = ()
    """Heights to compare with: a stored memory's energy, the loss of guessing."""
    events: str = ""
    """A per-step channel of 0 and 1: ticks along the axis (a unit flipped)."""
    digits: int = 2
    scale: AxisScale = "linear"

    def channels(self) -> dict[str, tuple[int, ...]]:
        """As for a view."""
        found: dict[str, tuple[int, ...]] = {line.channel: (0,) for line in self.lines}
        found |= {theory.channel: (0,) for theory in self.theory if theory.channel}
        return found | ({self.events: (0,)} if self.events else {})


class Formula(_Frozen):
    """A formula in LaTeX and, after its equals sign, a live number.

    Symbols that are some parameter's `symbol` light up with that parameter's slider. `before` and `after` are short
    words around it and may hold live numbers in braces.
    """

    latex: str
    value: str = ""
    digits: int = 2
    before: str = ""
    after: str = ""


Word = Literal["holds", "broken", "close", "untested"]


class Verdict(_Frozen):
    """The claim, measured live: "0 — rises in 12 480 updates — holds so far, 52 runs". Never "proved".

    `number` has at most 4 characters (more only where honesty needs them), `line` 26, `note` 32.
    """

    number: str
    line: str
    word: Word
    note: str = ""

    def sentence(self) -> str:
        """The verdict read aloud."""
        words = {"holds": "holds so far", "broken": "broken", "close": "too close", "untested": "not tested"}
        return f"{self.number} {self.line}: {words[self.word]}{', ' + self.note if self.note else ''}."
