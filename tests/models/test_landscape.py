"""The landscape of small machines against plain graph searches over all their states."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.hopfield import Network
from server.models.landscape import LARGEST, Landscape, numbers_of, states_of, survey
from server.models.memory import Dense, Pairwise
from server.models.rules import hebb, learn, pseudo_inverse
from tests.models.graph_search import energies_of, neighbours, pass_between, shares_of, valleys_of

SAME = 2e-8  # twice what rounding to 8 decimals takes


def random_patterns(count: int, units: int, seed: int) -> Tensor:
    return torch.randint(0, 2, (count, units), generator=torch.Generator().manual_seed(seed)).double() * 2 - 1


def random_weights(units: int, seed: int, *, whole: bool) -> Pairwise:
    """Symmetric weights: whole numbers, which make many ties, or Gaussian ones, which make none but s and −s."""
    draws = torch.randn(units, units, generator=torch.Generator().manual_seed(seed)).double()
    weights = draws.round() if whole else draws
    return Pairwise((weights + weights.T).fill_diagonal_(0))


def height_of_join(land: Landscape, one: int, two: int) -> float:
    """Height of the lowest node above both valleys."""

    def above(node: int) -> list[int]:
        return [] if node < 0 else [node, *above(int(land.parents[node]))]

    shared = [node for node in above(one) if node in above(two)]
    return float(land.heights[shared[0]])


machines = st.builds(
    random_weights, st.integers(1, 7), st.integers(0, 10**6), whole=st.booleans()
)  # fmt: skip


def test_numbers_and_states_are_the_same_thing() -> None:
    states = states_of(torch.arange(64), 6)
    assert torch.equal(numbers_of(states), torch.arange(64))
    assert states[5].tolist() == [1, -1, 1, -1, -1, -1]


@pytest.mark.parametrize("rule", ["hebb", "storkey", "pseudo-inverse", "dense", "exponential"])
@pytest.mark.parametrize("threshold", [0.0, 0.37])
def test_energies_are_the_naive_formula(rule: str, threshold: float) -> None:
    memory = learn(rule, random_patterns(4, 11, 1))  # type: ignore[arg-type]  # each is a Rule
    naive = memory.energy(states_of(torch.arange(1 << 11), 11), threshold)
    found = survey(memory, threshold).energies
    matrix = memory.matrix()
    constant = 0.0 if matrix is None else -0.5 * float(matrix.trace())
    torch.testing.assert_close(found + constant, naive, rtol=0, atol=1e-9)


@given(memory=machines, threshold=st.sampled_from([0.0, 1.0, 0.3]))
@settings(max_examples=40)
def test_valleys_are_those_of_a_plain_search(memory: Pairwise, threshold: float) -> None:
    units, land = memory.size, survey(memory, threshold)
    energies = energies_of(memory, threshold)
    plain = valleys_of(energies, units)
    assert {min(piece) for piece in plain} == set(land.minima.tolist())
    by_first = {min(piece): piece for piece in plain}
    assert land.floors.tolist() == [len(by_first[first]) for first in land.minima.tolist()]
    strict = sum(all(energies[n] > energies[s] for n in neighbours(s, units)) for s in range(len(energies)))
    assert land.strict == strict
    for state in range(len(energies)):
        spins = states_of(torch.tensor(state), units)
        assert land.on_floor(spins) == any(state in piece for piece in plain)
    assert all(land.below(states_of(first, units)) == valley for valley, first in enumerate(land.minima))


@given(memory=machines, threshold=st.sampled_from([0.0, 1.0, 0.3]))
@settings(max_examples=40)
def test_joins_lie_at_the_lowest_passes(memory: Pairwise, threshold: float) -> None:
    land, energies = survey(memory, threshold), energies_of(memory, threshold)
    firsts = land.minima.tolist()
    torch.testing.assert_close(land.heights[: land.count], torch.tensor([energies[s] for s in firsts]).double())
    for one, two in itertools.combinations(range(land.count), 2):
        lowest = pass_between(energies, memory.size, firsts[one], firsts[two])
        assert height_of_join(land, one, two) == pytest.approx(lowest, abs=SAME)
    escapes = [
        min((pass_between(energies, memory.size, s, t) - energies[s] for t in firsts if t != s), default=math.inf)
        for s in firsts
    ]
    assert land.barriers.tolist() == pytest.approx(escapes, abs=SAME)


@given(memory=machines, threshold=st.sampled_from([0.0, 1.0, 0.3]), coin=st.booleans())
@settings(max_examples=60)
def test_basins_solve_the_chain(memory: Pairwise, threshold: float, coin: bool) -> None:
    land, energies = survey(memory, threshold, coin=coin), energies_of(memory, threshold)
    ends = shares_of(energies, memory.size, coin=coin)
    plain = {min(piece): sum(ends[list(piece)]) for piece in valleys_of(energies, memory.size)}
    assert dict(zip(land.minima.tolist(), land.shares.tolist(), strict=True)) == pytest.approx(plain, abs=1e-7)
    assert float(land.shares.sum()) + land.ledges == pytest.approx(1, abs=1e-12)
    assert not (coin and land.ledges)


@given(memory=machines)
@settings(max_examples=20)
def test_the_tree_can_be_drawn_without_crossings(memory: Pairwise) -> None:
    """Parents lie higher; leaves ascend from left to right; what a pass joins lies side by side and spans its place."""
    land = survey(memory)
    places, parents = land.places(), land.parents.tolist()
    assert parents.count(-1) == 1
    assert parents[-1] == -1
    assert all(land.heights[parent] > land.heights[node] for node, parent in enumerate(parents) if parent >= 0)
    leaves = places[: land.count]
    assert bool((leaves.diff() > 0).all())
    assert bool((leaves > 0).all() & (leaves < 1).all())
    for node in range(land.count, len(parents)):
        below = {node}
        for other in reversed(range(node)):
            if parents[other] in below:
                below.add(other)
        under = sorted(other for other in below if other < land.count)
        assert under == list(range(under[0], under[-1] + 1))
        assert leaves[under[0]] <= places[node] <= leaves[under[-1]]
        assert parents.count(node) >= 2


@pytest.mark.parametrize(("count", "minima"), [(1, 2), (2, 4)])
@pytest.mark.parametrize("seed", range(5))
def test_h10_few_patterns(count: int, minima: int, seed: int) -> None:
    """The patterns and their negatives are all there is, as long as two patterns differ in 2 … N − 2 units."""
    patterns = random_patterns(count, 16, seed)
    land = survey(hebb(patterns))
    assert (land.count, land.strict) == (minima, minima)
    stored = torch.cat([patterns, -patterns])
    assert set(land.minima.tolist()) == set(numbers_of(stored).tolist())
    assert torch.unique(torch.tensor([land.below(state) for state in stored])).numel() == minima


@pytest.mark.parametrize("seed", range(20))
def test_h10_three_patterns(seed: int) -> None:
    """s and −s have the same energy, so valleys come in pairs; 14 are the corners of the cube's three directions,
    their sums of three with any signs among them: 6 patterns and 8 mixtures."""
    land = survey(hebb(random_patterns(3, 16, seed)))
    assert land.count % 2 == 0
    assert 2 <= land.count <= 14
    mirrored = {(1 << 16) - 1 - number for number in land.minima.tolist()}
    assert mirrored == set(land.minima.tolist())


def test_a_unit_that_hears_nothing_makes_one_valley_of_two_states() -> None:
    """Ties invent no minima: two patterns that differ in one unit only leave it free, and 2 valleys, none strict."""
    first = random_patterns(1, 10, 3)[0]
    second = first.clone()
    second[4] *= -1
    land = survey(hebb(torch.stack([first, second])))
    assert (land.count, land.strict, land.floors.tolist()) == (2, 0, [2, 2])


def test_a_flat_land_is_one_valley() -> None:
    land = survey(Pairwise(torch.zeros(5, 5)))
    assert (land.count, land.strict, land.floors.tolist(), land.shares.tolist()) == (1, 0, [32], [1.0])
    assert land.barriers.tolist() == [math.inf]


def test_two_equal_ferromagnets_climb_over_one_pass() -> None:
    """W = 1/N: E = −(M² − N)/2N with M = Σ s; from M = N to −N through M = 0 (N even), so the barrier is N/2."""
    land = survey(hebb(torch.ones(1, 12)))
    assert land.barriers.tolist() == [6.0, 6.0]
    assert land.shares.tolist() == pytest.approx([0.5, 0.5])


def test_basins_are_where_a_network_s_runs_end() -> None:
    """One flip at a time by `Network` itself, each asked of a fresh sweep: its first flip is drawn evenly."""
    patterns = random_patterns(3, 8, 12)
    memory = hebb(patterns)
    land = survey(memory, 0.05)
    assert land.count > 2
    assert land.ledges == pytest.approx(0, abs=1e-12)
    draw = torch.Generator().manual_seed(1)
    runs, ended = 1500, [0] * land.count
    for run in range(runs):
        state = states_of(torch.randint(1 << 8, (), generator=draw), 8)
        for flip in itertools.count():
            updates = Network(memory, patterns, state, 100 * run + flip, threshold=0.05).update(8)
            if not bool(updates.flips.any()):
                break
            state[int(updates.unit[updates.flips > 0][0])] *= -1
        assert land.on_floor(state)
        ended[land.below(state)] += 1
    noise = (land.shares * (1 - land.shares) / runs).sqrt()
    assert bool(((torch.tensor(ended) / runs - land.shares).abs() <= 4 * noise).all())


def test_whole_sweeps_lead_nearly_where_free_choice_does() -> None:
    """The page's runs let every unit decide once a sweep: from 4000 starts the basins differ by less than 3 %."""
    patterns = random_patterns(3, 12, 5)
    memory = pseudo_inverse(patterns)
    land = survey(memory)
    network, draw = Network(memory, patterns, patterns[0], 7), torch.Generator().manual_seed(2)
    ended = torch.zeros(land.count, dtype=torch.float64)
    for number in torch.randint(1 << 12, (4000,), generator=draw):
        network.state = states_of(number, 12)
        while not network.settled:
            network.update(12)
        assert land.on_floor(network.state)
        ended[land.below(network.state)] += 1
    assert float((ended / 4000 - land.shares).abs().max()) < 0.03


def test_ledges_are_where_ties_hold_a_run() -> None:
    """With six patterns of 12 units many states rest beside a valley; their share is what simulated runs find."""
    patterns = random_patterns(6, 12, 0)
    memory = hebb(patterns)
    land = survey(memory)
    assert land.ledges > 0.1
    network, draw = Network(memory, patterns, patterns[0], 3), torch.Generator().manual_seed(4)
    stuck = 0
    for number in torch.randint(1 << 12, (2000,), generator=draw):
        network.state = states_of(number, 12)
        while not network.settled:
            network.update(12)
        stuck += not land.on_floor(network.state)
    assert stuck / 2000 == pytest.approx(land.ledges, abs=0.05)


def test_coins_lead_a_network_s_runs_where_the_land_says() -> None:
    """Six patterns of 12 units make many ties; runs of whole sweeps differ a little from free choice, as above."""
    patterns = random_patterns(6, 12, 0)
    memory = hebb(patterns)
    land = survey(memory, coin=True)
    assert float((land.shares - survey(memory).shares).max()) > 0.03
    network, draw = Network(memory, patterns, patterns[0], 3, ties="coin"), torch.Generator().manual_seed(4)
    ended = torch.zeros(land.count, dtype=torch.float64)
    for number in torch.randint(1 << 12, (2000,), generator=draw):
        network.state = states_of(number, 12)
        while not land.on_floor(network.state):
            network.update(12)
        ended[land.below(network.state)] += 1
    assert float((ended / 2000 - land.shares).abs().max()) < 0.03


def test_a_start_is_drawn_above_its_valley() -> None:
    land = survey(hebb(random_patterns(3, 10, 8)))
    draw = torch.Generator().manual_seed(0)
    for valley in range(land.count):
        drawn = [land.above(valley, draw) for _ in range(8)]
        assert all(land.below(state) == valley for state in drawn)
        assert len({tuple(state.tolist()) for state in drawn}) > 1


def test_a_dense_memory_has_a_landscape_too() -> None:
    """Power 3 sets s and −s apart: the patterns are valleys, their negatives are not the same energy."""
    patterns = random_patterns(4, 11, 2)
    memory = Dense(patterns, 3)
    land, energies = survey(memory), energies_of(memory, 0.0)
    assert {min(piece) for piece in valleys_of(energies, 11)} == set(land.minima.tolist())
    assert set(numbers_of(patterns).tolist()) <= set(land.minima.tolist())


def test_what_cannot_be_listed_is_refused() -> None:
    with pytest.raises(ValueError, match=f"1 to {LARGEST} units, not for 21"):
        survey(hebb(torch.ones(1, 21)))
    with pytest.raises(ValueError, match="W_ii must be 0"):
        survey(hebb(torch.ones(1, 3), self_connections=True))
