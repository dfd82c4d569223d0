"""How probable a restricted machine finds pictures: exactly where that can be counted, else by annealing, in slices."""

from math import nan

import torch
from torch import Tensor

from server.models.annealed import Annealing, base_bias
from server.models.rbm import ENUMERABLE, RBM

EVERY = 250
"""Steps from one look to the next, over which the annealing of the first is spread."""
BETAS, PARTICLES = 500, 64
MOST = 300
"""Marks that are kept; of more, every second goes."""


class Likelihood:
    """Mean ln p of `pictures` (n, visible) in nats, looked at every so many steps of a run that learns.

    Exact where the smaller layer has at most `ENUMERABLE` units. Else ln Z is found by annealed importance sampling
    from a machine that knows only how often each pixel of `learned` is on; the answer belongs to the step at which it
    was begun, and its error is that of ln Z.
    """

    def __init__(self, machine: RBM, pictures: Tensor, learned: Tensor, generator: torch.Generator) -> None:
        self.machine, self.pictures, self.generator = machine, pictures, generator
        self.exact = min(machine.couplings.layers) <= ENUMERABLE
        self._base = base_bias(learned), torch.zeros_like(machine.couplings.hidden_bias)
        self._marks: list[tuple[float, float, float]] = []
        self._stride = 1
        self._looks = self._step = 0
        self._look()

    def follow(self) -> None:
        """After every step: a slice of the annealing under way, and another look when it is time."""
        self._step += 1
        if not self.exact:
            self._annealing.run(BETAS // EVERY)
        if self._step % EVERY == 0:
            if not self.exact:
                self._keep(*self._annealing.log_partition[:2])
            self._look()

    def _look(self) -> None:
        """Begin with the machine as it is now."""
        self._begun = self._step
        self._unnormalised = -self.machine.free_energy(self.pictures).double().mean()
        if self.exact:
            self._keep(float(self.machine.log_partition()), 0.0)
        else:
            self._annealing = Annealing(self.machine, PARTICLES, BETAS, self.generator, self._base)

    def _keep(self, log_partition: float, error: float) -> None:
        if self._looks % self._stride == 0:
            self._marks.append((float(self._begun), float(self._unnormalised) - log_partition, error))
        self._looks += 1
        if len(self._marks) > MOST:
            self._marks, self._stride = self._marks[::2], 2 * self._stride

    @property
    def now(self) -> tuple[float, float]:
        """The newest mark and its error; not a number before the first."""
        return self._marks[-1][1:] if self._marks else (nan, nan)

    def marks(self) -> dict[str, Tensor]:
        """Steps, ln p and errors, (k,) each."""
        columns = torch.tensor(self._marks or [(nan, nan, nan)], dtype=torch.float64).T
        return dict(zip(("looked_at", "likelihood", "likelihood_error"), columns, strict=True))

    def compared(self, on: Tensor, best: float) -> dict[str, Tensor]:
        """Level lines (2, 2) from 0 to this step: the best possible; pixels that are `on` (units,) so often alone."""
        alone = (self.pictures @ on.logit()).mean() + (1 - on).log().sum()
        ends = torch.tensor([0.0, max(self._step, EVERY)])
        levels = {"best": best, "alone": float(alone)}
        return {name: torch.stack([ends, torch.full((2,), level)], 1) for name, level in levels.items()}
