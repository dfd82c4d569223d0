"""A restricted Boltzmann machine learns pictures by one of four gradients, imagines more, and completes halves."""

from collections.abc import Mapping

import torch
from torch import Tensor

from server.experiments import likelihood
from server.experiments.completion import Completion, Erasing
from server.experiments.experiment import Experiment, Series
from server.experiments.fantasies import Fantasies
from server.experiments.finite import finite
from server.experiments.gallery import FIRST, Gallery
from server.experiments.learning import Learning
from server.grammar import (
    Curves,
    Formula,
    Hill,
    Line,
    Matrix,
    Number,
    Readout,
    Theory,
    Tiles,
    Verdict,
    action,
)
from server.models.contrastive_divergence import Learner
from server.models.minibatches import Minibatches
from server.models.rbm import RBM

SETTLING = 240  # updates, and epochs, before the verdict: until then the machine has hardly left its first noise
EPOCHS_BEFORE_VERDICT = 10
LONGEST = 2000  # updates, after which it is judged even if its likelihood still rises
FILTERS = 16  # drawn at most: of more, none could be read


class RestrictedBoltzmann(Experiment):
    """The visible units are the pixels of a picture, the hidden ones are free; no two units of one layer are connected.

    So a whole layer can be drawn at once given the other: p(on) = 1 / (1 + exp(−ΔE / T)) for every unit. Learning makes
    the machine's own pictures less and the data more likely: each weight grows by how often its two units are on
    together when a picture is shown, less how often they are in the machine itself. That share is exact where all
    states of the smaller layer can be counted (up to 11 units), or is found from chains: k sweeps from the data (CD-k),
    k more of 100 chains that never start again (PCD), or of such chains exchanged with hotter ones (tempering). All the
    while 100 fantasies run freely at a temperature of their own.

    The digits are scikit-learn's, 8×8, a pixel being on from half of full ink; 600 are never shown to the machine. A
    fantasy passes as a new digit if it lies as near to some training digit, in pixels that differ, as 95 % of those 600
    do, but copies none. For comparison, *pixel swaps* are the 600 with each pixel exchanged among the pictures: every
    pixel is on as often as before, but no two belong together. Of bars and stripes none is held out, and a fantasy is
    right if it is a pattern.

    Fantasies must also vary. Each that passes is of the kind of the training picture nearest to it: its digit, which
    names about 94 % of the held-out ones rightly, or its pattern. Their kinds are counted as exp(entropy), as if all
    were equally frequent. The claim holds if more pass than halfway from pixel swaps to real pictures, of at least 70 %
    of all kinds. Whether it fails is said only once ln p rises by less than ¼ nat in 250 minibatches, or after 2000
    updates, or with learning off. Fantasies that were given pictures are judged again after 50 sweeps.

    The likelihood is that of 200 held-out digits, or of all patterns: ln p(v) = −F(v) − ln Z. Z is exact where the
    smaller layer has at most 16 units; else it is found by annealed importance sampling with 64 particles and 500
    temperatures, spread over 250 minibatches (during the first 500, 100 over 50), and the bars are its standard error.
    Dashed: a machine that knows how often each pixel is on and no more; one that knows it of each digit; and, of bars
    and stripes, the best possible, minus their entropy. What is erased of these may have several right answers: there
    the completions that are patterns are counted, not the pixels.
    """

    title = "Restricted: fantasies"
    section = "3 Boltzmann machine"
    order = 13
    claim = "Shown pictures, a machine learns to imagine others of their kind."
    summary = "It dreams digits nobody wrote."
    source = (
        "slide 4; G. Hinton, "
        "“Training products of experts by minimizing contrastive divergence” (2002); “A practical guide to "
        "training restricted Boltzmann machines” (2010), section 15 for the free-energy gap; R. Salakhutdinov, "
        "I. Murray, ICML (2008) 872 for the likelihood."
    )
    formulas = (
        Formula(
            latex=r"p(v_i{=}1\mid h)=\frac{1}{1+e^{-(b_i+\sum_j W_{ij}h_j)/T}}",
            after="fantasies lie at E = {energy}",
        ),
        Formula(
            latex=r"\Delta W_{ij}=\eta\,(\langle v_ih_j\rangle_{\mathrm{data}}-\langle v_ih_j\rangle_{k})",
            before="learning",
            when="CD",
        ),
        Formula(
            latex=r"\Delta W_{ij}=\eta\,(\langle v_ih_j\rangle_{\mathrm{data}}-\langle v_ih_j\rangle_{\mathrm{model}})",
            before="learning",
            when="exact PCD tempering",
        ),
    )
    step_name = "minibatch"
    speed = 60.0
    pinned = "temperature"

    class Controls(Erasing, Learning):
        pass

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="error", smooth=10),),
        title="Reconstruction error",
        caption="Pixels wrong after one sweep, not the likelihood.",
        theory=(Theory(label="guessing each pixel's mean", channel="guess"),),
        digits=3,
    )
    lasting = ("pictures",)
    views = (
        Tiles(
            title="Fantasies",
            caption="What the machine **imagines**, sweep by sweep.",
            detail="36 of 100 chains; colour: chance to be on.",
            weight=3,
            channel="fantasies",
        ),
        likelihood.VIEW,
        Tiles(
            title="Completion",
            caption="The machine **fills in** what was erased.",
            detail="Paint on the cue. {truth}.",
            weight=2,
            channel="completion",
            names=("cue", "one chain", "mean of 50", "truth"),
            paint="paint",
        ),
        Tiles(
            title="Filters",
            caption="Each hidden unit's weights grow **strokes**.",
            detail="{filters_drawn}. Blue turns it on, orange off.",
            channel="filters",
            colours="diverging",
        ),
        Curves(
            title="Free-energy gap",
            caption="How far **others** lie above the learned.",
            detail="Others: {others}. Nats.",
            lines=(Line(channel="gap", label="others − learned, nats"),),
            theory=(Theory(label="no difference", value=0),),
        ),
        Curves(
            title="Free energy of fantasies",
            caption="Learned well, they lie **level** with the data.",
            detail="Fantasies less {count} pictures learned from, at temperature 1. Nats.",
            lines=(Line(channel="lift", label="fantasies − learned, nats", smooth=10),),
            theory=(Theory(label="level", value=0),),
        ),
        Readout(
            title="Fantasies and completions, counted",
            caption="Do they **vary**, or copy? Are they right?",
            numbers=(
                Number(channel="variety", label="training pictures nearest to some fantasy", digits=0),
                Number(channel="copies", label="fantasies equal to a training picture", digits=0, unit="%"),
                Number(channel="swaps", label="free energy of pixel swaps over pictures", symbol="ΔF", unit="nats"),
                Number(channel="right", label="erased pixels filled in rightly", digits=0, unit="%", waiting=True),
                Number(channel="legal", label="completions that are patterns", digits=0, unit="%", waiting=True),
                Number(channel="guessed", label="the same, by each pixel's mean", digits=0, unit="%", waiting=True),
                Number(channel="nats", label="ln p per picture, last look", unit="nats", waiting=True),
                Number(channel="nats_error", label="its standard error", unit="nats", waiting=True),
            ),
        ),
        Matrix(
            title="Hidden activations",
            caption="Every picture has a **code** of its own.",
            detail="Chance of each hidden unit to be on, given the pictures beside.",
            channel="activations",
            colours="sequential",
            rows="picture",
            columns="hidden unit",
        ),
        Tiles(title="Training pictures", caption="The first of those it **learns** from.", channel="pictures"),
    )
    presets = {
        "Strokes appear": {},
        "Too hot": {"temperature": 3.0},
        "Learning too fast": {"learning_rate": 5.0, "weight_decay": 0.0},
        "Ten sweeps (CD-10)": {"sweeps": 10},
        "Reconstruction lies": {
            "data": "4×4", "hidden": 9, "batch": 200, "momentum": 0.0, "weight_decay": 0.0, "speed": 300.0,
        },
        "The exact gradient": {"data": "4×4", "hidden": 9, "batch": 200, "way": "exact", "speed": 300.0},
    }  # fmt: skip

    def restart(self) -> None:
        gallery = self.gallery = Gallery(self.parameters.data, self.seeds.data, self.generator("data"), self.device)
        units, order = gallery.side**2, self.generator("order")
        self.machine = RBM.random(units, self.parameters.hidden, self.generator("initialisation"), device=self.device)
        self.machine.couplings.visible_bias.copy_(gallery.on.logit())  # each pixel's mean (Hinton 2010, 8.1)
        seeds = torch.randint(2**31, (5,), generator=order).tolist()
        self.minibatches = Minibatches(len(gallery.train), torch.Generator().manual_seed(seeds[0]))
        learning, dreaming, completing, annealing = (torch.Generator(self.device).manual_seed(s) for s in seeds[1:])
        self.learner = Learner(self.machine, learning)
        self.fantasies = Fantasies(self.machine, gallery, dreaming)
        cues = torch.randperm(len(gallery.held_out), generator=self.generator("data", "cues"))
        self.completion = Completion(self.machine, gallery.held_out[cues], self.parameters.erased, completing)
        judged = gallery.held_out if gallery.generated else gallery.monitored[: gallery.each]
        self.likelihood = likelihood.Likelihood(self.machine, judged, gallery.train, annealing)
        self.updates = 0
        self._heat()

    def live(self, name: str) -> None:
        if name == "temperature":
            self._heat()
        if name == "erased":
            self.completion.erase(self.parameters.erased)

    def _heat(self) -> None:
        """Only fantasies and completions are at the page's temperature; weights are shared with the one that learns."""
        self.fantasies.machine = self.completion.chains.machine = self.machine.at(self.parameters.temperature)

    def advance(self, steps: int) -> Series:
        parameters, learner = self.parameters, self.learner
        learner.learning_rate = parameters.learning_rate
        learner.momentum = parameters.momentum
        learner.weight_decay = parameters.weight_decay
        measured = [self._step() for _ in range(steps)]
        series = dict(zip(("error", "gap", "lift"), torch.stack(measured, 1), strict=True))
        return finite(series, self.step, "The machine's weights stopped being finite")

    def _step(self) -> Tensor:
        """One minibatch, one sweep of fantasies and completions: error, free-energy gap and lift, (3,)."""
        gallery, parameters = self.gallery, self.parameters
        batch = gallery.train[self.minibatches.take(min(parameters.batch, len(gallery.train)))]
        error = self.learner.estimate(parameters.way, batch, parameters.sweeps)
        if parameters.learning:
            self.learner.update()
            self.updates += 1
        self.fantasies.sweep()
        self.completion.sweep()
        self.likelihood.follow()
        held_out, learned = self.machine.free_energy(gallery.monitored).view(2, gallery.each).mean(1)
        dreamt = self.machine.free_energy(self.fantasies.visible).mean()
        return torch.stack([error, held_out - learned, dreamt - learned])

    def show(self) -> Mapping[str, Tensor]:
        gallery, free_energy = self.gallery, self.machine.free_energy
        nats, error = self.likelihood.now
        return {
            **self.fantasies.channels(),
            "filters": gallery.images(self.machine.couplings.weights[:, :FILTERS].T.contiguous()),
            "completion": self.completion.shown(),
            "activations": self.machine.hidden_probabilities(gallery.train[:FIRST]),
            "pictures": gallery.first,
            "guess": gallery.guess,
            "swaps": (free_energy(gallery.swapped) - free_energy(gallery.held_out)).mean(),
            **self.completion.scored(gallery.on, gallery.train if gallery.generated else None),
            "nats": torch.tensor(nats),
            "nats_error": torch.tensor(error),
            **self.likelihood.marks(),
            **self.likelihood.compared(gallery.on, best=gallery.best, by_kind=gallery.by_kind),
        }

    def verdict(self) -> Verdict:
        shown = self.updates * self.parameters.batch
        settled = self.updates >= SETTLING and shown >= EPOCHS_BEFORE_VERDICT * len(self.gallery.train)
        learning = self.parameters.learning and self.updates < LONGEST and self.likelihood.rising
        return self.fantasies.verdict(settled, learning)

    def position(self) -> Mapping[str, str]:
        return {"epoch": str(self.minibatches.epoch)}

    def words(self) -> Mapping[str, str]:
        gallery, hidden = self.gallery, self.parameters.hidden
        held_out = f"{gallery.each} digits held out; growing, it overfits"
        return {
            "formula": self.parameters.way,
            "counted": self.likelihood.told,
            "others": "the pictures with pixels swapped; none is held out" if gallery.generated else held_out,
            "truth": self.completion.told
            or ("Others may be as right" if gallery.generated else "The truth was never learned from"),
            "count": str(gallery.each),
            "filters_drawn": f"The first {FILTERS} of {hidden}" if hidden > FILTERS else f"All {hidden}",
        }

    @action("Fantasies from noise", help="Start every fantasy again from random pixels.")
    def from_noise(self) -> None:
        """Forget the fantasies, keep the weights."""
        self.fantasies.from_noise()

    @action("Fantasies from pictures", help="Start every fantasy from a training picture and watch it wander off.")
    def from_pictures(self) -> None:
        """The same pictures every time, so that wanderings can be compared."""
        self.fantasies.from_pictures()

    @action("Next picture", help="Erase the same part of another picture; a digit is one never learned from.")
    def next_picture(self) -> None:
        """Its place in the order is the only thing that changes."""
        self.completion.following(self.parameters.erased)

    @action("", help="Draw on the cue; what is drawn is held.")
    def paint(self, cells: list[int], value: bool) -> None:
        """Pixels numbered along the rows from the top left. Raises Refused where there is none."""
        self.completion.set(cells, value)
