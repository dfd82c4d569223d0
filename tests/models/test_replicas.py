"""Replicas against the plain formulas, exact probabilities, and the theory of large networks (H1, H2, H3, H7)."""

from itertools import product
from math import exp, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.models import ags, theory
from server.models.kernels import replicas as kernel
from server.models.recall import settle
from server.models.replicas import MEASURED, WARMING, Replicas
from server.models.rules import hebb
from server.models.tallies import Tally, crossing, shares

Array = NDArray[np.float32]


class Network:
    """One replica laid open: what the kernels work on."""

    def __init__(self, units: int, count: int, seed: int) -> None:
        self.randomness = np.array([seed], np.uint64)
        self.patterns = np.empty((units, count), np.float32)
        self.spins, self.sums = np.empty(units, np.float32), np.empty(count, np.float32)
        self.sequence = np.arange(units, dtype=np.int32)
        kernel.toss(self.patterns, self.randomness)
        self.unstable = kernel.memorise(self.patterns, self.spins, self.sums)

    @property
    def fields(self) -> NDArray[np.float64]:
        """h = W s from the whole matrix W = (1/N) Σ ξξᵀ with W_ii = 0, without rounding: N h is a whole number."""
        links = np.round(self.patterns.astype(np.float64) @ self.patterns.T.astype(np.float64))
        np.fill_diagonal(links, 0)
        return links @ self.spins / len(self.spins)

    @property
    def energy(self) -> float:
        return float(-self.spins @ self.fields / 2)

    def run(self, temperature: float, warming: int = 0, measured: int = 1) -> float:
        return kernel.recall(
            temperature, warming, measured, self.randomness, self.patterns, self.spins, self.sums, self.sequence
        )

    def spoil(self, count: int) -> None:
        kernel.spoil(count, self.randomness, self.patterns, self.spins, self.sums, self.sequence)


def test_tossed_signs_are_fair_and_independent() -> None:
    signs = np.empty((1000, 999), np.float32)
    kernel.toss(signs, np.array([7], np.uint64))
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs.mean()) < 4e-3
    flat = signs.ravel()
    for lag in (1, 2, 52, 53, 54, 106, 999):
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 4e-3
    correlations = signs.T @ signs / 1000
    np.fill_diagonal(correlations, 0)
    assert float((correlations**2).mean()) == pytest.approx(1 / 1000, rel=0.02)


@settings(max_examples=60)
@given(st.integers(2, 60), st.integers(1, 12), st.integers(0, 2**31), st.floats(0, 0.5))
def test_cold_runs_end_where_no_unit_would_flip(units: int, count: int, seed: int, noise: float) -> None:
    network = Network(units, count, seed)
    fields = network.fields
    assert network.unstable == int((network.spins * fields < 0).sum())
    network.spoil(round(noise * units))
    start = network.energy
    overlap = network.run(0.0)
    assert (network.spins * network.fields >= 0).all()
    assert network.energy <= start
    assert overlap == pytest.approx(float(network.patterns[:, 0] @ network.spins) / units, abs=1e-12)
    np.testing.assert_array_equal(network.sums, network.patterns.T @ network.spins)


@settings(max_examples=20)
@given(st.integers(2, 60), st.integers(0, 2**31), st.floats(0, 1))
def test_spoiling_turns_over_exactly_so_many(units: int, seed: int, share: float) -> None:
    network = Network(units, 3, seed)
    network.spoil(round(share * units))
    assert int((network.spins != network.patterns[:, 0]).sum()) == round(share * units)


@pytest.mark.parametrize("temperature", [0.5, 1.5])
def test_heated_sweeps_visit_states_as_boltzmann_says(temperature: float) -> None:
    """N = 5: frequencies over 40 000 sweeps against exp(−E/T) of all 32 states, by their total variation."""
    network, visits = Network(5, 2, 3), np.zeros(32)
    powers = 2 ** np.arange(5)
    for _ in range(40_000):
        network.run(temperature, 0, 1)
        visits[int((network.spins > 0) @ powers)] += 1
    chances = np.zeros(32)
    for state in product([-1.0, 1.0], repeat=5):
        network.spins[:] = state
        chances[int((network.spins > 0) @ powers)] = exp(-network.energy / temperature)
    assert 0.5 * np.abs(visits / visits.sum() - chances / chances.sum()).sum() < 0.02


def test_the_mean_is_taken_over_sweeps_after_warming() -> None:
    one, other = Network(50, 2, 5), Network(50, 2, 5)
    ends = [one.run(0.6, 0, 1) for _ in range(8)]
    assert other.run(0.6, 3, 5) == pytest.approx(sum(ends[3:]) / 5, abs=1e-12)


@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_how_replicas_are_cut_into_calls_changes_nothing(temperature: float) -> None:
    whole, cut = (Replicas(60, 1, 2, temperature=temperature, noise=0.1) for _ in range(2))
    counts = [3, 9, 1, 12, 5, 9]
    at_once, first, then = whole.recall(counts), cut.recall(counts[:2]), cut.recall(counts[2:])
    assert at_once.overlap.tolist() == first.overlap.tolist() + then.overlap.tolist()
    assert at_once.bit_error.tolist() == first.bit_error.tolist() + then.bit_error.tolist()


def test_heat_and_noise_meet_the_same_patterns() -> None:
    kinds: tuple[dict[str, float], ...] = ({}, {"temperature": 0.5}, {"noise": 0.3})
    clean, warm, spoilt = (Replicas(200, 1, 2, **kind).recall([30] * 5) for kind in kinds)
    assert clean.bit_error.tolist() == warm.bit_error.tolist() == spoilt.bit_error.tolist()
    assert Replicas(200, 3, 2).recall([30] * 5).bit_error.tolist() != clean.bit_error.tolist()
    assert Replicas(200, 1, 3, noise=0.3).recall([30] * 5).overlap.tolist() != spoilt.overlap.tolist()


@pytest.mark.parametrize(("units", "noise", "count"), [(0, 0.0, 1), (10, 1.5, 1), (10, 0.0, 0)])
def test_impossible_replicas_are_refused(units: int, noise: float, count: int) -> None:
    with pytest.raises(ValueError, match=r"replica (needs|stores) at least"):
        Replicas(units, 1, 1, noise=noise).recall([count])


@pytest.mark.parametrize(("units", "count"), [(1000, 138), (1000, 185), (300, 60)])
def test_bit_error(units: int, count: int) -> None:
    """H1: ½ erfc √(1/2α), pooled over 300 patterns."""
    pooled = float(Replicas(units, 1, 1).recall([count] * 300).bit_error.mean())
    assert pooled == pytest.approx(theory.bit_error(count / units), rel=0.15)


@pytest.mark.parametrize(("count", "tolerance"), [(100, 0.001), (120, 0.01)])
def test_overlap_without_heat(count: int, tolerance: float) -> None:
    """H2, N = 1000."""
    overlaps = Replicas(1000, 1, 1).recall([count] * 300).overlap
    assert float(overlaps.mean()) == pytest.approx(theory.overlap(count / 1000), abs=tolerance)


@pytest.mark.parametrize("count", [20, 32])
def test_the_engine_of_recall_and_basins_melts_alike(count: int) -> None:
    """Other patterns, other orders, another loop; the same mean overlap and share recalled within 4 standard errors."""
    ours = Replicas(200, 1, 1).recall([count] * 400).overlap
    chance = torch.Generator().manual_seed(2)
    theirs = torch.empty(400, dtype=torch.float64)
    for replica in range(400):
        patterns = torch.randint(2, (count, 200), generator=chance).double() * 2 - 1
        end = settle(hebb(patterns), patterns[:1], seed=replica).attractors[0]
        theirs[replica] = end @ patterns[0] / 200
    for mine, engine in ((ours, theirs), ((ours > 0.95).double(), (theirs > 0.95).double())):
        error = float((mine.var() / 400 + engine.var() / 400) ** 0.5)
        assert abs(float(mine.mean() - engine.mean())) < 4 * error


def test_overlap_beyond_capacity() -> None:
    """H2, N = 1000: collapsed."""
    assert float(Replicas(1000, 1, 1).recall([200] * 200).overlap.mean()) == pytest.approx(0.38, abs=0.05)


@pytest.mark.parametrize(("count", "temperature", "expected"), [(1, 0.5, 0.9575), (50, 0.4, 0.9662)])
def test_overlap_with_heat(count: int, temperature: float, expected: float) -> None:
    """H7, N = 1000: the mean over 60 replicas, and theory within four of its standard errors and 1/N."""
    overlaps = Replicas(1000, 1, 1, temperature=temperature).recall([count] * 60).overlap
    error = float(overlaps.std()) / sqrt(len(overlaps))
    assert float(overlaps.mean()) == pytest.approx(expected, abs=4 * error + 1e-3)
    assert ags.overlap(count / 1000 if count > 1 else 0.0, temperature) == pytest.approx(expected, abs=5e-5)
    assert error < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(("temperature", "inside", "outside"), [(0.3, 0.07, 0.14), (0.5, 0.03, 0.09)])
def test_heated_memories_melt_about_where_theory_says(temperature: float, inside: float, outside: float) -> None:
    """H7, N = 1000: well below the line nearly all stay near theory, well above nearly none."""
    assert inside < ags.capacity(temperature)[0] < outside
    least = 0.9 * ags.capacity(temperature)[1]
    below, above = (
        Replicas(1000, 2, 2, temperature=temperature).recall([round(load * 1000)] * 100).overlap
        for load in (inside, outside)
    )
    assert float((below > least).double().mean()) > 0.95
    assert float((above > least).double().mean()) < 0.05
    assert float(below.median()) == pytest.approx(ags.overlap(inside, temperature), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("units", "low", "high"), [(1000, 0.14, 0.17), (2000, 0.138, 0.16)])
def test_capacity(units: int, low: float, high: float) -> None:
    """H3: half are recalled with m > .95 at a load that nears .138 as N grows."""
    loads = [0.13, 0.14, 0.15, 0.16, 0.17, 0.18]
    tally, hits = Tally(len(loads)), np.zeros(len(loads))
    supply = Replicas(units, 1, 1)
    for place, load in enumerate(loads):
        for overlap in supply.recall([round(load * units)] * 400).overlap.tolist():
            tally.add(place, overlap)
            hits[place] += overlap > 0.95
    found = crossing(loads, *shares(hits, tally.counts))
    assert low < found.place < high
    assert found.error < 0.003


def test_heat_is_given_time() -> None:
    """Ten times the sweeps give the same mean where memories are stable."""

    def mean(warming: int, measured: int) -> float:
        networks = [Network(800, 12, seed) for seed in range(40)]
        return float(np.mean([network.run(0.5, warming, measured) for network in networks]))

    assert mean(WARMING, MEASURED) == pytest.approx(mean(10 * WARMING, MEASURED), abs=2e-3)
