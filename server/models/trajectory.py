"""A Boltzmann machine in slow motion: one unit at a time looks at its energy gap and tosses a coin.

    ΔE_i = E(s_i = 0) − E(s_i = 1) = b_i + Σ_j W_ij s_j,        p(on) = 1 / (1 + exp(−ΔE_i / T))

At T = 0 the coin is gone: on where ΔE > 0, off where ΔE < 0, unchanged at a tie: a Hopfield network.

Source: D. Ackley, G. Hinton, T. Sejnowski, Cognitive Science 9 (1985) 147. Everything is float64.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from server.models.boltzmann import require_links
from server.models.kernels import decisions, loops
from server.models.kernels.decisions import NUMBERED, Record, Walk
from server.models.kernels.randomness import uniform
from server.models.kernels.verbs import Floats

Order = Literal["random", "in turn"]


class Decisions(NamedTuple):
    """What n updates did, (n,) each."""

    unit: Tensor  # int32, who decided; −1 where all units are held (gap, chance and coin are NaN there)
    gap: Tensor  # float64, ΔE
    chance: Tensor  # float64, p(on)
    coin: Tensor  # float64 in [0, 1): on where it is below the chance
    on: Tensor  # bool
    energy: Tensor  # float64, after the update
    number: Tensor  # int64, of the state after it: bit i is unit i; −1 beyond 62 units


class Trajectory:
    """A state (N,) of 0 and 1 under symmetric weights (N, N) without links of a unit to itself, and biases (N,).

    ``temperature`` (≥ 0), ``state`` and ``held`` may be set at any time. Order and coins come from ``seed``
    alone, one draw an update, so ``update(3); update(4)`` is bit for bit ``update(7)``.

    Raises ValueError if shapes disagree, weights are not symmetric or the state is not of 0 and 1.
    """

    def __init__(self, weights: Tensor, biases: Tensor, state: Tensor, seed: int, *, temperature: float = 1.0) -> None:
        require_links(weights, biases)
        size = len(biases)
        self._walk = Walk(
            weights=_doubles(weights),
            biases=_doubles(biases),
            state=np.zeros(size),
            fields=np.zeros(size),
            free=np.zeros(size, np.int32),
            sequence=np.zeros(size, np.int32),
            counters=np.zeros(4, np.int64),
            randomness=np.array([seed], np.uint64),
            visits=np.zeros(0, np.int64),
        )
        self.temperature = temperature
        self.held = torch.zeros(size, dtype=torch.bool)
        self.state = state

    @property
    def temperature(self) -> float:
        """T; 0 is a Hopfield network."""
        return self._temperature

    @temperature.setter
    def temperature(self, temperature: float) -> None:
        if not temperature >= 0:
            raise ValueError(f"The temperature must be 0 or above, not {temperature}.")
        self._temperature = float(temperature)

    @property
    def state(self) -> Tensor:
        """The units (N,). Setting it keeps the position in the sweep."""
        return torch.from_numpy(self._walk.state.copy())

    @state.setter
    def state(self, state: Tensor) -> None:
        walk = self._walk
        if state.shape != walk.state.shape or not bool(((state == 0) | (state == 1)).all()):
            raise ValueError(f"The state must be {walk.state.size} units of 0 or 1.")
        walk.state[:] = _doubles(state)
        walk.counters[2:] = 0, number_of(state)
        self._energy = decisions.renew(walk.state, walk.weights, walk.biases, walk.fields)

    @property
    def held(self) -> Tensor:
        """Which units (N,) never decide. Setting it begins a new sweep."""
        return self._held.clone()

    @held.setter
    def held(self, held: Tensor) -> None:
        walk = self._walk
        if held.shape != walk.state.shape:
            raise ValueError(f"Held or not must be said of {walk.state.size} units, not of {tuple(held.shape)}.")
        self._held = held.to(torch.bool, copy=True)
        free = np.flatnonzero(~self._held.numpy())
        walk.free[: len(free)] = walk.sequence[: len(free)] = free
        walk.counters[:2] = 0, len(free)

    @property
    def energy(self) -> float:
        """E of the present state."""
        return float(self._energy)

    @property
    def number(self) -> int:
        """Of the present state; −1 beyond 62 units."""
        return int(self._walk.counters[3])

    @property
    def gaps(self) -> Tensor:
        """ΔE (N,) of every unit at present."""
        return torch.from_numpy(self._walk.fields.copy())

    def following(self, order: Order = "random") -> int:
        """The unit that decides next, −1 if all are held. Its draw is only looked at, not taken."""
        walk = self._walk
        position, free = int(walk.counters[0]), int(walk.counters[1])
        if position == free:
            return -1
        if order == "in turn":
            return int(walk.free[position])
        return int(walk.sequence[position + int(uniform(walk.randomness.copy()) * (free - position))])

    def update(
        self,
        steps: int,
        order: Order = "random",
        temperatures: Tensor | None = None,
        visits: Tensor | None = None,
    ) -> Decisions:
        """Let ``steps`` units decide, each at the trajectory's temperature or at its own of ``temperatures`` (steps,).

        "random" lets every free unit decide once in each sweep, in a fresh random order. After every update
        ``visits`` (2^N,) int64 counts the state there. Raises ValueError where one of the two has another form.
        """
        heats = np.full(steps, self.temperature) if temperatures is None else _heats(temperatures, steps)
        record = Record(
            unit=np.empty(steps, np.int32),
            gap=np.empty(steps),
            chance=np.empty(steps),
            coin=np.empty(steps),
            on=np.empty(steps, np.bool_),
            energy=np.empty(steps),
            number=np.empty(steps, np.int64),
        )
        walk = self._walk if visits is None else self._walk._replace(visits=self._counts(visits))
        code = loops.RANDOM if order == "random" else loops.IN_TURN
        self._energy = decisions.decide(tuple(walk), tuple(record), heats, code, self._energy)
        return Decisions(*map(torch.from_numpy, record))

    def _counts(self, visits: Tensor) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        size = len(self._walk.state)
        if visits.dtype != torch.int64 or visits.shape != (2**size,) or not visits.is_contiguous():
            raise ValueError(f"Visits of {size} units must be 2^{size} whole numbers (int64), side by side.")
        return visits.numpy()


def number_of(state: Tensor) -> int:
    """Σ_i 2^i s_i of a state (N,) of 0 and 1; −1 beyond 62 units."""
    if len(state) > NUMBERED:
        return -1
    return sum(1 << unit for unit in torch.nonzero(state).flatten().tolist())


def _doubles(values: Tensor) -> Floats:
    """A copy of its own."""
    return values.detach().to("cpu", torch.float64, copy=True, memory_format=torch.contiguous_format).numpy()


def _heats(temperatures: Tensor, steps: int) -> Floats:
    if temperatures.shape != (steps,) or not bool((temperatures >= 0).all()):
        raise ValueError(f"Each of the {steps} updates needs a temperature of 0 or above.")
    return _doubles(temperatures)
