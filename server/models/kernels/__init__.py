"""Numba inner loops over CPU tensor memory, for what torch cannot do fast: one unit after another.

Each unit's input is *maintained*: a flip changes what a machine keeps, an update without a flip costs almost
nothing. Which machine keeps what: `fields` any weights, `overlaps` low-rank weights, `dense` dense memories;
`loops` are what they have in common. Arrays are C-contiguous.

Numba's cache notices a changed file, not a changed file that it calls: after editing `randomness`, `reading`
or a machine, remove ``kernels/__pycache__``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules


def warm_up() -> None:
    """Compile everything, or load it from the cache, so that no page's first step waits for a compiler.

    Every file here with loops has a ``warm_up`` of its own.
    """
    for module in iter_modules(__path__, __name__ + "."):
        getattr(import_module(module.name), "warm_up", lambda: None)()
