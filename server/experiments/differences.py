"""What B of the playground does otherwise than A: one thing, and what it is called."""

from typing import Any, Literal

from server.experiments import tricks
from server.experiments.arm import Recipe
from server.grammar import Parameters, choice, slider

Differs = Literal[
    "nothing", "unit", "optimiser", "first_weights", "learning_rate", "batch", "momentum", "batch_norm", "skip",
    "dropout", "weight_decay", "layers", "units",
]  # fmt: skip

LABELS = {
    "first_weights": "first weights",
    "optimiser": "rule",
    "learning_rate": "learning rate",
    "batch": "batch size",
    "batch_norm": "batch normalisation",
    "skip": "skip connections",
    "weight_decay": "weight decay",
    "layers": "depth",
    "units": "width",
}
USUAL = {"momentum": 0.9, "dropout": 0.2, "weight_decay": 0.01}
"""B's value where the slider, which is then B's alone, is at 0."""
PROPER = {
    "leaky_relu": "leaky ReLU", "relu": "ReLU", "sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "gauss": "Gauss",
    "lecun": "LeCun", "xavier": "Xavier", "he": "He",
}  # fmt: skip


class Differences(Parameters):
    """The controls of a page on which anything may be the one difference."""

    differs: Differs = choice("unit", label="what differs", labels=LABELS, help="What B alone does otherwise.")
    other_unit: tricks.Unit = choice(
        "relu", label="B's unit", labels=PROPER, help="What B's units are, where they are what differs."
    )
    other_optimiser: tricks.Optimiser = choice(
        "sgd", label="B's rule", labels=PROPER, help="How B makes steps of gradients, where that is what differs."
    )
    other_first_weights: tricks.Initialiser = choice(
        "zeros",
        label="B's first weights",
        labels=PROPER,
        help="How large B's weights begin, where that is what differs.",
    )
    times: float = slider(
        10, 0.01, 100, scale="log", label="B's rate or batch, times A's", applies="live",
        help="How many times A's learning rate or batch size B's is, where that is what differs.",
    )  # fmt: skip
    layers: int = slider(2, 1, 6, symbol="L", label="hidden layers", help="How deep the nets are.")
    units: int = tricks.units(8, high=16)
    unit: tricks.Unit = tricks.unit("sigmoid")
    optimiser: tricks.Optimiser = tricks.optimiser("adam")
    learning_rate: float = tricks.learning_rate(0.02)
    batch: int = tricks.batch(32, low=2)
    momentum: float = tricks.momentum()
    first_weights: tricks.Initialiser = tricks.first_weights("he")
    batch_norm: bool = tricks.batch_norm()
    skip: bool = tricks.skip()
    dropout: float = tricks.dropout()
    weight_decay: float = tricks.weight_decay()
    random_labels: float = tricks.random_labels()


def values(controls: Differences) -> tuple[Any, Any]:
    """A's and B's value of what differs. What can be left out A goes without, whatever its control says."""
    differs, mine = controls.differs, getattr(controls, controls.differs, None)
    match differs:
        case "unit" | "optimiser" | "first_weights":
            return mine, getattr(controls, f"other_{differs}")
        case "learning_rate":
            return mine, controls.learning_rate * controls.times
        case "batch":
            return mine, round(controls.batch * controls.times)
        case "momentum" | "dropout" | "weight_decay":
            return 0.0, mine or USUAL[differs]
        case "batch_norm" | "skip":
            return False, True
        case "layers":
            return mine, 1 if controls.layers > 1 else 2
        case "units":
            return mine, 2 * controls.units
    return mine, mine


def told(differs: Differs, recipes: tuple[Recipe, Recipe]) -> str:
    """The difference in words: "unit: A sigmoid, B ReLU"."""
    if differs == "nothing":
        return "nothing: the same run twice"
    a, b = (_word(getattr(recipe, differs)) for recipe in recipes)
    if a == b:
        return f"nothing: {a} in both"
    return f"{LABELS.get(differs, differs)}: A {a}, B {b}"


def _word(value: Any) -> str:
    if isinstance(value, str):
        return PROPER.get(value, value)
    return ("without", "with")[value] if isinstance(value, bool) else f"{value:g}"
