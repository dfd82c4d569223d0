"""What the playground shows: decisions on the plane, accuracies, every unit's map, the net, its mistakes."""

from typing import Literal

from server.experiments.depth import by_layer
from server.experiments.paired import Paired
from server.grammar import Curves, Graph, Line, Matrix, Points, Theory, Tiles, View


def _decisions(letter: Literal["A", "B"], weight: Literal[2, 3]) -> Points:
    return Points(
        title=f"What {letter} says on the plane",
        caption=f"{{right_{letter}}} of {{held}} **held-out** {{rightly}}.",
        detail="{split}." if letter == "A" else "{drawn}.",
        weight=weight,
        channel="points",
        classes="classes",
        field=f"field_{letter}",
        certainty=f"certainty_{letter}",
        held_out="held_out",
        wrong=f"wrong_{letter}",
        press="place",
        axes=("x₁", "x₂"),
    )


VIEWS: tuple[View, ...] = (
    _decisions("A", 3),
    _decisions("B", 2),
    Paired.accuracy_view.model_copy(
        update={
            "title": "Held-out points got right",
            "caption": "Per cent of {held} points **never learnt**.",
            "detail": "Right: {right}.",
            "theory": (Theory(label="guessing", channel="chance"),),
        }
    ),
    Tiles(
        title="What each unit answers where",
        caption="Each layer of {seen} **bends** what it is given.",
        detail="Inputs first, outputs last; each map over its own largest value, orange and blue of opposite sign.",
        channel="tiles",
        colours="diverging",
        index="unit",
    ),
    Graph(
        title="The net",
        caption="Net {seen}: its {edges} on the **links**.",
        detail="+ and −: units of a layer; at the ends, layers.",
        weights="links",
        layout="layers",
        layers="layers",
        widths="shape",
        index="unit",
    ),
    Matrix(
        title="Which class is taken for which",
        caption="Held-out points of {seen}: true **rows**.",
        detail="{diagonal}; a column is what the net says.",
        channel="confusion",
        colours="sequential",
        rows="true",
        columns="said",
    ),
    by_layer("Gradient by layer", "Size of ∂E/∂W, **log axis**; first layer left.", "gradient", axis="layer"),
    by_layer("Signal by layer", "Root mean square of what **units** answer.", "signal", axis="layer"),
    Curves(
        title="Training points got right",
        caption="Per cent of {counted} that are **learnt**.",
        lines=(Line(channel="learnt_A", label="A", mark="A"), Line(channel="learnt_B", label="B", mark="B")),
        low=0,
        high=100,
    ),
)  # fmt: skip
