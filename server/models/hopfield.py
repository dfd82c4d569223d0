"""Hopfield network: N units s = ±1 that recall by running down an energy E(s), whatever memory made it.

A unit turns on where its field h_i = (E(s_i = −1) − E(s_i = +1)) / 2 is positive and off where it is
negative; a field of 0 is a tie. With heat T > 0 it turns on with probability 1/(1 + exp(−2h/T)). Everything
is float64.

Sources: J. J. Hopfield, PNAS 79 (1982) 2554; R. J. Glauber, J. Math. Phys. 4 (1963) 294 (heat).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from server.models.kernels import loops
from server.models.kernels.randomness import uniform
from server.models.kernels.runs import Record, Run
from server.models.kernels.verbs import Floats
from server.models.machines import machine_for
from server.models.memory import Memory
from server.models.updates import RISE as RISE
from server.models.updates import Updates as Updates

Order = Literal["random", "in turn", "all at once"]

Ties = Literal["keep", "on", "coin"]
"""What a unit does at a field of 0 without heat: keep its state, turn on, or toss a fair coin."""
TIES: tuple[Ties, ...] = get_args(Ties)


def overlaps(patterns: Tensor, states: Tensor) -> Tensor:
    """m^μ = (1/N) Σ_i ξ_i^μ s_i for patterns (p, N), states (…, N): (…, p); 1 = recalled, −1 = negative."""
    return states.double() @ patterns.double().T / patterns.shape[1]


class Network:
    """A state (N,) that recalls by a memory, compared with the patterns (p, N).

    ``memory``, ``patterns``, ``threshold``, ``temperature`` and ``ties`` may be set at any time; the state
    stays. The random order, heat and coins come from ``seed`` alone, as many draws in every update, so
    ``update(3); update(4)`` is bit for bit ``update(7)``.

    Raises ValueError if shapes disagree or the state is not ±1.
    """

    def __init__(
        self,
        memory: Memory,
        patterns: Tensor,
        state: Tensor,
        seed: int,
        *,
        threshold: float = 0.0,
        temperature: float = 0.0,
        ties: Ties = "keep",
    ) -> None:
        size = state.numel()
        self.temperature = temperature
        self.ties: Ties = ties
        self._threshold = threshold
        self._spins = _units(state)
        self._sequence, self._counters = np.arange(size, dtype=np.int32), np.zeros(3, np.int32)
        self._randomness, self._chosen = np.array([seed], np.uint64), np.zeros(size, np.bool_)
        self.memory = memory
        self.patterns = patterns

    @property
    def memory(self) -> Memory:
        """What was learnt. Setting another keeps the state, and the position in the sweep."""
        return self._memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        if memory.size != self._spins.size:
            raise ValueError(f"A memory of {memory.size} units does not fit a state of {self._spins.size}.")
        self._memory = memory
        self._machine = machine_for(memory)
        self._renew()

    @property
    def patterns(self) -> Tensor:
        """What overlaps are measured with (p, N)."""
        return self._patterns

    @patterns.setter
    def patterns(self, patterns: Tensor) -> None:
        if patterns.shape[1:] != self._spins.shape:
            raise ValueError(f"Patterns must be p×{self._spins.size}, not {tuple(patterns.shape)}.")
        self._patterns = patterns.double()
        by_unit = self._patterns.T.contiguous().numpy()
        self._run = Run(
            self._spins, by_unit, self._spins @ by_unit, self._chosen, self._randomness, self._sequence, self._counters
        )

    @property
    def state(self) -> Tensor:
        """The units (N,), ±1. Setting it keeps the position in the sweep."""
        return torch.from_numpy(self._spins.copy())

    @state.setter
    def state(self, state: Tensor) -> None:
        self._spins[:] = _units(state)
        self._run.products[:] = self._spins @ self._run.patterns
        self._renew()

    def _renew(self) -> None:
        self._counters[1] = 0
        loops.prepare(self._machine, self._spins)
        self._measure()

    @property
    def threshold(self) -> float:
        """θ, the same for all units."""
        return self._threshold

    @threshold.setter
    def threshold(self, threshold: float) -> None:
        if threshold != self._threshold:
            self._threshold = threshold
            self._measure()

    def _measure(self) -> None:
        self._energy = loops.energy_of(self._machine, self._spins, self._threshold)

    @property
    def energy(self) -> float:
        """E of the present state."""
        return float(self._energy)

    @property
    def fields(self) -> Tensor:
        """h (N,) of the present state."""
        return self.memory.fields(self.state, self._threshold)

    @property
    def overlaps(self) -> Tensor:
        """m^μ (p,) of the present state."""
        return torch.from_numpy(self._run.products / self._spins.size)

    @property
    def settled(self) -> bool:
        """Whether no unit would change its state without heat. A coin may be tossed at any tie."""
        state, fields = self.state, self.fields
        return self._never_tosses(fields) and torch.equal(self._all_decide(fields, state), state)

    @property
    def swaps(self) -> bool:
        """Whether all units deciding at once without heat would swap between two states for ever."""
        state, fields = self.state, self.fields
        other = self._all_decide(fields, state)
        back = self.memory.fields(other, self._threshold)
        returns = torch.equal(self._all_decide(back, other), state)
        return returns and not torch.equal(other, state) and self._never_tosses(fields) and self._never_tosses(back)

    def _all_decide(self, fields: Tensor, state: Tensor) -> Tensor:
        """The next state (N,) without heat, were the coin to keep the state at ties."""
        return torch.where(fields == 0, torch.ones_like(state) if self.ties == "on" else state, fields.sign())

    def _never_tosses(self, fields: Tensor) -> bool:
        return self.ties != "coin" or bool((fields != 0).all())

    def following(self, order: Order = "random") -> int:
        """The unit that decides next, −1 where all do. Its draw is only looked at, not taken."""
        if order == "all at once":
            return -1
        place = int(self._counters[0])
        if order == "in turn":
            return place
        return int(self._sequence[place + int(uniform(self._randomness.copy()) * (len(self._sequence) - place))])

    def together(self) -> Tensor:
        """The state (N,) if all units decided at once without heat."""
        return self._all_decide(self.fields, self.state)

    def update(self, steps: int, order: Order = "random") -> Updates:
        """Do ``steps`` updates: of one unit each, or of all at once when ``order`` is "all at once".

        "random" lets every unit decide once in each sweep of N updates, in a fresh random order.
        """
        record = Record(
            energies=np.empty(steps),
            changes=np.empty(steps),
            fields=np.empty(steps),
            units=np.empty(steps, np.int32),
            flips=np.empty(steps, np.int32),
            overlaps=np.empty((steps + 1, self._run.products.size)),
        )
        machine, threshold, heat = self._machine, self._threshold, float(self.temperature)
        run, columns, ties = tuple(self._run), tuple(record), TIES.index(self.ties)
        if order == "all at once":
            record.fields[:], record.units[:] = np.nan, -1
            self._energy = loops.all_at_once(machine, run, columns, threshold, heat, ties, self._energy)
        else:
            code = loops.RANDOM if order == "random" else loops.IN_TURN
            self._energy = loops.one_at_a_time(machine, run, columns, threshold, heat, code, ties, self._energy)
        record = record._replace(overlaps=record.overlaps[: self._counters[2]])
        return Updates(*map(torch.from_numpy, record))


def _units(state: Tensor) -> Floats:
    if state.ndim != 1 or not bool((state.abs() == 1).all()):
        raise ValueError("Every unit of the state (N,) must be +1 or −1.")
    return state.to(torch.float64, copy=True).numpy()
