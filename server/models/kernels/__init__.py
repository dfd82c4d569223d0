"""Numba inner loops over CPU tensor memory, for what torch cannot do fast: one unit after another.

Each unit's input is *maintained*: a flip changes what a machine keeps, an update without a flip costs almost
nothing. Which machine keeps what: `fields` any weights, `overlaps` low-rank weights, `dense` dense memories;
`loops` are what they have in common. Arrays are C-contiguous.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


def warm_up() -> None:
    """Compile everything, or load it from the cache, so that no page's first step waits for a compiler.

    Every file here with loops has a ``warm_up`` of its own.
    """
    for module in iter_modules(__path__, __name__ + "."):
        getattr(import_module(module.name), "warm_up", lambda: None)()


def forget_outdated(folder: Path) -> None:
    """Remove compiled loops that are older than any file in the folder.

    Numba itself notices that a loop's own file has changed, but not that a file it calls has.
    """
    newest = max(source.stat().st_mtime for source in folder.glob("*.py"))
    for compiled in folder.glob("__pycache__/*.nb[ci]"):
        with suppress(FileNotFoundError):  # several workers may start at once
            if compiled.stat().st_mtime < newest:
                compiled.unlink()


forget_outdated(Path(__file__).parent)
