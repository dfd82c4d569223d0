"""Doubling and folding against the definition: one matrix of all states, and sums in plain Python."""

import math
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.boltzmann import Boltzmann
from server.models.enumeration import LARGEST, all_states, clamp, enumerate_states
from server.models.landscape import numbers_of
from tests.models.small_machines import TEMPERATURES, seeded


def machine(units: int, seed: int, spread: float = 1.0) -> tuple[Tensor, Tensor]:
    """Symmetric W and b ~ N(0, spread²), float64."""
    weights = (torch.randn(units, units, generator=seeded(seed), dtype=torch.float64) * spread).triu(1)
    return weights + weights.T, torch.randn(units, generator=seeded(seed + 1), dtype=torch.float64) * spread


def matrix_form(weights: Tensor, biases: Tensor, temperature: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Energies, p, ln Z and ⟨s sᵀ⟩ by matrices of all states."""
    states = all_states(len(biases))
    energies = -((states @ weights) * states).sum(1) / 2 - states @ biases
    probabilities = (-energies / temperature).softmax(0)
    return energies, probabilities, (-energies / temperature).logsumexp(0), states.T @ (states * probabilities[:, None])


def test_a_state_s_bits_are_its_number() -> None:
    states = all_states(5)
    assert torch.equal(numbers_of(states), torch.arange(32))
    assert states[6].tolist() == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_everything_agrees_with_plain_python(temperature: float) -> None:
    weights, biases = machine(4, 3)
    w, b = weights.tolist(), biases.tolist()
    found = enumerate_states(weights, biases, temperature)
    total, heat = 0.0, 0.0
    both = [[0.0] * 4 for _ in range(4)]
    for bits in product((0, 1), repeat=4):
        energy = -sum(w[i][j] * bits[i] * bits[j] for i in range(4) for j in range(i))
        energy -= sum(bias * bit for bias, bit in zip(b, bits, strict=True))
        assert float(found.energies[sum(bit << i for i, bit in enumerate(bits))]) == pytest.approx(energy, abs=1e-12)
        total += math.exp(-energy / temperature)
        heat += energy * math.exp(-energy / temperature)
        for i, j in product(range(4), repeat=2):
            both[i][j] += bits[i] * bits[j] * math.exp(-energy / temperature)
    assert float(found.log_partition) == pytest.approx(math.log(total), abs=1e-12)
    assert float(found.mean_energy) == pytest.approx(heat / total, abs=1e-12)
    torch.testing.assert_close(found.moments, torch.tensor(both, dtype=torch.float64) / total, rtol=0, atol=1e-12)


@given(
    units=st.integers(1, 13),
    seed=st.integers(0, 10**6),
    spread=st.sampled_from([0.0, 0.3, 1.0, 10.0]),
    temperature=st.floats(0.01, 100),
)
@settings(max_examples=60)
def test_doubling_and_folding_are_the_matrix_form(units: int, seed: int, spread: float, temperature: float) -> None:
    """Also where one block of 2^10 states does not hold all, and where a softmax without a shift would overflow."""
    weights, biases = machine(units, seed, spread)
    found = enumerate_states(weights, biases, temperature)
    energies, probabilities, log_partition, moments = matrix_form(weights, biases, temperature)
    grain = 1e-13 * float(energies.abs().max() + 1) / min(temperature, 1) * units
    for ours, theirs in (
        (found.energies, energies),
        (found.log_partition, log_partition),
        (found.moments, moments),
        (found.probabilities, probabilities),
        (found.mean, moments.diagonal()),
        (found.mean_energy, probabilities @ energies),
        (found.entropy, -torch.xlogy(probabilities, probabilities).sum()),
        (found.marginal(units // 2), probabilities.view(-1, 1 << units // 2).sum(0)),
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=grain * 10)
    assert torch.equal(found.moments, found.moments.T)


def test_moments_are_slopes_of_ln_z() -> None:
    """∂ ln Z / ∂b_i = ⟨s_i⟩ / T and ∂ ln Z / ∂W_ij = ⟨s_i s_j⟩ / T, by differences, for 15 units in two blocks."""
    weights, biases = machine(15, 5, 0.4)
    temperature, step = 1.7, 1e-5
    found = enumerate_states(weights, biases, temperature)

    def log_partition(i: int, j: int, shift: float) -> float:
        w, b = weights.clone(), biases.clone()
        if i == j:
            b[i] += shift
        else:
            w[i, j] += shift
            w[j, i] += shift
        return float(enumerate_states(w, b, temperature).log_partition)

    for i, j in ((0, 0), (14, 14), (2, 7), (3, 12), (11, 13)):  # in the block, beside it, across
        slope = (log_partition(i, j, step) - log_partition(i, j, -step)) / (2 * step)
        assert slope * temperature == pytest.approx(float(found.moments[i, j]), abs=1e-8)


@pytest.mark.parametrize("units", [3, 20])
def test_independent_units_are_known_in_closed_form(units: int) -> None:
    biases = torch.linspace(-2, 2, units, dtype=torch.float64)
    found = enumerate_states(torch.zeros(units, units), biases, 0.7)
    on = (biases / 0.7).sigmoid()
    torch.testing.assert_close(found.mean, on, rtol=0, atol=1e-12)
    expected = (on[:, None] * on).fill_diagonal_(0) + on.diag()
    torch.testing.assert_close(found.moments, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(found.log_partition, torch.nn.functional.softplus(biases / 0.7).sum())


def test_towards_zero_temperature_only_the_lowest_state_is_left() -> None:
    weights, biases = machine(9, 8)
    found = enumerate_states(weights, biases, 1e-3)
    lowest = all_states(9)[found.energies.argmin()]
    torch.testing.assert_close(found.mean, lowest, rtol=0, atol=1e-9)
    assert float(found.probabilities.max()) == pytest.approx(1, abs=1e-9)


def test_probabilities_wait_until_asked_for_and_are_kept() -> None:
    found = enumerate_states(*machine(6, 1))
    assert "probabilities" not in vars(found)
    assert found.probabilities is found.probabilities


@given(seed=st.integers(0, 10**6), held=st.sets(st.integers(0, 6), min_size=1, max_size=6))
@settings(max_examples=30)
def test_a_clamped_machine_is_the_conditional(seed: int, held: set[int]) -> None:
    """p(free | held) from the joint distribution, energies with their constant."""
    weights, biases = machine(7, seed)
    units = torch.tensor(sorted(held))
    values = torch.randint(0, 2, (len(held),), generator=seeded(seed))
    whole, states = enumerate_states(weights, biases, 0.8), all_states(7)
    fits = (states[:, units] == values).all(1)
    conditional = whole.probabilities[fits] / whole.probabilities[fits].sum()
    free_weights, free_biases, constant = clamp(weights, biases, units, values)
    free = enumerate_states(free_weights, free_biases, 0.8)
    torch.testing.assert_close(free.energies + constant, whole.energies[fits], rtol=0, atol=1e-12)
    torch.testing.assert_close(free.probabilities, conditional, rtol=0, atol=1e-12)


def test_a_layered_machine_is_the_same_machine() -> None:
    """The energies are those of `Boltzmann`, the one energy of all machines."""
    model = Boltzmann.random((3, 4, 2), seeded(2), spread=1.0, lateral=True, dtype=torch.float64)
    found = enumerate_states(*model.whole())
    torch.testing.assert_close(
        found.energies, model.energy(torch.split(all_states(9), [3, 4, 2], 1)), rtol=0, atol=1e-12
    )


def test_a_workspace_is_used_and_changes_nothing() -> None:
    workspace = torch.full((1 << 12,), torch.nan, dtype=torch.float64)
    ours, plain = (enumerate_states(*machine(12, 4), workspace=space) for space in (workspace, None))
    assert ours.energies.data_ptr() == workspace.data_ptr()
    assert torch.equal(ours.energies, plain.energies)
    assert torch.equal(ours.moments, plain.moments)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e308])
def test_weights_without_end_give_a_result_without_sense_and_no_error(bad: float) -> None:
    weights, biases = machine(4, 0)
    weights[:2, 2:] = weights[2:, :2] = bad
    assert not bool(enumerate_states(weights, biases).moments.isfinite().all())


def test_what_cannot_be_listed_is_refused() -> None:
    weights, biases = machine(3, 0)
    with pytest.raises(ValueError, match=f"1 to {LARGEST} units, not for 25"):
        enumerate_states(torch.zeros(25, 25), torch.zeros(25))
    with pytest.raises(ValueError, match="number above 0, not 0"):
        enumerate_states(weights, biases, 0.0)
    with pytest.raises(ValueError, match="same both ways"):
        enumerate_states(weights.triu(), biases)
    with pytest.raises(ValueError, match="0 from a unit to itself"):
        enumerate_states(weights + torch.eye(3), biases)
