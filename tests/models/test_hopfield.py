"""Facts about recall: the reference values that fit a fast run, and enumeration where N is small."""

import pytest
import torch

from server.models import theory
from server.models.data import binary_digits
from server.models.hopfield import TIES, Network, Order, overlaps
from server.models.memory import Dense, Memory, Pairwise
from server.models.rules import RULES, Rule, hebb, learn, pseudo_inverse
from tests.models.memories import MEMORIES, all_states, corrupted, gaussian, signs

ORDERS: list[Order] = ["random", "in turn", "all at once"]


def recalled(memory: Memory, patterns: torch.Tensor, start: torch.Tensor, seed: int = 0) -> float:
    """The overlap with the first pattern once the run from ``start`` has settled."""
    network = Network(memory, patterns[:1], start, seed)
    for _ in range(100):
        network.update(10 * start.numel())
        if network.settled:
            break
    assert network.settled
    return float(network.overlaps[0])


@pytest.mark.parametrize("load", [138, 185])
def test_h1_bit_error(load: int) -> None:
    """One step from a stored pattern, N = 1000, pooled over 200+ patterns."""
    wrong = total = 0
    for seed in range(3):
        patterns = signs(load, 1000, seed=seed)
        wrong += int((hebb(patterns).fields(patterns) * patterns < 0).sum())
        total += patterns.numel()
    assert total >= 200 * 1000
    assert wrong / total == pytest.approx(theory.bit_error(load / 1000), rel=0.15)


@pytest.mark.parametrize(("load", "tolerance"), [(0.10, 0.003), (0.12, 0.015)])
def test_h2_overlap_below_capacity(load: float, tolerance: float) -> None:
    patterns = signs(round(1000 * load), 1000, seed=10)
    memory = hebb(patterns)
    measured = [recalled(memory, patterns[mu:], patterns[mu], mu) for mu in range(12)]
    assert sum(measured) / 12 == pytest.approx(theory.overlap(load), abs=tolerance)


def test_h2_overlap_collapses_above_capacity() -> None:
    patterns = signs(200, 1000, seed=11)
    memory = hebb(patterns)
    measured = [recalled(memory, patterns[mu:], patterns[mu], mu) for mu in range(12)]
    assert sum(measured) / 12 == pytest.approx(0.38, abs=0.09)


@pytest.mark.parametrize(("count", "expected"), [(5, 0.99), (14, 0.92), (25, 0.36)])
def test_h4_basin(count: int, expected: float) -> None:
    """N = 200, 30 % turned over: the share recalled over 500 draws (standard error ≤ .022)."""
    good = 0
    for seed in range(500):
        patterns = signs(count, 200, seed=seed)
        good += recalled(hebb(patterns), patterns, corrupted(patterns[0], 60, seed), seed) > 0.95
    assert good / 500 == pytest.approx(expected, abs=0.07)


def test_h6_mixtures_of_three() -> None:
    patterns = signs(3, 2000, seed=20)
    memory = hebb(patterns)
    mixture = patterns.sum(0).sign()
    assert torch.allclose(overlaps(patterns, mixture), torch.full((3,), 0.5).double(), atol=0.05)
    assert float(memory.energy(mixture)) / 2000 == pytest.approx(-0.375, abs=0.05)
    assert float(memory.energy(patterns[0])) / 2000 == pytest.approx(-0.5, abs=0.01)
    assert bool((memory.fields(mixture) * mixture > 0).all())
    network = Network(memory, mixture[None], mixture, 0, temperature=0.3)
    network.update(40 * 2000)
    assert float(network.overlaps[0]) > 0.9


def test_h6_mixtures_of_two_are_unstable() -> None:
    """Where two patterns disagree the mixture of both has no opinion: it drifts to one of them."""
    patterns = signs(2, 2000, seed=21)
    undecided = signs(1, 2000, seed=22)[0]
    mixture = torch.where(patterns[0] == patterns[1], patterns[0], undecided)
    network = Network(hebb(patterns), patterns, mixture, 0)
    network.update(20 * 2000)
    assert float(network.overlaps.max()) == 1.0


@pytest.mark.parametrize(("temperature", "stays"), [(0.3, True), (0.36, True), (0.5, False)])
def test_h6_mixtures_melt_before_memories_do(temperature: float, stays: bool) -> None:
    """Above T ≈ .46 the mixture of three falls to one of them, which itself lasts to T = 1.

    Every combination of three units comes equally often, so that the patterns are exactly orthogonal. Nearer to
    .46 chance alone tips a mixture of 8000 units over within 150 sweeps.
    """
    patterns = all_states(3).T.repeat(1, 1000)
    network = Network(hebb(patterns), patterns, patterns.sum(0).sign(), 1, temperature=temperature)
    network.update(150 * 8000)
    likeness = network.update(20 * 8000).overlaps.mean(0).sort().values
    if stays:
        assert float(likeness[0]) > 0.25
        assert float(likeness[2] - likeness[0]) < 0.15
    else:
        assert float(likeness[2]) == pytest.approx(theory.warm_overlap(temperature), abs=0.02)
        assert float(likeness[:2].abs().max()) < 0.1


@pytest.mark.parametrize("temperature", [0.3, 0.5, 0.8])
def test_h7_one_pattern_under_heat(temperature: float) -> None:
    pattern = torch.ones(1, 1000)
    network = Network(hebb(pattern), pattern, pattern[0], 1, temperature=temperature)
    network.update(30 * 1000)
    measured = network.update(300 * 1000).overlaps.mean()
    assert float(measured) == pytest.approx(theory.warm_overlap(temperature), abs=0.012)


@pytest.mark.parametrize("units", [11, 13, 15])
@pytest.mark.parametrize(("count", "minima"), [(1, 2), (2, 4)])
def test_h10_minima_by_enumeration(units: int, count: int, minima: int) -> None:
    """The states in which every field strictly agrees with its unit are the stored patterns and their
    negatives.

    Ties keep the state and do not count as agreement here. Two patterns differ in 4 units, so no field of
    theirs is 0.
    """
    patterns = signs(1, units, seed=units)
    if count == 2:
        patterns = torch.cat([patterns, corrupted(patterns[0], 4, 1)[None]])
    states = all_states(units)
    strict = states[(hebb(patterns).fields(states) * states > 1e-9).all(1)]
    assert len(strict) == minima
    assert {tuple(state) for state in strict.tolist()} == {
        tuple((sign * pattern).tolist()) for pattern in patterns for sign in (1, -1)
    }


def test_settled_states_are_the_enumerated_minima() -> None:
    patterns = signs(3, 12, seed=3)
    memory = hebb(patterns)
    network = Network(memory, patterns, signs(1, 12, seed=9)[0], 0)
    for state in all_states(12)[::37]:
        network.state = state
        neighbours = state * (1 - 2 * torch.eye(12).double())
        lowest = bool((memory.energy(neighbours) >= memory.energy(state) - 1e-9).all())
        assert network.settled == lowest


def test_synchronous_updates_can_cycle_and_climb() -> None:
    """Two units that want to be alike, started apart, swap for ever; in turn they agree at once."""
    start = torch.tensor([1.0, -1])
    network = Network(Pairwise(torch.tensor([[0.0, 1], [1, 0]])), start[None], start, 0)
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
        noise = gaussian(25, 25, seed=seed)
        start = signs(25, seed=seed)
        network = Network(Pairwise((noise + noise.T).fill_diagonal_(0)), start[None], start, 0)
        network.update(200, "all at once")
        visited = [network.state]
        for _ in range(2):
            network.update(1, "all at once")
            visited.append(network.state)
        assert torch.equal(visited[0], visited[2])
        assert network.swaps == (not torch.equal(visited[0], visited[1]))
        periods.add(1 if torch.equal(visited[0], visited[1]) else 2)
    assert periods == {1, 2}


@pytest.mark.parametrize("rule", RULES)
def test_every_memory_can_swap(rule: Rule) -> None:
    """A pattern, its negative, and a state between: half the units would rather be like the other half."""
    pattern = signs(1, 10, seed=1)
    start = corrupted(pattern[0], 5, 2)
    network = Network(learn(rule, torch.cat([pattern, -pattern]), power=2), pattern, start, 0)
    assert network.swaps
    network.update(2, "all at once")
    assert torch.equal(network.state, start)
    network.update(30)
    assert not network.swaps
    assert network.settled


def test_synchronous_updates_can_raise_the_energy() -> None:
    weights = (hebb(signs(12, 60, seed=0)).matrix() - 0.4).fill_diagonal_(0)
    network = Network(Pairwise(weights), signs(1, 60, seed=1), signs(60, seed=2), 0)
    assert int(network.update(20, "all at once").rises) > 0


@pytest.mark.parametrize("order", ORDERS)
def test_ties_keep_the_state_turn_on_or_toss_a_coin(order: Order) -> None:
    """Units without links have nothing but ties; 3000 tosses are fair within 5 standard deviations."""
    start = signs(3000, seed=4)
    network = Network(Pairwise(torch.zeros(3000, 3000)), torch.ones(1, 3000), start, 0)
    steps = 1 if order == "all at once" else 3000
    assert int(network.update(steps, order).flips.sum()) == 0
    assert network.settled
    network.ties = "coin"
    assert not network.settled
    assert float(network.update(steps, order).flips.sum()) == pytest.approx(1500, abs=5 * 3000**0.5 / 2)
    assert float(network.state.sum()) == pytest.approx(0, abs=5 * 3000**0.5)
    assert not network.swaps
    network.ties = "on"
    assert not network.settled
    updates = network.update(steps, order)
    assert bool((network.state == 1).all())
    assert network.settled
    assert int(updates.rises) == 0
    assert TIES == ("keep", "on", "coin")


def test_without_ties_their_policy_changes_nothing() -> None:
    runs = []
    for ties in TIES:
        network = Network(hebb(signs(3, 51, seed=6)), signs(3, 51, seed=6), signs(51, seed=7), 1, ties=ties)
        network.threshold = 0.003  # fields are multiples of 1/51
        runs.append(network.update(300))
        assert network.settled
    assert torch.equal(runs[0].energy, runs[1].energy)
    assert torch.equal(runs[0].energy, runs[2].energy)


def test_turning_on_at_ties_can_swap() -> None:
    """Two units that repel each other at θ = −1, both off: each at a tie or pushed, both turn together."""
    memory, off = Pairwise(torch.tensor([[0.0, -1], [-1, 0]])), -torch.ones(2)
    network = Network(memory, off[None], off, 0, threshold=0.5, ties="on")
    assert network.swaps
    network.update(1, "all at once")
    assert network.state.tolist() == [1, 1]
    assert network.swaps


def test_real_digits_are_recalled_from_noise() -> None:
    """What the page opens on: six digits by the pseudo-inverse; 18 % of the cue turned over."""
    patterns = binary_digits((3, 0, 1, 4, 5, 7))
    memory = pseudo_inverse(patterns)
    assert float(memory.energy(patterns[0])) == pytest.approx(-197)
    assert sum(recalled(memory, patterns, corrupted(patterns[0], 72, seed)) == 1.0 for seed in range(20)) >= 18


def test_changing_the_threshold_changes_the_energy_by_the_sum_of_the_units() -> None:
    patterns = signs(2, 30, seed=0)
    network = Network(hebb(patterns), patterns, patterns[0], 0)
    before = network.energy
    network.threshold = 0.25
    assert network.energy == pytest.approx(before + 0.25 * float(patterns[0].sum()))
    assert torch.allclose(network.fields, network.memory.fields(network.state, 0.25))


def test_a_painted_state_is_measured_at_once_and_kept_as_a_copy() -> None:
    patterns = signs(2, 30, seed=0)
    network = Network(hebb(patterns), patterns, patterns[0], 0)
    network.update(7)
    network.state = patterns[1]
    assert network.energy == pytest.approx(float(network.memory.energy(patterns[1])))
    assert torch.allclose(network.overlaps, overlaps(patterns, patterns[1]))
    network.state.neg_()
    assert torch.equal(network.state, patterns[1])


def test_a_memory_may_be_replaced_while_it_runs() -> None:
    """The state stays, energy and fields are the new memory's, and more patterns may be compared with."""
    patterns = signs(5, 40, seed=8)
    network = Network(hebb(patterns[:2]), patterns[:2], signs(40, seed=9), 3)
    network.update(13)
    state = network.state
    network.memory = learn("dense", patterns)
    network.patterns = patterns
    assert torch.equal(network.state, state)
    assert network.energy == pytest.approx(float(Dense(patterns, 3).energy(state)))
    assert torch.allclose(network.overlaps, overlaps(patterns, state))
    unit = network.update(27).unit
    assert len(set(unit.tolist())) == 27
    network.memory = pseudo_inverse(patterns)
    network.update(400)
    assert network.settled


def test_a_replaced_memory_runs_as_if_it_had_been_there_from_the_start() -> None:
    patterns, start = signs(3, 30, seed=1), signs(30, seed=2)
    one = Network(hebb(patterns), patterns, start, 5)
    other = Network(learn("exponential", patterns), patterns, start, 5)
    other.memory = hebb(patterns)
    assert torch.equal(one.update(100).energy, other.update(100).energy)


@pytest.mark.parametrize("kind", sorted(MEMORIES))
def test_what_the_network_says_is_what_its_memory_says(kind: str) -> None:
    memory = MEMORIES[kind](20, 4)
    network = Network(memory, signs(2, 20, seed=1), signs(20, seed=2), 0, threshold=0.1, temperature=0.5)
    updates = network.update(30)
    network.threshold = -0.2
    assert network.energy == pytest.approx(float(memory.energy(network.state, -0.2)))
    assert torch.equal(network.fields, memory.fields(network.state, -0.2))
    assert torch.equal(updates.overlaps[-1], network.overlaps)


def test_a_network_refuses_what_does_not_fit() -> None:
    memory, pattern = hebb(torch.ones(1, 3)), torch.ones(1, 3)
    with pytest.raises(ValueError, match="3 units does not fit a state of 4"):
        Network(memory, pattern, torch.ones(4), 0)
    with pytest.raises(ValueError, match="p×3"):
        Network(memory, torch.ones(1, 4), torch.ones(3), 0)
    with pytest.raises(ValueError, match=r"\+1 or −1"):
        Network(memory, pattern, torch.tensor([1.0, 0, 1]), 0)
