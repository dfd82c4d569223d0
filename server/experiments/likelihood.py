"""How probable a restricted machine finds pictures: exactly where that can be counted, else by annealing, in slices."""

from math import hypot, nan

import torch
from torch import Tensor

from server.grammar import Line, Relation, Theory
from server.models.annealed import Annealing, base_bias
from server.models.rbm import ENUMERABLE, RBM

EVERY = 250
"""Steps from one look to the next, over which the annealing of the first is spread."""
QUICK, QUICKLY = 50, 500
"""So many steps instead during the first: fewer temperatures, larger errors, but something to be seen at once."""
BETAS, PARTICLES = 2, 64
"""Inverse temperatures per step."""
RISE = 0.25
"""Nats per `EVERY` steps, beyond two errors, from which on ln p still rises."""
MOST = 300
"""Marks that are kept; of more, every second goes."""

VIEW = Relation(
    title="Log-likelihood",
    caption="Does it rise as the error **falls**?",
    detail="Nats per picture, {counted}.",
    weight=2,
    x="looked_at",
    lines=(Line(channel="likelihood", label="ln p, nats"),),
    errors="likelihood_error",
    theory=(
        Theory(label="best possible", channel="best"),
        Theory(label="each pixel alone", channel="alone"),
        Theory(label="a mean for each digit", channel="by_kind"),
    ),
    axis="minibatch",
)


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
            self._annealing.run(BETAS)
        if self._step == self._due:
            if not self.exact:
                self._keep(*self._annealing.log_partition[:2])
            self._look()

    def _look(self) -> None:
        """Begin with the machine as it is now."""
        self._begun = self._step
        steps = QUICK if self._step < QUICKLY else EVERY
        self._due = self._step + steps
        self._unnormalised = -self.machine.free_energy(self.pictures).double().mean()
        if self.exact:
            self._keep(float(self.machine.log_partition()), 0.0)
        else:
            self._annealing = Annealing(self.machine, PARTICLES, BETAS * steps, self.generator, self._base)

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

    @property
    def rising(self) -> bool:
        """Whether the newest mark is well above the one `EVERY` steps before it, or there is none."""
        step, value, error = self._marks[-1] if self._marks else (nan, nan, nan)
        before = [mark for mark in self._marks if mark[0] <= step - EVERY]
        return not before or value - before[-1][1] > RISE + 2 * hypot(error, before[-1][2])

    @property
    def told(self) -> str:
        """How it was found, in words."""
        if self.exact:
            return "exact"
        return "annealed; bars: its error" if self._marks else "first estimate under way"

    def marks(self) -> dict[str, Tensor]:
        """Steps, ln p and errors, (k,) each."""
        columns = torch.tensor(self._marks or [(nan, nan, nan)], dtype=torch.float64).T
        return dict(zip(("looked_at", "likelihood", "likelihood_error"), columns, strict=True))

    def compared(self, on: Tensor, **levels: float) -> dict[str, Tensor]:
        """Lines (2, 2) from 0 to this step: these levels, and that of pixels that are `on` (units,) so often alone."""
        alone = (self.pictures @ on.logit()).mean() + (1 - on).log().sum()
        ends = torch.tensor([0.0, max(self._step, EVERY)])
        levels["alone"] = float(alone)
        return {name: torch.stack([ends, torch.full((2,), level)], 1) for name, level in levels.items()}
