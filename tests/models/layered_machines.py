"""Layered machines small enough that every state of all layers together is enumerated, from the definition alone."""

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Couplings
from server.models.rbm import binary_states
from tests.models.small_machines import seeded


def layered(
    *layers: int,
    seed: int = 0,
    spread: float = 1.0,
    temperature: float = 1.0,
    lateral: bool = False,
    dtype: torch.dtype = torch.float64,
) -> Boltzmann:
    """Weights ~ N(0, spread²), biases ~ N(0, 1)."""
    machine = Boltzmann.random(
        layers, seeded(seed), spread=spread, temperature=temperature, lateral=lateral, dtype=dtype
    )
    for bias in machine.couplings.biases:
        bias.normal_(generator=seeded(seed + 1))
    return machine


def every_state(couplings: Couplings) -> list[Tensor]:
    """All 2^N states of N units in all, (2^N, n_l) float64 for each layer, counting up in binary."""
    return list(torch.split(binary_states(sum(couplings.layers)).double(), list(couplings.layers), dim=1))


def every_energy(couplings: Couplings) -> Tensor:
    """E of `every_state`, (2^N,) float64: −Σ b·s − Σ s W s' between neighbours − ½ Σ s W s within."""
    states = every_state(couplings)
    energy = torch.zeros(len(states[0]), dtype=torch.float64)
    for state, bias in zip(states, couplings.biases, strict=True):
        energy -= state @ bias.double()
    for lower, upper, weights in zip(states, states[1:], couplings.between, strict=False):
        energy -= ((lower @ weights.double()) * upper).sum(1)
    for state, links in zip(states, couplings.within, strict=True):
        if links is not None:
            energy -= ((state @ links.double()) * state).sum(1) / 2
    return energy


def log_partition(machine: Boltzmann) -> float:
    """ln Σ exp(−E / T) over all states."""
    return float((-every_energy(machine.couplings) / machine.temperature).logsumexp(0))
