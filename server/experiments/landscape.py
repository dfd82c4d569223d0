"""All states of a small Hopfield network at once: every valley, its basin, and the passes between them."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments.experiment import Experiment, Series
from server.experiments.valleys import block, drawn, strangers
from server.grammar import (
    Formula,
    Hill,
    Line,
    Number,
    Parameters,
    Readout,
    Refused,
    Relation,
    Theory,
    Tiles,
    Tree,
    Verdict,
    Word,
    action,
    choice,
    slider,
)
from server.models.hopfield import Network, Order
from server.models.landscape import LARGEST, Landscape, grained, numbers_of, states_of, survey
from server.models.rules import learn

REST = 2
"""Sweeps that a run lies still before the next one starts."""


class Valleys(Experiment):
    r"""A network of 12 units has 4096 states; here every one of them is listed before the run begins. So one can know
    all valleys and not only those that a run happens to meet: the memories, their mirror images (each unit turned
    over: the same energy, unless a threshold tilts the land), and mixtures that nobody stored.

    Water that floods the land joins two valleys at the lowest pass between them; the tree shows at which energy. It is
    called a disconnectivity graph. A state at energy E can lie in any valley below the branch on which its ball
    stands, but in none of the others unless heat lifts it over a pass, which takes a time of order exp(ΔE / T). Floors
    are drawn as wide as their basin: the share of all starts from which a run ends there, each unit that would flip
    being as likely to be the next. It is computed, not sampled. The ball is drawn above the valley in which steepest
    descent from its state ends; chance may lead it elsewhere while it is still above a pass.

    States of equal energy joined by single flips are one valley: ties do not multiply minima. Where no flip leads
    down but a flat walk would find one, the state lies on a ledge: a unit that hears 0 keeps its state, and the run
    rests beside a valley. A coin at each tie sets it free. All units deciding at once may swap for ever. Basins are
    those of random order, whatever the order of the run; where ties toss coins, those of coins.

    The patterns are random, no two alike or opposite. A run that has settled makes place for one from anywhere.
    """

    title = "Every valley"
    section = "2 Hopfield network"
    order = 6
    claim = "However a run starts, it ends in one of the listed valleys."
    summary = "All valleys, and the passes between them."
    source = (
        "slide 3; O. M. Becker, M. Karplus, J. Chem. Phys. 106 (1997) 1495; "
        "D. J. Wales, M. A. Miller, T. R. Walsh, Nature 394 (1998) 758; C. Flamm et al., Z. Phys. Chem. 216 (2002) 155."
    )
    formulas = (
        Formula(latex=r"E=-\frac{1}{2}\sum_{i,j}w_{ij}s_is_j+\sum_i\theta s_i", value="height"),
        Formula(latex=r"\Delta E=E_{\mathrm{pass}}-E_{\mathrm{valley}}", value="climb", before="out of this valley"),
    )
    step_name = "update"
    speed = 15.0
    pinned = "temperature"

    class Controls(Parameters):
        threshold: float = slider(
            0.0, -1, 1, step=0.01, symbol=r"\theta", label="threshold", applies="live",
            help="What a unit must hear to turn on. It tilts the land: all states are listed anew.",
        )  # fmt: skip
        temperature: float = slider(
            0.0, 0, 1, step=0.01, symbol="T", label="temperature", applies="live",
            help="Heat lifts the state over passes. At 0 a run settles, and the next one starts.",
        )  # fmt: skip
        update_order: Order = choice(
            "random", label="update order", applies="live",
            help="Who decides next. Random: every unit once a sweep. All at once: one update is a sweep.",
        )  # fmt: skip
        ties: Literal["keep", "coin"] = choice(
            "keep", labels={"keep": "keeps its state", "coin": "tosses a coin"}, label="a unit that hears 0",
            applies="live", help="Kept states can hold a run on a ledge beside a valley; a coin lets it go on.",
        )  # fmt: skip
        units: int = slider(
            12, 4, LARGEST, symbol="N", label="units",
            help="There are 2ᴺ states. From 18 on, listing them takes a second or two, also when θ moves.",
        )  # fmt: skip
        memories: int = slider(3, 1, 8, symbol="p", label="memories stored", help="Random patterns, drawn by the seed.")
        rule: Literal["hebb", "storkey", "pseudo-inverse"] = choice(
            "hebb", labels={"hebb": "Hebb", "storkey": "Storkey"}, label="learning rule",
            help="How the links are made from the patterns.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy",
        caption="Down into a valley, then a **new start**. Ticks: a flip.",
        symbol="E",
        theory=(Theory(label="deepest valley", channel="deepest"), Theory(label="pass out of here", channel="pass")),
        events="flipped",
    )
    views = (
        Tree(
            title="Valleys and passes",
            caption="{valleys} valleys; **pale** pictures: no memory.",
            detail="Wider: more starts ({chance}). Click: start above it.",
            weight=3,
            index="valley",
            nodes="nodes",
            tiles="pictures",
            now="now",
            press="start",
        ),
        Tiles(
            title="Network state",
            caption="One of {states} **states**. Paint on it.",
            weight=2,
            channel="state",
            colours="spins",
            now="unit",
            paint="paint",
        ),
        Relation(
            title="Basin and depth",
            caption="The **deeper** a valley, the more starts it has?",
            x="depths",
            lines=(Line(channel="kept", label="memories"), Line(channel="spurious", label="others", mark="other")),
            now="here",
            axis="energy of the valley",
            span=(0.0, 0.1),
        ),
        Readout(
            title="The land in numbers",
            caption="Shares and **ledges**: {chance}.",
            numbers=(
                Number(channel="states", label="states", digits=0),
                Number(channel="valleys", label="valleys", digits=0),
                Number(channel="strict", label="of a single state", digits=0),
                Number(channel="found", label="valleys with a memory", digits=0),
                Number(channel="mirrored", label="with its mirror image only", digits=0),
                Number(channel="mixtures", label="with neither: spurious", digits=0),
                Number(channel="deepest", label="deepest", symbol="E"),
                Number(channel="ledges", label="starts that end on a ledge", digits=1, unit="%"),
            ),
        ),
        Relation(
            title="All energies",
            caption="How many states lie **how high**.",
            x="levels",
            lines=(Line(channel="counts"),),
            style="bars",
            axis="energy",
        ),
        Tiles(title="Memories", caption="What was **stored**.", weight=2, channel="memories", colours="spins"),
    )
    lasting = ("memories",)
    presets = {
        "Three memories": {},
        "Two memories, four valleys": {"memories": 2},
        "Overloaded": {"units": 16, "memories": 7},
        "Heated: over the passes": {"temperature": 0.45, "memories": 2, "speed": 60.0},
        "Tilted by a threshold": {"threshold": 0.3},
        "Ties hold it on ledges": {"memories": 6},
        "All at once: some swap": {"update_order": "all at once"},
        "A million states": {"units": 20, "memories": 5},
    }

    def restart(self) -> None:
        self.patterns = strangers(self.parameters.units, self.parameters.memories, self.generator("data"))
        self.memory = learn(self.parameters.rule, self.patterns)
        self.starts = self.generator("order", "starts")
        self.network = Network(self.memory, self.patterns, self._anywhere(), self.seeds.order)
        self.live("threshold")
        self._survey()
        self.unit, self.updates = -1, 0

    def _anywhere(self) -> Tensor:
        return states_of(torch.randint(1 << self.parameters.units, (), generator=self.starts), self.parameters.units)

    def live(self, name: str) -> None:
        self.network.threshold = self.parameters.threshold
        self.network.temperature = self.parameters.temperature
        self.network.ties = self.parameters.ties
        if name != "temperature":  # another land, or another way down: what was counted is not of it
            self.rests = self.runs = self.ended = self.held = 0

    @property
    def land(self) -> Landscape:
        """The landscape at the present threshold; listed when it is asked for, since a hand on θ moves fast."""
        if self.surveyed != (self.network.threshold, self.network.ties):
            self._survey()
        return self._land

    def _survey(self) -> None:
        self.surveyed = self.network.threshold, self.network.ties
        self._land = survey(self.memory, self.network.threshold, coin=self.network.ties == "coin")
        self._drawing = drawn(self._land, self.patterns)

    def advance(self, steps: int) -> Series:
        order, units = self.parameters.update_order, self.parameters.units
        energies, flips, left = [], [], steps
        while left:
            part = min(left, units - self.updates % units)
            updates = self.network.update(part, order)
            self.updates, left = self.updates + part, left - part
            self.unit = int(updates.unit[-1])
            energies.append(updates.energy)
            flips.append((updates.flips > 0).double())
            if self.updates % units == 0:
                self._swept()
        return {"energy": grained(torch.cat(energies)), "flipped": torch.cat(flips)}

    def _swept(self) -> None:
        """A sweep is over: a run that rests is counted, and after a while makes place for the next."""
        network = self.network
        arrived = network.temperature == 0 and self.land.on_floor(network.state)
        stuck = network.temperature == 0 and not arrived and (network.settled or self._swapping)
        self.rests = self.rests + 1 if arrived or stuck else 0
        if self.rests == 1:
            self.runs += 1
            self.ended += arrived
            self.held += stuck and not self._swapping
        if self.rests > REST:
            self._place(self._anywhere())

    @property
    def _swapping(self) -> bool:
        return self.parameters.update_order == "all at once" and self.network.swaps

    def _place(self, state: Tensor) -> None:
        self.network.state = state
        self.rests = 0

    def show(self) -> Mapping[str, Tensor]:
        land, state = self.land, self.network.state
        valley = land.below(state)
        energy, climb = float(land.energies[numbers_of(state)]), land.barriers[valley]
        return self._drawing | {
            "state": state.view(1, *block(land.units)),
            "memories": self.patterns.view(-1, *block(land.units)),
            "unit": torch.tensor(self.unit),
            "height": torch.tensor(energy),
            "energy": torch.tensor(energy),
            "now": torch.tensor([valley, energy]),
            "here": torch.stack([land.heights[valley], land.shares[valley]]),
            "climb": climb,
            "pass": land.heights[valley] + climb,
        }

    def verdict(self) -> Verdict:
        lost = self.runs - self.ended
        runs = f"{self.runs:,}".replace(",", "\u2009") if self.runs < 10**6 else f"{self.runs / 1e6:.2f} M"
        line = f"of {runs} {'run' if self.runs == 1 else 'runs'} found none"
        word: Word = "untested" if self.runs == 0 else "broken" if lost else "holds"
        number = str(lost) if lost < 10**6 else f"{lost // 1000}k"
        return Verdict(number=number, line=line, word=word, note=self._note())

    def _note(self) -> str:
        """What stands behind the count, short enough for one line."""
        if self.ended < self.runs:
            return f"{self.held} held on a ledge" if self.held else "all at once: it swaps"
        if self.parameters.temperature > 0:
            return "heated: never settles"
        return f"{self._land.count} valleys listed"

    def words(self) -> Mapping[str, str]:
        return {"chance": f"{'ties toss a coin' if self.network.ties == 'coin' else 'kept ties'}, random order"}

    def position(self) -> Mapping[str, str]:
        return {"run": str(self.runs + (self.rests == 0))}

    @action("Random start", help="Drop the ball anywhere among all states.")
    def anywhere(self) -> None:
        """A state drawn evenly."""
        self._place(self._anywhere())

    @action("", help="Start above a valley.")
    def start(self, leaf: int) -> None:
        """A state drawn among those above it. Raises Refused where there is none."""
        if not 0 <= leaf < self.land.count:
            raise Refused(f"There is no valley {leaf}; they are numbered 0 to {self.land.count - 1} from the left.")
        self._place(self.land.above(leaf, self.starts))

    @action("", help="Turn single units on or off by hand.")
    def paint(self, cells: list[int], value: bool) -> None:
        """Set these units, numbered along the rows from the top left. Raises Refused where there is none."""
        if outside := [cell for cell in cells if cell not in range(self.parameters.units)]:
            raise Refused(f"There is no unit {outside[0]}; units are numbered 0 to {self.parameters.units - 1}.")
        state = self.network.state
        state[cells] = 1.0 if value else -1.0
        self._place(state)
