"""Where every start ends: the valleys of a Hopfield network as a map, and as a hill."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from server.experiments.by_hand import ByHand
from server.grammar import (
    BasinMap,
    Formula,
    Hill,
    Line,
    Number,
    Profile,
    Readout,
    Surface,
    Theory,
    Tiles,
    Verdict,
    Word,
    choice,
    slider,
    toggle,
)
from server.models import hopfield
from server.models.basins import NONE, OUTSIDE, grid
from server.models.projections import Plane, Projection

AXES = 12
GRID = 64
"""Real states along each edge of the surface."""
NEAR = 0.5
"""From this overlap on a start is near a memory: three quarters of its units are right."""
HOLDS, BROKEN = 0.9, 0.5
"""Shares of near starts that come home, from which on the claim holds and below which it is broken."""


class Basins(ByHand):
    r"""Thousands of starts, each run to its end without heat, one unit at a time in a random order. The colour of a
    point is the memory in which its start ended; hatched where that was none of them, which is where valleys lie that
    nobody dug: blends, negatives, and what remains of memories that are too many.

    On the *wheel* all memories stand on the rim and noise at the centre; between, every unit copies the noise or one of
    the two neighbouring memories, picked by a threshold of its own, so that no two points start alike. On the *overlap
    plane* a start has exactly the two overlaps that its place says, as far as whole units allow: those in which the two
    memories agree and those in which they differ are turned over at random, so many of each.

    A coarse map comes at once, then every point is computed; after that four further starts for each point, with other
    noise and other picks. Pale points often ended elsewhere then. A state counts as a memory from an overlap of 0.9.

    The surface stands on the same plane: each height is the energy of one real start. Between neighbouring heights lie
    many units that were turned over, so it shows the lie of the land, not every stone on it.

    The claim is put to the test on all starts near a memory, with an overlap of at least ½, which is three quarters of
    the units right: it holds if nine in ten of them end in the memory that they were most like, and is broken if fewer
    than half do.
    """

    title = "Basins of attraction"
    section = "2 Hopfield network"
    order = 5
    claim = "Start anywhere near a memory and you fall into it."
    summary = "Which start ends where."
    source = (
        "slide 3; J. J. Hopfield, PNAS 79 (1982) 2554; "
        "B. Forrest, J. Phys. A 21 (1988) 245 (basins); D. Amit, Modeling Brain Function (1989), chapter 4."
    )
    formulas = (
        Formula(latex=r"h_i=\frac{1}{2}(E_{s_i=-1}-E_{s_i=+1})", before="a unit hears", after="on above 0, off below"),
        Formula(
            latex=r"m^{\mu}=\frac{1}{N}\sum_i\xi_i^{\mu}s_i", before="overlap with “{nearest}”", value="match", digits=2
        ),
    )
    step_name = "update"
    speed = 200.0
    pinned = "memories"

    class Controls(ByHand.Controls):
        relaunch: bool = toggle(
            True, label="let one start after another fall", applies="live",
            help="When a run has settled, another begins somewhere on the map.",
        )  # fmt: skip
        plane: Literal["wheel", "overlaps"] = choice(
            "wheel", label="map", labels={"wheel": "wheel", "overlaps": "overlap plane"},
            help="The wheel has all memories on its rim. The overlap plane has two, as its axes.",
        )  # fmt: skip
        first: int = slider(
            1, 1, AXES, label="overlap plane: across",
            help="Number of the memory along x, as stored; past the last one, the last.",
        )  # fmt: skip
        second: int = slider(
            2, 1, AXES, label="overlap plane: upwards",
            help="Number of the memory along y; where it is the same as x, the next one.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy",
        caption="Of the run on the map; each start falls anew.",
        symbol="E",
        theory=(Theory(label="deepest memory", channel="deepest"),),
        events="flipped",
        digits=1,
    )
    views = (
        BasinMap(
            title="Where starts end",
            caption="Each colour **falls** into one memory. Click!",
            detail="{where} Pale: by chance. {progress}",
            weight=3,
            index="memory",
            channel="basins",
            purity="purity",
            tiles="memories",
            labels="labels",
            path="path",
            press="start_at",
        ),
        Surface(
            title="Energy of the starts",
            caption="Memories lie in **valleys**. Drag to turn.",
            detail="Height: the energy of one real start at each point of the map.",
            weight=2,
            channel="heights",
            path="climb",
            axes=("map, across", "map, upwards"),
        ),
        Tiles(
            title="The state on the map",
            caption="Now most like “{nearest}”. **Paint** on it.",
            weight=2,
            channel="state",
            colours="spins",
            now="unit",
            paint="paint",
            drop="picture",
        ),
        Profile(
            title="Size of each basin",
            caption="Share of all starts that **end** there.",
            detail="The first twelve memories, in per cent of the map.",
            index="memory",
            lines=(Line(channel="shares"),),
            tiles="first_memories",
        ),
        Profile(
            title="Overlaps",
            caption="One memory **wins**. Ring: the start.",
            index="memory",
            lines=(Line(channel="overlaps"),),
            tiles="first_memories",
            reference="cue",
        ),
        Readout(
            title="The map in numbers",
            caption="Too many memories, and nothing is **recalled**.",
            numbers=(
                Number(channel="recalled", label="starts that end in a memory", digits=0, unit="%"),
                Number(channel="near", label="near starts that come home", digits=0, unit="%", waiting=True),
                Number(channel="pure", label="starts whose repeats end alike", digits=0, unit="%", waiting=True),
                Number(channel="load", label="memories per unit", symbol="α", digits=3),
            ),
        ),
    )
    presets = {
        "Six digits": {},
        "Hebb blends them": {"rule": "hebb"},
        "Random patterns, Hebb": {"rule": "hebb", "patterns": "random"},
        "Overloaded": {"rule": "hebb", "patterns": "random", "memories": 60},
        "Dense: sixty at once": {"rule": "dense", "patterns": "random", "memories": 60},
        "Overlap plane": {"plane": "overlaps"},
    }

    def project(self, patterns: Tensor) -> Projection:
        parameters = self.parameters
        if parameters.plane == "wheel" or len(patterns) == 1:
            return super().project(patterns)
        first = min(parameters.first, len(patterns)) - 1
        second = min(parameters.second, len(patterns)) - 1
        return Plane(patterns, self.seeds.data, first, (second + 1) % len(patterns) if second == first else second)

    def restart(self) -> None:
        self.launch = self.generator("order", "launch")
        self.settled, self.resting = 0, False
        super().restart()

    def start(self) -> Tensor:
        """A start on the map, not far from the middle."""
        return self._somewhere(0.45)

    def _somewhere(self, radius: float) -> Tensor:
        angle = 2 * torch.pi * torch.rand((), generator=self.launch, dtype=torch.float64)
        point = radius * torch.stack([angle.cos(), angle.sin()])
        return self.projection.starts(point[None])[0].double()

    def put(self, state: Tensor, *, ask: bool = False) -> None:
        self.resting = False
        super().put(state, ask=ask)

    def swept(self) -> None:
        """A run that has settled rests until its sweep is over; then the next one starts."""
        if not self.network.settled:
            return
        self.settled += not self.resting
        self.resting = True
        if self.parameters.relaunch:
            self.put(self._somewhere(float(torch.rand((), generator=self.launch)) ** 0.5 * 0.9))

    def surveyed(self) -> tuple[Hashable, ...]:
        parameters = self.parameters
        return *super().surveyed(), parameters.plane, parameters.first, parameters.second

    def survey_anew(self) -> None:
        super().survey_anew()
        for name in ("ground", "nearest"):
            self.__dict__.pop(name, None)

    @cached_property
    def ground(self) -> Tensor:
        """Energies of the starts on the surface's grid; NaN off the map."""
        return self.map.heights(GRID).float()

    @cached_property
    def nearest(self) -> Tensor:
        """The memory that each start of the map is most like (side, side), `NONE` below an overlap of `NEAR`."""
        starts = self.projection.starts(grid(self.map.side))
        best, number = (starts.float() @ self.pictures.float().T / self.units).max(1)
        return torch.where(best >= NEAR, number, NONE).to(torch.uint8).view_as(self.map.labels)

    @property
    def recalls(self) -> float:
        """Share of the near starts that end in the memory they were most like."""
        near = (self.nearest != NONE) & (self.map.labels != OUTSIDE)
        return float((self.map.labels == self.nearest)[near].float().mean())

    def show(self) -> Mapping[str, Tensor]:
        shown, labels = dict(super().show()), self.map.labels
        on = labels != OUTSIDE
        counts = torch.bincount(shown["basins"].flatten().long(), minlength=NONE)[: len(self.first_tiles)]
        return shown | {
            "heights": self.ground,
            "climb": self.trail.until(self.point()),
            "shares": 100 * counts / on.sum(),
            "match": hopfield.overlaps(self.pictures, self.network.state).max(),
            "near": torch.tensor(100 * self.recalls if self.map.complete else torch.nan),
            "pure": 100 * (self.map.purity[on] == 1).float().mean() if self.map.finished else torch.tensor(torch.nan),
            "load": torch.tensor(len(self.pictures) / self.units),
            "deepest": self.memory.energy(self.pictures, self.network.threshold).min(),
        }

    def verdict(self) -> Verdict:
        share = self.recalls
        word: Word = "holds" if share >= HOLDS else "broken" if share < BROKEN else "close"
        line = "of near starts return"
        if not self.map.complete:
            return Verdict(number="–", line=line, word="untested", note="map still coarse")
        return Verdict(number=_percent(share), line=line, word=word, note=f"all: {_percent(self.map.recalled)}")

    def words(self) -> Mapping[str, str]:
        done = "" if self.map.finished else f"{_percent(self.map.progress)} computed."
        return {**super().words(), "progress": done, "where": self._where()}

    def _where(self) -> str:
        """What the places on the map mean."""
        if not isinstance(self.projection, Plane):
            return "Rim: memories; centre: noise."
        across, upwards = (self.names[axis] for axis in self.projection.axes)
        return f"Across: overlap with “{across}”; upwards: with “{upwards}”."

    def position(self) -> Mapping[str, str]:
        return {"settled": str(self.settled)}


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
