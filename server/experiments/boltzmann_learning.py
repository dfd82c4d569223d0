"""A general Boltzmann machine learns a small distribution from two phases, and then produces it by itself."""

from collections.abc import Mapping
from math import isnan

import torch
from torch import Tensor

from server.experiments.course import Teaching
from server.experiments.experiment import Series
from server.experiments.finite import finite
from server.experiments.lessons import LABELS, Data
from server.experiments.tally import bars, numbers
from server.experiments.teacher import Teacher
from server.grammar import (
    Curves,
    Formula,
    Graph,
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
    toggle,
)
from server.models.two_phases import Phase

SUBSCRIPTS = "₁₂₃₄₅₆₇₈"
TOLD = 2  # of units that are held, one by one
ALIKE = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
"""The line on which both phases agree."""


class BoltzmannLearning(Teacher):
    r"""Units of 0 and 1, every one linked to every other: the visible units are shown patterns, the hidden ones are the
    machine's own. E = −½ Σ w s s − Σ b s, and left to itself the machine takes every state with p = exp(−E/T)/Z. Its
    weights shall be such that the visible units show each pattern as often as the data do.

    How far off it is, KL(data‖model) = Σ q(v) ln (q(v)/p(v)), has a slope that any link can find out by itself: how
    often its two units are on together while data hold the visible units (positive phase), less how often they are when
    the machine is left to itself (negative phase). "Exact" sums over all states for both; "sampled" counts over chains
    of Gibbs sampling that are carried on from step to step, at least as many as set, those of the positive phase shared
    out among the patterns. KL itself is exact at every step, either way.

    Without hidden units only means and correlations of pairs can be learnt. In XOR every unit and every pair looks like
    a coin, so that nothing is learnt at all: KL stays at ln 2. The dashed line is the best that any machine without
    hidden units could do, found by Newton's method; where that is 0, a log axis has no place for it. In the encoder no
    link joins one side to the other, and two hidden units have just four codes for four patterns. Where two patterns
    share one, KL stays above ½ ln 2, the other dashed line. This is what mostly happens: of the seeds 1 to 20
    four come below 0.1 in 1500 steps, seed 1 among them; with smaller first weights it is stuck too.

    Meanwhile 1000 chains run freely with the same weights, two sweeps a step; they teach nobody. A visible unit that is
    held turns bars and dashes into conditional probabilities, and the chains must follow them. Their noise is the mean
    misplaced probability of 1000 independent draws. Where the weights move fast, or patterns lie in valleys of their
    own, chains lag behind: annealed, from ten times the temperature down, they spread over the valleys again.

    The verdict speaks of the machine as it is when free: half the sum of |p − q| over all visible patterns, exact. To
    hold, every pattern taught must have at least half its share besides.
    "Stuck" means that KL, averaged over 300 steps, fell by less than 2 % of itself since the 300 before; "worse" that
    it is a nat above its best and above where learning began, with the controls as they are.
    """

    title = "Two phases"
    section = "3 Boltzmann machine"
    order = 12
    claim = "Data shown less data dreamt: so the machine learns a distribution."
    summary = "It learns XOR with hidden units."
    source = (
        "slide 4; D. Ackley, G. Hinton, T. Sejnowski, "
        "“A learning algorithm for Boltzmann machines”, Cognitive Science 9 (1985) 147."
    )
    formulas = (
        Formula(
            latex=r"\Delta w_{ij}=\frac{\eta}{T}"
            r"(\langle s_is_j\rangle_{\mathrm{data}}-\langle s_is_j\rangle_{\mathrm{free}})",
        ),
        Formula(latex=r"\mathrm{KL}=\sum_v q(v)\ln\frac{q(v)}{p(v)}", value="kl", digits=3, after="nats"),
    )
    step_name = "step"
    speed = 60.0
    pinned = "learning_rate"

    class Controls(Parameters):
        learning: bool = toggle(
            True, label="learning", applies="live",
            help="Off: the weights stand still, and the machine runs on freely.",
        )  # fmt: skip
        learning_rate: float = slider(
            0.3, 0.01, 5, scale="log", symbol=r"\eta", label="learning rate", applies="live",
            help="How far the weights move per step.",
        )  # fmt: skip
        temperature: float = slider(
            1.0, 0.2, 5, scale="log", symbol="T", label="temperature", applies="live",
            help="Heat of both phases and of the dreams. What was learnt at one heat is off at another.",
        )  # fmt: skip
        phases: Phase = choice(
            "exact", label="phases", applies="live",
            help="Correlations from sums over all states, or counted over chains.",
        )  # fmt: skip
        sweeps: int = slider(
            5, 1, 20, label="sweeps per step", applies="live",
            help="Of the chains that sampled phases count. Too few, and they lag behind the weights.",
        )  # fmt: skip
        momentum: float = slider(
            0.9, 0, 0.95, step=0.05, symbol=r"\mu", label="momentum", applies="live",
            help="Share of the last movement that is kept.",
        )  # fmt: skip
        weight_decay: float = slider(
            0.0, 0, 0.05, step=0.001, symbol=r"\lambda", label="weight decay", applies="live",
            help="Pull of every weight towards 0.",
        )  # fmt: skip
        data: Data = choice("xor", labels=LABELS, label="data", help="What is taught. You can add patterns to each.")
        hidden: int = slider(2, 0, 8, label="hidden units", help="Units of which the data say nothing.")
        chains: int = slider(
            300, 10, 1000, scale="log", label="chains", help="Of the negative phase, if it is sampled."
        )
        spread: float = slider(
            1.0, 0, 2, step=0.05, symbol=r"\sigma", label="spread of first weights",
            help="At 0, with exact phases, all hidden units stay the same.",
        )  # fmt: skip

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="kl"),),
        title="Divergence from the data",
        caption="In nats; exact. Best without hidden units: {best_without}.",
        symbol="KL",
        theory=(
            Theory(label="best without hidden units", channel="best_without"),
            Theory(label="two patterns share a code: ½ ln 2", channel="shared_code"),
        ),
        digits=3,
    )
    views = (
        Profile(
            title="How often it would show each pattern",
            caption="Bars meet dashes: it has **learnt** the data.",
            detail="Bars: machine, exact. Dashes: {condition}. Yellow: its dream. Grey picture: all others.",
            weight=3,
            style="columns",
            lines=(Line(channel="model", label="machine"),),
            theory=(Theory(label="data", channel="data"),),
            tiles="pictures",
            now="dream",
            percent=True,
            ends=("taught", "not taught"),
        ),
        Graph(
            title="The machine",
            caption="Press units to **hold** them: {holding}.",
            weight=2,
            index="unit",
            weights="weights",
            states="units",
            layers="layers",
            held="held",
            press="press",
        ),
        Tiles(
            title="The two phases",
            caption="On together. Left: **data** shown. Right: free.",
            detail="Same order of units as in the ring: {units_told}.",
            weight=2,
            channel="phases",
            names=("data", "free"),
        ),
        Relation(
            title="Link by link",
            caption="Every link a mark: **on together**, how often.",
            detail="Data shown against free. Units themselves too. On the dashes nothing is left to learn.",
            x="free",
            lines=(Line(channel="shown", label="data shown"),),
            theory=(Theory(label="alike", channel="alike"),),
            axis="on together when free",
            span=(0, 1),
        ),
        Matrix(
            title="What moves the weights",
            caption="Data less free: at **most** {steepest}.",
            detail="Blue: it grows. On the diagonal: the biases. Colours span what there is.",
            channel="difference",
            rows="unit",
            columns="unit",
        ),
        Curves(
            title="Probability misplaced",
            caption="1000 chains **follow** the machine's own law.",
            detail="How much of one distribution would have to move.",
            lines=(
                Line(channel="misplaced", label="machine, data"),
                Line(channel="sampled", label="chains, machine", mark="other"),
            ),
            theory=(Theory(label="noise of 1000 draws", channel="noise"),),
            low=0,
        ),
        Curves(
            title="What is left to learn",
            caption="Data less free: the **largest** of all links.",
            detail="The slope that moves the weights. It vanishes where learning ends, stuck or not.",
            lines=(Line(channel="slope", label="largest difference"),),
            low=0,
        ),
        Matrix(
            title="Codes",
            caption="Hidden units beside each **pattern**.",
            detail="Dark: likely on. Two rows alike: to the hidden units these patterns are one.",
            channel="codes",
            colours="sequential",
            span=(0, 1),
            rows="pattern",
            columns="hidden unit",
        ),
        Tiles(
            title="Draw a pattern",
            caption="Paint, then **add** it to the data.",
            detail="One cell for each visible unit.",
            channel="pad",
            colours="spins",
            paint="paint",
        ),
        Readout(
            title="In numbers",
            caption="Sums over **all** states.",
            numbers=(
                Number(channel="kl", label="divergence, in nats", symbol="KL", digits=4),
                Number(channel="entropy", label="entropy of the data, in nats", digits=3),
                Number(channel="likelihood", label="log-likelihood of a pattern, in nats", digits=3),
                Number(channel="log_partition", label="logarithm of the sum of states", symbol="ln Z", digits=3),
                Number(channel="legal", label="taught patterns, machine", digits=1, unit="%"),
                Number(channel="legal_sampled", label="taught patterns, chains", digits=1, unit="%"),
            ),
        ),
    )
    lasting = ("layers", "alike")
    presets = {
        "XOR": {},
        "Without hidden units": {"hidden": 0},
        "4-2-4 encoder": {"data": "encoder 4-2-4"},
        "Encoder, stuck": {"data": "encoder 4-2-4", "spread": 0.2},
        "Shifter": {"data": "shifter", "hidden": 8},
        "Bars and stripes": {"data": "bars 3×3", "hidden": 6},
        "Sampled phases": {"phases": "sampled", "data": "bars 2×2", "momentum": 0.5},
        "Own patterns": {"data": "own", "hidden": 4},
    }

    def advance(self, steps: int) -> Series:
        parameters, course, before = self.parameters, self.course, self.course.divergence
        teaching = Teaching(
            parameters.learning_rate, parameters.momentum, parameters.weight_decay,
            parameters.phases, parameters.sweeps, parameters.learning,
        )  # fmt: skip
        measured = torch.stack([course.step(teaching) for _ in range(steps)])
        series = dict(zip(("kl", "misplaced", "sampled", "noise", "slope"), measured.T, strict=True))
        finite(series, self.step, "The machine's weights stopped being finite")
        if parameters.learning:
            self.progress.add(series["kl"], before)
        return series

    def show(self) -> Mapping[str, Tensor]:
        course, lesson = self.course, self.lesson
        phases, held = course.phases, ~course.dreams.held.isnan()
        return {
            **bars(course),
            **numbers(course),
            "weights": phases.weights,
            "units": course.dreams.states[0],
            "layers": self.layers,
            "held": torch.nn.functional.pad(held.int(), (0, self.parameters.hidden)),
            "phases": torch.stack([phases.positive, phases.negative]),
            **dict(zip(("shown", "free"), course.paired(), strict=True)),
            "alike": ALIKE,
            "difference": course.difference(),
            "codes": course.codes(),
            "pad": lesson.drawn(lesson.pad[None]) * 2 - 1,
        }

    def verdict(self) -> Verdict:
        blame = "learning is stuck" if self.parameters.hidden else "no hidden units"
        return self.progress.verdict(float(self.course.misplaced), float(self.course.rarest), blame)

    def words(self) -> Mapping[str, str]:
        names = (*self.lesson.names, *(f"h{index}" for index in SUBSCRIPTS[: self.parameters.hidden]))
        values = zip(names, self.course.dreams.held.tolist(), strict=False)
        held = [f"{name} = {value:.0f}" for name, value in values if not isnan(value)]
        told = ", ".join(held) if len(held) <= TOLD else f"{len(held)} units"
        return {f"unit_{unit}": name for unit, name in enumerate(names)} | {
            "units_told": ", ".join(names),
            "steepest": f"{float(self.course.difference().abs().max()):.4f}",
            "holding": told or "all are free",
            "condition": f"data, given {told}" if told else "data",
        }
