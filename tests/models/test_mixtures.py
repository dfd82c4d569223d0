"""Mixtures: the published temperatures, the curvature by automatic differentiation, and real networks (H6)."""

from itertools import product

import pytest
import torch
from torch import Tensor

from server.models import mixtures

EXTRA = 1
"""Memories beside those in the mixture, towards which it might fall."""


def free_energy(m: Tensor, temperature: float) -> Tensor:
    """f = m²/2 − T ⟨ln 2cosh(m·ξ/T)⟩ over all signs ξ."""
    signs = torch.tensor(list(product([-1.0, 1.0], repeat=len(m))), dtype=torch.float64)
    fields = signs @ m / temperature
    return m @ m / 2 - temperature * torch.logaddexp(fields, -fields).mean()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("temperature", [0.1, 0.3, 0.45, 0.6, 0.9])
def test_mixtures_are_stationary_with_the_curvature_of_the_free_energy(count: int, temperature: float) -> None:
    m = torch.tensor([mixtures.overlap(count, temperature)] * count + [0.0] * EXTRA, dtype=torch.float64)
    m.requires_grad_()
    (slope,) = torch.autograd.grad(free_energy(m, temperature), m, create_graph=True)
    assert float(slope.detach().abs().max()) < 1e-9
    curvature = torch.stack([torch.autograd.grad(each, m, retain_graph=True)[0] for each in slope])
    least = float(torch.linalg.eigvalsh(curvature).min())
    assert mixtures.stability(count, temperature) == pytest.approx(least, abs=1e-8)


def test_three_mix_with_overlap_one_half() -> None:
    assert mixtures.overlap(3, 0.0) == 0.5
    assert mixtures.energy(3) == -0.375
    assert mixtures.energy(1) == -0.5


@pytest.mark.parametrize(("count", "expected"), [(3, 0.461), (5, 0.385)])
def test_odd_mixtures_melt_where_published(count: int, expected: float) -> None:
    """Amit, Gutfreund, Sompolinsky 1985, section III."""
    assert mixtures.melting(count) == pytest.approx(expected, abs=2e-3)
    assert mixtures.stability(count, mixtures.melting(count) - 0.05) > 0
    assert mixtures.stability(count, mixtures.melting(count) + 0.05) < 0


@pytest.mark.parametrize("count", [2, 4, 6])
def test_even_mixtures_are_never_stable(count: int) -> None:
    assert all(mixtures.stability(count, temperature) < 0 for temperature in (0.05, 0.2, 0.5, 0.9))


@pytest.mark.parametrize(("count", "seed"), [(3, 1), (3, 2), (5, 1)])
def test_a_real_network_rests_in_the_mixture(count: int, seed: int) -> None:
    """N = 4000: overlaps, energy per unit, and every field on the side of its unit."""
    units = 4000
    generator = torch.Generator().manual_seed(seed)
    patterns = (torch.randint(0, 2, (count, units), generator=generator) * 2 - 1).double()
    state = patterns.sum(0).sign()
    m = patterns @ state / units
    assert float((m - mixtures.overlap(count, 0.0)).abs().max()) < 5 / units**0.5
    assert float(-m @ m / 2) == pytest.approx(mixtures.energy(count), abs=5 / units**0.5)
    fields = m @ patterns - count / units * state
    assert bool((state * fields > 0).all())
