"""Examples in three parts, and real ones: the 1797 handwritten digits of 8×8 pixels that scikit-learn carries.

Source: E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI repository (1998).
All digits are cached and shared: treat the tensors as read-only, clone before writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """Examples in three disjoint parts: inputs (n, d) float32; labels (n,) int64, or values (n,) float32 to fit."""

    train_inputs: Tensor
    train_labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor
    test_inputs: Tensor
    test_labels: Tensor

    @property
    def classes(self) -> int:
        """How many classes the labels name, the largest of any part plus one; 0 where they are values to fit."""
        labels = torch.cat([self.train_labels, self.validation_labels, self.test_labels])
        return 0 if labels.is_floating_point() else int(labels.max()) + 1


@cache
def digits() -> Digits:
    """All digits, scaled from the file's 0 … 16 to 0 … 1."""
    bunch = load_digits()
    images = torch.tensor(bunch.images, dtype=torch.float32) / 16
    return Digits(images, torch.tensor(bunch.target, dtype=torch.int64))


@cache
def split(seed: int = 0, *, validation: int = 300, test: int = 300) -> Split:
    """The digits, shuffled by ``seed`` and cut as `split_of` does: inputs (n, 64) in 0 … 1."""
    images, labels = digits()
    return split_of(images.flatten(1), labels, seed, validation=validation, test=test)


def split_of(inputs: Tensor, labels: Tensor, seed: int, *, validation: int, test: int) -> Split:
    """Shuffle examples (n, d) and their labels (n,) by ``seed`` and cut them into train, validation and test.

    ``validation`` and ``test`` are numbers of examples; the rest is for training. Raises ValueError if nothing
    would be left for it, or if there is not one label for each example.
    """
    if labels.shape != inputs.shape[:1]:
        raise ValueError(f"{len(inputs)} examples need as many labels in one row, not the shape {tuple(labels.shape)}.")
    train = len(labels) - validation - test
    if validation < 0 or test < 0 or train < 1:
        raise ValueError(f"{validation} + {test} examples held out of {len(labels)}; leave at least one for training.")
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    parts = torch.split(order, [train, validation, test])
    return Split(*(source[part] for part in parts for source in (inputs, labels)))


def with_random_labels(split: Split, share: float, generator: torch.Generator) -> Split:
    """The same examples; a ``share`` (0 … 1) of the training labels is drawn anew, each class as likely.

    A label drawn anew is the old one with probability 1/classes. Values to fit are drawn from those of all training
    examples. With a generator in the same state a larger share changes all that a smaller one changes, to the same
    labels.

    Source: C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals, ICLR (2017), section 2.
    Raises ValueError for a share outside 0 … 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"The share of random labels is between 0 and 1, not {share:g}.")
    examples = len(split.train_labels)
    drawn = torch.randint(split.classes or examples, (examples,), generator=generator)
    if not split.classes:
        drawn = split.train_labels[drawn]
    chosen = torch.randperm(examples, generator=generator)[: round(share * examples)]
    labels = split.train_labels.clone()
    labels[chosen] = drawn[chosen]
    return replace(split, train_labels=labels)


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
