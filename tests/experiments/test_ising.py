"""What the Ising page claims, checked on the page's own experiment (the contract has its own tests)."""

import math
from typing import Any

import pytest
import torch

from server.experiments import exact
from server.experiments.driving import STAY, STOPS
from server.experiments.ising import Ising
from server.experiments.visited import ENOUGH, Measured, Visited
from server.models import onsager
from server.models.binning import FACTS, Estimate
from server.models.ising import SETTLING, Lattice
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
    stepped(experiment, 3000)
    verdict = experiment.verdict()
    assert "|M|" in verdict.line
    assert float(verdict.number) < 4
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx([2.1])
    assert float(shown["magnetisation_means"]) == pytest.approx(onsager.magnetisation(2.1), abs=0.01)
    assert 0 < float(shown["magnetisation_errors"]) < 0.005
    assert "±" in experiment.words()["energy_reading"]


@pytest.mark.parametrize("dynamics", ["glauber", "metropolis", "wolff"])
@pytest.mark.parametrize("temperature", [2.27, 3.0])
def test_at_and_above_the_critical_point_the_judge_is_the_lattices_own_energy(
    dynamics: str, temperature: float
) -> None:
    experiment = begun(Ising, side="32", dynamics=dynamics, temperature=temperature)
    stepped(experiment, 8000)
    verdict = experiment.verdict()
    assert (verdict.line, verdict.note) == ("errors off the exact energy", "for side 32")
    assert float(verdict.number) < 4.5


def test_a_wrong_sampler_would_be_found_out() -> None:
    """Sweeps at 2.1 shown as if they were at 2.15."""
    lattice, visited = Lattice(torch.ones(64, 64), 1, temperature=2.1), Visited(64 * 64, 2.15)
    visited.add(lattice.update(6000))
    assert exact.judged(visited.here(), visited.sweeps, 64, 2.15).word == "broken"
    assert exact.judged(visited.here(), visited.sweeps, 64, 2.1).word == "holds"


@pytest.mark.parametrize(("off", "word"), [(2.9, "holds"), (4.0, "close"), (5.1, "broken")])
def test_the_word_is_the_distance_in_errors(off: float, word: str) -> None:
    energy = exact.at(64, 3.0).torus_energy
    measured = Measured(energy=Estimate(energy - off * 0.01, 0.01, FACTS))
    assert exact.judged(measured, 1000, 64, 3.0).word == word
    unsure = Measured(energy=Estimate(energy - off * 0.01, 0.01, FACTS - 1))
    assert exact.judged(unsure, 1000, 64, 3.0).word == "untested"


def test_means_leave_out_what_came_before_and_belong_to_one_temperature() -> None:
    experiment = begun(Ising, side="32", temperature=1.5)
    stepped(experiment, SETTLING)
    assert number(experiment, "measured") == 0
    stepped(experiment, ENOUGH + 500)
    assert number(experiment, "measured") == ENOUGH + 500
    change(experiment, "temperature", 3.0)
    assert number(experiment, "measured") == 0
    stepped(experiment, SETTLING + 3000)
    shown = experiment.show()
    assert shown["temperatures"].tolist() == pytest.approx([1.5, 3.0])
    for temperature, energy in zip((1.5, 3.0), shown["energy_means"].tolist(), strict=True):
        assert energy == pytest.approx(exact.at(32, temperature).torus_energy, abs=0.02)


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


def test_a_scan_stops_everywhere_once_there_and_once_back() -> None:
    experiment = begun(Ising, side="32", dynamics="wolff", scan=True)
    stops = STOPS + STOPS[-2::-1]
    for temperature in stops:
        assert experiment.position() == {"T": f"{temperature:.2f}"}
        stepped(experiment, 250)
        stepped(experiment, STAY - 250)
    shown = experiment.show()
    assert set(shown["temperatures"].tolist()) <= set(torch.tensor(STOPS).tolist())
    known = ~shown["energy_means"].isnan()
    assert int(known.sum()) >= len(STOPS) - 1
    for temperature, energy, error in zip(
        *(shown[name][known].tolist() for name in ("temperatures", "energy_means", "energy_errors")), strict=True
    ):
        assert abs(energy - exact.at(32, round(temperature, 3)).torus_energy) < 5 * error + 1e-3
    change(experiment, "scan", False)
    assert experiment.position() == {}
    assert number(experiment, "heat") == pytest.approx(2.1)


def test_the_curves_are_the_closed_forms() -> None:
    shown = begun(Ising, side="64").show()
    for temperature, value in shown["onsager_magnetisations"].tolist()[::20]:
        assert value == onsager.magnetisation(temperature)
    for temperature, value in shown["torus_heats"].tolist()[::20]:
        assert value == pytest.approx(exact.at(64, temperature).torus_heat)
    assert float(shown["torus_heats"][:, 1].max()) < 4
