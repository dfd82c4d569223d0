"""The judge of the capacity page: where memories break, against theory for networks without end."""

from collections.abc import Sequence
from math import isinf, sqrt
from typing import NamedTuple

import numpy as np

from server.grammar import Verdict
from server.grammar.head import Word
from server.models.tallies import Floats, crossing

SMALLEST = 300
"""Units below which the fall is a slope over half of all loads, and could not tell one theory from another."""
WELL_BELOW, WELL_ABOVE = 0.73, 1.7
"""Of the load at which theory melts: up to the first nearly all must be recalled, from the second on hardly any."""
ALL, GONE = 0.95, 0.6
"""The least share recalled well below, and the largest mean overlap well above."""
BETWEEN = 0.6, 0.9
"""Overlaps of neither heap, recalled and lost."""
MUCH = 0.1
"""The least share between the heaps, and that of a third of all not recalled, that is called much."""


class Fall(NamedTuple):
    """What was measured at each load: the mean overlap, and the share recalled with its standard error."""

    loads: Sequence[float]
    overlaps: Floats
    recalled: Floats
    errors: Floats


def allowed(capacity: float, units: int) -> tuple[float, float]:
    """Between which loads half may be recalled: a finite network falls late, by up to 1/√N. A quarter of that is
    allowed below, for heat, under which memories decay for as long as one waits."""
    blur = 1 / sqrt(units)
    return capacity - blur / 4, capacity + blur


def judged(fall: Fall, capacity: float, units: int, noise: float) -> Verdict:
    """Whether memories break where theory says, as far as so many units can tell."""
    found = crossing(fall.loads, fall.recalled, fall.errors)
    low, high = allowed(capacity, units)
    number, note = written(found.place, fall.loads), f"in {written(low)}–{written(high)}"
    if noise:
        note = "theory: clean cues"
    elif units < SMALLEST:
        note = f"{units} units cannot tell"
    elif WELL_BELOW * capacity < fall.loads[0]:
        note = "beyond these loads"
    else:
        return Verdict(number=number, line=line(capacity), word=_word(fall, capacity, low, high), note=note)
    return Verdict(number=number, line=line(capacity), word="untested", note=note)


def _word(fall: Fall, capacity: float, low: float, high: float) -> Word:
    found, loads = crossing(fall.loads, fall.recalled, fall.errors), np.array(fall.loads)
    below = int(np.flatnonzero(loads <= WELL_BELOW * capacity)[-1])
    above = min(int((loads < WELL_ABOVE * capacity).sum()), len(loads) - 1)
    if fall.recalled[below] + 2 * fall.errors[below] < ALL or fall.overlaps[above] > GONE or isinf(found.place):
        return "broken"
    if min(abs(found.place - low), abs(found.place - high)) <= 2 * found.error:
        return "close"
    return "holds" if low <= found.place <= high else "broken"


def line(capacity: float) -> str:
    """What the verdict's number counts."""
    return f"per unit; theory {written(capacity)}"


def written(load: float, loads: Sequence[float] = ()) -> str:
    """A load as ".138"; beyond the loads measured, on which side of them."""
    if isinf(load):
        return "<" + written(loads[0]).rstrip("0") if load < 0 else ">" + written(loads[-1]).rstrip("0")
    return f"{load:.3f}".lstrip("0")


def manner(units: int, noise: float) -> str:
    """What memories do past theory's load, in words."""
    if noise:
        return "fail, if not sooner"
    return "fade, as N is small" if units < SMALLEST else "do not fade, they break"


def heap(histogram: Floats, hits: float) -> str:
    """What a histogram of overlaps from −1 to 1, of which so many count as recalled, looks like in words."""
    centres, count = (np.arange(len(histogram)) + 0.5) / len(histogram) * 2 - 1, histogram.sum()
    between = histogram[(centres > BETWEEN[0]) & (centres < BETWEEN[1])].sum() / count
    share = hits / count
    if share > ALL:
        return "Nearly all recalled"
    if share < 1 - ALL:
        return "Hardly any recalled"
    return "Much in between" if between > max(MUCH, (1 - share) / 3) else "All or nothing"
