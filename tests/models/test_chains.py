"""Gibbs sampling against enumeration: what one draw does, and where many lead."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models import chains as module
from server.models.boltzmann import Boltzmann, Chains
from server.models.chains import decide_by_blocks, decide_one_by_one
from server.models.kernels import sweeps
from tests.models.layered_machines import every_energy, every_state, layered
from tests.models.small_machines import TEMPERATURES, codes, seeded

MACHINES = {
    "general": ((4,), True),
    "restricted": ((2, 2), False),
    "deep": ((1, 2, 1), False),
    "linked layers": ((2, 2), True),
}
WAYS = {"processor": decide_by_blocks, "anywhere": decide_one_by_one}


def machine_of(kind: str, temperature: float = 1.0, *, seed: int = 5) -> Boltzmann:
    """Mild enough for every outcome to be met, however cold."""
    layers, lateral = MACHINES[kind]
    machine = layered(*layers, seed=seed, lateral=lateral, temperature=temperature, spread=0.8)
    machine.couplings.flat.mul_(0.6)
    return machine


def exact(machine: Boltzmann) -> Tensor:
    """p of every state, (2^N,) float64."""
    return (-every_energy(machine.couplings) / machine.temperature).softmax(0)


def numbers(chains: Chains) -> Tensor:
    """Every chain's state, all layers together, as the place in `every_state`."""
    return codes(torch.cat(chains.states, 1))


def distance(counts: Tensor, expected: Tensor) -> float:
    """Total variation of counts to probabilities."""
    return float((counts / counts.sum() - expected).abs().sum() / 2)


def transition(machine: Boltzmann, draw: Callable[[Chains], None], seed: int = 0, starts: int = 20_000) -> Tensor:
    """P(s → s'), (2^N, 2^N), of one draw by the code itself, from the chances that led to each outcome.

    Every state is started from often enough for every outcome to be met, so rows add up to 1; and outcomes are
    as frequent as their chances say, within 5.5 σ.
    """
    states = [state.repeat_interleave(starts, 0) for state in every_state(machine.couplings)]
    chains = Chains(machine, len(states[0]), seeded(seed))
    for layer, state in enumerate(states):
        chains.start(layer, state)
    draw(chains)
    s, p = torch.cat(chains.states, 1), torch.cat(chains.chances, 1)
    size = 2 ** s.shape[1]
    cells = torch.arange(size).repeat_interleave(starts) * size + numbers(chains)
    found = torch.zeros(size * size, dtype=torch.float64)
    found[cells] = torch.where(s == 1, p, 1 - p).prod(1)
    counts = torch.bincount(cells, minlength=size * size)
    assert bool(((counts - starts * found).abs() <= 5.5 * (starts * found).sqrt() + 1e-9 * starts).all())
    matrix = found.view(size, size)
    assert torch.allclose(matrix.sum(1), torch.ones(size, dtype=torch.float64), atol=1e-12)
    return matrix


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linked units decide by the processor's loop, or as on any other device."""
    monkeypatch.setattr(module, "decide_by_blocks", WAYS[request.param])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_every_single_decision_is_in_detailed_balance(kind: str, temperature: float) -> None:
    """π(s) P(s, s') = π(s') P(s', s) for each unit deciding alone, all others held."""
    machine = machine_of(kind, temperature)
    for layer, units in enumerate(machine.couplings.layers):
        for unit in range(units):

            def draw(chains: Chains, layer: int = layer, unit: int = unit) -> None:
                chains.hold(layer, torch.arange(len(chains.machine.couplings.biases[layer])) != unit)
                chains.draw(layer)

            flow = exact(machine)[:, None] * transition(machine, draw, starts=2000)
            assert torch.allclose(flow, flow.T, atol=1e-15)
            assert int((flow > 0).sum()) == 2 * len(flow)


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("kind", ["restricted", "deep"])
def test_every_block_draw_is_in_detailed_balance(kind: str, temperature: float) -> None:
    machine = machine_of(kind, temperature)
    for layer in range(len(machine.couplings.layers)):
        flow = exact(machine)[:, None] * transition(machine, partial(Chains.draw, layer=layer))
        assert torch.allclose(flow, flow.T, atol=1e-15)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_a_sweep_leaves_the_distribution_alone(kind: str, temperature: float) -> None:
    """π P = π for the sweep as a product of its draws; a single matrix where one layer is the whole machine."""
    machine = machine_of(kind, temperature)
    pi = exact(machine)
    reached = pi
    for layer in (*range(0, len(machine.couplings.layers), 2), *range(1, len(machine.couplings.layers), 2)):
        matrix = transition(machine, partial(Chains.draw, layer=layer))
        reached = reached @ matrix
    assert torch.allclose(reached, pi, atol=1e-14)


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(1, 30), st.integers(0, 10**6))
def test_both_ways_decide_alike_given_the_same_thresholds(units: int, count: int, seed: int) -> None:
    weights, biases = layered(units, seed=seed, lateral=True).whole()
    draws = torch.rand(2, units, count, generator=seeded(seed), dtype=torch.float64)
    states, thresholds, plain = draws[0].round(), draws[1].logit(), draws[0].round()
    for unit in range(units):
        plain[unit] = (biases[unit] + weights[unit] @ plain > thresholds[unit]).double()
    fields = []
    for decide in WAYS.values():
        found, field = states.clone(), biases[:, None].repeat(1, count)
        decide(weights, field, thresholds.clone(), found)
        assert torch.equal(found, plain)
        fields.append(field)
    assert torch.allclose(fields[0], fields[1], atol=1e-11)


@pytest.mark.parametrize("temperature", [0.7, 1.5])
@pytest.mark.parametrize("layers", [(4, 3), (3, 2, 2)])
def test_block_and_single_unit_sampling_agree_in_distribution(layers: tuple[int, ...], temperature: float) -> None:
    """The same machine drawn layer by layer, and as one general machine unit by unit.

    The total variation of 400 000 samples over 128 states is 0.4 √(128 / 400 000) = 0.0071 in the mean at most,
    and √2 of it between two such counts.
    """
    machine = layered(*layers, seed=7, temperature=temperature, dtype=torch.float32)
    weights, biases = machine.whole()
    same = Boltzmann.full(weights.float(), biases.float(), temperature)
    shares = []
    for each in (machine, same):
        chains = Chains(each, 4000, seeded(1))
        chains.scatter()
        chains.sweep(60)
        counts = torch.zeros(128, dtype=torch.int64)
        for _ in range(100):
            chains.sweep(2)
            counts += torch.bincount(numbers(chains), minlength=128)
        assert distance(counts, exact(machine)) < 0.008
        shares.append(counts / counts.sum())
    assert float((shares[0] - shares[1]).abs().sum() / 2) < 0.0115


def test_reference_b1() -> None:
    """B1: Gibbs on 8 units with weights ~ N(0, 1), 10⁶ samples: total variation at most 0.008."""
    machine = layered(8, seed=1, lateral=True, dtype=torch.float32)
    chains = Chains(machine, 10_000, seeded(2))
    chains.scatter()
    chains.sweep(100)
    counts = torch.zeros(256, dtype=torch.int64)
    for _ in range(100):
        chains.sweep(2)
        counts += torch.bincount(numbers(chains), minlength=256)
    assert int(counts.sum()) == 10**6
    assert distance(counts, exact(machine)) <= 0.008


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_held_units_never_move_and_the_rest_samples_the_conditional(kind: str) -> None:
    machine = machine_of(kind)
    chains = Chains(machine, 6000, seeded(3))
    pinned = torch.tensor([1.0] + [0.0] * (machine.couplings.layers[0] - 1))
    last = len(machine.couplings.layers) - 1
    chains.start(0, pinned.double())
    chains.start(last, torch.cat([chains.states[last][:, :-1], torch.ones(6000, 1)], 1))
    held = [torch.zeros(units, dtype=torch.bool) for units in machine.couplings.layers]
    held[0][0] = held[last][-1] = True
    for layer, mask in enumerate(held):
        chains.hold(layer, mask)
    chains.scatter()
    allowed = torch.cat(every_state(machine.couplings), 1)[:, torch.cat(held)].all(1)
    expected = exact(machine) * allowed
    chains.sweep(30)
    counts = torch.zeros(16, dtype=torch.int64)
    for _ in range(40):
        chains.sweep()
        counts += torch.bincount(numbers(chains), minlength=16)
    assert int(counts[~allowed].sum()) == 0
    assert distance(counts, expected / expected.sum()) < 0.006
    assert bool((torch.cat(chains.chances, 1)[:, torch.cat(held)] == 1).all())
    chains.hold(0, None)
    chains.sweep(3)
    assert set(chains.states[0][:, 0].tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("kind", ["general", "restricted"])
def test_each_chain_may_hold_units_of_its_own(kind: str) -> None:
    machine = machine_of(kind)
    chains = Chains(machine, 300, seeded(3))
    chains.scatter()
    mask = torch.rand(chains.states[0].shape, generator=seeded(4)) < 0.5
    before = chains.states[0].clone()
    said = mask.clone()
    chains.hold(0, said)
    said.zero_()  # what was said is kept, whatever becomes of the mask
    chains.sweep(20)
    moved = chains.states[0] != before
    assert not bool(moved[mask].any())
    assert bool(moved[~mask].any())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_units_are_on_as_often_as_the_logistic_of_their_gap_says(temperature: float) -> None:
    """C10: p(on | ΔE) = 1/(1 + exp(−ΔE/T)) in ten classes of ΔE, gaps taken from energies, within 4.5 σ."""
    machine = layered(6, seed=2, lateral=True, temperature=temperature)
    chains = Chains(machine, 60_000, seeded(1))
    chains.scatter()
    chains.sweep(3)
    off, on = (chains.states[0].clone() for _ in range(2))
    off[:, 2], on[:, 2] = 0, 1
    gaps = machine.energy([off]) - machine.energy([on])
    chains.hold(0, torch.arange(6) != 2)
    chains.draw(0)
    chances = 1 / (1 + torch.exp(-gaps / temperature))
    for some in gaps.argsort().chunk(10):
        expected, spread = chances[some].sum(), (chances[some] * (1 - chances[some])).sum().sqrt()
        assert float((chains.states[0][some, 2].sum() - expected).abs()) < 4.5 * float(spread)


@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_same_seed_same_run_however_it_is_divided(kind: str) -> None:
    def run(seed: int, *times: int) -> list[Tensor]:
        chains = Chains(machine_of(kind), 50, seeded(seed))
        chains.scatter()
        for sweeps_ in times:
            chains.sweep(sweeps_)
        return chains.states

    assert all(torch.equal(a, b) for a, b in zip(run(1, 7), run(1, 3, 0, 4), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(run(1, 7), run(2, 7), strict=True))


def test_another_temperature_takes_effect_at_once() -> None:
    machine = machine_of("general")
    chains = Chains(machine, 20_000, seeded(0))
    chains.machine = machine.at(1e6)
    chains.sweep()
    assert float(chains.states[0].mean()) == pytest.approx(0.5, abs=0.01)
    chains.machine = machine.at(1e-3)
    chains.sweep(20)
    floor = exact(machine.at(1e-3)).argmax()
    assert float((numbers(chains) == floor).double().mean()) > 0.3


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("kind", ["general", "restricted"])
def test_not_a_number_stays_one(kind: str) -> None:
    machine = machine_of(kind)
    chains = Chains(machine, 30, seeded(1))
    chains.scatter()
    machine.couplings.biases[0][1] = math.nan
    chains.draw(0)
    assert bool(chains.states[0][:, 1].isnan().all())
    assert bool(chains.chances[0][:, 1].isnan().all())


def test_scatter_is_fair_and_start_is_certain() -> None:
    chains = Chains(layered(5, 4, seed=1), 20_000, seeded(1))
    chains.scatter()
    for state in chains.states:
        assert torch.allclose(state.mean(0), torch.full_like(state[0], 0.5), atol=0.02)
    values = torch.tensor([1.0, 0, 0, 1]).double()
    above = chains.states[0].clone()
    chains.start(1, values)
    assert torch.equal(chains.states[1], values.expand(20_000, 4))
    assert torch.equal(chains.chances[1], chains.states[1])
    assert torch.equal(chains.states[0], above)


def test_warm_up_compiles_what_chains_call() -> None:
    def compiled() -> int:
        return len(getattr(sweeps.decide, "signatures"))  # noqa: B009  # mypy does not know what numba makes of it

    sweeps.warm_up()
    before = compiled()
    for dtype in (torch.float32, torch.float64):
        for units in (3, 8, 13):
            Chains(layered(units, 2, lateral=True, dtype=dtype), 5, seeded(0)).sweep()
    assert compiled() == before
