"""Annealed importance sampling against ln Z by enumeration of every state."""

from math import log, sqrt

import pytest
import torch
from torch import Tensor

from server.models.annealed import Annealing, base_bias, summed_out
from server.models.boltzmann import Boltzmann, Couplings
from server.models.rbm import binary_states
from tests.models.layered_machines import every_energy, every_state, layered, log_partition
from tests.models.small_machines import TEMPERATURES, seeded

SHAPES = {
    "restricted": ((5, 4), False),
    "deep": ((4, 3, 3), False),
    "deeper": ((3, 2, 4, 2), False),
    "general": ((7,), True),
    "general in layers": ((4, 3), True),
}


def finished(machine: Boltzmann, particles: int, steps: int, seed: int, base: list[Tensor] | None = None) -> Annealing:
    run = Annealing(machine, particles, steps, seeded(seed), base)
    run.run(steps)
    assert run.finished
    return run


def grouped(run: Annealing, size: int) -> tuple[Tensor, Tensor]:
    """ln Z and its error by groups of `size` particles: each group is a run of its own."""
    weights = run.log_weights.view(-1, size)
    known = run.log_partition.value - float(run.log_weights.logsumexp(0)) + log(run.log_weights.numel())
    return weights.logsumexp(1) - log(size) + known, weights.softmax(1).std(1) * sqrt(size)


def two_layer_log_partition(machine: Boltzmann) -> float:
    """ln Z of more units than `log_partition` can take: Σ over the second layer of Π (1 + exp(field / T))."""
    (first, second), (weights,) = machine.couplings.biases, machine.couplings.between
    states = binary_states(len(second)).to(weights)
    fields = (first + states @ weights.T) / machine.temperature
    return float((states @ second / machine.temperature + torch.log1p(fields.exp()).sum(1)).double().logsumexp(0))


def test_reference_machine_has_no_bias_to_speak_of() -> None:
    """R3: 12 × 12 units, W ~ N(0, 1), 1000 inverse temperatures, 100 particles; 40 runs on four machines."""
    found = []
    for seed in range(4):
        machine = Boltzmann.random((12, 12), seeded(seed), spread=1.0)
        values, _ = grouped(finished(machine, 1000, 1000, seed + 10), 100)
        found.append(values - two_layer_log_partition(machine))
    off = torch.cat(found)
    assert abs(float(off.mean())) < 0.01
    assert float(off.std()) < 0.02


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_partition_function_is_unbiased_however_short_the_run(shape: str, temperature: float) -> None:
    """⟨w⟩ itself, not its logarithm: eight steps are far from balance, and the mean over many runs is exact."""
    layers, lateral = SHAPES[shape]
    machine = layered(*layers, seed=3, temperature=temperature, lateral=lateral)
    base = [bias / 2 for bias in machine.couplings.biases]
    run = finished(machine, 20_000, 8, 1, base)
    known = float(sum(torch.log1p((bias / temperature).exp()).sum() for bias in base))
    ratios = (run.log_weights - (log_partition(machine) - known)).exp()
    error = float(ratios.std()) / sqrt(len(ratios))
    assert error < 0.05
    assert abs(float(ratios.mean()) - 1) < 3 * error


@pytest.mark.parametrize("layers", [(8, 5, 4), (6, 5, 4, 3)])
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_deep_machines_equal_enumeration(layers: tuple[int, ...], temperature: float) -> None:
    machine = layered(*layers, seed=6, temperature=temperature)
    found = finished(machine, 500, 200, 2).log_partition
    assert found.error < 0.04
    assert found.off(log_partition(machine), 0.0) < 3


@pytest.mark.parametrize("shape", ["restricted", "deeper", "general"])
def test_stated_error_is_the_spread_of_many_runs(shape: str) -> None:
    layers, lateral = SHAPES[shape]
    machine = layered(*layers, seed=4, lateral=lateral)
    values, errors = grouped(finished(machine, 60_000, 30, 5), 200)
    z = (values - log_partition(machine)) / errors
    assert 0.88 < float(z.std()) < 1.12  # 300 runs: its own error is 0.04
    assert abs(float(z.mean())) < 0.2


def test_effective_particles_are_those_that_would_err_as_much() -> None:
    """(Σ w)² / Σ w²: all of them where all weights are alike, one where one outweighs the rest."""
    run = finished(layered(4, 3), 50, 10, 0)
    weights = run.log_weights.exp()
    assert run.log_partition.facts == pytest.approx(float(weights.sum() ** 2 / weights.square().sum()))
    run.log_weights.fill_(2.0)
    assert run.log_partition.facts == pytest.approx(50)
    assert run.log_partition.error == pytest.approx(0, abs=1e-12)
    run.log_weights[7] = 60.0
    assert run.log_partition.facts == pytest.approx(1)
    assert run.log_partition.error == pytest.approx(1)


@pytest.mark.parametrize("lateral", [False, True])
def test_without_links_one_step_is_exact(lateral: bool) -> None:
    machine = layered(6, 5, 4, spread=0.0, temperature=0.7, lateral=lateral)
    found = finished(machine, 2, 1, 0).log_partition
    assert found.value == pytest.approx(log_partition(machine), abs=1e-12)
    assert found.error == pytest.approx(0, abs=1e-12)


def test_particles_become_the_machine() -> None:
    """Weighted by w they have its averages, though three steps leave them out of balance."""
    machine = layered(5, 4, seed=8, spread=2.0)
    run = finished(machine, 100_000, 3, 1)
    shares = (-every_energy(machine.couplings)).softmax(0)
    exact = torch.cat([shares @ states for states in every_state(machine.couplings)])
    units = torch.cat(run.chains.states, 1)
    weighted = run.log_weights.softmax(0) @ units
    assert float((weighted - exact).abs().max()) < 0.01
    assert float((units.mean(0) - exact).abs().max()) > 0.03


def test_more_steps_leave_more_effective_particles() -> None:
    machine = layered(12, 10, seed=2, spread=1.5)
    facts = [finished(machine, 500, steps, 1).log_partition.facts for steps in (5, 50, 500)]
    assert facts[0] < facts[1] / 1.5 < facts[2] / 2


def test_summing_out_every_second_layer_leaves_less_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert summed_out(layered(4, 14).couplings) == (1,)
    assert summed_out(layered(8, 5, 4).couplings) == (0, 2)
    assert summed_out(layered(4, 3, lateral=True).couplings) == ()
    errors = [0.0, 0.0]
    for seed in range(4):
        machine = layered(4, 14, seed=seed)
        for index, summed in enumerate([(1,), ()]):
            monkeypatch.setattr("server.models.annealed.summed_out", lambda _, summed=summed: summed)
            errors[index] += finished(machine, 1000, 100, 1).log_partition.error
    assert errors[0] < 0.8 * errors[1]


def test_error_is_small_and_wrong_where_all_particles_miss_a_mode() -> None:
    """All units off, or all on: the mode that outweighs by e^18 is never met. Another base finds it."""
    couplings = Couplings.zeros((12, 12), dtype=torch.float64, device=torch.device("cpu"))
    couplings.between[0].fill_(1.0)
    for bias in couplings.biases:
        bias.fill_(-5.25)
    machine = Boltzmann(couplings)
    exact = two_layer_log_partition(machine)
    missed = finished(machine, 200, 100, 0).log_partition
    assert missed.error < 0.05
    assert missed.value < exact - 10
    met = finished(machine, 200, 100, 0, [torch.full_like(bias, 5.0) for bias in couplings.biases]).log_partition
    assert met.off(exact, 0.0) < 3


@pytest.mark.parametrize("lateral", [False, True])
def test_cuts_do_not_change_the_run(lateral: bool) -> None:
    def weights(cuts: tuple[int, ...]) -> Tensor:
        run = Annealing(layered(6, 5, lateral=lateral, dtype=torch.float32), 30, 12, seeded(2))
        for steps in cuts:
            run.run(steps)
        return run.log_weights

    whole = weights((12,))
    assert whole.dtype == torch.float64
    assert torch.equal(weights((5, 0, 1, 6)), whole)
    assert torch.equal(weights((7, 100)), whole)
    assert not torch.equal(weights((7,)), whole)


def test_single_precision_loses_nothing_that_matters() -> None:
    """1000 steps at 300 particles: with and without, the same ln Z within the error of either."""
    single = layered(20, 12, seed=3, spread=0.5, dtype=torch.float32)
    double = layered(20, 12, seed=3, dtype=torch.float64)
    double.couplings.flat.copy_(single.couplings.flat)
    exact = two_layer_log_partition(double)
    for machine in (single, double):
        found = finished(machine, 300, 1000, 4).log_partition
        assert found.error < 0.01
        assert found.off(exact, 0.0) < 3


def test_machine_may_go_on_learning() -> None:
    machine = layered(5, 4)
    run = Annealing(machine, 20, 10, seeded(0))
    run.run(4)
    machine.couplings.flat.zero_()
    run.run(6)
    assert torch.equal(run.log_weights, finished(layered(5, 4), 20, 10, 0).log_weights)


def test_betas_may_be_given_and_progress_is_told() -> None:
    run = Annealing(layered(5, 4), 20, torch.tensor([0, 0.5, 0.9, 1]), seeded(0))
    assert (run.steps, run.progress, run.beta, run.finished) == (3, 0.0, 0.0, False)
    run.run(2)
    assert run.done == 2
    assert run.beta == pytest.approx(0.9)
    run.run(1)
    assert run.finished
    even = Annealing(layered(5, 4), 20, torch.linspace(0, 1, 5, dtype=torch.float64), seeded(0))
    even.run(4)
    assert torch.equal(even.log_weights, finished(layered(5, 4), 20, 4, 0).log_weights)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_base_bias_is_on_as_often_as_the_data(temperature: float) -> None:
    data = (torch.rand(4000, 3, generator=seeded(0)) < torch.tensor([0.1, 0.5, 0.8])).float()
    chances = (base_bias(data, temperature) / temperature).sigmoid()
    assert torch.allclose(chances, data.mean(0), atol=1e-3)
    assert base_bias(torch.zeros(10, 2)).isfinite().all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Annealing(layered(3, 2), 1, 10, seeded(0)), "two"),
        (lambda: Annealing(layered(3, 2), 10, 0, seeded(0)), "one step"),
        (lambda: Annealing(layered(3, 2), 10, torch.tensor([0.1, 1.0]), seeded(0)), "from 0 to 1"),
        (lambda: Annealing(layered(3, 2), 10, torch.tensor([0, 0.7, 0.6, 1]), seeded(0)), "never fall"),
        (lambda: Annealing(layered(3, 2), 10, 5, seeded(0), [torch.zeros(3)]), "each layer"),
    ],
)
def test_impossible_requests_are_refused_in_words(wrong: object, words: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=words):
        wrong()
