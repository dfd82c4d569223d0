"""Where a run stopped being finite."""

import torch

from server.experiments.experiment import Series
from server.grammar import Diverged


def finite(series: Series, step: int, where: str) -> Series:
    """The series as it is; its first row belongs to the step after `step`.

    Raises Diverged at the first step that is not finite, with all rows until then.
    """
    rows = torch.stack([values.isfinite().view(len(values), -1).all(1) for values in series.values()])
    broken = (~rows.all(0)).nonzero()
    if len(broken):
        first = int(broken[0]) + 1
        seen = {name: values[:first] for name, values in series.items()}
        raise Diverged(where, step + first, series=seen)
    return series
