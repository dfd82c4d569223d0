"""The page on which reconstruction lies: five machines that differ in one thing, measured exactly."""

import pytest
import torch

from server.experiments.ascent import WAYS, Ascent
from server.experiments.decline import BLOCK, FEWEST, PATIENCE, Decline, fate
from server.experiments.rbm_likelihood import EVERY, ReconstructionLies
from server.experiments.samplers import CHAINS, LOOKS, Samplers, chance
from server.grammar import Diverged
from server.models.patterns import bars_and_stripes, best_log_likelihood
from server.models.rbm import RBM, binary_states
from tests.experiments.running import begun, stepped
from tests.models.small_machines import machine, seeded


def test_all_machines_begin_with_the_same_weights() -> None:
    experiment = begun(ReconstructionLies)
    first, *others = (each.machine.couplings.flat for each in experiment.machines.values())
    assert 0.005 < first.std() < 0.02
    assert all(torch.equal(first, other) for other in others)
    stepped(experiment, 1)
    flats = [each.machine.couplings.flat for each in experiment.machines.values()]
    assert len(torch.unique(torch.stack(flats), dim=0)) == len(WAYS)


@pytest.mark.parametrize("patterns", ["3×3", "4×4"])
def test_the_page_shows_the_lie(patterns: str) -> None:
    """R2 in short: CD-1's reconstructions are as good as the exact gradient's, its likelihood is far worse."""
    experiment = begun(ReconstructionLies, patterns=patterns, learning_rate=0.3)
    series = stepped(experiment, 2200)
    bound = best_log_likelihood(bars_and_stripes(int(patterns[0])))
    assert all(bool((series[f"likelihood_{name}"] < bound).all()) for name in WAYS)
    for name in WAYS:
        assert series[f"error_{name}"][-1] < 0.1 * series[f"error_{name}"][0]
    exact, quick = series["likelihood_exact"], series["likelihood_cd_1"]
    assert exact[-1] > bound - 0.4
    assert quick[-1] < exact[-1] - 0.3
    assert torch.equal(series["surprise_cd_1"], -quick)


def test_likelihoods_are_means_over_all_patterns_with_duplicates() -> None:
    experiment = begun(ReconstructionLies, patterns="3×3")
    stepped(experiment, 2 * EVERY)
    for likelihood, each in zip(experiment.likelihoods, experiment.machines.values(), strict=True):
        everything = each.machine.log_likelihood(binary_states(9))
        assert float(everything.exp().sum()) == pytest.approx(1, abs=1e-6)
        mean = each.machine.log_likelihood(bars_and_stripes(3)).mean()
        assert float(likelihood) == pytest.approx(float(mean), abs=1e-9)


def test_likelihoods_are_looked_at_every_so_many_updates_of_the_run() -> None:
    series = stepped(begun(ReconstructionLies), 3 * EVERY + 5)["likelihood_exact"]
    changes = (series.diff() != 0).nonzero().flatten() + 2  # the update after which a value is new, counted from 1
    assert changes.tolist() == [EVERY, 2 * EVERY, 3 * EVERY]


def test_patterns_below_a_tenth_of_their_share_are_lost() -> None:
    experiment = begun(ReconstructionLies, patterns="3×3")
    shares = experiment.true_shares.repeat(len(WAYS), 1)
    shares[0, :3] *= 0.09
    shares[1, :3] *= 0.11
    assert experiment.lost.tolist() == [0] * len(WAYS)  # what was never known cannot be lost
    assert experiment.words()["fate"] == "none learnt yet"
    experiment._known[:] = True
    experiment.log_shares = shares.log()
    assert experiment.lost.tolist() == [3, 0, 0, 0, 0]
    assert experiment.words()["fate"] == "none lost yet"
    experiment.log_shares = shares.flip(0).log()
    assert experiment.words()["fate"] == f"3 of {len(experiment.distinct)} all but lost"


def test_a_rate_that_is_no_number_stops_the_run_and_is_not_hidden() -> None:
    experiment = begun(ReconstructionLies)
    experiment.machines["cd_1"].machine.couplings.weights[0, 0] = torch.inf
    with pytest.raises(Diverged):
        experiment.advance(3)


def decline(likelihoods: list[float], errors: list[float]) -> Decline:
    """One whole block of each."""
    found = Decline()
    for likelihood, error in zip(likelihoods, errors, strict=True):
        for _ in range(BLOCK):
            found.add(torch.tensor(likelihood), torch.tensor(error))
    return found


def test_what_was_lost_is_counted_from_the_best_block() -> None:
    found = decline([-5, -3, -3.2, -3.5], [0.2, 0.1, 0.05, 0.02])
    assert found.judged
    assert found.lost == pytest.approx(0.5, abs=1e-6)
    assert found.fell == pytest.approx(5, rel=1e-5)
    assert decline([-5, -4, -3, -2], [0.2, 0.1, 0.05, 0.02]).lost == 0
    assert not decline([-5, -3, -3.2], [0.2, 0.1, 0.05]).judged


def test_the_verdict_needs_both_a_loss_and_a_falling_error() -> None:
    experiment = begun(ReconstructionLies)
    assert experiment.verdict().word == "untested"
    experiment.decline = decline([-5, -3, -3.2, -3.5], [0.2, 0.1, 0.05, 0.02])
    assert experiment.verdict().word == "holds"
    experiment.decline = decline([-5, -3, -3.2, -3.5], [0.2, 0.1, 0.1, 0.11])
    assert experiment.verdict().word == "untested"
    climbing = [-5 + 0.01 * block for block in range(PATIENCE)]
    experiment.decline = decline(climbing, [0.1] * PATIENCE)
    assert experiment.verdict().word == "broken"
    assert FEWEST < PATIENCE


@pytest.mark.parametrize("count", [100, 400])
def test_the_distance_expected_by_chance(count: int) -> None:
    """Mean and spread against 3000 pairs of samples, with rare bins and one that holds nearly all."""
    for shares in (torch.rand(31, generator=seeded(1)).pow(3), torch.tensor([0.95, 0.02, 0.02, 0.01])):
        shares = shares / shares.sum()
        picked = torch.multinomial(shares.expand(6000, -1), count, replacement=True, generator=seeded(2))
        drawn = torch.nn.functional.one_hot(picked, len(shares)).sum(1) / count
        measured = (drawn[:3000] - drawn[3000:]).abs().sum(1) / 2
        mean, variance = chance(shares, count)
        assert float(mean) == pytest.approx(float(measured.mean()), rel=0.03)
        # Bins that share one sum go up and down together: where one holds nearly all, the spread is wider.
        assert float(variance.sqrt()) == pytest.approx(float(measured.std()), rel=0.1 if len(shares) > 4 else 0.5)


def samplers_of(model: RBM) -> Samplers:
    return Samplers(model, binary_states(6)[::3].contiguous(), seeded(3), seeded(4))


def test_a_layer_at_once_and_unit_by_unit_are_one_distribution() -> None:
    """C13: they differ as independent samples do, and a machine at twice the temperature is told apart."""
    model = machine(6, 4, seed=2, dtype=torch.float32)
    samplers = samplers_of(model)
    for _ in range(LOOKS):
        samplers.look(model)
    ratio, band = (float(value) for value in samplers.apart)
    assert 0.03 < band < 0.15
    assert abs(ratio - 1) < band
    assert samplers.words["agree"] == "They agree"
    samplers.single.machine = samplers.single.machine.at(2.0)
    samplers.single.sweep(20)
    measured, expected, _ = samplers.compare()
    assert measured > 2 * expected


def test_nothing_is_said_of_the_samplers_before_there_are_enough_looks() -> None:
    model = machine(6, 4, seed=2, dtype=torch.float32)
    samplers = samplers_of(model)
    samplers.look(model)
    assert samplers.words["agree"] == "Not yet said"


def test_both_samplers_keep_the_exact_distribution() -> None:
    """Each against enumeration: from exact draws and, in a warm machine, from noise."""
    model = machine(6, 4, seed=2, dtype=torch.float32)
    samplers = samplers_of(model)
    visible = binary_states(6)
    shares = torch.zeros(len(samplers._shares(visible)), dtype=torch.float64)
    for row, share in zip(visible, model.log_likelihood(visible).exp(), strict=True):
        shares += share * samplers._shares(row[None])
    for noise in (False, True):
        samplers.start(model)
        if noise:
            samplers.block.scatter()
            samplers.single.scatter()
        samplers.block.sweep(60)
        samplers.single.sweep(60)
        found = samplers._shares(samplers.block.states[0])
        other = samplers._shares(samplers.single.states[0][:, samplers._back[:6]])
        mean, variance = chance(shares, CHAINS)
        for drawn in (found, other):  # one set of samples differs from what is exact by 1/√2 of what two do
            assert float((drawn - shares).abs().sum() / 2) < float(mean + 4 * variance.sqrt()) / 2**0.5


def test_dreams_are_drawn_from_the_exact_distribution() -> None:
    """Whichever layer is enumerated; frequencies of all 32 visible states against p(v)."""
    for hidden in (3, 7):
        model = machine(5, hidden, seed=3, dtype=torch.float32)
        drawn = model.draws(40_000, seeded(1))
        codes = (drawn.long() << torch.arange(4, -1, -1)).sum(1)
        frequencies = torch.bincount(codes, minlength=32) / len(drawn)
        exact = model.log_likelihood(binary_states(5)).exp()
        assert (frequencies - exact).abs().sum() / 2 < 0.012


def test_pictures_of_dreams_change_only_as_the_machine_does() -> None:
    experiment = begun(ReconstructionLies)
    before = experiment.show()["dreams_cd_1"]
    assert torch.equal(before, experiment.show()["dreams_cd_1"])
    stepped(experiment, 400)
    assert not torch.equal(before, experiment.show()["dreams_cd_1"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_cd_1_loses_likelihood_while_its_error_falls(seed: int) -> None:
    """As the page opens, seven seconds at its speed; the exact gradient goes on."""
    experiment = begun(ReconstructionLies, seed)
    stepped(experiment, 2_000)
    verdict = experiment.verdict()
    assert verdict.word == "holds"
    assert float(verdict.number) > 0.4
    assert experiment.words()["turned"] == f"{verdict.number} worse than its best"
    assert experiment.likelihoods[0] > experiment.likelihoods[-1] + 1
    lost = dict(zip(WAYS, experiment.lost.tolist(), strict=True))
    assert lost["exact"] <= 3 < lost["cd_1"]


def test_captions_say_nothing_before_there_is_anything_to_say() -> None:
    words = begun(ReconstructionLies).words()
    assert words["fate"] == "none learnt yet"
    assert words["fallen"] == "not measured yet"
    assert words["turned"] == "not past its best yet"


def test_an_ascent_takes_as_many_sweeps_as_its_name_says() -> None:
    """CD-1 is CD-k with k = 1, to the last bit."""
    patterns = bars_and_stripes(3)
    one, several = (Ascent(name, patterns, 5, seeded(1), seeded(2)) for name in ("cd_1", "cd_k"))
    for _ in range(5):
        assert torch.equal(one.update(0.1, 0.0, 7), several.update(0.1, 0.0, 1))
    assert torch.equal(one.machine.couplings.flat, several.machine.couplings.flat)
    several.update(0.1, 0.0, 2)
    one.update(0.1, 0.0, 7)
    assert not torch.equal(one.machine.couplings.flat, several.machine.couplings.flat)


def test_the_verdict_and_the_captions_count_from_the_same_moment() -> None:
    experiment = begun(ReconstructionLies)
    experiment.advance(1)
    first = experiment._first_error
    assert experiment.words()["fallen"] == f"from {first:.2f} to {first:.2f} so far"
    experiment.decline = decline([-5, -3, -3.2, -3.5], [0.2, 0.1, 0.05, 0.02])
    assert experiment.verdict().note == "error fell 5.0× since"
    assert experiment.words()["fallen"] == "fell 5.0× since its best ln p"
    experiment.decline = decline([-5, -3, -3.2, -3.5], [0.2, 0.1, 0.1, 0.11])
    assert experiment.words()["fallen"] == "not down since its best ln p"


def test_only_what_was_known_can_be_lost() -> None:
    assert fate(30, 0, 0) == "none learnt yet"
    assert fate(30, 2, 0) == "28 not learnt yet"
    assert fate(30, 2, 1) == "1 of 2 all but lost, 28 not learnt yet"
    assert fate(30, 30, 0) == "none lost yet"
