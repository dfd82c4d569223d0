"""The last line: an experiment that names layers raises Diverged itself, earlier and better."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from server.experiments.experiment import Experiment
from server.grammar.errors import Diverged


def check_finite(experiment: Experiment, series: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Raises Diverged where a line of the hill, among what the last steps up to `experiment.step` brought, is not
    finite; the lines of an arm that is known to have broken never are."""
    for line in experiment.hill.lines:
        values = series.get(line.channel)
        if values is None or line.mark in experiment.broken_arms or np.isfinite(values).all():
            continue
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        last = tuple(float(value) for value in values[max(0, first - 3) : first + 1])
        place = f"{line.label or line.channel} stopped being a finite number"
        raise Diverged(place, experiment.step - len(values) + first + 1, last=last)
