"""A machine in motion, one decision after another, and what is counted of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import torch
from torch import Tensor

from server.experiments.coins import Coins, reach
from server.experiments.conditional import LARGEST, Conditional, conditional
from server.experiments.cooling import SAME, Cooling, Schedule
from server.experiments.recent import Recent
from server.experiments.visits import Visits
from server.grammar import Refused
from server.models.trajectory import Decisions, Order, Trajectory


@dataclass(frozen=True)
class Conditions:
    """Under which a machine decides. `sweeps` 0: one run for all samples; else each sample is so many sweeps from a
    random state. The last `hidden` units are summed out of what is counted."""

    temperature: float
    order: Order
    sweeps: int
    schedule: Schedule
    hottest: float
    period: int
    hidden: int = 0


class Toss(NamedTuple):
    """The decision of a unit: on where the coin is below the chance."""

    unit: int
    gap: float
    heat: float
    coin: float
    chance: float
    on: bool


class Motion:
    """Weights (N, N), biases (N,) and a random first state. A sample is the state after every decision; or at the end
    of every descent while it is annealed; or at the end of every run of its own."""

    def __init__(self, weights: Tensor, biases: Tensor, seed: int, starts: torch.Generator) -> None:
        self.weights, self.biases = weights, biases
        self._starts = starts
        self.units = len(biases)
        self.trajectory = Trajectory(weights, biases, self._random(), seed)
        self.coins = Coins(reach(weights, biases))

    def under(self, conditions: Conditions) -> None:
        """Go on under these conditions; samples are forgotten."""
        self.conditions = conditions
        self.trajectory.temperature = conditions.temperature
        self.forget()

    def hold(self, unit: int, value: float | None) -> None:
        """Hold a unit at 0 or 1, or (None) free it; samples are forgotten. Raises Refused for the last free one."""
        held, state = self.trajectory.held, self.trajectory.state
        if value is not None and not held[unit] and int(held.sum()) == self.units - 1:
            raise Refused("One unit at least must be free to decide.")
        held[unit] = value is not None
        if value is not None:
            state[unit] = value
        self.trajectory.held, self.trajectory.state = held, state
        self.forget()

    def free(self) -> None:
        """Hold no unit any more."""
        self.trajectory.held = torch.zeros(self.units, dtype=torch.bool)
        self.forget()

    def forget(self) -> None:
        """As if nothing had been counted yet; a descent, or a run of its own, begins anew."""
        state, held, now = self.trajectory.state, self.trajectory.held, self.conditions
        small = self.free_units <= LARGEST
        self.exact: Conditional | None = (
            conditional(self.weights, self.biases, state, held, now.temperature, now.hidden) if small else None
        )
        self.cooling = None
        if now.schedule != "none":
            self.cooling = Cooling(now.schedule, now.hottest, now.temperature, now.period)
        # The tosses of a single free unit know nothing of each other.
        apart = self._own_run > 0 or self.free_units == 1
        self.samples = Visits(self.exact, apart, self.visible) if self.exact else Recent(self.visible)
        self.coins.forget()
        self.decisions = self.rises = self.falls = 0
        self._sum = torch.zeros((), dtype=torch.float64)
        self._passed = 0
        self._over = False
        self.last: Toss | None = None
        if now.sweeps:
            self._begin_again()

    @property
    def free_units(self) -> int:
        """How many are not held."""
        return self.units - int(self.trajectory.held.sum())

    @property
    def visible(self) -> int:
        """How many units, the first ones, are not hidden."""
        return self.units - self.conditions.hidden

    @property
    def place(self) -> int:
        """The number of the visible units' present state, hidden bits 0; −1 beyond 62 units."""
        return self.trajectory.number & ((1 << self.visible) - 1)

    @property
    def _own_run(self) -> int:
        """Decisions from one sample to the next where each has a run of its own; else 0."""
        if self.conditions.schedule != "none":
            return self.conditions.period
        return self.conditions.sweeps * self.free_units

    @property
    def heat(self) -> float:
        """The temperature of the last decision; before any, of the first."""
        if self.last:
            return self.last.heat
        return self.cooling.heat if self.cooling else self.conditions.temperature

    def energies(self, states: Tensor) -> Tensor:
        """(n,) of states (n, N)."""
        return -((states @ self.weights / 2 + self.biases) * states).sum(1)

    @property
    def mean_energy(self) -> Tensor:
        """Of the samples, (); NaN before there are any."""
        return self._sum / self.samples.samples

    @property
    def settled(self) -> bool:
        """Whether no free unit would turn without heat."""
        gaps, on = self.trajectory.gaps, self.trajectory.state == 1
        return bool((((gaps <= SAME) | on) & ((gaps >= -SAME) | ~on) | self.trajectory.held).all())

    def advance(self, steps: int) -> Mapping[str, Tensor]:
        """The energy after each of so many decisions, and the temperature at which it was made."""
        run, parts, heats = self._own_run, list[Decisions](), list[Tensor]()
        ends, deep = list[int](), list[float]()
        while steps:
            if self._over:
                self._begin_again()
            count = min(steps, run - self._passed) if run else steps
            heats.append(self._heats(count))
            parts.append(self._decide(heats[-1]))
            self._passed += count
            steps -= count
            if run and self._passed == run:
                ends.append(self.trajectory.number)
                deep.append(self.trajectory.energy)
                self._end()
        made = Decisions(*(torch.cat(columns) for columns in zip(*parts, strict=True)))
        if run:
            self._count(torch.tensor(ends, dtype=torch.int64), torch.tensor(deep, dtype=torch.float64))
        else:
            self._count(made.number, made.energy)
        if not self.cooling:
            self.coins.add(made)
        self.decisions += len(made.unit)
        unit, gap, chance, coin, on = (column[-1].item() for column in made[:5])
        self.last = Toss(int(unit), gap, float(heats[-1][-1]), coin, chance, bool(on))
        return {"energy": made.energy, "heat": torch.cat(heats)}

    def _heats(self, count: int) -> Tensor:
        """The temperatures of the next decisions."""
        if self.cooling:
            return self.cooling.take(count)
        return torch.full((count,), self.conditions.temperature, dtype=torch.float64)

    def _decide(self, heats: Tensor) -> Decisions:
        before = self.trajectory.energy
        made = self.trajectory.update(len(heats), self.conditions.order, heats)
        climbed, least = made.energy.diff(prepend=made.energy.new_tensor([before])), SAME * max(1.0, abs(before))
        self.rises += int((climbed > least).sum())
        self.falls += int((climbed < -least).sum())
        return made

    def _count(self, numbers: Tensor, energies: Tensor) -> None:
        """Count samples, by the number and the energy of the state."""
        self.samples.add(numbers)
        self._sum = self._sum + energies.sum()

    def _end(self) -> None:
        """A run of its own has ended; its last state stays to be seen until the next decision."""
        self._over = True
        if self.cooling:
            self.cooling.end(self.trajectory.energy, self.exact.lowest if self.exact else -inf)

    def _begin_again(self) -> None:
        """The next run of its own: from the top of a descent, or from a random state."""
        self._passed = 0
        self._over = False
        if not self.cooling:
            self.trajectory.state = torch.where(self.trajectory.held, self.trajectory.state, self._random())

    def _random(self) -> Tensor:
        return torch.randint(2, (self.units,), generator=self._starts).double()
