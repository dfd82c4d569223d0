"""The tasks of a general machine against what they are said to be, pattern by pattern."""

from itertools import product
from typing import get_args

import pytest
import torch

from server.models.patterns import bars_and_stripes, best_log_likelihood
from server.models.truth_tables import Name, task

NAMES: tuple[Name, ...] = get_args(Name)


def rows(name: Name) -> set[tuple[int, ...]]:
    return {tuple(row) for row in task(name).patterns.int().tolist()}


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_a_distribution_over_different_patterns(name: Name) -> None:
    found = task(name)
    assert found.patterns.shape == (len(rows(name)), found.visible)
    assert found.groups.shape == (found.visible,)
    assert len(set(found.units)) == found.visible
    assert found.shares.shape == (len(found.patterns),)
    assert bool((found.shares > 0).all())
    assert float(found.shares.sum()) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(("name", "bits"), [("xor", 2), ("parity", 4)])
def test_the_last_unit_is_the_parity_of_the_others(name: Name, bits: int) -> None:
    assert rows(name) == {(*inputs, sum(inputs) % 2) for inputs in product((0, 1), repeat=bits)}


def test_the_shifter_moves_with_wrap() -> None:
    """To the left: what comes first is next what came second."""
    expected = set()
    for x in product((0, 1), repeat=3):
        expected |= {(*x, x[1], x[2], x[0], 1, 0, 0), (*x, *x, 0, 1, 0), (*x, x[2], x[0], x[1], 0, 0, 1)}
    assert len(expected) == 24
    assert rows("shifter") == expected
    assert task("shifter").units[-3:] == ("←", "=", "→")


def test_the_encoder_shows_the_same_single_unit_on_both_sides() -> None:
    assert rows("encoder 4-2-4") == {tuple(int(unit % 4 == on) for unit in range(8)) for on in range(4)}


@pytest.mark.parametrize(("name", "side", "distinct", "best"), [("bars 2×2", 2, 6, None), ("bars 3×3", 3, 14, -2.5993)])
def test_r1_bars_and_stripes_count_the_empty_and_the_full_twice(
    name: Name, side: int, distinct: int, best: float | None
) -> None:
    found = task(name)
    assert len(found.patterns) == distinct
    entropy = -float(found.shares @ found.shares.log())
    assert entropy == pytest.approx(-best_log_likelihood(bars_and_stripes(side)), abs=1e-12)
    assert best is None or -entropy == pytest.approx(best, abs=1e-4)
    twice = found.shares == found.shares.max()
    assert found.patterns[twice].sum(1).tolist() == [0, side**2]


def test_random_data_are_those_of_their_seed() -> None:
    first, again, other = task("random", 1), task("random", 1), task("random", 2)
    assert torch.equal(first.patterns, again.patterns)
    assert torch.equal(first.shares, again.shares)
    assert not torch.equal(first.patterns, other.patterns)


def test_the_encoder_s_sides_meet_in_the_hidden_units_only() -> None:
    sides = [0] * 4 + [1] * 4 + [2] * 2
    for between_hidden in (True, False):
        allowed = task("encoder 4-2-4").allowed(2, between_hidden=between_hidden)
        for i, j in product(range(10), repeat=2):
            barred = i == j or {sides[i], sides[j]} == {0, 1} or (sides[i] == sides[j] == 2 and not between_hidden)
            assert bool(allowed[i, j]) == (not barred)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "encoder 4-2-4"])
def test_elsewhere_every_pair_may_be_linked(name: Name) -> None:
    found = task(name)
    units = found.visible + found.hidden
    assert torch.equal(found.allowed(found.hidden), ~torch.eye(units, dtype=torch.bool))


def test_an_unknown_task_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no task 'and'; there are xor, parity"):
        task("and")  # type: ignore[arg-type]
