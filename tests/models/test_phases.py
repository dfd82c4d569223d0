"""The phase diagram: free energies are stationary at the states, and the lines lie where those say."""

from math import sqrt

import numpy as np
import pytest
from scipy.optimize import brentq

from server.models import ags, phases

STEP = 1e-6
POINTS = [(0.05, 0.4), (0.1, 0.2), (0.02, 0.7), (0.13, 0.05)]


def retrieval(load: float, temperature: float) -> tuple[float, float, float]:
    """(m, q, √(αr)) of the recalled state."""
    ratio = brentq(lambda u: ags.states(np.array([u]), temperature).load[0] - load, 1.55, 1000)
    _, overlap, order, noise = (float(values[0]) for values in ags.states(np.array([ratio]), temperature))
    return overlap, order, noise


def slopes(load: float, temperature: float, state: tuple[float, float, float]) -> list[float]:
    """∂f/∂m, ∂f/∂q and ∂f/∂√(αr) by differences."""
    found = []
    for which in range(3):
        up, down = list(state), list(state)
        up[which] += STEP
        down[which] -= STEP
        difference = phases.free_energy(load, temperature, *up) - phases.free_energy(load, temperature, *down)
        found.append(difference / (2 * STEP))
    return found


@pytest.mark.parametrize(("load", "temperature"), POINTS)
def test_free_energy_is_stationary_at_every_state(load: float, temperature: float) -> None:
    assert slopes(load, temperature, retrieval(load, temperature)) == pytest.approx([0, 0, 0], abs=1e-6)
    glassy = (0.0, *phases.frozen(load, temperature))
    assert slopes(load, temperature, glassy) == pytest.approx([0, 0, 0], abs=2e-5)
    assert abs(slopes(load, temperature, (0.5, 0.99, 0.5))[0]) > 0.01


@pytest.mark.parametrize("load", [0.01, 0.05, 0.15, 1.0])
def test_the_glass_melts_at_its_line(load: float) -> None:
    line = phases.glass(load)
    assert line == pytest.approx(1 + sqrt(load))
    assert phases.frozen(load, line) == (0.0, 0.0)
    order, noise = phases.frozen(load, 0.999 * line)
    assert 0 < order < 0.01
    assert noise > 0
    assert phases.frozen(load, 0.01)[0] > 0.98


def test_melting_is_capacity_read_backwards() -> None:
    """H7: T_M(.05) = .542."""
    assert phases.melting(0.05) == pytest.approx(0.542, abs=5e-4)
    for load in (0.01, 0.1, 0.13):
        assert ags.capacity(phases.melting(load))[0] == pytest.approx(load, abs=1e-7)
    assert (phases.melting(0.0), phases.melting(0.2)) == (1.0, 0.0)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 0.9])
def test_memories_are_deepest_below_the_crossover(temperature: float) -> None:
    line = phases.crossover(temperature)
    assert 0 < line < ags.capacity(temperature)[0]
    for part, deeper in ((0.8, True), (1.2, False)):
        load = part * line
        memory = phases.free_energy(load, temperature, *retrieval(load, temperature))
        glass = phases.free_energy(load, temperature, 0.0, *phases.frozen(load, temperature))
        assert (memory < glass) is deeper


def test_the_crossover_starts_at_the_published_load() -> None:
    """α = .051 at T = 0 (AGS 1987)."""
    assert phases.crossover(0.003) == pytest.approx(0.051, abs=1e-3)


def test_lines_to_draw_lie_on_the_lines() -> None:
    for load, temperature in phases.melting_line()[1:-1:6]:
        assert phases.melting(float(load)) == pytest.approx(float(temperature), abs=1e-6)
    for load, temperature in phases.crossover_line()[1::6]:
        assert phases.crossover(float(temperature)) == float(load)
    assert phases.glass_line(0.24)[-1] == pytest.approx((0.24, phases.glass(0.24)))
