"""One of the machines that learn the same patterns side by side, each by its own estimate of the gradient."""

from collections.abc import Mapping

import torch
from torch import Tensor

from server.grammar import Line, Number
from server.grammar.views import Mark
from server.models.contrastive_divergence import Learner, Way
from server.models.rbm import RBM

SPREAD = 0.01
PARTICLES = 100
WAYS: dict[str, Way] = {"exact": "exact", "cd_k": "CD", "tempering": "tempering", "pcd": "PCD", "cd_1": "CD"}
"""Every machine's name in channels, and where the model's part of its gradient comes from."""
LABELS = {"exact": "exact", "cd_k": "CD-k", "tempering": "tempering", "pcd": "PCD", "cd_1": "CD-1"}
MARKS: dict[str, Mark] = {"cd_k": "other", "tempering": "other", "pcd": "A", "exact": "B", "cd_1": "ink"}
"""The two that stay near each other are grey; the last is drawn over all others."""


def lines(channel: str, labels: Mapping[str, str] = LABELS) -> tuple[Line, ...]:
    """One for each machine, CD-1's in ink."""
    return tuple(
        Line(channel=f"{channel}_{name}", label=labels.get(name, ""), mark=mark) for name, mark in MARKS.items()
    )


def numbers(channel: str, digits: int) -> tuple[Number, ...]:
    """One for each machine."""
    return tuple(Number(channel=f"{channel}_{name}", label=label, digits=digits) for name, label in LABELS.items())


class Ascent:
    """A machine whose first weights come from `first`, the same for all; its own draws come from `generator`.

    It learns all `patterns` (n, visible) at once; persistent and tempered chains are `PARTICLES`.
    """

    def __init__(
        self, name: str, patterns: Tensor, hidden: int, first: torch.Generator, generator: torch.Generator
    ) -> None:
        self.way = WAYS[name]
        self.single = name == "cd_1"
        self.patterns = patterns
        self.machine = RBM.random(patterns.shape[1], hidden, first, spread=SPREAD, device=patterns.device)
        self.learner = Learner(self.machine, generator, particles=PARTICLES)

    def update(self, rate: float, decay: float, sweeps: int) -> Tensor:
        """One movement of the weights; the reconstruction error before it, ()."""
        learner = self.learner
        learner.learning_rate, learner.weight_decay = rate, decay
        error = learner.estimate(self.way, self.patterns, sweeps if self.way == "CD" and not self.single else 1)
        learner.update()
        return error
