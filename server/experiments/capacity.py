"""How many memories a Hopfield network holds: many small networks, drawn afresh, against the theory of capacity."""

from collections.abc import Mapping
from math import isinf, nan, sqrt

import numpy as np
import torch
from torch import Tensor

from server.experiments import melting
from server.experiments.experiment import Experiment, Series
from server.grammar import Formula, Hill, Line, Number, Parameters, Readout, Relation, Theory, Verdict, slider
from server.models import ags, phases, theory
from server.models.replicas import Replicas
from server.models.tallies import Crossing, Tally, crossing, shares

LOADS = (0.02, 0.05, 0.08, 0.10, 0.12, 0.13, 0.138, 0.145, 0.15, 0.16, 0.17, 0.18, 0.19, 0.20, 0.22, 0.24)
"""Where the curve is measured, to the nearest whole number of patterns: dense where it falls."""
RECALLED = 0.982
"""A memory counts as recalled from this share of the least overlap that theory gives one: m > .95 at T = 0."""
ROUNDS = 20
"""Replicas at each load before anything is said of the claim."""
GOLDEN = (sqrt(5) - 1) / 2
BINS = 40
"""Of the histogram, from −1 to 1."""
WHOLE_LINE = np.linspace(0.0, LOADS[-1], 49)


class Capacity(Experiment):
    """A network of N units stores p random patterns by Hebb's rule and starts at one of them. Does it stay? Each
    step draws a new network, a *replica*, at the next load α = p/N, high and low in turn; so the whole curve is
    there at once, and sharpens for as long as it runs.

    All patterns but one are noise to the one being recalled. Units that the noise turns over add to the noise of
    the others, and past α ≈ 0.138 this feeds itself: the overlap does not sink, it jumps. What remains of it
    belongs to no memory but to a chance valley near by.

    The dashed curves are the theory of Amit, Gutfreund and Sompolinsky for N → ∞, for clean cues. A small network
    blurs the fall and melts later, as few patterns may happen to disturb one another little; as N grows, the fall
    comes down to 0.138. So the claim holds if half are recalled at a load between theory less ¼/√N (heat decays) and
    theory plus 1/√N, if at 0.73 of theory's load 95 % still are, and if at 1.7 of it the overlap is below 0.6. With
    fewer than 300 units or spoilt cues nothing is judged. Recalled means an overlap from 0.982 of theory's least on.

    Without heat a replica runs until no unit would flip. With heat it runs 100 sweeps, and the overlap is the mean
    of 50 more: near melting, where memories decay slowly, a longer wait would find fewer. Every change but that of
    the load looked at starts the measurement anew. Each replica has patterns of its own, as those of one network
    share their noise.
    """

    title = "How many memories?"
    section = "2 Hopfield network"
    order = 7
    claim = "Past 0.138 patterns per unit, recall breaks down."
    summary = "Past 0.14 per unit, recall breaks."
    source = (
        "slide 3; D. Amit, H. Gutfreund, H. Sompolinsky, Phys. Rev. Lett. 55 (1985) 1530 and "
        "Annals of Physics 173 (1987) 30."
    )
    formulas = (
        Formula(latex=r"\alpha=\frac{p}{N}", value="load", digits=3, before="looked at", after="{patterns} patterns"),
        Formula(
            latex=r"m=\mathrm{erf}\frac{m}{\sqrt{2\alpha r}}", value="expected", digits=3, before="theory, T → 0",
            after="measured {measured}", when="cold",
        ),
        Formula(
            latex=r"m=\int Dz\,\tanh\frac{m+\sqrt{\alpha r}\,z}{T}", value="expected", digits=3, before="theory",
            after="measured {measured}", when="warm",
        ),
        Formula(
            latex=r"m=\frac{1}{N}\sum_i\xi_is_i", before="theory is for clean cues", after="measured {measured}",
            when="spoilt",
        ),
    )  # fmt: skip
    step_name = "replica"
    speed = 200.0
    pinned = "load"

    class Controls(Parameters):
        load: float = slider(
            0.17, LOADS[0], LOADS[-1], step=0.005, symbol=r"\alpha", label="load looked at", applies="live",
            help="Patterns per unit at the ball and in the histogram: the nearest load that is measured.",
        )  # fmt: skip
        units: int = slider(
            500, 100, 1000, step=100, symbol="N", label="units",
            help="Size of each network. The larger, the steeper the fall, and the nearer to theory.",
        )  # fmt: skip
        temperature: float = slider(
            0.0, 0, 0.9, step=0.01, symbol="T", label="temperature",
            help="Heat while recalling. Fewer memories bear it; near 1 not even one.",
        )  # fmt: skip
        noise: float = slider(
            0.0, 0, 0.45, step=0.01, label="noise in the cue",
            help="Share of units turned over at the start. A memory may be a valley and yet be too far away.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="error"),),
        title="Standard error",
        caption="Mean over all loads. Four times the replicas halve it.",
        digits=4,
        scale="log",
    )
    views = (
        Relation(
            title="Overlap after recall",
            caption="Past {capacity:3} memories **{manner}**.",
            detail="Bars: ± one standard error. Ball: the load looked at.",
            weight=3,
            x="loads",
            lines=(Line(channel="overlaps"),),
            errors="errors",
            theory=(Theory(label="clean cues, N → ∞", channel="recall"),),
            now="here",
            axis="patterns per unit, α",
            span=(0.0, 1.0),
        ),
        Relation(
            title="Phases",
            caption="Heat melts memories **earlier**.",
            detail="Mark: measured.",
            weight=2,
            x="fall",
            lines=(Line(channel="heat"),),
            theory=(
                Theory(label="Tg: no valleys", channel="glass"),
                Theory(label="TM: no memories", channel="melting"),
                Theory(label="Tc", channel="crossover"),
            ),
            now="phase",
            axis="patterns per unit, α",
            span=(0.0, 1.5),
        ),
        Relation(
            title="Overlaps at one load",
            caption="**{heap}** at α = {where}.",
            detail="Share of {there:0} replicas.",
            weight=2,
            x="bins",
            lines=(Line(channel="heaps"),),
            style="bars",
            axis="overlap m",
        ),
        Relation(
            title="Share recalled",
            caption="Half come back at **{crossing}**.",
            detail="In theory, with clean cues, all up to {capacity:3}, then none.",
            x="loads",
            lines=(Line(channel="recalled"),),
            errors="recalled_errors",
            theory=(Theory(label="clean cues, N → ∞", channel="cliff"),),
            axis="patterns per unit, α",
            span=(0.0, 1.0),
        ),
        Relation(
            title="Units that flip at once",
            caption="The **first** step alone shows no break.",
            detail="Share of a stored pattern's units that would flip.",
            x="loads",
            lines=(Line(channel="bit_errors"),),
            errors="flip_errors",
            theory=(Theory(label="½ erfc √(1/2α)", channel="erfc"),),
            axis="patterns per unit, α",
        ),
        Readout(
            title="This measurement in numbers",
            caption="Patience: error times √replicas **stands**.",
            numbers=(
                Number(channel="capacity", label="load at which theory melts", symbol="α", digits=4),
                Number(channel="bound", label="recalled from an overlap of", digits=3),
                Number(channel="error_now", label="mean standard error", digits=4),
                Number(channel="constant", label="the same times √replicas", digits=2),
            ),
        ),
    )
    lasting = ("loads", "recall", "glass", "melting", "crossover", "cliff", "erfc")
    presets = {
        "The break": {},
        "Warm": {"temperature": 0.3, "load": 0.1, "speed": 100.0},
        "Small net: a soft fall": {"units": 100, "load": 0.2},
        "Spoilt cues": {"noise": 0.4, "load": 0.05},
    }

    def restart(self) -> None:
        parameters = self.parameters
        self.patterns = sorted({round(load * parameters.units) for load in LOADS})
        self.loads = [count / parameters.units for count in self.patterns]
        self.queue = sorted(range(len(self.loads)), key=lambda place: place * GOLDEN % 1)
        data, order = (self.generator(seed).initial_seed() for seed in ("data", "order"))
        heat, noise = parameters.temperature, parameters.noise
        self.replicas = Replicas(parameters.units, data, order, temperature=heat, noise=noise)
        self.capacity, least = ags.capacity(heat)
        self.bound = RECALLED * least
        self.overlaps, self.bit_errors = Tally(len(self.loads), BINS), Tally(len(self.loads))
        self.hits = np.zeros(len(self.loads))
        self.made = 0
        self._draw_theory()

    def _draw_theory(self) -> None:
        """The dashed lines, which last for the whole run."""
        temperature, end = self.parameters.temperature, LOADS[-1]
        lost = [(self.capacity, 0.0), (end, 0.0)]
        self.lines = {
            "recall": np.concatenate([ags.branch(temperature), lost]),
            "cliff": np.array([(0.0, 1.0), (self.capacity, 1.0), *lost]),
            "erfc": np.array([(load, theory.bit_error(load)) for load in WHOLE_LINE]),
            "glass": phases.glass_line(end),
            "melting": phases.melting_line(),
            "crossover": phases.crossover_line(),
        }

    def advance(self, steps: int) -> Series:
        places = [self.queue[(self.made + step) % len(self.queue)] for step in range(steps)]
        found = self.replicas.recall([self.patterns[place] for place in places])
        errors = torch.empty(steps, dtype=torch.float64)
        rows = zip(places, found.overlap.tolist(), found.bit_error.tolist(), strict=True)
        for step, (place, overlap, bit_error) in enumerate(rows):
            self.overlaps.add(place, overlap)
            self.bit_errors.add(place, bit_error)
            self.hits[place] += overlap > self.bound
            errors[step] = self.overlaps.error
        self.made += steps
        return {"error": errors}

    def show(self) -> Mapping[str, Tensor]:
        place, parameters, tally = self._place, self.parameters, self.overlaps
        load, count = self.loads[place], tally.counts[place]
        recalled, recalled_errors = shares(self.hits, tally.counts)
        first = 0 if tally.histogram[:, : BINS // 2].any() else BINS // 2  # the negative half only where it is needed
        arrays = {
            **self.lines,
            "loads": self.loads,
            "overlaps": tally.means,
            "errors": np.where(tally.counts > 1, tally.errors, np.nan),
            "here": (load, tally.means[place]),
            "fall": [self._mark],
            "heat": [parameters.temperature],
            "phase": (load, parameters.temperature),
            "bins": ((np.arange(BINS) + 0.5) / BINS * 2 - 1)[first:],
            "heaps": tally.histogram[place, first:] / max(count, 1),
            "recalled": recalled,
            "recalled_errors": recalled_errors,
            "bit_errors": self.bit_errors.means,
            "flip_errors": np.where(tally.counts > 1, self.bit_errors.errors, np.nan),
            "load": load,
            "expected": ags.overlap(load, parameters.temperature),
            "capacity": self.capacity,
            "bound": self.bound,
            "there": count,
            "error_now": tally.error,
            "constant": tally.error * sqrt(self.made),
        }
        return {name: torch.as_tensor(np.asarray(values, np.float64)) for name, values in arrays.items()}

    @property
    def _place(self) -> int:
        """Which of the measured loads is nearest to the one looked at."""
        return min(range(len(self.loads)), key=lambda place: abs(self.loads[place] - self.parameters.load))

    @property
    def _crossing(self) -> Crossing:
        return crossing(self.loads, *shares(self.hits, self.overlaps.counts))

    @property
    def _mark(self) -> float:
        """Where half are recalled; NaN while that is not known, or if it is nowhere between the loads."""
        place = self._crossing.place
        return place if self._known and not isinf(place) else nan

    def words(self) -> Mapping[str, str]:
        place, tally = self._place, self.overlaps
        several = tally.counts[place] > 1
        formula = "spoilt" if self.parameters.noise else "warm" if self.parameters.temperature else "cold"
        return {
            "where": f"{self.loads[place]:.3f}",
            "patterns": str(self.patterns[place]),
            "measured": f"{tally.means[place]:.3f} ± {tally.errors[place]:.3f}" if several else "not yet",
            "crossing": melting.written(self._crossing.place, self.loads) if self._known else "a load not known yet",
            "formula": formula,
            "manner": melting.manner(self.parameters.units, self.parameters.noise),
            "heap": melting.heap(tally.histogram[place], self.hits[place]) if several else "Nothing yet",
        }

    @property
    def _known(self) -> bool:
        """Whether there are replicas enough to say where memories break."""
        return self.made >= ROUNDS * len(self.loads)

    def verdict(self) -> Verdict:
        """Whether half are recalled up to where theory says, give or take what a network of this size allows."""
        if not self._known:
            line, note = melting.line(self.capacity), f"{self.made} replicas so far"
            return Verdict(number="–", line=line, word="untested", note=note)
        recalled = shares(self.hits, self.overlaps.counts)
        measured = melting.Fall(self.loads, self.overlaps.means, *recalled)
        return melting.judged(measured, self.capacity, self.parameters.units, self.parameters.noise)

    def position(self) -> Mapping[str, str]:
        return {"per load": str(self.made // len(self.loads))}
