"""The fast loops against plain formulas, step for step, for every memory; randomness against Glauber's law."""

from importlib import import_module
from math import exp, sqrt
from os import utime
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from server.models import hopfield, kernels, machines
from server.models.hopfield import Network, Order, Updates
from server.models.kernels import loops
from server.models.kernels.fields import Fields
from server.models.kernels.overlaps import Overlaps
from server.models.kernels.randomness import flips_over, uniform
from server.models.machines import machine_for
from server.models.memory import Dense, Memory, Pairwise
from server.models.rules import hebb
from tests.models.memories import MEMORIES, PLAIN, all_states, signs

ORDERS: list[Order] = ["random", "in turn", "all at once"]
KINDS = sorted(MEMORIES)
seeds = st.integers(0, 10**6)


def network_of(memory: Memory, seed: int, *, patterns: int = 3) -> Network:
    """A random state, and patterns to compare with that the memory knows nothing of."""
    units = memory.size
    return Network(memory, signs(patterns, units, seed=seed + 1), signs(units, seed=seed + 2), seed)


def rows(*parts: Updates) -> list[torch.Tensor]:
    """All columns of all parts below each other; all at once no unit has a field of its own: 7 for NaN."""
    columns = zip(*((*part[:5], part.overlaps) for part in parts), strict=True)
    return [torch.cat(column).nan_to_num(7.0) for column in columns]


def equal(left: list[torch.Tensor], right: list[torch.Tensor]) -> bool:
    """Bit for bit."""
    return all(torch.equal(one, other) for one, other in zip(left, right, strict=True))


@settings(max_examples=120)
@given(st.sampled_from(KINDS), st.integers(2, 70), seeds, st.floats(-1, 1))
def test_without_heat_each_update_is_the_plain_formula(kind: str, units: int, seed: int, threshold: float) -> None:
    memory = MEMORIES[kind](units, seed)
    network = network_of(memory, seed)
    network.threshold = threshold
    state = network.state
    updates = network.update(4 * units)
    spread = updates.overlaps
    for step in range(4 * units):
        unit = int(updates.unit[step])
        field = memory.fields(state, threshold)[unit]
        before = memory.energy(state, threshold)
        assert float(updates.field[step]) == pytest.approx(float(field), abs=1e-10)
        if field != 0:
            state[unit] = field.sign()
        after = memory.energy(state, threshold)
        assert float(updates.energy[step]) == pytest.approx(float(after), abs=1e-9)
        assert float(updates.change[step]) == pytest.approx(float(after - before), abs=1e-9)
        assert torch.equal(spread[step], hopfield.overlaps(network.patterns, state))
    assert torch.equal(state, network.state)
    assert network.energy == pytest.approx(float(memory.energy(state, threshold)), abs=1e-9)
    assert int(updates.flips.sum()) == len(updates.visited) - 1


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.integers(2, 70), seeds, st.floats(-1, 1))
def test_all_at_once_is_the_plain_formula(kind: str, units: int, seed: int, threshold: float) -> None:
    memory = MEMORIES[kind](units, seed)
    network = network_of(memory, seed)
    network.threshold = threshold
    state = network.state
    updates = network.update(6, "all at once")
    assert bool(updates.field.isnan().all())
    assert updates.unit.tolist() == [-1] * 6
    for step in range(6):
        fields, before = memory.fields(state, threshold), state
        state = torch.where(fields == 0, state, fields.sign())
        assert int(updates.flips[step]) == int((before != state).sum())
        assert float(updates.energy[step]) == pytest.approx(float(memory.energy(state, threshold)), abs=1e-9)
        assert torch.equal(updates.overlaps[step], hopfield.overlaps(network.patterns, state))
    assert torch.equal(state, network.state)


@settings(max_examples=100)
@given(st.sampled_from(KINDS), st.integers(2, 70), seeds, st.floats(-2, 2), st.sampled_from(ORDERS[:2]))
def test_energy_never_rises_one_at_a_time(kind: str, units: int, seed: int, threshold: float, order: Order) -> None:
    """C6, for any memory with W_ii ≥ 0; and the run ends where no unit wants to flip."""
    network = network_of(MEMORIES[kind](units, seed), seed)
    network.threshold = threshold
    start = torch.tensor([network.energy], dtype=torch.float64)
    updates = network.update(60 * units, order)
    assert bool((updates.change <= 0).all())
    assert int(updates.rises) == 0
    assert bool((updates.energy.diff(prepend=start) <= 0).all())
    assert network.settled
    assert bool((network.fields * network.state >= 0).all())


def test_a_rise_would_be_counted() -> None:
    """A self-inhibiting unit flips uphill: the counter must not sleep."""
    network = Network(Pairwise(-torch.eye(2)), signs(1, 2, seed=0), torch.ones(2), 0)
    network.threshold = 0.1
    updates = network.update(2, "in turn")
    assert updates.change.tolist() == pytest.approx([-0.2, -0.2])
    network.state = -torch.ones(2)
    assert int(network.update(2, "in turn").rises) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("temperature", [0.0, 0.7])
@pytest.mark.parametrize("units", [30, 50])
def test_runs_do_not_depend_on_how_they_are_divided(kind: str, order: Order, temperature: float, units: int) -> None:
    def network() -> Network:
        made = network_of(MEMORIES[kind](units, 5), 5)
        made.temperature = temperature
        return made

    whole, parts = network(), network()
    one = whole.update(107, order)
    assert equal(rows(one), rows(*(parts.update(steps, order) for steps in (3, 4, 0, 1, 99))))
    assert torch.equal(whole.state, parts.state)


@pytest.mark.parametrize("kind", KINDS)
def test_division_does_not_matter_across_a_refresh(kind: str) -> None:
    whole, parts = (network_of(MEMORIES[kind](50, 8), 8) for _ in range(2))
    whole.temperature = parts.temperature = 500.0
    one = whole.update(3 * loops.REFRESH)
    assert int(one.flips.sum()) > loops.REFRESH
    assert equal(rows(one), rows(*(parts.update(steps) for steps in (loops.REFRESH, 7, 2 * loops.REFRESH - 7))))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ORDERS[1:])
def test_energy_does_not_drift(kind: str, order: Order) -> None:
    memory = MEMORIES[kind](50, 9)
    network = network_of(memory, 9)
    network.temperature = 50.0
    energies = network.update(100_000 if order == "in turn" else 4_000, order).energy
    assert float(energies[-1]) == pytest.approx(float(memory.energy(network.state)), abs=1e-9)
    assert network.energy == float(energies[-1])


@pytest.mark.parametrize(("units", "machine"), [(47, Fields), (48, Overlaps)])
def test_a_low_rank_is_run_by_overlaps_where_it_is_low(units: int, machine: type) -> None:
    """Three patterns; how it is run is a matter of speed, and every test here meets both."""
    assert isinstance(machine_for(hebb(signs(3, units, seed=1))), machine)


def test_every_sweep_asks_every_unit_once_in_fresh_order() -> None:
    units = network_of(hebb(signs(2, 50, seed=1)), 1).update(500).unit.reshape(10, 50)
    assert torch.equal(units.sort(1).values, torch.arange(50, dtype=torch.int32).expand(10, 50))
    assert len({tuple(sweep) for sweep in units.tolist()}) == 10


def test_random_order_is_uniform() -> None:
    """Each unit comes equally often at each place of the sweep: chi-square, 99.99 % point of 24 degrees."""
    units = network_of(hebb(signs(2, 5, seed=2)), 2).update(5 * 20_000).unit.reshape(-1, 5)
    counts = torch.stack([torch.bincount(units[:, place], minlength=5) for place in range(5)]).double()
    assert float(((counts - 4000) ** 2 / 4000).sum()) < 59


def test_in_turn_asks_units_by_number() -> None:
    network = network_of(hebb(signs(2, 7, seed=3)), 3)
    assert network.update(15, "in turn").unit.tolist() == [*range(7), *range(7), 0]


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_heat_follows_glauber(temperature: float) -> None:
    """Units without links decide independently: the share that is on, against 1/(1+exp(−2h/T)) within 5 σ."""
    draws = 40_000
    for threshold in (-1.0, -0.2, 0.0, 0.5):
        network = Network(Pairwise(torch.zeros(20, 20)), torch.ones(1, 20), torch.ones(20), 7, threshold=threshold)
        network.temperature = temperature
        on = (network.update(draws // 20, "all at once").overlaps[:, 0].mean() + 1) / 2
        expected = 1 / (1 + exp(2 * threshold / temperature))
        assert float(on) == pytest.approx(expected, abs=5 * sqrt(expected * (1 - expected) / draws) + 1e-12)


@pytest.mark.parametrize("kind", sorted(PLAIN))
@pytest.mark.parametrize("order", ORDERS[:2])
@pytest.mark.parametrize("narrow", [1, 1000])
def test_heat_reaches_boltzmanns_distribution(
    kind: str, order: Order, narrow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time, all 2⁴ states appear as exp(−E/T)/Z says; every third sweep is counted."""
    monkeypatch.setattr(machines, "NARROW", narrow)
    memory, sweeps = PLAIN[kind](4, 11), 40_000
    network = Network(memory, torch.eye(4) * 2 - 1, torch.ones(4), 3, threshold=0.2, temperature=1.5)
    states = all_states(4)
    expected = torch.softmax(-memory.energy(states, 0.2) / 1.5, 0)
    recorded = network.update(4 * 3 * sweeps, order).overlaps[2 * 4 * 3 - 1 :: 4 * 3] * 4
    spins = torch.linalg.solve(network.patterns, recorded.T).T.round()
    codes = ((spins + 1) / 2 @ torch.tensor([1.0, 2.0, 4.0, 8.0]).double()).long()
    observed = torch.bincount(codes, minlength=16) / len(codes)
    assert float((observed - expected).abs().sum() / 2) < 0.012


def test_steep_wells_are_decided_exactly() -> None:
    """Fields of 10⁻¹⁶ far from all memories: no tie, and the run still ends in a minimum."""
    memory = Dense(signs(5, 40, seed=1), 20)
    network = network_of(memory, 4)
    assert float(network.fields.abs().max()) < 1e-8
    updates = network.update(400)
    assert int(updates.flips[:40].sum()) > 0
    assert bool((updates.change <= 0).all())
    assert bool((memory.fields(network.state) * network.state > 0).all())


def test_uniform_is_splitmix64() -> None:
    """The reference vector of seed 1234567 (S. Vigna's splitmix64.c), of which 53 bits are used."""
    words = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    randomness = np.array([1234567], np.uint64)
    assert [uniform(randomness) for _ in words] == [(word >> 11) / 2**53 for word in words]


def test_flips_over_is_glaubers_rule() -> None:
    assert flips_over(-0.1, 0.0, 0.99)
    assert not flips_over(0.0, 0.0, 0.0)
    assert not flips_over(-1e-13, 0.0, 0.0)
    assert flips_over(0.3, 2.0, 1 / (1 + exp(0.3)) - 1e-9)
    assert not flips_over(0.3, 2.0, 1 / (1 + exp(0.3)) + 1e-9)


def test_warm_up_compiles_what_a_network_calls() -> None:
    def compiled() -> list[int]:
        return [len(getattr(kernel, "signatures")) for kernel in (loops.one_at_a_time, loops.all_at_once)]  # noqa: B009

    kernels.warm_up()
    before = compiled()
    for kind in KINDS:
        for order in ORDERS:
            network_of(MEMORIES[kind](6, 0), 0).update(3, order)
            network_of(MEMORIES[kind](50, 0), 0).update(3, order)
    assert compiled() == before


def test_every_file_of_kernels_warms_up() -> None:
    """But those whose functions are compiled into others' loops."""
    parts = {"compiling", "loops", "reading", "runs", "verbs"}
    for module in iter_modules(kernels.__path__):
        assert module.name in parts or hasattr(import_module(f"{kernels.__name__}.{module.name}"), "warm_up")


def test_loops_compiled_before_a_file_changed_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    names = ("loops.py", "fields.py", "__pycache__/old.nbi", "__pycache__/old.1.nbc", "__pycache__/loops.pyc")
    for age, name in enumerate((*names, "__pycache__/new.nbi")):
        (tmp_path / name).touch()
        utime(tmp_path / name, (age, age))
    utime(tmp_path / "fields.py", (4, 4))
    kernels.forget_outdated(tmp_path)
    assert {file.name for file in (tmp_path / "__pycache__").iterdir()} == {"loops.pyc", "new.nbi"}
