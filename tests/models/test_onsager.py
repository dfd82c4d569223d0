"""The exact solutions against enumeration, derivatives and known values."""

from math import exp, inf, log, pi, sqrt

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ellipk

from server.models import onsager
from tests.models import small_magnet

TEMPERATURES = [0.5, 1.0, 1.7, 2.0, 2.2, 2.25, 2.3, 2.5, 3.0, 5.0]


def torus(side: int, temperature: float) -> tuple[float, float]:
    energies, heats = onsager.torus(side, torch.tensor([temperature], dtype=torch.float64))
    return float(energies), float(heats)


def free_energy(temperature: float) -> float:
    """f = −T [½ ln 2 + (1/2π) ∫₀^π ln(cosh² 2K + sinh 2K √(…))]: Onsager's integral, no elliptic function in it."""
    coupling = torch.tensor(1 / temperature, dtype=torch.float64)
    cosh, sinh = float(torch.cosh(2 * coupling)), float(torch.sinh(2 * coupling))
    modulus = 1 / sinh**2

    def integrand(angle: float) -> float:
        root = sqrt(1 + modulus**2 - 2 * modulus * float(torch.cos(torch.tensor(2 * angle, dtype=torch.float64))))
        return log(cosh**2 + root / modulus)

    return -temperature * (log(2) / 2 + quad(integrand, 0, pi, epsabs=1e-13, epsrel=1e-13)[0] / (2 * pi))


def test_known_values() -> None:
    assert pytest.approx(2.269185314213022) == onsager.CRITICAL
    assert onsager.magnetisation(2.0) == pytest.approx(0.91132, abs=5e-6)
    assert onsager.energy(onsager.CRITICAL) == pytest.approx(-sqrt(2))
    assert onsager.magnetisation(onsager.CRITICAL) == 0.0
    assert onsager.specific_heat(onsager.CRITICAL) in (inf, pytest.approx(18, abs=2))


@pytest.mark.parametrize("temperature", [1.5, 2.0, 2.6, 4.0])
def test_the_energy_is_the_slope_of_the_free_energy(temperature: float) -> None:
    """E = ∂(βf)/∂β."""
    beta, step = 1 / temperature, 1e-4
    slope = ((beta + step) * free_energy(1 / (beta + step)) - (beta - step) * free_energy(1 / (beta - step))) / (
        2 * step
    )
    assert onsager.energy(temperature) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_specific_heat_is_the_slope_of_the_energy(temperature: float) -> None:
    step = 1e-5
    slope = (onsager.energy(temperature + step) - onsager.energy(temperature - step)) / (2 * step)
    assert onsager.specific_heat(temperature) == pytest.approx(slope, rel=1e-5, abs=1e-9)


@given(st.floats(0.1, 5).filter(lambda temperature: abs(temperature - onsager.CRITICAL) > 0.01))
def test_the_elliptic_form_that_does_not_break_at_the_critical_point_is_the_usual_one(temperature: float) -> None:
    k = torch.tensor(2 / temperature, dtype=torch.float64)
    modulus = float(2 * torch.sinh(k) / torch.cosh(k) ** 2)
    usual = -(1 + 2 / pi * float(2 * torch.tanh(k) ** 2 - 1) * float(ellipk(modulus**2))) / float(torch.tanh(k))
    assert onsager.energy(temperature) == pytest.approx(usual, rel=1e-7)


def test_the_magnetisation_falls_with_an_eighth_root() -> None:
    values = [onsager.magnetisation(t) for t in (0.001, 0.1, 1.0, 2.0, 2.26, 2.2691, 2.3, 5.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] == values[1] == 1.0
    near, nearer = (onsager.magnetisation(onsager.CRITICAL * (1 - distance)) for distance in (1e-5, 1e-7))
    assert log(near / nearer) / log(100) == pytest.approx(1 / 8, abs=1e-4)


def test_the_correlation_length_is_dual() -> None:
    """Above T_c it is twice that at the dual temperature below, sinh 2K sinh 2K* = 1."""
    for temperature in (2.3, 2.6, 4.0):
        dual = 2 / torch.asinh(1 / torch.sinh(torch.tensor(2 / temperature, dtype=torch.float64)))
        above, below = onsager.correlation_length(temperature), onsager.correlation_length(float(dual))
        assert above == pytest.approx(2 * below)
    assert onsager.correlation_length(onsager.CRITICAL) > 1e9


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.0, 2.269185, onsager.CRITICAL, 3.0, 5.0])
def test_the_torus_is_the_enumerated_one(temperature: float) -> None:
    energy, specific_heat = torus(small_magnet.SIDE, temperature)
    exact = small_magnet.exact(temperature)
    assert energy == pytest.approx(exact.energy, abs=1e-12)
    assert specific_heat == pytest.approx(exact.specific_heat, abs=1e-10)


def test_the_reference_values_of_the_smallest_lattice() -> None:
    """REFERENCE_VALUES I1."""
    for temperature, energy, magnetisation in ((2.0, -1.75538, 0.91894), (2.269185, -1.56562, 0.84386)):
        exact = small_magnet.exact(temperature)
        assert exact.energy == pytest.approx(energy, abs=5e-6)
        assert exact.magnetisation == pytest.approx(magnetisation, abs=5e-6)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 1.9, 2.7, 5.0])
def test_a_large_torus_is_the_infinite_lattice_away_from_the_critical_point(temperature: float) -> None:
    energy, specific_heat = torus(512, temperature)
    assert energy == pytest.approx(onsager.energy(temperature), abs=1e-9)
    assert specific_heat == pytest.approx(onsager.specific_heat(temperature), abs=1e-9)


def test_at_the_critical_point_the_torus_lies_below_by_one_over_its_side() -> None:
    """E/N = −√2 − 2/L · θ₂θ₃θ₄/(θ₂ + θ₃ + θ₄), theta functions at q = exp(−π): Ferdinand and Fisher (1969)."""
    q = exp(-pi)
    second = 2 * sum(q ** ((n + 0.5) ** 2) for n in range(9))
    third = 1 + 2 * sum(q ** (n * n) for n in range(1, 9))
    fourth = 1 + 2 * sum((-1) ** n * q ** (n * n) for n in range(1, 9))
    correction = 2 * second * third * fourth / (second + third + fourth)
    for side in (64, 128, 512):
        assert (torus(side, onsager.CRITICAL)[0] + sqrt(2)) * side == pytest.approx(-correction, abs=3 / side**2)


def test_many_temperatures_at_once_are_each_alone() -> None:
    temperatures = torch.tensor([1.0, 2.2, onsager.CRITICAL, 3.0], dtype=torch.float64)
    energies, heats = onsager.torus(32, temperatures)
    for temperature, energy, heat in zip(temperatures.tolist(), energies.tolist(), heats.tolist(), strict=True):
        assert (energy, heat) == pytest.approx(torus(32, temperature))
