"""One Boltzmann machine, one coin at a time: how often it visits each state, beside the exact answer."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments import telling
from server.experiments.coins import COLD, HOT
from server.experiments.cooling import Schedule
from server.experiments.experiment import Experiment, Series
from server.experiments.motion import Conditions, Motion
from server.experiments.underneath import BELOW
from server.experiments.wiring import Kind, machine, signed
from server.grammar import (
    Formula,
    Graph,
    Hill,
    Line,
    Parameters,
    Profile,
    Refused,
    Relation,
    Theory,
    Verdict,
    action,
    choice,
    slider,
    toggle,
)
from server.models.trajectory import Order


class Boltzmann(Experiment):
    r"""A Hopfield network whose units toss coins. A unit is on (1) or off (0). The energy it would save by being on,
    ΔE = b + Σ w s over the units that are on, loads its coin: p(on) = 1/(1 + exp(−ΔE/T)). From a random start
    energy falls on the whole, until heat lifts it as often as it drops: from then on as many steps lead up as down, for
    ever. Yet in the long run every state s is visited in a fixed share of the time, P(s) = exp(−E(s)/T)/Z with
    E = −½ Σ w s s − Σ b s, wherever the run began.

    Random weights are drawn with biases around 0. Friends, rivals and memories get biases −½ Σ w, which make on and off
    alike: a state and its opposite are as deep, until the spread of biases tilts them.

    While 20 units at most are free the exact answer is there too: all energies are added up. The bars are the states of
    lowest energy, 32 at most; all others count together. A unit held on or off leaves the others with P(others | held),
    which is what the dashes then are. The last units may be hidden: then bars and dashes are of the visible ones alone,
    P(v) = Σ P(v, h) over all h, in the order of their free energy −T ln Σ exp(−E/T). Beyond that only the states
    visited most of late are drawn, without dashes.

    The verdict is the total variation: the share of probability that would have to be moved to turn the measured bars
    into the exact ones. Chance alone leaves some. Samples in a row look alike, so sums over longer and longer bins tell
    how many independent facts F they hold of each state; these leave ½ Σ √(2 P (1 − P)/πF) on average, the noise. How
    wildly single runs scatter about that mean is reckoned too, from how the bars move together. Up to 5.3 of these
    standard deviations above the noise (for a single coin, 4 of its own) the claim holds; from twice the noise further
    on, and 200 facts, it is broken. But that noise is only what the run has met, and a valley not met, or entered once,
    is no flaw of the coins. So nothing is said while most of what is misplaced lies in states that few parts of the run
    ever met, while its parts differ far more than by noise, or while the noise itself is above 10 %; and nothing by one
    look alone.

    At T = 0 there is no coin: this is a Hopfield network. Nothing is sampled then, it falls into a valley and stays;
    the times the energy rose are counted. Annealing begins hot and cools down to T, over and over: heat carries the run
    over passes that it could not climb when cold. Then a sample is where a descent ended. With each sample from
    scratch, a sample is where so many sweeps from a random state have led: too few, and even the right coins give the
    wrong distribution.

    In units of −1 and +1 the same machine has weights w/4, biases b/2 + Σ w/4 and ΔE = 2(b + Σ w s): but for a constant
    left out, every state keeps its energy, hence its probability, so this choice only changes what is written down.
    """

    title = "Sampled and exact"
    section = "3 Boltzmann machine"
    order = 11
    claim = "Loaded coins, one at a time, yield the exact distribution."
    summary = "Coin tosses build the exact distribution."
    source = (
        "slide 4; D. Ackley, G. Hinton, T. Sejnowski, Cognitive Science 9 (1985) 147; "
        "S. Kirkpatrick, C. Gelatt, M. Vecchi, Science 220 (1983) 671 (annealing); "
        "H. Flyvbjerg, H. Petersen, J. Chem. Phys. 91 (1989) 461 (bins)."
    )
    formulas = (
        Formula(latex=r"P(s)=\frac{1}{Z}e^{-E(s)/T}", before="in the long run", when="binary signs"),
        Formula(
            latex=r"p_{\mathrm{on}}=\frac{1}{1+e^{-\Delta E_i/T}}",
            value="chance", before="unit {unit}", after="at T = {heat}: {sum}{coin}", when="binary",
        ),
        Formula(
            latex=r"p_{\mathrm{on}}=\frac{1}{1+e^{-2h_i/T}}",
            value="chance", before="unit {unit}", after="at T = {heat}: {sum}{coin}", when="signs",
        ),
        Formula(
            latex=r"s_i=\Theta(\Delta E_i)", value="chance", digits=0, before="no coin: unit {unit}",
            after="{sum}", when="cold",
        ),
    )  # fmt: skip
    step_name = "decision"
    speed = 2000.0
    pinned = "temperature"

    class Controls(Parameters):
        temperature: float = slider(
            1.0, 0, 5, step=0.01, symbol="T", label="temperature", applies="live",
            help="How fair the coins are. At 0 there are none: a Hopfield network.",
        )  # fmt: skip
        update_order: Order = choice(
            "random", label="who decides next", applies="live",
            help="Every unit once a sweep: in a fresh random order, or one after another.",
        )  # fmt: skip
        scratch: bool = toggle(
            False, label="start each sample from scratch", applies="live",
            help="Every sample is the end of a run of its own, from a random state. Annealing goes before it.",
        )  # fmt: skip
        sweeps: int = slider(
            10, 1, 100, label="length of such a run", unit="sweeps", applies="live",
            help="Only when starting from scratch. Too short, and the sample still remembers the random start.",
        )  # fmt: skip
        numbers: Literal["0 or 1", "−1 or +1"] = choice(
            "0 or 1", label="units take", applies="live",
            help="The same machine, written in other numbers: weights change, probabilities do not.",
        )  # fmt: skip
        annealing: Schedule = choice(
            "none", label="annealing", applies="live",
            help="Begin hot, cool down to T, over and over. A sample is a descent’s end, not one from scratch.",
        )  # fmt: skip
        hottest: float = slider(
            5.0, 0.5, 20, step=0.1, label="hottest", applies="live",
            help="Only while annealing: where it begins. Below T nothing cools.",
        )  # fmt: skip
        period: int = slider(
            1000, 100, 100_000, scale="log", label="length of a descent", unit="decisions", applies="live",
            help="Only while annealing: how slowly it cools.",
        )  # fmt: skip
        units: int = slider(
            5,
            2,
            60,
            symbol="N",
            label="units",
            help="Up to 20 that are free, the exact answer is summed over all 2ᴺ states.",
        )
        hidden: int = slider(
            0, 0, 20, label="hidden units", applies="live",
            help="The last so many are summed out of the bars (drawn apart); one unit stays visible.",
        )  # fmt: skip
        wiring: Kind = choice(
            "random", label="weights",
            labels={"memories": "two memories", "friends": "all friends", "rivals": "all rivals"},
            help="Drawn at random, Hebb’s for two patterns, all pulling alike, or all pushing apart.",
        )  # fmt: skip
        spread: float = slider(
            0.6,
            0,
            5,
            step=0.05,
            symbol=r"\sigma",
            label="spread of weights",
            help="Root-mean-square of the weights, on average.",
        )
        tilt: float = slider(
            0.2, 0, 5, step=0.05, label="spread of biases", help="How much single units like to be on or off."
        )

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="energy"),),
        title="Energy",
        caption="{trend} Up in {up}, down in {down} of all decisions.",
        symbol="E",
        theory=(Theory(label="exact mean now", channel="exact_energy"), Theory(label="lowest now", channel="lowest")),
    )
    views = (
        Profile(
            title="How often it visits each state",
            caption="Share of **{samples}** {kind}.{dashes}",
            detail="{here}{others}",
            weight=3,
            index="state",
            style="columns",
            lines=(Line(channel="shares"),),
            theory=(Theory(label="", channel="exact_shares"),),
            tiles="columns",
            now="place",
            ends=("lowest (free) energy", "highest"),
            percent=True,
        ),
        Graph(
            title="The machine",
            caption="Blue pulls, orange pushes. **Press** to hold.",
            detail="{rim}",
            weight=2,
            index="unit",
            weights="weights",
            states="units",
            layers="layers",
            now="deciding",
            held="held",
            press="press",
        ),
        Relation(
            title="Chance to turn on",
            caption="At T = {heat}: **{law}**.",
            weight=2,
            x="gaps",
            lines=(Line(channel="turned_on"), Line(channel="coin", label="coin", mark="B")),
            errors="coin_errors",
            theory=(
                Theory(label="", channel="logistic"),
                Theory(label=f"T = {HOT:g}", channel="hot"),
                Theory(label=f"T = {COLD:g}", channel="cold"),
            ),
            now="toss",
            axis="ΔE",
            span=(0, 1),
        ),
        *BELOW,
    )
    lasting = ("weights",)
    presets = {
        "Five units": {},
        "One coin at a time": {"speed": 2.0},
        "Cold: a Hopfield net": {"temperature": 0.0, "units": 12, "wiring": "memories", "tilt": 0.0, "speed": 4.0},
        "Hot: everything alike": {"temperature": 5.0},
        "Two units hidden": {"units": 6, "hidden": 2, "spread": 1.2},
        "Two memories": {"units": 8, "wiring": "memories", "spread": 1.2, "tilt": 0.0, "speed": 5000.0},
        "All rivals: no one wins": {"wiring": "rivals", "spread": 2.0, "tilt": 0.0},
        "Annealing": {"annealing": "exponential", "temperature": 0.2, "units": 16, "spread": 1.5},
        "Too short from scratch": {"scratch": True, "sweeps": 1, "spread": 2.0},
        "Twenty units, exact": {"units": 20, "spread": 0.8, "speed": 10_000.0},
    }

    def restart(self) -> None:
        parameters, generator = self.parameters, self.generator("initialisation")
        weights, biases = machine(parameters.wiring, parameters.units, parameters.spread, generator)
        biases += parameters.tilt * torch.randn(parameters.units, generator=generator, dtype=torch.float64)
        self.signed = signed(weights, biases)
        self.motion = Motion(weights, biases, self.seeds.order, self.generator("order", "starts"))
        self.motion.under(self._conditions())

    def _conditions(self) -> Conditions:
        """What is switched off is left out: moving it forgets no samples."""
        now = self.parameters
        anneals = now.annealing != "none"
        return Conditions(
            now.temperature, now.update_order, now.sweeps * (now.scratch and not anneals),
            now.annealing, now.hottest * anneals, now.period * anneals, min(now.hidden, now.units - 1),
        )  # fmt: skip

    def live(self, name: str) -> None:
        if self._conditions() != self.motion.conditions:
            self.motion.under(self._conditions())

    @action("Forget samples", help="Count anew from here.")
    def forget(self) -> None:
        """The run goes on where it is."""
        self.motion.forget()

    @action("Clamp next unit", help="Hold the first free unit as it is; the bars become what the others then do.")
    def clamp(self) -> None:
        """Raises Refused where only one is free."""
        unit = int((~self.motion.trajectory.held).nonzero()[0])
        self.motion.hold(unit, float(self.motion.trajectory.state[unit]))

    @action("Free all", help="Hold no unit any more.")
    def free(self) -> None:
        """Samples are forgotten."""
        self.motion.free()

    @action("", help="Hold a unit on, then off, then free it.")
    def press(self, unit: int) -> None:
        """Raises Refused where there is no such unit, or where it is the last free one."""
        if unit not in range(self.motion.units):
            raise Refused(f"There is no unit {unit + 1}; they are numbered 1 to {self.motion.units}.")
        trajectory = self.motion.trajectory
        next_value = (0.0 if trajectory.state[unit] else None) if trajectory.held[unit] else 1.0
        self.motion.hold(unit, next_value)

    @property
    def _signs(self) -> bool:
        """Whether the machine is written for units of −1 and +1."""
        return self.parameters.numbers != "0 or 1"

    def advance(self, steps: int) -> Series:
        return self.motion.advance(steps)

    def show(self) -> Mapping[str, Tensor]:
        weights, biases = self.signed[:2] if self._signs else (self.motion.weights, self.motion.biases)
        return {"weights": weights, "biases": biases, **telling.channels(self.motion)}

    def words(self) -> Mapping[str, str]:
        return telling.words(self.motion, self.signed if self._signs else None)

    def verdict(self) -> Verdict:
        return telling.verdict(self.motion)

    def position(self) -> Mapping[str, str]:
        return {"T": telling.number(self.motion.heat)} if self.motion.cooling else {}
