"""Where the pages' own files lie."""

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).parents[1]


def folder(name: Literal["static", "templates"]) -> Path:
    """The folder of that name: inside the package in an installed wheel, beside it in a checkout.

    Raises FileNotFoundError where neither exists, or where `static` has not been filled with the libraries.
    """
    inside, beside = PACKAGE / name, PACKAGE.parent / name
    found = inside if inside.is_dir() else beside
    wanted = found / "vendor" if name == "static" else found
    if not wanted.is_dir():
        raise FileNotFoundError(f"{wanted} is missing: `make install` (or `pip install .`) fills it.")
    return found
