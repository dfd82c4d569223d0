"""Recall in a Hopfield network: noise runs down an energy into a memory, one unit at a time."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments.experiment import Experiment, Series
from server.grammar import (
    Curves,
    Formula,
    Hill,
    Line,
    Matrix,
    Number,
    Parameters,
    Profile,
    Readout,
    Refused,
    Theory,
    Tiles,
    Verdict,
    action,
    choice,
    slider,
    toggle,
)
from server.models import hopfield
from server.models.data import binary_digits

SIDE = 20
UNITS = SIDE * SIDE
WANTED = 3
"""The digit that the cue is a spoilt copy of."""
STORED = (WANTED, 0, 1, 4, 5, 7, 2, 6, 8, 9)
"""Which digits are memorised first."""


class Hopfield(Experiment):
    r"""400 units, each on (+1) or off (−1), all linked to one another, hold a few handwritten digits in their
    links. Show them a spoilt digit, let unit after unit decide by itself, and the clean one comes back.

    A unit adds up what it hears, h = Σ w s − θ, and turns on above 0 and off below. The links are the same in
    both directions, so E = −½ Σ w s s + θ Σ s cannot rise when one unit decides: it changes by −2|h| if the
    unit flips, else not at all. So the run must end in a valley, where no unit wants to flip. Learning digs
    the valleys: Hebb's rule strengthens the link of two units that agree in a memory. It melts alike memories
    into one another; the pseudo-inverse keeps any independent memories apart.

    Three things break the promise. Heat T > 0 lets a unit climb, with the probability of Boltzmann's law. All
    units deciding at once may swap between two states for ever; a rise is rare then, since both rules'
    links would be positive semidefinite if units heard themselves. And a hand on θ changes the hill itself,
    which is not counted as a rise. In random order every unit decides once per sweep of 400 updates.

    The memories are scikit-learn's digits, one clear example of each, enlarged from 8×8 to 20×20 and cut into
    ink and paper.
    """

    title = "Recall"
    section = "2 Hopfield network"
    order = 4
    claim = "One unit at a time, energy only falls, and a memory returns."
    summary = "A spoilt digit falls into a memory."
    source = (
        "slide 3; J. J. Hopfield, PNAS 79 (1982) 2554; "
        "L. Personnaz, I. Guyon, G. Dreyfus, J. Physique Lett. 46 (1985) L359 (pseudo-inverse)."
    )
    formulas = (
        Formula(latex=r"E=-\frac{1}{2}\sum_{i,j}w_{ij}s_is_j+\sum_i\theta s_i", value="energy", digits=1),
        Formula(latex=r"h_i=\sum_j w_{ij}s_j-\theta", value="field", before="unit {example}", after="on above 0"),
    )
    step_name = "update"
    speed = 40.0
    pinned = "noise"

    class Controls(Parameters):
        threshold: float = slider(
            0.0, -2, 2, step=0.01, symbol=r"\theta", label="threshold", applies="live",
            help="What a unit must hear to turn on, the same for all. It tilts the whole hill.",
        )  # fmt: skip
        temperature: float = slider(
            0.0, 0, 2, step=0.01, symbol="T", label="temperature", applies="live",
            help="Heat: how often a unit decides against what it hears. At 0 never.",
        )  # fmt: skip
        update_order: hopfield.Order = choice(
            "random", label="update order", applies="live",
            help="Who decides next. Random: every unit once a sweep. All at once: one update is a sweep.",
        )  # fmt: skip
        noise: float = slider(
            0.36, 0, 0.5, step=0.01, symbol="p", label="noise in the cue",
            help="Share of the units turned over in the digit at the start. At 0.5 nothing of it is left.",
        )  # fmt: skip
        memories: int = slider(
            6, 1, 10, symbol="M", label="memories stored",
            help="How many different digits the links hold. The 3 is always among them.",
        )  # fmt: skip
        rule: Literal["hebb", "pseudo-inverse"] = choice(
            "pseudo-inverse", labels={"hebb": "Hebb"}, label="learning rule",
            help="How the links are made. Hebb: each by itself. Pseudo-inverse: so that all memories fit.",
        )  # fmt: skip
        self_connections: bool = toggle(
            False, label="units connect to themselves",
            help="Keep each unit's link to itself: it then holds on to its own state, noise included.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy",
        caption="It falls or stays. Ticks: a unit flipped.",
        symbol="E",
        theory=(Theory(label="the stored 3", channel="memory_energy"),),
        events="flipped",
        digits=1,
    )
    views = (
        Tiles(
            title="Network state",
            caption="{wrong} of 400 units **disagree** with “3”.",
            detail="Yellow: deciding now. Paint on it.",
            weight=3,
            channel="state",
            colours="spins",
            target="target",
            now="unit",
            paint="paint",
        ),
        Matrix(
            title="Weights",
            caption="All memories **share** the same links.",
            detail="Blue: alike; orange: opposite.",
            weight=2,
            channel="weights",
            rows="unit",
            columns="unit",
        ),
        Profile(
            title="Overlaps",
            caption="One memory **wins**. Ring: the cue.",
            detail="1: the same picture; 0: unrelated.",
            weight=2,
            index="memory",
            lines=(Line(channel="overlaps"),),
            tiles="memories",
            reference="cue",
        ),
        Curves(
            title="Overlaps over time",
            caption="Likeness to each memory, **update** by update.",
            index="memory",
            lines=(Line(channel="overlaps"),),
            theory=(Theory(label="recalled", value=1),),
        ),
        Readout(
            title="This run in numbers",
            caption="Flips become **rare** as the run settles.",
            numbers=(
                Number(channel="energy", label="energy", symbol="E", digits=1),
                Number(channel="memory_energy", label="energy of the stored 3", digits=1),
                Number(channel="likeness", label="overlap with the 3", digits=3),
                Number(channel="flips", label="units flipped so far", digits=0),
                Number(channel="content", label="units that would not flip", digits=0),
            ),
        ),
    )
    lasting = ("target", "memories", "weights", "cue")
    presets = {
        "A 3 out of noise": {},
        "Too alike for Hebb": {"rule": "hebb", "memories": 10, "noise": 0.1},
        "All at once: two states swap": {"update_order": "all at once", "memories": 1, "noise": 0.5, "speed": 2.0},
        "Heated": {"temperature": 0.5, "noise": 0.1},
    }

    def restart(self) -> None:
        parameters = self.parameters
        digits = sorted(STORED[: parameters.memories])
        self.patterns = binary_digits(digits, side=SIDE)
        self.wanted = digits.index(WANTED)
        learn = hopfield.hebb if parameters.rule == "hebb" else hopfield.pseudo_inverse
        weights = learn(self.patterns, self_connections=parameters.self_connections)
        self.network = hopfield.Network(weights, self.patterns, self._cue(), self.seeds.order)
        self.live("threshold")
        self.cue = self.network.overlaps
        self.hand = self.generator("order", "hand")
        self.unit, self.updates, self.decisions = -1, 0, 0
        self.flips = torch.tensor(0)
        self.rises = {cause: torch.tensor(0) for cause in ("heat", "all at once", "one at a time")}

    def _cue(self) -> Tensor:
        """The digit with exactly this share of its units turned over, at random."""
        spoilt = torch.randperm(UNITS, generator=self.generator("data"))[: round(self.parameters.noise * UNITS)]
        state = self.patterns[self.wanted].clone()
        state[spoilt] *= -1
        return state

    def live(self, name: str) -> None:
        self.network.threshold = self.parameters.threshold
        self.network.temperature = self.parameters.temperature

    def advance(self, steps: int) -> Series:
        order = self.parameters.update_order
        updates = self.network.update(steps, order)
        self.unit = int(updates.unit[-1])
        self.updates += steps
        self.decisions += steps * (UNITS if order == "all at once" else 1)
        self.flips += updates.flips.sum()
        self.rises[self._cause] += updates.rises
        return {
            "energy": updates.energy,
            "overlaps": updates.overlaps,
            "flipped": (updates.flips > 0).double(),
        }

    def show(self) -> Mapping[str, Tensor]:
        network = self.network
        state, wanted = network.state, self.patterns[self.wanted]
        fields, example = network.fields, max(self.unit, 0)
        return {
            "state": state.view(1, SIDE, SIDE),
            "target": wanted.view(1, SIDE, SIDE),
            "memories": self.patterns.view(-1, SIDE, SIDE),
            "weights": network.weights,
            "overlaps": network.overlaps,
            "cue": self.cue,
            "energy": torch.tensor(network.energy),
            "memory_energy": hopfield.energy(network.weights, wanted, network.threshold),
            "likeness": network.overlaps[self.wanted],
            "wrong": (state != wanted).sum(),
            "flips": self.flips,
            "content": (state * fields >= 0).sum(),
            "unit": torch.tensor(self.unit),
            "example": torch.tensor(example),
            "field": fields[example],
        }

    def verdict(self) -> Verdict:
        rises = sum(int(count) for count in self.rises.values())
        line = f"rises in {self.updates:,} updates".replace(",", "\u2009")
        if self.updates == 0:
            return Verdict(number="0", line=line, word="untested")
        if self._swapping:
            return Verdict(number="2", line="states swap for ever", word="broken", note="all at once")
        number = str(rises) if rises < 10_000 else f"{rises // 1000}k"
        return Verdict(number=number, line=line, word="broken" if rises else "holds", note=self._note())

    @property
    def _cause(self) -> str:
        """What would be to blame if the energy rose now."""
        if self.parameters.temperature > 0:
            return "heat"
        return "all at once" if self.parameters.update_order == "all at once" else "one at a time"

    @property
    def _swapping(self) -> bool:
        return self._cause == "all at once" and self.network.swaps

    def _note(self) -> str:
        """What a student should know beside the count, short enough for one line."""
        if self.rises["heat"]:
            return "by heat"
        if self.rises["all at once"]:
            return "all at once"
        if self._cause == "heat":
            return "heated"
        return "settled" if self.network.settled else "still falling"

    def position(self) -> Mapping[str, str]:
        return {"sweep": f"{self.decisions / UNITS:.2f}"}

    @action("Corrupt 10 %", help="Turn over 40 units picked at random.")
    def corrupt(self) -> None:
        """Another forty every time; the same ones when the run is repeated."""
        state = self.network.state
        state[torch.randperm(UNITS, generator=self.hand)[: UNITS // 10]] *= -1
        self.network.state = state

    @action("Blank sheet", help="Turn every unit off, to draw a cue by hand.")
    def blank(self) -> None:
        """All units off."""
        self.network.state = torch.full((UNITS,), -1.0)

    @action("", help="Turn single units on or off by hand.")
    def paint(self, cells: list[int], value: bool) -> None:
        """Set these units, numbered along the rows from the top left. Raises Refused where there is none."""
        outside = [cell for cell in cells if cell not in range(UNITS)]
        if outside:
            raise Refused(f"There is no unit {outside[0]}; units are numbered 0 to {UNITS - 1}.")
        state = self.network.state
        state[cells] = 1.0 if value else -1.0
        self.network.state = state
