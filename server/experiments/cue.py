"""The cue of a recall: a memory with exactly so many of its units spoilt."""

from typing import Literal

import torch
from torch import Tensor

from server.grammar import Parameters, choice, slider

Spoiling = Literal["flip", "mask", "erase"]


class Cue(Parameters):
    """How much is spoilt, and how."""

    noise: float = slider(
        0.36, 0, 0.5, step=0.01, symbol="p", label="noise in the cue",
        help="Share of the units that are spoilt at the start. Half of them turned over leaves nothing.",
    )  # fmt: skip
    spoiling: Spoiling = choice(
        "flip", label="how the cue is spoilt",
        labels={"flip": "turned over", "mask": "switched off", "erase": "lower part erased"},
        help="Turned over or switched off: units picked at random. Or the lower part is missing.",
    )  # fmt: skip


def spoilt(picture: Tensor, cue: Cue, generator: torch.Generator) -> Tensor:
    """A copy of the picture (N,) with the share `noise` of its units turned over, off, or missing from the end."""
    state = picture.clone()
    count = round(cue.noise * len(state))
    if cue.spoiling == "erase":
        state[len(state) - count :] = -1
        return state
    chosen = torch.randperm(len(state), generator=generator)[:count]
    state[chosen] = -1 if cue.spoiling == "mask" else -state[chosen]
    return state
