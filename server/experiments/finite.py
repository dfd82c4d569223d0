"""Where a run stopped being finite."""

import torch

from server.experiments.experiment import Series
from server.grammar import Diverged


def finite(series: Series, step: int, where: str) -> Series:
    """The series as it is; its first row belongs to the step after `step`.

    Raises Diverged at the first step that is not finite, with all rows until then.
    """
    # All in one tensor: at a step per call, twenty small series would cost as much as a step of learning.
    rows = torch.cat([values.reshape(len(values), -1) for values in series.values()], 1)
    broken = (~rows.isfinite().all(1)).nonzero()
    if len(broken):
        first = int(broken[0]) + 1
        seen = {name: values[:first] for name, values in series.items()}
        raise Diverged(where, step + first, series=seen)
    return series
