"""Examples of any number of inputs on a sheet of paper: along their two principal axes, and back.

Source: K. Pearson, Philosophical Magazine 2 (1901) 559 (the plane nearest to points in space).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

EDGE = 1.05
"""The sheet reaches so far beyond the outermost example."""


@dataclass(frozen=True)
class Sheet:
    """The plane mean + scale (u·axes₀ + v·axes₁) in the space of inputs, u and v from −1 to 1."""

    mean: Tensor
    """(d,)."""
    axes: Tensor
    """(2, d), orthonormal rows; the second is 0 where there is but one input."""
    scale: float
    share: float
    """Of the variance of all inputs, what lies along both axes."""

    @property
    def is_whole(self) -> bool:
        """Whether the sheet holds all inputs, so that nothing of them is left out in the picture."""
        return self.axes.shape[1] <= 2

    def place(self, inputs: Tensor) -> Tensor:
        """Where inputs (n, d) are seen on the sheet, (n, 2): straight above or below their own places."""
        return (inputs - self.mean.to(inputs)) @ self.axes.t().to(inputs) / self.scale

    def lift(self, points: Tensor) -> Tensor:
        """The inputs (n, d) at points (n, 2) of the sheet."""
        return self.mean.to(points) + self.scale * points @ self.axes.to(points)


PLAIN = Sheet(torch.zeros(2), torch.eye(2), 1.0, 1.0)
"""Two inputs as they are."""


def sheet_of(inputs: Tensor) -> Sheet:
    """The sheet that shows most of inputs (n, d): for one or two, themselves; else their principal axes.

    An axis has the sign that makes its largest entry positive.
    """
    count = inputs.shape[1]
    if count <= 2:
        mean, axes, share = inputs.new_zeros(count), torch.eye(2)[:, :count], 1.0
    else:
        mean = inputs.mean(0)
        centred = (inputs - mean).double()
        variances, directions = torch.linalg.eigh(centred.t() @ centred)  # in ascending order
        total = float(variances.sum())
        share = float(variances[-2:].sum()) / total if total > 0 else 1.0
        axes = directions[:, -2:].flip(1).t().float()
        largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
        axes = torch.where(largest < 0, -axes, axes)
    reach = float(((inputs - mean) @ axes.t().to(inputs)).abs().max())
    return Sheet(mean, axes, EDGE * reach or 1.0, share)
