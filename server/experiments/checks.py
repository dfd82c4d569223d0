"""Is the ELBO below the likelihood? A machine as it was at one step, both measured: exactly, or by annealing in slices
beside the learning."""

from collections.abc import Iterator
from math import isnan, nan, sqrt
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from server.experiments.gallery import Gallery
from server.grammar import Verdict, Word
from server.models.annealed import Annealing
from server.models.binning import Estimate
from server.models.boltzmann import Boltzmann, Couplings
from server.models.data import split
from server.models.dbm import bound, given, log_marginal, log_partition, mean_field, units_visited

EXACT = 12
"""Units of every second layer up to which sums are exact: 2^12 states in a few milliseconds."""
PARTICLES, BETAS = 100, 300
"""Of the annealing that finds ln Z."""
PARTICLES_GIVEN, BETAS_GIVEN = 40, 16
"""Of each that finds ln Σ_h for one picture: it starts from mean field, which is near."""
EARLY, SHORTER = 100, 3
"""Checks of the first minibatches are so many times shorter, and sooner there: weak weights need no more."""
SWEEPS, TOLERANCE = 100, 1e-4
CERTAIN = 4.0
"""Errors by which AIS must lie above or below the bound to decide."""
TRUSTED = 10
"""Particles of AIS that must count: the spread of fewer is no error."""
MARGIN, LEAST = 3.0, 0.1
"""So many errors, and nats, must −ln p(v) lie below that of each pixel alone."""
FAR = 1.0
"""Nats above it that first weights do not explain: they lie within a quarter of a nat."""
ROUNDING = 1e-4
"""Of sums of a few hundred nats in float32."""
LONGEST = 128
"""Checks drawn."""
WORK = 84_000
"""Weights times annealing steps per minibatch: ten steps of the machine that the page opens on."""
FEWEST, MOST = 4, 10
"""Of such steps."""
LATEST = 95
"""Minibatches that a check may take: that of a machine too large for it has fewer temperatures, and errs more."""
BEGINNING = 10
"""Minibatches before the first annealing but that of the start."""
APART = 10
"""Minibatches between two exact checks, which cost no annealing."""


class Checked(NamedTuple):
    """Means over the pictures, in nats: the bound, how far ln p(v) lies above it, and the standard errors."""

    step: int
    elbo: float
    gap: float
    gap_error: float = 0.0
    error: float = 0.0
    """Of ln p(v) = elbo + gap; most of it is that of ln Z, which both lines share."""
    particles: float = nan
    """Of the annealing of ln Z, how many count; NaN where there was none."""

    @property
    def truth(self) -> float:
        """ln p(v) per picture."""
        return self.elbo + self.gap

    def errors(self) -> dict[str, str]:
        """How sure the numbers are, in words so short that lines break between them."""
        if isnan(self.particles):
            return {"gap_error": "none", "error": "none", "sums": "Exact: sums over all states."}
        return {
            "gap_error": f"± {self.gap_error:.3f}",
            "error": f"± {self.error:.2f}",
            "sums": f"AIS: {self.particles:.0f} of {PARTICLES} particles count.",
        }


class Check:
    """One check of the pictures (n, visible) of a machine, which may go on learning: its couplings are copied.

    `base` (visible,) are the biases at which annealing begins. All draws come from `generator`.
    """

    def __init__(
        self, machine: Boltzmann, pictures: Tensor, base: Tensor, generator: torch.Generator, step: int
    ) -> None:
        couplings = machine.couplings
        self._exact = is_exact(couplings.layers)
        dtype = torch.float64 if self._exact else couplings.flat.dtype
        copied = Couplings.over(couplings.flat.to(dtype, copy=True), couplings.layers)
        self.machine = Boltzmann(copied, machine.temperature)
        self.pictures, self.base, self.generator, self.step = pictures.to(dtype), base, generator, step
        self.means = mean_field(self.machine, self.pictures, sweeps=SWEEPS, tolerance=TOLERANCE).means
        self.bounds = bound(self.machine, self.means).double()
        self.pace = max(FEWEST, min(MOST, WORK // len(couplings.flat)))
        """Annealing steps per minibatch."""
        usual = BETAS + len(pictures) * BETAS_GIVEN
        self._share = min(1 / SHORTER if step < EARLY else 1.0, LATEST * self.pace / usual)
        self._found: list[Estimate] = []
        self._ahead = iter(()) if self._exact else self._annealings()
        self._now = next(self._ahead, None)

    @property
    def finished(self) -> bool:
        """Whether no annealing is left to be done; exact sums need none."""
        return self._now is None

    @property
    def steps(self) -> int:
        """Of annealing, in all."""
        return 0 if self._exact else self._betas(BETAS) + len(self.pictures) * self._betas(BETAS_GIVEN)

    def run(self, steps: int) -> None:
        """So many annealing steps further, or as many as are left."""
        while steps > 0 and self._now is not None:
            before = self._now.done
            self._now.run(steps)
            steps -= self._now.done - before
            if self._now.finished:
                self._found.append(self._now.log_partition)
                self._now = next(self._ahead, None)

    def concluded(self) -> Checked:
        """What was found, once it is `finished`."""
        if self._exact:
            whole, marginals = log_partition(self.machine), log_marginal(self.machine, self.pictures)
            return Checked(self.step, float((self.bounds - whole).mean()), float((marginals - self.bounds).mean()))
        estimate, *others = self._found
        constants = (self.pictures @ self.machine.couplings.biases[0]).double() / self.machine.temperature
        above = torch.tensor([other.value for other in others], dtype=torch.float64) + (constants - self.bounds).cpu()
        gap_error = sqrt(sum(other.error**2 for other in others)) / len(others)
        return Checked(
            self.step,
            elbo=float(self.bounds.mean()) - estimate.value,
            gap=float(above.mean()),
            gap_error=gap_error,
            error=sqrt(estimate.error**2 + gap_error**2),
            particles=estimate.facts,
        )

    def _betas(self, usual: int) -> int:
        return max(1, int(usual * self._share))

    def _annealings(self) -> Iterator[Annealing]:
        """That of ln Z, then that of each picture's hidden layers."""
        hidden = [torch.zeros_like(bias) for bias in self.machine.couplings.biases[1:]]
        yield Annealing(self.machine, PARTICLES, self._betas(BETAS), self.generator, [self.base, *hidden])
        for row, picture in enumerate(self.pictures):
            machine, _ = given(self.machine, picture)
            base = [machine.temperature * mean[row].logit(1e-4) for mean in self.means[1:]]
            yield Annealing(machine, PARTICLES_GIVEN, self._betas(BETAS_GIVEN), self.generator, base)


class Checks:
    """The checks so far. Of many, ever fewer of the old ones are kept to be drawn; the last is always there."""

    def __init__(self, first: Checked) -> None:
        self.last, self.count, self.exceeded = first, 0, 0
        self._kept, self._every = [first], 1

    def add(self, checked: Checked) -> None:
        """One more, of a machine that has learnt."""
        self.last = checked
        self.count += 1
        self.exceeded += checked.gap < -max(CERTAIN * checked.gap_error, ROUNDING)
        if self.count % self._every == 0:
            self._kept.append(checked)
        if len(self._kept) > LONGEST:
            self._kept, self._every = self._kept[::2], 2 * self._every

    def marks(self) -> dict[str, Tensor]:
        """Steps, ln p(v) with its error, and the bound, (k,) each."""
        drawn = self._kept if self._kept[-1] is self.last else [*self._kept, self.last]
        return {
            "checked": torch.tensor([float(one.step) for one in drawn]),
            "truths": torch.tensor([one.truth for one in drawn]),
            "errors": torch.tensor([one.error for one in drawn]),
            "bounds": torch.tensor([one.elbo for one in drawn]),
        }

    def verdict(self, exact: bool, independent: float) -> Verdict:
        """Whether the machine beats each pixel alone, of −ln p(v) `independent`, and no bound exceeded ln p(v)."""
        lead = self.last.truth + independent
        word, note = self._judged(exact, lead)
        line = "nats over pixels" if exact else f"± {_brief(max(self.last.error, 0.01))} over pixels"
        return Verdict(number=_brief(lead), line=line, word=word, note=note)

    def _judged(self, exact: bool, lead: float) -> tuple[Word, str]:
        last = self.last
        margin = max(MARGIN * last.error, LEAST)
        if self.count == 0:
            return "untested", "no check yet"
        if self.exceeded:
            # Theory forbids it: with annealing, particles missed a mode, so it is no more than doubtful.
            return "broken" if exact else "close", f"bound above {self.exceeded}×"
        if lead < -max(margin, FAR):
            return "broken", "far worse than pixels"
        if lead <= margin:
            return "untested", "no better than pixels"
        if not exact and (last.gap <= CERTAIN * last.gap_error or last.particles < TRUSTED):
            return "close", "errors too large"
        return "holds", f"bound kept {self.count} time{'s' * (self.count != 1)}"


class Checking:
    """Checks of a machine that learns, one after another; the first is made at once, annealings in slices after that.

    Arguments as of `Check`.
    """

    def __init__(self, machine: Boltzmann, pictures: Tensor, base: Tensor, generator: torch.Generator) -> None:
        self._given = pictures, base, generator
        first = Check(machine, *self._given, 0)
        first.run(first.steps)
        self.checks = Checks(first.concluded())
        self._now: Check | None = None

    def follow(self, machine: Boltzmann, step: int) -> None:
        """After each minibatch: the check goes on; where it is done, the next begins, of the machine as it is now."""
        if is_exact(machine.couplings.layers):
            if step % APART == 0:
                self.checks.add(Check(machine, *self._given, step).concluded())
            return
        if self._now is None and step >= BEGINNING:
            self._now = Check(machine, *self._given, step)
        if self._now is not None:
            self._now.run(self._now.pace)
            if self._now.finished:
                self.checks.add(self._now.concluded())
                self._now = None


def _brief(nats: float) -> str:
    """In four characters where they hold it, with two digits after the point at most."""
    texts = [f"{round(nats, digits) + 0.0:.{digits}f}" for digits in (2, 1, 0)]  # + 0.0: no −0
    return next((text for text in texts if len(text) <= 4), texts[-1]).replace("-", "−")


def checked(gallery: Gallery, seed: int) -> Tensor:
    """The pictures whose likelihood is measured, (n, pixels): the first digit of each class in the data that `seed`
    shuffled, or all bars and stripes."""
    if gallery.generated:
        return gallery.train
    labels = split(seed).train_labels
    return gallery.train[[int((labels == digit).nonzero()[0]) for digit in range(10)]]


def unseen(gallery: Gallery, seed: int) -> Tensor:
    """One picture of the class of each that is `checked`, not learnt from; of bars and stripes the same ones."""
    if gallery.generated:
        return gallery.train
    data = split(seed)
    labels = torch.cat([data.validation_labels, data.test_labels])
    return gallery.held_out[[int((labels == digit).nonzero()[0]) for digit in range(10)]]


def alone(base: Tensor, pictures: Tensor) -> Tensor:
    """−ln p(v) in nats, mean over pictures, () of a machine that knows of each pixel only how often it is on."""
    losses = binary_cross_entropy_with_logits(base.expand_as(pictures), pictures, reduction="none")
    return losses.sum(1).mean()


def is_exact(layers: tuple[int, ...]) -> bool:
    """Whether Z and Σ_h are summed over all states."""
    return max(units_visited(layers), units_visited(layers, clamped=True)) <= EXACT
