"""A deep machine on its way: each pair of layers learns alone, then all together; and dreams all the while."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from server.experiments.shown import Erased
from server.grammar import Parameters, choice, slider, toggle
from server.models.boltzmann import Boltzmann, Chains
from server.models.joint_learning import Learner
from server.models.pretraining import Pretraining

DREAMS = 100
PRETRAINING_RATE = 5.0
"""Times the learning rate: a pair of layers bears more than the whole."""
TOLERANCE = 1e-3
"""Of mean field while learning: far below the noise of a minibatch."""


class Training(Parameters):
    """How the machine learns and dreams; all but the length of pre-training at once."""

    learning: bool = toggle(
        True, label="learning", applies="live",
        help="Off: the weights stand still; dreams and measurements go on.",
    )  # fmt: skip
    temperature: float = slider(
        1.0, 0.2, 5, scale="log", symbol="T", label="temperature of dreams", applies="live",
        help="Heat of the dreams only; learning is at 1.",
    )  # fmt: skip
    held: Literal["none", "top"] = choice(
        "none", label="held in dreams", labels={"none": "nothing", "top": "the top layer"}, applies="live",
        help="The top layer held: each dream keeps its theme and varies in detail. After pre-training.",
    )  # fmt: skip
    learning_rate: float = slider(
        0.04, 0.001, 1, scale="log", symbol=r"\eta", label="learning rate", applies="live",
        help="How far the weights move per minibatch; in pre-training five times as far.",
    )  # fmt: skip
    momentum: float = slider(
        0.5, 0, 0.95, step=0.05, label="momentum", applies="live", help="Share of the last movement that is kept."
    )
    weight_decay: float = slider(
        0.0001, 0, 0.01, step=0.0001, symbol=r"\lambda", label="weight decay", applies="live",
        help="Pull of every weight towards 0.",
    )  # fmt: skip
    erased: Erased = choice(
        "lower", label="erase half", labels={"lower": "lower half", "right": "right half", "none": "nothing"},
        applies="live", help="What the machine must fill in of a picture that it has never seen.",
    )  # fmt: skip
    sweeps: int = slider(
        10, 1, 25, label="mean-field sweeps", applies="live",
        help="At most so many per minibatch; fewer where the chances settle earlier.",
    )  # fmt: skip
    gibbs: int = slider(
        3, 1, 10, symbol="k", label="Gibbs sweeps", applies="live",
        help="Of the 100 chains per minibatch of joint learning. Too few, and they lag behind the weights.",
    )  # fmt: skip
    pretraining: int = slider(
        200, 0, 1000, step=50, label="pre-training per layer",
        help="Minibatches for each layer alone, from the pixels up; 0: all together from the start.",
    )  # fmt: skip


class Stacked:
    """Teaches a machine in place, minibatch by minibatch. The three generators are of its three uses of chance."""

    def __init__(self, machine: Boltzmann, generators: Sequence[torch.Generator], each: int) -> None:
        alone, together, dreaming = generators
        self.machine, self.each = machine, each
        self.first = [weights.clone() for weights in machine.couplings.between]
        self.pretraining = Pretraining(machine, alone)
        self.learner = Learner(machine, together, particles=DREAMS)
        self.dreams = Chains(machine, DREAMS, dreaming)
        self.dreams.scatter()
        self.learnt = 0
        self.sweeps = 0
        """That mean field took for the last minibatch; 0 in pre-training."""

    @property
    def level(self) -> int | None:
        """Which pair of layers learns alone now, counted from 0; None: all learn together."""
        pairs = len(self.machine.couplings.between)
        level = self.learnt // self.each if self.each else pairs
        return level if level < pairs else None

    def so_far(self) -> Boltzmann:
        """The machine that what is learnt so far makes up; see `Pretraining.so_far`."""
        return self.machine if self.level is None else self.pretraining.so_far()

    def hold(self, top: bool) -> None:
        """Hold the top layer of every dream from now on, or let it go."""
        units = torch.ones_like(self.dreams.states[-1][0])
        self.dreams.hold(len(self.dreams.states) - 1, units if top else None)

    def step(self, batch: Tensor, training: Training) -> None:
        """One minibatch (n, visible), and one sweep of the dreams."""
        self.dreams.machine = self.machine.at(training.temperature)
        level = self.level
        if level is None:
            self._together(batch, training)
        elif training.learning:
            self._alone(batch, level, training)
        if level is not None and self.pretraining.level >= 0:
            self.pretraining.sweep(self.dreams)
        else:
            self.dreams.sweep()

    def _alone(self, batch: Tensor, level: int, training: Training) -> None:
        self.pretraining.learn(
            batch,
            level,
            learning_rate=PRETRAINING_RATE * training.learning_rate,
            momentum=training.momentum,
            decay=training.weight_decay,
        )
        self.learnt += 1
        if self.level is None:  # the stack is whole: where it dreams, the chains of learning begin
            for layer, states in enumerate(self.dreams.states):
                self.learner.chains.start(layer, states)

    def _together(self, batch: Tensor, training: Training) -> None:
        learner = self.learner
        learner.learning_rate, learner.momentum = training.learning_rate, training.momentum
        learner.weight_decay = training.weight_decay
        self.sweeps = learner.positive(batch, sweeps=training.sweeps, tolerance=TOLERANCE).sweeps
        if training.learning:
            learner.negative(training.gibbs)
            learner.update()
            self.learnt += 1
