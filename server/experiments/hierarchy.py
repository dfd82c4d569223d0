"""Pictures of a deep machine's layers: what each unit looks for, and a dream on its way down to the pixels."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann

SIDE = 4
"""Tiles in a row, and rows: few enough to be seen."""

FULL = 3.0


def strokes(machine: Boltzmann) -> Tensor:
    """Weights of the first units of layer 1 to the pixels, (SIDE², n_0)."""
    return _scaled(machine.couplings.between[0], SIDE * SIDE)


def joined(machine: Boltzmann) -> Tensor:
    """The same of the layers above, (SIDE², n_0): each begins a row, and all have as many rows, the lowest on top.

    Those of layer l are the product W_1 … W_l: what the unit adds to the pixels' fields through the layers between,
    were these linear.
    """
    first, *above = machine.couplings.between
    products = list(accumulate(above, torch.matmul, initial=first))[1:]
    return torch.cat([_scaled(product, SIDE * SIDE // len(above)) for product in products])


def rows(machine: Boltzmann) -> str:
    """Which rows of `joined` are whose, in words: "Rows 1–2: layer 2; 3–4: layer 3."."""
    above = len(machine.couplings.layers) - 2
    each = SIDE // above
    parts = [f"{1 + each * place}–{each * (place + 1)}: layer {2 + place}" for place in range(above)]
    return f"Rows {'; '.join(parts)}."


def captions(machine: Boltzmann, first: Sequence[Tensor]) -> Mapping[str, str]:
    """What the weights of layer 1 (`looks`) and of those above (`joins`) are by now, in words; `first` they were."""
    between = machine.couplings.between
    moved = [
        float((now - then).square().mean() / then.square().mean()) for now, then in zip(between, first, strict=True)
    ]
    looks, *joins = [
        "is not learnt yet" if way == 0 else "is hardly learnt yet" if way < 1 else learnt
        for way, learnt in zip(moved, ["sees strokes in the pixels", *["joins strokes"] * len(moved[1:])], strict=True)
    ]
    third = f"Layer 3 {joins[1]}." if len(joins) > 1 else ""
    return {"looks": looks, "joins": f"layer 2 {joins[0]}.", "third": third}


def _scaled(weights: Tensor, count: int) -> Tensor:
    """Of the first `count` units above, one row each, blank where there are fewer. A layer is scaled to its own
    spread: beyond `FULL` times their root mean square weights are in full colour.
    """
    full = FULL * weights.square().mean().sqrt().clamp_min(1e-12)
    tiles = (weights.T[:count] / full).clamp(-1, 1)
    return torch.cat([tiles, tiles.new_zeros(count - len(tiles), tiles.shape[1])])


def descents(machine: Boltzmann, states: Sequence[Tensor]) -> Tensor:
    """Dreams on their way down, (k², n_0) for k layers: a row of tiles for each of the first k dreams.

    A row begins with what the top layer alone says, each layer below set to its chances from the one above (a hidden
    one counts it twice, in place of the layer below, as in `dbm.upwards`); then the same from each lower layer as it
    was drawn, layer 1 last; then the pixels as they were drawn.
    """
    depth = len(states)
    stages = []
    for start in range(depth - 1, -1, -1):
        below = states[start][:depth]
        for layer in range(start - 1, -1, -1):
            weights, twice = machine.couplings.between[layer].T, 2.0 if layer > 0 else 1.0
            field = torch.addmm(machine.couplings.biases[layer], below, weights, alpha=twice)
            below = (field / machine.temperature).sigmoid()
        stages.append(below)
    return torch.stack(stages, 1).flatten(0, 1)
