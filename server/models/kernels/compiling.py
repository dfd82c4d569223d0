"""How loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

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
