r"""The deep Boltzmann machine: three or more layers, linked between neighbours only. What it knows of a picture v.

    p(v) = Σ_h exp(−E(v, h) / T) / Z,        q(h) = Π_i μ_i^{h_i} (1 − μ_i)^{1 − h_i}
    ELBO = −⟨E⟩_q / T + H(q) − ln Z = ln p(v) − KL(q ‖ p(h | v)) ≤ ln p(v)

Hidden layers 1 and 3 depend on each other through layer 2, so ln p(v) has no short form. Mean field takes the product q
that comes nearest from below. Exact sums visit all states of every second layer; the layers between are independent
then, and are summed by hand. A machine is a `Boltzmann` without links within its layers; layer 0 is the visible one.

Sources: R. Salakhutdinov, G. Hinton, "Deep Boltzmann machines", AISTATS (2009), sections 2 and 3; C. Peterson,
J. Anderson, "A mean field theory learning algorithm for neural networks", Complex Systems 1 (1987) 995.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

from server.models.boltzmann import Boltzmann, Couplings, States
from server.models.rbm import binary_states

ENUMERABLE = 16
"""Units of every second layer together whose states are all visited: 2^16 of them."""
CHUNK = 1 << 22
"""Numbers held at once while summing: 32 MB."""


class MeanField(NamedTuple):
    """What mean field found for a batch of pictures."""

    means: list[Tensor]
    """The pictures themselves, then μ of each hidden layer, (n, n_l)."""
    sweeps: int
    """Sweeps over all hidden layers that were made."""
    change: Tensor
    """The largest change of any μ of the rows swept last, ()."""


def mean_field(
    machine: Boltzmann,
    visible: Tensor,
    *,
    sweeps: int = 1000,
    tolerance: float = 1e-6,
    start: Sequence[Tensor] | None = None,
) -> MeanField:
    """μ_l = σ((b_l + W_{l−1}ᵀ μ_{l−1} + W_l μ_{l+1}) / T), layer after layer, until no μ changes by `tolerance`.

    A row may rest as soon as none of its own μ changes by so much, while others go on.
    Each layer is set to its best given the others (its units do not hear each other), so no sweep lowers the ELBO and
    nothing need be damped. `start` holds first means of the hidden layers; None takes `upwards`. Where there are
    several fixed points, the start decides between them. Raises ValueError for links within layers or no sweeps.
    """
    _require_deep(machine)
    if sweeps < 1:
        raise ValueError(f"Mean field needs at least one sweep, not {sweeps}.")
    means = [visible, *(upwards(machine, visible) if start is None else [mean.clone() for mean in start])]
    found, rows = means, torch.arange(len(visible), device=visible.device)
    made, change = 0, visible.new_full((), torch.inf)
    while made < sweeps and not change < tolerance:
        before = means[1:]
        means = means.copy()
        for layer in range(1, len(means)):
            means[layer] = machine.probabilities(layer, means)
        changes = [(mean - old).abs().amax(1) for mean, old in zip(means[1:], before, strict=True)]
        largest = torch.stack(changes).amax(0)
        change, made = largest.max(), made + 1
        moving = ~(largest < tolerance)
        if 2 * int(moving.sum()) <= len(rows):  # rows do not hear each other: those that have settled are left out
            found = _put(found, rows, means)
            rows, means = rows[moving], [mean[moving] for mean in means]
    return MeanField(_put(found, rows, means), made, change)


def _put(found: list[Tensor], rows: Tensor, means: list[Tensor]) -> list[Tensor]:
    """The means of these rows among those of all, in new tensors but for the pictures."""
    if len(rows) == len(found[0]):
        return means
    return [found[0], *(old.index_copy(0, rows, new) for old, new in zip(found[1:], means[1:], strict=True))]


def upwards(machine: Boltzmann, visible: Tensor) -> list[Tensor]:
    """A first guess of the hidden means in one pass: every layer but the last counts the one below twice, in place
    of the one above, which is not known yet (Salakhutdinov & Hinton 2009, section 3.2).
    """
    couplings, means = machine.couplings, [visible]
    for layer, weights in enumerate(couplings.between):
        twice = 2.0 if layer < len(couplings.between) - 1 else 1.0
        field = torch.addmm(couplings.biases[layer + 1], means[-1], weights, alpha=twice)
        means.append((field / machine.temperature).sigmoid_())
    return means[1:]


def bound(machine: Boltzmann, means: States) -> Tensor:
    """ELBO + ln Z = −⟨E⟩_q / T + H(q) of each row in nats, (n,); the means as in `MeanField`.

    The units of a product are independent and none is linked to itself, so ⟨E(h)⟩ = E(⟨h⟩).
    """
    entropies = [torch.special.entr(mean) + torch.special.entr(1 - mean) for mean in means[1:]]
    surprise: Tensor = torch.stack([entropy.sum(1) for entropy in entropies]).sum(0)
    return surprise - machine.energy(means) / machine.temperature


def elbo(machine: Boltzmann, means: States, log_partition: Tensor | float) -> Tensor:
    """ELBO = −⟨E⟩_q / T + H(q) − ln Z of each row in nats, (n,)."""
    return bound(machine, means) - log_partition


def log_partition(machine: Boltzmann) -> Tensor:
    """ln Z, () float64, exact. Raises ValueError if every second layer has more than 16 units, counted either way."""
    return _Sums(machine, None).log_weights.logsumexp(1)[0]


def log_marginal(machine: Boltzmann, visible: Tensor) -> Tensor:
    """ln p(v) + ln Z = ln Σ_h exp(−E(v, h) / T) of each row, (n,) float64, exact; raises as `log_partition`."""
    return torch.cat([_Sums(machine, rows).log_weights.logsumexp(1) for rows in _parted(machine, visible)])


def log_likelihood(machine: Boltzmann, visible: Tensor) -> Tensor:
    """ln p(v) of each row in nats, (n,) float64, exact; raises as `log_partition`."""
    return log_marginal(machine, visible) - log_partition(machine)


def posterior(machine: Boltzmann, visible: Tensor) -> list[Tensor]:
    """⟨h⟩ given each row, (n, n_l) float64 for each hidden layer, exact; raises as `log_partition`."""
    parts = [_Sums(machine, rows).means() for rows in _parted(machine, visible)]
    return [torch.cat(layer) for layer in zip(*parts, strict=True)]


def given(machine: Boltzmann, picture: Tensor) -> tuple[Boltzmann, Tensor]:
    """The machine that is left of the hidden layers when the visible units are held at one picture (n_0,), and its
    constant: ln Σ_h exp(−E(v, h) / T) = ln Z of that machine + constant, (). For `Annealing`, where it is too large.
    """
    _require_deep(machine)
    old = machine.couplings
    left = Couplings.zeros(old.layers[1:], dtype=old.flat.dtype, device=old.flat.device)
    for mine, theirs in zip((*left.between, *left.biases), (*old.between[1:], *old.biases[1:]), strict=True):
        mine.copy_(theirs)
    left.biases[0].add_(picture @ old.between[0])
    return Boltzmann(left, machine.temperature), picture @ old.biases[0] / machine.temperature


def visited(layers: Sequence[int], *, clamped: bool) -> list[int]:
    """The layers whose states an exact sum visits: every second one, the way that has fewer units together.

    `clamped`: the visible units are given. For layers (8, 5, 4): layer 1, and with the picture given layer 2.
    """
    first = int(clamped)
    ways = [list(range(begin, len(layers), 2)) for begin in (first, first + 1)]
    return min(ways, key=lambda way: sum(layers[layer] for layer in way))


def units_visited(layers: Sequence[int], *, clamped: bool = False) -> int:
    """How many units those layers have: an exact sum has 2 to the power of it terms."""
    return sum(layers[layer] for layer in visited(layers, clamped=clamped))


class _Sums:
    """All states of every second free layer, each with ln Σ exp(−E / T) over the layers between: (n, states) float64.

    With pictures given (n, n_0) there is a row for each; they act as a bias of layer 1. With None all layers are free,
    and there is one row.
    """

    def __init__(self, machine: Boltzmann, visible: Tensor | None) -> None:
        _require_deep(machine)
        self.temperature = machine.temperature
        couplings = machine.couplings.to(torch.float64)
        self.first = 0 if visible is None else 1
        biases = [bias.view(1, 1, -1) for bias in couplings.biases]
        constant = couplings.flat.new_zeros(1, 1)
        if visible is not None:
            given = visible.double()
            biases[1] = biases[1] + (given @ couplings.between[0])[:, None]
            constant = (given @ couplings.biases[0])[:, None]
        drawn = visited(couplings.layers, clamped=visible is not None)
        states = _all_states([couplings.layers[layer] for layer in drawn]).to(constant)
        sizes = [couplings.layers[layer] for layer in drawn]
        self.states = dict(zip(drawn, torch.split(states, sizes, dim=1), strict=True))
        own = [(biases[layer] * state).sum(2) for layer, state in self.states.items()]
        self.fields = {
            layer: biases[layer] + self._heard(couplings.between, layer)
            for layer in range(self.first, len(biases))
            if layer not in self.states
        }
        lifted = [softplus(field / self.temperature).sum(2) for field in self.fields.values()]
        self.log_weights = (constant + sum(own)) / self.temperature + sum(lifted)

    def means(self) -> list[Tensor]:
        """⟨s⟩ of every free layer, (n, n_l)."""
        shares = self.log_weights.softmax(1)
        visited = {layer: shares @ state for layer, state in self.states.items()}
        between = {
            layer: torch.einsum("ns,nsu->nu", shares, (field / self.temperature).sigmoid().expand(len(shares), -1, -1))
            for layer, field in self.fields.items()
        }
        return [mean for _, mean in sorted((visited | between).items())]

    def _heard(self, between: Sequence[Tensor], layer: int) -> Tensor:
        """What the visited neighbours say to a layer, (1, states, n_l)."""
        below = [self.states[layer - 1] @ between[layer - 1]] if layer - 1 in self.states else []
        above = [self.states[layer + 1] @ between[layer].T] if layer + 1 in self.states else []
        return torch.stack(below + above).sum(0)[None]


def _all_states(sizes: Sequence[int]) -> Tensor:
    units = sum(sizes)
    if units > ENUMERABLE:
        raise ValueError(f"Every second layer has {units} units: 2^{units} states are too many; take {ENUMERABLE}.")
    return binary_states(units)


def _parted(machine: Boltzmann, visible: Tensor) -> tuple[Tensor, ...]:
    """The rows in parts, so that a row for every state fits into memory."""
    layers = machine.couplings.layers
    states = 2 ** min(units_visited(layers, clamped=True), ENUMERABLE)
    return torch.split(visible, max(1, CHUNK // (states * max(layers))))


def _require_deep(machine: Boltzmann) -> None:
    if machine.couplings.lateral or len(machine.couplings.layers) < 2:
        raise ValueError("A deep machine has a visible and hidden layers, and no links within a layer.")
