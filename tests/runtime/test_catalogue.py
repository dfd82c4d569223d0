"""A bad experiment stops the start-up with a sentence that names the file and what would be right."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from server.grammar.errors import Misdeclared, Refused
from server.runtime.catalogue import check, discover, find, schema
from tests.runtime.walk import CATALOGUE, Walk


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> ModuleType:
    folder = tmp_path / "bad_experiments"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "broken.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("bad_experiments", "bad_experiments.broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return __import__("bad_experiments")


def test_a_file_that_does_not_import_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misdeclared, match=r"bad_experiments\.broken could not be imported: ZeroDivisionError"):
        discover(package(tmp_path, monkeypatch, "1 / 0"))


def test_a_missing_word_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "from server.experiments.experiment import Experiment\n"
        "class Half(Experiment):\n"
        "    def restart(self): ...\n    def advance(self, steps): ...\n"
        "    def show(self): ...\n    def verdict(self): ...\n"
    )
    with pytest.raises(Misdeclared, match=r"class Half.*title"):
        discover(package(tmp_path, monkeypatch, source))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"views": Walk.views[1:]}, "exactly one view has weight 3"),
        ({"pinned": "nothing"}, "`pinned` is a parameter"),
        ({"presets": {"first": {"drift": 0.1}}}, "names the defaults"),
        ({"presets": {"usual": {}, "bad": {"drift": 7.0}}}, "from 0 to 1, not 7"),
        ({"views": (Walk.views[0].model_copy(update={"caption": "x" * 60}),)}, "at most 44"),
    ],
)
def test_a_wrong_declaration_is_named(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(Misdeclared, match=sentence):
        check(type("Wrong", (Walk,), change))


def test_the_real_experiments_are_found_in_lecture_order() -> None:
    found = discover()
    orders = [experiment.order for experiment in found.values()]
    assert {"hopfield", "rbm", "batchnorm"} <= set(found)
    assert orders == sorted(orders)


def test_a_schema_says_everything_a_page_needs() -> None:
    page = schema(Walk)
    assert page["name"] == "walk"
    assert [control["name"] for control in page["controls"]] == ["drift", "size", "fault", "noisy"]
    assert page["actions"] == [{"name": "jump", "label": "Jump", "help": "Jump up.", "arguments": ["height"]}]
    assert page["views"][0]["kind"] == "tiles"


def test_unknown_names_are_refused_with_what_exists() -> None:
    with pytest.raises(Refused, match="there are: walk"):
        find(CATALOGUE, "run")
