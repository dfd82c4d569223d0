"""The digits: complete, untouched, split without overlap; binary pictures clear and true to class."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from server.models.data import HOLES, binary_digits, digits, split, split_of, with_random_labels


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


@given(count=st.integers(1, 60), seed=st.integers(0, 100), data=st.data())
def test_split_of_uses_every_example_once(count: int, seed: int, data: st.DataObject) -> None:
    validation = data.draw(st.integers(0, count - 1))
    test = data.draw(st.integers(0, count - 1 - validation))
    inputs, labels = torch.arange(count)[:, None].float(), torch.arange(count)
    parts = split_of(inputs, labels, seed, validation=validation, test=test)
    assert (len(parts.validation_labels), len(parts.test_labels)) == (validation, test)
    together = torch.cat([parts.train_labels, parts.validation_labels, parts.test_labels])
    assert sorted(together.tolist()) == list(range(count))
    assert torch.equal(parts.train_inputs[:, 0].long(), parts.train_labels)
    assert torch.equal(parts.test_inputs[:, 0].long(), parts.test_labels)
    assert parts.classes == count


def test_split_is_split_of_the_digits() -> None:
    images, labels = digits()
    parts = split_of(images.flatten(1), labels, 5, validation=300, test=300)
    assert torch.equal(parts.train_inputs, split(5).train_inputs)
    assert torch.equal(parts.test_labels, split(5).test_labels)
    assert parts.classes == 10


def test_values_to_fit_have_no_classes() -> None:
    parts = split_of(torch.zeros(9, 2), torch.linspace(0, 1, 9), 0, validation=2, test=2)
    assert parts.classes == 0


def test_random_values_are_drawn_from_those_of_all_training_examples() -> None:
    parts = split_of(torch.zeros(5000, 2), torch.arange(5000.0), 0, validation=500, test=500)
    noisy = with_random_labels(parts, 0.25, torch.Generator().manual_seed(1))
    changed = noisy.train_labels != parts.train_labels
    assert float(changed.double().mean()) == pytest.approx(0.25, abs=0.001)
    assert set(noisy.train_labels.tolist()) <= set(parts.train_labels.tolist())
    drawn = noisy.train_labels[changed]
    assert float(drawn.mean()) == pytest.approx(2500, abs=3 * 5000 / 12**0.5 / len(drawn) ** 0.5)
    assert torch.equal(noisy.test_labels, parts.test_labels)


def test_split_of_wants_one_label_each() -> None:
    with pytest.raises(ValueError, match="as many labels"):
        split_of(torch.zeros(5, 2), torch.zeros(5, 1), 0, validation=1, test=1)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_random_labels_are_as_many_as_asked_and_only_in_training(share: float) -> None:
    true = split(0)
    noisy = with_random_labels(true, share, torch.Generator().manual_seed(2))
    assert torch.equal(noisy.validation_labels, true.validation_labels)
    assert torch.equal(noisy.test_labels, true.test_labels)
    assert torch.equal(noisy.train_inputs, true.train_inputs)
    changed = float((noisy.train_labels != true.train_labels).double().mean())
    assert changed == pytest.approx(0.9 * share, abs=0.03)  # one in ten is drawn as it was; 3 standard errors
    counts = noisy.train_labels.bincount(minlength=10)
    assert len(counts) == 10
    assert bool((counts > 80).all())
    assert torch.equal(split(0).train_labels, true.train_labels)


def test_more_random_labels_change_the_same_ones_first() -> None:
    true = split(0).train_labels
    some, more = (with_random_labels(split(0), s, torch.Generator().manual_seed(3)).train_labels for s in (0.2, 0.6))
    assert torch.equal(more[some != true], some[some != true])


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_random_labels_refuse(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        with_random_labels(split(0), share, torch.Generator())
