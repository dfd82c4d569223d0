"""One of the two nets of an A/B page: how it is made, how it takes its steps, and where it broke."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from server.models.backpropagation import Backpropagation
from server.models.data import Split
from server.models.mlp import MLP, targets_of
from server.models.optimisers import SGD

CLASSES = 10


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a training run, apart from its data, seeds and minibatches."""

    layers: int
    """Hidden layers, each of `units` units of the kind `unit`."""
    units: int
    unit: str
    first_weights: str
    learning_rate: float
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    batch_norm: bool = False


class Arm:
    """A net trained on the digits. `seed` draws its first weights: the same for both arms."""

    def __init__(self, recipe: Recipe, data: Split, seed: torch.Generator, device: torch.device) -> None:
        inputs = data.train_inputs.shape[1]
        self.net = MLP(
            (inputs, *[recipe.units] * recipe.layers, CLASSES),
            hidden=recipe.unit,
            initialiser=recipe.first_weights,
            batch_norm=recipe.batch_norm,
            generator=seed,
            device=device,
        )
        self.descent = SGD(self.net.parameters, self.net.gradient, learning_rate=recipe.learning_rate)
        self.follow(recipe)
        self.inputs = data.train_inputs.to(device)
        self.targets = targets_of(data.train_labels, CLASSES).to(device)
        self.test_inputs, self.test_labels = data.test_inputs.to(device), data.test_labels.to(device)
        self._changing = (self.net.parameters, self.net.statistics, self.descent.velocity)
        self._kept = [torch.empty_like(tensor) for tensor in self._changing]
        self._was_moving = False

    def follow(self, recipe: Recipe) -> None:
        """Take over what may change while the run goes on."""
        self.descent.learning_rate, self.descent.momentum = recipe.learning_rate, recipe.momentum
        self.descent.nesterov, self.descent.weight_decay = recipe.nesterov, recipe.weight_decay

    def look(self, minibatch: Tensor) -> Tensor:
        """Loss and gradient of a minibatch (indices, (m,)), without a step."""
        program = self._bound(minibatch)
        program.run()
        return program.loss

    def train(self, minibatches: Sequence[Tensor], losses: Tensor) -> None:
        """One step on each minibatch; its loss before that step goes into losses (steps,)."""
        for minibatch, loss in zip(minibatches, losses.unbind(), strict=True):
            loss.copy_(self.look(minibatch).view(()))
            self.descent.step()

    def accuracy(self) -> Tensor:
        """Per cent of the test digits that are named rightly."""
        return 100 * self.net.accuracy(self.test_inputs, self.test_labels)

    def keep(self) -> None:
        """Remember this moment, for `back`."""
        self._was_moving = self.descent.moving
        for copy, tensor in zip(self._kept, self._changing, strict=True):
            copy.copy_(tensor)

    def back(self) -> None:
        """Return to the moment of the last `keep`."""
        self.descent.moving = self._was_moving
        for copy, tensor in zip(self._kept, self._changing, strict=True):
            tensor.copy_(copy)

    def broken(self, losses: Tensor) -> bool:
        """Whether a loss of the last steps, a parameter or a running average is not finite."""
        # 0·x is 0 unless x is infinite or NaN: a third of the time that `isfinite().all()` takes.
        return not all(bool((0 * tensor).sum() == 0) for tensor in (losses, *self._changing))

    def diagnose(self, minibatches: Sequence[Tensor]) -> tuple[int, str]:
        """Repeat the steps since `keep`, looking at every number: which step and what was the first to break.

        The steps themselves need not look, which would make each of them several times slower.
        """
        self.back()
        for number, minibatch in enumerate(minibatches):
            if where := self._bound(minibatch).first_nonfinite():
                return number, where
            self.descent.step()
            if where := self.net.first_nonfinite():
                return number, where
        return len(minibatches) - 1, "velocity became infinite"

    def _bound(self, minibatch: Tensor) -> Backpropagation:
        """The net's program with this minibatch in place."""
        program = self.program = self.net.program(len(minibatch))
        torch.index_select(self.inputs, 0, minibatch, out=program.inputs)
        torch.index_select(self.targets, 0, minibatch, out=program.targets)
        return program
