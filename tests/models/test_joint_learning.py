"""Joint learning of a deep machine against autograd of the bound, and against the exact likelihood."""

import pytest
import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Couplings
from server.models.dbm import elbo, log_likelihood, log_partition, mean_field
from server.models.joint_learning import Learner
from server.models.patterns import bars_and_stripes
from tests.models.deep_machines import deep, log_weights, pictures
from tests.models.small_machines import TEMPERATURES, seeded

SHAPES = [(5, 4, 3), (4, 3, 2, 3)]
shapes = pytest.mark.parametrize("layers", SHAPES, ids=str)


def slope(machine: Boltzmann, data: Tensor, *, model: bool) -> Tensor:
    """∂ mean ELBO / ∂ couplings by autograd at fixed μ, with or without −ln Z, which is summed over all states."""
    means = mean_field(machine, data, sweeps=10, tolerance=1e-3).means
    leaf = machine.couplings.flat.clone().requires_grad_()
    copy = Boltzmann(Couplings.over(leaf, machine.couplings.layers), machine.temperature)
    value = elbo(copy, means, log_weights(copy).flatten().logsumexp(0) if model else 0.0).mean()
    (found,) = torch.autograd.grad(value, leaf)
    return found


@shapes
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_data_part_equals_autograd_of_the_bound(layers: tuple[int, ...], temperature: float) -> None:
    machine, data = deep(layers, seed=1, temperature=temperature), pictures(layers[0], seed=2)
    learner = Learner(machine, seeded(0))
    learner.positive(data)
    assert torch.allclose(learner.gradient.flat, slope(machine, data, model=False), atol=1e-12)


@shapes
def test_many_chains_approach_the_gradient_of_the_bound(layers: tuple[int, ...]) -> None:
    machine, data = deep(layers, seed=1, spread=0.7), pictures(layers[0], seed=2)
    learner = Learner(machine, seeded(3), particles=20_000)
    distances = []
    for sweeps in (1, 60):
        learner.positive(data)
        learner.negative(sweeps)
        distances.append(float((learner.gradient.flat - slope(machine, data, model=True)).abs().max()))
    assert distances[1] < 0.02 < distances[0]


def test_the_centred_step_is_the_gradient_in_centred_coordinates() -> None:
    """E written with s − m has weights W and biases b + W m; a step along its gradient, carried back."""
    machine, data = deep((4, 3, 2), seed=4), pictures(4, seed=5)
    learner = Learner(machine, seeded(0), learning_rate=1.0)
    learner.positive(data)
    means = learner.means
    gradient = Couplings.over(learner.gradient.flat.clone(), (4, 3, 2))
    old = Couplings.over(machine.couplings.flat.clone(), (4, 3, 2))

    def plain(flat: Tensor) -> Tensor:
        """From centred coordinates to the machine's own."""
        centred = Couplings.over(flat, (4, 3, 2))
        (w, u), (a, b, c) = centred.between, centred.biases
        m, n, o = means
        biases = (a - w @ n, b - w.T @ m - u @ o, c - u.T @ n)
        return torch.cat([w.flatten(), u.flatten(), *biases])

    columns = [plain(unit) for unit in torch.eye(len(old.flat), dtype=torch.float64)]  # it is linear
    jacobian = torch.stack(columns, 1)
    learner.update()
    expected = jacobian @ (jacobian.T @ gradient.flat)
    assert torch.allclose(machine.couplings.flat - old.flat, expected, atol=1e-12)


def test_momentum_and_decay_act_on_the_step() -> None:
    machine, data = deep((4, 3, 2), seed=4), pictures(4, seed=5)
    learner = Learner(machine, seeded(0), learning_rate=0.1, momentum=0.5, weight_decay=0.2)
    learner.positive(data)
    learner.gradient.flat.zero_()
    learner.velocity.fill_(1.0)
    before = Couplings.over(machine.couplings.flat.clone(), (4, 3, 2))
    learner.update()
    after = machine.couplings
    for new, old in zip(after.between, before.between, strict=True):
        assert torch.allclose(new, old + 0.5 - 0.1 * 0.2 * old)
    for new, old in zip(after.biases, before.biases, strict=True):
        assert torch.allclose(new, old + 0.5, atol=1e-12)


@pytest.mark.parametrize("layers", [(9, 6, 4), (9, 5, 4, 4)], ids=str)
def test_learning_raises_the_exact_likelihood(layers: tuple[int, ...]) -> None:
    data = bars_and_stripes(3)
    machine = Boltzmann.random(layers, seeded(1), spread=0.1)
    learner = Learner(machine, seeded(2), learning_rate=0.1, momentum=0.5)
    first = float(log_likelihood(machine, data).mean())
    for _ in range(600):
        learner.positive(data)
        learner.negative(3)
        learner.update()
    last = float(log_likelihood(machine, data).mean())
    assert first == pytest.approx(-6.24, abs=0.1)  # nine fair coins: 9 ln 2
    assert last > first + 1.0
    assert float(elbo(machine, mean_field(machine, data).means, log_partition(machine)).mean()) <= last
