"""Examples on the plane: drawn as a set, and placed one by one."""

from dataclasses import replace
from typing import Literal

import torch

from server.models.data import Split, split_of
from server.models.planes import PLANES

Data = Literal["circles", "xor", "gaussians", "clouds", "moons", "spirals", "pinwheel", "by_hand"]
HELD_OUT = 100  # points, beside those that are learnt
BY_HAND = ((-0.6, -0.2), (0.6, -0.2), (-0.6, 0.2), (0.6, 0.2))
"""What is there when all points are to be placed by hand: one of each of two classes to learn, and one held out."""


def drawn(data: Data, examples: int, noise: float, generator: torch.Generator, seed: int) -> Split:
    """So many examples to learn, and `HELD_OUT` to test with; `seed` shuffles them."""
    if data == "by_hand":
        places, labels = torch.tensor(BY_HAND), torch.tensor([0, 1, 0, 1])
        return Split(places[:2], labels[:2], places[:0], labels[:0], places[2:], labels[2:])
    inputs, labels = PLANES[data](examples + HELD_OUT, noise, generator)
    return split_of(inputs, labels, seed, validation=0, test=HELD_OUT)


def grown(data: Split, place: tuple[float, float], label: int, held_out: bool) -> Split:
    """One example more, to train on or to test with."""
    part = "test" if held_out else "train"
    inputs, labels = getattr(data, f"{part}_inputs"), getattr(data, f"{part}_labels")
    return replace(
        data,
        **{
            f"{part}_inputs": torch.cat([inputs, inputs.new_tensor([place])]),
            f"{part}_labels": torch.cat([labels, labels.new_tensor([label])]),
        },
    )
