"""Five ways to go downhill, side by side from one start on one terrain: each is one of `models.optimisers`."""

import torch
from torch import Tensor
from torch.linalg import vector_norm

from server.models.optimisers import SGD, Adam, RMSprop
from server.models.terrains import Terrain

NAMES = ("plain", "momentum", "Nesterov", "RMSprop", "Adam")
CHANNELS = tuple(name.lower() for name in NAMES)
PLAIN, MOMENTUM, NESTEROV = range(3)


class Descenders:
    """Positions (5, 2), heights (5,), slopes ∂E/∂x (5, 2) and the Hessians (5, 2, 2) there, after `age` steps.

    `arrived` (5,) is the age at which each was first at or below the height `goal`; −1: not yet.
    """

    def __init__(self, terrain: Terrain, start: Tensor, goal: float, gentle: float, momentum: float) -> None:
        self.terrain, self.goal, self.gentle, self.age = terrain, goal, gentle, 0
        self.positions = start.repeat(len(NAMES), 1)
        self._gradients = torch.zeros_like(self.positions)
        rows = zip(self.positions, self._gradients, strict=True)
        plain, moving, ahead, scaled, adam = ({"parameters": x, "gradient": g} for x, g in rows)
        self._descents = (SGD(**plain, learning_rate=1.0), SGD(**moving, learning_rate=1.0, momentum=momentum))
        self.nesterov = SGD(**ahead, learning_rate=1.0, momentum=momentum, nesterov=True)
        self._scaled = (RMSprop(**scaled, learning_rate=1.0), Adam(**adam, learning_rate=1.0))
        self.arrived = torch.full((len(NAMES),), -1)
        self._look()

    def follow(self, momentum: float) -> None:
        """Take over another momentum."""
        self._descents[MOMENTUM].momentum = self.nesterov.momentum = momentum

    def step(self, rate: float, scaled_rate: float, noise: Tensor) -> None:
        """One step of all five, each along its own gradient plus the same noise (2,).

        `scaled_rate` is that of RMSprop and Adam, whose steps are about as long as their rate.
        """
        torch.add(self.slopes, noise, out=self._gradients)
        for descent in (*self._descents, self.nesterov):
            descent.learning_rate = rate
            descent.step()
        for scaled in self._scaled:
            scaled.learning_rate = scaled_rate
            scaled.step()
        self.age += 1
        self._look()

    def _look(self) -> None:
        terrain, here = self.terrain, self.positions
        self.heights, self.slopes, self.bends = terrain.value(here), terrain.gradient(here), terrain.hessian(here)
        self.arrived = torch.where((self.arrived < 0) & (self.heights <= self.goal), self.age, self.arrived)

    @property
    def slow(self) -> Tensor:
        """(5,): who is on the way where the slope is below `gentle`."""
        slopes: Tensor = vector_norm(self.slopes, dim=1)
        return (self.arrived < 0) & (slopes < self.gentle)

    @property
    def elapsed(self) -> Tensor:
        """(5,): steps until each arrived, or until now."""
        return torch.where(self.arrived < 0, self.age, self.arrived)

    def arrows(self, rate: float) -> Tensor:
        """(2, 4): x, y, dx, dy of Nesterov's look-ahead, and of the gradient's step from where it leads.

        The optimiser's parameters are the point ahead, x − η α v of where its last step had brought it (x).
        """
        ahead = self.positions[NESTEROV]
        jump = -rate * self.nesterov.momentum * self.nesterov.velocity
        return torch.stack([torch.cat([ahead - jump, jump]), torch.cat([ahead, -rate * self.slopes[NESTEROV]])])


def eigenvalues(hessians: Tensor) -> Tensor:
    """Least and greatest (…, 2) of symmetric matrices (…, 2, 2)."""
    a, b, d = hessians[..., 0, 0], hessians[..., 0, 1], hessians[..., 1, 1]
    middle, half = (a + d) / 2, (a - d) / 2
    apart = (half * half + b * b).sqrt()
    return torch.stack([middle - apart, middle + apart], -1)
