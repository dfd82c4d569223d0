"""How the loss of a net bends: Hessian–vector products, the whole Hessian of a small net, and extreme eigenvalues.

The engine's bound operations write into fixed tensors and cannot be differentiated twice. Here the same net is
evaluated once more as a function of its flat parameters θ, as it is while it trains on one minibatch: normalised
by the minibatch's own mean and variance, but with no unit dropped. Everything is computed in float64.

    H v = ∂/∂θ (∂E/∂θ · v)

Sources: B. A. Pearlmutter, Neural Computation 6 (1994) 147 (the product, at the price of two gradients);
C. Lanczos, J. Res. Natl. Bur. Stand. 45 (1950) 255, in ARPACK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from server.models.layers import Layer
from server.models.losses import LOSSES, Loss
from server.models.mlp import MLP
from server.models.normalisation import EPSILON

SMALL = 200
"""Parameters up to which the whole Hessian is written down."""
TOLERANCE = 1e-6
"""Of an eigenvalue found by Lanczos, relative."""

Function = Callable[[Tensor], Tensor]


def _squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs - targets).square().sum((-2, -1)) / (2 * targets.shape[-1])


def _cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return -(torch.log_softmax(outputs, -2) * targets).sum((-2, -1)) / targets.shape[-1]


ERRORS: Mapping[Loss, Callable[[Tensor, Tensor], Tensor]] = MappingProxyType(
    {LOSSES["squared_error"]: _squared_error, LOSSES["cross_entropy"]: _cross_entropy}
)


def evaluate_loss(net: MLP, parameters: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """E (…) of the net with flat parameters (…, P) in place of its own, on inputs (m, inputs), targets (m, outputs).

    Differentiable any number of times. Neither the net nor its running averages are touched.
    """
    o, rest = inputs.t(), parameters
    for layer in net.layers:
        s, rest = _weighted(layer, rest, o)
        activated = layer.activation.function(s)
        o = activated + o if layer.skip else activated
    return ERRORS[net._loss](o, targets.t())


def _weighted(layer: Layer, parameters: Tensor, o: Tensor) -> tuple[Tensor, Tensor]:
    """s, or ŝ in a normalised layer, (…, outputs, m) from the first of the parameters; and the rest of them."""
    outputs, width = layer.matrix.shape
    matrix, rest = _cut(parameters, outputs * width)
    matrix = matrix.reshape(*matrix.shape[:-1], outputs, width)
    s = matrix[..., : layer.inputs] @ o
    if layer.norm is None:
        return s + matrix[..., layer.inputs :], rest
    scale, rest = _cut(rest, outputs)
    shift, rest = _cut(rest, outputs)
    variance, mean = torch.var_mean(s, -1, correction=0, keepdim=True)
    return (s - mean) * (variance + EPSILON).rsqrt() * scale[..., None] + shift[..., None], rest


def _cut(parameters: Tensor, length: int) -> tuple[Tensor, Tensor]:
    return parameters[..., :length], parameters[..., length:]


class Extremes(NamedTuple):
    """The ends of a Hessian's spectrum; each direction (P,) has length 1."""

    smallest: float
    largest: float
    smallest_direction: Tensor
    largest_direction: Tensor


class Hessian:
    """Second derivatives of a scalar function of P parameters, at one place.

        hessian = Hessian.of(net, inputs, targets)
        hessian.extremes().smallest < 0         # the net is near a saddle, not in a minimum

    `loss` is E there, `gradient` is ∂E/∂θ (P,). Raises ValueError where these are not finite.
    """

    def __init__(self, function: Function, parameters: Tensor) -> None:
        # Autograd refuses tensors that were made in inference mode; experiments step in it.
        with torch.inference_mode(False), torch.enable_grad():
            self._place = parameters.detach().clone().double().requires_grad_()
            value = function(self._place)
            (self._gradient,) = torch.autograd.grad(value, self._place, create_graph=True)
        self.loss, self.gradient = value.detach(), self._gradient.detach()
        if not bool(self.loss.isfinite() & self.gradient.isfinite().all()):
            raise ValueError("The loss or its gradient is not finite here, so its curvature cannot be measured.")

    @classmethod
    def of(cls, net: MLP, inputs: Tensor, targets: Tensor, parameters: Tensor | None = None) -> Hessian:
        """Of a net's loss on inputs (m, inputs), targets (m, outputs), at its own parameters or at others (P,)."""
        with torch.inference_mode(False):
            inputs, targets = inputs.clone().double(), targets.clone().double()
        place = net.parameters if parameters is None else parameters
        return cls(lambda here: evaluate_loss(net, here, inputs, targets), place)

    def product(self, vector: Tensor) -> Tensor:
        """H v (P,) for v (P,)."""
        return self._derivative(vector, batched=False)

    def matrix(self) -> Tensor:
        """H (P, P). Raises ValueError for more than 200 parameters."""
        parameters = len(self.gradient)
        if parameters > SMALL:
            raise ValueError(f"{parameters} parameters are too many for a whole Hessian; there may be {SMALL}.")
        with torch.inference_mode(False):
            unit = torch.eye(parameters, dtype=torch.float64, device=self.gradient.device)
        matrix = self._derivative(unit, batched=True)
        return (matrix + matrix.t()) / 2  # equal but for rounding

    def eigenvalues(self) -> Tensor:
        """All of them (P,), ascending. Raises ValueError for more than 200 parameters."""
        values: Tensor = torch.linalg.eigvalsh(self.matrix())
        return values

    def extremes(self) -> Extremes:
        """Smallest and largest eigenvalue: from the whole Hessian if it is small, otherwise by Lanczos."""
        if len(self.gradient) <= SMALL:
            values, vectors = torch.linalg.eigh(self.matrix())
            return Extremes(float(values[0]), float(values[-1]), vectors[:, 0], vectors[:, -1])
        return self.lanczos()

    def lanczos(self, tolerance: float = TOLERANCE) -> Extremes:
        """Smallest and largest eigenvalue from products alone, for two parameters or more; the start is always the
        same vector. Raises scipy.sparse.linalg.ArpackNoConvergence after 10 P rounds."""
        size = len(self.gradient)
        start = np.random.default_rng(0).standard_normal(size)
        if not self._times(start).any():
            flat = torch.eye(1, size, dtype=torch.float64, device=self.gradient.device)[0]
            return Extremes(0.0, 0.0, flat, flat)
        operator = LinearOperator((size, size), matvec=self._times, dtype=np.float64)
        values, vectors = eigsh(operator, 2, which="BE", v0=start, tol=tolerance)
        low, high = torch.from_numpy(vectors.T.copy()).to(self.gradient.device)
        return Extremes(float(values[0]), float(values[-1]), low, high)

    def _times(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        found = self.product(torch.from_numpy(vector.ravel()).to(self.gradient.device))
        times: NDArray[np.float64] = found.cpu().numpy()
        return times

    def _derivative(self, vectors: Tensor, *, batched: bool) -> Tensor:
        with torch.inference_mode(False):
            if not self._gradient.requires_grad:
                return torch.zeros_like(vectors)  # a function that is linear in every parameter
            (product,) = torch.autograd.grad(
                self._gradient, self._place, vectors.clone().double(), retain_graph=True, is_grads_batched=batched,
                allow_unused=True, materialize_grads=True,
            )  # fmt: skip
        return product
