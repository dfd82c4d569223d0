"""First weights of a deep Boltzmann machine: layer after layer, each pair of neighbours a restricted machine.

In the deep machine a layer between two others hears both. Alone with one of them it would hear too little, so in its
restricted machine that one counts twice: bottom-up in all but the last, top-down in all but the first,

    p(above = 1 | below) = σ(c + u · Wᵀ below),   u = 2, in the last machine 1
    p(below = 1 | above) = σ(b + d · W above),    d = 2, in the first machine 1

Put together, a layer's field is the mean of what its two restricted machines say: its bias is the mean of c from below
and b from above, and the weights stay as they are. (Weights between two layers in the middle count twice in both
directions; trained singly they would be halved, which is the same.)

To count the layer below twice is to hear it, and a copy of it in place of the layer above that is still missing. So
what is learnt before the last machine is a deep machine too, with that copy on top, and has a likelihood and a bound.

Sources: R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines", AISTATS (2009), section 3.1.1 and figure 2; R.
Salakhutdinov, G. Hinton, "A better way to pretrain deep Boltzmann machines", NIPS (2012), section 3, for the copy.
"""

import torch
from torch import Tensor

from server.models.annealed import base_bias
from server.models.boltzmann import Boltzmann, Couplings
from server.models.chains import Chains, sample


class Level:
    """One restricted machine of the stack. `weights` are the deep machine's own, changed in place; biases are not."""

    def __init__(self, machine: Boltzmann, level: int, generator: torch.Generator) -> None:
        last = len(machine.couplings.between) - 1
        self.weights = machine.couplings.between[level]
        self.bias_below, self.bias_above = (bias.clone() for bias in machine.couplings.biases[level : level + 2])
        self.up, self.down = 1.0 + (level < last), 1.0 + (level > 0)
        self.generator = generator
        self.velocity = [torch.zeros_like(part) for part in (self.weights, self.bias_below, self.bias_above)]

    def above(self, below: Tensor, temperature: float = 1.0) -> Tensor:
        """Chances (n, units above) given the layer below."""
        return torch.addmm(self.bias_above, below, self.weights, alpha=self.up).div_(temperature).sigmoid_()

    def below(self, above: Tensor, temperature: float = 1.0) -> Tensor:
        """Chances (n, units below) given the layer above."""
        return torch.addmm(self.bias_below, above, self.weights.T, alpha=self.down).div_(temperature).sigmoid_()

    def draw(self, chances: Tensor) -> Tensor:
        """0 or 1 with these chances."""
        return sample(chances, torch.empty_like(chances), self.generator, torch.empty_like(chances))

    def contrastive_divergence(self, below: Tensor, learning_rate: float, momentum: float, decay: float) -> None:
        """CD-1: towards the data (n, units below), away from what one sweep makes of them.

        Centred as in `joint_learning`: weights and biases together would overshoot, and ln p(v) fall meanwhile.
        """
        above = self.above(below)
        dreamt = self.draw(self.below(self.draw(above)))
        after = self.above(dreamt)
        share, couplings = 1 / len(below), (self.weights, self.bias_below, self.bias_above)
        weights = torch.addmm(dreamt.T @ after, below.T, above, beta=-share, alpha=share) - decay * self.weights
        lower, upper = (below - dreamt).mean(0), (above - after).mean(0)
        on_below, on_above = below.mean(0), above.mean(0)
        weights.addr_(on_below, upper, alpha=-1).addr_(lower, on_above, alpha=-1)
        lower.addmv_(weights, on_above, alpha=-self.down)
        upper.addmv_(weights.T, on_below, alpha=-self.up)
        gradient = (weights, lower, upper)
        for velocity, slope, coupling in zip(self.velocity, gradient, couplings, strict=True):
            velocity.mul_(momentum).add_(slope, alpha=learning_rate)
            coupling.add_(velocity)


class Pretraining:
    """Teaches the restricted machines of a stack one after another; after each minibatch the deep machine holds them.

    `level` counts from 0 those that have been begun; all draws come from `generator`.
    """

    def __init__(self, machine: Boltzmann, generator: torch.Generator) -> None:
        self.machine, self.generator = machine, generator
        self.levels: list[Level] = []

    @property
    def level(self) -> int:
        """The machine now learning, counted from 0; −1 before the first."""
        return len(self.levels) - 1

    def so_far(self) -> Boltzmann:
        """The deep machine of the levels begun: a copy of its last layer but one is its top, linked by the same
        weights, b of that level its biases. Where the last level is begun, or none, the whole machine itself.
        """
        level, whole = self.level, self.machine.couplings
        if level in (-1, len(whole.between) - 1):
            return self.machine
        known = whole.layers[: level + 2]
        parts = [*whole.between[: level + 1], whole.between[level].T]
        parts += [*whole.biases[: level + 2], self.levels[level].bias_below]
        flat = torch.cat([part.flatten() for part in parts])
        return Boltzmann(Couplings.over(flat, (*known, known[level])), self.machine.temperature)

    def learn(self, batch: Tensor, level: int, *, learning_rate: float, momentum: float, decay: float) -> None:
        """One minibatch (n, visible) for a level, which is begun where it was not; those below it stand still.

        Raises ValueError for a level that is not there or comes too early.
        """
        if not 0 <= level <= min(self.level + 1, len(self.machine.couplings.between) - 1):
            raise ValueError(f"Level {level} cannot learn now: begin with 0 and go up one by one.")
        below = self._raised(batch, level)
        if level > self.level:
            begun = Level(self.machine, level, self.generator)
            begun.bias_below.copy_(base_bias(below))
            self.levels.append(begun)
        self.levels[level].contrastive_divergence(below, learning_rate, momentum, decay)
        self._compose()

    def sweep(self, chains: Chains) -> None:
        """One sweep of the stack's own dreams: the highest machine begun goes up and down, and its lower layer is
        handed down, as in the deep belief net that the stack is until it is put together.
        """
        temperature, top = chains.machine.temperature, self.levels[-1]
        chances = top.above(chains.states[self.level], temperature)
        _set(chains, self.level + 1, chances, top)
        for layer in range(self.level, -1, -1):
            one = self.levels[layer]
            _set(chains, layer, one.below(chains.states[layer + 1], temperature), one)

    def _raised(self, batch: Tensor, level: int) -> Tensor:
        """The batch as the machine at `level` sees it: drawn upwards through those below."""
        for one in self.levels[:level]:
            batch = one.draw(one.above(batch))
        return batch

    def _compose(self) -> None:
        """The deep machine's biases: of a layer in two machines, the mean."""
        biases = self.machine.couplings.biases
        biases[0].copy_(self.levels[0].bias_below)
        for layer, (lower, upper) in enumerate(zip(self.levels, self.levels[1:], strict=False), 1):
            torch.lerp(lower.bias_above, upper.bias_below, 0.5, out=biases[layer])
        biases[len(self.levels)].copy_(self.levels[-1].bias_above)


def _set(chains: Chains, layer: int, chances: Tensor, level: Level) -> None:
    chains.chances[layer].copy_(chances)
    chains.states[layer].copy_(level.draw(chances))
