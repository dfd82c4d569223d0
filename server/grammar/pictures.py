"""Views that are pictures: a grid of numbers through a colour map, or a map of them."""

from typing import Literal

from server.grammar.views import View

Colours = Literal["spins", "sequential", "diverging"]


class Matrix(View):
    """A matrix through a colour map, with its colour bar; 0 is paper in a diverging map."""

    kind: Literal["matrix"] = "matrix"
    shape = "square"
    channel: str
    colours: Colours = "diverging"
    rows: str = "row"
    columns: str = "column"
    span: tuple[float, float] | None = None
    """Of the colours; found from the numbers where None."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        return {self.channel: (2,)}


class Tiles(View):
    """n images of h×w cells. One large image when n = 1."""

    kind: Literal["tiles"] = "tiles"
    shape = "square"
    channel: str
    colours: Colours = "sequential"
    target: str = ""
    """A channel of the same shape: cells that differ from it in sign are marked."""
    now: str = ""
    """A rank-0 channel: the index of the cell deciding now (−1: none), ringed yellow."""
    paint: str = ""
    """An action (cells: list[int], value: bool) that painting calls."""
    drop: str = ""
    """An action (cells: list[int]): the cells that are ink in a picture dropped on it, cut to black and white there."""
    names: tuple[str, ...] = ()
    """What stands above the images, the first one's first."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.channel: (3,)}
        found |= {self.target: (3,)} if self.target else {}
        return found | ({self.now: (0,)} if self.now else {})


class BasinMap(View):
    """Where each start ends: a map of valleys. Points are in [−1, 1]², y upwards; row 0 of the arrays is on top."""

    kind: Literal["basins"] = "basins"
    shape = "square"
    channel: str
    """(h, w) uint8: the number of the memory that is reached, 254 where it is none, 255 off the map."""
    purity: str
    """(h, w): share of repeated starts that ended there, drawn as opacity."""
    tiles: str
    """(p, a, b): the memories' pictures, which name them on the map."""
    labels: str
    """(p, 2): where the names stand; NaN for none."""
    path: str
    """(k, 2): the present run on the map, from its start to now."""
    press: str = ""
    """An action (x: float, y: float) that starts a run from a point of the map."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        return {self.channel: (2,), self.purity: (2,), self.tiles: (3,), self.labels: (2,), self.path: (2,)}


class Graph(View):
    """Units and the links between them: numbered circles filled by state, lines as wide as |weight|.

    A unit is called by the live word "<index>_<k>" ("unit_0"), else by its number from 1. Of many links only the
    strongest are drawn; the page says so.
    """

    kind: Literal["graph"] = "graph"
    shape = "square"
    weights: str
    """(N, N): weight i, j is that of the link between units i and j; 0: not linked."""
    states: str = ""
    """(N,): from 0 (off) to 1 (on), grey between; NaN: not known."""
    layout: Literal["ring", "layers"] = "ring"
    layers: str = ""
    """(N,): which layer a unit belongs to, from 0 at the left; in a ring all above 0 are hidden units."""
    now: str = ""
    """A rank-0 channel: the unit deciding now (−1: none), ringed yellow."""
    held: str = ""
    """(N,): 1 where a unit is held at its state, marked by brackets."""
    press: str = ""
    """An action (unit: int) that pressing a unit calls."""
    widths: str = ""
    """A live word: the parameter, declared by `widths`, that holds the units of the layers between first and last.
    Buttons at the layers then change it."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.weights: (2,)}
        found |= {name: (1,) for name in (self.states, self.layers, self.held) if name}
        return found | ({self.now: (0,)} if self.now else {})


class Surface(View):
    """Heights over a grid in [−1, 1]², turned by hand. Only measured heights: where there is none (NaN), no surface."""

    kind: Literal["surface"] = "surface"
    shape = "square"
    channel: str
    """(h, w), row 0 at y = 1."""
    path: str = ""
    """(k, 3): x, y and height of the present run, from its start to now."""
    axes: tuple[str, str] = ("", "")
    """What lies along x and along y, in words."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.channel: (2,)}
        return found | ({self.path: (2,)} if self.path else {})


class Tree(View):
    """Valleys and the passes between them: leaves hang at their energy and join where the lowest pass lies."""

    kind: Literal["tree"] = "tree"
    shape = "wide"
    nodes: str
    """(n, 4): x from 0 to 1, energy, the parent's row (−1: none), share of all starts that end there (0 for a pass)."""
    tiles: str = ""
    """(leaves, a, b): the pictures of the valleys, in the order of their rows."""
    now: str = ""
    """(2,): the leaf that the present state lies above, and its energy."""
    press: str = ""
    """An action (leaf: int) that starts a run above a leaf."""

    def channels(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {self.nodes: (2,)}
        found |= {self.tiles: (3,)} if self.tiles else {}
        return found | ({self.now: (1,)} if self.now else {})
