"""Pictures of a deep machine's layers: what each unit looks for, and a dream on its way down to the pixels."""

from collections.abc import Sequence

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann

TILES = {2: (32, 32), 3: (24, 24, 16)}
"""Units drawn per layer: with two and with three hidden layers they fill a square of eight by eight."""

FULL = 3.0


def features(machine: Boltzmann) -> Tensor:
    """Weights of each hidden unit to the pixels, (n, n_0): a layer begins a new row of tiles, the lowest on top.

    Those of layer l are the product W_1 … W_l: what the unit adds to the pixels' fields through the layers between,
    were these linear. Each layer is scaled to its own spread (beyond `FULL` times their root mean square weights are in
    full colour); blank tiles fill its last row.
    """
    product, layers = None, []
    counts = _drawn(machine)
    for weights, count in zip(machine.couplings.between, counts, strict=True):
        product = weights if product is None else product @ weights
        full = FULL * product.square().mean().sqrt().clamp_min(1e-12)
        layers.append((product.T[:count] / full).clamp(-1, 1))
    side = _side(counts)
    filled = [torch.cat([layer, layer.new_zeros(-len(layer) % side, layer.shape[1])]) for layer in layers]
    tiles = torch.cat(filled)
    return torch.cat([tiles, tiles.new_zeros(side * side - len(tiles), tiles.shape[1])])


def rows(machine: Boltzmann) -> str:
    """Which rows of `features` are whose, in words: "Rows 1–4: layer 1; 5–8: layer 2."."""
    counts, parts, first = _drawn(machine), [], 1
    for layer, count in enumerate(counts, 1):
        last = first - 1 + -(-count // _side(counts))
        parts.append(f"{first}–{last}: layer {layer}" if last > first else f"{first}: layer {layer}")
        first = last + 1
    return f"Rows {'; '.join(parts)}."


def _drawn(machine: Boltzmann) -> list[int]:
    hidden = machine.couplings.layers[1:]
    return [min(pair) for pair in zip(hidden, TILES[len(hidden)], strict=True)]


def _side(counts: Sequence[int]) -> int:
    """The smallest square of tiles in which every layer can begin a row."""
    side = 1
    while sum(-(-count // side) for count in counts) > side:
        side += 1
    return side


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
