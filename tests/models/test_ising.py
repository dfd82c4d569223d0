"""The lattice is a Hopfield network of neighbours, and every sampler draws from Boltzmann's distribution."""

from math import sqrt

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models import hopfield, ising
from server.models.binning import Bins, Estimate, Floats, estimate
from server.models.ising import Dynamics, Lattice, random_spins, sweep_together
from server.models.kernels import clusters, lattice
from server.models.kernels.randomness import flips_over
from server.models.memory import Pairwise
from tests.models import small_magnet

DYNAMICS: list[Dynamics] = ["glauber", "metropolis", "wolff"]
every_dynamics = pytest.mark.parametrize("dynamics", DYNAMICS)


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def neighbours(side: int) -> Tensor:
    """The N×N weights: 1 between neighbours on the torus."""
    places = torch.arange(side * side).view(side, side)
    weights = torch.zeros(side * side, side * side, dtype=torch.float64)
    for axis in (0, 1):
        weights[places.flatten(), places.roll(1, axis).flatten()] = 1
    return weights + weights.T


@pytest.mark.parametrize("side", [4, 6, 10])
@pytest.mark.parametrize("field", [0.0, 0.4, -1.0])
def test_it_is_a_hopfield_network_of_neighbours(side: int, field: float) -> None:
    memory = Pairwise(neighbours(side))
    for seed in range(3):
        spins = random_spins(side, generator(seed))
        magnet = Lattice(spins, 1, field=field)
        state = spins.flatten().double()
        assert magnet.energy == pytest.approx(float(memory.energy(state, -field)))
        sums = torch.stack([spins.roll(step, axis) for step in (1, -1) for axis in (0, 1)]).sum(0)
        assert torch.equal(memory.fields(state, -field), sums.flatten().double() + field)


@pytest.mark.parametrize("temperature", [0.5, 2.2, 5.0])
def test_glauber_is_the_rule_of_the_hopfield_page(temperature: float) -> None:
    """`flips_over`, which the Hopfield network decides by, turns a spin on with the lattice's `chance_up`."""
    for spin in (-1, 1):
        for total in (-4, -2, 0, 2, 4):
            up = lattice.chance_up(spin, total, temperature, 0.3, lattice.GLAUBER)
            assert up == pytest.approx(1 / (1 + np.exp(-2 * (total + 0.3) / temperature)))
            for draw in np.linspace(0.001, 0.999, 41):
                flips = flips_over(spin * (total + 0.3), temperature, draw)
                chance = 1 - up if spin > 0 else up
                assert flips == (draw < chance)


@pytest.mark.parametrize("rule", [lattice.GLAUBER, lattice.METROPOLIS])
@pytest.mark.parametrize(("temperature", "field"), [(2.269185, 0.0), (1.0, 0.3), (4.0, -1.0)])
def test_detailed_balance_of_every_decision_in_all_states(rule: int, temperature: float, field: float) -> None:
    """π(s) p(s → s') = π(s') p(s' → s) for all 2^16 states of the 4×4 lattice and each of its spins."""
    states, p = small_magnet.states().int(), small_magnet.boltzmann(temperature, field)
    sums = states.roll(1, 1) + states.roll(-1, 1) + states.roll(1, 2) + states.roll(-1, 2)
    rungs = torch.tensor(
        [[*lattice.ladder(spin, temperature, field, rule)] for spin in (-1, 1)], dtype=torch.float64
    )  # fmt: skip
    up = (rungs + 1) / lattice.DRAWN
    for i in range(small_magnet.UNITS):
        spin, total = states.flatten(1)[:, i], sums.flatten(1)[:, i]
        on = up[(spin + 1) // 2, (total + 4) // 2]
        flow = p * torch.where(spin > 0, 1 - on, on)
        other = torch.arange(len(states)) ^ (1 << i)
        assert torch.allclose(flow, flow[other], rtol=0, atol=2e-10 * float(p.max()) + 1e-15)


def means(sweeps: ising.Sweeps) -> tuple[Estimate, Estimate]:
    """E/N and |M|/N at field 0, from bins."""
    bins = Bins(columns=4)
    agreement, magnetisation = sweeps.agreement.numpy(), np.abs(sweeps.magnetisation.numpy())
    bins.add(np.stack([-agreement, agreement**2, magnetisation, magnetisation**2], 1))
    units = small_magnet.UNITS
    recent = bins.recent() / np.array([units, units**2, units, units**2])
    return per_spin(recent[:, :2]), per_spin(recent[:, 2:])


def per_spin(bins: Floats) -> Estimate:
    """From a quantity and its square as columns."""
    return estimate(bins, lambda means: means[..., 0], lambda means: means[..., 1] - means[..., 0] ** 2)


@every_dynamics
@pytest.mark.parametrize("temperature", [1.5, 2.0, 2.269185, 3.0])
def test_samples_have_the_enumerated_means(dynamics: Dynamics, temperature: float) -> None:
    """REFERENCE_VALUES I1: energy and |M| of the 4×4 lattice, within four standard errors."""
    magnet = Lattice(random_spins(4, generator()), 3, temperature=temperature)
    magnet.update(2000, dynamics)
    energy, size = means(magnet.update(200_000, dynamics))
    exact = small_magnet.exact(temperature)
    for found, true in ((energy, exact.energy), (size, exact.magnetisation)):
        assert found.facts > 2000
        assert found.error < 0.004
        assert found.off(true, 1e-6) < 4


@every_dynamics
@pytest.mark.parametrize(("temperature", "field"), [(2.5, 0.2), (2.0, -0.5)])
def test_samples_in_a_field_have_the_enumerated_means(dynamics: Dynamics, temperature: float, field: float) -> None:
    magnet = Lattice(random_spins(4, generator()), 4, temperature=temperature, field=field)
    magnet.update(1000, dynamics)
    sweeps = magnet.update(100_000, dynamics)
    p = small_magnet.boltzmann(temperature, field)
    for found, true in (
        (sweeps.magnetisation, small_magnet.states().sum((1, 2)).double()),
        (sweeps.agreement, small_magnet.links()),
    ):
        blocks = found.double().view(100, -1).mean(1)
        assert float(blocks.mean() - (p * true).sum()) / (float(blocks.std()) / 10) == pytest.approx(0, abs=4)


def test_a_sweep_of_clusters_that_ends_when_all_were_visited_would_be_biased() -> None:
    """Why the pace is held fast: stopping by the clusters' sizes prefers magnetised states."""
    true = small_magnet.exact(2.269185).magnetisation
    agreements, magnetisations = np.zeros((2, 40_000), np.int64)
    for pace, biased in (((1e9, 1.0), True), ((0.0, 2.0), False)):
        spins, randomness = np.ones((4, 4), np.int8), np.ones(1, np.uint64)
        fields = np.zeros(40_000)
        clusters.wolff(spins, 2.269185, fields, randomness, np.array(pace), agreements, magnetisations)
        blocks = np.abs(magnetisations).reshape(100, -1).mean(1) / small_magnet.UNITS
        off = (blocks.mean() - true) / (blocks.std() / sqrt(100))
        assert (off > 8) if biased else (abs(off) < 4)


def test_a_sweep_of_clusters_visits_about_every_spin_once() -> None:
    for temperature in (2.0, 2.3, 4.0):
        magnet = Lattice(torch.ones(32, 32), 1, temperature=temperature)
        magnet.update(ising.SETTLING, "wolff")
        pace = magnet._pace[1]
        places, spins = np.empty((2, 32 * 32), np.int32), magnet.spins.numpy()
        randomness = np.ones(1, np.uint64)
        sizes = [clusters.turn_cluster(spins, temperature, 0.0, randomness, *places) for _ in range(3000)]
        assert 0.5 < max(1.0, pace) * float(np.mean(sizes)) / 32**2 < 2


def test_many_lattices_at_once_have_the_enumerated_means() -> None:
    """The torch sweep, which shares nothing with the loops: 4096 independent lattices after 60 sweeps."""
    temperature = 2.269185
    spins = 2 * torch.randint(0, 2, (4096, 4, 4), generator=generator(2), dtype=torch.int8) - 1
    chance = generator(3)
    for _ in range(60):
        sweep_together(spins, temperature, 0.0, chance)
    links = (spins * (spins.roll(-1, 1) + spins.roll(-1, 2))).sum((1, 2)).double()
    magnetisations = spins.sum((1, 2)).double().abs()
    exact = small_magnet.exact(temperature)
    for found, true in ((-links, exact.energy), (magnetisations, exact.magnetisation)):
        error = float(found.std()) / sqrt(len(found))
        assert float(found.mean()) == pytest.approx(true * small_magnet.UNITS, abs=4 * error)


@every_dynamics
@pytest.mark.parametrize("side", [4, 6, 34])
def test_the_sums_are_those_of_the_spins(dynamics: Dynamics, side: int) -> None:
    """34: a row of one colour is no whole number of rounds of random words."""
    magnet = Lattice(random_spins(side, generator()), 1, temperature=2.3, field=0.1)
    sweeps = magnet.update(5, dynamics)
    spins = magnet.spins.int()
    assert int(sweeps.magnetisation[-1]) == int(spins.sum())
    assert int(sweeps.agreement[-1]) == int((spins * (spins.roll(1, 0) + spins.roll(1, 1))).sum())
    assert magnet.totals == (int(sweeps.agreement[-1]), int(sweeps.magnetisation[-1]))
    assert bool((spins.abs() == 1).all())


@every_dynamics
@settings(max_examples=10)
@given(seed=st.integers(0, 2**31 - 1), temperature=st.floats(0.1, 5), cut=st.integers(1, 6))
def test_how_sweeps_are_cut_into_calls_changes_nothing(
    dynamics: Dynamics, seed: int, temperature: float, cut: int
) -> None:
    spins = random_spins(12, generator(seed))
    cut_up, whole = (Lattice(spins, seed, temperature=temperature, field=0.2) for _ in range(2))
    drive = torch.linspace(-1, 1, 7, dtype=torch.float64)
    parts = [cut_up.update(cut, dynamics, drive[:cut]), cut_up.update(7 - cut, dynamics, drive[cut:])]
    expected = whole.update(7, dynamics, drive)
    for name in ising.Sweeps._fields:
        assert torch.equal(torch.cat([getattr(part, name) for part in parts]), getattr(expected, name))
    assert torch.equal(cut_up.spins, whole.spins)


@every_dynamics
def test_another_seed_is_another_run(dynamics: Dynamics) -> None:
    first, second = (Lattice(torch.ones(16, 16), seed, temperature=2.5) for seed in (1, 2))
    first.update(3, dynamics)
    second.update(3, dynamics)
    assert not torch.equal(first.spins, second.spins)


def test_a_driven_field_is_the_field_of_its_sweep() -> None:
    magnet = Lattice(random_spins(16, generator()), 1, temperature=0.2)
    strong = torch.tensor([50.0, -50.0, 50.0], dtype=torch.float64)
    assert magnet.update(3, "glauber", strong).magnetisation.tolist() == [256, -256, 256]


def test_a_cold_magnet_never_rises() -> None:
    """At T → 0 Glauber's rule is the Hopfield network's without heat but for ties, which change nothing."""
    magnet = Lattice(random_spins(32, generator()), 1, temperature=0.05)
    agreement = magnet.update(200).agreement
    assert bool((agreement.diff() >= 0).all())


def test_random_words_are_those_of_xoshiro() -> None:
    """xoshiro128++ written out with Python's integers, lane by lane."""

    def rotated(word: int, by: int) -> int:
        return (word << by | word >> (32 - by)) & 0xFFFFFFFF

    lanes = np.random.default_rng(5).integers(0, 2**32, (4, lattice.LANES), dtype=np.uint32)
    states = [[int(word) for word in lanes[:, lane]] for lane in range(lattice.LANES)]
    draws = np.empty(3 * lattice.LANES, np.int32)
    lattice.draw(lanes, draws)
    for lane, (a, b, c, d) in enumerate(states):
        for turn in range(3):
            word = (rotated((a + d) & 0xFFFFFFFF, 7) + a) & 0xFFFFFFFF
            assert draws[turn * lattice.LANES + lane] == word >> 1
            held = b << 9 & 0xFFFFFFFF
            c, d = c ^ a, d ^ b
            b, a = b ^ c, a ^ d
            c, d = c ^ held, rotated(d, 11)
        assert [int(word) for word in lanes[:, lane]] == [a, b, c, d]


@pytest.mark.parametrize("shape", [(5, 5), (2, 2), (514, 514), (4, 6)])
def test_a_lattice_without_a_checkerboard_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even side from 4 to 512"):
        Lattice(torch.ones(shape), 1)


def test_spins_and_temperatures_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\+1 or −1"):
        Lattice(torch.zeros(4, 4), 1)
    with pytest.raises(ValueError, match="above 0"):
        Lattice(torch.ones(4, 4), 1, temperature=0.0)


def test_the_state_is_a_copy() -> None:
    spins = torch.ones(4, 4)
    magnet = Lattice(spins, 1)
    spins[0, 0] = -1
    magnet.spins[1, 1] = -1
    assert magnet.totals == (32, 16)


def test_the_rule_has_the_weights_of_one_hopfield_update() -> None:
    """A whole Hopfield network at these weights runs to the lattice's own ground state."""
    network = hopfield.Network(
        Pairwise(neighbours(4)), torch.ones(1, 16), random_spins(4, generator()).flatten().double(), 1, temperature=1.0
    )
    energies = network.update(40_000).energy[4000:]
    blocks = energies.view(100, -1).mean(1) / small_magnet.UNITS
    off = (float(blocks.mean()) - small_magnet.exact(1.0).energy) / (float(blocks.std()) / 10)
    assert abs(off) < 4
