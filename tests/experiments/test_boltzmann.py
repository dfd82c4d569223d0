"""What the page of the sampled machine claims, on the page's own experiment (the contract has its own tests)."""

import dataclasses
import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from server.experiments import telling, wiring
from server.experiments.boltzmann import Boltzmann
from server.experiments.conditional import MOST, conditional
from server.experiments.judgement import DECIDED, TAIL, Evidence, judged, percent, wildness
from server.experiments.motion import Toss
from server.experiments.visits import Visits
from server.grammar import Refused
from server.models.trajectory import Trajectory
from tests.experiments.running import begun, stepped

KINDS: tuple[wiring.Kind, ...] = ("random", "memories", "friends", "rivals")


def change(experiment: Boltzmann, name: str, value: Any) -> None:
    """What the runtime does with a live parameter."""
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)


def every_state(units: int) -> Tensor:
    """(2^units, units) by number, written out anew."""
    return torch.tensor([[number >> unit & 1 for unit in range(units)] for number in range(2**units)]).double()


def energies(weights: Tensor, biases: Tensor, states: Tensor) -> Tensor:
    """−½ sᵀWs − b·s, one state after another."""
    return torch.stack([-0.5 * state @ weights @ state - biases @ state for state in states])


def machine(units: int, seed: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    weights, _ = wiring.machine("random", units, 0.8, generator)
    return weights, 0.5 * torch.randn(units, generator=generator, dtype=torch.float64)


def misplaced(experiment: Boltzmann) -> float:
    """The page's total variation as a share."""
    return float(experiment.show()["misplaced"]) / 100


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_dashes_are_boltzmanns_distribution_lowest_energy_first(temperature: float) -> None:
    weights, biases = machine(5)
    found = conditional(weights, biases, torch.zeros(5).double(), torch.zeros(5, dtype=torch.bool), temperature)
    expected = energies(weights, biases, every_state(5))
    order = expected.argsort()
    assert found.numbers.tolist() == order.tolist()
    torch.testing.assert_close(found.energies, expected[order])
    torch.testing.assert_close(found.probabilities[:-1], (-expected / temperature).softmax(0)[order])
    assert float(found.probabilities[-1]) == 0
    assert found.log_partition == pytest.approx(float((-expected / temperature).logsumexp(0)))
    assert found.mean_energy == pytest.approx(float((-expected / temperature).softmax(0) @ expected))


def test_of_many_states_the_likeliest_are_drawn_and_the_others_held_together() -> None:
    weights, biases = machine(9)
    found = conditional(weights, biases, torch.zeros(9).double(), torch.zeros(9, dtype=torch.bool), 1.0)
    expected = (-energies(weights, biases, every_state(9))).softmax(0)
    likeliest = expected.sort(descending=True).values
    torch.testing.assert_close(found.probabilities[:-1], likeliest[:MOST])
    assert float(found.probabilities[-1]) == pytest.approx(float(likeliest[MOST:].sum()))
    assert found.states == 512


def test_held_units_leave_the_conditional() -> None:
    """p(others | held) is the joint distribution of all, cut to the states that agree and scaled to 1."""
    weights, biases = machine(5)
    state, held = torch.tensor([1, 0, 0, 1, 0]).double(), torch.tensor([True, False, True, False, False])
    found = conditional(weights, biases, state, held, 0.7)
    states = every_state(5)
    everything = energies(weights, biases, states)
    agree = (states[:, held] == state[held]).all(1)
    joint = (-everything / 0.7).softmax(0) * agree
    by_number = torch.zeros(32, dtype=torch.float64)
    by_number[torch.from_numpy(found.numbers)] = found.probabilities[:-1]
    torch.testing.assert_close(by_number, joint / joint.sum())
    torch.testing.assert_close(found.energies, everything[torch.from_numpy(found.numbers)])
    assert found.log_partition == pytest.approx(float((-everything[agree] / 0.7).logsumexp(0)))


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_plus_and_minus_one_make_the_same_machine(kind: wiring.Kind) -> None:
    """Every state keeps its energy, hence its probability at any temperature."""
    weights, biases = wiring.machine(kind, 6, 1.3, torch.Generator().manual_seed(3))
    biases = biases + 0.3
    links, fields, constant = wiring.signed(weights, biases)
    states = every_state(6)
    torch.testing.assert_close(
        energies(links, fields, 2 * states - 1) + constant, energies(weights, biases, states), atol=1e-12, rtol=0
    )


def test_writing_it_in_other_numbers_changes_nothing_of_the_run() -> None:
    binary, signs = begun(Boltzmann), begun(Boltzmann, numbers="−1 or +1")
    one, other = stepped(binary, 3000), stepped(signs, 3000)
    assert torch.equal(one["energy"], other["energy"])
    shown, converted = binary.show(), signs.show()
    assert torch.equal(shown["shares"], converted["shares"])
    torch.testing.assert_close(converted["weights"], shown["weights"] / 4)
    change(binary, "numbers", "−1 or +1")
    change(binary, "period", 500)  # nothing is being annealed
    assert float(binary.show()["samples"]) == 3000  # nothing was forgotten
    assert binary.words() == signs.words()


@pytest.mark.parametrize("kind", KINDS)
def test_weights_have_the_spread_that_was_asked_for(kind: wiring.Kind) -> None:
    weights, biases = wiring.machine(kind, 20, 0.7, torch.Generator().manual_seed(1))
    links = weights[~torch.eye(20, dtype=torch.bool)]
    assert float(links.square().mean().sqrt()) == pytest.approx(0.7, rel=0.1)
    assert torch.equal(weights, weights.T)
    if kind != "random":  # a state and its opposite are as deep
        states = torch.randint(2, (10, 20)).double()
        torch.testing.assert_close(energies(weights, biases, states), energies(weights, biases, 1 - states))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_page_opens_on_bars_that_grow_onto_their_dashes(seed: int) -> None:
    experiment = begun(Boltzmann, seed)
    assert experiment.verdict().word == "untested"
    stepped(experiment, 20_000)
    verdict = experiment.verdict()
    assert (verdict.word, verdict.line) == ("holds", "of probability misplaced")
    assert misplaced(experiment) < 0.06
    shown = experiment.show()
    assert abs(float(shown["mean_energy"] - shown["exact_mean"])) < 0.1


def test_the_misplaced_share_falls_as_one_over_the_root_of_the_facts() -> None:
    """Sixteen times the samples leave a quarter, on the mean over 30 runs; and the noise foretells both."""
    few, many, noise = [], [], []
    for seed in range(30):
        experiment = begun(Boltzmann)
        experiment.motion.trajectory = Trajectory(
            experiment.motion.weights, experiment.motion.biases, torch.zeros(5).double(), seed
        )
        experiment.motion.forget()
        stepped(experiment, 3000)
        few.append(misplaced(experiment))
        stepped(experiment, 45_000)
        many.append(misplaced(experiment))
        assert isinstance(experiment.motion.samples, Visits)
        noise.append(experiment.motion.samples.noise)
    assert np.mean(few) / np.mean(many) == pytest.approx(4, rel=0.2)
    assert np.mean(many) == pytest.approx(np.mean(noise), rel=0.15)


def random_exact(units: int = 4) -> Any:
    weights, biases = machine(units)
    return conditional(weights, biases, torch.zeros(units).double(), torch.zeros(units, dtype=torch.bool), 1.0)


@pytest.mark.parametrize("dwell", [1, 7])
def test_the_yardstick_counts_facts_not_samples(dwell: int) -> None:
    """Draws from the exact distribution itself, each repeated: as many facts as draws, and the noise is right."""
    exact = random_exact()
    generator = np.random.default_rng(1)
    ratios, facts, near = [], [], []
    for _ in range(60):
        draws = generator.choice(exact.numbers, 3000, p=exact.probabilities[:-1].numpy())
        visits = Visits(exact, apart=False)
        visits.add(torch.from_numpy(draws.repeat(dwell)))
        facts.append(visits.facts)
        ratios.append(visits.misplaced / visits.noise)
        near.append(visits.evidence.near)
        assert visits.samples == 3000 * dwell
    assert np.mean(ratios) == pytest.approx(1, abs=0.12)
    assert bool((np.array(ratios) < near).all())
    assert np.mean(facts) == pytest.approx(3000, rel=0.2)


def test_independent_samples_are_facts_each() -> None:
    exact = random_exact()
    visits = Visits(exact, apart=True)
    visits.add(torch.from_numpy(np.random.default_rng(1).choice(exact.numbers, 500, p=exact.probabilities[:-1])))
    assert visits.facts == pytest.approx(500)
    assert float(visits.shares.sum()) == pytest.approx(1)


@pytest.mark.parametrize("settings", [{}, {"update_order": "in turn"}, {"wiring": "friends", "spread": 1.5}])
def test_looking_again_and_again_breaks_no_true_claim(settings: dict[str, Any]) -> None:
    """12 seeds, looked at 60 times each; with two valleys as well, which are as wild as can be."""
    holds = 0
    for seed in range(1, 13):
        experiment = begun(Boltzmann, seed, **settings)
        for _ in range(60):
            stepped(experiment, 300)
            word = experiment.verdict().word
            assert word != "broken", (seed, experiment.verdict())
            holds += word == "holds"
    assert holds > 0.9 * 12 * 50


@pytest.mark.parametrize(
    "settings",
    [{}, {"wiring": "friends", "spread": 1.5}, {"units": 12, "spread": 0.8}, {"wiring": "rivals", "spread": 2.0}],
)
def test_wrong_coins_are_found_out(settings: dict[str, Any]) -> None:
    """Samples at T = 1 shown as if they were at 1.5; in a machine of two valleys too."""
    experiment = begun(Boltzmann, **settings)
    motion, units = experiment.motion, experiment.motion.units
    wrong = conditional(motion.weights, motion.biases, torch.zeros(units).double(), motion.trajectory.held, 1.5)
    right, visits = motion.samples, Visits(wrong, apart=False)
    assert isinstance(right, Visits)
    numbers = motion.trajectory.update(300_000).number
    right.add(numbers)
    visits.add(numbers)
    assert (right.verdict().word, visits.verdict().word) == ("holds", "broken")


SEVERAL_VALLEYS: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({"wiring": "memories", "units": 8, "spread": 2.0}, (2, 3, 7, 8, 11)),
    ({"wiring": "friends", "units": 10, "spread": 1.0}, tuple(range(1, 13))),
    ({"temperature": 0.3, "units": 12, "spread": 1.2}, (12,)),
]


@pytest.mark.parametrize(("settings", "seeds"), SEVERAL_VALLEYS)
def test_the_first_crossing_into_another_valley_breaks_nothing(
    settings: dict[str, Any], seeds: tuple[int, ...]
) -> None:
    """Looked at 50 times on the way; a word that was said does not come and go."""
    for seed in seeds:
        experiment, words = begun(Boltzmann, seed, **settings), list[str]()
        for _ in range(50):
            stepped(experiment, 1000)
            words.append(experiment.verdict().word)
        assert "broken" not in words, (seed, words)
        assert sum(word != after for word, after in itertools.pairwise(words)) <= 6, (seed, words)


def test_samples_that_disagree_with_themselves_say_nothing() -> None:
    """Another distribution in the first half, or the first quarter, of the run: far off, by facts enough or not."""
    exact = random_exact(2)
    generator = np.random.default_rng(1)
    early, late = np.array([0.1, 0.1, 0.1, 0.7]), exact.probabilities[:-1].numpy()
    for share in (0.25, 0.5):
        visits = Visits(exact, apart=False)
        for chances, count in ((early, share), (late, 1 - share)):
            visits.add(torch.from_numpy(generator.choice(exact.numbers, int(20_000 * count), p=chances)))
        assert visits.verdict().word == "untested"


def test_noise_that_is_far_too_large_holds_up_nothing() -> None:
    few = Evidence(
        samples=5000, facts=DECIDED, misplaced=0.15, noise=0.12, discord=0.2,
        discord_noise=0.24, wildness=0.2, unmet=0.0, hardly_met=0.0, drawn=True,
    )  # fmt: skip
    assert judged(few).word == "untested"
    assert judged(dataclasses.replace(few, misplaced=0.015, noise=0.012, discord=0.02, discord_noise=0.024)).word == (
        "holds"
    )


def test_a_run_in_one_state_does_not_say_that_nothing_moves() -> None:
    visits = Visits(random_exact(), apart=False)
    visits.add(torch.full((4000,), int(visits.exact.numbers[2])))
    verdict = visits.verdict()
    assert (verdict.number, verdict.word, verdict.note) == (
        percent(visits.misplaced), "untested", "other valleys not met",
    )  # fmt: skip


def test_the_number_is_there_from_the_first_sample_on_and_facts_are_counted_early() -> None:
    experiment, notes = begun(Boltzmann), list[str]()
    for _ in range(40):
        stepped(experiment, 10)
        verdict = experiment.verdict()
        assert verdict.number == percent(misplaced(experiment))
        notes.append(verdict.note)
    counted = [int(note.split()[0]) for note in notes if note.endswith("30 facts")]
    assert notes[0] == "10 samples"
    assert len(set(counted)) > 5
    assert (counted, max(counted) <= 30) == (sorted(counted), True)


def test_a_valley_never_reached_is_not_judged() -> None:
    experiment = begun(Boltzmann, units=8, wiring="friends", spread=2.0, tilt=0.0, temperature=0.8)
    stepped(experiment, 30_000)
    assert misplaced(experiment) > 0.4
    assert (experiment.verdict().word, experiment.verdict().note) == ("untested", "other valleys not met")


def test_how_samples_are_cut_into_calls_changes_no_count() -> None:
    exact = random_exact()
    numbers = torch.from_numpy(np.random.default_rng(2).choice(exact.numbers, 5000))
    whole, cut = Visits(exact, apart=False), Visits(exact, apart=False)
    whole.add(numbers)
    for part in torch.tensor_split(numbers, 130):
        cut.add(part)
    for name, channel in whole.marks().items():
        assert torch.equal(channel, cut.marks()[name]), name
    assert (whole.facts, whole.noise) == (cut.facts, cut.noise)


def test_clamping_shows_the_conditional_and_forgets() -> None:
    experiment = begun(Boltzmann)
    stepped(experiment, 500)
    experiment.press(1)
    assert float(experiment.show()["samples"]) == 0
    assert experiment.show()["held"].tolist() == [0, 1, 0, 0, 0]
    stepped(experiment, 20_000)
    shown = experiment.show()
    assert shown["columns"].shape == (16, 5, 1)
    assert bool((shown["columns"][:, 1] == 1).all())
    assert float(shown["exact_shares"].sum()) == pytest.approx(1)
    assert experiment.verdict().word == "holds"
    experiment.press(1)
    assert (float(experiment.show()["held"][1]), float(experiment.show()["units"][1])) == (1, 0)
    experiment.press(1)
    assert float(experiment.show()["held"].sum()) == 0


def test_one_unit_stays_free() -> None:
    experiment = begun(Boltzmann, units=3)
    experiment.clamp()
    experiment.clamp()
    with pytest.raises(Refused, match="One unit at least"):
        experiment.clamp()
    with pytest.raises(Refused, match="One unit at least"):
        experiment.press(2)
    with pytest.raises(Refused, match="no unit 4; they are numbered 1 to 3"):
        experiment.press(3)
    stepped(experiment, 10)
    experiment.free()
    assert float(experiment.show()["held"].sum()) == 0


def test_measured_shares_lie_on_the_logistic() -> None:
    """Within 4 standard errors in every bin, each with one value of ΔE or few: 1/(1 + e^(−ΔE/T))."""
    for temperature in (0.5, 2.0):
        experiment = begun(Boltzmann, temperature=temperature)
        stepped(experiment, 50_000)
        shown = experiment.show()
        seen = shown["turned_on"].isfinite()
        assert int(seen.sum()) > 8
        assert float(shown["turned_on"][-1].nan_to_num(-1)) == -1  # the last coin's place
        off = shown["turned_on"] - torch.sigmoid(shown["gaps"] / temperature)
        assert float((off / (shown["coin_errors"] + 0.004))[seen].abs().max()) < 4
        line = shown["logistic"]
        torch.testing.assert_close(line[:, 1], 1 / (1 + (-line[:, 0] / temperature).exp()))


@pytest.mark.parametrize("settings", [{}, {"scratch": True, "sweeps": 1}])
def test_ring_point_coin_and_formula_are_one_decision(settings: dict[str, Any]) -> None:
    """ΔE is E(off) − E(on) of the unit that has just decided; before the first, of the one that then does."""
    experiment = begun(Boltzmann, **settings)
    first = int(experiment.show()["deciding"])
    assert (experiment.words()["coin"], bool(experiment.show()["coin"].isnan().all())) == ("", True)
    for step in range(20):
        stepped(experiment, 1)
        shown = experiment.show()
        unit, (gap, chance), coin = int(shown["deciding"]), shown["toss"].tolist(), float(shown["coin"][-1])
        assert step or unit == first
        on, off = shown["units"].clone(), shown["units"].clone()
        on[unit], off[unit] = 1, 0
        both = energies(experiment.motion.weights, experiment.motion.biases, torch.stack([off, on]))
        assert [gap, float(shown["gaps"][-1])] == pytest.approx([float(both[0] - both[1])] * 2)
        assert [chance, float(shown["chance"])] == pytest.approx([1 / (1 + math.exp(-gap))] * 2)
        assert f"= {telling.number(gap)}" in experiment.words()["sum"]
        assert bool(shown["units"][unit]) == (coin < chance)
        sign, choice = ("<", "on") if coin < chance else ("≥", "off")
        assert experiment.words()["coin"].endswith(f"{coin:.2f} {sign} {chance:.2f}, {choice}")


@pytest.mark.parametrize("kind", KINDS)
def test_without_heat_the_energy_never_rises(kind: wiring.Kind) -> None:
    experiment = begun(Boltzmann, units=20, wiring=kind, temperature=0.0)
    fallen = stepped(experiment, 2000)["energy"]
    assert float(fallen.diff().max()) <= 1e-9
    verdict = experiment.verdict()
    assert (verdict.number, verdict.word, verdict.note) == ("0", "untested", "no coins at T = 0")
    assert verdict.line == "rises in 2\u2009000 updates"
    states = experiment.motion.trajectory.state.repeat(20, 1)
    states[torch.arange(20), torch.arange(20)] = 1 - states.diagonal()
    here = experiment.motion.trajectory.energy
    assert float(experiment.motion.energies(states).min()) >= here - 1e-9  # no single unit would gain
    assert bool(experiment.show()["exact_shares"].isnan().all())


def test_annealing_ends_lower_than_quenching() -> None:
    """Mean energy reached from 40 random starts of a machine of many valleys, in as many decisions."""
    slow, fast = [], []
    for seed in range(1, 41):
        annealed = begun(
            Boltzmann, seed, units=20, spread=2.0, temperature=0.0, annealing="exponential", hottest=20.0, period=2000
        )
        deepest = float(annealed.motion.exact.energies[0])  # type: ignore[union-attr]
        slow.append(float(stepped(annealed, 2000)["energy"][-1]) - deepest)
        fast.append(float(stepped(begun(Boltzmann, seed, units=20, spread=2.0, temperature=0.0), 2000)["energy"][-1]))
        fast[-1] -= deepest
    assert min(slow) > -1e-9
    assert np.mean(slow) < 0.5 * np.mean(fast)


@pytest.mark.parametrize("schedule", ["exponential", "linear"])
def test_every_descent_runs_from_hottest_to_coldest(schedule: str) -> None:
    experiment = begun(Boltzmann, annealing=schedule, hottest=4.0, temperature=0.5, period=100)
    heats = torch.cat([stepped(experiment, 70)["heat"], stepped(experiment, 180)["heat"]])
    assert heats[[0, 99, 100, 199, 200]].tolist() == pytest.approx([4, 0.5, 4, 0.5, 4])
    steps = (heats[:100].log() if schedule == "exponential" else heats[:100]).diff()
    torch.testing.assert_close(steps, steps.mean().expand(99))
    assert float(experiment.show()["samples"]) == 2
    assert (experiment.verdict().word, experiment.verdict().number[-2:]) == ("untested", "/2")


def test_runs_from_scratch_remember_their_start_when_short_and_forget_it_when_long() -> None:
    words = {}
    for sweeps in (1, 30):
        experiment = begun(Boltzmann, scratch=True, sweeps=sweeps, spread=2.0)
        stepped(experiment, 5 * sweeps * 3000)
        assert float(experiment.show()["samples"]) == 3000
        words[sweeps] = experiment.verdict().word
    assert words == {1: "broken", 30: "holds"}


def test_the_mean_energy_is_that_of_the_samples() -> None:
    """Ends of runs from scratch, long ones, have the exact mean; ends of descents lie as deep as the hill shows."""
    experiment = begun(Boltzmann, scratch=True, sweeps=20)
    assert bool(experiment.show()["mean_energy"].isnan())
    stepped(experiment, 100 * 4000)
    shown = experiment.show()
    assert float(shown["mean_energy"]) == pytest.approx(float(shown["exact_mean"]), abs=0.05)
    annealed = begun(Boltzmann, annealing="linear", period=100)
    energies_after = stepped(annealed, 250)["energy"]
    assert float(annealed.show()["mean_energy"]) == pytest.approx(float(energies_after[[99, 199]].mean()))


def test_annealing_never_heats_and_leaves_no_run_from_scratch() -> None:
    experiment = begun(Boltzmann, annealing="exponential", hottest=0.5, temperature=2.0, period=100, scratch=True)
    assert set(stepped(experiment, 150)["heat"].tolist()) == {2.0}
    assert (float(experiment.show()["samples"]), experiment.words()["kind"]) == (1, "descents")
    change(experiment, "temperature", 0.0)
    assert "descent" in experiment.words()["others"]


def test_while_annealing_the_heat_of_the_decision_is_told() -> None:
    experiment = begun(Boltzmann, annealing="linear", hottest=5.0, temperature=1.0, period=101)
    heat = float(stepped(experiment, 51)["heat"][-1])
    assert heat == pytest.approx(3.0)
    assert experiment.words()["heat"] == experiment.position()["T"] == "3.00"
    shown = experiment.show()
    gap, chance = shown["toss"].tolist()
    assert chance == float(shown["chance"]) == pytest.approx(1 / (1 + math.exp(-gap / heat)))
    assert begun(Boltzmann).position() == {}


def test_what_is_not_drawn_is_not_spoken_of() -> None:
    experiment = begun(Boltzmann)
    assert (experiment.words()["dashes"], experiment.words()["here"]) == (
        " Dashes: exact.", "Yellow: where it is now. ",
    )  # fmt: skip
    change(experiment, "temperature", 0.0)
    assert experiment.words()["dashes"] == ""
    large = begun(Boltzmann, units=20, spread=0.0, tilt=0.0)
    stepped(large, 50)
    assert (float(large.show()["place"]), large.words()["here"]) == (-1, "")


def test_a_tie_without_heat_is_told() -> None:
    experiment = begun(Boltzmann, spread=0.0, tilt=0.0, temperature=0.0)
    before = experiment.motion.trajectory.state
    stepped(experiment, 20)
    assert torch.equal(experiment.motion.trajectory.state, before)
    assert experiment.words()["sum"].endswith("a tie keeps its state")
    unit = int(experiment.show()["deciding"])
    assert float(experiment.show()["chance"]) == float(before[unit])


def test_sixty_units_of_which_few_are_free_are_added_up() -> None:
    experiment = begun(Boltzmann, units=60)
    assert experiment.verdict().note == "2⁶⁰ states"
    for _ in range(40):
        experiment.clamp()
    assert experiment.words()["others"].startswith("1\u2009048\u2009544 others")
    for _ in range(17):
        experiment.clamp()
    stepped(experiment, 20_000)
    assert experiment.show()["columns"].shape[0] == 8
    assert experiment.verdict().word == "holds"
    experiment.free()
    assert experiment.verdict().note == "2⁶⁰ states"


def test_beyond_twenty_units_nothing_exact_is_claimed() -> None:
    experiment = begun(Boltzmann, units=60)
    stepped(experiment, 3000)
    shown = experiment.show()
    assert 1 <= len(shown["shares"]) <= MOST
    assert bool((shown["energies"].diff() >= 0).all())
    assert bool(shown["exact_shares"].isnan().all())
    assert experiment.verdict().word == "untested"
    assert "Too many" in experiment.words()["others"]


def test_twenty_units_are_added_up_in_words_too() -> None:
    experiment = begun(Boltzmann, units=20, spread=0.5)
    stepped(experiment, 60_000)
    assert experiment.words()["others"].startswith("1\u2009048\u2009544 others: ")
    assert experiment.verdict().word == "holds"


@pytest.mark.parametrize(
    ("share", "told"), [(0.044, "4.4"), (0.0035, "0.35"), (0.12, "12"), (1.0, "100"), (2e-5, "<.01"), (0.0, "0")]
)
def test_shares_have_two_digits(share: float, told: str) -> None:
    assert percent(share) == f"{told}\u2009%"


@pytest.mark.parametrize(("temperature", "hidden"), [(1.0, 2), (0.05, 1), (1.0, 5)])
def test_hidden_units_are_summed_out(temperature: float, hidden: int) -> None:
    """Bars, dashes and free energies beside sums over the joint distribution; unit 1 is held on."""
    weights, biases = machine(6)
    state, held = torch.tensor([0, 1, 0, 0, 1, 0]).double(), torch.arange(6) == 1
    found = conditional(weights, biases, state, held & (torch.arange(6) < 6 - hidden), temperature, hidden)
    states, visible = every_state(6), 6 - hidden
    log_weights = -energies(weights, biases, states) / temperature
    if hidden < 5:
        log_weights[states[:, 1] == 0] = -math.inf
    joint = log_weights.softmax(0)
    expected = joint.view(2**hidden, 2**visible).sum(0)
    numbers = torch.from_numpy(found.numbers)
    torch.testing.assert_close(found.probabilities[:-1], expected[numbers])
    assert float(found.probabilities.sum()) == pytest.approx(1)
    assert (found.states, bool((found.energies.diff() >= 0).all())) == (len(numbers), True)
    free = -temperature * log_weights.view(2**hidden, 2**visible).logsumexp(0)
    torch.testing.assert_close(found.energies, free[numbers])
    assert found.lowest == pytest.approx(-temperature * float(log_weights.max()))


def test_bars_of_visible_units_grow_onto_their_dashes() -> None:
    experiment = begun(Boltzmann, units=8, hidden=3)
    stepped(experiment, 60_000)
    shown = experiment.show()
    assert shown["columns"].shape == (32, 5, 1)
    assert shown["layers"].tolist() == [0] * 5 + [1] * 3
    assert (experiment.verdict().word, experiment.verdict().line) == ("holds", "of probability misplaced")
    assert experiment.words()["others"] == "All states are drawn. 3 hidden summed out."
    number = sum(int(on) << unit for unit, on in enumerate(shown["units"][:5].tolist()))
    assert shown["columns"][int(shown["place"]), :, 0].tolist() == [number >> unit & 1 for unit in range(5)]
    change(experiment, "hidden", 20)  # one stays visible
    stepped(experiment, 5000)
    assert experiment.show()["shares"].shape == (2,)
    change(experiment, "hidden", 3)
    for _ in range(5):
        experiment.clamp()
    stepped(experiment, 100)
    assert (experiment.verdict().number, experiment.verdict().line) == ("–", "visible units are all held")


def test_of_a_large_machine_the_visible_states_met_most_come_first() -> None:
    experiment = begun(Boltzmann, units=30, hidden=20)
    stepped(experiment, 3000)
    shown = experiment.show()
    assert shown["columns"].shape[1:] == (10, 1)
    assert bool((shown["shares"].diff() <= 0).all())
    assert bool(shown["energies"].isnan().all())


def test_in_balance_energy_rises_as_often_as_it_falls() -> None:
    """Detailed balance; how often, by enumeration: in a sweep each unit decides once, whatever the others are."""
    experiment = begun(Boltzmann)
    stepped(experiment, 200_000)
    shown, motion = experiment.show(), experiment.motion
    states = every_state(5)
    heights = energies(motion.weights, motion.biases, states)
    turned = heights[(torch.arange(32)[:, None] ^ (1 << torch.arange(5)))]
    steps = (-heights).softmax(0)[:, None] / 5 * torch.sigmoid(heights[:, None] - turned)
    up, down = steps[turned > heights[:, None]].sum(), steps[turned < heights[:, None]].sum()
    assert float(up) == pytest.approx(float(down))
    assert [float(shown["up"]), float(shown["down"])] == pytest.approx([float(up), float(down)], abs=0.005)
    assert abs(float(shown["up"] - shown["down"])) < 0.001


def test_tosses_of_one_free_unit_are_a_fact_each_and_the_claim_is_not_doubted() -> None:
    words = set()
    for seed in range(1, 31):
        experiment = begun(Boltzmann, seed, units=2)
        experiment.clamp()
        for _ in range(40):
            stepped(experiment, 500)
            words.add(experiment.verdict().word)
        assert float(experiment.show()["facts"]) == pytest.approx(20_000)
    assert words == {"holds"}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_wildness_of_normal_numbers(count: int) -> None:
    generator = np.random.default_rng(1)
    mixing = generator.normal(size=(count, count))
    sizes = np.abs(generator.normal(size=(100_000, count)) @ mixing.T).sum(1)
    assert wildness(mixing @ mixing.T) == pytest.approx(sizes.std() / sizes.mean(), rel=0.02)
    together = wildness(np.ones((count, count)))
    assert 1 + TAIL * together == pytest.approx(4 / math.sqrt(2 / math.pi), rel=0.01)  # of one number, 4 deviations


def test_facts_are_not_counted_while_a_valley_is_not_met() -> None:
    experiment = begun(Boltzmann, units=8, wiring="friends", spread=2.0, tilt=0.0, temperature=0.8)
    stepped(experiment, 30_000)
    assert experiment.verdict().note == "other valleys not met"
    assert bool(experiment.show()["facts"].isnan())


def test_noise_alone_misplaces_no_more_than_everything() -> None:
    experiment = begun(Boltzmann, units=12, spread=0.8)
    stepped(experiment, 5000)
    line = experiment.show()["noise_line"]
    assert float(line[:, 1].max()) == 1
    line = line.log10()
    slope = (line[2, 1] - line[1, 1]) / (line[2, 0] - line[1, 0])
    assert float(slope) == pytest.approx(-0.5)


def test_without_heat_there_is_no_coin() -> None:
    experiment = begun(Boltzmann, temperature=0.0)
    stepped(experiment, 5)
    assert bool(experiment.show()["coin"].isnan().all())
    words = experiment.words()
    assert (words["coin"], words["law"]) == ("", "a step, no coin")


def test_a_coin_that_is_nearly_its_chance_is_told_apart() -> None:
    told = telling._coin(Toss(unit=0, gap=0.0, heat=1.0, coin=0.34321, chance=0.34316, on=False))
    assert told == ". Its coin: 0.34321 ≥ 0.34316, off"


def test_annealing_from_below_cools_nothing_and_says_so() -> None:
    experiment = begun(Boltzmann, annealing="linear", hottest=0.5, temperature=1.0, period=100)
    stepped(experiment, 300)
    verdict = experiment.verdict()
    assert (verdict.number, verdict.line) == ("–", "nothing cools")
    assert experiment.words()["course"] == "held at T, nothing cools"


def test_words_below_follow_what_is_going_on() -> None:
    def told(**parameters: Any) -> dict[str, str]:
        return dict(begun(Boltzmann, **parameters).words())

    assert told()["course"] == "held at T"
    trends = [told(), told(temperature=0.0), told(scratch=True), told(annealing="linear")]
    assert len({each["trend"] for each in trends}) == 4
    assert told(annealing="linear")["course"] == "cooled down to T, over and over"
    assert told()["news"] == "Samples in a row are not all news."
    assert told(scratch=True)["news"] == "Every sample is a fact of its own."
    assert told(units=20)["compared"] == "32 bars + rest"
    assert told()["compared"] == "32 states"
    assert "no distribution" in told(temperature=0.0)["powers"]
