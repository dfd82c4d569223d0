"""How a restricted machine learns: the parameters of its page."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from server.experiments.gallery import NAMES, SIDES, Data
from server.grammar import Parameters, Refused, choice, slider, toggle
from server.models.contrastive_divergence import Way

COUNTABLE = 11
"""Units of the smaller layer up to which every update can count out all their states."""


class Learning(Parameters):
    """Heat comes first, then what the gradient is and how far it goes.

    No object has the exact gradient of a machine too large for it: Refused, whichever of the two was changed last.
    """

    learning: bool = toggle(
        True,
        label="learning",
        help="Off: the weights stand still; fantasies run on and the error goes on being measured.",
        applies="live",
    )
    temperature: float = slider(
        1.0, 0.2, 5, scale="log", symbol="T", label="temperature", applies="live",
        help="Heat of the fantasies only; learning is at 1. Cold repeats favourites, hot loses strokes.",
    )  # fmt: skip
    way: Way = choice(
        "CD", labels={"CD": "CD-k"}, label="the machine's own part", applies="live",
        help="Chains from the data, persistent ones, tempered ones; exact where 11 units or fewer can be counted.",
    )  # fmt: skip
    learning_rate: float = slider(
        0.2, 0.001, 5, scale="log", symbol=r"\eta", label="learning rate", applies="live",
        help="How far the weights move per minibatch. Far too fast, and hidden units jam at on or off.",
    )  # fmt: skip
    sweeps: int = slider(
        1, 1, 20, symbol="k", label="sweeps per update", applies="live",
        help="Sweeps from the data to the machine's own picture. More: slower, a truer gradient.",
    )  # fmt: skip
    momentum: float = slider(
        0.5, 0, 0.95, step=0.05, symbol=r"\mu", label="momentum", applies="live",
        help="Share of the last movement that is kept.",
    )  # fmt: skip
    weight_decay: float = slider(
        0.0001, 0, 0.01, step=0.0001, symbol=r"\lambda", label="weight decay", applies="live",
        help="Pull of every weight towards 0.",
    )  # fmt: skip
    data: Data = choice("digits", labels=NAMES, label="pictures", help="What the machine learns from.")
    hidden: int = slider(64, 4, 256, label="hidden units", help="Each has one filter, a weight for every pixel.")
    batch: int = slider(50, 5, 200, label="minibatch size", help="Pictures shown per movement; at most all.")

    @model_validator(mode="after")
    def _countable(self) -> Self:
        smaller = min(self.hidden, SIDES[self.data] ** 2)
        if self.way == "exact" and smaller > COUNTABLE:
            sentence = f"The exact gradient counts out the smaller layer: at most {COUNTABLE} units, here {smaller}."
            raise Refused(f"{sentence} Take {COUNTABLE} hidden units or fewer, or CD-k, PCD or tempering.")
        return self

    def changed(self, name: str, value: object) -> Self:
        """As for every page; what does not go together is refused at the control that was touched."""
        try:
            return super().changed(name, value)
        except Refused as refusal:
            raise Refused(str(refusal), parameter=name) from None

    @classmethod
    def from_link(cls, link: Mapping[str, str], base: Self | None = None) -> tuple[Self, list[str]]:
        """As for every page; the gradient is read last, so that a link's order does not matter."""
        return super().from_link({name: link[name] for name in sorted(link, key="way".__eq__)}, base)
