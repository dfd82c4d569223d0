"""The theory of memories under heat and load, against its own equations solved another way and the literature."""

from collections.abc import Callable
from math import exp, inf, pi, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from server.models import ags, theory

temperatures = pytest.mark.parametrize("temperature", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9])


def gaussian_mean(f: Callable[[float], float]) -> float:
    """∫Dz f(z), adaptively."""
    return quad(lambda z: f(z) * exp(-z * z / 2) / sqrt(2 * pi), -9, 9, epsabs=1e-11, limit=400, points=[0.0])[0]


def iterated(load: float, temperature: float, rounds: int) -> float:
    """m after so many rounds of inserting m, q and r into the right-hand sides, from m = q = 1.

    0 once (1 − q)/T passes 1, where the noise has grown beyond all bounds: what solves them from there on is no state.
    """
    z = np.linspace(-9, 9, 3001)
    weights = np.exp(-z * z / 2) / sqrt(2 * pi) * (z[1] - z[0])
    m, q = 1.0, 1.0
    for _ in range(rounds):
        if (1 - q) / temperature >= 1:
            return 0.0
        r = q / (1 - (1 - q) / temperature) ** 2
        activity = np.tanh((m + sqrt(load * r) * z) / temperature)
        m, q = float(activity @ weights), float(activity**2 @ weights)
    return m


@temperatures
@pytest.mark.parametrize("ratio", [1.51, 2.0, 5.0])
def test_states_solve_the_three_equations(ratio: float, temperature: float) -> None:
    load, m, q, noise = (float(values[0]) for values in ags.states(np.array([ratio]), temperature))
    assert m == pytest.approx(gaussian_mean(lambda z: tanh((m + noise * z) / temperature)), abs=1e-8)
    assert q == pytest.approx(gaussian_mean(lambda z: tanh((m + noise * z) / temperature) ** 2), abs=1e-8)
    assert noise**2 == pytest.approx(load * q / (1 - (1 - q) / temperature) ** 2, rel=1e-8)


@settings(max_examples=20)
@given(st.floats(0.02, 0.9), st.floats(0.05, 0.9))
def test_overlap_is_where_iteration_ends(temperature: float, part: float) -> None:
    load = part * ags.capacity(temperature)[0]
    assert ags.overlap(load, temperature) == pytest.approx(iterated(load, temperature, 500), abs=1e-6)


@temperatures
def test_capacity_parts_memory_from_none(temperature: float) -> None:
    load, least = ags.capacity(temperature)
    assert iterated(0.98 * load, temperature, 500) > least
    assert iterated(1.02 * load, temperature, 1000) < 0.5 * least
    assert ags.overlap(1.001 * load, temperature) == 0.0


def test_literature() -> None:
    """H7, and α_c with m_c at T = 0."""
    assert ags.overlap(0.05, 0.4) == pytest.approx(0.9662, abs=5e-5)
    assert ags.overlap(0.0, 0.5) == pytest.approx(0.9575, abs=5e-5)
    assert ags.capacity(0.0) == pytest.approx((0.13791, 0.96742), abs=1e-5)


@pytest.mark.parametrize("load", [0.0, 0.02, 0.1, 0.135])
def test_cold_joins_the_closed_form(load: float) -> None:
    assert ags.overlap(load, 0.0) == theory.overlap(load)
    assert ags.overlap(load, 1.01 * ags.COLD) == pytest.approx(theory.overlap(load), abs=2e-4)
    assert ags.capacity(1.01 * ags.COLD) == pytest.approx(theory.capacity(), abs=1e-4)


def test_a_little_heat_lets_memories_hold_a_little_more() -> None:
    """Re-entrance (Naef and Canning 1992): the capacity peaks at a small T > 0."""
    assert ags.capacity(0.02)[0] > ags.capacity(0.0)[0] + 1e-4
    assert ags.capacity(0.1)[0] < ags.capacity(0.0)[0]


def test_close_to_one_the_capacity_closes_as_a_square() -> None:
    """T_M = 1 − 1.95 √α for small α (AGS 1987)."""
    load, _ = ags.capacity(0.999)
    assert 0.001 / sqrt(load) == pytest.approx(1.95, abs=0.01)
    assert ags.capacity(1.0) == (0.0, 0.0)
    assert ags.overlap(0.01, 1.2) == 0.0


@pytest.mark.parametrize("temperature", [0.0, 0.3, 0.9])
def test_the_branch_to_draw_runs_from_no_load_to_capacity(temperature: float) -> None:
    branch = ags.branch(temperature)
    assert branch[0] == pytest.approx((0.0, theory.warm_overlap(temperature)))
    assert branch[-1] == pytest.approx(ags.capacity(temperature))
    assert (np.diff(branch[:, 0]) > 0).all()
    assert (np.diff(branch[:, 1]) <= 0).all()
    for load, m in branch[1:-1:10]:
        assert ags.overlap(float(load), temperature) == pytest.approx(float(m), abs=1e-8)
    assert (ags.branch(inf) == 0).all()
