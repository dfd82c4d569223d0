"""How large is Z? Annealed importance sampling of a machine whose states cannot all be visited.

Particles start in a machine without links, whose ln Z₀ is known, and follow it step by step into the machine asked
for; the factor by which each step changes a state's weight is kept:

    field_β = (1 − β) a + β (b + W s),        w = Π_k p*_{β_k}(s_{k−1}) / p*_{β_{k−1}}(s_{k−1}),        Z = Z₀ ⟨w⟩

p*_β is the unnormalised probability at β, s_{k−1} is drawn by Gibbs sweeps that keep p_{β_{k−1}}, a are the base's
biases. ⟨w⟩ is unbiased for any schedule and any number of particles; its logarithm lies below ln Z on average. The
stated error is that of the weights seen: it is right only if the particles met every mode of the machine. Where all
missed one, the weights agree with each other and the error is small all the same.

Sources: R. Neal, "Annealed importance sampling", Statistics and Computing 11 (2001) 125, section 2; R. Salakhutdinov,
I. Murray, "On the quantitative analysis of deep belief networks", ICML (2008), section 4; R. Salakhutdinov, G. Hinton,
"Deep Boltzmann machines", AISTATS (2009), section 3.1.
"""

from collections.abc import Sequence
from math import log, sqrt

import torch
from torch import Tensor
from torch.nn.functional import softplus

from server.models.binning import Estimate
from server.models.boltzmann import Boltzmann, Couplings
from server.models.chains import Chains, sample

SMOOTHED = 0.5
"""What `base_bias` adds to both counts, on and off, in examples: a unit that is never on keeps a finite bias."""


class Annealing:
    """Takes `particles` through the inverse temperatures `betas`, in slices, to estimate ln Z of a machine.

    `betas` is the number of steps, evenly spaced, or all of them from 0 to 1, not falling. `base` are the biases a_l of
    the machine without links, one (n_l,) for each layer; None takes the machine's own. The couplings are copied: the
    machine may go on learning. `generator` lives on the machine's device; one seed gives one run, however it is cut.

    Every second layer is summed out of the weights: at no cost, the error of machines with weights ~ N(0, 1) falls by a
    third. A machine with links within its layers sums nothing out.
    """

    def __init__(
        self,
        machine: Boltzmann,
        particles: int,
        betas: int | Tensor,
        generator: torch.Generator,
        base: Sequence[Tensor] | None = None,
    ) -> None:
        if particles < 2:
            raise ValueError(f"The error is the spread of particles: at least two are needed, not {particles}.")
        self._betas = _schedule(betas)
        self._target = Boltzmann(_copied(machine.couplings), machine.temperature)
        self._base = _without_links(machine.couplings, base)
        # At every step this one becomes the mixture of both; the particles move in it.
        self._now = Boltzmann(_copied(self._base), machine.temperature)
        self._summed = summed_out(machine.couplings)
        self.done = 0
        self.chains = Chains(self._now, particles, generator)
        for layer in range(len(machine.couplings.layers)):
            self.chains.draw(layer)
        self.log_weights = torch.zeros(particles, dtype=torch.float64, device=machine.couplings.flat.device)

    @property
    def steps(self) -> int:
        """How many there are in all."""
        return len(self._betas) - 1

    @property
    def progress(self) -> float:
        """The share of the steps that are done, 0 … 1."""
        return self.done / self.steps

    @property
    def finished(self) -> bool:
        """Whether β = 1 is reached: only then `log_partition` speaks of the machine itself."""
        return self.done == self.steps

    @property
    def beta(self) -> float:
        """The inverse temperature reached."""
        return self._betas[self.done]

    def run(self, steps: int) -> None:
        """So many inverse temperatures further, or as many as are left."""
        for _ in range(min(steps, self.steps - self.done)):
            self._step(self.beta, self._betas[self.done + 1])
            self.done += 1

    @property
    def log_partition(self) -> Estimate:
        """ln Z at the β reached, its standard error and the effective number of particles (`facts`).

        The error is sd(w) / (⟨w⟩ √n), to first order that of ln ⟨w⟩ (Neal 2001, equation 11 and after).
        """
        shares = self.log_weights.softmax(0)
        count = len(shares)
        mean = self.log_weights.logsumexp(0) - log(count)
        numbers = torch.stack(
            [self._base_log_partition() + mean, shares.std() * sqrt(count), 1 / shares.square().sum()]
        )
        return Estimate(*numbers.tolist())

    def _step(self, before: float, after: float) -> None:
        torch.lerp(self._base.flat, self._target.couplings.flat, after, out=self._now.couplings.flat)
        if self._summed:
            self._sum_out(before, after)
        else:
            self._weigh(after - before)
        for layer in range(len(self.chains.states)):
            if layer not in self._summed:
                self.chains.draw(layer)

    def _sum_out(self, before: float, after: float) -> None:
        """ln p*_β(s) = Σ_drawn field·s / T + Σ_summed softplus(field / T), each field linear in β.

        Differences are taken before sums: what is added to float64 are small numbers, each exact to its own rounding.
        """
        states, temperature = self.chains.states, self._target.temperature
        for layer, (bias, base) in enumerate(zip(self._target.couplings.biases, self._base.biases, strict=True)):
            if layer not in self._summed:
                self.log_weights.add_(states[layer] @ (bias - base), alpha=(after - before) / temperature)
                continue
            base = base / temperature
            slope = self._target.field(layer, states, scale=1 / temperature, out=self.chains.chances[layer]).sub_(base)
            low = torch.add(base, slope, alpha=before)
            high = slope.mul_(after - before).add_(low)
            self.log_weights.add_(softplus(high).sub_(softplus(low)).sum(1, dtype=torch.float64))
            sample(high.sigmoid_(), low, self.chains.generator, states[layer])

    def _weigh(self, step: float) -> None:
        """ln p*_β(s) = −E_β(s) / T with all units drawn; E_β is linear in β."""
        states = self.chains.states
        change = self._target.energy(states)
        for state, bias in zip(states, self._base.biases, strict=True):
            change.addmv_(state, bias)
        self.log_weights.sub_(change, alpha=step / self._target.temperature)

    def _base_log_partition(self) -> Tensor:
        """ln Z₀ = Σ softplus(a / T), () float64."""
        parts = [softplus(bias.double() / self._target.temperature).sum() for bias in self._base.biases]
        return torch.stack(parts).sum()


def summed_out(couplings: Couplings) -> tuple[int, ...]:
    """The layers that are summed out of the weights: all even or all odd ones; none where links are within one.

    Those with more units: as Salakhutdinov & Hinton (2009) do. The other way costs and errs about as much.
    """
    if couplings.lateral:
        return ()
    count = len(couplings.layers)
    ways = (tuple(range(first, count, 2)) for first in (0, 1))
    return max(ways, key=lambda way: sum(couplings.layers[layer] for layer in way))


def base_bias(data: Tensor, temperature: float = 1.0) -> Tensor:
    """Biases (units,) of the machine without links that is on as often as the data (n, units): T logit ⟨v⟩.

    A base near the data is a shorter way (Salakhutdinov & Murray 2008, section 4.1).
    """
    on = data.sum(0) + SMOOTHED
    return temperature * (on / (len(data) + 2 * SMOOTHED)).logit()


def _schedule(betas: int | Tensor) -> list[float]:
    if isinstance(betas, int):
        if betas < 1:
            raise ValueError(f"Annealing takes at least one step, not {betas}.")
        return torch.linspace(0, 1, betas + 1, dtype=torch.float64).tolist()
    found: list[float] = betas.double().tolist()
    if len(found) < 2 or found[0] != 0 or found[-1] != 1 or sorted(found) != found:
        raise ValueError("Inverse temperatures go from 0 to 1 and never fall, with both ends among them.")
    return found


def _copied(couplings: Couplings) -> Couplings:
    return Couplings.over(couplings.flat.clone(), couplings.layers, lateral=couplings.lateral)


def _without_links(couplings: Couplings, biases: Sequence[Tensor] | None) -> Couplings:
    base, biases = _copied(couplings), couplings.biases if biases is None else biases
    if [bias.shape for bias in biases] != [bias.shape for bias in base.biases]:
        raise ValueError(
            f"The base needs one bias for each unit, layer by layer, for each layer of {couplings.layers}."
        )
    base.flat.zero_()
    for mine, theirs in zip(base.biases, biases, strict=True):
        mine.copy_(theirs)
    return base
