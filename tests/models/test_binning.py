"""Errors of correlated measurements against a process whose errors are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.models.binning import FACTS, FEWEST, MOST, Bins, Estimate, Floats, Integers, estimate


def mean(columns: Floats) -> Floats:
    first: Floats = columns[..., 0]
    return first


def variance(columns: Floats) -> Floats:
    found: Floats = columns[..., 1] - columns[..., 0] ** 2
    return found


def remembering(memory: float, count: int, seed: int) -> Integers:
    """x_t = memory · x_(t−1) + noise of variance 1, times 1000 and rounded; (count, 2): x and x²."""
    noise = np.random.default_rng(seed).normal(size=count)
    x = np.empty(count)
    last = noise[0] / np.sqrt(1 - memory**2)
    for t in range(count):
        last = memory * last + noise[t]
        x[t] = last
    whole: NDArray[np.int64] = np.rint(1000 * x).astype(np.int64)
    return np.stack([whole, whole**2], 1)


def measured(samples: Integers) -> Estimate:
    bins = Bins(columns=2)
    bins.add(samples)
    return estimate(bins.recent(), mean, variance)


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, 0.98])
def test_the_error_and_the_facts_are_those_of_the_process(memory: float) -> None:
    """The mean of n has variance σ² (1 + a)/(1 − a)/n, σ² = 1/(1 − a²): n (1 − a)/(1 + a) facts."""
    count = 16_384
    found = [measured(remembering(memory, count, seed)) for seed in range(12)]
    used = 0.75 * count
    true = 1000 / (1 - memory) / np.sqrt(used)
    assert np.mean([each.error for each in found]) == pytest.approx(true, rel=0.2)
    assert np.median([each.facts for each in found]) == pytest.approx(used * (1 - memory) / (1 + memory), rel=0.4)
    assert np.std([each.value for each in found]) == pytest.approx(true, rel=0.6)


def test_a_run_that_still_looks_alike_or_drifts_is_not_trusted() -> None:
    alike = [measured(remembering(0.9995, 2000, seed)) for seed in range(12)]
    assert sum(each.trusted for each in alike) <= 1
    drift = np.arange(4000)
    assert measured(np.stack([drift, drift**2], 1)).facts < FACTS
    assert measured(remembering(0.5, 2000, 1)).trusted


def test_the_first_quarter_does_not_count() -> None:
    samples = np.full((MOST, 1), 7, np.int64)
    samples[: MOST // 4] = 1000
    bins = Bins(columns=1)
    bins.add(samples)
    assert set(bins.recent()[:, 0]) == {7.0}


def test_a_constant_has_no_error() -> None:
    found = measured(np.tile([3, 9], (500, 1)))
    assert (found.value, found.error) == (3.0, 0.0)
    assert found.trusted
    assert found.off(5.0, least=0.5) == 4.0


def test_too_few_are_not_known() -> None:
    assert np.isnan(estimate(np.ones((FEWEST - 1, 2)), mean, variance).value)


def test_sums_are_exact_however_they_are_cut() -> None:
    samples = np.random.default_rng(1).integers(-(2**40), 2**40, (1001, 2))
    whole, cut = Bins(columns=2), Bins(columns=2)
    whole.add(samples)
    for part in np.split(samples, [1, 5, 130, 131, 700]):
        cut.add(part)
    np.testing.assert_array_equal(whole.recent(), cut.recent())
    length = 8  # 1001 > 128 · 4
    full = 1001 // length
    blocks = samples[: full * length].reshape(full, length, 2).sum(1)[full // 4 :] / length
    np.testing.assert_array_equal(whole.recent(), blocks)


def test_halves_that_differ_are_not_trusted() -> None:
    """White noise with a step in the middle of what counts: 8 of its standard errors."""
    samples = remembering(0.0, 4096, 3)
    samples[4096 * 5 // 8 :, 0] += 300
    samples[:, 1] = samples[:, 0] ** 2
    assert measured(samples).drift > 2
    assert not measured(samples).trusted
    assert np.mean([measured(remembering(0.5, 4096, seed)).drift for seed in range(20)]) < 1.1


def test_the_bar_of_a_mean_that_is_not_sure_is_the_whole_spread() -> None:
    assert Estimate(1.0, 0.1, FACTS - 1).bar == pytest.approx(0.1 * np.sqrt(FACTS - 1))
    assert Estimate(1.0, 0.1, FACTS).bar == 0.1
    assert Estimate(1.0, 0.1, FACTS, drift=9.0).bar > 0.1
