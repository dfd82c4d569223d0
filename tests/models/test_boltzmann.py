"""The Boltzmann machine of any number of layers against its definition."""

import math
from itertools import pairwise, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains, Couplings
from tests.models.layered_machines import every_state, layered
from tests.models.small_machines import seeded

shapes = st.lists(st.integers(1, 3), min_size=1, max_size=4)
seeds = st.integers(0, 10**6)


def naive_energy(machine: Boltzmann, state: tuple[int, ...]) -> float:
    """−½ Σ_i Σ_j W_ij s_i s_j − Σ_i b_i s_i, number by number, W put together unit by unit."""
    c = machine.couplings
    places = [(layer, unit) for layer, units in enumerate(c.layers) for unit in range(units)]

    def weight(one: tuple[int, int], other: tuple[int, int]) -> float:
        (lower, i), (upper, j) = sorted((one, other))
        inside = c.within[lower]
        if upper - lower == 1:
            return float(c.between[lower][i, j])
        return float(inside[i, j]) if upper == lower and inside is not None else 0.0

    pairs = sum(
        weight(a, b) * x * y for a, x in zip(places, state, strict=True) for b, y in zip(places, state, strict=True)
    )
    return -pairs / 2 - sum(float(c.biases[layer][unit]) * s for (layer, unit), s in zip(places, state, strict=True))


@settings(max_examples=25)
@given(shapes, st.booleans(), seeds)
def test_energy_is_the_double_sum(layers: list[int], lateral: bool, seed: int) -> None:
    machine = layered(*layers[: 3 if sum(layers) > 8 else 4], seed=seed, lateral=lateral)
    states = every_state(machine.couplings)
    naive = [naive_energy(machine, state) for state in product((0, 1), repeat=sum(machine.couplings.layers))]
    assert machine.energy(states).tolist() == pytest.approx(naive, abs=1e-12)
    weights, biases = machine.whole()
    together = torch.cat(states, 1)
    assert torch.allclose(machine.energy(states), Boltzmann.full(weights, biases).energy([together]), atol=1e-12)


@settings(max_examples=60)
@given(shapes, st.booleans(), seeds, st.floats(0.1, 10))
def test_field_is_the_energy_off_less_the_energy_on(
    layers: list[int], lateral: bool, seed: int, temperature: float
) -> None:
    machine = layered(*layers, seed=seed, lateral=lateral, temperature=temperature)
    states = [torch.rand(5, units, generator=seeded(seed + 2), dtype=torch.float64).round() for units in layers]
    for layer, units in enumerate(layers):
        gaps = torch.empty(5, units, dtype=torch.float64)
        for unit in range(units):
            off, on = ([state.clone() for state in states] for _ in range(2))
            off[layer][:, unit], on[layer][:, unit] = 0, 1
            gaps[:, unit] = machine.energy(off) - machine.energy(on)
        assert torch.allclose(machine.field(layer, states), gaps, atol=1e-12)
        chances = 1 / (1 + torch.exp(-gaps / temperature))
        assert torch.allclose(machine.probabilities(layer, states), chances, atol=1e-12)
        room = torch.full_like(gaps, math.nan)
        assert machine.probabilities(layer, states, out=room) is room
        assert torch.allclose(room, chances, atol=1e-12)


@pytest.mark.parametrize("lateral", [False, True])
def test_what_a_layer_hears_from_others_leaves_its_own_links_out(lateral: bool) -> None:
    machine = layered(3, 2, seed=4, lateral=lateral)
    states = [state[:20] for state in every_state(machine.couplings)]
    inside = machine.couplings.within[0]
    own = 0 if inside is None else states[0] @ inside
    assert torch.allclose(machine.field(0, states, within=False) + own, machine.field(0, states), atol=1e-12)
    alone = layered(3, seed=4, lateral=lateral)
    assert torch.equal(alone.field(0, [states[0]], within=False), alone.couplings.biases[0].expand(20, 3))
    room = torch.zeros(3, 20, dtype=torch.float64).T  # chains of a linked layer lie so
    assert torch.equal(alone.field(0, [states[0]], within=False, scale=2, out=room), room)
    assert torch.equal(room, 2 * alone.couplings.biases[0].expand(20, 3))


@settings(max_examples=40)
@given(shapes, st.booleans(), seeds)
def test_couplings_are_one_tensor_seen_in_parts(layers: list[int], lateral: bool, seed: int) -> None:
    couplings = Couplings.zeros(layers, lateral=lateral, dtype=torch.float64)
    assert couplings.lateral is lateral
    parts: list[Tensor] = [
        *couplings.between,
        *(part for part in couplings.within if part is not None),
        *couplings.biases,
    ]
    couplings.flat.normal_(generator=seeded(seed))
    assert torch.equal(torch.cat([part.flatten() for part in parts]), couplings.flat)
    assert [tuple(part.shape) for part in couplings.between] == list(pairwise(layers))
    assert [len(bias) for bias in couplings.biases] == layers
    couplings.biases[-1].fill_(7)
    assert couplings.flat[-1] == 7
    assert torch.equal(couplings.to(torch.float32).flat, couplings.flat.float())


def test_energy_has_the_gradient_of_its_weights() -> None:
    """∂E/∂W = −v hᵀ, ∂E/∂b = −s: what all learning is made of, here by autograd through the flat tensor."""
    machine = layered(3, 2, 2, seed=1)
    flat = machine.couplings.flat.clone().requires_grad_()
    states = [state[37:38] for state in every_state(machine.couplings)]
    torch.autograd.backward(Boltzmann(Couplings.over(flat, (3, 2, 2))).energy(states).sum())
    assert flat.grad is not None
    found = Couplings.over(flat.grad, (3, 2, 2))
    for weights, lower, upper in zip(found.between, states, states[1:], strict=False):
        assert torch.allclose(weights, -lower.T @ upper, atol=1e-14)
    for bias, state in zip(found.biases, states, strict=True):
        assert torch.allclose(bias, -state[0], atol=1e-14)


def test_random_weights_have_the_spread_and_are_symmetric_within() -> None:
    machine = Boltzmann.random((200, 100), seeded(0), spread=0.3, lateral=True)
    weights, biases = machine.whole()
    assert torch.equal(weights, weights.T)
    assert not bool(weights.diagonal().any() or biases.any())
    for part in (*machine.couplings.between, machine.couplings.within[0]):
        assert part is not None
        assert float(part[~torch.eye(*part.shape, dtype=torch.bool)].std()) == pytest.approx(0.3, rel=0.02)


def test_whole_and_full_are_inverse_and_another_temperature_shares_the_couplings() -> None:
    weights, biases = layered(5, seed=3, lateral=True).whole()
    machine = Boltzmann.full(weights, biases, 0.5)
    assert all(torch.equal(a, b) for a, b in zip(machine.whole(), (weights, biases), strict=True))
    weights.zero_()
    assert bool(machine.whole()[0].any())
    warm = machine.at(2.0)
    assert warm.temperature == 2.0
    assert warm.couplings is machine.couplings


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Couplings.zeros((3, 0)), "3 and 0"),
        (lambda: Couplings.zeros(()), "none"),
        (lambda: layered(2, 2, temperature=0.0), "temperature"),
        (lambda: Chains(layered(2, 2), 0, seeded(0)), "chain"),
        (lambda: Boltzmann.full(torch.zeros(2, 3), torch.zeros(2)), "2×2"),
        (lambda: Boltzmann.full(torch.eye(2), torch.zeros(2)), "itself"),
        (lambda: Boltzmann.full(torch.ones(2, 2).triu(1), torch.zeros(2)), "both ways"),
        (lambda: Boltzmann.full(torch.full((1, 1), math.nan), torch.zeros(1)), "numbers"),
    ],
)
def test_impossible_machines_are_refused_in_words(wrong: object, words: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=words):
        wrong()
