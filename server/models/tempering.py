"""Parallel tempering: the same machine at several temperatures at once, which exchange their states.

Hot chains cross what separates the modes of a cold one; exchanges carry what they found down, and each temperature
still has its own distribution. After every sweep neighbours i, i + 1 exchange, in each chain for itself, with chance

    min(1, exp((1/T_i − 1/T_{i+1}) (E_i − E_{i+1}))),        the pairs (0, 1), (2, 3) … and (1, 2), (3, 4) … in turn.

This is the Metropolis rule for the product of all p_{T_i}: exchanging there and back are equally frequent.

Sources: R. Swendsen, J.-S. Wang, Phys. Rev. Lett. 57 (1986) 2607; K. Hukushima, K. Nemoto, J. Phys. Soc. Jpn. 65 (1996)
1604; for learning: G. Desjardins et al., "Tempered Markov chain Monte Carlo for training of restricted Boltzmann
machines", AISTATS (2010).
"""

from itertools import pairwise

import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann
from server.models.chains import sample


class Tempered:
    """`chains` independent ladders of a layered machine, a copy of its units at each of `temperatures` (k,), rising.

    The first temperature is the machine's own; `states` are drawn at it. All k · chains copies are rows of one tensor:
    a layer is drawn for all at once. Copies stay where they are and exchange temperatures. The machine may learn
    between sweeps. `generator` lives on its device; one seed gives one run, however it is cut.
    """

    def __init__(self, machine: Boltzmann, temperatures: Tensor, chains: int, generator: torch.Generator) -> None:
        _refuse(machine, temperatures, chains)
        self.machine = machine
        self.generator = generator
        self.temperatures = temperatures
        self.chains = chains
        count, flat = len(temperatures), machine.couplings.flat
        self._betas = (1 / temperatures.double()).to(flat)[:, None]
        self._copies: list[Tensor] = [flat.new_zeros(count * chains, units) for units in machine.couplings.layers]
        self._noise = [torch.empty_like(copies) for copies in self._copies]
        self._held: list[Tensor | None] = [None] * len(self._copies)
        # Which copy of chain c is at temperature i, and the reverse: 1 / T of each row.
        self._at = torch.arange(count, device=flat.device)[:, None].expand(count, chains).clone()
        self._scale = self._betas.expand(count, chains).clone()
        self._energies = flat.new_zeros(count, chains)
        self._coin = flat.new_empty(count, chains)
        self._accepted = torch.zeros(count - 1, dtype=torch.int64, device=flat.device)
        self._sweeps = 0
        self.scatter()

    @property
    def states(self) -> list[Tensor]:
        """What the chains are in at the machine's own temperature, (chains, n_l) for each layer; copies.

        A learner takes its probabilities from these, as `machine.probabilities(layer, states)`.
        """
        return self.states_at(0)

    def states_at(self, place: int) -> list[Tensor]:
        """As `states`, at temperature number `place`."""
        rows = self._at[place] * self.chains + torch.arange(self.chains, device=self._at.device)
        return [copies.index_select(0, rows) for copies in self._copies]

    @property
    def swap_rates(self) -> Tensor:
        """The share of exchanges that came about, (k − 1,), of temperatures i and i + 1; not a number before any."""
        odd = self._sweeps // 2
        tries = [(odd if pair % 2 else self._sweeps - odd) * self.chains for pair in range(len(self._accepted))]
        return self._accepted / torch.tensor(tries, device=self._accepted.device)

    def scatter(self) -> None:
        """Start from noise: each unit that is not held 0 or 1 with probability ½."""
        for layer in range(len(self._copies)):
            self._draw(layer, torch.full_like(self._copies[layer], 0.5))

    def start(self, layer: int, values: Tensor) -> None:
        """Put a layer at `values` (n_l,) or (chains, n_l), at every temperature."""
        self._copies[layer].view(len(self.temperatures), self.chains, -1).copy_(values)

    def hold(self, layer: int, mask: Tensor | None) -> None:
        """From now on the units of `mask` (n_l,) bool keep the values they have; None frees the layer."""
        self._held[layer] = mask

    def sweep(self, times: int = 1) -> None:
        """Draw the even layers, then the odd ones, at every temperature; then offer the exchanges whose turn it is."""
        for _ in range(times):
            self._gibbs()
            self._exchange(self._sweeps % 2)
            self._sweeps += 1

    def _gibbs(self) -> None:
        """Leaves E = −Σ_even b·s − Σ_odd field·s of every copy: the odd layers' fields are those they were drawn at."""
        rows = self._scale.view(-1, 1)
        energies = self._energies.view(-1).zero_()
        layers = range(len(self._copies))
        for layer in (*layers[::2], *layers[1::2]):
            field = self.machine.field(layer, self._copies)
            self._draw(layer, (field * rows).sigmoid_())
            if layer % 2:
                energies.sub_(field.mul_(self._copies[layer]).sum(1))
        for copies, bias in zip(self._copies[::2], self.machine.couplings.biases[::2], strict=True):
            energies.addmv_(copies, bias, alpha=-1)

    def _draw(self, layer: int, chances: Tensor) -> None:
        copies, held = self._copies[layer], self._held[layer]
        if held is None:
            sample(chances, self._noise[layer], self.generator, copies)
        else:
            drawn = sample(chances, self._noise[layer], self.generator, chances)
            torch.where(held, copies, drawn, out=copies)

    def _exchange(self, first: int) -> None:
        """Neighbours from pair number `first` on, every second: min(1, exp(Δβ ΔE)) against one coin for each chain."""
        self._coin.uniform_(generator=self.generator)
        energies = self._energies.gather(0, self._at)
        lower, upper = slice(first, -1, 2), slice(first + 1, None, 2)
        gain = (self._betas[lower] - self._betas[upper]) * (energies[lower] - energies[upper])
        swapped = self._coin[lower] < gain.exp_()
        cold, hot = self._at[lower], self._at[upper].clone()
        self._at[upper] = torch.where(swapped, cold, hot)
        self._at[lower] = torch.where(swapped, hot, cold)
        self._scale.scatter_(0, self._at, self._betas.expand_as(self._at))
        self._accepted[first::2] += swapped.sum(1)


def ladder(lowest: float, highest: float, count: int) -> Tensor:
    """`count` temperatures from lowest to highest in equal ratios, (count,) float64."""
    if not 0 < lowest < highest or count < 2:
        raise ValueError(
            f"A ladder rises from above 0 in at least two steps, not from {lowest} to {highest} in {count}."
        )
    return torch.logspace(0, 1, count, base=highest / lowest, dtype=torch.float64) * lowest


def _refuse(machine: Boltzmann, temperatures: Tensor, chains: int) -> None:
    if machine.couplings.lateral:
        raise ValueError("Tempering draws whole layers: the machine may have no links within one.")
    if chains < 1:
        raise ValueError(f"At least one chain is needed, not {chains}.")
    rising: list[float] = temperatures.double().tolist()
    if len(rising) < 2 or any(low >= high for low, high in pairwise(rising)):
        raise ValueError(f"Temperatures rise, and there are at least two; these are {rising}.")
    if abs(rising[0] / machine.temperature - 1) > 1e-6:
        raise ValueError(f"The first temperature is the machine's own, {machine.temperature}, not {rising[0]}.")
