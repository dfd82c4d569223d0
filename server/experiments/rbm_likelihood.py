"""Five machines learn the same patterns by gradients of different truth; their reconstructions do not show it."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from server.experiments import ascent
from server.experiments.ascent import WAYS, Ascent
from server.experiments.decline import LOST, PATIENCE, Decline, fate, times
from server.experiments.experiment import Experiment, Series
from server.experiments.finite import finite
from server.experiments.samplers import VIEW, Samplers
from server.grammar import (
    Curves,
    Formula,
    Hill,
    Line,
    Parameters,
    Profile,
    Readout,
    Theory,
    Tiles,
    Verdict,
    choice,
    slider,
)
from server.models.patterns import bars_and_stripes, best_log_likelihood

ALIKE = {"cd_1": "CD-1", "exact": "exact", "pcd": "PCD"}  # labels where five lines lie on each other
EVERY = 20  # updates from one look at the likelihoods to the next
MEAN = 100  # updates over which reconstruction errors are averaged
DRAWN = 36
LOST_SHARE = 0.1  # of a pattern's own share, below which it is all but lost


class ReconstructionLies(Experiment):
    r"""Five restricted Boltzmann machines begin with the same small weights and learn the same patterns, all of them at
    every update. They differ in one thing: where they take the machine's own part ⟨v h⟩ of the gradient from.

    *Exact*: from all its states. *CD-k*: from chains that start at the patterns and take k sweeps; *CD-1*, one sweep.
    *PCD*: from a hundred chains that never start again. *Tempering*: from a hundred such chains, each exchanged with
    hotter copies of itself.

    The reconstruction error asks whether a pattern comes back after one sweep. It soon does, with any of them. But a
    good model must also give every pattern its share. As weights grow, chains no longer get from one pattern's valley
    to another's: those of CD-1 are found where they began, however deep that valley is, and never tell that some have
    become too deep and others too shallow. So the machine forgets patterns and dotes on others, while each of them, if
    shown, is reconstructed perfectly. PCD's chains are caught, too, and pull at random. Only the likelihood shows it,
    and here it is exact: so few units can be counted out.

    The patterns are bars and stripes, all full rows and all full columns. The empty and the full picture are both, so
    each counts twice, and the best possible mean of ln p is minus the patterns' entropy: −2.599 nats for 3×3, −3.379
    for 4×4 (duplicates weighted). A pattern with less than a tenth of its share, that once had more, is all but lost.

    What is said of CD-1 is from means over 200 updates, and counts from those in which its likelihood was best. Since
    units of one layer have no links, drawing a whole layer at once must give the same distribution as drawing unit
    after unit; that is measured too, with a thousand chains of either kind in the machine that learns by the exact
    gradient. At every look they start at independent draws from it and take three sweeps. Two sets of a thousand
    samples always differ; how much is known, and so is its spread.
    """

    title = "Reconstruction lies"
    section = "3 Boltzmann machine"
    order = 14
    claim = "Reconstructions go on improving while the model gets worse."
    summary = "Perfect reconstructions, a bad model."
    source = (
        "slide 4; G. Hinton, Neural Computation 14 (2002) 1771; T. Tieleman, ICML (2008) 1064; "
        "G. Desjardins et al., AISTATS (2010) 145; A. Fischer, C. Igel, ICANN (2010) 208 (the likelihood turns back)."
    )
    formulas = (
        Formula(
            latex=r"\frac{\partial\ln p}{\partial W_{ij}}="
            r"\langle v_ih_j\rangle_{\mathrm{data}}-\langle v_ih_j\rangle_{\mathrm{model}}",
            before="exact:",
        ),
        Formula(
            latex=r"\Delta W_{ij}=\eta\,(\langle v_ih_j\rangle_{\mathrm{data}}-\langle v_ih_j\rangle_{k})",
            before="CD-k:",
        ),
    )
    step_name = "update"
    speed = 300.0
    pinned = "learning_rate"

    class Controls(Parameters):
        learning_rate: float = slider(
            0.55, 0.01, 2, scale="log", symbol=r"\eta", label="learning rate", applies="live",
            help="How far the weights of all five move per update.",
        )  # fmt: skip
        sweeps: int = slider(
            10, 2, 30, symbol="k", label="sweeps of CD-k", applies="live",
            help="Sweeps from the patterns to the machine's own pictures. CD-1 takes one.",
        )  # fmt: skip
        weight_decay: float = slider(
            0.0, 0, 0.01, step=0.0005, symbol=r"\lambda", label="weight decay", applies="live",
            help="Pull of every weight towards 0. Small weights keep chains moving.",
        )  # fmt: skip
        patterns: Literal["3×3", "4×4"] = choice(
            "4×4", label="bars and stripes", help="16 pictures of 3×3 pixels or 32 of 4×4.",
        )  # fmt: skip
        hidden: int = slider(9, 4, 12, label="hidden units", help="All their states are counted out at every update.")

    parameters: Controls

    hill = Hill(
        lines=(
            Line(channel="surprise_cd_1", label="CD-1"),
            Line(channel="surprise_exact", label="exact", mark="B"),
        ),
        title="Surprise at the patterns",
        caption="−ln p, nats: down is better. Does CD-1 turn up?",
        theory=(Theory(label="the patterns' own entropy", channel="entropy"),),
        digits=3,
    )
    views = (
        Profile(
            title="Probability of each pattern",
            caption="CD-1: **{fate}**.",
            detail="Columns: CD-1. Blue: exact gradient. Dashes: the data.",
            weight=3,
            style="columns",
            lines=(
                Line(channel="shares_cd_1", label="CD-1"),
                Line(channel="shares_exact", label="exact", mark="B"),
            ),
            tiles="distinct",
            theory=(Theory(label="data", channel="true_shares"),),
            percent=True,
        ),
        Curves(
            title="Reconstruction error",
            caption="CD-1's: **{fallen}**.",
            detail="After one sweep; mean of 100 updates. Grey: CD-k, tempering.",
            weight=2,
            lines=ascent.lines("error", ALIKE),
            scale="log",
        ),
        Curves(
            title="Nats below the best possible",
            caption="CD-1: **{turned}**.",
            detail="Down is better.",
            weight=2,
            lines=ascent.lines("lacking", ALIKE),
            scale="log",
        ),
        Tiles(
            title="What CD-1's machine dreams",
            caption="**{dreamt_cd_1} of {patterns}** in 36 dreams.",
            detail="Drawn from its exact distribution, without a chain.",
            channel="dreams_cd_1",
        ),
        Tiles(
            title="What exact learning dreams",
            caption="**{dreamt_exact} of {patterns}** in 36 dreams.",
            detail="Drawn with the same random numbers.",
            channel="dreams_exact",
        ),
        Readout(
            title="Nats lacking now",
            caption="What each machine **lacks** of the best.",
            numbers=ascent.numbers("lacking", 3),
        ),
        Readout(
            title="Patterns all but lost",
            caption="Once known, now below a **tenth** of share.",
            numbers=ascent.numbers("lost", 0),
        ),
        VIEW,
    )
    lasting = ("distinct", "true_shares")
    presets = {
        "Reconstruction lies": {},
        "Small pictures, 3×3": {"patterns": "3×3"},
        "With weight decay": {"weight_decay": 0.001},
        "A slower rate": {"learning_rate": 0.1},
        "Two sweeps or one": {"sweeps": 2},
    }

    def restart(self) -> None:
        patterns = bars_and_stripes(int(self.parameters.patterns[0])).to(self.device)
        self.side = int(self.parameters.patterns[0])
        self.bound = best_log_likelihood(patterns)
        distinct, counts = torch.unique(patterns, dim=0, return_counts=True)
        self._rows, self.distinct = distinct, distinct.view(-1, self.side, self.side)
        self.true_shares = counts.double() / len(patterns)
        self.machines = {name: self._ascent(name, patterns) for name in WAYS}
        exact = self.machines["exact"].machine
        self.samplers = Samplers(exact, distinct, self._device_generator("block"), self._device_generator("single"))
        self.decline = Decline()
        self._errors = torch.empty(0, len(WAYS), device=self.device)
        self._first_error = 0.0
        self._known = torch.zeros(len(WAYS), len(distinct), dtype=torch.bool, device=self.device)
        self._look()

    def _ascent(self, name: str, patterns: Tensor) -> Ascent:
        first = self.generator("initialisation")
        return Ascent(name, patterns, self.parameters.hidden, first, self._device_generator(name))

    def _device_generator(self, use: str) -> torch.Generator:
        """As `generator("order", use)`, on the machines' device."""
        return torch.Generator(self.device).manual_seed(self.generator("order", use).initial_seed())

    def advance(self, steps: int) -> Series:
        rate, decay, sweeps = self.parameters.learning_rate, self.parameters.weight_decay, self.parameters.sweeps
        errors, looks = [], []
        for step in range(self.step + 1, self.step + steps + 1):
            found = torch.stack([each.update(rate, decay, sweeps) for each in self.machines.values()])
            self._errors = torch.cat([self._errors, found[None]])[-MEAN:]
            errors.append(self._errors.mean(0))
            self._first_error = self._first_error or float(found[-1])
            if step % EVERY == 0:
                self._look()
                self.decline.add(self.likelihoods[-1], errors[-1][-1])
            looks.append(self.looked)
        series = self._named("error", torch.stack(errors)) | self._seen(torch.stack(looks))
        return finite(series, self.step, "The weights stopped being finite")

    def _look(self) -> None:
        """ln p of the distinct patterns (machines, k), its means, and how far apart the two samplers are."""
        self.samplers.look(self.machines["exact"].machine)
        self.log_shares = torch.stack([each.machine.log_likelihood(self._rows) for each in self.machines.values()])
        self.likelihoods = self.log_shares @ self.true_shares
        self._known |= ~self._rare
        self.looked = torch.cat([self.likelihoods, torch.stack(self.samplers.apart)])

    @property
    def _rare(self) -> Tensor:
        """Which patterns have less than a tenth of their share, (machines, k)."""
        rare: Tensor = self.log_shares.exp() < LOST_SHARE * self.true_shares
        return rare

    @property
    def lost(self) -> Tensor:
        """How many of those once known are rare now, (machines,)."""
        return (self._known & self._rare).sum(1)

    def _seen(self, looks: Tensor) -> dict[str, Tensor]:
        """What the looks (steps, machines + 2) say of every step."""
        likelihoods = self._named("likelihood", looks[:, :-2])
        apart = {"apart": looks[:, -2], "apart_high": 1 + looks[:, -1], "apart_low": 1 - looks[:, -1]}
        surprise = {f"surprise_{name}": -likelihoods[f"likelihood_{name}"] for name in ("cd_1", "exact")}
        return likelihoods | surprise | self._named("lacking", self.bound - looks[:, :-2]) | apart

    def _named(self, channel: str, values: Tensor) -> dict[str, Tensor]:
        """The last axis by machine."""
        return {f"{channel}_{name}": column for name, column in zip(WAYS, values.unbind(-1), strict=True)}

    def show(self) -> Mapping[str, Tensor]:
        shares = self.log_shares.exp()
        return {
            "distinct": self.distinct,
            "true_shares": self.true_shares,
            "entropy": torch.tensor(-self.bound),
            "shares_cd_1": shares[-1],
            "shares_exact": shares[0],
            "dreams_cd_1": self._dreams("cd_1"),
            "dreams_exact": self._dreams("exact"),
            **{name: values[0] for name, values in self._seen(self.looked[None]).items()},
            **self._named("lost", self.lost),
        }

    def _dreams(self, name: str) -> Tensor:
        """Drawn with the same random numbers at every picture, so that it changes only as the machine does."""
        drawn = self.machines[name].machine.draws(DRAWN, self._device_generator("dreams"))
        return drawn.view(-1, self.side, self.side)

    def verdict(self) -> Verdict:
        lost, fell = self.decline.lost, self.decline.fell
        number, line = f"{lost:.2f}", "nats CD-1 lost since best"
        if not self.decline.judged:
            return Verdict(number="–", line=line, word="untested", note="it has hardly begun")
        if lost >= LOST and fell > 1:
            return Verdict(number=number, line=line, word="holds", note=f"error fell {times(fell)} since")
        if self.decline.blocks >= PATIENCE:
            return Verdict(number=number, line=line, word="broken", note="it still improves" if lost < LOST else "")
        return Verdict(number=number, line=line, word="untested", note="near its best")

    def words(self) -> Mapping[str, str]:
        patterns = len(self._rows)
        told = {
            "fate": fate(patterns, int(self._known[-1].sum()), int(self.lost[-1])),
            "fallen": self.decline.error_told(self._first_error, float(self._errors[:, -1].mean())),
            "turned": self.decline.told,
            "patterns": str(patterns),
        }
        dreamt = {f"dreamt_{name}": str(self._met(self._dreams(name))) for name in ("cd_1", "exact")}
        return {**told, **dreamt, **self.samplers.words}

    def _met(self, pictures: Tensor) -> int:
        """How many of the patterns are among them."""
        return int((pictures.flatten(1)[:, None] == self._rows).all(2).any(0).sum())
