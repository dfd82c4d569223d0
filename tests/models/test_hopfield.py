"""Facts about recall: the reference values that fit a fast run, and enumeration where N is small."""

import pytest
import torch
from torch import Tensor

from server.models import theory
from server.models.data import binary_digits
from server.models.hopfield import Network, energy, fields, hebb, overlaps, pseudo_inverse


def random_patterns(count: int, units: int, seed: int) -> Tensor:
    return torch.randint(0, 2, (count, units), generator=torch.Generator().manual_seed(seed)).double() * 2 - 1


def corrupted(pattern: Tensor, flips: int, seed: int) -> Tensor:
    """The pattern with exactly this many units turned over."""
    turned = pattern.clone()
    turned[torch.randperm(pattern.numel(), generator=torch.Generator().manual_seed(seed))[:flips]] *= -1
    return turned


def recalled(weights: Tensor, patterns: Tensor, start: Tensor, seed: int = 0) -> float:
    """The overlap with the first pattern once the run from ``start`` has settled."""
    network = Network(weights, patterns[:1], start, seed)
    for _ in range(100):
        network.update(10 * start.numel())
        if network.settled:
            break
    assert network.settled
    return float(network.overlaps[0])


def all_states(units: int) -> Tensor:
    """Every state (2^N, N)."""
    bits = torch.arange(2**units)[:, None] >> torch.arange(units)
    return (bits & 1).double() * 2 - 1


def test_hebb_is_the_sum_over_patterns_without_self_links() -> None:
    patterns = random_patterns(4, 9, 0)
    expected = sum(torch.outer(pattern, pattern) for pattern in patterns) / 9
    assert isinstance(expected, Tensor)
    assert torch.allclose(hebb(patterns, self_connections=True), expected)
    assert torch.equal(hebb(patterns).diagonal(), torch.zeros(9, dtype=torch.float64))
    assert torch.allclose(hebb(patterns) + torch.diag(expected.diagonal()), expected)


@pytest.mark.parametrize("dependent", [False, True])
def test_pseudo_inverse_projects(dependent: bool) -> None:
    patterns = random_patterns(6, 40, 1)
    if dependent:
        patterns = torch.cat([patterns, -patterns[:2]])
    weights = pseudo_inverse(patterns, self_connections=True)
    assert torch.equal(weights, weights.T)
    assert torch.allclose(weights @ patterns.T, patterns.T)
    assert torch.allclose(weights @ weights, weights)
    assert float(weights.trace()) == pytest.approx(6)
    assert torch.equal(pseudo_inverse(patterns).diagonal(), torch.zeros(40, dtype=torch.float64))


def test_rules_agree_on_orthogonal_patterns() -> None:
    patterns = torch.tensor([[1.0, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]])
    assert torch.allclose(hebb(patterns), pseudo_inverse(patterns))


def test_energy_is_the_double_sum() -> None:
    weights = hebb(random_patterns(3, 7, 2))
    for state in random_patterns(20, 7, 3):
        total = -0.5 * sum(
            float(weights[i, j] * state[i] * state[j]) for i in range(7) for j in range(7)
        ) + 0.3 * float(state.sum())
        assert float(energy(weights, state, 0.3)) == pytest.approx(total)


def test_a_field_is_half_the_energy_gap() -> None:
    """h_i = (E with i off − E with i on) / 2, which makes Glauber's rule Boltzmann's."""
    weights = hebb(random_patterns(3, 11, 4))
    state = random_patterns(1, 11, 5)[0]
    for unit in range(11):
        on, off = state.clone(), state.clone()
        on[unit], off[unit] = 1, -1
        gap = energy(weights, off, 0.2) - energy(weights, on, 0.2)
        assert float(fields(weights, state, 0.2)[unit]) == pytest.approx(float(gap) / 2)


@pytest.mark.parametrize("load", [138, 185])
def test_h1_bit_error(load: int) -> None:
    """One step from a stored pattern, N = 1000, pooled over 200+ patterns."""
    wrong = total = 0
    for seed in range(3):
        patterns = random_patterns(load, 1000, seed)
        wrong += int((fields(hebb(patterns), patterns) * patterns < 0).sum())
        total += patterns.numel()
    assert total >= 200 * 1000
    assert wrong / total == pytest.approx(theory.bit_error(load / 1000), rel=0.15)


@pytest.mark.parametrize(("load", "tolerance"), [(0.10, 0.003), (0.12, 0.015)])
def test_h2_overlap_below_capacity(load: float, tolerance: float) -> None:
    patterns = random_patterns(round(1000 * load), 1000, 10)
    weights = hebb(patterns)
    measured = [recalled(weights, patterns[mu:], patterns[mu], mu) for mu in range(12)]
    assert sum(measured) / 12 == pytest.approx(theory.overlap(load), abs=tolerance)


def test_h2_overlap_collapses_above_capacity() -> None:
    patterns = random_patterns(200, 1000, 11)
    weights = hebb(patterns)
    measured = [recalled(weights, patterns[mu:], patterns[mu], mu) for mu in range(12)]
    assert sum(measured) / 12 == pytest.approx(0.38, abs=0.09)


@pytest.mark.parametrize(("count", "expected"), [(5, 0.99), (14, 0.92), (25, 0.36)])
def test_h4_basin(count: int, expected: float) -> None:
    """N = 200, 30 % turned over: the share recalled over 500 draws (standard error ≤ .022)."""
    good = 0
    for seed in range(500):
        patterns = random_patterns(count, 200, seed)
        good += recalled(hebb(patterns), patterns, corrupted(patterns[0], 60, seed), seed) > 0.95
    assert good / 500 == pytest.approx(expected, abs=0.07)


def test_h6_mixtures_of_three() -> None:
    patterns = random_patterns(3, 2000, 20)
    weights = hebb(patterns)
    mixture = patterns.sum(0).sign()
    assert torch.allclose(overlaps(patterns, mixture), torch.full((3,), 0.5).double(), atol=0.05)
    assert float(energy(weights, mixture)) / 2000 == pytest.approx(-0.375, abs=0.05)
    assert float(energy(weights, patterns[0])) / 2000 == pytest.approx(-0.5, abs=0.01)
    assert bool((fields(weights, mixture) * mixture > 0).all())
    network = Network(weights, mixture[None], mixture, 0, temperature=0.3)
    network.update(40 * 2000)
    assert float(network.overlaps[0]) > 0.9


def test_h6_mixtures_of_two_are_unstable() -> None:
    """Where two patterns disagree the mixture of both has no opinion: it drifts to one of them."""
    patterns = random_patterns(2, 2000, 21)
    undecided = random_patterns(1, 2000, 22)[0]
    mixture = torch.where(patterns[0] == patterns[1], patterns[0], undecided)
    network = Network(hebb(patterns), patterns, mixture, 0)
    network.update(20 * 2000)
    assert float(network.overlaps.max()) == 1.0


@pytest.mark.parametrize("temperature", [0.3, 0.5, 0.8])
def test_h7_one_pattern_under_heat(temperature: float) -> None:
    pattern = torch.ones(1, 1000)
    network = Network(hebb(pattern), pattern, pattern[0], 1, temperature=temperature)
    network.update(30 * 1000)
    measured = network.update(300 * 1000).overlaps.mean()
    assert float(measured) == pytest.approx(theory.warm_overlap(temperature), abs=0.012)


def share_recalled(rule: str, count: int, *, self_connections: bool = False, draws: int = 150) -> float:
    """H9: N = 100, ten units turned over, the share recalled without a single error."""
    good = 0
    for seed in range(draws):
        patterns = random_patterns(count, 100, 1000 + seed)
        make = hebb if rule == "hebb" else pseudo_inverse
        weights = make(patterns, self_connections=self_connections)
        good += recalled(weights, patterns, corrupted(patterns[0], 10, seed), seed) == 1.0
    return good / draws


def test_h9_hebb() -> None:
    assert share_recalled("hebb", 30) == pytest.approx(0.04, abs=0.06)


def test_h9_pseudo_inverse() -> None:
    assert share_recalled("pseudo-inverse", 30) == 1.0
    assert share_recalled("pseudo-inverse", 50) == pytest.approx(0.56, abs=0.13)


def test_h9_pseudo_inverse_needs_its_diagonal_cut() -> None:
    """Units that hear themselves hold on to their noise: this is what forgetting W_ii = 0 would look like."""
    assert share_recalled("pseudo-inverse", 50, self_connections=True) <= 0.02


@pytest.mark.parametrize("units", [11, 13, 15])
@pytest.mark.parametrize(("count", "minima"), [(1, 2), (2, 4)])
def test_h10_minima_by_enumeration(units: int, count: int, minima: int) -> None:
    """The states in which every field strictly agrees with its unit are the stored patterns and their
    negatives.

    Ties keep the state and do not count as agreement here. Two patterns differ in 4 units, so no field of
    theirs is 0.
    """
    patterns = random_patterns(1, units, units)
    if count == 2:
        patterns = torch.cat([patterns, corrupted(patterns[0], 4, 1)[None]])
    states = all_states(units)
    strict = states[(fields(hebb(patterns), states) * states > 1e-9).all(1)]
    assert len(strict) == minima
    assert {tuple(state) for state in strict.tolist()} == {
        tuple((sign * pattern).tolist()) for pattern in patterns for sign in (1, -1)
    }


def test_settled_states_are_the_enumerated_minima() -> None:
    patterns = random_patterns(3, 12, 3)
    weights = hebb(patterns)
    network = Network(weights, patterns, random_patterns(1, 12, 9)[0], 0)
    for state in all_states(12)[::37]:
        network.state = state
        neighbours = state * (1 - 2 * torch.eye(12).double())
        lowest = bool((energy(weights, neighbours) >= energy(weights, state) - 1e-9).all())
        assert network.settled == lowest


def test_synchronous_updates_can_cycle_and_climb() -> None:
    """Two units that want to be alike, started apart, swap for ever; in turn they agree at once."""
    weights = torch.tensor([[0.0, 1], [1, 0]])
    start = torch.tensor([1.0, -1])
    network = Network(weights, start[None], start, 0)
    assert network.update(6, "all at once").overlaps[:, 0].tolist() == [-1, 1, -1, 1, -1, 1]
    assert network.swaps
    assert not network.settled
    assert int(network.update(10).flips.sum()) == 1
    assert not network.swaps
    assert network.settled


def test_synchronous_updates_end_in_a_point_or_a_cycle_of_two() -> None:
    """E. Goles, J. Olivos, Discrete Mathematics 30 (1980) 187, on 60 random networks; both occur."""
    periods = set()
    for seed in range(60):
        noise = torch.randn(25, 25, generator=torch.Generator().manual_seed(seed)).double()
        weights = (noise + noise.T).fill_diagonal_(0)
        start = random_patterns(1, 25, seed)[0]
        network = Network(weights, start[None], start, 0)
        network.update(200, "all at once")
        visited = [network.state]
        for _ in range(2):
            network.update(1, "all at once")
            visited.append(network.state)
        assert torch.equal(visited[0], visited[2])
        assert network.swaps == (not torch.equal(visited[0], visited[1]))
        periods.add(1 if torch.equal(visited[0], visited[1]) else 2)
    assert periods == {1, 2}


def test_synchronous_updates_can_raise_the_energy() -> None:
    weights = hebb(random_patterns(12, 60, 0)) - 0.4
    weights = weights.fill_diagonal_(0)
    network = Network(weights, random_patterns(1, 60, 1), random_patterns(1, 60, 2)[0], 0)
    assert int(network.update(20, "all at once").rises) > 0


def test_real_digits_are_recalled_from_noise() -> None:
    """What the page opens on: six digits by the pseudo-inverse; 18 % of the cue turned over."""
    patterns = binary_digits((3, 0, 1, 4, 5, 7))
    weights = pseudo_inverse(patterns)
    assert float(energy(weights, patterns[0])) == pytest.approx(-197)
    assert sum(recalled(weights, patterns, corrupted(patterns[0], 72, seed)) == 1.0 for seed in range(20)) >= 18


def test_changing_the_threshold_changes_the_energy_by_the_sum_of_the_units() -> None:
    patterns = random_patterns(2, 30, 0)
    network = Network(hebb(patterns), patterns, patterns[0], 0)
    before = network.energy
    network.threshold = 0.25
    assert network.energy == pytest.approx(before + 0.25 * float(patterns[0].sum()))
    assert torch.allclose(network.fields, fields(network.weights, network.state, 0.25))


def test_a_painted_state_is_measured_at_once_and_kept_as_a_copy() -> None:
    patterns = random_patterns(2, 30, 0)
    network = Network(hebb(patterns), patterns, patterns[0], 0)
    network.update(7)
    network.state = patterns[1]
    assert network.energy == pytest.approx(float(energy(network.weights, patterns[1])))
    assert torch.allclose(network.overlaps, overlaps(patterns, patterns[1]))
    network.state.neg_()
    assert torch.equal(network.state, patterns[1])


def test_a_network_refuses_what_has_no_energy() -> None:
    pattern = torch.ones(1, 3)
    with pytest.raises(ValueError, match="symmetric"):
        Network(torch.tensor([[0.0, 1, 0], [0, 0, 0], [0, 0, 0]]), pattern, pattern[0], 0)
    with pytest.raises(ValueError, match="weights of 4×4"):
        Network(torch.zeros(3, 3), pattern, torch.ones(4), 0)
    with pytest.raises(ValueError, match=r"\+1 or −1"):
        Network(torch.zeros(3, 3), pattern, torch.tensor([1.0, 0, 1]), 0)
