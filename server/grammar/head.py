"""What stands around the views: the hill along the foot of the page, formulas above them, and the verdict."""

from typing import Literal

from server.grammar.views import AxisScale, Frozen, Line, Theory


class Hill(Frozen):
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


class Formula(Frozen):
    """A formula in LaTeX and, after its equals sign, a live number.

    Symbols that are some parameter's `symbol` light up with that parameter's slider. `before` and `after` are short
    words around it and may hold live numbers in braces.
    """

    latex: str
    value: str = ""
    digits: int = 2
    before: str = ""
    after: str = ""
    when: str = ""
    """Shown only while the experiment's word "formula" is one of these, separated by spaces; always if empty."""


Word = Literal["holds", "broken", "close", "untested"]


class Verdict(Frozen):
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
