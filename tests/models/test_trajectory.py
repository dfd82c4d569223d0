"""A machine in slow motion against its definition, Hopfield's network and enumeration."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.boltzmann import Boltzmann
from server.models.hopfield import Network
from server.models.kernels import decisions
from server.models.kernels.loops import REFRESH
from server.models.memory import Pairwise
from server.models.trajectory import Decisions, Order, Trajectory, number_of
from tests.models.layered_machines import every_energy, layered
from tests.models.memories import signs
from tests.models.small_machines import codes, seeded

ORDERS: list[Order] = ["random", "in turn"]
seeds = st.integers(0, 10**6)


def machine_of(units: int, seed: int, spread: float = 1.0) -> Boltzmann:
    return layered(units, seed=seed, lateral=True, spread=spread)


def trajectory_of(units: int, seed: int, temperature: float = 1.0) -> Trajectory:
    state = torch.rand(units, generator=seeded(seed + 3)).round()
    return Trajectory(*machine_of(units, seed).whole(), state, seed, temperature=temperature)


def numbered(machine: Boltzmann, temperature: float = 1.0) -> Tensor:
    """p of every state by its number, bit i for unit i, (2^N,)."""
    units = machine.couplings.layers[0]
    states = torch.arange(2**units)[:, None] >> torch.arange(units) & 1
    return (-every_energy(machine.couplings) / temperature).softmax(0)[codes(states)]


def equal(one: Decisions, parts: list[Decisions]) -> bool:
    columns = (torch.cat(column) for column in zip(*parts, strict=True))
    return all(
        torch.equal(column.nan_to_num(7), other.nan_to_num(7)) for column, other in zip(columns, one, strict=True)
    )


@settings(max_examples=60)
@given(st.integers(1, 30), seeds, st.floats(0.05, 20), st.sampled_from(ORDERS))
def test_each_update_is_the_plain_formula(units: int, seed: int, temperature: float, order: Order) -> None:
    machine, trajectory = machine_of(units, seed), trajectory_of(units, seed, temperature)
    state = trajectory.state
    made = trajectory.update(4 * units, order)
    for step in range(4 * units):
        unit = int(made.unit[step])
        off, on = state.clone(), state.clone()
        off[unit], on[unit] = 0, 1
        gap = float(machine.energy([off[None]]) - machine.energy([on[None]]))
        chance = 1 / (1 + math.exp(-gap / temperature))
        assert float(made.gap[step]) == pytest.approx(gap, abs=1e-11)
        assert float(made.chance[step]) == pytest.approx(chance, abs=1e-11)
        assert bool(made.on[step]) == (float(made.coin[step]) < float(made.chance[step]))
        state = on if made.on[step] else off
        assert float(made.energy[step]) == pytest.approx(float(machine.energy([state[None]])), abs=1e-11)
        assert int(made.number[step]) == number_of(state) == sum(2**i for i in range(units) if state[i])
    assert torch.equal(trajectory.state, state)
    assert torch.allclose(trajectory.gaps, machine.field(0, [state[None]])[0], atol=1e-11)
    assert (trajectory.energy, trajectory.number) == (float(made.energy[-1]), int(made.number[-1]))


@settings(max_examples=60)
@given(st.integers(1, 40), seeds, st.sampled_from(ORDERS))
def test_without_heat_the_energy_never_rises_and_comes_to_rest(units: int, seed: int, order: Order) -> None:
    trajectory = trajectory_of(units, seed, temperature=0)
    energies = [trajectory.energy, *trajectory.update(60 * units, order).energy.tolist()]
    assert all(after <= before for before, after in pairwise(energies))
    wanted = torch.where(trajectory.gaps == 0, trajectory.state, (trajectory.gaps > 0).double())
    assert torch.equal(wanted, trajectory.state)


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(1, 5), seeds, st.sampled_from(ORDERS))
def test_without_heat_it_is_hopfields_network(units: int, count: int, seed: int, order: Order) -> None:
    """The same weights in 0 and 1: s = (σ + 1)/2, W = 4 W', b_i = −½ Σ_j W_ij. Units, ties and energies agree."""
    patterns = signs(count, units, seed=seed)
    memory = Pairwise((patterns.T @ patterns).fill_diagonal_(0) / 4)
    start = signs(units, seed=seed + 1)
    network = Network(memory, patterns, start, seed)
    weights = 4 * memory.weights
    trajectory = Trajectory(weights, -weights.sum(1) / 2, (start + 1) / 2, seed, temperature=0)
    shift = trajectory.energy - network.energy
    theirs, ours = network.update(5 * units, order), trajectory.update(5 * units, order)
    assert torch.equal(theirs.unit, ours.unit)
    assert torch.allclose(ours.gap, 2 * theirs.field, atol=1e-9)
    assert torch.allclose(ours.energy, theirs.energy + shift, atol=1e-9)
    assert torch.equal(trajectory.state, (network.state + 1) / 2)


def test_a_tie_keeps_its_state() -> None:
    for state in ([0.0, 0, 1], [1.0, 1, 0]):
        trajectory = Trajectory(torch.zeros(3, 3), torch.zeros(3), torch.tensor(state), 1, temperature=0)
        made = trajectory.update(3, "in turn")
        assert trajectory.state.tolist() == made.chance.tolist() == state


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("temperature", [0.7, 2.0])
def test_visits_approach_the_enumerated_distribution(order: Order, temperature: float) -> None:
    """B1 one unit at a time: 8 units, 4·10⁶ updates, counted after each."""
    machine = machine_of(8, 1, spread=0.8)
    trajectory = Trajectory(*machine.whole(), torch.zeros(8), 2, temperature=temperature)
    visits = torch.zeros(256, dtype=torch.int64)
    numbers = trajectory.update(4_000_000, order, visits=visits).number
    assert torch.equal(visits, torch.bincount(numbers, minlength=256))
    assert float((visits / visits.sum() - numbered(machine, temperature)).abs().sum() / 2) <= 0.008


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_units_are_on_as_often_as_the_logistic_of_their_gap_says(temperature: float) -> None:
    """C10 in ten classes of ΔE, within 4.5 σ."""
    made = trajectory_of(10, 2, temperature).update(200_000)
    chances = torch.sigmoid(made.gap / temperature)
    for some in made.gap.argsort().chunk(10):
        expected, spread = chances[some].sum(), (chances[some] * (1 - chances[some])).sum().sqrt()
        assert float((made.on[some].sum() - expected).abs()) < 4.5 * float(spread)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_run_cut_into_calls_is_the_same_run(order: Order, temperature: float) -> None:
    whole, parts = (trajectory_of(11, 4, temperature) for _ in range(2))
    one = whole.update(107, order)
    assert equal(one, [parts.update(steps, order) for steps in (3, 4, 0, 1, 99)])
    assert torch.equal(whole.state, parts.state)
    other = trajectory_of(11, 4, temperature)
    assert equal(one, [other.update(107, order)])
    assert not equal(one, [Trajectory(*machine_of(11, 4).whole(), other.state, 5).update(107, order)])


def test_energy_does_not_drift_and_division_does_not_matter_across_a_refresh() -> None:
    whole, parts = (trajectory_of(40, 4, 1e4) for _ in range(2))
    one = whole.update(5 * REFRESH)
    assert int((one.number.diff() != 0).sum()) > 2 * REFRESH
    assert equal(one, [parts.update(steps) for steps in (REFRESH, 7, 4 * REFRESH - 7)])
    assert whole.energy == pytest.approx(float(machine_of(40, 4).energy([whole.state[None]])), abs=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_every_sweep_asks_every_free_unit_once_and_each_is_foretold(order: Order) -> None:
    trajectory = trajectory_of(7, 1)
    trajectory.update(3, order)  # holding units begins a new sweep
    trajectory.held = torch.tensor([0, 1, 0, 0, 1, 0, 0]).bool()
    units = []
    for _ in range(50):
        foretold = trajectory.following(order)
        units.append(int(trajectory.update(1, order).unit))
        assert foretold == units[-1]
    rounds = [tuple(units[start : start + 5]) for start in range(0, 50, 5)]
    assert all(sorted(some) == [0, 2, 3, 5, 6] for some in rounds)
    assert (len(set(rounds)) > 5) == (order == "random")
    if order == "in turn":
        assert rounds[0] == (0, 2, 3, 5, 6)


def test_in_turn_is_by_number_whatever_was_drawn_before() -> None:
    trajectory = trajectory_of(6, 3)
    trajectory.update(12)
    assert trajectory.update(6, "in turn").unit.tolist() == list(range(6))


def test_random_order_is_uniform() -> None:
    """Each unit comes equally often at each place of the sweep: chi-square, 99.99 % point of 24 degrees."""
    units = trajectory_of(5, 2).update(5 * 20_000).unit.reshape(-1, 5)
    counts = torch.stack([torch.bincount(units[:, place], minlength=5) for place in range(5)]).double()
    assert float(((counts - 4000) ** 2 / 4000).sum()) < 59


def test_held_units_never_move_and_the_rest_samples_the_conditional() -> None:
    machine = machine_of(6, 8, spread=0.8)
    trajectory = Trajectory(*machine.whole(), torch.tensor([1.0, 0, 0, 0, 0, 0]), 1)
    trajectory.held = torch.tensor([True, False, False, True, False, False])
    visits = torch.zeros(64, dtype=torch.int64)
    trajectory.update(1_000_000, visits=visits)
    allowed = torch.arange(64) & 0b001001 == 0b000001
    expected = numbered(machine) * allowed
    assert int(visits[~allowed].sum()) == 0
    assert float((visits / visits.sum() - expected / expected.sum()).abs().sum() / 2) < 0.005


def test_with_all_units_held_time_passes_and_nothing_happens() -> None:
    trajectory = trajectory_of(3, 1)
    trajectory.held = torch.ones(3, dtype=torch.bool)
    visits, number, energy = torch.zeros(8, dtype=torch.int64), trajectory.number, trajectory.energy
    made = trajectory.update(4, visits=visits)
    assert made.unit.tolist() == [-1] * 4
    assert bool(made.gap.isnan().all() and made.chance.isnan().all() and made.coin.isnan().all())
    assert (made.number.tolist(), made.energy.tolist()) == ([number] * 4, [energy] * 4)
    assert int(visits[number]) == 4
    assert trajectory.following() == -1
    trajectory.held = torch.zeros(3, dtype=torch.bool)
    assert trajectory.following("in turn") == 0


def test_each_update_may_have_its_own_temperature() -> None:
    trajectory = trajectory_of(6, 2, temperature=5.0)
    heats = torch.tensor([0.0, 0.5, 1.0, 4.0] * 6, dtype=torch.float64)
    made = trajectory.update(24, temperatures=heats)
    assert torch.allclose(made.chance[heats > 0], torch.sigmoid(made.gap / heats)[heats > 0], atol=1e-14)
    assert torch.equal(made.chance[heats == 0], (made.gap > 0)[heats == 0].double())
    assert trajectory.temperature == 5.0


def test_setting_the_state_sets_all_that_follows_from_it() -> None:
    machine, trajectory = machine_of(5, 6), trajectory_of(5, 6)
    trajectory.update(7)
    state = torch.tensor([1.0, 0, 1, 1, 0])
    trajectory.state = state
    assert trajectory.number == 0b01101
    assert trajectory.energy == pytest.approx(float(machine.energy([state.double()[None]])), abs=1e-12)
    assert torch.allclose(trajectory.gaps, machine.field(0, [state.double()[None]])[0], atol=1e-12)


def test_many_units_have_no_number() -> None:
    trajectory = trajectory_of(63, 1)
    assert set(trajectory.update(200).number.tolist()) == {-1}
    assert trajectory_of(62, 1).update(200).number.min() >= 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Trajectory(torch.ones(2, 2), torch.zeros(2), torch.zeros(2), 1), "itself"),
        (lambda: Trajectory(torch.zeros(2, 2), torch.zeros(2), torch.zeros(3), 1), "2 units"),
        (lambda: Trajectory(torch.zeros(2, 2), torch.zeros(2), torch.full((2,), 0.5), 1), "0 or 1"),
        (lambda: trajectory_of(2, 1, temperature=-1), "temperature"),
        (lambda: trajectory_of(2, 1, temperature=math.nan), "temperature"),
        (lambda: trajectory_of(2, 1).update(3, temperatures=torch.ones(2)), "3 updates"),
        (lambda: trajectory_of(2, 1).update(1, temperatures=torch.tensor([-1.0])), "0 or above"),
        (lambda: trajectory_of(2, 1).update(1, visits=torch.zeros(4)), "int64"),
        (lambda: trajectory_of(2, 1).update(1, visits=torch.zeros(3, dtype=torch.int64)), "2\\^2"),
        (lambda: setattr(trajectory_of(2, 1), "held", torch.zeros(3, dtype=torch.bool)), "2 units"),
    ],
)
def test_impossible_requests_are_refused_in_words(wrong: object, words: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=words):
        wrong()


def test_warm_up_compiles_what_a_trajectory_calls() -> None:
    def compiled() -> list[int]:
        return [len(getattr(each, "signatures")) for each in (decisions.decide, decisions.renew)]  # noqa: B009  # numba's

    decisions.warm_up()
    before = compiled()
    for order in ORDERS:
        trajectory_of(3, 1).update(2, order, torch.ones(2), torch.zeros(8, dtype=torch.int64))
        trajectory_of(3, 1).update(2, order)
    assert compiled() == before
