"""Discovers the experiments and checks their declarations: a bad file stops the start-up with a sentence."""

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any

import server.experiments
from server.experiments.experiment import Experiment
from server.grammar import actions_of
from server.grammar.errors import Misdeclared, Refused
from server.runtime.engine import unknown
from server.runtime.formula import mathml
from server.runtime.start import preset_of

Catalogue = dict[str, type[Experiment]]
LONGEST_CAPTION = 44
SCALARS = (0, 1)


def discover(package: ModuleType = server.experiments) -> Catalogue:
    """Every experiment by name, in lecture order. Raises Misdeclared: file, class, and what would be right."""
    found: list[type[Experiment]] = []
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        found += _experiments(_imported(module.name))
    for experiment in found:
        check(experiment)
    return {experiment.name: experiment for experiment in sorted(found, key=lambda e: (e.order, e.name))}


def schemas(catalogue: Catalogue) -> tuple[dict[str, Any], ...]:
    """What pages are made of, JSON-ready, in lecture order."""
    return tuple(schema(experiment) for experiment in catalogue.values())


def find(catalogue: Catalogue, name: str) -> type[Experiment]:
    """The experiment of that name. Raises Refused."""
    if name not in catalogue:
        raise Refused(unknown(name, catalogue))
    return catalogue[name]


def schema(experiment: type[Experiment]) -> dict[str, Any]:
    """One experiment's declaration as plain data."""
    controls = experiment.Controls.controls()
    symbols = {control["symbol"]: control["name"] for control in controls if control["symbol"]}
    return {
        "name": experiment.name,
        "title": experiment.title,
        "section": experiment.section,
        "order": experiment.order,
        "claim": experiment.claim,
        "summary": experiment.summary,
        "source": experiment.source,
        "about": _paragraphs(experiment),
        "step_name": experiment.step_name,
        "speed": experiment.speed,
        "arms": list(experiment.arms) if experiment.arms else None,
        "pinned": experiment.pinned,
        "presets": [_preset(experiment, name) for name in experiment.presets],
        "controls": controls,
        "actions": [action.schema() for action in actions_of(experiment).values()],
        "views": [{**view.model_dump(), "shape": view.shape} for view in experiment.views],
        "hill": experiment.hill.model_dump(),
        "formulas": [{**f.model_dump(), "mathml": mathml(f, symbols)} for f in experiment.formulas],
    }


def check(experiment: type[Experiment]) -> None:
    """Raises Misdeclared for what the type checker cannot see."""
    names = set(experiment.Controls.model_fields)
    leads = sum(view.weight == 3 for view in experiment.views)
    companions = sum(view.weight == 2 for view in experiment.views)
    _require(experiment, leads == 1, f"exactly one view has weight 3 (lead), not {leads}")
    _require(experiment, companions <= 2, f"at most two views have weight 2, not {companions}")
    _require(experiment, experiment.pinned in names, f"`pinned` is a parameter, not “{experiment.pinned}”")
    _require(experiment, _most_formulas(experiment) <= 2, "there are at most two formulas at a time")
    for view in experiment.views:
        visible = view.caption.replace("**", "")
        _require(experiment, len(visible) <= LONGEST_CAPTION, f"a caption has at most 44 characters: “{visible}”")
    first = next(iter(experiment.presets.values()), {})
    _require(experiment, not first, "the first preset names the defaults, so it is empty: {}")
    for label in experiment.presets:
        try:
            preset_of(experiment, label)
        except Refused as refusal:
            raise Misdeclared(f"{_place(experiment)}: preset “{label}”: {refusal}") from None


def _most_formulas(experiment: type[Experiment]) -> int:
    """How many formulas stand there at once at most."""
    words = {word for formula in experiment.formulas for word in formula.when.split()} | {""}
    return max(
        sum(not formula.when or word in formula.when.split() for formula in experiment.formulas) for word in words
    )


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise Misdeclared(f"{name} could not be imported: {type(error).__name__}: {error}.") from error


def _experiments(module: ModuleType) -> list[type[Experiment]]:
    own = [
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Experiment) and cls.__module__ == module.__name__
    ]
    found = [cls for cls in own if not inspect.isabstract(cls)]
    if len(found) > 1:
        raise Misdeclared(f"{module.__name__} holds {len(found)} experiments; one file is one phenomenon.")
    for cls in found:
        cls.name = module.__name__.rpartition(".")[2]
        missing = [word for word in _WORDS if not hasattr(cls, word)]
        _require(cls, not missing, f"these are declared too: {', '.join(missing)}")
    return found


_WORDS = ("title", "section", "order", "claim", "summary", "source", "Controls", "hill", "pinned", "views")


def _require(experiment: type[Experiment], right: bool, sentence: str) -> None:
    if not right:
        raise Misdeclared(f"{_place(experiment)}: {sentence}.")


def _place(experiment: type[Experiment]) -> str:
    return f"{experiment.__module__}, class {experiment.__name__}"


def _preset(experiment: type[Experiment], name: str) -> dict[str, Any]:
    values = experiment.presets[name]
    parameters = {parameter: value for parameter, value in values.items() if parameter != "speed"}
    return {"name": name, "parameters": parameters, "speed": values.get("speed", experiment.speed)}


def _paragraphs(experiment: type[Experiment]) -> list[str]:
    return [" ".join(part.split()) for part in (inspect.getdoc(experiment) or "").split("\n\n")]
