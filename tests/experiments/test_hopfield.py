"""What the recall page claims, checked on the page's own experiment (the contract has its own tests)."""

import math
from typing import Any

import pytest
import torch

from server.experiments.chronicle import decision
from server.experiments.hopfield import Hopfield
from server.grammar import Refused
from server.models.data import binary_digits
from server.models.hopfield import RISE
from server.models.memory import Pairwise
from server.models.recall import settle
from server.models.rules import RULES
from tests.experiments.running import begun

UNITS = 400


def run(seed: int = 1, **parameters: Any) -> Hopfield:
    """A run at its start, with these parameters beside the defaults."""
    return begun(Hopfield, seed, **parameters)


def change(experiment: Hopfield, name: str, value: float | str) -> None:
    """What the runtime does with a live parameter."""
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)


def number(experiment: Hopfield, channel: str) -> float:
    return float(experiment.show()[channel])


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_page_opens_on_a_three_that_returns_from_noise(seed: int) -> None:
    experiment = run(seed)
    assert number(experiment, "wrong") == 144
    assert number(experiment, "match") == pytest.approx(0.28)
    energies = experiment.advance(8 * UNITS)["energy"]
    assert bool((energies.diff() <= 0).all())
    assert number(experiment, "wrong") == 0
    assert number(experiment, "energy") == pytest.approx(number(experiment, "memory_energy"))
    verdict = experiment.verdict()
    assert (verdict.number, verdict.word) == ("0", "holds")
    assert verdict.line == "rises in 3\u2009200 updates"
    assert "settled" in verdict.note


def test_memory_energy_is_the_closed_form() -> None:
    """Pseudo-inverse with W_ii = 0: W ξ = ξ less the diagonal, whose sum is M; so E = −(N − M)/2."""
    for memories in (1, 6, 10):
        assert number(run(memories=memories), "memory_energy") == pytest.approx(-(UNITS - memories) / 2)


def test_the_shown_numbers_are_those_of_the_shown_state() -> None:
    experiment = run(threshold=0.3)
    experiment.advance(57)
    shown = experiment.show()
    state, weights = shown["state"].flatten(), shown["weights"]
    assert float(shown["energy"]) == pytest.approx(float(Pairwise(weights).energy(state, 0.3)))
    unit = int(shown["unit"])
    assert float(shown["field"]) == pytest.approx(float(weights[unit] @ state) - 0.3)
    contents = state * (weights @ state - 0.3)
    assert float(shown["content"]) == float((contents >= -1e-10).sum())
    assert float(shown["content_units"].sum()) == UNITS
    left = float(shown["content_units"][shown["bins"] < -0.1].sum())
    assert left == pytest.approx(float((contents < -0.1).sum()), abs=float(shown["content_units"].max()))
    assert torch.allclose(shown["overlaps"], shown["memories"].flatten(1) @ state / UNITS)


def test_hebb_melts_digits_that_are_too_alike() -> None:
    """The run settles below the memory: the links hold a blend that lies deeper than what was stored."""
    experiment = run(**Hopfield.presets["Too alike for Hebb"])  # type: ignore[arg-type]
    experiment.advance(20 * UNITS)
    assert "settled" in experiment.verdict().note
    assert number(experiment, "match") < 0.95
    assert number(experiment, "energy") < number(experiment, "memory_energy") - 10


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_at_once_swaps_between_two_states(seed: int) -> None:
    experiment = run(seed, update_order="all at once", memories=1, noise=0.5)
    states = []
    for _ in range(4):
        experiment.advance(1)
        states.append(experiment.show()["state"])
    assert torch.equal(states[0], states[2])
    assert torch.equal(states[0], -states[1])
    assert experiment.verdict().word == "broken"
    change(experiment, "update_order", "random")
    experiment.advance(4 * UNITS)
    assert abs(number(experiment, "match")) == 1.0


def test_heat_lets_the_energy_rise_and_the_page_says_why() -> None:
    experiment = run()
    experiment.advance(4 * UNITS)
    change(experiment, "temperature", 0.6)
    energies = experiment.advance(4 * UNITS)["energy"]
    rises = int((energies.diff() > RISE).sum())
    verdict = experiment.verdict()
    assert rises > 20
    assert int(verdict.number) - rises in (0, 1)
    assert verdict.word == "broken"
    assert "heat" in verdict.note
    change(experiment, "temperature", 0.0)
    experiment.advance(4 * UNITS)
    assert experiment.verdict().note == verdict.note


def test_the_threshold_moves_the_hill_but_is_not_a_rise() -> None:
    experiment = run()
    experiment.advance(4 * UNITS)
    before, total = number(experiment, "energy"), float(experiment.show()["state"].sum())
    change(experiment, "threshold", -0.5)
    assert number(experiment, "energy") == pytest.approx(before - 0.5 * total)
    experiment.advance(UNITS)
    assert experiment.verdict().number == "0"


def test_nothing_is_claimed_before_the_first_update() -> None:
    assert run().verdict().word == "untested"


def test_corrupting_turns_over_forty_units_and_repeats_with_the_run() -> None:
    first, again = run(), run()
    for experiment in (first, again):
        before = experiment.show()["state"]
        experiment.corrupt()
        assert int((experiment.show()["state"] != before).sum()) == 40
    once = first.show()["state"]
    assert torch.equal(once, again.show()["state"])
    first.corrupt()
    assert 0 < int((first.show()["state"] != once).sum()) <= 40


def test_a_picture_can_be_drawn_from_a_blank_sheet() -> None:
    experiment = run()
    experiment.blank()
    assert float(experiment.show()["state"].sum()) == -UNITS
    ink = (experiment.show()["target"].flatten() > 0).nonzero().flatten().tolist()
    experiment.paint(ink, True)
    assert number(experiment, "wrong") == 0
    experiment.paint([ink[0]], False)
    assert number(experiment, "wrong") == 1
    experiment.paint([], True)
    assert number(experiment, "wrong") == 1


@pytest.mark.parametrize("cell", [-1, UNITS])
def test_a_unit_that_is_not_there_cannot_be_painted(cell: int) -> None:
    experiment = run()
    before = experiment.show()["state"]
    with pytest.raises(Refused, match=f"no unit {cell}"):
        experiment.paint([0, cell], True)
    assert torch.equal(before, experiment.show()["state"])


def test_the_six_memories_of_the_opening_are_those_of_the_design() -> None:
    assert torch.equal(run().show()["memories"].flatten(1), binary_digits((3, 0, 1, 4, 5, 7)))


def test_random_order_counts_sweeps_by_decisions() -> None:
    experiment = run()
    experiment.advance(300)
    assert experiment.position() == {"sweep": "0.75"}
    change(experiment, "update_order", "all at once")
    experiment.advance(2)
    assert experiment.position() == {"sweep": "2.75"}


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_corrupting_picks_units_of_its_own(seed: int) -> None:
    """Of 40 units picked at random, a share p is wrong already: 40·(1 − 2p) more are wrong on average."""
    experiment = run(seed, noise=0.1)
    before = number(experiment, "wrong")
    experiment.corrupt()
    gained = number(experiment, "wrong") - before
    assert gained == pytest.approx(40 * (1 - 2 * 0.1), abs=4 * 2 * math.sqrt(40 * 0.1 * 0.9))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_recalls_random_patterns_without_a_rise(rule: str) -> None:
    experiment = run(rule=rule, patterns="random", noise=0.2)
    experiment.advance(10 * UNITS)
    assert number(experiment, "match") == 1
    assert experiment.verdict().word == "holds"
    assert bool(experiment.show()["weights"].isnan().all()) == (rule in ("dense", "exponential"))


@pytest.mark.parametrize(
    ("spoiling", "changed"),
    [("flip", lambda cue, clean: cue == -clean), ("mask", lambda cue, clean: (cue == -1) & (clean == 1))],
)
def test_spoiling_hits_the_share_asked_for(spoiling: str, changed: Any) -> None:
    experiment = run(spoiling=spoiling, noise=0.25)
    cue, clean = experiment.show()["state"], experiment.show()["target"]
    assert torch.equal(cue != clean, changed(cue, clean))
    wrong = number(experiment, "wrong")
    assert wrong == 100 if spoiling == "flip" else 0 < wrong <= 100


def test_erasing_half_leaves_the_upper_half() -> None:
    experiment = run(spoiling="erase", noise=0.5)
    cue, clean = experiment.show()["state"][0], experiment.show()["target"][0]
    assert torch.equal(cue[:10], clean[:10])
    assert float(cue[10:].max()) == -1


def test_a_state_that_is_stored_becomes_a_memory_and_can_be_forgotten() -> None:
    experiment = run(noise=0.0, memories=2)
    experiment.picture(list(range(0, UNITS, 3)))
    before = experiment.show()
    assert number(experiment, "energy") > float(before["memory_energy"]) / 2
    experiment.store()
    after = experiment.show()
    assert len(after["memories"]) == 3
    assert torch.equal(after["memories"][2], before["state"][0])
    assert experiment.words()["nearest"] == "own 1"
    experiment.corrupt()
    experiment.advance(4 * UNITS)
    assert torch.equal(experiment.show()["state"][0], before["state"][0])
    experiment.forget()
    assert len(experiment.show()["memories"]) == len(experiment.show()["overlaps"]) == 2
    assert experiment.words()["wanted"] in ("3", "0")
    assert set(torch.unique(experiment.show()["basins"]).tolist()) <= {0, 1, 254, 255}
    experiment.forget()
    with pytest.raises(Refused, match="last memory"):
        experiment.forget()


def test_the_same_picture_is_not_stored_twice() -> None:
    experiment = run(noise=0.0)
    with pytest.raises(Refused, match="“3” is this very picture"):
        experiment.store()


def test_dreams_weaken_valleys_that_nobody_stored() -> None:
    """Unlearning gives Hebb's rule back memories it had blended (Hopfield, Feinstein, Palmer 1983)."""
    experiment = run(rule="hebb", memories=6, noise=0.1)
    before = experiment.map.recalled
    for _ in range(4):
        experiment.dream()
    assert experiment.map.recalled > before
    with pytest.raises(Refused, match="no links between pairs"):
        run(rule="dense").dream()


def test_the_map_tells_where_its_starts_end() -> None:
    """Every tenth start of the map, run one by one by the network that recalls: the same memory for nearly all; the
    order of updates is another one."""
    experiment = run(rule="hebb", patterns="random", memories=5)
    while not experiment.map.complete:
        experiment.map.refine(8)
    labels = experiment.show()["basins"]
    same = count = 0
    for row in range(8, 128, 16):
        for column in range(8, 128, 16):
            if labels[row, column] != 255:
                experiment.start_at((2 * column + 1) / 128 - 1, 1 - (2 * row + 1) / 128)
                experiment.advance(8 * UNITS)
                overlaps = experiment.show()["overlaps"]
                found = int(overlaps.argmax()) if overlaps.max() >= 0.9 else 254
                same, count = same + (found == int(labels[row, column])), count + 1
    assert same / count > 0.85


def test_a_start_off_the_map_is_refused() -> None:
    with pytest.raises(Refused, match="off the map"):
        run().start_at(0.9, 0.9)


@pytest.mark.parametrize("order", ["random", "in turn"])
@pytest.mark.parametrize("parameters", [{}, {"temperature": 0.8}, {"self_connections": True, "rule": "storkey"}])
def test_the_unit_that_decides_next_is_foretold(parameters: dict[str, Any], order: str) -> None:
    """Who decides, what it hears and, without heat, what it does are those of the update that follows."""
    experiment = run(update_order=order, **parameters)
    for _ in range(60):
        shown, told = experiment.show(), experiment.words()["decision"]
        before, unit = shown["state"].flatten(), int(shown["unit"])
        assert float(shown["field"]) == pytest.approx(float(experiment.memory.fields(before)[unit]), abs=1e-6)
        flipped = bool(experiment.advance(1)["flipped"][0])
        after = experiment.show()["state"].flatten()
        changed = (after != before).nonzero().flatten().tolist()
        assert changed == ([unit] if flipped else [])
        done = f"{'on' if after[unit] > 0 else 'off'}"
        assert experiment.words()["last"] == f"Unit {unit} {'turned' if flipped else 'stayed'} {done}."
        if "temperature" not in parameters:
            assert told == f"so it {'turns' if flipped else 'stays'} {done}"


def test_under_heat_the_chance_is_told() -> None:
    experiment = run(temperature=0.8)
    field = number(experiment, "field")
    assert experiment.words()["decision"] == f"so it turns on with p = {1 / (1 + math.exp(-2 * field / 0.8)):.2f}"


@pytest.mark.parametrize(("ties", "stays"), [("keep", True), ("on", False)])
def test_ties_follow_the_policy(ties: str, stays: bool) -> None:
    """One memory of which half is turned over, with units that hear themselves: every field is 0."""
    experiment = run(rule="hebb", memories=1, ties=ties, noise=0.5, self_connections=True)
    before = experiment.show()["state"]
    assert number(experiment, "field") == 0
    assert experiment.words()["decision"] == f"a tie: it {'stays' if stays else 'turns on'}"
    experiment.advance(1)
    unit = int(experiment.network.update(1, "in turn").unit[0])
    assert unit == 1
    if stays:
        assert torch.equal(experiment.show()["state"], before)


@pytest.mark.parametrize(("rule", "shown"), [("storkey", "pairs"), ("dense", "power"), ("exponential", "exponential")])
def test_the_formulas_that_stand_there_are_the_memory_s_own(rule: str, shown: str) -> None:
    case = run(rule=rule).words()["formula"]
    assert case == shown
    assert sum(case in formula.when.split() for formula in Hopfield.formulas) == 2


def test_all_at_once_is_drawn_beside_the_present_state() -> None:
    experiment = run(update_order="all at once", memories=1, noise=0.5)
    promised = experiment.show()["together"][1]
    experiment.advance(1)
    assert torch.equal(experiment.show()["together"][0], promised)


def test_a_map_is_made_once_for_the_same_network_and_anew_when_something_is_stored() -> None:
    first, again = run(), run()
    assert first.map is again.map
    assert run(2).map is not first.map
    again.picture([1, 2, 3])
    again.store()
    assert again.map is not first.map


def test_settling_the_cue_by_the_batch_engine_ends_in_the_same_memory() -> None:
    experiment = run()
    ends = settle(experiment.memory, experiment.show()["state"].view(1, -1), seed=3)
    experiment.advance(8 * UNITS)
    assert torch.equal(ends.attractors[0], experiment.show()["state"].flatten())


def test_a_decision_in_almost_no_heat_is_told() -> None:
    """2h/T beyond 709 once overflowed, and the page could not be drawn."""
    network = begun(Hopfield).network
    network.temperature = 1e-6
    assert decision(network, 0) in {"so it turns on with p = 0.00", "so it turns on with p = 1.00"}
