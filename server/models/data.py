"""Real data: the 1797 handwritten digits of 8×8 pixels that scikit-learn carries with it.

Source: E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI repository (1998).
All results are cached and shared: treat the tensors as read-only, clone before writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from scipy.ndimage import label as label_pieces
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn.functional import interpolate, pad

INK = 0.53  # grey above this becomes ink: at one half thin loops close, at 0.6 strokes break
HOLES = (1, 0, 0, 0, 0, 0, 1, 0, 2, 1)  # closed loops of the digits 0 … 9 as these writers draw them


class Digits(NamedTuple):
    """Every handwritten digit, in the file's order."""

    images: Tensor  # (1797, 8, 8) float32, 0 = paper … 1 = ink
    labels: Tensor  # (1797,) int64, 0 … 9


@dataclass(frozen=True)
class Split:
    """The digits in three disjoint parts; inputs (n, 64) float32 in 0 … 1, labels (n,) int64."""

    train_inputs: Tensor
    train_labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor
    test_inputs: Tensor
    test_labels: Tensor


@cache
def digits() -> Digits:
    """All digits, scaled from the file's 0 … 16 to 0 … 1."""
    bunch = load_digits()
    images = torch.tensor(bunch.images, dtype=torch.float32) / 16
    return Digits(images, torch.tensor(bunch.target, dtype=torch.int64))


@cache
def split(seed: int = 0, *, validation: int = 300, test: int = 300) -> Split:
    """Shuffle the digits by ``seed`` and cut them into train, validation and test.

    Raises ValueError if nothing would be left to train on.
    """
    images, labels = digits()
    train = len(labels) - validation - test
    if validation < 0 or test < 0 or train < 1:
        raise ValueError(f"{validation} + {test} digits held out of {len(labels)}; leave at least one for training.")
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    parts = torch.split(order, [train, validation, test])
    inputs = images.flatten(1)
    return Split(*(source[part] for part in parts for source in (inputs, labels)))


def _centred(pattern: Tensor) -> Tensor:
    """Move the ink of one picture (side, side) to the middle."""
    rows, columns = pattern.nonzero(as_tuple=True)
    side = pattern.shape[0]
    down = (side - 1 - int(rows.min() + rows.max())) // 2
    right = (side - 1 - int(columns.min() + columns.max())) // 2
    return pattern.roll((down, right), dims=(0, 1))


def _clear(ink: Tensor, holes: int) -> bool:
    """Whether the ink is one piece around this many holes, so that the eye reads the digit at once."""
    pieces = label_pieces(ink.numpy(), structure=np.ones((3, 3)))[1]
    paper = label_pieces(~ink.numpy())[1]
    return bool(pieces == 1 and paper == holes + 1)


@cache
def _crisp(digit: int, side: int) -> Tensor:
    """The clear pictures of one digit (n, side, side), those nearest to the class mean first."""
    images, labels = digits()
    own = images[labels == digit]
    own = own[(own - own.mean(0)).flatten(1).norm(dim=1).argsort(stable=True)]
    margin = side // 20
    inner = side - 2 * margin
    smooth = interpolate(own[:, None], (inner, inner), mode="bicubic", align_corners=False)[:, 0]
    pictures = pad(smooth, (margin,) * 4) > INK
    return torch.stack([_centred(picture) for picture in pictures if _clear(picture, HOLES[digit])])


def binary_digits(labels: Sequence[int], *, side: int = 20, choice: int = 0) -> Tensor:
    """One crisp ±1 picture for each label: (len(labels), side·side) float64, ink = +1.

    The 8×8 pictures are enlarged smoothly (bicubic), cut into ink and paper, and centred within a thin
    margin. ``choice`` picks among the clear ones: 0 is nearest to the mean of its class, 1 the next nearest,
    and so on.

    Raises ValueError for a label outside 0 … 9, a side below 20 or a choice that the class does not have.
    """
    if side < 20:
        raise ValueError(f"A digit of side {side} leaves no room for its loops; ask for a side of 20 or more.")
    patterns = torch.empty(len(labels), side * side, dtype=torch.float64)
    for row, digit in enumerate(labels):
        if digit not in range(10):
            raise ValueError(f"There is no digit {digit}; labels are 0 to 9.")
        pictures = _crisp(digit, side)
        if choice not in range(len(pictures)):
            raise ValueError(
                f"Digit {digit} has {len(pictures)} clear pictures; choose one of 0 to {len(pictures) - 1}."
            )
        patterns[row] = torch.where(pictures[choice].flatten(), 1.0, -1.0)
    return patterns
