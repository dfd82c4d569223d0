"""First weights: mean zero, and a variance that keeps signals the same size from layer to layer.

| name   | variance of a weight      | made for        | source                                   |
|--------|---------------------------|-----------------|------------------------------------------|
| zeros  | 0                         | nothing         | the lecture's counter-example            |
| lecun  | 1 / inputs                | linear units    | LeCun et al., Efficient BackProp (1998)  |
| xavier | 2 / (inputs + outputs)    | tanh, sigmoid   | Glorot and Bengio (2010), eq. 12         |
| he     | 2 / inputs                | ReLU            | He et al. (2015), eq. 10                 |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor

Distribution = Literal["uniform", "normal"]

VARIANCES: Mapping[str, Callable[[int, int], float]] = MappingProxyType(
    {
        "zeros": lambda inputs, outputs: 0.0,
        "lecun": lambda inputs, outputs: 1 / inputs,
        "xavier": lambda inputs, outputs: 2 / (inputs + outputs),
        "he": lambda inputs, outputs: 2 / inputs,
    }
)


def first_weights(
    inputs: int,
    outputs: int,
    initialiser: str,
    generator: torch.Generator,
    distribution: Distribution = "uniform",
) -> Tensor:
    """Weights (outputs, inputs) float64 of the named variance; a uniform one spans ±√(3·variance).

    Drawn on the CPU in float64 whatever the net computes in, so that a seed means the same weights on every
    device. Raises ValueError for an unknown initialiser.
    """
    if initialiser not in VARIANCES:
        raise ValueError(f"There is no initialiser “{initialiser}”; there are {', '.join(VARIANCES)}.")
    deviation: float = VARIANCES[initialiser](inputs, outputs) ** 0.5
    weights = torch.empty(outputs, inputs, dtype=torch.float64)
    if distribution == "normal":
        return weights.normal_(generator=generator).mul_(deviation)
    return weights.uniform_(-1, 1, generator=generator).mul_(deviation * 3**0.5)
