"""Deep Boltzmann machines: mean field and its bound against sums over all states of the one-matrix form."""

import pytest
import torch
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from server.models.boltzmann import Boltzmann, Chains
from server.models.dbm import (
    bound,
    elbo,
    given,
    log_likelihood,
    log_marginal,
    log_partition,
    mean_field,
    posterior,
    units_visited,
    upwards,
    visited,
)
from server.models.rbm import binary_states
from tests.models.deep_machines import deep, log_weights, pictures
from tests.models.small_machines import TEMPERATURES, codes, seeded

SHAPES = [(8, 5, 4), (3, 6, 2), (5, 3, 4, 3), (2, 4, 3, 5)]
shapes = pytest.mark.parametrize("layers", SHAPES, ids=str)


@shapes
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_exact_sums_equal_those_over_all_states(layers: tuple[int, ...], temperature: float) -> None:
    machine, data = deep(layers, seed=3, temperature=temperature), pictures(layers[0], seed=4)
    table = log_weights(machine)
    rows = table[codes(data)]
    hidden = binary_states(sum(layers[1:])).double()
    assert torch.allclose(log_partition(machine), table.flatten().logsumexp(0), atol=1e-10)
    assert torch.allclose(log_marginal(machine, data), rows.logsumexp(1), atol=1e-10)
    assert torch.allclose(
        log_likelihood(machine, data), table.flatten().log_softmax(0).view_as(table)[codes(data)].logsumexp(1)
    )
    assert torch.allclose(torch.cat(posterior(machine, data), 1), rows.softmax(1) @ hidden, atol=1e-12)


def test_fewer_units_are_visited() -> None:
    assert visited((8, 5, 4), clamped=False) == [1]
    assert visited((8, 5, 4), clamped=True) == [2]
    assert visited((9, 6, 3, 6), clamped=False) == [0, 2] or units_visited((9, 6, 3, 6)) == 12
    assert units_visited((64, 64, 64, 10), clamped=True) == 64


def test_sums_in_parts_equal_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, data = deep((8, 5, 4), seed=1), pictures(8, seed=2, count=11)
    whole = log_marginal(machine, data)
    monkeypatch.setattr("server.models.dbm.CHUNK", 1)
    assert torch.equal(log_marginal(machine, data), whole)


@drawn(
    seed=st.integers(0, 2**31),
    spread=st.floats(0, 4),
    temperature=st.floats(0.2, 5),
    sweeps=st.integers(1, 30),
    layers=st.sampled_from([(8, 5, 4), (5, 3, 4, 3)]),
)
@settings(max_examples=150)
def test_the_bound_never_lies_above_the_likelihood(
    seed: int, spread: float, temperature: float, sweeps: int, layers: tuple[int, ...]
) -> None:
    """D1, from any start and however far mean field has come."""
    machine = deep(layers, seed, spread=spread, temperature=temperature)
    data = pictures(layers[0], seed + 1)
    start = [torch.rand(len(data), units, generator=seeded(seed), dtype=torch.float64) for units in layers[1:]]
    exact, normaliser = log_likelihood(machine, data), log_partition(machine)
    for begin in (None, start):
        found = elbo(machine, mean_field(machine, data, sweeps=sweeps, start=begin).means, normaliser)
        assert bool((found <= exact + 1e-9 * (1 + exact.abs())).all())


@shapes
def test_the_gap_is_the_divergence_of_the_product_from_the_posterior(layers: tuple[int, ...]) -> None:
    machine, data = deep(layers, seed=5), pictures(layers[0], seed=6)
    means = mean_field(machine, data, sweeps=3).means
    mean, states = torch.cat(means[1:], 1)[:, None], binary_states(sum(layers[1:])).double()
    product = torch.where(states == 1, mean, 1 - mean).log().sum(2)
    truth = log_weights(machine)[codes(data)].log_softmax(1)
    gap = log_likelihood(machine, data) - elbo(machine, means, log_partition(machine))
    assert torch.allclose(gap, (product.exp() * (product - truth)).sum(1), atol=1e-10)
    assert float(gap.min()) > 1e-3


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_without_weights_the_bound_is_the_likelihood(temperature: float) -> None:
    machine, data = deep((8, 5, 4), seed=1, temperature=temperature), pictures(8, seed=2)
    for weights in machine.couplings.between:
        weights.zero_()
    found = mean_field(machine, data)
    assert torch.allclose(elbo(machine, found.means, log_partition(machine)), log_likelihood(machine, data), atol=1e-12)
    assert found.sweeps == 2 or float(found.change) < 1e-6


@shapes
@pytest.mark.parametrize("spread", [0.3, 1.0, 3.0])
def test_no_sweep_lowers_the_bound_and_the_end_is_a_fixed_point(layers: tuple[int, ...], spread: float) -> None:
    machine, data = deep(layers, seed=7, spread=spread), pictures(layers[0], seed=8)
    means = [data, *upwards(machine, data)]
    before = bound(machine, means)
    for _ in range(60):
        means = mean_field(machine, data, sweeps=1, start=means[1:]).means
        after = bound(machine, means)
        assert bool((after >= before - 1e-12 * (1 + before.abs())).all())
        before = after
    settled = mean_field(machine, data, tolerance=1e-12, sweeps=20_000)
    assert settled.sweeps < 20_000
    for layer, mean in enumerate(settled.means[1:], 1):
        assert torch.allclose(mean, machine.probabilities(layer, settled.means), atol=1e-9)


def test_a_pass_upwards_counts_what_lies_below_twice_in_all_but_the_last() -> None:
    machine, data = deep((4, 3, 2), seed=1, temperature=1.5), pictures(4, seed=2)
    (w, u), (_, b, c) = machine.couplings.between, machine.couplings.biases
    first, second = upwards(machine, data)
    assert torch.allclose(first, ((2 * data @ w + b) / 1.5).sigmoid())
    assert torch.allclose(second, ((first @ u + c) / 1.5).sigmoid())


@shapes
def test_with_a_picture_given_a_machine_of_the_hidden_layers_is_left(layers: tuple[int, ...]) -> None:
    machine, data = deep(layers, seed=9, temperature=0.7), pictures(layers[0], seed=10)
    for picture, expected in zip(data, log_marginal(machine, data), strict=True):
        left, constant = given(machine, picture)
        assert torch.allclose(log_partition(left) + constant, expected, atol=1e-10)


def test_held_chains_find_the_posterior_where_mean_field_is_off() -> None:
    """Two units, each on if the other is: nearly as often both as none. Mean field settles for both."""
    machine = Boltzmann.random((1, 1, 1), seeded(0), spread=0.0, dtype=torch.float64)
    couplings = machine.couplings
    couplings.between[0].fill_(0.2)
    couplings.between[1].fill_(6.0)
    for bias in couplings.biases[1:]:
        bias.fill_(-3.0)
    picture = torch.ones(1, 1, dtype=torch.float64)
    exact = torch.cat(posterior(machine, picture), 1)[0]
    chains = Chains(machine, 4000, seeded(1))
    chains.scatter()
    chains.start(0, picture)
    chains.hold(0, torch.ones(1))
    total = torch.zeros(2, dtype=torch.float64)
    chains.sweep(100)
    for _ in range(100):
        chains.sweep()
        total += torch.cat([chance.mean(0) for chance in chains.chances[1:]])
    found = torch.cat(mean_field(machine, picture).means[1:], 1)[0]
    assert float((total / 100 - exact).abs().max()) < 0.02
    assert float((found - exact).abs().max()) > 0.2


def test_machines_that_cannot_be_treated_are_refused() -> None:
    with pytest.raises(ValueError, match="no links within"):
        mean_field(Boltzmann.random((3, 2, 2), seeded(0), lateral=True), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="2\\^17"):
        log_partition(deep((18, 17, 18)))
    with pytest.raises(ValueError, match="at least one sweep"):
        mean_field(deep((3, 2, 2)), pictures(3, 0), sweeps=0)
