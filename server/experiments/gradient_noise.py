"""How far minibatch gradients lie from the gradient of all examples: measured by drawing, and as theory says."""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.experiments.arm import Arm
from server.models.backpropagation import Backpropagation

SIZES = tuple(2**power for power in range(10))  # minibatches of 1 … 512 examples


class Slope(NamedTuple):
    """The exponent of the noise in the batch size, and its standard error."""

    exponent: float
    error: float


class GradientNoise:
    r"""E‖g_m − g‖² for minibatches of m of N examples, all at the same weights.

    With σ² the mean square of ‖g_i − g‖ over single examples, theory says σ²/m for examples drawn by lot, and
    σ²/m · (N − m)/(N − 1) for different ones (W. Cochran, Sampling Techniques (1977), theorem 2.2).

    Gradients are those of `probe`, a net of the same kind whose weights `begin` overwrites. Not for nets with batch
    normalisation, whose examples do not have gradients of their own.
    """

    def __init__(self, probe: Arm, generator: torch.Generator) -> None:
        self.probe, self.generator = probe, generator
        self.begin(probe)

    def begin(self, arm: Arm) -> None:
        """Measure anew, at the present weights of `arm`."""
        self.probe.net.parameters.copy_(arm.net.parameters)
        self.probe.look(torch.arange(self.examples, device=self.probe.inputs.device))
        self.full = self.probe.net.gradient.clone()
        self.variance = _mean_square(self.probe.program) - self.full.double().square().sum()
        self.squares = torch.empty(0, len(SIZES), dtype=torch.float64)

    @property
    def examples(self) -> int:
        return len(self.probe.inputs)

    @property
    def draws(self) -> int:
        """Minibatches of each size until now."""
        return len(self.squares)

    def draw(self) -> None:
        """One more minibatch of every size."""
        squares = torch.stack([self._distance(size) for size in SIZES]).square()
        self.squares = torch.cat([self.squares, squares.double().cpu()[None]])

    def measured(self) -> tuple[Tensor, Tensor]:
        """log₂ of the noise over σ, and its standard error, for all `SIZES`: float64 (sizes,). NaN before two draws."""
        if self.draws < 2:
            unknown = torch.full((len(SIZES),), math.nan, dtype=torch.float64)
            return unknown, unknown
        means = self.squares.mean(0)
        errors = self.squares.std(0) / math.sqrt(self.draws) / means
        return (means / self.variance.cpu()).log2() / 2, errors / (2 * math.log(2))

    def theory(self) -> Tensor:
        """What `measured` should be: −½ log₂ m, and for different examples ½ log₂ (N − m)/(N − 1) more."""
        return -torch.tensor(SIZES, dtype=torch.float64).log2() / 2 + self._correction()

    def slope(self) -> Slope:
        """The noise as a power of m: weighted least squares in logarithms, for as if N were infinite."""
        noise, errors = self.measured()
        doublings, weights = torch.tensor(SIZES, dtype=torch.float64).log2(), errors**-2
        doublings = doublings - (weights * doublings).sum() / weights.sum()
        spread = (weights * doublings**2).sum()
        exponent = (weights * doublings * (noise - self._correction())).sum() / spread
        return Slope(float(exponent), float(spread**-0.5))

    def _correction(self) -> Tensor:
        sizes = torch.tensor(SIZES, dtype=torch.float64)
        if self.probe.recipe.replacement:
            return torch.zeros_like(sizes)
        return torch.log2((self.examples - sizes) / (self.examples - 1)) / 2

    def _distance(self, size: int) -> Tensor:
        """‖g_m − g‖ of one minibatch."""
        if self.probe.recipe.replacement:
            drawn = torch.randint(self.examples, (size,), generator=self.generator)
        else:
            drawn = torch.randperm(self.examples, generator=self.generator)[:size]
        self.probe.look(drawn.to(self.full.device))
        distance: Tensor = vector_norm(self.probe.net.gradient - self.full)
        return distance


def _mean_square(program: Backpropagation) -> Tensor:
    """The mean of ‖g_i‖² over the examples of a program that has run, from its errors and outputs alone.

    An example's gradient is error ⊗ input in every layer, so its square is the product of theirs.
    """
    total = torch.zeros((), dtype=torch.float64, device=program.inputs.device)
    entering = program.inputs.t()
    for stage in program.stages:
        squares = stage.error.double().square().sum(0) * (entering.double().square().sum(0) + 1)
        total += squares.sum() * entering.shape[1]  # errors are those of a mean: each is 1/m of its example's own
        entering = stage.output
    return total
