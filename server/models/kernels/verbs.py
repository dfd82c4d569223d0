"""What loops ask of a machine.

A *machine* is what a memory becomes for the loops: a named tuple of arrays that keeps true, flip by flip,
whatever its fields are cheapest read from. A *verb* is a function that loops call on any machine; what it
does is chosen by the machine's type, when the loop is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from server.models.kernels.compiling import OPTIONS, F

Floats = NDArray[np.float64]
COMPILED = "A verb acts on a machine inside a compiled loop only; Python itself cannot call it."


def renew(machine: Any, spins: Floats) -> None:
    """Compute all that the machine keeps from the state alone."""


def hear(machine: Any, spins: Floats, unit: int, threshold: float) -> float:
    """The unit's field h, exactly 0 where rounding alone keeps it from 0."""
    raise TypeError(COMPILED)


def turn(machine: Any, spins: Floats, unit: int) -> None:
    """Keep true what the machine keeps; ``spins[unit]`` has just changed its sign."""


def own(machine: Any, unit: int) -> float:
    """W_ii, by which a flip's energy differs from twice the alignment."""
    raise TypeError(COMPILED)


def depth(machine: Any, spins: Floats) -> float:
    """−E at threshold 0."""
    raise TypeError(COMPILED)


def implements(verb: Callable[..., Any], *machines: type) -> Callable[[F], F]:
    """Decorate what the verb does on these machines; arguments are positional, the machine first."""

    def choose(function: F) -> F:
        def body(machine: Any, *rest: Any) -> F | None:
            return function if getattr(machine, "instance_class", None) in machines else None

        overload(verb, jit_options=cast(Any, OPTIONS), strict=False)(body)
        return function

    return choose
