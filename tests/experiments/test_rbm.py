"""The page of the restricted Boltzmann machine: what it claims, shows and leaves alone."""

import math
import time
from typing import Any

import pytest
import torch
from torch import Tensor

from server.experiments import likelihood
from server.experiments.completion import Completion, erased
from server.experiments.experiment import Seeds
from server.experiments.likelihood import EVERY, MOST, QUICK, QUICKLY, Likelihood
from server.experiments.rbm import RestrictedBoltzmann
from server.grammar import Diverged, Refused, messages
from server.models.data import split
from server.models.patterns import bars_and_stripes, best_log_likelihood
from server.models.rbm import RBM
from server.runtime.session import Session
from server.runtime.start import Start, start_of
from tests.models.small_machines import seeded


def run(steps: int = 0, seed: int = 1, **parameters: Any) -> RestrictedBoltzmann:
    experiment = RestrictedBoltzmann(RestrictedBoltzmann.Controls(**parameters), Seeds.same(seed))
    experiment.restart()
    if steps:
        experiment.advance(steps)
    return experiment


def change(experiment: RestrictedBoltzmann, **parameters: Any) -> None:
    for name, value in parameters.items():
        experiment.parameters = experiment.parameters.changed(name, value)
        experiment.live(name)


def preset(name: str) -> dict[str, Any]:
    return {key: value for key, value in RestrictedBoltzmann.presets[name].items() if key != "speed"}


def weights(experiment: RestrictedBoltzmann) -> Tensor:
    return experiment.machine.couplings.flat.clone()


def share(experiment: RestrictedBoltzmann) -> int:
    return int(experiment.verdict().number.removesuffix("%"))


def test_the_page_opens_on_strokes_within_seconds() -> None:
    """After 5 s at the speed it opens with, filters have grown and the error has fallen."""
    experiment = run()
    first = experiment.show()["filters"].clone()
    errors = experiment.advance(int(5 * experiment.speed))["error"]
    grown = experiment.show()["filters"].std() / first.std()
    assert grown > 10
    assert errors[-20:].mean() < 0.75 * experiment.gallery.guess


@pytest.mark.parametrize("seed", [1, 2])
def test_verdict_holds_when_trained_and_heat_breaks_it(seed: int) -> None:
    experiment = run(seed=seed)
    experiment.advance(100)
    assert experiment.verdict().word == "untested"
    experiment.advance(1100)
    assert experiment.verdict().word == "holds"
    change(experiment, temperature=3.0, learning=False)
    experiment.advance(50)
    assert experiment.verdict().word == "broken"


def test_too_high_a_rate_breaks_the_verdict() -> None:
    experiment = run(1000, **preset("Learning too fast"))
    assert experiment.verdict().word == "broken"


def test_a_machine_that_knows_only_the_pixels_means_does_no_better_than_pixel_swaps() -> None:
    """The yardstick: fantasies of a machine without weights are pixel swaps in distribution."""
    experiment = run(learning=False)
    experiment.machine.couplings.weights.zero_()
    shares = []
    for _ in range(40):
        experiment.advance(1)
        shares.append(share(experiment) / 100)
    assert sum(shares) / len(shares) == pytest.approx(experiment.gallery.yardsticks[0], abs=0.04)


def test_pixel_swaps_keep_every_pixels_share_and_change_the_pictures() -> None:
    experiment = run()
    assert torch.equal(experiment.gallery.swapped.sum(0), experiment.gallery.held_out.sum(0))
    assert not torch.equal(experiment.gallery.swapped, experiment.gallery.held_out)


def test_held_out_digits_are_never_learned_from() -> None:
    experiment = run()
    counts = [len(part) for part in (experiment.gallery.train, experiment.gallery.held_out)]
    assert counts == [1197, 600]
    assert set(torch.unique(torch.cat([experiment.gallery.train, experiment.gallery.held_out])).tolist()) == {0.0, 1.0}


def test_distance_to_the_nearest_digit_counts_differing_pixels() -> None:
    experiment = run()
    pictures = experiment.gallery.held_out[:20]
    nearest, distance = experiment.gallery.nearest(pictures)
    expected = torch.tensor([min(int((p != t).sum()) for t in experiment.gallery.train) for p in pictures])
    assert torch.equal(distance.long(), expected)
    assert torch.equal((pictures != experiment.gallery.train[nearest]).sum(1), expected)
    distance = experiment.gallery.nearest(experiment.gallery.held_out)[1]
    copies = float((distance == 0).float().mean())
    within = float((distance <= experiment.gallery.near).float().mean())
    assert within >= 0.95
    assert experiment.gallery.passing(distance) == pytest.approx(within - copies)


@pytest.mark.parametrize("learning", [True, False])
def test_split_calls_do_not_change_the_run(learning: bool) -> None:
    apart, together = run(learning=learning, sweeps=2), run(learning=learning, sweeps=2)
    parts, whole = [apart.advance(3), apart.advance(4)], together.advance(7)
    for name, values in whole.items():
        assert torch.equal(torch.cat([part[name] for part in parts]), values)
    for name, picture in together.show().items():
        torch.testing.assert_close(apart.show()[name], picture, rtol=0, atol=0, equal_nan=True)


def test_another_seed_is_another_run() -> None:
    assert not torch.equal(weights(run(3, seed=1)), weights(run(3, seed=2)))


def test_with_learning_off_the_weights_stand_still_and_the_fantasies_run_on() -> None:
    experiment = run(30)
    before, fantasies = weights(experiment), experiment.show()["fantasies"].clone()
    change(experiment, learning=False)
    series = experiment.advance(10)
    assert torch.equal(weights(experiment), before)
    assert not torch.equal(experiment.show()["fantasies"], fantasies)
    assert len(torch.unique(series["gap"])) == 1
    assert len(torch.unique(series["error"])) > 1
    change(experiment, learning=True)
    experiment.advance(1)
    assert not torch.equal(weights(experiment), before)


def test_the_heat_of_the_fantasies_does_not_touch_learning() -> None:
    warm, cold = run(20), run(20)
    change(warm, temperature=3.0)
    warm.advance(20)
    cold.advance(20)
    assert torch.equal(weights(warm), weights(cold))
    assert not torch.equal(warm.fantasies.visible, cold.fantasies.visible)


def test_starting_fantasies_again_does_not_touch_learning() -> None:
    kept, restarted = run(10), run(10)
    restarted.from_pictures()
    assert torch.equal(restarted.show()["fantasies"], restarted.show()["pictures"])
    restarted.from_noise()
    assert restarted.fantasies.visible.mean() == pytest.approx(0.5, abs=0.03)
    kept.advance(5)
    restarted.advance(5)
    assert torch.equal(weights(kept), weights(restarted))


@pytest.mark.parametrize(
    ("name", "value"),
    [("learning_rate", 0.01), ("momentum", 0.9), ("weight_decay", 0.01), ("sweeps", 5), ("way", "PCD")],
)
def test_live_parameters_act_at_once(name: str, value: float) -> None:
    changed, same = run(5), run(5)
    change(changed, **{name: value})
    changed.advance(1)
    same.advance(1)
    assert not torch.equal(weights(changed), weights(same))


def test_free_energy_gap_is_of_digits_held_out_over_digits_learned() -> None:
    experiment = run(40)
    gap = experiment.advance(1)["gap"]
    energies = [
        experiment.machine.free_energy(part[:200]).mean()
        for part in (experiment.gallery.held_out, experiment.gallery.train)
    ]
    assert torch.allclose(gap, energies[0] - energies[1], atol=1e-4)


def test_copies_and_variety_are_counted() -> None:
    experiment = run()
    experiment.from_pictures()
    shown = experiment.show()
    assert shown["copies"] == 100
    assert shown["variety"] == len(torch.unique(experiment.gallery.train[:100], dim=0))
    experiment.fantasies.start(torch.ones(100, 64))
    assert experiment.show()["variety"] == 1
    assert experiment.show()["copies"] == 0


def test_a_number_that_is_not_finite_stops_the_run_and_is_not_hidden() -> None:
    experiment = run(5)
    experiment.step = 5
    experiment.machine.couplings.weights[3, 4] = torch.inf
    with pytest.raises(Diverged) as caught:
        experiment.advance(4)
    assert caught.value.step == 6
    assert caught.value.series is not None
    assert {len(values) for values in caught.value.series.values()} == {1}  # type: ignore[arg-type]


def test_pictures_are_small_and_steps_short() -> None:
    experiment = run(10)
    assert sum(picture.numel() for picture in experiment.show().values()) < 64 * 1024
    times = []
    for _ in range(30):
        start = time.thread_time()
        experiment.advance(1)
        times.append(time.thread_time() - start)
    assert sorted(times)[len(times) // 2] < 0.01


def test_pixels_that_are_known_stand_still_and_the_others_run() -> None:
    experiment = run(20)
    completion = experiment.completion
    for _ in range(5):
        experiment.advance(1)
        visible = completion.chains.visible
        assert torch.equal(visible[:, completion.known], completion.cue[completion.known].expand(len(visible), -1))
        assert len(torch.unique(visible[:, ~completion.known], dim=0)) > 5
    cue, running, mean, truth = experiment.show()["completion"].flatten(1)
    assert bool((cue[~completion.known] == 0).all())
    for picture in (cue, running, mean):
        assert torch.equal(picture[completion.known], truth[completion.known])


@pytest.mark.parametrize(("part", "missing"), [("lower half", 12), ("right half", 12), ("random half", 12)])
def test_half_is_erased(part: Any, missing: int) -> None:
    """Of 5×5 pixels the middle line stays."""
    found = erased(part, 5, seeded(0)).view(5, 5)
    assert int(found.sum()) in (missing, missing - 2)
    if part != "random half":
        assert not bool((found if part == "lower half" else found.T)[:3].any())


def test_completions_of_a_trained_machine_beat_each_pixels_mean() -> None:
    """Over 20 digits held out."""
    experiment = run(600)
    right = []
    for _ in range(20):
        experiment.next_picture()
        for _ in range(40):
            experiment.completion.sweep()
        right.append(experiment.completion.right(experiment.gallery.on))
    machine, guess = torch.stack(right).mean(0)
    assert machine > guess + 4


def test_drawn_pixels_are_held_until_the_next_picture() -> None:
    experiment = run(5, erased="everything")
    assert not bool(experiment.completion.known.any())
    experiment.paint([3, 9], True)
    experiment.paint([4], False)
    experiment.advance(3)
    assert experiment.completion.chains.visible[:, [3, 9, 4]].mean(0).tolist() == [1, 1, 0]
    assert bool(experiment.show()["right"].isnan())
    assert bool((experiment.show()["completion"][3] == 0).all())
    assert experiment.words()["truth"] == "No truth: you drew it"
    with pytest.raises(Refused, match="0 to 63"):
        experiment.paint([64], True)
    experiment.next_picture()
    assert not bool(experiment.completion.known.any())


def test_completing_does_not_touch_learning() -> None:
    left, right = run(10), run(10)
    right.next_picture()
    change(right, erased="random half")
    left.advance(5)
    right.advance(5)
    assert torch.equal(weights(left), weights(right))


def test_completion_is_the_conditional_distribution() -> None:
    """Held pixels (1, 0) of a random machine: the mean of the free ones against enumeration of p(v)."""
    machine = RBM.random(4, 3, seeded(1), spread=1.5)
    completion = Completion(machine, torch.tensor([[1.0, 0, 0, 0]]), "lower half", seeded(2))
    total = torch.zeros(4)
    for step in range(600):
        completion.sweep()
        total += completion.chains.visible_probabilities.mean(0) * (step >= 50)
    states = torch.tensor([[1.0, 0, a, b] for a in (0, 1) for b in (0, 1)])
    expected = machine.log_likelihood(states).softmax(0).float() @ states
    assert torch.allclose(total / 550, expected, atol=0.01)


@pytest.mark.parametrize(
    ("before", "name", "value"),
    [
        ({}, "way", "exact"),
        ({"hidden": 11, "way": "exact"}, "hidden", 12),
        ({"hidden": 64, "data": "3×3", "way": "exact"}, "data", "digits"),
    ],
)
def test_an_exact_gradient_too_large_to_count_is_refused_and_nothing_is_lost(
    before: dict[str, Any], name: str, value: Any
) -> None:
    """Through the session, as a viewer would: said at the control that was touched; the run goes on as it was."""
    one = Session(RestrictedBoltzmann, Start(RestrictedBoltzmann.Controls(**before)))
    one.advance(3)
    run, parameters = one.run, one.parameters
    with pytest.raises(Refused, match=r"at most 11 units, here (12|64)\. Take 11") as caught:
        one.command(messages.Set(type="set", parameter=name, value=value))
    assert caught.value.parameter == name
    assert (one.run, one.step, one.parameters) == (run, 3, parameters)
    assert one.experiment.parameters is parameters
    assert one.advance(2) == 2


@pytest.mark.parametrize("link", [{"way": "exact", "hidden": "9"}, {"hidden": "9", "way": "exact"}])
def test_a_link_opens_whatever_the_order_and_says_what_it_ignored(link: dict[str, str]) -> None:
    start, ignored = start_of(RestrictedBoltzmann, link)
    assert (start.parameters.model_dump()["way"], ignored) == ("exact", ())
    start, ignored = start_of(RestrictedBoltzmann, link | {"hidden": "64"})
    assert start.parameters.model_dump()["way"] == "CD"
    assert [sentence.startswith("Ignored in the link: The exact gradient") for sentence in ignored] == [True]


def test_copies_do_not_pass_and_are_judged_again_once_they_wandered() -> None:
    experiment = run(600)
    assert experiment.verdict().word == "holds"
    experiment.from_pictures()
    assert (experiment.verdict().number, experiment.verdict().word) == ("–", "untested")
    assert experiment.verdict().note == "50 sweeps"
    experiment.fantasies.swept = 1000
    assert (experiment.verdict().word, experiment.verdict().note) == ("untested", "still learning")
    change(experiment, learning=False)
    assert (share(experiment), experiment.verdict().word) == (0, "broken")
    experiment.from_pictures()
    experiment.advance(50)
    assert experiment.verdict().word == "holds"


def test_fantasies_of_one_kind_only_break_the_verdict() -> None:
    """Digits that were never learned from and pass, but all of one kind; then of four."""
    experiment = run(600)
    gallery, fantasies = experiment.gallery, experiment.fantasies
    change(experiment, learning=False)
    nearest, distance = gallery.nearest(gallery.held_out)
    passing = [gallery.held_out[gallery.passes(distance) & (gallery.kinds[nearest] == kind)][:25] for kind in range(4)]
    fantasies.start(passing[0][torch.arange(100) % len(passing[0])])
    assert share(experiment) == 100
    assert (experiment.verdict().word, experiment.verdict().line.split(", ")[1]) == ("broken", "1.0/10 kinds")
    fantasies.start(torch.cat(passing)[:100])
    assert experiment.verdict().word == "close"


@pytest.mark.parametrize("data", ["3×3", "4×4"])
def test_variety_is_the_exponential_of_the_entropy(data: Any) -> None:
    """All patterns of bars and stripes: that of the best possible likelihood; only patterns pass."""
    gallery = run(data=data).gallery
    found = gallery.nearest(gallery.train)
    assert gallery.passing(found[1]) == 1
    assert gallery.variety(*found) == pytest.approx(math.exp(-gallery.best))
    assert gallery.kinds_known == 2 ** (gallery.side + 1) - 2
    changed = gallery.train.clone()
    changed[:, 0] = 1 - changed[:, 0]
    assert gallery.passing(gallery.nearest(changed)[1]) == 0
    assert gallery.variety(*gallery.nearest(changed)) == 0


def test_kinds_are_the_digits_and_the_nearest_names_held_out_ones() -> None:
    gallery = run().gallery
    labels = split(1)
    held_out = torch.cat([labels.validation_labels, labels.test_labels])
    assert gallery.kinds_known == 10
    assert (gallery.kinds[gallery.nearest(gallery.held_out)[0]] == held_out).float().mean() > 0.92


def test_the_gap_of_bars_and_stripes_is_that_of_pixel_swaps() -> None:
    """None is held out: a gap to themselves would be 0 for ever."""
    experiment = run(400, data="4×4", hidden=9, batch=32)
    gap = experiment.advance(1)["gap"]
    expected = experiment.show()["swaps"]
    assert torch.allclose(gap, expected, atol=1e-3)
    assert float(gap) > 1
    assert "swapped" in experiment.words()["others"]
    assert "held out; growing" in run().words()["others"]


def test_the_next_picture_shown_while_paused_is_a_completion_already() -> None:
    """Its mean is near to what a hundred more sweeps find, not to the noise that it began from."""
    experiment = run(600)
    apart = []
    for _ in range(8):
        experiment.next_picture()
        completion = experiment.completion
        first = completion.mean.clone()
        total = torch.zeros(64)
        for _ in range(100):
            completion.sweep()
            total += completion.chains.visible_probabilities.mean(0) / 100
        missing = ~completion.known
        apart.append(torch.stack([(each - total)[missing].square().mean() for each in (first, torch.tensor(0.5))]))
    settled, noise = torch.stack(apart).mean(0)
    assert settled < noise / 10


def test_even_chances_are_right_half_the_time() -> None:
    experiment = run(data="4×4", hidden=9)
    assert torch.allclose(experiment.gallery.on, torch.tensor(0.5))
    assert experiment.completion.right(experiment.gallery.on)[1] == 50


def test_annealed_likelihood_agrees_with_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same trained machine, counted out and annealed; the error is stated with it."""
    experiment = run(600, hidden=10)
    counted = experiment.likelihood
    assert counted.exact
    monkeypatch.setattr(likelihood, "ENUMERABLE", 0)
    annealed = Likelihood(experiment.machine, counted.pictures, experiment.gallery.train, seeded(3))
    assert not annealed.exact
    assert bool(annealed.marks()["likelihood"].isnan().all())
    assert "under way" in annealed.told
    for _ in range(QUICK):
        annealed.follow()
    assert "under way" not in annealed.told
    quick = annealed.now[1]
    for _ in range(QUICKLY - QUICK + EVERY):
        annealed.follow()
    assert annealed.now[1] < quick
    assert annealed.marks()["looked_at"].tolist() == [*range(0, QUICKLY, QUICK), QUICKLY]
    value, error = annealed.now
    exact = experiment.machine.log_likelihood(counted.pictures).mean()
    assert value == pytest.approx(float(exact), abs=4 * error + 0.02)
    assert 0 < error < 0.1


def test_marks_are_thinned_and_begin_at_the_start() -> None:
    patterns = bars_and_stripes(3)
    found = Likelihood(RBM.random(9, 4, seeded(1)), patterns, patterns, seeded(2))
    for _ in range(2 * MOST * EVERY):
        found.follow()
    steps = found.marks()["looked_at"]
    assert len(steps) <= MOST + 1
    assert steps[0] == 0
    assert len(torch.unique(steps[steps > QUICKLY].diff())) == 1


def test_reconstruction_lies_on_bars_and_stripes() -> None:
    """The preset: the error falls to almost nothing, and the likelihood stays nats below the best possible."""
    experiment = run(2500, **preset("Reconstruction lies"))
    error = experiment.advance(100)["error"].mean()
    assert error < 0.02 < 0.2 < experiment.gallery.guess
    assert experiment.likelihood.now[0] < best_log_likelihood(experiment.gallery.train) - 1


def test_a_machine_that_still_learns_is_not_called_broken() -> None:
    """The exact gradient, slow at first: 5 % pass after 250 minibatches, while ln p rises by nats."""
    experiment = run(350, **preset("The exact gradient"))
    assert (experiment.verdict().word, experiment.verdict().note) == ("untested", "still learning")
    experiment.advance(1650)
    assert experiment.verdict().word == "holds"


def test_where_nothing_is_known_there_is_no_truth() -> None:
    experiment = run(2, erased="everything")
    assert bool((experiment.show()["completion"][3] == 0).all())
    assert bool(experiment.show()["right"].isnan())
    assert experiment.words()["truth"] == "No truth: all is erased"
    assert experiment.words()["counted"] == "first estimate under way"


def test_completed_bars_and_stripes_count_if_they_are_patterns() -> None:
    """Of a machine without weights, against all ways to fill in the missing half."""
    experiment = run(data="3×3", hidden=4)
    machine, completion, gallery = experiment.machine, experiment.completion, experiment.gallery
    machine.couplings.flat.zero_()
    missing = (~completion.known).nonzero().flatten()
    filled = completion.truth.repeat(2 ** len(missing), 1)
    filled[:, missing] = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * len(missing)).view(len(filled), -1)
    expected = 100 * sum(bool((gallery.train == row).all(1).any()) for row in filled) / len(filled)
    shares = []
    for _ in range(200):
        completion.sweep()
        shares.append(completion.scored(torch.full((9,), 0.5), gallery.train))
    assert float(shares[0]["guessed"]) == pytest.approx(expected)
    assert sum(float(each["legal"]) for each in shares) / 200 == pytest.approx(expected, abs=2)
    assert bool(shares[0]["right"].isnan())
    assert bool(run().show()["legal"].isnan())


def test_a_mean_for_each_digit_lies_above_each_pixel_alone_and_gives_the_axis_a_span() -> None:
    """The mixture against a sum written out, digit by digit."""
    experiment = run()
    gallery, picture = experiment.gallery, experiment.gallery.monitored[:200].double()
    parts = []
    for digit in range(10):
        known = gallery.train[gallery.kinds == digit].double()
        on = (known.sum(0) + 0.5) / (len(known) + 1)
        chances = torch.where(picture == 1, on, 1 - on).prod(1)
        parts.append(chances * len(known) / len(gallery.train))
    assert gallery.by_kind == pytest.approx(float(torch.stack(parts).sum(0).log().mean()), abs=1e-3)
    shown = experiment.show()
    assert float(shown["by_kind"][0, 1]) > float(shown["alone"][0, 1]) + 1
    assert math.isnan(run(data="3×3").gallery.by_kind)
