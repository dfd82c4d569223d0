"""What is seen of a descent: the hill along the foot of the page, and its views."""

from typing import Literal

from server.experiments.descenders import CHANNELS, NAMES
from server.grammar import Curves, Hill, Line, Number, Plane, Profile, Readout, Relation, Theory, View

MARKS: tuple[Literal["ink", "A", "B", "other"], ...] = ("ink", "A", "B", "other", "other")

HILL = Hill(
    lines=tuple(Line(channel=f"height_{c}", label=n, mark=m) for c, n, m in zip(CHANNELS, NAMES, MARKS, strict=True)),
    title="Height",
    caption="Above the lowest, **log axis**; net: loss.",
    symbol="E",
    theory=(Theory(label="arrived", channel="goal"),),
    scale="log",
)

VIEWS: tuple[View, ...] = (
    Plane(
        title="The terrain from above",
        caption="Who **gets down**? Press to start elsewhere.",
        detail="Arrows: Nesterov's look-ahead, and the gradient taken there.",
        weight=3,
        heights="map",
        paths="paths",
        names=NAMES,
        arrows="arrows",
        arrow_names=("look-ahead", "gradient"),
        minimum="minimum",
        span="span",
        axes=("x", "y"),
        scale="log",
        press="start",
    ),
    Readout(
        title="Steps until arrived",
        caption="This start: **{arrived} of 5** are down.",
        weight=2,
        numbers=tuple(
            Number(channel=f"steps_{c}", label=n, digits=0, waiting=True) for c, n in zip(CHANNELS, NAMES, strict=True)
        ),
    ),
    Curves(
        title="Least curvature underfoot",
        caption="Below 0 there is a **way down**: a saddle.",
        detail="Of the Hessian where each stands.",
        weight=2,
        lines=(
            Line(channel="least_plain", label="plain"),
            Line(channel="least_momentum", label="momentum", mark="A"),
        ),
        theory=(Theory(label="0: flat", value=0.0),),
    ),
    Readout(
        title="Slow places",
        caption="Why slow: **saddle**, or a flat bowl?",
        detail="Slope below a fifth of the map's median; all five, until they arrive.",
        numbers=(
            Number(channel="slow", label="slow steps", digits=0),
            Number(channel="on_saddle", label="an eigenvalue below 0", digits=0, unit="%", waiting=True),
            Number(channel="in_bowl", label="both above 0", digits=0, unit="%", waiting=True),
            Number(channel="downwards", label="ways down, of all dimensions", digits=0, waiting=True),
        ),
    ),
    Profile(
        title="All curvatures",
        caption="Eigenvalues where **{watched}** stands.",
        detail="Of the Hessian, ascending. Real net: the whole one, 172, measured while you watch.",
        lines=(Line(channel="curvatures", label="eigenvalue"),),
        style="marks",
        theory=(Theory(label="0: flat", value=0.0),),
        axis="eigenvalue",
    ),
    Relation(
        title="Each at its best rate",
        caption="Steps needed: as κ, or **√κ** with momentum.",
        detail="In ravines of every condition number, to the same height; log axes. Dashed: theory.",
        x="conditions",
        lines=(
            Line(channel="race_plain", label="plain"),
            Line(channel="race_momentum", label="momentum", mark="A"),
        ),
        theory=(Theory(label="~ κ", channel="theory_plain"), Theory(label="~ √κ", channel="theory_momentum")),
        axis="condition number κ",
        x_scale="log",
        y_scale="log",
    ),
)
