"""What the Ising page claims, checked on the page's own experiment (the contract has its own tests)."""

import math
from typing import Any

import pytest
import torch

from server.experiments import exact
from server.experiments.driving import STOPS, stay
from server.experiments.exact import DECIDED
from server.experiments.ising import Ising
from server.experiments.visited import BALANCING, ENOUGH, Measured, Visited
from server.models import onsager
from server.models.binning import FACTS, Estimate
from server.models.ising import Lattice
from tests.experiments.running import begun, stepped
from tests.models import small_magnet


def change(experiment: Ising, name: str, value: Any) -> None:
    """What the runtime does with a live parameter."""
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)


def preset(name: str, **others: Any) -> Ising:
    """A run at a preset's start, with these parameters instead of its own."""
    settings: dict[str, Any] = {key: value for key, value in Ising.presets[name].items() if key != "speed"}
    return begun(Ising, **settings | others)


def number(experiment: Ising, channel: str) -> float:
    return float(experiment.show()[channel])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_page_opens_on_a_magnet_that_onsager_foretells(seed: int) -> None:
    experiment = begun(Ising, seed)
    assert experiment.verdict().word == "untested"
    stepped(experiment, 4000)
    verdict = experiment.verdict()
    assert "|M|" in verdict.line
    assert verdict.word == "holds"
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx([2.0])
    assert float(shown["magnetisation_means"]) == pytest.approx(onsager.magnetisation(2.0), abs=0.01)
    assert 0 < float(shown["magnetisation_errors"]) < 0.005
    words = experiment.words()
    assert "±" in words["energy_reading"]
    assert (words["measured"], words["colours"], words["formula"]) == ("3\u2009800", "one colour wins", "glauber")


def test_looking_again_and_again_breaks_no_true_claim_but_a_false_one() -> None:
    """20 seeds, looked at 60 times each; then longer, against the theory of T · 1.05 as well."""
    numbers: list[float] = []
    for seed in range(1, 21):
        experiment = begun(Ising, seed)
        for _ in range(60):
            stepped(experiment, 50)
            verdict = experiment.verdict()
            assert verdict.word in ("holds", "untested"), (seed, verdict)
            numbers += [float(verdict.number)] if verdict.word == "holds" else []
    assert len(numbers) > 400
    stepped(experiment, 20_000)
    found, sweeps = experiment.visited.here(), experiment.visited.sweeps
    assert found.facts > exact.DECIDED
    assert exact.judged(found, sweeps, 128, 2.0).word == "holds"
    assert exact.judged(found, sweeps, 128, 2.0 * 1.05).word == "broken"


@pytest.mark.parametrize(
    ("dynamics", "temperature", "word"),
    [("wolff", 2.27, "holds"), ("glauber", 2.27, "untested"), ("glauber", 3.0, "holds"), ("metropolis", 3.0, "holds")],
)
def test_at_and_above_the_critical_point_the_judge_is_the_lattices_own_energy(
    dynamics: str, temperature: float, word: str
) -> None:
    """At T_c single spins forget too slowly to be judged."""
    experiment = begun(Ising, side="32", dynamics=dynamics, temperature=temperature)
    stepped(experiment, 8000)
    verdict = experiment.verdict()
    assert (verdict.line, verdict.word) == ("errors off exact energy", word)


def test_a_wrong_sampler_would_be_found_out() -> None:
    """Sweeps at 2.1 shown as if they were at 2.15."""
    lattice, visited = Lattice(torch.ones(64, 64), 1, temperature=2.1), Visited(64 * 64, 2.15)
    visited.add(lattice.update(40_000))
    assert exact.judged(visited.here(), visited.sweeps, 64, 2.15).word == "broken"
    assert exact.judged(visited.here(), visited.sweeps, 64, 2.1).word == "holds"


@pytest.mark.parametrize(
    ("off", "facts", "word"),
    [
        (3.9, FACTS, "holds"),
        (4.5, DECIDED, "close"),
        (5.1, DECIDED, "broken"),
        (5.1, DECIDED - 1, "untested"),
        (0.0, FACTS - 1, "untested"),
        (0.0, math.inf, "untested"),
    ],
)
def test_the_word_is_the_distance_in_errors(off: float, facts: float, word: str) -> None:
    energy = exact.at(64, 3.0).torus_energy
    measured = Measured(Estimate(0.03, 0.001, facts), Estimate(energy - off * 0.01, 0.01, facts))
    assert exact.judged(measured, 1000, 64, 3.0).word == word


def test_no_error_counts_as_smaller_than_sweeps_without_memory_would_have() -> None:
    """Errors of nearly nothing, a mean off by 3 of the least errors √(T² C/N² sweeps)."""
    true = exact.at(64, 3.0)
    least = 3.0 * math.sqrt(true.torus_heat / 1000) / 64
    lucky = Estimate(true.torus_energy + 3 * least, 1e-9, 500)
    assert float(exact.judged(Measured(lucky, lucky), 1000, 64, 3.0).number) == pytest.approx(3.0)


@pytest.mark.parametrize("temperature", [2.2, 2.27, 2.3])
def test_a_large_lattice_on_its_way_is_not_judged(temperature: float) -> None:
    experiment = begun(Ising, side="512", temperature=temperature)
    for _ in range(3):
        stepped(experiment, 500)
        verdict = experiment.verdict()
        assert (verdict.word, verdict.note) == ("untested", "still relaxing")


def test_a_quench_caught_in_stripes_is_not_judged_and_leaves_no_mark() -> None:
    """Every third is, at a temperature at which nothing moves walls."""
    caught = 0
    for seed in range(1, 9):
        experiment = begun(Ising, seed, side="64", temperature=0.5, start="random")
        for _ in range(10):
            stepped(experiment, 300)
            assert experiment.verdict().word in ("untested", "holds")
        stuck = exact.caught(experiment.lattice.spins, 0.5)
        assert stuck == (abs(number(experiment, "magnetisation")) < 0.95)
        if stuck:
            caught += 1
            assert experiment.verdict().note == experiment.words()["colours"] == "walls remain"
            assert math.isnan(float(experiment.show()["temperatures"]))
    assert 1 <= caught <= 6


def test_stripes_are_seen_either_way_and_nothing_else_is() -> None:
    spins = torch.ones(64, 64, dtype=torch.int8)
    assert not exact.caught(spins, 1.0)
    spins[10:20, 10:30] = -1
    assert not exact.caught(spins, 1.0)
    spins[10:20] = -1
    assert exact.caught(spins, 1.0)
    assert exact.caught(spins.T.contiguous(), 1.0)
    assert not exact.caught(spins, 2.5)


def test_means_leave_out_what_came_before_and_belong_to_one_temperature() -> None:
    experiment = begun(Ising, side="32", temperature=1.5)
    stepped(experiment, BALANCING)
    assert experiment.visited.sweeps == 0
    stepped(experiment, ENOUGH + 500)
    assert experiment.visited.sweeps == ENOUGH + 500
    change(experiment, "temperature", 3.0)
    assert experiment.visited.sweeps == 0
    stepped(experiment, BALANCING + 3000)
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx([1.5, 3.0])
    for temperature, energy in zip((1.5, 3.0), shown["energy_means"].tolist(), strict=True):
        assert energy == pytest.approx(exact.at(32, temperature).torus_energy, abs=0.02)


def test_the_critical_preset_says_something_within_ten_seconds() -> None:
    experiment = preset("Critical opalescence")
    speed = Ising.presets["Critical opalescence"]["speed"]
    assert isinstance(speed, float)
    stepped(experiment, round(10 * speed))
    assert experiment.verdict().word == "holds"


@pytest.mark.parametrize(
    ("settings", "colours"),
    [
        ({"temperature": 4.0}, "neither colour lasts"),
        ({"field": 0.1}, "a field pulls"),
        ({"start": "random"}, "not decided"),
        ({}, "one colour wins"),
    ],
)
def test_captions_say_what_is_there(settings: dict[str, Any], colours: str) -> None:
    assert begun(Ising, **settings).words()["colours"] == colours


def test_the_specific_heat_is_that_of_the_enumerated_lattice() -> None:
    """From fluctuations alone, with an honest error."""
    lattice, visited = Lattice(torch.ones(4, 4), 1, temperature=2.5), Visited(16, 2.5)
    visited.add(lattice.update(100_000))
    found = visited.here()
    true = small_magnet.exact(2.5)
    assert found.specific_heat.off(true.specific_heat, 1e-9) < 4
    assert found.specific_heat.error < 0.01
    assert found.energy.off(true.energy, 1e-9) < 4
    assert found.magnetisation.off(true.magnetisation, 1e-9) < 4


def test_a_field_is_not_judged_and_leaves_no_marks() -> None:
    experiment = begun(Ising, side="32", field=0.1, temperature=3.0)
    stepped(experiment, 2000)
    assert experiment.verdict().word == "untested"
    assert math.isnan(number(experiment, "solved"))
    assert math.isnan(float(experiment.show()["temperatures"]))


def test_the_shown_numbers_are_those_of_the_shown_state() -> None:
    experiment = begun(Ising, side="32", field=0.2, amplitude=0.5, period=37, temperature=2.5)
    for steps in (0, 1, 9):
        if steps:
            stepped(experiment, steps)
        spins = experiment.show()["state"][0].double()
        links = float((spins * (spins.roll(1, 0) + spins.roll(1, 1))).sum())
        pull = number(experiment, "pull")
        assert number(experiment, "energy") == pytest.approx(-(links + pull * float(spins.sum())) / 1024)
        assert number(experiment, "magnetisation") == pytest.approx(float(spins.mean()))
    assert number(experiment, "pull") == pytest.approx(0.2 + 0.5 * math.sin(2 * math.pi * 10 / 37))


def test_a_quench_grows_domains_downhill() -> None:
    experiment = preset("Quench", side="64")
    assert abs(number(experiment, "magnetisation")) < 0.05
    energies = stepped(experiment, 200)["energy"]
    assert float(energies[0]) > float(energies[20]) > float(energies[-1])
    assert float(energies[-1]) < -1.8


def test_a_driven_magnet_follows_late_in_a_loop() -> None:
    """Two opposite magnetisations at no field; above T_c the loop is shut."""
    widths = {}
    for temperature in (1.8, 5.0):
        experiment = preset("Hysteresis", side="64", temperature=temperature, period=400)
        stepped(experiment, 1600)
        shown = experiment.show()
        fields, followed = shown["fields"], shown["loop"]
        assert len(fields) <= 801
        near = fields.abs() < 0.05
        widths[temperature] = float(followed[near].max() - followed[near].min())
    assert widths[1.8] > 1.5
    assert widths[5.0] < 0.4


def test_a_scan_stops_everywhere_once_there_and_once_back_and_pools_its_passes() -> None:
    experiment = begun(Ising, side="32", dynamics="wolff", scan=True)
    pooled = 0
    for temperature in STOPS + STOPS[-2::-1]:
        assert experiment.position() == {"T": f"{temperature:.2f}"}
        assert experiment.verdict().note == "scanning"
        stepped(experiment, 250)
        if temperature == 2.27:
            pooled = max(pooled, experiment.visited.sweeps)
        stepped(experiment, stay(temperature) - 250)
    assert pooled == (stay(2.27) - BALANCING) + 50
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx(STOPS)
    for temperature, energy, error in zip(
        *(shown[name].tolist() for name in ("temperatures", "energy_means", "energy_errors")), strict=True
    ):
        assert abs(energy - exact.at(32, round(temperature, 3)).torus_energy) < 5 * error + 1e-3
    change(experiment, "scan", False)
    assert experiment.position() == {}
    assert number(experiment, "heat") == pytest.approx(2.0)


def test_a_scan_of_slow_spins_shows_the_undecided_too() -> None:
    experiment = begun(Ising, side="64", scan=True)
    stepped(experiment, sum(stay(temperature) for temperature in STOPS))
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx(STOPS)
    assert not bool(shown["energy_means"].isnan().any())
    near, far = STOPS.index(2.27), STOPS.index(3.0)
    assert float(shown["magnetisation_errors"][near]) > 5 * float(shown["magnetisation_errors"][far])


def test_the_curves_are_the_closed_forms() -> None:
    shown = begun(Ising, side="64").show()
    for temperature, value in shown["onsager_magnetisations"].tolist()[::20]:
        assert value == onsager.magnetisation(temperature)
    apart = [(temperature, value) for temperature, value in shown["torus_heats"].tolist() if not math.isnan(value)]
    assert 0 < len(apart) < len(shown["torus_heats"])
    for temperature, value in apart:
        assert value == pytest.approx(exact.at(64, temperature).torus_heat)
        assert value != pytest.approx(onsager.specific_heat(temperature), rel=0.009)
        assert value < 4
