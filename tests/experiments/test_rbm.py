"""The page of the restricted Boltzmann machine: what it claims, shows and leaves alone."""

import time

import pytest
import torch
from torch import Tensor

from server.experiments.experiment import Seeds
from server.experiments.rbm import RestrictedBoltzmann
from server.grammar import Diverged


def run(steps: int = 0, seed: int = 1, **parameters: float | bool) -> RestrictedBoltzmann:
    experiment = RestrictedBoltzmann(RestrictedBoltzmann.Controls(**parameters), Seeds.same(seed))
    experiment.restart()
    if steps:
        experiment.advance(steps)
    return experiment


def change(experiment: RestrictedBoltzmann, **parameters: float | bool) -> None:
    for name, value in parameters.items():
        experiment.parameters = experiment.parameters.changed(name, value)
        experiment.live(name)


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
    assert errors[-20:].mean() < 0.75 * experiment.guess


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
    experiment = run(600, **RestrictedBoltzmann.presets["Learning too fast"])  # type: ignore[arg-type]
    assert experiment.verdict().word == "broken"


def test_a_machine_that_knows_only_the_pixels_means_does_no_better_than_pixel_swaps() -> None:
    """The yardstick: fantasies of a machine without weights are pixel swaps in distribution."""
    experiment = run(learning=False)
    experiment.machine.couplings.weights.zero_()
    shares = []
    for _ in range(40):
        experiment.advance(1)
        shares.append(share(experiment) / 100)
    assert sum(shares) / len(shares) == pytest.approx(experiment.yardsticks[0], abs=0.04)


def test_pixel_swaps_keep_every_pixels_share_and_change_the_pictures() -> None:
    experiment = run()
    assert torch.equal(experiment.swapped.sum(0), experiment.held_out.sum(0))
    assert not torch.equal(experiment.swapped, experiment.held_out)


def test_held_out_digits_are_never_learned_from() -> None:
    experiment = run()
    counts = [len(part) for part in (experiment.train, experiment.held_out)]
    assert counts == [1197, 600]
    assert set(torch.unique(torch.cat([experiment.train, experiment.held_out])).tolist()) == {0.0, 1.0}


def test_distance_to_the_nearest_digit_counts_differing_pixels() -> None:
    experiment = run()
    pictures = experiment.held_out[:20]
    nearest, distance = experiment._nearest(pictures)
    expected = torch.tensor([min(int((p != t).sum()) for t in experiment.train) for p in pictures])
    assert torch.equal(distance.long(), expected)
    assert torch.equal((pictures != experiment.train[nearest]).sum(1), expected)
    assert experiment._passing(experiment._nearest(experiment.held_out)[1]) >= 0.95


@pytest.mark.parametrize("learning", [True, False])
def test_split_calls_do_not_change_the_run(learning: bool) -> None:
    apart, together = run(learning=learning, sweeps=2), run(learning=learning, sweeps=2)
    parts, whole = [apart.advance(3), apart.advance(4)], together.advance(7)
    for name, values in whole.items():
        assert torch.equal(torch.cat([part[name] for part in parts]), values)
    for name, picture in together.show().items():
        assert torch.equal(apart.show()[name], picture)


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
    restarted.from_digits()
    assert torch.equal(restarted.show()["fantasies"], restarted.show()["digits"])
    restarted.from_noise()
    assert restarted.fantasies.visible.mean() == pytest.approx(0.5, abs=0.03)
    kept.advance(5)
    restarted.advance(5)
    assert torch.equal(weights(kept), weights(restarted))


@pytest.mark.parametrize(
    ("name", "value"), [("learning_rate", 0.01), ("momentum", 0.9), ("weight_decay", 0.01), ("sweeps", 5)]
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
    energies = [experiment.machine.free_energy(part[:200]).mean() for part in (experiment.held_out, experiment.train)]
    assert torch.allclose(gap, energies[0] - energies[1], atol=1e-4)


def test_copies_and_variety_are_counted() -> None:
    experiment = run()
    experiment.from_digits()
    shown = experiment.show()
    assert shown["copies"] == 100
    assert shown["variety"] == len(torch.unique(experiment.train[:100], dim=0))
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
