"""Everything that can go wrong, as sentences for whoever can act on it.

DownhillError
├── Refused          a message that was not carried out; nothing changed    (student: a sentence by the control)
├── Diverged         a number stopped being finite; the session pauses      (student: the divergence card)
├── Full             the server has no room for another session             (student: try again later)
└── Misdeclared      an experiment's file is wrong; the server does not start (author: file, class, what is right)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


class DownhillError(Exception):
    """The root: `str(error)` is a whole sentence that may be shown to a user."""


class Refused(DownhillError):
    """A message that cannot be carried out. `parameter` names the control beside which the sentence
    belongs, or the action that took a file."""

    def __init__(self, sentence: str, parameter: str = "") -> None:
        super().__init__(sentence)
        self.parameter = parameter


@dataclass(frozen=True)
class WayOn:
    """One way out of a divergence, drawn as a button: set these parameters (none: only rewind), or do `action`, which
    takes no arguments, just before the step that broke, and go on."""

    label: str
    parameters: dict[str, float | str | bool] = field(default_factory=dict)
    action: str = ""


class Diverged(DownhillError):
    """The first non-finite number of a run.

    `where` says which quantity in which layer ("weights of layer 9 became infinite"), `step` the elementary step,
    `last` the final values of the descending scalar, `cause` why in one clause, `ways` what to try.
    `arm` is "A" or "B" on pages with two runs, else empty. `series` may hold what `advance` measured until then, so
    that the curve goes on to its last finite value.
    """

    def __init__(
        self,
        where: str,
        step: int,
        *,
        last: tuple[float, ...] = (),
        cause: str = "",
        ways: tuple[WayOn, ...] = (),
        arm: str = "",
        series: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{where} at step {step}.")
        self.where, self.step, self.last, self.cause, self.ways = where, step, last, cause, ways
        self.arm, self.series = arm, series


class Full(DownhillError):
    """No room for another session."""


class Misdeclared(DownhillError):
    """An experiment's declaration is wrong."""
