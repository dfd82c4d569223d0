"""The exact distribution of a small machine's visible units, whatever the hidden ones do.

p(v) = Z_v / Z, where Z_v = Σ_h exp(−E(v, h) / T) is summed over all states of the hidden units.
"""

import torch
from torch import Tensor

from server.models.enumeration import Blocks, all_states


class Equilibrium:
    """Of a machine whose first `visible` units are seen; its W (N, N) and b (N,), float64, may change in place."""

    def __init__(self, weights: Tensor, biases: Tensor, visible: int) -> None:
        self.weights, self.biases, self.visible = weights, biases, visible
        self._hidden = len(biases) - visible
        self._parts = torch.arange(visible, len(biases)), torch.arange(visible)
        self._blocks = Blocks(*self._parts, all_states(visible))

    def measure(self, temperature: float) -> tuple[Tensor, Tensor]:
        """ln p (2^visible,) of every pattern by its number, and ln Z, ()."""
        self._blocks.fill(self.weights, self.biases)
        sums = self._blocks.log_sums(temperature)
        log_partition = sums.logsumexp(0)
        return sums - log_partition, log_partition

    def codes(self, patterns: Tensor, temperature: float) -> Tensor:
        """p(h_j = 1 | v) of every hidden unit beside each pattern, (n, hidden)."""
        blocks = Blocks(*self._parts, patterns)
        blocks.fill(self.weights, self.biases)
        return (blocks.energies / -temperature).softmax(1) @ all_states(self._hidden)


def conditional(distribution: Tensor, held: Tensor) -> Tensor:
    """The distribution (2^visible,) given that units are held at 0 or 1, as `held` (visible,) says; NaN: free.

    Where what is held has no probability at all, everything is 0.
    """
    free = held.isnan()
    fits = ((all_states(len(held)) == held) | free).all(1)
    kept = distribution * fits
    return kept / kept.sum().clamp_min(1e-300)
