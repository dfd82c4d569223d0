"""A deep Boltzmann machine learns features of features, and dreams from the top down."""

from collections.abc import Mapping
from math import nan
from typing import Literal

import torch
from torch import Tensor

from server.experiments.checks import Check, Checks, alone, checked, is_exact
from server.experiments.experiment import Experiment, Series
from server.experiments.finite import finite
from server.experiments.gallery import NAMES, Data, Gallery
from server.experiments.hierarchy import descents, features, rows
from server.experiments.shown import Shown
from server.experiments.stacked import Stacked, Training
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
    action,
    choice,
    slider,
)
from server.models.annealed import base_bias
from server.models.boltzmann import Boltzmann
from server.models.minibatches import Minibatches
from server.models.patterns import best_log_likelihood

DRAWN = 36
SLICE = 6
"""Annealing steps per minibatch."""
BEGINNING = 20
"""Minibatches before the first of such checks: that of the start is made at once."""
APART = 10
"""Minibatches between two exact checks, which cost no annealing."""
SPREAD = 0.01
"""Of the first weights."""
SMALL = {"data": "3×3", "units": 8, "pretraining": 100, "learning_rate": 0.1, "gibbs": 5, "speed": 120.0}


class DeepBoltzmann(Experiment):
    """Several layers of hidden units, each linked to the next only. The first sees strokes in the pixels, the next
    what goes together among the strokes. Now layers 1 and 3 hear each other through layer 2: what a picture means can
    no longer be read off, as in the restricted machine; it must be found.

    *Mean field* finds the best independent chances μ, going through the layers again and again. They bound the
    likelihood from below: ln p(v) = ELBO + KL(μ ‖ truth). *Gibbs* sampling finds the true means, slowly. Both are shown
    for one picture.

    At first each pair of layers learns alone, as a restricted machine: *pre-training*, from the pixels up. In its last
    form every layer has two neighbours, so what is still missing counts double meanwhile. Then all layers learn
    together: links grow by how often their units are on together by mean field when data are shown, less how often in
    100 chains of their own. The gradient is centred: taken of states less their means, without which units of upper
    layers soon jam.

    Beside the bound stands the likelihood. Where every second layer together has at most 12 units, both sums over
    states are exact. Otherwise annealed importance sampling estimates them for a copy of the machine, a slice beside
    each minibatch: ln Z with 100 particles, and what lies above the bound with 40 that start from the mean field of
    each of ten digits, one of each kind. Lines show the last finished check, so they lag by about 80 minibatches.
    """

    title = "Deep: layers of features"
    section = "3 Boltzmann machine"
    order = 15
    claim = "Stacked layers dream, and what they know can be bounded from below."
    summary = "Features of features, dreaming downwards."
    source = (
        "slide 4; R. Salakhutdinov, G. Hinton, “Deep Boltzmann machines” (2009); "
        "G. Montavon, K.-R. Müller, “Deep Boltzmann machines and the centering trick” (2012)."
    )
    formulas = (
        Formula(latex=r"\ln p(v)\geq -\langle E\rangle_{\mu}+H(\mu)-\ln Z", value="elbo", digits=2, after="nats"),
        Formula(latex=r"\mu_l=\sigma(b_l+W_l^{\top}\mu_{l-1}+W_{l+1}\mu_{l+1})", before="mean field"),
    )
    step_name = "minibatch"
    speed = 60.0
    pinned = "temperature"

    class Task(Parameters):
        """What is learnt, and by how large a machine."""

        data: Data = choice("digits", label="data", labels=NAMES, help="What is learnt.")
        layers: Literal["two", "three"] = choice("two", label="hidden layers", help="How many above the pixels.")
        units: int = slider(64, 4, 128, label="units per layer", help="In each hidden layer.")
        batch: int = slider(50, 5, 200, label="minibatch size", help="Pictures shown per movement of the weights.")

    class Controls(Task, Training):
        pass

    parameters: Controls

    hill = Hill(
        lines=(Line(channel="surprise"),),
        title="−ELBO",
        caption="Nats per picture, at the last check.",
        theory=(Theory(label="each pixel alone", channel="independent"),),
        digits=2,
    )
    views = (
        Tiles(
            title="Dreams",
            caption="What it **imagines** while {phase}.",
            detail="36 of 100 chains; colour: chance to be on.",
            weight=3,
            channel="dreams",
        ),
        Tiles(
            title="Features, layer by layer",
            caption="On top **strokes**; below, what joins them.",
            detail="{rows} Higher ones as if layers were linear.",
            weight=2,
            channel="features",
            colours="diverging",
        ),
        Relation(
            title="Likelihood above its bound",
            caption="{truth} never falls **below** the ELBO.",
            detail="Nats per picture. {yardstick}",
            weight=2,
            x="checked",
            lines=(Line(channel="truths", label="ln p(v)"), Line(channel="bounds", label="ELBO", mark="other")),
            errors="errors",
            axis="minibatches",
        ),
        Relation(
            title="Mean field against Gibbs",
            caption="Off the line, the chances are **not** a product.",
            detail="Each mark a hidden unit while the picture below is shown. {reference}",
            x="mean_field",
            lines=(Line(channel="gibbs", label="Gibbs"), Line(channel="exact", label="exact", mark="other")),
            theory=(Theory(label="the same", channel="same"),),
            axis="μ by mean field",
            span=(0, 1),
        ),
        Tiles(
            title="Shown to the machine",
            caption="What it **sees** there: its own picture again.",
            detail="The picture, and the pixels that its mean field would make.",
            channel="shown",
        ),
        Tiles(
            title="A dream on its way down",
            caption="Each row one dream, **sharper** to the right.",
            detail="What the top layer alone says, then layer after layer as drawn; last the pixels.",
            channel="descents",
        ),
        Curves(
            title="Sweeps of mean field",
            caption="Until **no** chance moves, or time is up.",
            detail="Settled: no μ moves by 0.001. In pre-training there are none.",
            lines=(Line(channel="sweeps", smooth=10),),
            low=0,
        ),
        Readout(
            title="The bound in numbers",
            caption="At the last check, in **nats** per picture.",
            numbers=(
                Number(channel="elbo", label="ELBO"),
                Number(channel="gap", label="ln p(v) above it", digits=3),
                Number(channel="gap_error", label="its error", digits=3),
                Number(channel="error", label="error of ln p(v), with that of ln Z", digits=3),
                Number(channel="particles", label="particles of 100 that count", digits=0, waiting=True),
                Number(channel="disagreement", label="mean field off Gibbs, mean of |Δμ|", digits=3),
            ),
        ),
    )
    presets = {
        "Features of features": {},
        "Small enough to check": {
            "data": "3×3",
            "units": 8,
            "pretraining": 100,
            "learning_rate": 0.1,
            "gibbs": 5,
            "speed": 120.0,
        },
        "No pre-training": {"pretraining": 0},
        "Three hidden layers": {"layers": "three", "learning_rate": 0.02, "gibbs": 5},
        "Hot dreams": {"temperature": 2.5},
    }

    def restart(self) -> None:
        parameters = self.parameters
        self.gallery = Gallery(parameters.data, self.seeds.data, self.generator("data"), self.device)
        self.pictures = checked(self.gallery, self.seeds.data)
        self.base = base_bias(self.gallery.train)
        layers = (self.gallery.side**2, *[parameters.units] * (2 if parameters.layers == "two" else 3))
        self.machine = Boltzmann.random(layers, self.generator("initialisation"), spread=SPREAD, device=self.device)
        self.machine.couplings.biases[0].copy_(self.base)
        self.exact = is_exact(layers)
        seeds = torch.randint(2**31, (6,), generator=self.generator("order")).tolist()
        self.minibatches = Minibatches(len(self.gallery.train), torch.Generator().manual_seed(seeds[0]))
        *uses, looking, self.checker = (torch.Generator(self.device).manual_seed(seed) for seed in seeds[1:])
        self.stack = Stacked(self.machine, uses, parameters.pretraining)
        self.shown = Shown(self.machine, looking)
        self.done, self.chosen = 0, 3  # of bars and stripes, the first is blank
        self.shown.look(self.pictures[self.chosen])
        first = self._new_check()
        first.run(first.steps)
        self.checks = Checks(first.concluded())
        self.check: Check | None = None
        self.live("held")

    def live(self, name: str) -> None:
        if name == "held":
            self.stack.hold(self.parameters.held == "top")

    def advance(self, steps: int) -> Series:
        measured = torch.tensor([self._step() for _ in range(steps)], dtype=torch.float64).T
        series = dict(zip(("surprise", "sweeps", "strength"), measured, strict=True))
        return finite(series, self.step, "The machine's weights stopped being finite")

    def _step(self) -> tuple[float, float, float]:
        """One minibatch: −ELBO of the last check, sweeps that mean field took, root mean square of all couplings."""
        size = min(self.parameters.batch, len(self.gallery.train))
        self.stack.step(self.gallery.train[self.minibatches.take(size)], self.parameters)
        self.shown.sweep()
        self.done += 1
        self._measure()
        strength = float(self.machine.couplings.flat.square().mean().sqrt())
        return -self.checks.last.elbo, float(self.stack.sweeps), strength

    def _measure(self) -> None:
        """Exactly, now and then; else the annealing of a check goes on, and the next begins where it is done."""
        if self.exact:
            if self.done % APART == 0:
                self.checks.add(self._new_check().concluded())
            return
        if self.check is None and self.done >= BEGINNING:
            self.check = self._new_check()
        if self.check is not None:
            self.check.run(SLICE)
            if self.check.finished:
                self.checks.add(self.check.concluded())
                self.check = self._new_check()

    def _new_check(self) -> Check:
        return Check(self.machine, self.pictures, self.base, self.checker, self.done)

    def show(self) -> Mapping[str, Tensor]:
        images, last = self.gallery.images, self.checks.last
        found, gibbs, exact = self.shown.found(self.exact)
        return {
            **self.checks.marks(),
            "dreams": images(self.stack.dreams.chances[0][:DRAWN]),
            "features": images(features(self.machine)),
            "descents": images(descents(self.stack.dreams.machine, self.stack.dreams.states)),
            "shown": images(self.shown.pictures()),
            "mean_field": found,
            "gibbs": gibbs,
            "exact": exact,
            "same": torch.tensor([[0.0, 0.0], [1.0, 1.0]]),
            "disagreement": (found - gibbs).abs().mean(),
            "independent": alone(self.base, self.pictures),
            **{name: torch.tensor(getattr(last, name)) for name in ("elbo", "gap", "gap_error", "error", "particles")},
        }

    def words(self) -> Mapping[str, str]:
        best = best_log_likelihood(self.gallery.train) if self.gallery.generated else nan
        return {
            "phase": self._phase(),
            "rows": rows(self.machine),
            "truth": "The exact ln p(v)" if self.exact else "AIS’s ln p(v)",
            "yardstick": f"A perfect machine: −{-best:.2f}." if self.gallery.generated else "Bars: AIS’s own error.",
            "reference": "Grey: exact." if self.exact else "100 chains.",
        }

    def verdict(self) -> Verdict:
        return self.checks.verdict(self.exact)

    def position(self) -> Mapping[str, str]:
        return {"learning": "all layers" if self.stack.level is None else f"layer {self.stack.level + 1} alone"}

    def _phase(self) -> str:
        if not self.parameters.learning:
            return "nothing is learnt"
        return "all layers learn" if self.stack.level is None else f"layer {self.stack.level + 1} learns alone"

    @action("Another picture", help="Show the next one to mean field and to Gibbs sampling.")
    def another(self) -> None:
        """Of those whose likelihood is measured."""
        self.chosen = (self.chosen + 1) % len(self.pictures)
        self.shown.look(self.pictures[self.chosen])

    @action("Dreams from noise", help="Start every dream again from random units.")
    def from_noise(self) -> None:
        """Forget the dreams, keep the weights."""
        self.stack.dreams.scatter()
