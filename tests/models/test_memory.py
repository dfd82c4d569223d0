"""Fields and energies of every memory against sums written out, against each other, and H11."""

from math import exp, isfinite, log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from server.models.memory import Dense, LowRank, Pairwise
from server.models.rules import hebb
from tests.models.memories import MEMORIES, PLAIN, all_states, corrupted, gaussian, loose, signs, symmetric

seeds = st.integers(0, 10**6)


@settings(max_examples=80)
@given(st.sampled_from(sorted(PLAIN)), st.integers(2, 16), seeds, st.floats(-1, 1))
def test_a_field_is_half_the_energy_gap(kind: str, units: int, seed: int, threshold: float) -> None:
    """h_i = (E with i off − E with i on)/2, which makes Glauber's rule Boltzmann's."""
    memory, state = PLAIN[kind](units, seed), signs(units, seed=seed + 1)
    on, off = state.repeat(units, 1).fill_diagonal_(1), state.repeat(units, 1).fill_diagonal_(-1)
    gaps = memory.energy(off, threshold) - memory.energy(on, threshold)
    assert torch.allclose(memory.fields(state, threshold), gaps / 2, atol=1e-9)


@settings(max_examples=30)
@given(st.sampled_from(sorted(MEMORIES)), st.integers(2, 12), seeds, st.floats(-1, 1))
def test_many_states_are_each_by_itself(kind: str, units: int, seed: int, threshold: float) -> None:
    memory, states = MEMORIES[kind](units, seed), signs(2, 3, units, seed=seed + 1)
    fields, energies = memory.fields(states, threshold), memory.energy(states, threshold)
    assert fields.shape == states.shape
    assert energies.shape == states.shape[:-1]
    assert memory.size == units
    for row in range(2):
        for column in range(3):
            alone = states[row, column]
            assert torch.allclose(fields[row, column], memory.fields(alone, threshold), atol=1e-12)
            assert float(energies[row, column]) == pytest.approx(float(memory.energy(alone, threshold)), abs=1e-10)


@settings(max_examples=30)
@given(st.integers(2, 9), seeds, st.floats(-2, 2), st.floats(-1, 1))
def test_pairwise_is_the_double_sum(units: int, seed: int, diagonal: float, threshold: float) -> None:
    weights, state = symmetric(units, seed, diagonal), signs(units, seed=seed + 1)
    memory = Pairwise(weights)
    pairs = sum(float(weights[i, j] * state[i] * state[j]) for i in range(units) for j in range(units))
    assert float(memory.energy(state, threshold)) == pytest.approx(-0.5 * pairs + threshold * float(state.sum()))
    heard = [sum(float(weights[i, j] * state[j]) for j in range(units)) - threshold for i in range(units)]
    assert memory.fields(state, threshold).tolist() == pytest.approx(heard, abs=1e-9)
    assert torch.equal(memory.matrix(), weights)


@settings(max_examples=30)
@given(st.integers(1, 12), seeds, st.floats(-2, 2), st.floats(-1, 1))
def test_low_rank_is_its_matrix(units: int, seed: int, diagonal: float, threshold: float) -> None:
    memory, states = loose(units, seed, diagonal), signs(5, units, seed=seed + 1)
    weights = (memory.left @ memory.right.T).fill_diagonal_(diagonal)
    assert torch.allclose(memory.matrix(), weights)
    same = Pairwise(memory.matrix())
    assert torch.allclose(memory.fields(states, threshold), same.fields(states, threshold), atol=1e-9)
    assert torch.allclose(memory.energy(states, threshold), same.energy(states, threshold), atol=1e-9)


@settings(max_examples=30)
@given(st.integers(2, 60), st.integers(1, 40), seeds, st.floats(-1, 1))
def test_power_two_is_hebb(units: int, count: int, seed: int, threshold: float) -> None:
    """Less a constant p/2, which is Hebb's own W_ii that `Dense` cannot leave out."""
    patterns, states = signs(count, units, seed=seed), signs(4, units, seed=seed + 1)
    dense, pairs = Dense(patterns, 2), hebb(patterns)
    assert torch.allclose(dense.fields(states, threshold), pairs.fields(states, threshold), atol=1e-10)
    energies = pairs.energy(states, threshold) - count / 2
    assert torch.allclose(dense.energy(states, threshold), energies, atol=1e-9)


@pytest.mark.parametrize("power", [2, 3, 4, 7, None])
def test_dense_energy_is_its_sum(power: int | None) -> None:
    patterns, state = signs(5, 12, seed=3), signs(12, seed=4)
    products = [int(pattern @ state) for pattern in patterns]
    if power is None:
        expected = -log(sum(exp(product) for product in products))
    else:
        expected = -sum(product**power for product in products) / (power * 12 ** (power - 1))
    assert float(Dense(patterns, power).energy(state)) == pytest.approx(expected)


@pytest.mark.parametrize("units", [400, 1024])
def test_an_exponential_memory_stays_finite(units: int) -> None:
    """exp(1024) has no floating point: at a stored pattern E = −N and every field is ±1 all the same.

    Turning one unit over takes the one large term from exp(N) to exp(N − 2), a gap of 2.
    """
    patterns = signs(50, units, seed=5)
    memory = Dense(patterns)
    assert float(memory.energy(patterns[0])) == pytest.approx(-units)
    assert torch.allclose(memory.fields(patterns[0]), patterns[0])
    between = corrupted(patterns[0], units // 2, 1)
    assert isfinite(float(memory.energy(between)))
    assert bool(memory.fields(between).isfinite().all())


@pytest.mark.parametrize("power", [3, 10, 20, 30])
def test_steep_memories_decide_where_fields_are_tiny(power: int) -> None:
    """Far from all memories (ξ·s/N)ⁿ is smaller than any fixed limit, but not a tie: exact integers say so."""
    patterns, state = signs(7, 60, seed=6), signs(60, seed=7)
    fields = Dense(patterns, power).fields(state)
    for unit in range(60):
        gap = 0
        for pattern in patterns:
            rest = int(pattern @ state - pattern[unit] * state[unit])
            gap += (rest + int(pattern[unit])) ** power - (rest - int(pattern[unit])) ** power
        assert float(fields[unit].sign()) == (gap > 0) - (gap < 0)


@pytest.mark.parametrize("power", [2, 3, 5, 12, None])
def test_ties_of_dense_memories_are_exact(power: int | None) -> None:
    """Two memories as near to a state, which disagree on the last unit only: it has nothing to go by."""
    patterns = torch.tensor([[1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, -1, -1, -1, -1, -1]])
    for last in (1, -1):
        fields = Dense(patterns, power).fields(torch.tensor([1, 1, 1, 1, 1, 1, 1, -1, -1, last]))
        assert fields[-1] == 0
        assert bool((fields[:5] > 0).all())


def test_a_tie_made_by_rounding_is_still_a_tie() -> None:
    """Three inputs that cancel only on paper: .1 + .2 − .3 is 5.6e-17 in floating point."""
    weights = torch.zeros(4, 4, dtype=torch.float64)
    weights[0, 1:] = weights[1:, 0] = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
    assert float(Pairwise(weights).fields(torch.tensor([-1.0, 1.0, 1.0, -1.0]))[0]) == 0.0


@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_the_lowest_state_wants_no_change(kind: str) -> None:
    memory, states = PLAIN[kind](10, 8), all_states(10)
    lowest = states[memory.energy(states, 0.1).argmin()]
    assert bool((memory.fields(lowest, 0.1) * lowest >= 0).all())


def test_h11_bit_error_of_a_cubic_memory() -> None:
    """D. Krotov, J. J. Hopfield (2016), section 3: K = 361 patterns in N = 100 units at F = x³; .0013 in theory."""
    wrong = total = 0
    for seed in range(20):
        patterns = signs(361, 100, seed=seed)
        wrong += int((Dense(patterns, 3).fields(patterns) * patterns < 0).sum())
        total += patterns.numel()
    assert wrong / total == pytest.approx(0.0013, rel=0.15)


def test_memories_refuse_what_has_no_energy() -> None:
    with pytest.raises(ValueError, match="symmetric"):
        Pairwise(torch.tensor([[0.0, 1, 0], [0, 0, 0], [0, 0, 0]]))
    with pytest.raises(ValueError, match="N×N"):
        Pairwise(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="symmetric"):
        LowRank(gaussian(5, 2, seed=0), gaussian(5, 2, seed=1), torch.zeros(5))
    with pytest.raises(ValueError, match="N×k"):
        LowRank(torch.zeros(5, 2), torch.zeros(5, 2), torch.zeros(4))
    with pytest.raises(ValueError, match="power"):
        Dense(signs(2, 5, seed=0), 1)
    with pytest.raises(ValueError, match=r"\+1 or −1"):
        Dense(torch.zeros(2, 5), 3)
