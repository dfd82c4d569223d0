"""The playground's examples: values to fit, and tables that somebody brings."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from server.experiments import responses
from server.experiments.playground import HELD_SHOWN, LEARNT_SHOWN, Playground
from server.grammar import Refused
from server.models.tables import BYTES
from tests.experiments.running import begun, stepped


def dropped(text: str, **parameters: Any) -> Playground:
    """The run after a file of this text was taken."""
    experiment = begun(Playground, **{"data": "table", **parameters})
    experiment.bring(text)
    experiment.restart()
    return experiment


def written(columns: int, label: Callable[[np.ndarray[Any, Any]], object], rows: int = 200) -> str:
    """Random numbers as a file, and a label made of each row."""
    numbers = np.random.default_rng(2).normal(5, 3, (rows, columns))
    return "\n".join(",".join([*(f"{cell:.3f}" for cell in row), str(label(row))]) for row in numbers)


@pytest.mark.parametrize("data", ["hill", "waves", "table"])
def test_values_are_fitted_and_the_map_is_what_the_net_answers(data: str) -> None:
    """Oracles: the net asked at single places, scikit-learn's R², distances counted one by one."""
    text = written(2, lambda row: round(row[0] - row[1] / 3, 3))
    experiment = dropped(text, unit="tanh") if data == "table" else begun(Playground, data=data, unit="tanh")
    stepped(experiment, 400)
    shown, sheet = experiment.show(), experiment.sample.sheet
    assert "certainty_A" not in shown
    spread = float(experiment.drawn.train_labels.std())
    for letter, arm in zip("AB", experiment.pair, strict=True):
        assert arm.net.units[-1] == 1
        for row, column in ((0, 0), (0, responses.SIDE - 1), (30, 7)):
            place = torch.tensor([[(2 * column + 1) / responses.SIDE - 1, 1 - (2 * row + 1) / responses.SIDE]])
            assert float(shown[f"field_{letter}"][row, column]) == pytest.approx(
                float(arm.net.predict(sheet.lift(place))), abs=1e-5
            )
        said, labels = arm.net.predict(experiment.drawn.test_inputs)[:, 0], experiment.drawn.test_labels
        met = [abs(float(one - label)) <= spread / 4 for one, label in zip(said, labels, strict=True)]
        assert experiment.words()[f"right_{letter}"] == str(sum(met))
        assert int(shown[f"wrong_{letter}"].sum()) == len(met) - sum(met)
    everything = torch.cat([experiment.drawn.train_labels, experiment.drawn.test_labels])
    assert 1 - float((said - labels).square().mean() / everything.var(correction=0)) > 0.5
    assert (
        experiment.verdict().number
        == f"{100 * (1 - float((said - labels).square().mean() / everything.var(correction=0))):.0f} %"
    )


def test_guessing_values_is_saying_their_mean() -> None:
    experiment = begun(Playground, data="hill")
    labels = torch.cat([experiment.drawn.train_labels, experiment.drawn.test_labels])
    loss = 0.5 * float((labels - labels.mean()).square().mean())
    assert float(experiment.show()["guessing"]) == pytest.approx(loss, rel=1e-5)
    near = (labels - labels.mean()).abs() <= experiment.drawn.train_labels.std() / 4
    assert stepped(experiment, 1)["chance"].tolist() == pytest.approx([100 * float(near.double().mean())])


def test_values_confused_are_counted_by_quarters() -> None:
    experiment = begun(Playground, data="waves", seen="A")
    stepped(experiment, 20)
    bounds = np.quantile(experiment.drawn.train_labels.numpy(), [0.25, 0.5, 0.75])
    said = experiment.pair[0].net.predict(experiment.drawn.test_inputs)[:, 0].numpy()
    true = np.searchsorted(bounds, experiment.drawn.test_labels.numpy())
    expected = confusion_matrix(true, np.searchsorted(bounds, said), labels=range(4))
    np.testing.assert_array_equal(experiment.show()["confusion"].numpy(), expected)


def test_a_point_without_a_value_is_refused() -> None:
    with pytest.raises(Refused, match="would have none"):
        begun(Playground, data="waves").place(0.0, 0.0)


def test_false_values_are_those_of_other_examples() -> None:
    experiment = begun(Playground, data="hill", random_labels=50)
    changed = experiment.pair[0].data.train_labels != experiment.drawn.train_labels
    assert int(changed.sum()) == pytest.approx(100, abs=3)
    assert torch.equal(experiment.pair[0].data.test_labels, experiment.drawn.test_labels)


def test_a_table_is_what_both_nets_learn() -> None:
    experiment = dropped(written(5, lambda row: "warm" if row[:3].sum() > 15 else "cold", rows=400))
    assert [arm.net.units[0] for arm in experiment.pair] == [5, 5]
    assert (len(experiment.drawn.train_labels), len(experiment.drawn.test_labels)) == (300, 100)
    words = experiment.words()
    assert words["told"] == "Your table: 400 rows, 6 columns, 2 classes."
    assert (words["split"], words["class_0"], words["class_1"]) == ("300 learnt, 100 held out", "cold", "warm")
    assert stepped(experiment, 600)["accuracy_B"][-1] > 90
    assert float(experiment.show()["points"].abs().max()) <= 1


def test_until_there_is_a_table_the_irises_stand_for_it() -> None:
    experiment = begun(Playground, data="table")
    assert "irises, till you use a table: 150 rows, 5 columns, 3 classes" in experiment.words()["told"]
    assert stepped(experiment, 600)["accuracy_B"][-1] > 85


@pytest.mark.parametrize(("text", "sentence"), [
    ("x,y\n1,2\n3,four\nlong,1\n", "Line 4, column 1"),
    ("1,2\n3,4\n", "needs 8 rows; this one has 2"),
    ("size,kind\n" + "".join(f"{row},same\n" for row in range(20)), r"\(kind\) is the same in every row"),
    ("1,2.5\n" * 20, "is the same in every row"),
    ("1" * (BYTES + 1), "at most 1 MiB; this one has 1.1"),
])  # fmt: skip
def test_a_table_of_which_nothing_can_be_learnt_is_refused(text: str, sentence: str) -> None:
    experiment = begun(Playground)
    with pytest.raises(Refused, match=sentence):
        experiment.bring(text)
    assert not experiment.brought


def test_a_large_table_costs_little_to_draw_and_to_watch() -> None:
    experiment = dropped(written(12, lambda row: int(row[0] > 5), rows=6000))
    shown = experiment.show()
    assert len(shown["points"]) == LEARNT_SHOWN + HELD_SHOWN
    assert len(experiment.drawn.test_labels) == 1000
    assert shown["tiles"].shape[0] == sum(experiment.pair[1].net.units)


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(8, 60), columns=st.integers(1, 6), kinds=st.integers(0, 20), seed=st.integers(0, 99))
def test_any_table_can_be_learnt_and_drawn(rows: int, columns: int, kinds: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    last = (
        chance.normal(size=rows)
        if kinds == 0
        else np.array(["a", *chance.choice(list("abcdefghijklmnopqrst")[: kinds + 1], rows - 2), "b"])
    )
    text = "\n".join(
        ",".join(map(str, [*row, one])) for row, one in zip(chance.normal(size=(rows, columns)), last, strict=True)
    )
    experiment = dropped(text, batch=2, batch_norm=True)
    stepped(experiment, 12)
    shown = experiment.show()
    assert all(bool(shown[name].isfinite().all()) for name in ("points", "field_A", "tiles", "confusion"))
    assert int(shown["confusion"].sum()) == rows // 4
    assert len(experiment.verdict().note) <= 22
