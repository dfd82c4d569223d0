"""A restricted Boltzmann machine learns handwritten digits by contrastive divergence and imagines more."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from server.experiments.experiment import Experiment, Series
from server.grammar import (
    Curves,
    Diverged,
    Formula,
    Hill,
    Line,
    Number,
    Parameters,
    Readout,
    Theory,
    Tiles,
    Verdict,
    Word,
    action,
    slider,
    toggle,
)
from server.models.contrastive_divergence import Learner
from server.models.data import split
from server.models.minibatches import Minibatches
from server.models.rbm import RBM, Chains

SIDE = 8
FANTASIES, DRAWN = 100, 36
EPOCHS_BEFORE_VERDICT = 10  # until then the machine has hardly left its first noise
MONITORED = 200  # digits on either side of the free-energy gap: few enough to be measured at every step


class RestrictedBoltzmann(Experiment):
    """64 visible units are the pixels of a digit, the hidden ones are free; no two units of one layer are
    connected.

    So a whole layer can be drawn at once given the other: p(on) = 1 / (1 + exp(−ΔE / T)) for every unit.
    Learning makes the machine's own pictures less and the data more likely: each weight grows by how often
    its two units are on together when a digit is shown, less how often they are after k sweeps of the
    machine's own (CD-k). All the while 100 fantasies run freely by such sweeps, at a temperature of their
    own.

    The data are scikit-learn's 8×8 digits, a pixel being on from half of full ink; 600 are never shown to the
    machine. A fantasy passes as a digit if it lies as near to some training digit, in pixels that differ, as
    95 % of those 600 do. For comparison, *pixel swaps* are the 600 with each pixel exchanged among the
    pictures: every pixel is on as often as before, but no two belong together. A machine without hidden units
    could only draw those. Passing says nothing about variety; how many different training digits the
    fantasies are near to, and how many they copy, is listed below.
    """

    title = "Restricted: fantasies"
    section = "3 Boltzmann machine"
    order = 13
    claim = "Shown digits, a machine learns to imagine digits nobody wrote."
    summary = "It dreams digits nobody wrote."
    source = (
        "slide 4; G. Hinton, "
        "“Training products of experts by minimizing contrastive divergence” (2002); “A practical guide to "
        "training restricted Boltzmann machines” (2010), section 15 for the free-energy gap."
    )
    formulas = (
        Formula(
            latex=r"p(v_i{=}1\mid h)=\frac{1}{1+e^{-(b_i+\sum_j W_{ij}h_j)/T}}",
            after="fantasies lie at E = {energy}",
        ),
        Formula(
            latex=r"\Delta W_{ij}=\eta\,(\langle v_ih_j\rangle_{\mathrm{data}}-\langle v_ih_j\rangle_{k})",
            before="learning",
        ),
    )
    step_name = "minibatch"
    speed = 60.0
    pinned = "temperature"

    class Controls(Parameters):
        learning: bool = toggle(
            True,
            label="learning",
            help="Off: the weights stand still; fantasies run on and the error goes on being measured.",
            applies="live",
        )
        temperature: float = slider(
            1.0, 0.2, 5, scale="log", symbol="T", label="temperature", applies="live",
            help="Heat of the fantasies only; learning is at 1. Cold repeats favourites, hot loses strokes.",
        )  # fmt: skip
        learning_rate: float = slider(
            0.2, 0.001, 5, scale="log", symbol=r"\eta", label="learning rate", applies="live",
            help="How far the weights move per minibatch. Far too fast, and hidden units jam at on or off.",
        )  # fmt: skip
        sweeps: int = slider(
            1, 1, 20, symbol="k", label="sweeps of CD", applies="live",
            help="Sweeps from the data to the machine's own picture. More: slower, a truer gradient.",
        )  # fmt: skip
        momentum: float = slider(
            0.5, 0, 0.95, step=0.05, symbol=r"\mu", label="momentum", applies="live",
            help="Share of the last movement that is kept.",
        )  # fmt: skip
        weight_decay: float = slider(
            0.0001, 0, 0.01, step=0.0001, symbol=r"\lambda", label="weight decay", applies="live",
            help="Pull of every weight towards 0.",
        )  # fmt: skip
        hidden: int = slider(64, 16, 256, label="hidden units", help="Each has one filter of 8×8 weights.")
        batch: int = slider(50, 5, 200, label="minibatch size", help="Digits shown per movement of the weights.")

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="error", smooth=10),),
        title="Reconstruction error",
        caption="Pixels wrong after one sweep, not the likelihood.",
        theory=(Theory(label="guessing each pixel's mean", channel="guess"),),
        digits=3,
    )
    lasting = ("digits",)
    views = (
        Tiles(
            title="Fantasies",
            caption="What the machine **imagines**, sweep by sweep.",
            detail="36 of 100 chains; colour: chance to be on.",
            weight=3,
            channel="fantasies",
        ),
        Tiles(
            title="Filters",
            caption="Each hidden unit's weights grow **strokes**.",
            detail="Blue turns it on, orange off.",
            weight=2,
            channel="filters",
            colours="diverging",
        ),
        Curves(
            title="Free-energy gap",
            caption="Growing, it **overfits**: new digits fall back.",
            detail="200 digits held out less 200 learned from. Its start is chance.",
            weight=2,
            lines=(Line(channel="gap", label="held out − learned"),),
            theory=(Theory(label="no difference", value=0),),
        ),
        Readout(
            title="Fantasies, counted",
            caption="Do they **vary**, or copy?",
            numbers=(
                Number(channel="variety", label="training digits nearest to some fantasy", digits=0),
                Number(channel="copies", label="fantasies equal to a training digit", digits=0, unit="%"),
                Number(channel="swaps", label="free energy of pixel swaps over digits", symbol="ΔF"),
            ),
        ),
        Tiles(title="Training digits", caption="The first 36 of those it **learns** from.", channel="digits"),
    )
    presets = {
        "Strokes appear": {},
        "Too hot": {"temperature": 3.0},
        "Learning too fast": {"learning_rate": 5.0, "weight_decay": 0.0},
        "Ten sweeps (CD-10)": {"sweeps": 10},
    }

    def restart(self) -> None:
        self._load()
        initialisation, order = self.generator("initialisation"), self.generator("order")
        self.machine = RBM.random(SIDE * SIDE, self.parameters.hidden, initialisation, device=self.device)
        on = (self.train.sum(0) + 0.5) / (len(self.train) + 1)  # ½: a pixel that is never on stays finite
        self.machine.couplings.visible_bias.copy_(on.logit())  # each pixel's mean (Hinton 2010, 8.1)
        self.guess = (on * (1 - on)).mean()
        seeds = torch.randint(2**31, (3,), generator=order).tolist()
        self.minibatches = Minibatches(len(self.train), torch.Generator().manual_seed(seeds[0]))
        learning, dreaming = (torch.Generator(self.device).manual_seed(seed) for seed in seeds[1:])
        self.learner = Learner(self.machine, learning)
        self.fantasies = Chains(self.machine, FANTASIES, dreaming)
        self.fantasies.scatter()
        self.updates = 0
        self._known: tuple[int, tuple[Tensor, Tensor]] | None = None

    def advance(self, steps: int) -> Series:
        parameters, learner = self.parameters, self.learner
        learner.learning_rate = parameters.learning_rate
        learner.momentum = parameters.momentum
        learner.weight_decay = parameters.weight_decay
        self.fantasies.machine = self.machine.at(parameters.temperature)
        measured = [self._step() for _ in range(steps)]
        errors, gaps = (torch.stack(values) for values in zip(*measured, strict=True))
        return self._finite({"error": errors, "gap": gaps})

    def _step(self) -> tuple[Tensor, Tensor]:
        """One minibatch and one sweep of the fantasies: reconstruction error and free-energy gap, () each."""
        batch = self.train[self.minibatches.take(self.parameters.batch)]
        error = self.learner.contrastive_divergence(batch, self.parameters.sweeps)
        if self.parameters.learning:
            self.learner.update()
            self.updates += 1
        self.fantasies.sweep()
        held_out, learned = self.machine.free_energy(self.monitored).view(2, MONITORED).mean(1)
        return error, held_out - learned

    def show(self) -> Mapping[str, Tensor]:
        chains, free_energy = self.fantasies, self.machine.free_energy
        nearest, distance = self._dreamt()
        return {
            "fantasies": chains.visible_probabilities[:DRAWN].view(-1, SIDE, SIDE),
            "filters": self.machine.couplings.weights.T.reshape(-1, SIDE, SIDE),
            "digits": self.train[:DRAWN].view(-1, SIDE, SIDE),
            "energy": self.machine.energy(chains.visible, chains.hidden).mean(),
            "guess": self.guess,
            "variety": torch.tensor(float(len(torch.unique(nearest)))),
            "copies": 100 * (distance == 0).float().mean(),
            "swaps": (free_energy(self.swapped) - free_energy(self.held_out)).mean(),
        }

    def verdict(self) -> Verdict:
        passing, swapped, real = self._passing(self._dreamt()[1]), *self.yardsticks
        word: Word = "close"
        if self.updates * self.parameters.batch < EPOCHS_BEFORE_VERDICT * len(self.train):
            word = "untested"
        elif passing <= swapped + 2 * _noise(swapped):
            word = "broken"
        elif passing >= (swapped + real) / 2:
            word = "holds"
        line = f"of fantasies pass, ± {_percent(_noise(passing))}"
        return Verdict(number=_percent(passing), line=line, word=word, note=f"real {_percent(real)}")

    def position(self) -> Mapping[str, str]:
        return {"epoch": str(self.minibatches.epoch)}

    @action("Fantasies from noise", help="Start every fantasy again from random pixels.")
    def from_noise(self) -> None:
        """Forget the fantasies, keep the weights."""
        self.fantasies.scatter()

    @action("Fantasies from digits", help="Start every fantasy from a training digit and watch it wander off.")
    def from_digits(self) -> None:
        """The same digits every time, so that wanderings can be compared."""
        self.fantasies.start(self.train[:FANTASIES])

    def _load(self) -> None:
        """The digits in black and white, and how far apart they are."""
        data = split(self.seeds.data)
        self.train = (data.train_inputs >= 0.5).float().to(self.device)
        held_out = torch.cat([data.validation_inputs, data.test_inputs])
        self.held_out = (held_out >= 0.5).float().to(self.device)
        shuffle = torch.rand(held_out.shape, generator=self.generator("data")).argsort(0).to(self.device)
        self.swapped = self.held_out.gather(0, shuffle)
        self.monitored = torch.cat([self.held_out[:MONITORED], self.train[:MONITORED]])
        self.near = float(self._nearest(self.held_out)[1].quantile(0.95))
        self.yardsticks = tuple(self._passing(self._nearest(each)[1]) for each in (self.swapped, self.held_out))

    def _nearest(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Which training digit differs in the fewest pixels from each picture, and in how many, (n,) each."""
        differing = pictures.sum(1, keepdim=True) + self.train.sum(1) - 2 * pictures @ self.train.T
        distance, nearest = differing.min(1)
        return nearest, distance

    def _dreamt(self) -> tuple[Tensor, Tensor]:
        """`_nearest` of the fantasies as they are; picture and verdict both ask for it."""
        visible = self.fantasies.visible
        if self._known is None or self._known[0] != visible._version:  # torch counts the changes made in place
            self._known = visible._version, self._nearest(visible)
        return self._known[1]

    def _passing(self, distance: Tensor) -> float:
        """Share of pictures that lie as near to a training digit as real digits do."""
        return float((distance <= self.near).float().mean())

    def _finite(self, series: Series) -> Series:
        """The series as it is. Raises Diverged at its first step that is not finite."""
        broken = (~torch.stack(list(series.values())).isfinite().all(0)).nonzero()
        if len(broken):
            first = int(broken[0]) + 1
            seen = {name: values[:first] for name, values in series.items()}
            raise Diverged("The machine's weights stopped being finite", self.step + first, series=seen)
        return series


def _noise(share: float) -> float:
    """Standard deviation of a share of the fantasies, which are independent; at least one of them."""
    return math.sqrt(max(share * (1 - share) / FANTASIES, 1 / FANTASIES**2))


def _percent(share: float) -> str:
    """A share as one would write it, with a thin space."""
    return f"{100 * share:.0f}\u2009%"
