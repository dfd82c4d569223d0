"""The square lattice solved exactly: L. Onsager's infinite one, and B. Kaufman's torus of any finite side.

Zero field, J = 1, Boltzmann's constant 1, energies per spin. K = 1/T.

Sources: L. Onsager, Phys. Rev. 65 (1944) 117 (energy, specific heat); C. N. Yang, Phys. Rev. 85 (1952) 808
(magnetisation); B. Kaufman, Phys. Rev. 76 (1949) 1232; A. Ferdinand, M. Fisher, Phys. Rev. 185 (1969) 832.
"""

from __future__ import annotations

from math import inf, log, pi, sinh, sqrt, tanh

import torch
from scipy.special import ellipe, ellipkm1
from torch import Tensor
from torch.nn.functional import softplus

CRITICAL = 2 / log(1 + sqrt(2))
"""T_c = 2.269…: sinh(2/T_c) = 1."""


def _steepness(temperature: float) -> float:
    """κ' = 2 tanh²(2K) − 1: the complementary modulus, 0 at T_c, with κ² = 1 − κ'²."""
    return 2 * tanh(2 / temperature) ** 2 - 1


def energy(temperature: float) -> float:
    """E/N = −coth(2K) [1 + (2/π) κ' K₁(κ)] of the infinite lattice; −√2 at T_c."""
    steepness = _steepness(temperature)
    # κ' K₁ → 0 at T_c, where K₁ itself is infinite
    elliptic = steepness * float(ellipkm1(steepness**2)) if steepness else 0.0
    return -(1 + 2 / pi * elliptic) / tanh(2 / temperature)


def specific_heat(temperature: float) -> float:
    """C/N = (2/π) (K coth 2K)² {2 K₁(κ) − 2 E₁(κ) − (1 − κ') [π/2 + κ' K₁(κ)]}; infinite at T_c."""
    steepness = _steepness(temperature)
    if not steepness:
        return inf
    first, second = float(ellipkm1(steepness**2)), float(ellipe(1 - steepness**2))
    bracket = 2 * first - 2 * second - (1 - steepness) * (pi / 2 + steepness * first)
    return 2 / pi * (1 / (temperature * tanh(2 / temperature))) ** 2 * bracket


def magnetisation(temperature: float) -> float:
    """|M|/N = (1 − sinh⁻⁴ 2K)^(1/8) of the infinite lattice below T_c, 0 above."""
    if temperature >= CRITICAL:
        return 0.0
    inverse = 1 / sinh(2 / temperature) if temperature > 0.01 else 0.0  # sinh overflows; the result is 1 anyway
    return float(max(0.0, 1 - inverse**4) ** 0.125)


def correlation_length(temperature: float) -> float:
    """ξ along a row, in links: how far one spin's will is felt; infinite at T_c.

    1/ξ = ln coth K − 2K above T_c, and twice 2K − ln coth K below.
    """
    inverse = log(1 / tanh(1 / temperature)) - 2 / temperature
    if inverse == 0:
        return inf
    return 1 / inverse if inverse > 0 else -0.5 / inverse


def _log_partition(side: int, couplings: Tensor) -> Tensor:
    """ln Z of the L×L torus for couplings K (k,); (k,).

    Z = ½ (2 sinh 2K)^(N/2) [Π 2cosh + Π 2sinh + Π 2cosh + Π 2sinh](L γ_r / 2), the first two products over odd r and
    the others over even r < 2L, with cosh γ_r = cosh 2K coth 2K − cos(πr/L) and γ_0 = 2K + ln tanh K, which is
    negative above T_c. Each Π sinh is its Π cosh times Π tanh.
    """
    r = torch.arange(1, 2 * side, dtype=torch.float64)
    twice = 2 * couplings.unsqueeze(1)
    first = side / 2 * (twice + torch.tanh(twice / 2).log())
    others = side / 2 * torch.acosh(twice.cosh() / twice.tanh() - torch.cos(pi * r / side))
    odd, even = others[:, ::2], others[:, 1::2]
    odd_cosh, even_cosh = _log_cosh(odd), _log_cosh(even) + _log_cosh(first)
    odd_tanh, even_tanh = _log_tanh(odd).exp(), _log_tanh(even).exp() * first.squeeze(1).tanh()
    together = odd_cosh + torch.log(1 + odd_tanh + torch.exp(even_cosh - odd_cosh) * (1 + even_tanh))
    return side * side / 2 * torch.log(2 * torch.sinh(2 * couplings)) - log(2) + together


def _log_cosh(half: Tensor) -> Tensor:
    """ln Π 2cosh over a row, without overflow in any derivative."""
    return (half + softplus(-2 * half, threshold=50)).sum(1)


def _log_tanh(half: Tensor) -> Tensor:
    """ln Π tanh over a row of positive numbers."""
    return half.tanh().log().sum(1)


def torus(side: int, temperatures: Tensor) -> tuple[Tensor, Tensor]:
    """E/N = −∂ ln Z/∂K / N and C/N = K² ∂² ln Z/∂K² / N of the L×L torus, exactly; (k,) each, for T (k,)."""
    temperatures = temperatures.double()
    couplings = (1 / temperatures).requires_grad_()
    (slopes,) = torch.autograd.grad(_log_partition(side, couplings).sum(), couplings, create_graph=True)
    (bends,) = torch.autograd.grad(slopes.sum(), couplings)
    return -slopes.detach() / side**2, bends / (side * temperatures) ** 2
