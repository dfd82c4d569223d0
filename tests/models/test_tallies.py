"""Running counts against NumPy's, and the crossing with its error against repeated drawing."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.models.tallies import Tally, crossing, shares

numbers = st.lists(st.floats(-1, 1), min_size=2, max_size=40)


@given(numbers)
def test_means_and_errors_are_those_of_all_numbers(values: list[float]) -> None:
    tally = Tally(2)
    for value in values:
        tally.add(1, value)
    assert tally.means[1] == pytest.approx(np.mean(values), abs=1e-12)
    assert tally.errors[1] == pytest.approx(np.std(values, ddof=1) / sqrt(len(values)), abs=1e-7)
    assert np.isnan(tally.means[0])
    assert tally.error == pytest.approx((1 + tally.errors[1]) / 2)


@given(numbers, st.integers(1, 50))
def test_the_histogram_is_numpys(values: list[float], bins: int) -> None:
    tally = Tally(1, bins)
    for value in values:
        tally.add(0, value)
    assert tally.histogram.sum() == len(values)
    inner = [value for value in values if not np.isclose((value + 1) / 2 * bins % 1, [0, 1]).any()]
    expected = np.histogram(inner, bins=bins, range=(-1, 1))[0]
    assert (tally.histogram[0] >= expected).all()


def test_one_number_has_no_known_error() -> None:
    tally = Tally(1)
    assert (tally.error, tally.counts[0]) == (1.0, 0)
    tally.add(0, 0.5)
    assert (tally.error, tally.counts[0]) == (1.0, 1)
    tally.add(0, 0.5)
    assert tally.error == 0.0


def test_shares_are_not_sure_too_soon() -> None:
    values, errors = shares(np.array([0.0, 3.0, 50.0]), np.array([0.0, 3.0, 100.0]))
    assert np.isnan(values[0])
    assert values[1:].tolist() == [1.0, 0.5]
    assert errors[1] > 0.2
    assert errors[2] == pytest.approx(0.05, rel=1e-6)


def test_crossing_of_a_straight_fall() -> None:
    x, fall = [0.0, 1.0, 2.0, 4.0], np.array([1.0, 0.9, 0.3, 0.0])
    found = crossing(x, fall, np.full(4, 0.06))
    assert found.place == pytest.approx(1 + 0.4 / 0.6)
    assert found.error == pytest.approx(0.06 * sqrt((1 / 3) ** 2 + (2 / 3) ** 2) / 0.6)
    assert crossing(x, np.full(4, 0.2), np.zeros(4)).place == -inf
    assert crossing(x, np.full(4, 0.8), np.zeros(4)).place == inf


def test_crossings_scatter_as_their_error_says() -> None:
    x, chances, count = [0.1, 0.2, 0.3], np.array([0.95, 0.6, 0.1]), 200
    random = np.random.default_rng(1)
    draws = [shares(random.binomial(count, chances).astype(float), np.full(3, float(count))) for _ in range(2000)]
    found = [crossing(x, *draw) for draw in draws]
    assert np.mean([each.place for each in found]) == pytest.approx(0.22, abs=5e-4)
    assert np.std([each.place for each in found]) == pytest.approx(np.mean([each.error for each in found]), rel=0.1)
