"""The order of examples: each epoch a permutation, minibatches whole, sizes free to change."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from server.models.minibatches import Minibatches


def minibatches(examples: int, seed: int = 1) -> Minibatches:
    return Minibatches(examples, torch.Generator().manual_seed(seed))


@given(st.integers(1, 60), st.data())
def test_an_epoch_shows_no_example_twice(examples: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, examples))
    source = minibatches(examples)
    for epoch in (1, 2):
        seen = torch.cat([source.take(size) for _ in range(examples // size)])
        assert source.epoch == epoch
        assert len(set(seen.tolist())) == len(seen) == examples - examples % size


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_sizes_may_change_and_every_minibatch_is_whole(sizes: list[int]) -> None:
    source = minibatches(20)
    for size in sizes:
        taken = source.take(size)
        assert len(set(taken.tolist())) == len(taken) == size
        assert 0 <= int(taken.min()) <= int(taken.max()) < 20


def test_epochs_differ_and_seeds_repeat() -> None:
    source, again, other = minibatches(50), minibatches(50), minibatches(50, seed=2)
    first, second = source.take(50), source.take(50)
    assert not torch.equal(first, second)
    assert torch.equal(again.take(50), first)
    assert not torch.equal(other.take(50), first)


@pytest.mark.parametrize("with_replacement", [False, True])
@given(st.integers(1, 40), st.data())
def test_seen_counts_the_examples_of_this_epoch(with_replacement: bool, examples: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, examples))
    source = Minibatches(examples, torch.Generator().manual_seed(3), with_replacement=with_replacement)
    assert source.seen == 0
    for epoch in (1, 2):
        shown = set[int]()
        for _ in range(examples // size):
            shown |= set(source.take(size).tolist())
            assert source.seen == len(shown) / examples
        assert source.epoch == epoch
    assert with_replacement or len(shown) == examples - examples % size


def test_draws_with_replacement_show_what_chance_predicts() -> None:
    """Of n examples n draws miss each with probability (1 − 1/n)ⁿ, and show all equally often."""
    n, epochs = 200, 300
    source = Minibatches(n, torch.Generator().manual_seed(5), with_replacement=True)
    counts, seen = torch.zeros(n), 0.0
    for _ in range(epochs):
        for _ in range(n // 10):
            counts += torch.bincount(source.take(10), minlength=n)
        seen += source.seen / epochs
    assert seen == pytest.approx(1 - (1 - 1 / n) ** n, abs=0.01)
    # Binomial counts of mean 300: their sum of squares over the mean is χ² with n − 1 degrees of freedom.
    assert float((counts - epochs).square().sum() / epochs) == pytest.approx(n - 1, abs=5 * (2 * n) ** 0.5)


@pytest.mark.parametrize("size", [0, 21])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"minibatch of {size} cannot be drawn from 20"):
        minibatches(20).take(size)
