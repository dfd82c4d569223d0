"""What B of the playground does otherwise than A: one thing, and what it is called."""

from typing import Any, Literal

from server.experiments import tricks
from server.experiments.arm import Recipe
from server.grammar import Parameters, choice, numbers, owned, slider, widths

Differs = Literal[
    "nothing", "unit", "optimiser", "first_weights", "learning_rate", "batch", "momentum", "batch_norm", "skip",
    "dropout", "weight_decay", "widths",
]  # fmt: skip

LABELS = {
    "first_weights": "first weights",
    "optimiser": "rule",
    "learning_rate": "learning rate",
    "batch": "batch size",
    "batch_norm": "batch normalisation",
    "skip": "skip connections",
    "weight_decay": "weight decay",
    "widths": "hidden layers",
}
USUAL = {"momentum": 0.9, "dropout": 0.2, "weight_decay": 0.01}
"""B's value where the slider, which is then B's alone, is at 0."""
MOST, WIDEST = 6, 16
"""Hidden layers, and units in each of them."""
PROPER = {
    "leaky_relu": "leaky ReLU", "relu": "ReLU", "sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "gauss": "Gauss",
    "lecun": "LeCun", "xavier": "Xavier", "he": "He",
}  # fmt: skip


class Differences(Parameters):
    """The controls of a page on which anything may be the one difference."""

    differs: Differs = owned("difference", choice(
        "unit", label="what differs", labels=LABELS, help="What B alone does otherwise."
    ))  # fmt: skip
    other_unit: tricks.Unit = owned("B", choice(
        "relu", label="unit of B", labels=PROPER, help="What B's units are, where they are what differs."
    ), when="unit")  # fmt: skip
    other_optimiser: tricks.Optimiser = owned("B", choice(
        "sgd", label="rule of B", labels=PROPER, help="How B makes steps of gradients, where that is what differs."
    ), when="optimiser")  # fmt: skip
    other_first_weights: tricks.Initialiser = owned("B", choice(
        "zeros", label="first weights of B", labels=PROPER,
        help="How large B's weights begin, where that is what differs.",
    ), when="first_weights")  # fmt: skip
    other_hidden: str = owned("B", widths(
        "8", 1, WIDEST, MOST, label="hidden layers of B",
        help="Units of each of B's hidden layers, where these are what differs.",
    ), when="widths")  # fmt: skip
    times: float = owned("B", slider(
        10, 0.01, 100, scale="log", label="B's, as a multiple of A's", applies="live",
        help="How many times A's learning rate or batch size B's is, where that is what differs.",
    ), when="learning_rate batch")  # fmt: skip
    hidden: str = widths(
        "8-8", 1, WIDEST, MOST, label="hidden layers",
        help="Units of each hidden layer, from the inputs on; or press + and − at the net.",
    )  # fmt: skip
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
        case "widths":
            return numbers(controls.hidden), numbers(controls.other_hidden)
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
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return ("without", "with")[value] if isinstance(value, bool) else f"{value:g}"
