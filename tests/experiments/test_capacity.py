"""What the capacity page claims, checked on the page's own experiment (the contract has its own tests)."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from server.experiments import melting
from server.experiments.capacity import LOADS, ROUNDS, Capacity
from server.models import ags, theory
from tests.experiments.running import begun, stepped

TEN_SECONDS = round(10 * Capacity.speed)


def change(experiment: Capacity, name: str, value: float) -> None:
    """What the runtime does with a live parameter."""
    experiment.parameters = experiment.parameters.changed(name, value)
    experiment.live(name)


def after(steps: int, **parameters: Any) -> Capacity:
    """The page after so many replicas."""
    experiment = begun(Capacity, **parameters)
    stepped(experiment, steps)
    return experiment


def preset(name: str, steps: int) -> Capacity:
    return after(steps, **{key: value for key, value in Capacity.presets[name].items() if key != "speed"})


def test_the_page_shows_the_break_within_ten_seconds() -> None:
    shown = after(TEN_SECONDS).show()
    loads, overlaps, errors = shown["loads"], shown["overlaps"], shown["errors"]
    assert float(overlaps[loads <= 0.1].min()) > 0.99
    assert float(overlaps[-1]) < 0.5
    assert float(errors.max()) < 0.03
    fall = shown["fall"]
    assert 0.15 < float(fall[0]) < 0.19


def test_every_load_is_measured_equally_often_and_early() -> None:
    experiment = begun(Capacity)
    count = len(experiment.loads)
    assert count == len(LOADS)
    stepped(experiment, count)
    assert not bool(experiment.show()["overlaps"].isnan().any())
    stepped(experiment, 4 * count)
    assert experiment.overlaps.counts.tolist() == [5.0] * count
    jumps = [abs(a - b) for a, b in zip(experiment.queue, experiment.queue[1:], strict=False)]
    assert min(jumps) >= 3


@pytest.mark.parametrize("units", [100, 500, 900])
def test_loads_are_whole_numbers_of_patterns(units: int) -> None:
    experiment = begun(Capacity, units=units)
    assert experiment.loads == [count / units for count in experiment.patterns]
    assert len(set(experiment.patterns)) == len(experiment.patterns)
    assert all(min(abs(load - wanted) for load in experiment.loads) <= 0.501 / units for wanted in LOADS)


def test_the_hill_is_the_mean_error_and_falls_as_one_over_the_square_root() -> None:
    experiment = begun(Capacity)
    first, second = (stepped(experiment, steps)["error"] for steps in (1600, 4800))
    assert float(second[-1]) / float(first[-1]) == pytest.approx(0.5, abs=0.05)
    assert float(second[-1]) == pytest.approx(float(experiment.show()["errors"].mean()))
    assert float(first[0]) == 1.0
    assert float(experiment.show()["constant"]) == pytest.approx(float(second[-1]) * 80)


def test_the_verdict_waits_and_then_holds() -> None:
    experiment = begun(Capacity)
    assert experiment.verdict().word == "untested"
    stepped(experiment, ROUNDS * len(LOADS) - 1)
    assert experiment.verdict().word == "untested"
    stepped(experiment, TEN_SECONDS)
    verdict = experiment.verdict()
    assert verdict.word == "holds"
    assert 0.15 < float(verdict.number) < 0.19
    assert (verdict.line, verdict.note) == ("per unit; theory .138", "in .127–.183")


def test_warm_memories_break_earlier_near_their_own_line() -> None:
    experiment = preset("Warm", 30 * len(LOADS))
    shown = experiment.show()
    assert float(shown["capacity"]) == pytest.approx(ags.capacity(0.3)[0])
    assert 0.08 < float(shown["fall"][0]) < 0.125
    assert experiment.verdict().word == "holds"


def test_a_small_net_breaks_softly_and_late() -> None:
    small, large = preset("Small net: a soft fall", 4000), after(4000)

    def width(experiment: Capacity) -> float:
        recalled, loads = experiment.show()["recalled"], experiment.show()["loads"]
        return float(
            loads[(recalled < 0.9) & (recalled > 0.3)].max() - loads[(recalled < 0.9) & (recalled > 0.3)].min()
        )

    assert width(small) > 1.5 * width(large)
    assert float(small.show()["fall"][0]) > float(large.show()["fall"][0]) + 0.02


def test_a_large_net_holds_and_a_small_one_cannot_tell() -> None:
    large, small = after(1600, units=1000), preset("Small net: a soft fall", 1600)
    assert large.verdict().word == "holds"
    assert (small.verdict().word, small.verdict().note) == ("untested", "100 units cannot tell")
    assert large.words()["manner"] == "do not fade, they break"
    assert small.words()["manner"] == "fade, as N is small"
    assert (small.words()["heap"], large.words()["heap"]) == ("Much in between", "All or nothing")


def test_spoilt_cues_are_measured_but_not_judged() -> None:
    experiment = preset("Spoilt cues", 2000)
    verdict = experiment.verdict()
    assert float(verdict.number) < 0.08
    assert (verdict.word, verdict.note) == ("untested", "theory: clean cues")
    assert experiment.words()["formula"] == "spoilt"


LOADS_MEASURED = [0.02, 0.10, 0.13, 0.15, 0.17, 0.19, 0.24]


@pytest.mark.parametrize(
    ("recalled", "last", "word"),
    [
        ([1, 1, 0.99, 0.8, 0.3, 0.1, 0], 0.4, "holds"),
        ([1, 1, 1, 0.9, 0.8, 0.32, 0], 0.4, "close"),
        ([1, 1, 1, 1, 1, 0.9, 0], 0.4, "broken"),
        ([1, 0.3, 0.1, 0, 0, 0, 0], 0.4, "broken"),
        ([1, 0.8, 0.7, 0.6, 0.3, 0.1, 0], 0.4, "broken"),
        ([1, 1, 0.99, 0.8, 0.3, 0.1, 0], 0.7, "broken"),
        ([1, 1, 1, 1, 1, 1, 1], 1.0, "broken"),
    ],
)
def test_a_fall_elsewhere_or_too_soft_breaks_the_claim(recalled: list[float], last: float, word: str) -> None:
    values = np.array(recalled)
    fall = melting.Fall(LOADS_MEASURED, np.append(values[:-1], last), values, np.full(len(values), 0.01))
    assert melting.judged(fall, theory.capacity()[0], 500, 0.0).word == word


def test_theory_of_another_heat_would_be_found_out() -> None:
    """Cold replicas against the melting load of T = 0.3."""
    experiment = after(3200)
    experiment.capacity = ags.capacity(0.3)[0]
    assert experiment.verdict().word == "broken"


def test_formulas_and_notes_fit_the_settings_and_their_place() -> None:
    kinds: list[dict[str, Any]] = [{}, {"temperature": 0.3}, {"noise": 0.1}, {"temperature": 0.9, "units": 300}]
    for kind, formula in zip(kinds, ("cold", "warm", "spoilt", "warm"), strict=True):
        assert begun(Capacity, **kind).words()["formula"] == formula
        for steps in (1, 400):
            verdict = after(steps, **kind).verdict()
            assert len(verdict.number) <= 6
            assert len(verdict.line) <= 26
            assert len(verdict.note) <= 22


def test_beyond_the_measured_loads_the_verdict_says_so() -> None:
    hot = after(500, temperature=0.9, units=300)
    assert hot.verdict().number == "<.02"
    assert hot.verdict().word == "untested"
    assert bool(hot.show()["fall"].isnan().all())


def test_looking_elsewhere_measures_nothing_anew() -> None:
    experiment, other = after(800), after(800)
    before = experiment.show()
    change(experiment, "load", 0.022)
    shown = experiment.show()
    assert float(shown["load"]) == 0.02
    assert float(shown["here"][0]) == float(shown["phase"][0]) == 0.02
    assert torch.equal(shown["overlaps"], before["overlaps"])
    assert float(shown["heaps"].sum()) == pytest.approx(1.0)
    assert float(shown["heaps"][-1]) == 1.0
    assert experiment.words()["where"] == "0.020"
    assert torch.equal(stepped(experiment, 100)["error"], stepped(other, 100)["error"])


def test_two_heaps_and_little_between_where_memories_break() -> None:
    experiment = after(2400, load=0.16, units=1000)
    heaps, bins = experiment.show()["heaps"], experiment.show()["bins"]

    def share(low: float, high: float) -> float:
        return float(heaps[(bins > low) & (bins < high)].sum())

    assert share(0.9, 1.0) > 0.25
    assert share(0.2, 0.6) > 0.25
    assert share(0.7, 0.9) < 0.15


def test_bit_errors_follow_their_closed_form_past_the_break() -> None:
    shown = after(4000).show()
    for load, measured, error in zip(
        *(shown[name].tolist() for name in ("loads", "bit_errors", "flip_errors")), strict=True
    ):
        assert measured == pytest.approx(theory.bit_error(load), abs=5 * error + 0.1 * theory.bit_error(load) + 1e-5)


@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_dashed_lines_are_the_theory(temperature: float) -> None:
    experiment = begun(Capacity, temperature=temperature)
    shown = experiment.show()
    recall: Tensor = shown["recall"]
    load, overlap = recall[30].tolist()
    assert overlap == pytest.approx(ags.overlap(load, temperature), abs=1e-8)
    assert recall[-2].tolist() == pytest.approx([ags.capacity(temperature)[0], 0.0])
    assert float(shown["bound"]) == pytest.approx(0.982 * ags.capacity(temperature)[1])
    assert float(shown["expected"]) == (0.0 if temperature else pytest.approx(0.0))


def test_without_heat_recalled_means_above_095() -> None:
    assert float(begun(Capacity).show()["bound"]) == pytest.approx(0.95, abs=1e-4)


def test_words_and_numbers_before_the_first_replica() -> None:
    experiment = begun(Capacity)
    assert experiment.words()["measured"] == "not yet"
    assert math.isnan(float(experiment.show()["here"][1]))
    assert experiment.position() == {"per load": "0"}
