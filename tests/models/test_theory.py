"""Closed forms against the literature's numbers, against sampling, and against each other."""

from math import sqrt, tanh

import pytest
import torch

from server.models import theory
from server.models.rules import hebb

# D. Amit, H. Gutfreund, H. Sompolinsky, Annals of Physics 173 (1987) 30
CAPACITY, OVERLAP_AT_CAPACITY = 0.13791, 0.96742


def test_capacity() -> None:
    load, overlap = theory.capacity()
    assert load == pytest.approx(CAPACITY, abs=1e-5)
    assert overlap == pytest.approx(OVERLAP_AT_CAPACITY, abs=1e-5)


@pytest.mark.parametrize(("load", "expected"), [(0.10, 0.9980), (0.12, 0.9932)])
def test_overlap(load: float, expected: float) -> None:
    assert theory.overlap(load) == pytest.approx(expected, abs=5e-5)


def test_overlap_falls_with_load_and_jumps_to_nothing() -> None:
    loads = [0.0, 0.01, 0.05, 0.1, 0.137]
    overlaps = [theory.overlap(load) for load in loads]
    assert overlaps == sorted(overlaps, reverse=True)
    assert overlaps[0] == 1.0
    assert theory.overlap(0.1380) == 0.0
    assert theory.overlap(0.1379) == pytest.approx(OVERLAP_AT_CAPACITY, abs=1e-2)


@pytest.mark.parametrize(("load", "expected"), [(0.138, 0.00355), (0.185, 0.01004)])
def test_bit_error(load: float, expected: float) -> None:
    assert theory.bit_error(load) == pytest.approx(expected, rel=5e-3)
    assert theory.bit_error(0.0) == 0.0


@pytest.mark.parametrize("temperature", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_warm_overlap_solves_its_equation(temperature: float) -> None:
    m = theory.warm_overlap(temperature)
    assert m > 0.01
    assert m == pytest.approx(tanh(m / temperature), abs=1e-9)


def test_warm_overlap_at_its_ends() -> None:
    assert theory.warm_overlap(0.5) == pytest.approx(0.9575, abs=5e-5)
    assert theory.warm_overlap(0.0) == 1.0
    assert theory.warm_overlap(1.0) == 0.0


@pytest.mark.parametrize(("units", "patterns"), [(50, 1), (50, 5), (200, 20), (400, 6), (1000, 3)])
def test_energy_of_stored_patterns(units: int, patterns: int) -> None:
    """H5: over many draws, the mean and the spread are the closed forms (6 standard errors)."""
    generator = torch.Generator().manual_seed(units + patterns)
    samples = []
    for _ in range(20_000 // units):
        stored = torch.randint(0, 2, (patterns, units), generator=generator) * 2 - 1
        samples.append(hebb(stored).energy(stored[0]) / units)
    sample = torch.stack(samples)
    mean, spread = theory.stored_energy(units, patterns)
    assert float(sample.mean()) == pytest.approx(mean, abs=6 * spread / sqrt(len(sample)) + 1e-12)
    assert spread == pytest.approx(sqrt((patterns - 1) / 2) / units, rel=1 / units)
    if patterns > 1:
        assert float(sample.std()) == pytest.approx(spread, rel=6 * sqrt(3 / len(sample)))
