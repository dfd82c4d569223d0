"""The scalar E that training lowers, and its derivative with respect to the net's outputs; both are means
over m examples.

| name          | E                                    | ∂E/∂o                       |
|---------------|--------------------------------------|-----------------------------|
| squared_error | 1/2m Σ (o − y)²                      | (o − y) / m                 |
| cross_entropy | −1/m Σ y log softmax(o)              | (softmax(o) − y) / m        |

Targets have the outputs' shape (outputs, m); for cross-entropy each column is one-hot, or any distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor

from server.models.program import Operation

Loss = Callable[[Tensor, Tensor, Tensor, Tensor], list[Operation]]
"""(outputs, targets, error, value) → operations writing ∂E/∂o to error (outputs, m), E to value (1, 1)."""


def _squared_error(outputs: Tensor, targets: Tensor, error: Tensor, value: Tensor) -> list[Operation]:
    difference = torch.empty_like(error)
    share = error.new_full((1,), 1 / outputs.shape[1])
    half = value.new_full((1,), 0.5)
    product = _product(difference, error, value)  # a product of two vectors as matrices: the cheapest sum of products
    return [
        Operation(partial(torch.sub, outputs, targets, out=difference), (difference,), "difference from the target"),
        Operation(partial(torch.mul, difference, share, out=error), (error,), "error of the output layer"),
        Operation(product, (value,), "loss"),
        Operation(partial(value.mul_, half), (value,), "loss"),
    ]


def _cross_entropy(outputs: Tensor, targets: Tensor, error: Tensor, value: Tensor) -> list[Operation]:
    log_shares = torch.empty_like(error)
    share = error.new_full((1,), 1 / outputs.shape[1])
    return [
        Operation(partial(torch.log_softmax, outputs, 0, out=log_shares), (log_shares,), "logarithm of the softmax"),
        Operation(_product(log_shares, targets, value), (value,), "loss"),
        Operation(partial(value.mul_, -share), (value,), "loss"),
        Operation(partial(torch.exp, log_shares, out=error), (error,), "softmax"),
        Operation(partial(error.sub_, targets), (error,), "error of the output layer"),
        Operation(partial(error.mul_, share), (error,), "error of the output layer"),
    ]


def _product(left: Tensor, right: Tensor, value: Tensor) -> Callable[[], object]:
    return partial(torch.mm, left.view(1, -1), right.view(-1, 1), out=value)


LOSSES: Mapping[str, Loss] = MappingProxyType({"squared_error": _squared_error, "cross_entropy": _cross_entropy})
