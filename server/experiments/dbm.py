"""A deep Boltzmann machine learns features of features, and dreams from the top down."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments.checks import Checking, alone, checked, is_exact, unseen
from server.experiments.experiment import Experiment, Series
from server.experiments.finite import finite
from server.experiments.gallery import NAMES, Data, Gallery
from server.experiments.hierarchy import SIDE, captions, descents, joined, rows, strokes
from server.experiments.shown import ENDINGS, Half, Shown
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

DRAWN = 36
SHORTEST = 100
"""Minibatches that the axis of the checks shows at least."""
SPREAD = 0.05
"""Of the first weights."""
SMALL: Mapping[str, float | str | bool] = {
    "data": "3×3", "units": 8, "pretraining": 100, "learning_rate": 0.1, "gibbs": 5, "speed": 120.0,
}  # fmt: skip


class DeepBoltzmann(Experiment):
    """Several layers of hidden units, each linked to the next only. The first sees strokes in the pixels, the next
    what goes together among the strokes. Now layers 1 and 3 hear each other through layer 2: what a picture means can
    no longer be read off, as in the restricted machine; it must be found.

    *Mean field* finds the best independent chances μ, going through the layers again and again. They bound the
    likelihood from below: ln p(v) = ELBO + KL(μ ‖ truth). *Gibbs* sampling finds the true means, slowly.

    First each pair of layers learns alone, from the pixels up: *pre-training*. Meanwhile a copy of the layer below
    stands in for the layer above that is missing, so what is learnt so far is a deep machine too: the hill shows its
    surprise. A new layer takes the copy's place and learns what the layer below makes of the pictures, which need not
    lower the surprise at the pictures themselves: it may stand or rise a little. Then all learn together: links
    grow by how often their units are on together by mean field when data are shown, less how often in 100 chains of
    their own. Gradients are centred, of states less their means: otherwise units of upper layers soon jam.

    Beside the bound stands the likelihood. Where every second layer together has at most 12 units, both sums over
    states are exact. Otherwise annealed importance sampling estimates them for a copy of the machine, a slice beside
    each minibatch: ln Z with 100 particles, and what lies above the bound with 40 that start from the mean field of
    each of ten digits, one of each kind. A check takes up to 95 minibatches, with fewer temperatures and larger
    errors for large machines. Lines show the last finished one until the next is done, so they lag by up to 190.
    """

    title = "Deep: layers of features"
    section = "3 Boltzmann machine"
    order = 15
    claim = "Stacked layers beat each pixel alone; their bound never says too much."
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
        lines=(Line(channel="surprise", label="−ln p(v)"), Line(channel="bound", label="−ELBO", mark="other")),
        title="Surprise at pictures",
        caption="Nats at the last check, up to 190 minibatches ago. Ticks: new stages.",
        theory=(Theory(label="each pixel alone", channel="independent"),),
        events="begun",
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
            title="Features of layer 1",
            caption="**Layer 1** {looks}.",
            detail="{count} units: blue turns one on, orange off.",
            weight=2,
            channel="strokes",
            colours="diverging",
        ),
        Tiles(
            title="Features of the layers above",
            caption="**Above**, {joins} {third}",
            detail="{rows} Seen through the layers between as if those were linear.",
            weight=2,
            channel="joined",
            colours="diverging",
        ),
        Tiles(
            title="Half a picture, dreamt whole",
            caption="All layers **fill in** what was erased{filled}.",
            detail="What is left, one chain, mean of 100 that have settled, {whole} {novelty}",
            channel="completion",
        ),
        Relation(
            title="Likelihood above its bound",
            caption="{truth} never falls **below** the ELBO.",
            detail="Nats per picture, checked at minibatch {minibatch}. {yardstick}",
            x="checked",
            lines=(Line(channel="truths", label="ln p(v)"), Line(channel="bounds", label="ELBO", mark="other")),
            errors="errors",
            theory=(Theory(label="each pixel alone", channel="level"),),
            axis="minibatches",
        ),
        Relation(
            title="Mean field against Gibbs",
            caption="Off the line, the chances are **not** a product.",
            detail="Each mark a hidden unit while {seen} is shown; off by {disagreement} on average. {reference}",
            x="mean_field",
            lines=(Line(channel="gibbs", label="Gibbs"), Line(channel="exact", label="exact", mark="other")),
            theory=(Theory(label="the same", channel="same"),),
            axis="μ by mean field",
            span=(0, 1),
        ),
        Tiles(
            title="Shown to the machine",
            caption="It sees **{seen}**, and makes it again.",
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
            caption="In **nats**, checked at minibatch {minibatch}.",
            detail="Errors: {gap_error} above the bound, {error} of ln p(v). {sums}",
            numbers=(
                Number(channel="elbo", label="ELBO"),
                Number(channel="gap", label="ln p(v) above it", digits=3),
            ),
        ),
    )
    presets = {
        "Features of features": {},
        "Small enough to check": SMALL,
        "No pre-training": {"pretraining": 0},
        "Three hidden layers": {"layers": "three", "learning_rate": 0.02, "gibbs": 5},
        "Hot dreams": {"temperature": 2.5},
    }

    def restart(self) -> None:
        parameters = self.parameters
        self.gallery = Gallery(parameters.data, self.seeds.data, self.generator("data"), self.device)
        self.pictures, self.unseen = checked(self.gallery, self.seeds.data), unseen(self.gallery, self.seeds.data)
        self.base = base_bias(self.gallery.train)
        layers = (self.gallery.side**2, *[parameters.units] * (2 if parameters.layers == "two" else 3))
        self.machine = Boltzmann.random(layers, self.generator("initialisation"), spread=SPREAD, device=self.device)
        self.machine.couplings.biases[0].copy_(self.base)
        self.exact = is_exact(layers)
        seeds = torch.randint(2**31, (7,), generator=self.generator("order")).tolist()
        self.minibatches = Minibatches(len(self.gallery.train), torch.Generator().manual_seed(seeds[0]))
        *uses, looking, checker, completing = (torch.Generator(self.device).manual_seed(seed) for seed in seeds[1:])
        self.stack = Stacked(self.machine, uses, parameters.pretraining)
        self.shown, self.half = Shown(self.machine, looking), Half(self.machine, completing)
        self.done, self.chosen = 0, 3  # of bars and stripes, the first is blank
        self._look()
        self.checking = Checking(self.machine, self.pictures, self.base, checker)
        self.live("held")

    def live(self, name: str) -> None:
        if name == "held":
            self.stack.hold(self.parameters.held == "top")
        if name == "erased":
            self.half.look(self.unseen[self.chosen], self.parameters.erased)

    def advance(self, steps: int) -> Series:
        measured = torch.tensor([self._step() for _ in range(steps)], dtype=torch.float64).T
        series = dict(zip(("surprise", "bound", "sweeps", "strength", "begun"), measured, strict=True))
        return finite(series, self.step, "The machine's weights stopped being finite")

    def _step(self) -> tuple[float, float, float, float, float]:
        """One minibatch: −ln p(v) and −ELBO of the last check, sweeps that mean field took, root mean square of all
        couplings, whether another stage begins."""
        size, stage = min(self.parameters.batch, len(self.gallery.train)), self.stack.level
        self.stack.step(self.gallery.train[self.minibatches.take(size)], self.parameters)
        self.shown.sweep()
        self.half.sweep()
        self.done += 1
        self.checking.follow(self.stack.so_far(), self.done)
        strength = float(self.machine.couplings.flat.square().mean().sqrt())
        last = self.checking.checks.last
        return -last.truth, -last.elbo, float(self.stack.sweeps), strength, float(self.stack.level != stage)

    def _look(self) -> None:
        self.shown.look(self.pictures[self.chosen])
        self.half.look(self.unseen[self.chosen], self.parameters.erased)

    def show(self) -> Mapping[str, Tensor]:
        images, last = self.gallery.images, self.checking.checks.last
        found, gibbs, exact = self.shown.found(self.exact)
        independent = alone(self.base, self.pictures)
        return {
            **self.checking.checks.marks(),
            "dreams": images(self.stack.dreams.chances[0][:DRAWN]),
            "strokes": images(strokes(self.machine)),
            "joined": images(joined(self.machine)),
            "descents": images(descents(self.stack.dreams.machine, self.stack.dreams.states)),
            "shown": images(self.shown.pictures()),
            "completion": images(self.half.pictures()),
            "mean_field": found,
            "gibbs": gibbs,
            "exact": exact,
            "same": torch.tensor([[0.0, 0.0], [1.0, 1.0]]),
            "disagreement": (found - gibbs).abs().mean(),
            "independent": independent,
            "level": torch.tensor([[0.0, -float(independent)], [float(max(self.done, SHORTEST)), -float(independent)]]),
            "elbo": torch.tensor(last.elbo),
            "gap": torch.tensor(last.gap),
        }

    def words(self) -> Mapping[str, str]:
        generated = self.gallery.generated
        return {
            **captions(self.machine, self.stack.first),
            "phase": self._phase(),
            "count": str(min(self.parameters.units, SIDE**2)),
            "minibatch": str(self.checking.checks.last.step),
            "rows": rows(self.machine),
            "truth": "The exact ln p(v)" if self.exact else "AIS’s ln p(v)",
            "yardstick": f"A perfect machine: −{-self.gallery.best:.2f}." if generated else "Bars: AIS’s own error.",
            "reference": "Grey: exact." if self.exact else "100 chains, settled.",
            "seen": f"pattern {self.chosen + 1}" if generated else f"digit {self.chosen}",
            "filled": self.half.filled(self.gallery.train if generated else None),
            **ENDINGS[generated],
            **self.checking.checks.last.errors(),
        }

    def verdict(self) -> Verdict:
        return self.checking.checks.verdict(self.exact, float(alone(self.base, self.pictures)))

    def position(self) -> Mapping[str, str]:
        return {"learning": "all layers" if self.stack.level is None else f"layer {self.stack.level + 1} alone"}

    def _phase(self) -> str:
        if not self.parameters.learning:
            return "nothing is learnt"
        return "all layers learn" if self.stack.level is None else f"layer {self.stack.level + 1} learns alone"

    @action("Another picture", help="Show the next one to mean field and to Gibbs sampling, and half of its like.")
    def another(self) -> None:
        """Of those whose likelihood is measured."""
        self.chosen = (self.chosen + 1) % len(self.pictures)
        self._look()

    @action("Dreams from noise", help="Start every dream again from random units.")
    def from_noise(self) -> None:
        """Forget the dreams, keep the weights."""
        self.stack.dreams.scatter()
