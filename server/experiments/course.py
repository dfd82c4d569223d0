"""A general machine in class: what it is taught, its two phases, its exact distribution, and its dreams meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from server.experiments.dreaming import SWEEPS, Dreams, misplaced, noise
from server.experiments.equilibrium import Equilibrium, conditional
from server.experiments.lessons import Lesson
from server.experiments.pairwise import lowest_divergence
from server.models.two_phases import Phase, TwoPhases


@dataclass(frozen=True)
class Teaching:
    """How one step is learnt."""

    rate: float
    momentum: float
    decay: float
    phases: Phase
    sweeps: int
    learning: bool


class Course:
    """The machine has the lesson's visible units and so many hidden ones; its first weights are of N(0, spread²).

    `generator` gives a stream of random numbers for each use: equal courses take equal ways.
    """

    def __init__(
        self, lesson: Lesson, hidden: int, spread: float, chains: int, generator: Callable[[str], torch.Generator]
    ) -> None:
        self.lesson, self.hidden, self.spread, self.particles = lesson, hidden, spread, chains
        self.units = lesson.visible + hidden
        self.links = lesson.allowed(hidden)
        self._generator, self._hand = generator, generator("hand")
        self.forget()

    def forget(self) -> None:
        """Back to the first weights, with nothing learnt."""
        first = self._links_drawn(self._generator("weights"), self.spread)
        self.phases = TwoPhases(
            first, torch.zeros(self.units, dtype=torch.float64), self.lesson.patterns, self.lesson.shares,
            allowed=self.links, particles=self.particles, generator=self._generator("phases"),
        )  # fmt: skip
        self.dreams = Dreams(self.phases.machine, self.lesson.visible, self._generator("dreams"))
        self.equilibrium = Equilibrium(self.phases.weights, self.phases.biases, self.lesson.visible)
        self._know()

    def kick(self, spread: float) -> None:
        """Add noise of N(0, spread²) to every link."""
        self.phases.weights.add_(self._links_drawn(self._hand, spread))
        self.measure()

    def _links_drawn(self, generator: torch.Generator, spread: float) -> Tensor:
        """Noise of N(0, spread²) on every link that is allowed, (N, N)."""
        drawn = torch.randn(self.units, self.units, generator=generator, dtype=torch.float64).triu(1) * spread
        return (drawn + drawn.T) * self.links

    def taught(self) -> None:
        """The lesson has changed: learn that from now on."""
        self.phases.show(self.lesson.patterns, self.lesson.shares)
        self._know()

    def _know(self) -> None:
        self.wanted = self.lesson.table()
        visible = self.lesson.visible
        self.phases.measure()
        self.best_without = lowest_divergence(self.wanted, self.links[:visible, :visible])
        self.measure()

    @property
    def temperature(self) -> float:
        """Of learning and dreams alike."""
        return self.phases.temperature

    @temperature.setter
    def temperature(self, temperature: float) -> None:
        self.phases.temperature = temperature
        self.dreams.chains.machine = self.phases.machine
        self.measure()

    def measure(self) -> None:
        """What the machine is now: its distribution of visible patterns, ln Z, and KL(data‖model)."""
        self.log_distribution, self.log_partition = self.equilibrium.measure(self.temperature)
        self.distribution = self.log_distribution.exp()
        shares = self.lesson.shares
        self.likelihood = shares @ self.log_distribution[self.lesson.numbers]
        self.divergence = -self.phases.entropy - self.likelihood
        self.misplaced = misplaced(self.distribution, self.wanted)
        self.rarest = (self.distribution[self.lesson.numbers] / shares).min()
        """The least p/q of a taught pattern, (): near 0 where one is missing."""

    def step(self, teaching: Teaching) -> Tensor:
        """One movement of the weights, or none where learning is off, and two sweeps of the dreams.

        Returns KL(data‖model), how much the machine misplaces, how much its dreams do, their noise, and the steepest
        slope, (5,).
        """
        phases = self.phases
        phases.learning_rate, phases.momentum, phases.weight_decay = teaching.rate, teaching.momentum, teaching.decay
        phases.measure(teaching.phases, teaching.phases, teaching.sweeps)
        if teaching.learning:
            phases.update()
        self.dreams.chains.sweep(SWEEPS)
        self.measure()
        expected = self.expected()
        sampled = misplaced(self.dreams.shares(), expected)
        return torch.stack([self.divergence, self.misplaced, sampled, noise(expected), self.difference().abs().max()])

    def difference(self) -> Tensor:
        """Data less free, ⟨s_i s_j⟩₊ − ⟨s_i s_j⟩₋ of links that there are, with biases on the diagonal, (N, N)."""
        return (self.phases.positive - self.phases.negative) * self.links.double().fill_diagonal_(1)

    def paired(self) -> tuple[Tensor, Tensor]:
        """⟨s_i s_j⟩ of every link when data are shown and when free, and every ⟨s_i⟩, (links + N,) each."""
        kept = self.links.logical_or(torch.eye(self.units, dtype=torch.bool)).triu()
        return self.phases.positive[kept], self.phases.negative[kept]

    def expected(self) -> Tensor:
        """The machine's distribution, given what is held, (2^visible,)."""
        return conditional(self.distribution, self.dreams.held)

    def codes(self) -> Tensor:
        """p(h_j = 1 | v) beside every taught pattern, (n, hidden); one NaN where there are no hidden units."""
        if not self.hidden:
            return torch.full((1, 1), torch.nan)
        return self.equilibrium.codes(self.lesson.patterns, self.temperature)
