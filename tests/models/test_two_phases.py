"""Both phases against autograd and enumeration by matrices; what can be learnt and what cannot (B2)."""

import math
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from server.models.enumeration import all_states, clamp, enumerate_states
from server.models.landscape import numbers_of
from server.models.truth_tables import Name, task
from server.models.two_phases import LARGEST, Phase, TwoPhases
from tests.models.small_machines import TEMPERATURES, seeded

PHASES: tuple[Phase, ...] = get_args(Phase)


def couplings(units: int, seed: int, spread: float) -> tuple[Tensor, Tensor]:
    """Symmetric W ~ N(0, spread²), b likewise, float64."""
    draws = torch.randn(units + 1, units, generator=seeded(seed), dtype=torch.float64) * spread
    weights = draws[:-1].triu(1)
    return weights + weights.T, draws[-1].clone()


def learner(name: Name, hidden: int, seed: int, *, spread: float = 0.5, rate: float = 0.3) -> TwoPhases:
    """A machine that learns one of the tasks, with a momentum of 0.9, biases from 0."""
    data = task(name)
    weights, biases = couplings(data.visible + hidden, seed, spread)
    return TwoPhases(
        weights, torch.zeros_like(biases), data.patterns, data.shares,
        allowed=data.allowed(hidden), learning_rate=rate, momentum=0.9, generator=seeded(seed),
    )  # fmt: skip


def trained(name: Name, hidden: int, seed: int, steps: int, spread: float = 0.5) -> float:
    """KL after so many exact steps."""
    machine = learner(name, hidden, seed, spread=spread)
    for _ in range(steps):
        machine.step()
    return float(machine.kl())


def log_likelihood_by_matrices(links: Tensor, biases: Tensor, machine: TwoPhases) -> Tensor:
    """Mean ln p(v) from all states of the whole machine; differentiable. `links` (N, N) above the diagonal."""
    states = all_states(len(biases))
    weights = (((states @ links) * states).sum(1) + states @ biases) / machine.temperature
    seen = torch.stack([weights[(states[:, : machine.visible] == v).all(1)].logsumexp(0) for v in machine.patterns])
    return machine.shares @ (seen - weights.logsumexp(0))


@st.composite
def machines(draw: st.DrawFn) -> TwoPhases:
    """One to four visible units, up to three hidden ones, any data, some links barred."""
    visible, hidden, seed = draw(st.integers(1, 4)), draw(st.integers(0, 3)), draw(st.integers(0, 10**6))
    patterns = torch.rand(draw(st.integers(1, 6)), visible, generator=seeded(seed)).round()
    units = visible + hidden
    allowed = None
    if draw(st.booleans()):
        allowed = (torch.rand(units, units, generator=seeded(seed)) < 0.5).triu(1)
        allowed |= allowed.T.clone()
    return TwoPhases(
        *couplings(units, seed, 1.0), patterns, torch.rand(len(patterns), generator=seeded(seed)) + 0.1,
        allowed=allowed, temperature=draw(st.sampled_from(TEMPERATURES)),
    )  # fmt: skip


@given(machine=machines())
@settings(max_examples=60)
def test_the_exact_gradient_is_autograd_of_the_log_likelihood(machine: TwoPhases) -> None:
    links = machine.weights.triu(1).requires_grad_()
    biases = machine.biases.clone().requires_grad_()
    barred = machine.weights == 0
    likelihood = log_likelihood_by_matrices(links, biases, machine)
    torch.autograd.backward(likelihood)
    assert links.grad is not None
    assert biases.grad is not None
    assert float(machine.log_likelihood()) == pytest.approx(float(likelihood.detach()), abs=1e-12)
    before = machine.step()
    assert float(before) == pytest.approx(-float(machine.entropy) - float(likelihood.detach()), abs=1e-12)
    expected = links.grad.triu(1).masked_fill(barred, 0)
    torch.testing.assert_close(machine.gradient, expected + expected.T + biases.grad.diag(), rtol=0, atol=1e-12)


@given(machine=machines())
@settings(max_examples=40)
def test_the_divergence_is_never_negative_and_never_rises_under_small_exact_steps(machine: TwoPhases) -> None:
    machine.learning_rate = 0.05
    divergences = torch.stack([machine.step() for _ in range(40)])
    assert bool((divergences >= 0).all())
    assert bool((divergences.diff() <= 1e-14).all())


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_a_machine_has_nothing_to_learn_from_its_own_distribution(temperature: float) -> None:
    weights, biases = couplings(7, 4, 1.0)
    own = enumerate_states(weights, biases, temperature).marginal(4)
    machine = TwoPhases(weights, biases, all_states(4), own, temperature=temperature)
    assert float(machine.step()) == pytest.approx(0, abs=1e-13)
    assert float(machine.gradient.abs().max()) < 1e-13


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_sampled_phases_are_the_exact_ones_within_their_error(temperature: float) -> None:
    """Independent chains in equilibrium: every ⟨s_i s_j⟩ is a mean of 0s and 1s, of known variance.

    The temperature is changed while the chains run; they follow.
    """
    visible, copies, limit = 4, 10_000, 4.5
    patterns, shares = all_states(visible)[[1, 6, 11]], torch.tensor([0.5, 0.2, 0.3])
    weights, biases = couplings(7, 9, 0.7)
    machine = TwoPhases(weights, biases, patterns, shares, particles=3 * copies, generator=seeded(3))
    machine.measure("sampled", "sampled")
    machine.temperature = temperature
    machine.measure("sampled", "sampled", 25)
    sampled = machine.positive.clone(), machine.negative.clone()
    machine.measure()
    error = (machine.negative * (1 - machine.negative) / (3 * copies)).sqrt()
    assert bool(((sampled[1] - machine.negative).abs() <= limit * error).all())
    variance = torch.zeros(7, 7, dtype=torch.float64)
    for pattern, share in zip(machine.patterns, machine.shares, strict=True):
        free = enumerate_states(*clamp(weights, biases, torch.arange(visible), pattern)[:2], temperature)
        beside = torch.ones(7, 7, dtype=torch.float64)  # ⟨s_i s_j⟩ beside this pattern
        beside[:visible, :visible] = pattern[:, None] * pattern
        beside[:visible, visible:] = pattern[:, None] * free.mean
        beside[visible:, :visible] = free.mean[:, None] * pattern
        beside[visible:, visible:] = free.moments
        variance += share**2 * beside * (1 - beside) / copies
    assert bool(((sampled[0] - machine.positive).abs() <= limit * variance.sqrt() + 1e-12).all())


@pytest.mark.parametrize("positive", PHASES)
@pytest.mark.parametrize("negative", PHASES)
def test_any_two_phases_learn(positive: Phase, negative: Phase) -> None:
    """Bars of a 2×2 picture: samples lead about where exact phases do.

    What is returned is the exact divergence before the step, however the phases were measured.
    """
    machine, exact = (learner("bars 2×2", 2, 1, rate=0.02) for _ in range(2))
    first = float(machine.kl())
    assert float(machine.step(positive, negative)) == pytest.approx(first, abs=1e-13)
    for _ in range(400):
        machine.step(positive, negative)
        exact.step()
    assert float(exact.kl()) < first / 3
    assert float(machine.kl()) == pytest.approx(float(exact.kl()), abs=0.03)


def test_an_update_is_ascent_with_momentum_and_decay_of_weights_only() -> None:
    machine = TwoPhases(*couplings(4, 1, 1.0), all_states(3)[:5], torch.ones(5), temperature=2.0, learning_rate=0.2)
    machine.momentum, machine.weight_decay = 0.5, 0.1
    weights, biases = machine.weights.clone(), machine.biases.clone()
    speed, bias_speed = torch.zeros_like(weights), torch.zeros_like(biases)
    for _ in range(3):
        machine.measure()
        gap = (machine.positive - machine.negative) / 2
        speed = 0.5 * speed + 0.2 * (gap - gap.diagonal().diag() - 0.1 * weights)
        bias_speed = 0.5 * bias_speed + 0.2 * gap.diagonal()
        weights, biases = weights + speed, biases + bias_speed
        machine.update()
    torch.testing.assert_close(machine.weights, weights, rtol=0, atol=1e-14)
    torch.testing.assert_close(machine.biases, biases, rtol=0, atol=1e-14)


@pytest.mark.parametrize("phase", PHASES)
def test_links_stay_the_same_both_ways_and_only_where_they_may(phase: Phase) -> None:
    machine = learner("encoder 4-2-4", 2, 0)
    machine.weight_decay = 0.01
    for _ in range(20):
        machine.step(phase, phase)
    assert torch.equal(machine.weights, machine.weights.T)
    allowed = task("encoder 4-2-4").allowed(2)
    assert torch.equal(machine.weights != 0, allowed)
    assert torch.equal(machine.positive, machine.positive.T)
    assert torch.equal(machine.negative, machine.negative.T)


@pytest.mark.parametrize(("seed", "doubles"), [(4, 0), (2, 1), (0, 2)])
def test_b2_an_encoder_finds_four_codes_or_lets_two_patterns_share_one(seed: int, doubles: int) -> None:
    """1,000 exact steps of rate 0.3, momentum 0.9, weights from N(0, 0.1²), no decay, links inside V1 and V2 and
    between the hidden units. Every pair of patterns that shares a code costs ½ ln 2; finite weights cost 0.01."""
    cost = trained("encoder 4-2-4", 2, seed, 1000, spread=0.1) - doubles * math.log(2) / 2
    assert 0 < cost < 0.012


@pytest.mark.slow
def test_b2_the_divergence_of_encoders_is_quantised() -> None:
    """As above, from 30 first weights."""
    ends = torch.tensor([trained("encoder 4-2-4", 2, seed, 1000, spread=0.1) for seed in range(30)])
    doubles = (ends / (math.log(2) / 2)).floor()
    assert set(doubles.tolist()) == {0, 1, 2}
    cost = ends - doubles * math.log(2) / 2
    assert bool(((cost > 0) & (cost < 0.015)).all())
    assert float(ends.min()) == pytest.approx(0.010, abs=0.002)


@pytest.mark.parametrize("name", ["xor", "parity"])
def test_links_between_visible_units_alone_cannot_tell_parity(name: Name) -> None:
    """All pairs of units are independent in the data, so the best such machine is even: KL = units · ln 2 − ln n.

    The problem is convex: any start ends there.
    """
    data = task(name)
    bound = data.visible * math.log(2) - math.log(len(data.patterns))
    assert bound == pytest.approx(math.log(2))
    machine = learner(name, 0, 3)
    divergences = torch.stack([machine.step() for _ in range(400)])
    assert float(divergences.min()) >= bound - 1e-12
    assert float(machine.kl()) == pytest.approx(bound, abs=1e-9)
    assert float(machine.weights.abs().max()) < 1e-3


@pytest.mark.parametrize(("name", "steps"), [("xor", 1000), ("bars 3×3", 600), ("random", 600)])
def test_hidden_units_can(name: Name, steps: int) -> None:
    divergence = trained(name, task(name).hidden, 0, steps)
    assert divergence < 0.1


def test_data_are_counted_and_their_entropy_is_the_best_there_is() -> None:
    """Patterns may repeat, in any order, with shares in any unit."""
    patterns = torch.tensor([[1, 0], [0, 0], [1, 0], [1, 1]])
    machine = TwoPhases(*couplings(3, 0, 1.0), patterns, torch.tensor([2, 4, 1, 1]))
    counted = dict(zip(numbers_of(machine.patterns).tolist(), machine.shares.tolist(), strict=True))
    assert counted == pytest.approx({1: 3 / 8, 0: 4 / 8, 3: 1 / 8})
    assert float(machine.entropy) == pytest.approx(-sum(p * math.log(p) for p in counted.values()))
    expected = enumerate_states(machine.weights, machine.biases).marginal(2)[numbers_of(machine.patterns)]
    torch.testing.assert_close(machine.log_likelihoods().exp(), expected)


def test_other_data_may_be_shown_on_the_way() -> None:
    """Chains held by the old patterns are let go; a share of 0 counts for nothing."""
    machine = learner("xor", 1, 0)
    machine.step("sampled")
    machine.show(torch.eye(3), torch.tensor([1.0, 1.0, 0.0]))
    machine.measure("sampled")
    assert float(machine.positive[0, 1]) == 0
    assert float(machine.positive[2, 2]) == 0
    assert machine.positive.diagonal()[:2].tolist() == [0.5, 0.5]
    sampled = machine.positive.clone()
    assert bool(machine.measure().isfinite())
    torch.testing.assert_close(machine.positive[:3, :3], sampled[:3, :3])


def test_a_large_machine_learns_by_samples_only() -> None:
    units = LARGEST + 2
    machine = TwoPhases(*couplings(units, 0, 0.1), torch.eye(units - 3), torch.ones(units - 3), particles=40)
    assert not machine.enumerable
    before = machine.weights.clone()
    assert bool(machine.step("sampled", "sampled").isnan())
    assert not torch.equal(machine.weights, before)
    for ask in (machine.kl, machine.step, lambda: machine.step("sampled"), lambda: machine.step("exact", "sampled")):
        with pytest.raises(ValueError, match=rf"{units} units and {units - 3} patterns are too many .* Sample instead"):
            ask()


@pytest.mark.parametrize("phase", PHASES)
def test_weights_without_end_give_no_error_but_no_number(phase: Phase) -> None:
    machine = learner("xor", 2, 0)
    machine.weights.fill_(math.nan)
    assert bool(machine.step(phase, phase).isnan())
    assert not bool(machine.weights.isfinite().all())


def test_the_same_seed_is_the_same_run() -> None:
    def run() -> Tensor:
        machine = learner("xor", 2, 5)
        for _ in range(20):
            machine.step("sampled", "sampled", 2)
        return machine.weights

    assert torch.equal(run(), run())


def test_bad_data_and_machines_are_refused() -> None:
    weights, biases = couplings(3, 0, 1.0)
    one = torch.ones(1)
    with pytest.raises(ValueError, match="1 to 3 units are needed, one a row, not \\(1, 4\\)"):
        TwoPhases(weights, biases, torch.ones(1, 4), one)
    with pytest.raises(ValueError, match="made of 0 and 1"):
        TwoPhases(weights, biases, torch.full((1, 2), 0.5), one)
    for shares in (-one, 0 * one, torch.ones(2)):
        with pytest.raises(ValueError, match="needs a share of at least 0"):
            TwoPhases(weights, biases, torch.ones(1, 2), shares)
    with pytest.raises(ValueError, match="same both ways"):
        TwoPhases(weights.triu(), biases, torch.ones(1, 2), one)
    with pytest.raises(ValueError, match="above 0"):
        TwoPhases(weights, biases, torch.ones(1, 2), one, temperature=0)
    machine = TwoPhases(weights, biases, torch.ones(1, 2), one)
    with pytest.raises(ValueError, match="above 0"):
        machine.temperature = 0
