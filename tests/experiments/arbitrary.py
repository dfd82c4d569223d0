"""Random valid parameters of any experiment, and arguments for its actions."""

from typing import Any

from hypothesis import strategies as st

from server.experiments.experiment import Experiment
from server.grammar import Action, Parameters, Refused

EXAMPLES: dict[object, Any] = {float: 0.5, int: 0, bool: True, str: "", list[int]: [0, 1]}


def values(control: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any value that one control can take."""
    if control["kind"] == "choice":
        return st.sampled_from([option["value"] for option in control["options"]])
    if control["kind"] == "toggle":
        return st.booleans()
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
    """Every slider at its lowest, every slider at its highest, and each one alone at either end."""
    sliders = [control for control in kind.Controls.controls() if control["kind"] == "slider"]
    everything = [{c["name"]: c[end] for c in sliders} for end in ("low", "high")]
    alone = [{c["name"]: c[end]} for c in sliders for end in ("low", "high")]
    return [kind.Controls(**values) for values in everything + alone]


def arguments(action: Action) -> dict[str, Any]:
    """Arguments that an action should take."""
    return {name: EXAMPLES[field.annotation] for name, field in action.arguments.model_fields.items()}
