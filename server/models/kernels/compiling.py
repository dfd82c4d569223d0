"""How loops are compiled, and how one loop serves several machines.

A *machine* is what a memory becomes for the loops: a named tuple of arrays that keeps true, flip by flip,
whatever its fields are cheapest read from. A *verb* is a function that loops call on any machine; what it
does is chosen by the machine's type, when the loop is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.extending import overload

F = TypeVar("F", bound=Callable[..., Any])

# Without reference counts (_nrt): to fetch an array from a named tuple would cost two atomic operations, which
# together took ten times what an update does. So no loop can make an array.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def bare(function: F) -> F:
    """Compile a loop over arrays that exist already; kept on disk."""
    return cast(F, njit(cache=True, **OPTIONS)(function))


def in_any_order(function: F) -> F:
    """Like `bare`, but sums may be taken in the order that is quickest."""
    return cast(F, njit(cache=True, fastmath={"reassoc", "contract"}, **OPTIONS)(function))


def implements(verb: Callable[..., Any], *machines: type) -> Callable[[F], F]:
    """Decorate what the verb does on these machines; arguments are positional, the machine first."""

    def choose(function: F) -> F:
        def body(machine: Any, *rest: Any) -> F | None:
            return function if getattr(machine, "instance_class", None) in machines else None

        overload(verb, jit_options=cast(Any, OPTIONS), strict=False)(body)
        return function

    return choose
