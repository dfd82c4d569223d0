"""Ising's magnet: spins s = ±1 on a square lattice with periodic borders, linked to their four neighbours.

E(s) = −J Σ_<ij> s_i s_j − B Σ_i s_i, J = 1: a Hopfield network whose weights are 1 between neighbours and 0
elsewhere, with threshold θ = −B. Heat acts by the same rule, p(on) = 1/(1 + exp(−2h/T)), h_i = Σ_j s_j + B.

Single-spin rules sweep the checkerboard: all black squares decide, then all white ones. No two squares of a
colour are neighbours, so deciding at once is deciding one after another; and each decision alone leaves
Boltzmann's distribution as it is (detailed balance), so a sweep does.

Sources: E. Ising, Z. Physik 31 (1925) 253; R. J. Glauber, J. Math. Phys. 4 (1963) 294; N. Metropolis et al.,
J. Chem. Phys. 21 (1953) 1087; U. Wolff, Phys. Rev. Lett. 62 (1989) 361.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models.kernels import clusters, lattice

Dynamics = Literal["glauber", "metropolis", "wolff"]

SMALLEST, LARGEST = 4, 512
SETTLING = 100
"""Sweeps after a change in which Wolff's clusters per sweep are found; measurements leave them out."""


class Sweeps(NamedTuple):
    """What n sweeps ended in, one row each; exact whole numbers."""

    agreement: Tensor  # (n,) int64, Σ_<ij> s_i s_j over the 2 L² links
    magnetisation: Tensor  # (n,) int64, Σ_i s_i


class Lattice:
    """Spins (L, L) of ±1, int8, that sweep under heat and a field.

    All chance comes from ``seed``, so ``update(3); update(4)`` is bit for bit ``update(7)``.

    Raises ValueError if the spins are not a square of ±1 with an even side from 4 to 512, or T is not
    positive.
    """

    def __init__(self, spins: Tensor, seed: int, *, temperature: float = 1.0, field: float = 0.0) -> None:
        words = np.random.SeedSequence(seed).generate_state(4 * lattice.LANES + 1, np.uint64)
        self._randomness = words[:1].astype(np.uint64)
        self._lanes = words[1:].astype(np.uint32).reshape(4, lattice.LANES)
        self._pace = np.array([float(SETTLING), 1.0])
        self.temperature = temperature
        self.field = field
        self.spins = spins

    @property
    def spins(self) -> Tensor:
        """The state (L, L), int8."""
        return self._spins.clone()

    @spins.setter
    def spins(self, spins: Tensor) -> None:
        side = spins.shape[0]
        if spins.shape != (side, side) or side % 2 or not SMALLEST <= side <= LARGEST:
            raise ValueError(
                f"The lattice must be a square with an even side from {SMALLEST} to {LARGEST}, so that its "
                f"checkerboard closes; not {tuple(spins.shape)}."
            )
        if not bool((spins.abs() == 1).all()):
            raise ValueError("Every spin must be +1 or −1.")
        self._spins = spins.to(torch.int8, copy=True, memory_format=torch.contiguous_format)
        self._settle()

    @property
    def temperature(self) -> float:
        """T > 0, in units of J."""
        return self._temperature

    @temperature.setter
    def temperature(self, temperature: float) -> None:
        if not temperature > 0:
            raise ValueError(f"The temperature must be above 0, not {temperature}.")
        self._temperature = temperature
        self._settle()

    @property
    def field(self) -> float:
        """B, the same for all spins."""
        return self._field

    @field.setter
    def field(self, field: float) -> None:
        self._field = field
        self._settle()

    def _settle(self) -> None:
        self._pace[0] = SETTLING

    @property
    def totals(self) -> tuple[int, int]:
        """Σ_<ij> s_i s_j and Σ_i s_i of the present state."""
        return lattice.measure(self._spins.numpy())

    @property
    def energy(self) -> float:
        """E of the present state."""
        agreement, magnetisation = self.totals
        return -agreement - self._field * magnetisation

    def update(self, sweeps: int, dynamics: Dynamics = "glauber", drive: Tensor | None = None) -> Sweeps:
        """Do so many sweeps. ``drive`` (sweeps,) is added to the field, one number for each sweep.

        A sweep of "wolff" is as many clusters as visit about L² spins (`clusters.wolff`).
        """
        out = Sweeps(torch.empty(sweeps, dtype=torch.int64), torch.empty(sweeps, dtype=torch.int64))
        fields = np.full(sweeps, self._field) + (0.0 if drive is None else drive.double().numpy())
        measured = (out.agreement.numpy(), out.magnetisation.numpy())
        spins = self._spins.numpy()
        if dynamics == "wolff":
            clusters.wolff(spins, self._temperature, fields, self._randomness, self._pace, *measured)
        else:
            rule = lattice.GLAUBER if dynamics == "glauber" else lattice.METROPOLIS
            lattice.checkerboard(spins, self._temperature, fields, rule, self._lanes, *measured)
        return out


def random_spins(side: int, generator: torch.Generator) -> Tensor:
    """(L, L) int8: every spin up or down with equal chance."""
    return 2 * torch.randint(0, 2, (side, side), generator=generator, dtype=torch.int8) - 1


def sweep_together(spins: Tensor, temperature: float, field: float, generator: torch.Generator) -> None:
    """One Glauber sweep of many lattices (…, L, L) of ±1 at once, in place, on the spins' own device."""
    rows, columns = (torch.arange(size, device=spins.device) for size in spins.shape[-2:])
    black = (rows.unsqueeze(1) + columns) % 2 == 0
    for colour in (black, ~black):
        neighbours = sum((spins.roll(step, axis) for step in (1, -1) for axis in (-2, -1)), torch.zeros_like(spins))
        chance = torch.sigmoid(2 * (neighbours.float() + field) / temperature)
        drawn = torch.rand(spins.shape, generator=generator, device=spins.device)
        decided = 2 * (drawn < chance).to(spins.dtype) - 1
        spins.copy_(torch.where(colour, decided, spins))
