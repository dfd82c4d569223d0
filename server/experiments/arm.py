"""One of the nets of a training page: how it is made, how it takes its steps, and where it broke."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from server.models.backpropagation import Backpropagation
from server.models.data import Split
from server.models.mlp import MLP, targets_of
from server.models.optimisers import OPTIMISERS, SGD, Adam
from server.models.program import nonfinite
from server.models.schedules import rates


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a training run, apart from its data and seeds. Fields are named as the controls are."""

    unit: str
    first_weights: str
    learning_rate: float
    batch: int = 64
    layers: int = 1
    """Hidden layers, each of `units` units of the kind `unit`."""
    units: int = 8
    distribution: str = "uniform"
    scale: float = 1.0
    loss: str = "cross_entropy"
    optimiser: str = "sgd"
    momentum: float = 0.0
    nesterov: bool = False
    schedule: str = "constant"
    period: int = 200
    weight_decay: float = 0.0
    l1: float = 0.0
    dropout: float = 0.0
    batch_norm: bool = False
    skip: bool = False
    random_labels: float = 0.0
    """Per cent of the training examples whose label is drawn by lot."""
    patience: int = 0
    """Looks at the validation loss without a new best after which training stops; 0: it goes on."""
    replacement: bool = False
    """Whether minibatches are drawn by lot from all examples, rather than from what the epoch has left."""
    widths: tuple[int, ...] = ()
    """Units of each hidden layer where they are not all the same; then `layers` and `units` say nothing."""

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of every hidden layer."""
        return self.widths or (self.units,) * self.layers


SHARED = {
    "seed": (),
    "data": ("random_labels",),
    "first weights": ("first_weights", "scale", "distribution", "hidden"),
    "minibatches": ("batch", "replacement"),
}
"""What two runs have in common, unless they differ in one of these of `Recipe`."""


def alike(a: Recipe, b: Recipe) -> list[str]:
    """What two runs of the same seeds have in common, beside all that their recipes say."""
    return [noun for noun, fields in SHARED.items() if all(getattr(a, field) == getattr(b, field) for field in fields)]


class Arm:
    """A net trained on `data`. `seed` draws its first weights: the same for all arms of a page."""

    def __init__(self, recipe: Recipe, data: Split, seed: torch.Generator, device: torch.device) -> None:
        self.recipe = recipe
        self.net = MLP(
            (data.train_inputs.shape[1], *recipe.hidden, data.classes or 1),
            hidden=recipe.unit,
            loss=recipe.loss if data.classes else "squared_error",
            initialiser=recipe.first_weights,
            distribution="normal" if recipe.distribution == "normal" else "uniform",
            scale=recipe.scale,
            batch_norm=recipe.batch_norm,
            skip=recipe.skip,
            dropout=recipe.dropout,
            generator=seed,
            device=device,
        )
        self.descent = OPTIMISERS[recipe.optimiser](
            self.net.parameters, self.net.gradient, learning_rate=recipe.learning_rate
        )
        self.follow(recipe)
        self.learn(data)
        self.taken = 0
        self.resting = False
        self.ended = False
        self.first = self.net.parameters.clone()
        self._changing = (self.net.parameters, self.net.statistics, *self.descent.state.values())
        self._kept = [torch.empty_like(tensor) for tensor in self._changing]
        self.keep()

    def follow(self, recipe: Recipe) -> None:
        """Take over what may change while the run goes on."""
        self.recipe = recipe
        self.descent.weight_decay, self.descent.l1 = recipe.weight_decay, recipe.l1
        if not isinstance(self.descent, Adam):
            self.descent.momentum = recipe.momentum
        if isinstance(self.descent, SGD):
            self.descent.nesterov = recipe.nesterov

    def learn(self, data: Split) -> None:
        """From now on these are the examples. There are as many classes, or inputs, as the net was made for."""
        device = self.net.parameters.device
        self.data = Split(**{name: tensor.to(device) for name, tensor in vars(data).items()})
        self.inputs, self.targets = self.data.train_inputs, _targets(self.data.train_labels, data.classes)

    def rates(self, steps: int) -> Tensor:
        """The learning rates (steps,) float64 of the coming steps, by the schedule."""
        recipe, coming = self.recipe, torch.arange(self.taken, self.taken + steps)
        return rates(recipe.schedule, recipe.learning_rate, recipe.period, coming)

    def look(self, minibatch: Tensor) -> Tensor:
        """Loss and gradient of a minibatch (indices, (m,)), without a step."""
        program = self._bound(minibatch)
        program.run()
        return program.loss

    def train(self, minibatches: Sequence[Tensor], losses: Tensor) -> None:
        """One step on each minibatch, unless `resting`; its loss before that step goes into losses (steps,).

        An arm that has `ended` takes none, and has no loss.
        """
        if self.ended:
            losses.fill_(torch.nan)
            self.taken += len(minibatches)
            return
        for minibatch, loss, rate in zip(
            minibatches, losses.unbind(), self.rates(len(minibatches)).tolist(), strict=True
        ):
            loss.copy_(self.look(minibatch).view(()))
            self._step(rate)

    def accuracy(self) -> Tensor:
        """Per cent of the test examples that are named rightly."""
        return 100 * self.net.accuracy(self.data.test_inputs, self.data.test_labels)

    def training_loss(self) -> Tensor:
        """Mean cross-entropy of all training examples, by the net as it predicts."""
        return cross_entropy(self.net.predict(self.inputs), self.data.train_labels)

    def test_loss(self) -> Tensor:
        """Mean cross-entropy of all test examples, by the net as it predicts."""
        return cross_entropy(self.net.predict(self.data.test_inputs), self.data.test_labels)

    def wandered(self) -> Tensor:
        """‖θ − θ₀‖: how far all parameters together are from where they began."""
        return torch.dist(self.net.parameters, self.first)

    def keep(self) -> None:
        """Remember this moment, for `back`."""
        self._moment = (self.taken, self.descent.steps, self.resting, self.net.masks.get_state())
        for copy, tensor in zip(self._kept, self._changing, strict=True):
            copy.copy_(tensor)

    def back(self) -> None:
        """Return to the moment of the last `keep`."""
        self.taken, self.descent.steps, self.resting, masks = self._moment
        self.net.masks.set_state(masks)
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
        for number, (minibatch, rate) in enumerate(
            zip(minibatches, self.rates(len(minibatches)).tolist(), strict=True)
        ):
            if where := self._bound(minibatch).first_nonfinite():
                return number, where
            self._step(rate)
            if where := self.net.first_nonfinite() or self._forgotten():
                return number, where
        raise RuntimeError("Steps that had broken the net broke nothing when they were repeated.")

    def _forgotten(self) -> str:
        """What the rule remembers that is not finite, and of which layer; "" when all is.

        The gradient's square overflows long before the gradient does. Such a weight would never move again.
        """
        for what, tensor in self.descent.state.items():
            if word := nonfinite(tensor):
                first = int((~tensor.isfinite()).nonzero()[0])
                return f"{what} of {self.net.owner(first).name} became {word}"
        return ""

    def _step(self, rate: float) -> None:
        if self.resting:
            return
        self.descent.learning_rate = rate
        self.descent.step()
        self.taken += 1

    def _bound(self, minibatch: Tensor) -> Backpropagation:
        """The net's program with this minibatch in place."""
        program = self.program = self.net.program(len(minibatch))
        torch.index_select(self.inputs, 0, minibatch, out=program.inputs)
        torch.index_select(self.targets, 0, minibatch, out=program.targets)
        return program


def _targets(labels: Tensor, classes: int) -> Tensor:
    """What the outputs should be (n, outputs): one-hot rows, or the values themselves."""
    return targets_of(labels, classes) if classes else labels.view(len(labels), -1)
