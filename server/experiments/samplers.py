"""The same machine sampled in two ways: a layer at once, and one unit after another."""

from collections.abc import Mapping

import torch
from torch import Tensor

from server.grammar import Curves, Line, Theory
from server.models.boltzmann import Boltzmann, Chains, sample
from server.models.rbm import RBM

CHAINS = 1000
SWEEPS = 3
LOOKS = 50  # whose distances are summed
SIGMAS = 3  # of the band: two would be left at one reading in twenty

VIEW = Curves(
    title="A layer at once, or unit by unit",
    caption="{agree}: **{apart} ± {band}** × chance.",
    detail=f"Distance of 1 000 samples each over that of chance, {LOOKS} looks; ± {SIGMAS} standard errors.",
    lines=(Line(channel="apart", label="measured"),),
    theory=(
        Theory(label="by chance", value=1),
        Theory(label="chance at most", channel="apart_high"),
        Theory(label="chance at least", channel="apart_low"),
    ),
)


class Samplers:
    """`CHAINS` chains by block Gibbs and as many by single-unit Gibbs, which sees one general machine without layers
    and takes its units in an order that mixes both.

    At every look all start anew, each from its own exact draw, and take `SWEEPS`: so samples are independent, within a
    look and from look to look, and a sampler that does not keep p(v, h) leaves it. Chains that went on from look to
    look would carry one chance deviation along for thousands of updates, since they hardly leave their valleys.

    Visible states are sorted into the `distinct` patterns (k, visible), and all others by how many units are on.
    """

    def __init__(self, machine: RBM, distinct: Tensor, block: torch.Generator, single: torch.Generator) -> None:
        self.visible, units = distinct.shape[1], sum(machine.couplings.layers)
        self._places = 2 ** torch.arange(self.visible, device=distinct.device)
        self._codes = self._coded(distinct).sort().values
        self._order = torch.randperm(units, generator=single, device=distinct.device)
        self._back = self._order.argsort()
        self.block = Chains(machine, CHAINS, block)
        self.single = Chains(self._general(machine), CHAINS, single)
        self._seen = torch.empty(0, 3, dtype=torch.float64, device=distinct.device)

    def look(self, machine: RBM) -> None:
        """Another look at the machine as it is now; not a number where its weights are none."""
        if not bool(machine.couplings.flat.isfinite().all()):
            seen = self._seen.new_full((3,), torch.nan)
        else:
            self.start(machine)
            self.block.sweep(SWEEPS)
            self.single.sweep(SWEEPS)
            seen = torch.stack(self.compare())
        self._seen = torch.cat([self._seen, seen[None]])[-LOOKS:]

    def start(self, machine: RBM) -> None:
        """All chains at draws from p(v, h) itself, each its own."""
        self.block.machine, self.single.machine = machine, self._general(machine)
        for layer, states in enumerate(_drawn(machine, self.block.generator)):
            self.block.start(layer, states)
        self.single.start(0, torch.cat(_drawn(machine, self.single.generator), 1)[:, self._order])

    def compare(self) -> tuple[Tensor, Tensor, Tensor]:
        """Total variation between the two sets of samples, ½ Σ |f − f'| over the bins; its mean and variance by
        `chance`; () each."""
        block = self._shares(self.block.states[0])
        single = self._shares(self.single.states[0][:, self._back[: self.visible]])
        return (block - single).abs().sum() / 2, *chance((block + single) / 2, CHAINS)

    @property
    def apart(self) -> tuple[Tensor, Tensor]:
        """The distance measured over the one expected by chance, of the last `LOOKS`, and `SIGMAS` standard errors of
        it, () each. Equal distributions have 1."""
        measured, expected, variance = self._seen.sum(0)
        return measured / expected, SIGMAS * variance.sqrt() / expected

    @property
    def words(self) -> Mapping[str, str]:
        """The caption's: nothing is said of fewer than `LOOKS`."""
        apart, band = (float(value) for value in self.apart)
        judged = "They agree" if abs(apart - 1) <= band else "They differ"
        agree = judged if len(self._seen) == LOOKS else "Not yet said"
        return {"agree": agree, "apart": f"{apart:.2f}", "band": f"{band:.2f}"}

    def _shares(self, states: Tensor) -> Tensor:
        """Of the bins, (k + visible + 1,) float64."""
        codes, patterns = self._coded(states), len(self._codes)
        places = torch.searchsorted(self._codes, codes).clamp_(max=patterns - 1)
        bins = torch.where(self._codes[places] == codes, places, patterns + states.sum(1).long())
        return torch.bincount(bins, minlength=patterns + self.visible + 1).double() / len(states)

    def _coded(self, states: Tensor) -> Tensor:
        """Each row of 0 and 1 as one number."""
        return (states.long() * self._places).sum(1)

    def _general(self, machine: RBM) -> Boltzmann:
        """Its units in this order."""
        weights, biases = (part.float() for part in machine.whole())
        return Boltzmann.full(weights[self._order][:, self._order], biases[self._order], machine.temperature)


def chance(shares: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Mean and variance of the distance between two sets of `count` independent samples each of one distribution with
    these `shares` (k,), () each.

    A bin's counts are nearly Poisson, and the mean |N − N'| of two such is m = v e^{−v} (I₀(v) + I₁(v)), v their
    variances' sum (J. G. Skellam, J. R. Stat. Soc. 109 (1946) 296), its variance v − m²; v = 2 n p (1 − p) is right for
    bins that hold nearly all, too.
    """
    variance = 2 * count * shares * (1 - shares)
    differences: Tensor = variance * (torch.special.i0e(variance) + torch.special.i1e(variance))
    return differences.sum() / (2 * count), (variance - differences.square()).sum() / (2 * count) ** 2


def _drawn(machine: RBM, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(v, h) of `CHAINS` independent draws from p(v, h)."""
    visible = machine.draws(CHAINS, generator)
    chances = machine.hidden_probabilities(visible)
    return visible, sample(chances, torch.empty_like(chances), generator, chances)
