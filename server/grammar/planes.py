"""Views of a plane [−1, 1]²: examples over a net's decisions, and heights with the ways of those who go down them.

Maps are arrays (h, w), row 0 on top (y = 1); an entry stands for the middle of its cell.
"""

from typing import Literal

from server.grammar.views import AxisScale, Mark, View


class Points(View):
    """Examples on the plane over the map of what a net says there. A class has its own mark: ●, ×, ○, ▲ …

    Where `classes` are integers, the map tells which class wins: in orange and blue with the line of ½ between two, in
    tints between more. Where they are real numbers (regression), examples and map share one diverging map of values,
    and NaN is a value that is not known. This may change from run to run. A class is called by the live word
    "<index>_<k>", else by its declared name, else by its number from 1. An example off the map stands at its edge.
    """

    kind: Literal["points"] = "points"
    shape = "square"
    channel: str
    """(n, 2): where the examples stand."""
    classes: str
    """(n,): the number of the class, of an integer dtype; or values, of a real one."""
    field: str = ""
    """(h, w): the number of the class that wins there, uint8; or values of the net, of a real dtype."""
    certainty: str = ""
    """(h, w): from 0 (the net cannot tell) to 1, by which the colour fades: (K·max p − 1)/(K − 1) of K classes."""
    held_out: str = ""
    """(n,): 1 for an example to test with, ringed."""
    wrong: str = ""
    """(n,): 1 where the net names an example wrongly, framed."""
    names: tuple[str, ...] = ()
    """Of the classes, the first one's first."""
    axes: tuple[str, str] = ("", "")
    """What lies along x and along y, in words; the live words "axis_0" and "axis_1" go first."""
    press: str = ""
    """An action (x: float, y: float) that places an example."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.channel: (2,), self.classes: (1,)}
        found |= {name: (2,) for name in (self.field, self.certainty) if name}
        return found | {name: (1,) for name in (self.held_out, self.wrong) if name}


class Plane(View):
    """Heights seen from above, with contour lines, and the ways of several who go down them; now is yellow.

    A way differs from the others in mark, dash and the name at its end: the declared one, else the live word
    "<index>_<k>". One that has left the map ends in ✕ at its edge.
    """

    kind: Literal["plane"] = "plane"
    shape = "square"
    heights: str
    """(h, w); NaN: nothing there."""
    paths: str = ""
    """(p, k, 2): each way from its start to now, in [−1, 1]²; filled up with NaN."""
    names: tuple[str, ...] = ()
    """Of the ways, the first one's first."""
    marks: tuple[Mark, ...] = ()
    """Who each way belongs to, where they are arms; else every way has a mark of its own."""
    arrows: str = ""
    """(a, 4): x, y, dx, dy of arrows, in [−1, 1]²; NaN for none."""
    arrow_names: tuple[str, ...] = ()
    """What stands at the arrows' heads: "gradient", "momentum"."""
    minimum: str = ""
    """(m, 2): where the heights are least, marked by crosses; NaN for none."""
    span: str = ""
    """(4,): x₀, x₁, y₀, y₁, what −1 and 1 are in the units of the axes."""
    axes: tuple[str, str] = ("", "")
    """What lies along x and along y, in words."""
    scale: AxisScale = "linear"
    """Of shades and lines; heights below 0 make a log scale linear."""
    press: str = ""
    """An action (x: float, y: float), in [−1, 1]², that starts from a point of the map."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.heights: (2,)}
        found |= {self.paths: (3,)} if self.paths else {}
        found |= {self.span: (1,)} if self.span else {}
        return found | {name: (2,) for name in (self.arrows, self.minimum) if name}
