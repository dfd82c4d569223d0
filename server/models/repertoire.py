"""What a network memorises: digits, letters or random patterns, each with a name, as many and as large as asked for."""

from __future__ import annotations

import string
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from server.models.data import binary_digits

Kind = Literal["digits", "letters", "random"]

DIGITS = (3, 0, 1, 4, 5, 7, 2, 6, 8, 9)
"""In the order in which they are memorised: the first is the one that pages spoil and recall."""
LETTERS = string.ascii_uppercase + string.ascii_lowercase
STYLES = ((1.05, 0.02), (1.05, 0.06), (0.8, 0.02), (0.8, 0.05))
"""Size of the type (capitals are 0.7 of it) and how much its strokes are thickened, as shares of the side.

Plain, bold, small, small bold."""
INK = 110  # of 255: where an edge pixel is half covered, thin strokes of small type stay whole
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Repertoire(NamedTuple):
    """Patterns to memorise and what to call them."""

    patterns: Tensor  # (count, side·side) float64 of ±1, ink = +1
    names: tuple[str, ...]


def repertoire(kind: Kind, count: int, side: int, generator: torch.Generator) -> Repertoire:
    """The first ``count`` patterns of a kind; only the random ones need the generator.

    More than there are digits or letters means further examples: other hands, other type. They are called 3₂, 3₃, …
    Raises ValueError for more than 208 letters or a side below 20 with digits.
    """
    if kind == "random":
        patterns = torch.randint(2, (count, side * side), generator=generator).double() * 2 - 1
        return Repertoire(patterns, tuple(f"r{number}" for number in range(1, count + 1)))
    symbols = [str(digit) for digit in DIGITS] if kind == "digits" else list(LETTERS)
    rounds = [divmod(number, len(symbols)) for number in range(count)]
    if kind == "digits":
        patterns = torch.cat([binary_digits([DIGITS[k]], side=side, choice=example) for example, k in rounds])
    else:
        patterns = torch.stack([letter(symbols[k], side, example) for example, k in rounds])
    return Repertoire(patterns, tuple(symbols[k] + _example(example) for example, k in rounds))


def _example(number: int) -> str:
    return str(number + 1).translate(SUBSCRIPTS) if number else ""


@cache
def letter(symbol: str, side: int, style: int = 0) -> Tensor:
    """One character of Pillow's own typeface in black and white: (side·side,) float64 of ±1, ink = +1.

    Cached and shared: clone before writing. Raises ValueError for a style beyond `STYLES`.
    """
    if style not in range(len(STYLES)):
        raise ValueError(f"Letters have {len(STYLES)} styles, so there are {len(STYLES) * len(LETTERS)} in all.")
    height, stroke = STYLES[style]
    sheet = Image.new("L", (side, side), 0)
    font = ImageFont.load_default(round(height * side))
    ImageDraw.Draw(sheet).text(
        (side / 2, side / 2), symbol, font=font, fill=255, anchor="mm", stroke_width=round(stroke * side, 1)
    )
    return torch.where(torch.from_numpy(np.asarray(sheet) > INK).flatten(), 1.0, -1.0).double()
