"""Deep machines small enough to be enumerated whole, state by state, for the tests of deep Boltzmann machines."""

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann
from server.models.rbm import binary_states
from tests.models.small_machines import seeded


def deep(layers: tuple[int, ...], seed: int = 0, *, spread: float = 1.0, temperature: float = 1.0) -> Boltzmann:
    """Weights and biases ~ N(0, spread²), float64."""
    machine = Boltzmann.random(layers, seeded(seed), temperature=temperature, dtype=torch.float64)
    machine.couplings.flat.normal_(generator=seeded(seed)).mul_(spread)
    return machine


def pictures(units: int, seed: int, count: int = 6) -> Tensor:
    return torch.rand(count, units, generator=seeded(seed), dtype=torch.float64).round()


def log_weights(machine: Boltzmann) -> Tensor:
    """−E / T of every state of the one-matrix form, (2^visible, 2^hidden): knows nothing of layers."""
    weights, biases = machine.whole()
    states = binary_states(len(biases)).double()
    energies = -0.5 * ((states @ weights) * states).sum(1) - states @ biases
    return (-energies / machine.temperature).view(2 ** machine.couplings.layers[0], -1)
