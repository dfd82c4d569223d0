"""Experiments driven by hand, as the runtime does it."""

from typing import Any, TypeVar

from torch import Tensor

from server.experiments.experiment import Experiment, Seeds

Kind = TypeVar("Kind", bound=Experiment)


def begun(kind: type[Kind], seed: int = 1, **parameters: Any) -> Kind:
    """An experiment at its start."""
    experiment = kind(kind.Controls(**parameters), Seeds.same(seed))
    experiment.restart()
    return experiment


def stepped(experiment: Experiment, steps: int) -> dict[str, Tensor]:
    """What so many steps measured; the step is counted after the call."""
    series = experiment.advance(steps)
    experiment.step += steps
    return dict(series)
