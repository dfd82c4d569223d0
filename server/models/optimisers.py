"""Rules that turn a gradient into a step downhill. Each works on flat parameters and a flat gradient."""

from __future__ import annotations

import torch
from torch import Tensor


class SGD:
    """Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it.

        g = ∂E/∂θ + weight_decay · θ
        v ← momentum · v + g                 (v starts at 0)
        θ ← θ − learning_rate · v            (nesterov: θ ← θ − learning_rate · (g + momentum · v))

    The rates are plain attributes: change them between steps as you like. Momentum that is turned on again
    starts from rest, not from the velocity of long ago.
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
    ) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.learning_rate, self.momentum = learning_rate, momentum
        self.nesterov, self.weight_decay = nesterov, weight_decay
        self.velocity = torch.zeros_like(parameters)
        self.moving = False
        self._penalised = torch.empty_like(parameters)
        self._ahead = torch.empty_like(parameters)

    def step(self) -> None:
        """Move the parameters once, along the gradient as it now stands."""
        gradient = self.gradient
        if self.weight_decay:
            gradient = torch.add(gradient, self.parameters, alpha=self.weight_decay, out=self._penalised)
        self.parameters.sub_(self._direction(gradient) if self.momentum else gradient, alpha=self.learning_rate)
        self.moving = bool(self.momentum)

    def _direction(self, gradient: Tensor) -> Tensor:
        if self.moving:
            torch.add(gradient, self.velocity, alpha=self.momentum, out=self.velocity)
        else:
            self.velocity.copy_(gradient)
        if not self.nesterov:
            return self.velocity
        return torch.add(gradient, self.velocity, alpha=self.momentum, out=self._ahead)
