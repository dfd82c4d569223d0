"""First weights. The scaled ones have mean zero, and a variance that keeps signals the same size from layer to
layer; the plain ones are what they are whatever the layer's size.

| name       | mean square of a weight     | made for            | source                                   |
|------------|-----------------------------|---------------------|------------------------------------------|
| zeros      | 0                           | nothing             | the lecture's counter-example            |
| constant   | 0.1²; all weights are 0.1   | nothing             | the same: units stay equal for ever      |
| uniform    | 1/12; between −½ and ½      | small nets          | the first programs                       |
| gauss      | 0.05²; normal               | small nets          | the first programs                       |
| lecun      | 1 / inputs                  | linear units        | LeCun et al., Efficient BackProp (1998)  |
| xavier     | 2 / (inputs + outputs)      | tanh, sigmoid       | Glorot and Bengio (2010), eq. 12         |
| he         | 2 / inputs                  | ReLU                | He et al. (2015), eq. 10                 |
| orthogonal | 1 / max(inputs, outputs)    | deep linear nets    | Saxe, McClelland and Ganguli (2014)      |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor

Distribution = Literal["uniform", "normal"]

CONSTANT = 0.1
SHAPES: Mapping[str, Distribution] = MappingProxyType({"uniform": "uniform", "gauss": "normal"})
"""The plain ones are of one distribution only."""

VARIANCES: Mapping[str, Callable[[int, int], float]] = MappingProxyType(
    {
        "zeros": lambda inputs, outputs: 0.0,
        "constant": lambda inputs, outputs: CONSTANT**2,
        "uniform": lambda inputs, outputs: 1 / 12,
        "gauss": lambda inputs, outputs: 0.05**2,
        "lecun": lambda inputs, outputs: 1 / inputs,
        "xavier": lambda inputs, outputs: 2 / (inputs + outputs),
        "he": lambda inputs, outputs: 2 / inputs,
        "orthogonal": lambda inputs, outputs: 1 / max(inputs, outputs),
    }
)
"""Mean square of a weight for (inputs, outputs): its variance, as every mean but that of "constant" is 0."""


def first_weights(
    inputs: int,
    outputs: int,
    initialiser: str,
    generator: torch.Generator,
    distribution: Distribution = "uniform",
    scale: float = 1.0,
) -> Tensor:
    """Weights (outputs, inputs) float64 of the named mean square, times `scale`.

    Zeros, LeCun, Xavier and He are drawn from `distribution`: a uniform one spans ±√(3·variance). Drawn on the
    CPU in float64 whatever the net computes in, so that a seed means the same weights on every device. Raises
    ValueError for an unknown initialiser.
    """
    if initialiser not in VARIANCES:
        raise ValueError(f"There is no initialiser “{initialiser}”; there are {', '.join(VARIANCES)}.")
    weights = torch.empty(outputs, inputs, dtype=torch.float64)
    if initialiser == "constant":
        return weights.fill_(scale * CONSTANT)
    if initialiser == "orthogonal":
        return torch.nn.init.orthogonal_(weights, scale, generator)
    deviation: float = scale * VARIANCES[initialiser](inputs, outputs) ** 0.5
    if SHAPES.get(initialiser, distribution) == "normal":
        return weights.normal_(generator=generator).mul_(deviation)
    return weights.uniform_(-1, 1, generator=generator).mul_(deviation * 3**0.5)
