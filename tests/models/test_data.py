"""The digits: complete, untouched, split without overlap; binary pictures clear and true to class."""

import pytest
import torch
from scipy.ndimage import label
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from server.models.data import HOLES, binary_digits, digits, split


def test_digits_are_scikit_learns() -> None:
    images, labels = digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == torch.float32
    assert labels.dtype == torch.int64
    assert (float(images.min()), float(images.max())) == (0.0, 1.0)
    assert torch.equal((images * 16).round().to(torch.int64), torch.tensor(load_digits().images).to(torch.int64))


def test_split_uses_every_digit_once() -> None:
    images, labels = digits()
    parts = split(3)
    inputs = torch.cat([parts.train_inputs, parts.validation_inputs, parts.test_inputs])
    targets = torch.cat([parts.train_labels, parts.validation_labels, parts.test_labels])
    assert parts.train_inputs.shape == (1197, 64)
    assert len(parts.validation_labels) == len(parts.test_labels) == 300
    rows = torch.cat([inputs, targets[:, None]], 1).tolist()
    assert sorted(rows) == sorted(torch.cat([images.flatten(1), labels[:, None]], 1).tolist())


def test_split_follows_its_seed() -> None:
    split.cache_clear()
    first = split(1).train_inputs.clone()
    split.cache_clear()
    assert torch.equal(first, split(1).train_inputs)
    assert not torch.equal(first, split(2).train_inputs)


def test_split_holds_every_class_in_every_part() -> None:
    parts = split(0)
    for labels in (parts.train_labels, parts.validation_labels, parts.test_labels):
        assert set(labels.tolist()) == set(range(10))


def test_split_refuses_to_leave_nothing() -> None:
    with pytest.raises(ValueError, match="at least one for training"):
        split(0, validation=1000, test=797)


@pytest.mark.parametrize("side", [20, 24, 28])
def test_binary_digits_are_one_stroke_with_their_loops(side: int) -> None:
    patterns = binary_digits(range(10), side=side)
    assert patterns.shape == (10, side * side)
    assert bool((patterns.abs() == 1).all())
    for digit, pattern in enumerate(patterns):
        ink = (pattern > 0).reshape(side, side).numpy()
        assert label(ink, [[1] * 3] * 3)[1] == 1
        assert label(~ink)[1] == HOLES[digit] + 1
        filled = ink.nonzero()
        for line in filled:
            assert abs(int(line.min()) - (side - 1 - int(line.max()))) <= 1


@pytest.mark.parametrize(("choice", "least"), [(0, 10), (1, 9), (5, 9)])
def test_binary_digits_look_like_their_class(choice: int, least: int) -> None:
    """Shrunk back to 8×8, five nearest neighbours name it: an oracle that saw no thresholds."""
    images, labels = digits()
    neighbours = KNeighborsClassifier(5, metric="cosine").fit(images.flatten(1), labels)
    patterns = binary_digits(range(10), side=24, choice=choice).reshape(10, 1, 24, 24).float()
    small = torch.nn.functional.avg_pool2d((patterns + 1) / 2, 3).flatten(1)
    assert sum(neighbours.predict(small) == range(10)) >= least


def test_choices_differ() -> None:
    assert not torch.equal(binary_digits([3]), binary_digits([3], choice=1))


def test_no_digit_gives_no_pattern() -> None:
    assert binary_digits([]).shape == (0, 400)


@pytest.mark.parametrize(
    ("labels", "side", "choice", "sentence"),
    [([10], 20, 0, "no digit 10"), ([3], 8, 0, "no room"), ([3], 20, 10_000, "clear pictures")],
)
def test_binary_digits_refuse(labels: list[int], side: int, choice: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        binary_digits(labels, side=side, choice=choice)
