"""Many starts at once against the plain formula, one unit of one start after another."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models import recall, rules
from server.models.columns import DenseColumns, Linear, Pairs
from server.models.memory import Dense, LowRank, Memory, Pairwise
from server.models.recall import Settled, any_device, distinct, follow, keys, on_processor, settle
from tests.models.memories import signs

MEMORIES: dict[str, Callable[[Tensor], Memory]] = {
    "Hebb": rules.hebb,
    "Hebb, self-connections": lambda patterns: rules.hebb(patterns, self_connections=True),
    "pseudo-inverse": rules.pseudo_inverse,
    "pseudo-inverse, self-connections": lambda patterns: rules.pseudo_inverse(patterns, self_connections=True),
    "unlearnt": lambda patterns: rules.weaken(rules.hebb(patterns), patterns[:1] * patterns[-1:], 0.3),
    "Storkey": rules.storkey,
    "square": lambda patterns: Dense(patterns, 2),
    "cube": lambda patterns: Dense(patterns, 3),
    "eighth": lambda patterns: Dense(patterns, 8),
    "exponential": lambda patterns: Dense(patterns, None),
}

thresholds = st.integers(-1500, 1500).map(lambda thousandths: thousandths / 1000)  # none beside the tolerance for ties


def plainly(memory: Memory, states: Tensor, seed: int, threshold: float, sweeps: int) -> Settled:
    """The definition: every unit of every start by the plain field, no freezing, no merging."""
    orders, states = np.random.default_rng(seed), states.clone()
    taken, changed = torch.zeros(len(states), dtype=torch.int64), torch.ones(len(states), dtype=torch.bool)
    for _ in range(sweeps):
        before = states.clone()
        for unit in orders.permutation(memory.size):
            states[memory.fields(states, threshold)[:, unit] * states[:, unit] < 0, unit] *= -1
        changed = (states != before).any(1)
        taken += changed
    return Settled(states, torch.arange(len(states)), taken, ~changed)


def assert_same(one: Settled, other: Settled) -> None:
    """The same end, sweeps and rest for every start."""
    assert torch.equal(one.attractors.double()[one.which], other.attractors.double()[other.which])
    assert torch.equal(one.sweeps, other.sweeps)
    assert torch.equal(one.settled, other.settled)


def columns_of(states: Tensor) -> Tensor:
    return states.T.to(torch.int8).contiguous()


@pytest.mark.parametrize("name", MEMORIES)
@settings(max_examples=40)
@given(st.integers(2, 20), st.integers(1, 7), st.integers(0, 10**6), thresholds)
def test_settle_is_the_plain_formula(name: str, units: int, count: int, seed: int, threshold: float) -> None:
    memory = MEMORIES[name](signs(count, units, seed=seed))
    states = signs(12, units, seed=seed + 1)
    expected = plainly(memory, states, seed, threshold, 6)
    ways = [on_processor(memory, columns_of(states), threshold), any_device(memory, columns_of(states), threshold)]
    if isinstance(memory, LowRank):
        weights = memory.matrix()
        ways += [Linear(memory, columns_of(states), threshold), Pairs(weights, columns_of(states), threshold)]
    for columns in ways:
        assert_same(follow(columns, seed, 6), expected)


@pytest.mark.parametrize("name", MEMORIES)
def test_processor_and_any_device_agree_at_size(name: str) -> None:
    """Beyond one tile of columns and one block of units, with rests of both."""
    patterns = signs(9, 70, seed=3)
    memory = MEMORIES[name](patterns)
    states = signs(700, 70, seed=4)
    ours = follow(on_processor(memory, columns_of(states), 0.05), 5, 200)
    theirs = follow(any_device(memory, columns_of(states), 0.05), 5, 200)
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
    assert bool(ours.settled.all())


@pytest.mark.parametrize("name", MEMORIES)
def test_merging_and_freezing_change_nothing(name: str) -> None:
    """A start ends where it ends alone; states that are equal are listed once, by the first that reached them."""
    patterns = signs(6, 60, seed=1)
    memory = MEMORIES[name](patterns)
    states = torch.cat([signs(60, 60, seed=2), patterns, -patterns, patterns])
    together = settle(memory, states, seed=7)
    for number, state in enumerate(states):
        alone = settle(memory, state[None], seed=7)
        assert torch.equal(together.attractors[together.which[number]], alone.attractors[0])
        assert int(together.sweeps[number]) == int(alone.sweeps[0])
    assert len(torch.unique(together.attractors, dim=0)) == len(together.attractors) < len(states)
    first = [together.which.tolist().index(row) for row in range(len(together.attractors))]
    assert first == sorted(first)


@pytest.mark.parametrize("name", MEMORIES)
def test_energies_fall_until_nothing_changes(name: str) -> None:
    memory = MEMORIES[name](signs(8, 80, seed=1))
    states = signs(100, 80, seed=2)
    before = memory.energy(states, 0.1)
    for sweeps in range(1, 8):
        ends = settle(memory, states, seed=3, threshold=0.1, sweeps=sweeps)
        after = memory.energy(ends.attractors[ends.which], 0.1)
        assert bool((after <= before + 1e-9).all())
        before = after
    ends = settle(memory, states, seed=3, threshold=0.1)
    assert bool(ends.settled.all())
    assert bool((memory.fields(ends.attractors, 0.1) * ends.attractors >= 0).all())


@pytest.mark.parametrize(("units", "count"), [(200, 160), (200, 170)])
def test_sums_beyond_sixteen_bits_stay_exact(units: int, count: int) -> None:
    """A state in which all patterns are one pattern has the largest sums there are."""
    pattern = signs(1, units, seed=1)
    memory = rules.hebb(pattern.expand(count, -1))
    states = torch.cat([pattern, -pattern, signs(20, units, seed=2)])
    weights = memory.matrix()
    for threshold in (0.0, 0.7 * count, -2.0 * count):
        one = follow(Linear(memory, columns_of(states), threshold), 1, 50)
        other = follow(Pairs(weights, columns_of(states), threshold), 1, 50)
        assert_same(one, other)


def test_what_does_not_settle_is_said() -> None:
    """Units that hear minus themselves turn over in every sweep."""
    ends = settle(Pairwise(-torch.eye(5, dtype=torch.float64)), signs(4, 5, seed=1), seed=1, sweeps=9)
    assert not bool(ends.settled.any())
    assert ends.sweeps.tolist() == [9] * 4


def test_starts_are_left_alone_and_their_type_is_kept() -> None:
    memory = rules.hebb(signs(2, 30, seed=1))
    for kind in (torch.int8, torch.float32, torch.float64):
        states = signs(5, 30, seed=2).to(kind)
        kept = states.clone()
        assert settle(memory, states, seed=1).attractors.dtype == kind
        assert torch.equal(states, kept)
    transposed = signs(5, 30, seed=2).to(torch.int8).T.contiguous().T  # its columns lie close already
    kept = transposed.clone()
    settle(memory, transposed, seed=1)
    assert torch.equal(transposed, kept)


def test_no_starts_end_nowhere() -> None:
    ends = settle(rules.hebb(signs(2, 30, seed=1)), signs(0, 30, seed=2), seed=1)
    assert [tuple(column.shape) for column in ends] == [(0, 30), (0,), (0,), (0,)]


def test_starts_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Starts must be C×30, not \(4, 31\)"):
        settle(rules.hebb(signs(2, 30, seed=1)), signs(4, 31, seed=1), seed=1)


def test_keys_tell_states_apart() -> None:
    states = signs(3000, 11, seed=1)
    assert len(np.unique(keys(columns_of(states)))) == len(torch.unique(states, dim=0))


@given(st.lists(st.integers(0, 9)))
def test_distinct_lists_first_occurrences(numbers: list[int]) -> None:
    first, group = distinct(np.array(numbers, np.int64))
    assert [numbers[place] for place in first] == list(dict.fromkeys(numbers))
    assert [numbers[first[which]] for which in group] == numbers


def test_other_engines_serve_where_they_are_cheaper() -> None:
    few, many = signs(5, 100, seed=1), signs(60, 100, seed=1)
    spins = columns_of(few)
    assert isinstance(on_processor(rules.hebb(few), spins, 0.0), Linear)
    assert isinstance(on_processor(rules.hebb(many), spins, 0.0), Pairs)
    assert isinstance(on_processor(Dense(few, 3), spins, 0.0), DenseColumns)


@pytest.mark.parametrize(("count", "expected"), [(5, 0.99), (14, 0.92), (25, 0.36)])
def test_h4_basin(count: int, expected: float) -> None:
    """N = 200, 30 % turned over, every memory of 120 draws: the share that ends above .95."""
    ends = []
    for seed in range(120):
        patterns = signs(count, 200, seed=seed)
        turned = torch.rand(patterns.shape, generator=torch.Generator().manual_seed(seed)).argsort(1) < 60
        settled = settle(rules.hebb(patterns), torch.where(turned, -patterns, patterns), seed=seed)
        ends.append((settled.attractors[settled.which] * patterns).mean(1))
    assert float((torch.cat(ends) > 0.95).double().mean()) == pytest.approx(expected, abs=0.07)
    assert recall.RECALLED == 0.9
