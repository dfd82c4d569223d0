"""The tricks of training as controls: each bound, name and explanation once, for whichever pages have it.

    class Controls(Common):
        weight_decay: float = tricks.weight_decay(0.01)

A control has the name of the field of `Recipe` that it sets.
"""

from typing import Any, Literal

from server.grammar import choice, slider, toggle

Optimiser = Literal["sgd", "rmsprop", "adam"]
Schedule = Literal["constant", "inverse", "exponential", "step", "cosine", "cyclic"]
Initialiser = Literal["zeros", "constant", "uniform", "gauss", "lecun", "xavier", "he", "orthogonal"]
Unit = Literal["sigmoid", "tanh", "relu", "leaky_relu", "linear"]
Distribution = Literal["uniform", "normal"]
Loss = Literal["cross_entropy", "squared_error"]


def learning_rate(default: float = 0.2) -> Any:
    return slider(
        default, 1e-4, 10, symbol=r"\eta", label="learning rate", scale="log", applies="live",
        help="How far a step goes along the gradient.",
    )  # fmt: skip


def batch(default: int = 64, low: int = 1, *, symbol: str = "m", label: str = "batch size") -> Any:
    return slider(
        default, low, 512, symbol=symbol, label=label, scale="log", applies="live",
        help="How many examples each step sees; their mean gradient is followed.",
    )  # fmt: skip


def replacement(default: bool = False) -> Any:
    return toggle(
        default, label="drawn by lot",
        help="Each minibatch is drawn from all examples, not from what the epoch has left.",
    )  # fmt: skip


def momentum(default: float = 0.0) -> Any:
    return slider(
        default, 0.0, 0.99, step=0.01, symbol=r"\alpha", label="momentum", applies="live",
        help="How much of the last step is kept in the next.",
    )  # fmt: skip


def nesterov(default: bool = False) -> Any:
    return toggle(
        default, label="look ahead (Nesterov)", applies="live",
        help="Take the gradient where momentum is about to lead, not where the net is.",
    )  # fmt: skip


def layers(default: int = 12) -> Any:
    return slider(default, 1, 30, symbol="L", label="hidden layers", help="How deep the nets are.")


def units(default: int = 32, high: int = 128) -> Any:
    return slider(default, 2, high, symbol="n", label="units per layer", help="How wide each hidden layer is.")


def unit(default: Unit = "sigmoid") -> Any:
    return choice(
        default, label="unit", labels={"relu": "ReLU", "leaky_relu": "leaky ReLU"},
        help="What a hidden unit does with its weighted input.",
    )  # fmt: skip


def first_weights(default: Initialiser = "xavier") -> Any:
    return choice(
        default, label="first weights",
        labels={"gauss": "Gauss", "lecun": "LeCun", "xavier": "Xavier", "he": "He"},
        help="How large the weights are before the first step.",
    )  # fmt: skip


def distribution(default: Distribution = "uniform") -> Any:
    return choice(
        default, label="drawn from", labels={"normal": "Gauss"},
        help="The shape of the distribution; its variance is that of the first weights.",
    )  # fmt: skip


def scale(default: float = 1.0) -> Any:
    return slider(
        default, 0.1, 10, symbol="g", label="scale of first weights", scale="log",
        help="All first weights are multiplied by it.",
    )  # fmt: skip


def optimiser(default: Optimiser = "sgd") -> Any:
    return choice(
        default, label="rule", labels={"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam"},
        help="How a gradient becomes a step.",
    )  # fmt: skip


def schedule(default: Schedule = "constant") -> Any:
    return choice(
        default, label="learning rate over time", labels={"inverse": "1/t", "step": "steps"}, applies="live",
        help="How the learning rate goes down while the net learns.",
    )  # fmt: skip


def period(default: int = 200) -> Any:
    return slider(
        default, 10, 5000, symbol=r"\tau", label="period", unit="steps", scale="log", applies="live",
        help="The time constant of the schedule: a half-life of steps, or the length of one cycle.",
    )  # fmt: skip


def weight_decay(default: float = 0.0) -> Any:
    return slider(
        default, 0.0, 0.2, step=0.001, symbol=r"\lambda", label="weight decay (L2)", applies="live",
        help="How strongly every weight is pulled towards 0, in proportion to its size.",
    )  # fmt: skip


def l1(default: float = 0.0) -> Any:
    return slider(
        default, 0.0, 0.02, step=0.0001, symbol=r"\lambda_1", label="L1 penalty", applies="live",
        help="How strongly every weight is pulled towards 0, whatever its size.",
    )  # fmt: skip


def dropout(default: float = 0.0) -> Any:
    return slider(
        default, 0.0, 0.9, step=0.05, symbol="q", label="dropout",
        help="Share of hidden units that is turned off, others in each step.",
    )  # fmt: skip


def batch_norm(default: bool = False) -> Any:
    return toggle(default, label="batch normalisation", help="Normalise the inputs of every hidden unit.")


def skip(default: bool = False) -> Any:
    return toggle(default, label="skip connections", help="Each hidden layer adds its input to its output.")


def random_labels(default: float = 0.0) -> Any:
    return slider(
        default, 0.0, 100, step=5, label="random labels", unit="%",
        help="Share of the training examples whose label is drawn by lot.",
    )  # fmt: skip
