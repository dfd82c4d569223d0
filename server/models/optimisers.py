"""Rules that turn a gradient into a step downhill. Each works on flat parameters and a flat gradient.

Every rule first adds the pull of the penalties, which draw the parameters towards 0:

    g = ∂E/∂θ + weight_decay · θ + l1 · sign θ

that is ∂/∂θ of ½ weight_decay Σ θ² and of l1 Σ |θ|. All rates are plain attributes: change them between steps as
you like. What a rule remembers is its `state`, by what it is, and `steps`: copy them to keep a moment, write them
back to return to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor


class Optimiser:
    """What all rules have in common; a rule of its own says `_move`."""

    def __init__(
        self,
        parameters: Tensor,
        gradient: Tensor,
        *,
        learning_rate: float,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.learning_rate, self.weight_decay, self.l1 = learning_rate, weight_decay, l1
        self.steps = 0
        self.state: Mapping[str, Tensor] = {}
        self._penalised = torch.empty_like(parameters)
        self._work = torch.empty_like(parameters)

    def step(self) -> None:
        """Move the parameters once, along the gradient as it now stands."""
        gradient = self.gradient
        if self.weight_decay:
            gradient = torch.add(gradient, self.parameters, alpha=self.weight_decay, out=self._penalised)
        if self.l1:
            torch.sign(self.parameters, out=self._work)
            gradient = torch.add(gradient, self._work, alpha=self.l1, out=self._penalised)
        self.steps += 1
        self._move(gradient)

    def _move(self, gradient: Tensor) -> None:
        raise NotImplementedError


class _Moving(Optimiser):
    """A rule with momentum: v ← momentum · v + its own direction, from v = 0."""

    def __init__(
        self,
        parameters: Tensor,
        gradient: Tensor,
        *,
        learning_rate: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, gradient, learning_rate=learning_rate, weight_decay=weight_decay, l1=l1)
        self.velocity = torch.zeros_like(parameters)
        self.momentum = momentum

    @property
    def momentum(self) -> float:
        """How much of the last step is kept. Turned on again, it starts from rest, not from the velocity of long
        ago."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum: float) -> None:
        self._momentum = momentum
        if not momentum:
            self.velocity.zero_()


class SGD(_Moving):
    """Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it.

        v ← momentum · v + g                 (v starts at 0)
        θ ← θ − learning_rate · v            (nesterov: θ ← θ − learning_rate · (g + momentum · v))

    Source: Sutskever et al. (2013), in PyTorch's form, where the learning rate is outside the velocity.
    """

    def __init__(
        self,
        parameters: Tensor,
        gradient: Tensor,
        *,
        learning_rate: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(
            parameters, gradient, learning_rate=learning_rate, momentum=momentum, weight_decay=weight_decay, l1=l1
        )
        self.nesterov = nesterov
        self.state = {"velocity": self.velocity}

    def _move(self, gradient: Tensor) -> None:
        self.parameters.sub_(self._direction(gradient) if self._momentum else gradient, alpha=self.learning_rate)

    def _direction(self, gradient: Tensor) -> Tensor:
        torch.add(gradient, self.velocity, alpha=self._momentum, out=self.velocity)
        if not self.nesterov:
            return self.velocity
        return torch.add(gradient, self.velocity, alpha=self._momentum, out=self._work)


class RMSprop(_Moving):
    """Every parameter's step divided by the size its gradient lately had, as `torch.optim.RMSprop` defines it.

        r ← alpha · r + (1 − alpha) · g²
        v ← momentum · v + g / (√r + epsilon)
        θ ← θ − learning_rate · v

    Source: Hinton, Neural Networks for Machine Learning, lecture 6 (2012).
    """

    def __init__(
        self,
        parameters: Tensor,
        gradient: Tensor,
        *,
        learning_rate: float,
        alpha: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(
            parameters, gradient, learning_rate=learning_rate, momentum=momentum, weight_decay=weight_decay, l1=l1
        )
        self.alpha, self.epsilon = alpha, epsilon
        self.square = torch.zeros_like(parameters)
        self.state = {"velocity": self.velocity, "mean square of the gradient": self.square}

    def _move(self, gradient: Tensor) -> None:
        self.square.mul_(self.alpha).addcmul_(gradient, gradient, value=1 - self.alpha)
        size = torch.sqrt(self.square, out=self._work).add_(self.epsilon)
        if not self._momentum:
            self.parameters.addcdiv_(gradient, size, value=-self.learning_rate)
            return
        self.velocity.mul_(self._momentum).addcdiv_(gradient, size)
        self.parameters.sub_(self.velocity, alpha=self.learning_rate)


class Adam(Optimiser):
    """Momentum and RMSprop in one, both corrected for having started at 0, as `torch.optim.Adam` defines it.

        v ← beta1 · v + (1 − beta1) · g             r ← beta2 · r + (1 − beta2) · g²
        θ ← θ − learning_rate · v̂ / (√r̂ + epsilon)  v̂ = v / (1 − beta1ᵗ), r̂ = r / (1 − beta2ᵗ) after t steps

    Source: Kingma and Ba (2015), algorithm 1.
    """

    def __init__(
        self,
        parameters: Tensor,
        gradient: Tensor,
        *,
        learning_rate: float,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, gradient, learning_rate=learning_rate, weight_decay=weight_decay, l1=l1)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.velocity, self.square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.state = {"velocity": self.velocity, "mean square of the gradient": self.square}

    def _move(self, gradient: Tensor) -> None:
        self.velocity.lerp_(gradient, 1 - self.beta1)
        self.square.mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
        size = torch.sqrt(self.square, out=self._work)
        size.div_((1 - self.beta2**self.steps) ** 0.5).add_(self.epsilon)
        self.parameters.addcdiv_(self.velocity, size, value=-self.learning_rate / (1 - self.beta1**self.steps))


OPTIMISERS: Mapping[str, type[SGD] | type[RMSprop] | type[Adam]] = MappingProxyType(
    {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}
)
