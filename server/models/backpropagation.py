"""The lecture's backpropagation, written out: one error per unit, computed layer by layer backwards.

    o_i = K(s_i),   s_i = Σ_j w_ij o_j + b_i
    ∂E/∂s_i = ∂E/∂o_i K'(s_i)            ∂E/∂w_ij = ∂E/∂s_i o_j            ∂E/∂o_j = Σ_i ∂E/∂s_i w_ij

Source: Rumelhart, Hinton and Williams (1986).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from server.models.dropout import Dropout
from server.models.layers import Layer, Stage, stage
from server.models.losses import Loss
from server.models.program import Program


class Backpropagation(Program):
    """Forward and backward pass of a net over minibatches of m examples.

    Write a minibatch into `inputs` (m, inputs) and `targets` (m, outputs), then `run`: the layers' gradients
    and `loss` (1, 1) are filled. `stages` holds every layer's s, ŝ, K(ŝ), o and ∂E/∂s, each (units, m), and
    `masks` what dropout multiplied each hidden layer by, if anything. Raises ValueError for m < 1.

    Replaying under `torch.inference_mode()` saves a fifth of the time of a small net. The tensors themselves
    are made outside it, so that they can be used in either mode.
    """

    @torch.inference_mode(False)
    def __init__(self, layers: Sequence[Layer], loss: Loss, examples: int, dropout: Dropout | None = None) -> None:
        if examples < 1:
            raise ValueError(f"A minibatch has at least 1 example, not {examples}.")
        carried = [layer.carrier(examples) for layer in layers]
        # One example's inputs lie side by side in memory, as in the data that they are gathered from.
        carried[0] = carried[0].t().contiguous().t()
        entering = [carrier[: layer.inputs] for carrier, layer in zip(carried, layers, strict=True)]
        hidden = [len(layer.matrix) for layer in layers[:-1]]
        mask = carried[0].new_empty(sum(hidden) if dropout else 0, examples)
        self.masks: tuple[Tensor, ...] = torch.split(mask, hidden) if dropout else ()
        stages: list[Stage] = []
        masks = [*self.masks, None] if dropout else [None] * len(layers)
        for layer, carrier, output, own in zip(layers, carried, [*entering[1:], None], masks, strict=True):
            stages.append(stage(layer, carrier, output, stages[-1] if stages else None, own))
        last = stages[-1]
        targets = torch.empty_like(last.output)
        self.stages = tuple(stages)
        self.inputs: Tensor = entering[0].t()
        self.targets: Tensor = targets.t()
        self.loss: Tensor = targets.new_empty(1, 1)
        drawing = dropout.bind(mask) if dropout else []
        forward = [operation for each in stages for operation in each.forward]
        backward = [operation for each in reversed(stages) for operation in each.backward]
        super().__init__([*drawing, *forward, *loss(last.output, targets, last.error, self.loss), *backward])
