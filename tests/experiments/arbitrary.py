"""Random valid parameters of any experiment, and arguments for its actions."""

from typing import Any

from hypothesis import strategies as st

from server.experiments.experiment import Experiment
from server.grammar import Action, Parameters, Refused

EXAMPLES: dict[object, Any] = {float: 0.5, int: 0, bool: True, str: "", list[int]: [0, 1]}
FILES = {"table": "x,y,kind\n" + "".join(f"{row},{row * row % 7},{'ab'[row % 2]}\n" for row in range(12))}


def values(control: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any value that one control can take."""
    if control["kind"] == "choice":
        return st.sampled_from([option["value"] for option in control["options"]])
    if control["kind"] == "toggle":
        return st.booleans()
    if control["kind"] == "widths":
        units = st.integers(control["low"], control["high"])
        return st.lists(units, min_size=1, max_size=control["most"]).map(lambda each: "-".join(map(str, each)))
    if control["integer"]:
        return st.integers(control["low"], control["high"])
    return st.floats(control["low"], control["high"])


def parameters(kind: type[Experiment]) -> st.SearchStrategy[Parameters]:
    """Any valid parameters of an experiment."""
    chosen = st.fixed_dictionaries({control["name"]: values(control) for control in kind.Controls.controls()})
    return chosen.filter(lambda each: _together(kind.Controls, each)).map(lambda each: kind.Controls(**each))


def accepted(parameters: Parameters, control: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any value that one control can take beside the others as they are."""
    kept = parameters.model_dump()
    return values(control).filter(lambda value: _together(type(parameters), {**kept, control["name"]: value}))


def _together(controls: type[Parameters], chosen: dict[str, Any]) -> bool:
    try:
        controls(**chosen)
    except Refused:
        return False
    return True


def extremes(kind: type[Experiment]) -> list[Parameters]:
    """All numbers at their lowest, all at their highest, and each one alone at either end."""
    ends = {control["name"]: _ends(control) for control in kind.Controls.controls() if "low" in control}
    everything = [{name: pair[end] for name, pair in ends.items()} for end in (0, 1)]
    alone = [{name: value} for name, pair in ends.items() for value in pair]
    return [kind.Controls(**values) for values in everything + alone]


def _ends(control: dict[str, Any]) -> tuple[Any, Any]:
    low, high = control["low"], control["high"]
    return (low, high) if control["kind"] == "slider" else (str(low), "-".join([str(high)] * control["most"]))


def arguments(action: Action) -> dict[str, Any]:
    """Arguments that an action should take."""
    found = {name: EXAMPLES[field.annotation] for name, field in action.arguments.model_fields.items()}
    return {**found, action.file[0]: FILES[action.file[1].noun]} if action.file else found
