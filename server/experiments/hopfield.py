"""Recall in a Hopfield network: noise runs down an energy into a memory, one unit at a time."""

from collections.abc import Mapping

import torch
from torch import Tensor

from server.experiments.by_hand import ByHand
from server.experiments.chronicle import Cause, Chronicle, decision
from server.experiments.cue import Cue, spoilt
from server.experiments.energies import FORMULAS, case
from server.experiments.experiment import Series
from server.grammar import (
    BasinMap,
    Curves,
    Hill,
    Line,
    Matrix,
    Number,
    Parameters,
    Profile,
    Readout,
    Relation,
    Theory,
    Tiles,
    Verdict,
    choice,
    slider,
)
from server.models import hopfield
from server.models.memory import Memory

BINS = 31  # of the histogram of fields
BLOCK = 512
"""Weights between more units than this are shown as means over blocks, or they would not fit into a picture."""


class Hopfield(ByHand):
    r"""A few hundred units, each on (+1) or off (−1), all linked to one another, hold pictures in their links. Show
    them a spoilt one, let unit after unit decide by itself, and the clean one comes back.

    A unit adds up what it hears, h = Σ w s − θ, and turns on above 0 and off below. The links are the same in both
    directions, so E = −½ Σ w s s + θ Σ s cannot rise when one unit decides: it changes by −2|h| if the unit flips, else
    not at all. So the run must end in a valley, where no unit wants to flip. Learning digs the valleys: Hebb's rule
    strengthens the link of two units that agree in a memory. It melts alike memories into one another; Storkey's leaves
    out what a link knows already, the pseudo-inverse keeps any independent memories apart. A dense memory has no links
    between pairs at all: E = −Σ F(ξ·s) over the memories ξ, with F a power of the likeness, or E = −log Σ exp(ξ·s),
    steep where one memory is near; a unit compares E when on with E when off. Dreaming does the opposite of learning:
    valleys into which random states fall are made less deep.

    Three things break the promise. Heat T > 0 lets a unit climb: by Glauber's rule it turns on with probability 1 /
    (1 + exp(−2h/T)). All units deciding at once may swap between two states for ever; a rise is rare then, since
    Hebb's and the pseudo-inverse's links would be positive semidefinite if units heard themselves. And a hand on θ,
    on the state or on what is stored changes the hill itself, which is not counted as a rise. In random order every
    unit decides once per sweep.

    The map shows where starts end, each without heat, one unit at a time in a random order. All memories stand on the
    rim; at the centre there is noise. Between, every unit copies the noise or one of the two neighbouring memories,
    picked by a threshold of its own, so that no two points of the map start alike. Hatched: the end is none of the
    memories (an overlap below 0.9). Pale: other noise and other picks often ended elsewhere. The run's place on the map
    is found from its overlaps, by the two neighbouring memories of which it holds the most.

    The digits are scikit-learn's, one clear example of each, enlarged from 8×8 and cut into ink and paper.
    """

    title = "Recall"
    section = "2 Hopfield network"
    order = 4
    claim = "One unit at a time, energy only falls, and a memory returns."
    summary = "A spoilt digit falls into a memory."
    source = (
        "slide 3; J. J. Hopfield, PNAS 79 (1982) 2554; "
        "L. Personnaz, I. Guyon, G. Dreyfus, J. Physique Lett. 46 (1985) L359 (pseudo-inverse); "
        "A. Storkey, ICANN (1997); J. J. Hopfield, D. I. Feinstein, R. G. Palmer, Nature 304 (1983) 158 (unlearning); "
        "D. Krotov, J. J. Hopfield, NeurIPS 29 (2016), "
        "M. Demircigil et al., J. Stat. Phys. 168 (2017) 288 (dense memories)."
    )
    formulas = FORMULAS
    step_name = "update"
    speed = 40.0
    pinned = "noise"

    class Heat(Parameters):
        """What this page adds; with the cue it comes first in the rail."""

        temperature: float = slider(
            0.0, 0, 2, step=0.01, symbol="T", label="temperature", applies="live",
            help="Heat: how often a unit decides against what it hears. At 0 never.",
        )  # fmt: skip
        update_order: hopfield.Order = choice(
            "random", label="update order", applies="live",
            help="Who decides next. Random: every unit once a sweep. All at once: one update is a sweep.",
        )  # fmt: skip
        ties: hopfield.Ties = choice(
            "keep", label="a unit that hears nothing", applies="live",
            labels={"keep": "stays as it is", "on": "turns on", "coin": "tosses a coin"},
            help="What a unit does whose field is exactly 0. The energy is the same either way.",
        )  # fmt: skip

    class Controls(ByHand.Controls, Cue, Heat):
        pass

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy",
        caption="It falls or stays. Ticks: a unit flipped.",
        symbol="E",
        theory=(Theory(label="the memory wanted", channel="memory_energy"),),
        events="flipped",
        digits=1,
    )
    views = (
        Tiles(
            title="Network state",
            caption="{wrong} units **disagree** with “{wanted}”.",
            detail="Yellow: decides next. {last} Paint on it.",
            weight=3,
            channel="state",
            colours="spins",
            target="target",
            now="unit",
            paint="paint",
            drop="picture",
        ),
        BasinMap(
            title="Basins of attraction",
            caption="Where each start **falls**. Click to start.",
            detail="Centre: noise. Rim: clean memories.",
            weight=2,
            index="memory",
            channel="basins",
            purity="purity",
            tiles="memories",
            labels="labels",
            path="path",
            press="start_at",
        ),
        Profile(
            title="Overlaps",
            caption="One memory **wins**. Ring: the cue.",
            detail="1: the same picture; 0: unrelated.",
            weight=2,
            index="memory",
            lines=(Line(channel="overlaps"),),
            tiles="first_memories",
            reference="cue",
        ),
        Matrix(
            title="Weights",
            caption="All memories **share** the same links.",
            detail="Blue: alike; orange: opposite. Dense memories have none.",
            channel="weights",
            rows="unit",
            columns="unit",
        ),
        Curves(
            title="Overlaps over time",
            caption="Likeness to each memory, **update** by update.",
            index="stored",
            lines=(Line(channel="likeness"),),
            theory=(Theory(label="recalled", value=1),),
        ),
        Tiles(
            title="Now, and next if all decide at once",
            caption="Together, two pictures may **swap** for ever.",
            detail="Without heat. One at a time, the left one never comes back.",
            channel="together",
            colours="spins",
        ),
        Relation(
            title="Local fields",
            caption="Units **left** of 0 oppose what they hear.",
            detail="Field times state, counted over all units; yellow: the unit that decides next.",
            x="bins",
            lines=(Line(channel="content_units", label="units"),),
            style="bars",
            now="decider",
            axis="field × state, s h",
        ),
        Readout(
            title="This run in numbers",
            caption="Flips become **rare** as the run settles.",
            numbers=(
                Number(channel="energy", label="energy", symbol="E", digits=1),
                Number(channel="memory_energy", label="energy of the memory wanted", digits=1),
                Number(channel="match", label="overlap with it", digits=3),
                Number(channel="flips", label="units flipped so far", digits=0),
                Number(channel="content", label="units that would not flip", digits=0),
                Number(channel="recalled", label="share of the map that is recalled", digits=0, unit="%"),
            ),
        ),
    )
    lasting = (*ByHand.lasting, "weights")
    presets = {
        "A 3 out of noise": {},
        "Too alike for Hebb": {"rule": "hebb", "memories": 10, "noise": 0.1},
        "All at once: two states swap": {"update_order": "all at once", "memories": 1, "noise": 0.5, "speed": 2.0},
        "Heated": {"temperature": 0.5, "noise": 0.1},
        "Half a letter": {"patterns": "letters", "memories": 12, "spoiling": "erase", "noise": 0.5},
        "A hundred in a dense memory": {"rule": "dense", "patterns": "random", "memories": 100, "noise": 0.3},
        "Slow motion": {"speed": 2.0},
    }

    def restart(self) -> None:
        self.decisions = 0
        self.chronicle = Chronicle()
        super().restart()
        self.live("temperature")

    def hold(self, memory: Memory) -> None:
        super().hold(memory)
        self.weights = _in_blocks(memory.matrix())

    def start(self) -> Tensor:
        """The wanted memory, spoilt."""
        return spoilt(self.pictures[self.wanted], self.parameters, self.generator("data"))

    @property
    def update_order(self) -> hopfield.Order:
        return self.parameters.update_order

    def live(self, name: str) -> None:
        super().live(name)
        self.network.temperature = self.parameters.temperature
        self.network.ties = self.parameters.ties

    def measured(self, updates: hopfield.Updates) -> Series:
        self.decisions += len(updates.unit) * (self.units if self.update_order == "all at once" else 1)
        self.chronicle.add(updates, self.network.state, self._cause)
        return super().measured(updates)

    def show(self) -> Mapping[str, Tensor]:
        shown = dict(super().show())
        network, state, side = self.network, self.network.state, self.parameters.side
        fields, unit = network.fields, max(0, int(shown["unit"]))
        contents = state * fields
        counts, edges = torch.histogram(contents.float(), BINS)
        return shown | {
            "weights": self.weights,
            "together": torch.stack([state, network.together()]).view(2, side, side),
            "match": hopfield.overlaps(self.pictures[[self.wanted]], state)[0],
            "wrong": (state != self.pictures[self.wanted]).sum(),
            "flips": self.chronicle.flips,
            "content": (contents >= 0).sum(),
            "bins": (edges[1:] + edges[:-1]) / 2,
            "content_units": counts,
            "decider": torch.tensor([float(contents[unit]), 0.0]),
            "field": fields[unit],
        }

    def words(self) -> Mapping[str, str]:
        """The unit that decides next, what it will do, and which formulas hold."""
        network, side = self.network, self.parameters.side
        unit = network.following(self.update_order)
        row, column = divmod(max(unit, 0), side)
        return {
            **super().words(),
            "formula": case(self.parameters.rule),
            "decision": decision(network, unit),
            "last": self.chronicle.last,
            "unit_number": f"{max(unit, 0)} (row {row + 1}, column {column + 1})",
        }

    def verdict(self) -> Verdict:
        rises, updates = self.chronicle.rises, self.chronicle.updates
        line = f"rises in {updates:,} update{'s' * (updates != 1)}".replace(",", "\u2009")
        if updates == 0:
            return Verdict(number="0", line=line, word="untested")
        if self._cause == "all at once" and self.network.swaps:
            return Verdict(number="2", line="states swap for ever", word="broken", note="all at once")
        number = str(rises) if rises < 10_000 else f"{rises // 1000}k"
        return Verdict(number=number, line=line, word="broken" if rises else "holds", note=self._note())

    @property
    def _cause(self) -> Cause:
        """What would be to blame if the energy rose now."""
        if self.parameters.temperature > 0:
            return "by heat"
        return "all at once" if self.update_order == "all at once" else "units hear themselves"

    def _note(self) -> str:
        """What a student should know beside the count, short enough for one line."""
        if self.chronicle.blame:
            return self.chronicle.blame
        if self.parameters.temperature > 0:
            return "heated"
        return "settled" if self.network.settled else "still falling"

    def position(self) -> Mapping[str, str]:
        return {"sweep": f"{self.decisions / self.units:.2f}"}


def _in_blocks(weights: Tensor | None) -> Tensor:
    """The weights, or means over blocks of them where there are too many; one hatched cell where there are none."""
    if weights is None:
        return torch.full((1, 1), torch.nan)
    side = -(-len(weights) // BLOCK)
    return weights if side == 1 else torch.nn.functional.avg_pool2d(weights[None], side, ceil_mode=True)[0]
