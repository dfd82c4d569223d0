"""Ising's magnet on a square lattice: neighbours alone make one magnet, below one sharp temperature."""

from collections.abc import Mapping
from math import nan
from typing import Literal

import torch
from torch import Tensor

from server.experiments import exact
from server.experiments.driving import Scan, Swing
from server.experiments.experiment import Experiment, Series
from server.experiments.visited import Visited
from server.grammar import (
    Curves,
    Formula,
    Hill,
    Line,
    Number,
    Parameters,
    Readout,
    Relation,
    Theory,
    Tiles,
    Verdict,
    choice,
    slider,
    toggle,
)
from server.models.ising import Dynamics, Lattice, random_spins


class Ising(Experiment):
    r"""Spins s = ±1 on a square lattice, each linked to its four neighbours and to nobody else: a Hopfield network
    whose weights are 1 or 0, with the same fields, energy and rule under heat. Its two "memories" are all up and all
    down. No spin feels further than its neighbours; yet below one sharp temperature the whole lattice takes sides.

    L. Onsager found T_c = 2/ln(1 + √2) = 2.269, energy and specific heat, C. N. Yang the magnetisation
    (1 − sinh⁻⁴(2/T))^⅛, for infinitely many spins in no field. A finite lattice is magnetised by chance even above
    T_c and has no infinite peak; its exact energy and specific heat are B. Kaufman's.

    Glauber: a spin turns on with p(on), whatever it was. Metropolis: it turns over with p(turn). Both sweep the
    checkerboard, black squares and then white: squares of one colour are not neighbours, so deciding at once is
    deciding one after another, and every decision keeps Boltzmann's distribution. Wolff turns over clusters of like
    spins, a neighbour joining with p(join); a sweep is as many as visit about every spin once. It forgets far faster
    at T_c, but is no physics of time: to watch domains grow or a field drive them, take Glauber. Against a field B it
    turns a cluster of n only with probability exp(−2 B n/T).

    Means are over the sweeps since the temperature was last moved, less the first 200, and of the others the later
    three quarters; a scan pools all its passes. Sweeps in a row look alike, so errors come from bins of many. The
    lattice is judged once |M| and E are worth 30 independent sweeps and do not drift; "broken" is said from 200 on, if
    off by 5 errors: looking at every frame is testing again and again. Marks not sure yet have their spread for bars.
    """

    title = "Ising"
    section = "2 Hopfield network"
    order = 8
    claim = "Neighbours alone make one magnet, below one sharp temperature."
    summary = "Neighbours alone make one magnet."
    source = (
        "slides 3 and 4; L. Onsager, Phys. Rev. 65 (1944) 117; "
        "C. N. Yang, Phys. Rev. 85 (1952) 808; B. Kaufman, Phys. Rev. 76 (1949) 1232; "
        "U. Wolff, Phys. Rev. Lett. 62 (1989) 361."
    )
    formulas = (
        Formula(latex=r"E/N=-\frac{1}{N}(\sum_{\langle ij\rangle}s_is_j+B\sum_is_i)", value="energy", digits=3),
        Formula(latex=r"p(s_i{=}1)=\frac{1}{1+e^{-2h_i/T}}", after="at T = {heat}", when="glauber"),
        Formula(latex=r"p(\mathrm{turn})=\min(1,e^{-\Delta E/T})", after="at T = {heat}", when="metropolis"),
        Formula(latex=r"p(\mathrm{join})=1-e^{-2/T}", after="at T = {heat}", when="wolff"),
    )
    step_name = "sweep"
    speed = 200.0
    pinned = "temperature"

    class Controls(Parameters):
        temperature: float = slider(
            2.0, 0.1, 5, step=0.01, symbol="T", label="temperature", applies="live",
            help="Heat: how often a spin decides against its neighbours. The magnet melts at 2.269.",
        )  # fmt: skip
        field: float = slider(
            0.0, -1, 1, step=0.01, symbol="B", label="field", applies="live",
            help="Pulls every spin the same way. The exact curves are for none.",
        )  # fmt: skip
        amplitude: float = slider(
            0.0, 0, 2, step=0.01, symbol="A", label="drive", applies="live",
            help="The field swings by this much to either side: the magnet follows late, in a loop.",
        )  # fmt: skip
        period: int = slider(
            200, 20, 2000, label="period of the drive", unit="sweeps", applies="live",
            help="Sweeps per swing. Slower: the loop closes.",
        )  # fmt: skip
        dynamics: Dynamics = choice(
            "glauber", labels={"glauber": "Glauber", "metropolis": "Metropolis", "wolff": "Wolff"},
            label="dynamics", applies="live",
            help="Single spins by their neighbours (Glauber, Metropolis), or whole clusters at once (Wolff).",
        )  # fmt: skip
        scan: bool = toggle(
            False, label="scan the temperatures", applies="live",
            help="T runs from 1 to 3 and back, slowly where it melts. The slider waits.",
        )  # fmt: skip
        side: Literal["32", "64", "128", "256", "512"] = choice(
            "128", label="side of the lattice", help="Spins along each side; the borders are joined.",
        )  # fmt: skip
        start: Literal["random", "all up"] = choice(
            "all up", label="start", help="Random is infinitely hot, all up is infinitely cold.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy per spin",
        caption="It falls to what the heat allows.",
        symbol="E/N",
        theory=(Theory(label="Onsager, B = 0", channel="solved"),),
        digits=3,
    )
    views = (
        Tiles(
            title="Spins", caption="It melts at 2.269. Now: **{colours}**.", weight=3, channel="state", colours="spins"
        ),
        Relation(
            title="Magnetisation",
            caption="It **vanishes** at one temperature.",
            detail="Above it, a finite lattice keeps a little.",
            weight=2,
            index="temperature",
            x="temperatures",
            lines=(Line(channel="magnetisation_means", label="|M|/N"),),
            errors="magnetisation_errors",
            theory=(Theory(label="Onsager, Yang, B = 0", channel="onsager_magnetisations"),),
            now="magnetisation_now",
            axis="temperature",
            span=(0, 1),
        ),
        Curves(
            title="Magnetisation, sweep by sweep",
            caption="Up or down? **{choice}**.",
            weight=2,
            lines=(Line(channel="magnetisation"),),
            theory=(Theory(label="Yang, B = 0", channel="spontaneous"), Theory(label="", channel="other_way")),
            low=-1,
            high=1,
        ),
        Readout(
            title="Measured here",
            caption="{measured} sweeps, and what they **give**.",
            detail="|M|/N {magnetisation_reading}, E/N {energy_reading}, C/N {specific_heat_reading}.",
            numbers=(
                Number(channel="heat", label="temperature", symbol="T"),
                Number(channel="pull", label="field now", symbol="B"),
                Number(channel="spontaneous", label="exact |M|/N at B = 0, infinite lattice", digits=4),
                Number(channel="onsager_energy", label="exact E/N at B = 0, infinite lattice", digits=4),
                Number(channel="torus_energy", label="exact E/N at B = 0, this lattice", digits=4),
                Number(channel="torus_heat", label="exact C/N at B = 0, this lattice", digits=3),
            ),
        ),
        Relation(
            title="Energy",
            caption="Steepest where the magnet **melts**.",
            index="temperature",
            axis="temperature",
            x="temperatures",
            lines=(Line(channel="energy_means", label="E/N"),),
            errors="energy_errors",
            theory=(Theory(label="Onsager, B = 0", channel="onsager_energies"),),
            now="energy_now",
        ),
        Relation(
            title="Specific heat",
            caption="How much the energy **fluctuates**.",
            detail="At B = 0 Onsager’s peak is infinite, this lattice’s is not.",
            index="temperature",
            x="temperatures",
            lines=(Line(channel="specific_heat_means", label="C/N"),),
            errors="specific_heat_errors",
            theory=(Theory(label="Onsager", channel="onsager_heats"), Theory(label="this side", channel="torus_heats")),
            axis="temperature",
            span=(0, 4),
        ),
        Relation(
            title="Magnetisation against field",
            caption="Driven, it follows **late**: a loop.",
            detail="The last three periods.",
            x="fields",
            lines=(Line(channel="loop", label="M/N"),),
            style="line",
            now="loop_now",
            axis="field",
            span=(-1, 1),
        ),
    )
    lasting = exact.CURVES
    presets = {
        "A magnet": {},
        "Quench": {"start": "random", "temperature": 1.0, "speed": 20.0},
        "Hysteresis": {"temperature": 1.8, "amplitude": 0.6, "speed": 60.0},
        "Critical opalescence": {"temperature": 2.27, "side": "256", "dynamics": "wolff", "speed": 60.0},
        "Hot": {"temperature": 4.0},
    }

    def restart(self) -> None:
        parameters = self.parameters
        self.side = int(parameters.side)
        self.units = self.side**2
        spins = torch.ones(self.side, self.side)
        if parameters.start == "random":
            spins = random_spins(self.side, self.generator("initialisation"))
        self.lattice = Lattice(spins, self.seeds.order)
        agreement, magnetisation = self.lattice.totals
        self.energy = -(agreement + parameters.field * magnetisation) / self.units
        self.scan, self.swing = Scan(), Swing(parameters.field, magnetisation / self.units)
        self.visited = Visited(self.units, self.heat)
        self.curves = exact.curves(self.side)
        self._keep()

    @property
    def heat(self) -> float:
        """The temperature now: the slider's, or the scan's."""
        return self.scan.temperature if self.parameters.scan else self.parameters.temperature

    @property
    def in_field(self) -> bool:
        """Whether a field acts: exact solutions know none."""
        return self.parameters.field != 0 or self.parameters.amplitude != 0

    def live(self, name: str) -> None:
        if name == "scan":
            self.scan = Scan()
            self.visited.unpool()
        if name != "period":
            self._keep()

    def _keep(self) -> None:
        """Keep the lattice at the temperature and field as they are now, and measure anew."""
        self.lattice.temperature, self.lattice.field = self.heat, self.parameters.field
        self.visited.move(self.heat, pooled=self.parameters.scan)
        self.exact = exact.at(self.side, self.heat)

    def advance(self, steps: int) -> Series:
        parts = []
        while steps:
            count = min(steps, self.scan.due) if self.parameters.scan else steps
            parts.append(self._sweep(count))
            steps -= count
            if self.parameters.scan and self.scan.add(count):
                self._keep()
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}

    def _sweep(self, count: int) -> dict[str, Tensor]:
        """So many sweeps at one temperature."""
        parameters = self.parameters
        drive = self.swing.drive(count, parameters.amplitude, parameters.period)
        swept = self.lattice.update(count, parameters.dynamics, drive)
        if not self.in_field:
            self.visited.add(swept)
        fields, magnetisations = parameters.field + drive, swept.magnetisation / self.units
        self.swing.follow(fields, magnetisations, parameters.period)
        energies = -swept.agreement / self.units - fields * magnetisations
        self.energy = float(energies[-1])
        spontaneous = torch.full_like(magnetisations, self.exact.spontaneous)
        foretold = {"spontaneous": spontaneous, "other_way": -spontaneous}
        return {"energy": energies, "magnetisation": magnetisations} | foretold

    @property
    def caught(self) -> bool:
        """Whether stripes keep the lattice from its balance."""
        return not self.in_field and exact.caught(self.lattice.spins, self.heat)

    def show(self) -> Mapping[str, Tensor]:
        self.visited.here()
        if self.caught:
            self.visited.forget()
        magnetisation = self.swing.now[1]
        numbers = {"heat": self.heat, "energy": self.energy, **self.exact._asdict()}
        return {
            "state": self.lattice.spins.unsqueeze(0),
            "magnetisation": magnetisation,
            "solved": torch.tensor(nan if self.in_field else self.exact.onsager_energy),
            **{name: torch.tensor(value) for name, value in numbers.items()},
            **self.visited.marks(),
            **self.curves,
            **self.swing.channels(),
            "magnetisation_now": torch.tensor([self.heat, abs(float(magnetisation))]),
            "energy_now": torch.tensor([self.heat, self.energy]),
        }

    def verdict(self) -> Verdict:
        if self.in_field:
            return Verdict(number="–", line="solved only without a field", word="untested", note="set B and A to 0")
        if self.parameters.scan:
            return Verdict(number="–", line="many temperatures in turn", word="untested", note="scanning")
        return exact.judged(self.visited.here(), self.visited.sweeps, self.side, self.heat, self.caught)

    def words(self) -> Mapping[str, str]:
        sides = exact.sides(float(self.swing.now[1]), self.heat, self.caught, self.in_field)
        return {**sides, **self.visited.readings(), "formula": self.parameters.dynamics}

    def position(self) -> Mapping[str, str]:
        return {"T": f"{self.heat:.2f}"} if self.parameters.scan else {}
