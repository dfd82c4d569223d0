"""The fast loops against plain formulas, step for step, and their randomness against Glauber's law."""

from math import exp, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models import hopfield, kernels
from server.models.hopfield import Network, Order, Updates

ORDERS: list[Order] = ["random", "in turn", "all at once"]


def symmetric(units: int, seed: int, diagonal: bool = False) -> Tensor:
    """Gaussian symmetric weights (N, N); a diagonal, when kept, that is not negative."""
    weights = torch.randn(units, units, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    weights = weights + weights.T
    return weights.fill_diagonal_(1.0 if diagonal else 0.0)


def signs(*shape: int, seed: int) -> Tensor:
    return torch.randint(0, 2, shape, generator=torch.Generator().manual_seed(seed)).double() * 2 - 1


def random_network(units: int, seed: int, *, diagonal: bool = False, patterns: int = 3) -> Network:
    return Network(
        symmetric(units, seed, diagonal),
        signs(patterns, units, seed=seed + 1),
        signs(units, seed=seed + 2),
        seed,
    )


def rows_equal(one: Updates, other: Updates) -> bool:
    return all(torch.equal(left, right) for left, right in zip(one, other, strict=True))


def joined(parts: list[Updates]) -> Updates:
    return Updates(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 24), st.integers(0, 10**6), st.booleans(), st.floats(-1, 1))
def test_without_heat_each_update_is_the_plain_formula(units: int, seed: int, diagonal: bool, threshold: float) -> None:
    network = random_network(units, seed, diagonal=diagonal)
    network.threshold = threshold
    weights, state = network.weights, network.state
    updates = network.update(5 * units)
    for step in range(5 * units):
        unit = int(updates.unit[step])
        field = float(weights[unit] @ state) - threshold
        before = hopfield.energy(weights, state, threshold)
        state[unit] = 1.0 if field > 0 else -1.0
        after = hopfield.energy(weights, state, threshold)
        assert float(updates.energy[step]) == pytest.approx(float(after), abs=1e-10)
        assert float(updates.change[step]) == pytest.approx(float(after - before), abs=1e-10)
        assert torch.allclose(updates.overlaps[step], hopfield.overlaps(network.patterns, state))
    assert torch.equal(state, network.state)
    assert int(updates.flips.sum()) == int((updates.change != 0).sum())


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 24), st.integers(0, 10**6), st.floats(-1, 1))
def test_all_at_once_is_the_plain_formula(units: int, seed: int, threshold: float) -> None:
    network = random_network(units, seed)
    network.threshold = threshold
    state = network.state
    updates = network.update(6, "all at once")
    for step in range(6):
        before, state = state, torch.where(network.weights @ state > threshold, 1.0, -1.0).double()
        assert int(updates.flips[step]) == int((before != state).sum())
        assert float(updates.energy[step]) == pytest.approx(
            float(hopfield.energy(network.weights, state, threshold)), abs=1e-10
        )
        assert torch.allclose(updates.overlaps[step], hopfield.overlaps(network.patterns, state))
    assert torch.equal(state, network.state)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 40), st.integers(0, 10**6), st.booleans(), st.floats(-2, 2), st.sampled_from(ORDERS[:2]))
def test_energy_never_rises_one_at_a_time(
    units: int, seed: int, diagonal: bool, threshold: float, order: Order
) -> None:
    """C6, for any symmetric weights with W_ii ≥ 0; and the run ends where no unit wants to flip."""
    network = random_network(units, seed, diagonal=diagonal)
    network.threshold = threshold
    start = torch.tensor([network.energy], dtype=torch.float64)
    updates = network.update(60 * units, order)
    assert bool((updates.change <= 0).all())
    assert int(updates.rises) == 0
    assert bool((updates.energy.diff(prepend=start) <= 0).all())
    assert network.settled
    assert torch.equal(network.fields > 0, network.state > 0)


def test_a_rise_would_be_counted() -> None:
    """A self-inhibiting unit, which no rule here makes, flips uphill: the counter must not sleep."""
    network = Network(-torch.eye(2).double(), signs(1, 2, seed=0), torch.ones(2), 0)
    network.threshold = 0.1
    updates = network.update(2, "in turn")
    assert updates.change.tolist() == pytest.approx([-0.2, -0.2])
    network = Network(-torch.eye(2).double(), signs(1, 2, seed=0), -torch.ones(2), 0)
    network.threshold = 0.1
    assert int(network.update(2, "in turn").rises) == 2


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_runs_do_not_depend_on_how_they_are_divided(order: Order, temperature: float) -> None:
    def network() -> Network:
        made = random_network(30, 5)
        made.temperature = temperature
        return made

    whole, parts = network(), network()
    one = whole.update(107, order)
    other = joined([parts.update(steps, order) for steps in (3, 4, 0, 1, 99)])
    assert rows_equal(one, other)
    assert torch.equal(whole.state, parts.state)


def test_division_does_not_matter_across_a_refresh() -> None:
    whole, parts = random_network(20, 8), random_network(20, 8)
    whole.temperature = parts.temperature = 50.0
    one = whole.update(3 * kernels.REFRESH)
    assert int(one.flips.sum()) > kernels.REFRESH
    other = joined([parts.update(steps) for steps in (kernels.REFRESH, 7, 2 * kernels.REFRESH - 7)])
    assert rows_equal(one, other)


def test_fields_and_energy_do_not_drift() -> None:
    network = random_network(50, 9)
    network.temperature = 50.0
    energies = network.update(200_000).energy
    exact = hopfield.energy(network.weights, network.state)
    assert float(energies[-1]) == pytest.approx(float(exact), abs=1e-9)
    assert torch.allclose(network.fields, network.weights @ network.state, atol=kernels.TIE / 10, rtol=0)


def test_every_sweep_asks_every_unit_once_in_fresh_order() -> None:
    units = random_network(50, 1).update(500).unit.reshape(10, 50)
    assert torch.equal(units.sort(1).values, torch.arange(50, dtype=torch.int32).expand(10, 50))
    assert len({tuple(sweep) for sweep in units.tolist()}) == 10


def test_random_order_is_uniform() -> None:
    """Each unit comes equally often at each place of the sweep: chi-square, 99.99 % point of 24 degrees."""
    units = random_network(5, 2).update(5 * 20_000).unit.reshape(-1, 5)
    counts = torch.stack([torch.bincount(units[:, place], minlength=5) for place in range(5)]).double()
    assert float(((counts - 4000) ** 2 / 4000).sum()) < 59


def test_in_turn_asks_units_by_number() -> None:
    assert random_network(7, 3).update(15, "in turn").unit.tolist() == [*range(7), *range(7), 0]


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_heat_follows_glauber(temperature: float) -> None:
    """Units without links decide independently: the share that is on, against 1/(1+exp(−2h/T)) within 5 σ."""
    draws = 40_000
    for threshold in (-1.0, -0.2, 0.0, 0.5):
        nothing = torch.zeros(20, 20, dtype=torch.float64)
        network = Network(nothing, torch.ones(1, 20), torch.ones(20), 7, threshold=threshold)
        network.temperature = temperature
        on = (network.update(draws // 20, "all at once").overlaps[:, 0].mean() + 1) / 2
        expected = 1 / (1 + exp(2 * threshold / temperature))
        assert float(on) == pytest.approx(expected, abs=5 * sqrt(expected * (1 - expected) / draws) + 1e-12)


@pytest.mark.parametrize("order", ORDERS[:2])
def test_heat_reaches_boltzmanns_distribution(order: Order) -> None:
    """One at a time, all 2⁴ states appear as exp(−E/T)/Z says; every third sweep is counted."""
    network = Network(symmetric(4, 11) / 2, torch.eye(4) * 2 - 1, torch.ones(4), 3, threshold=0.2)
    network.temperature = 1.5
    states = (torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 4)).double()
    expected = torch.softmax(-hopfield.energy(network.weights, states, 0.2) / 1.5, 0)
    sweeps = 40_000
    recorded = network.update(4 * 3 * sweeps, order).overlaps[2 * 4 * 3 - 1 :: 4 * 3] * 4
    spins = torch.linalg.solve(network.patterns, recorded.T).T.round()
    codes = ((spins + 1) / 2 @ torch.tensor([8.0, 4.0, 2.0, 1.0]).double()).long()
    observed = torch.bincount(codes, minlength=16) / len(codes)
    assert float((observed - expected).abs().sum() / 2) < 0.012


def test_ties_keep_the_state() -> None:
    network = Network(torch.zeros(6, 6), torch.ones(1, 6), signs(6, seed=4), 0)
    before = network.state
    for order in ORDERS:
        network.update(20, order)
    assert torch.equal(before, network.state)
    assert network.settled


def test_a_tie_made_by_rounding_is_still_a_tie() -> None:
    """Three inputs that cancel exactly only on paper: .1 + .2 − .3 is 5.6e-17 in floating point."""
    weights = torch.zeros(4, 4, dtype=torch.float64)
    weights[0, 1:] = weights[1:, 0] = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
    network = Network(weights, torch.ones(1, 4), torch.tensor([-1.0, 1.0, 1.0, -1.0]), 0)
    assert int(network.update(1, "in turn").flips.sum()) == 0


def test_uniform_is_splitmix64() -> None:
    """The reference vector of seed 1234567 (S. Vigna's splitmix64.c), of which 53 bits are used."""
    words = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    randomness = np.array([1234567], np.uint64)
    assert [kernels.uniform(randomness) for _ in words] == [(word >> 11) / 2**53 for word in words]


def test_warm_up_compiles_what_a_network_calls() -> None:
    kernels.warm_up()
    compiled = [len(kernel.signatures) for kernel in (kernels.one_at_a_time, kernels.all_at_once)]
    for order in ORDERS:
        random_network(6, 0).update(3, order)
    assert compiled == [len(kernel.signatures) for kernel in (kernels.one_at_a_time, kernels.all_at_once)]
