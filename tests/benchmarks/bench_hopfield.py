"""One unit's update: the kernel with maintained inputs against the plain NumPy loop `W[i] @ s`.

    python -m tests.benchmarks.bench_hopfield
    pytest tests/benchmarks/bench_hopfield.py -s

Both run the same network in the same sweeps, in turn, within one process; medians of interleaved runs.
Nothing passes or fails on time.
"""

from statistics import median
from time import perf_counter

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from server.models.hopfield import Network, hebb

RUNS = 21
UPDATES, PLAIN_UPDATES = 8_000, 2_000


def plain(weights: NDArray[np.float64], spins: NDArray[np.float64], units: NDArray[np.int64]) -> None:
    """The loop a textbook would write; the order is drawn beforehand, so only updates are timed."""
    for unit in units:
        field = weights[unit] @ spins
        if field > 0:
            spins[unit] = 1.0
        elif field < 0:
            spins[unit] = -1.0


def measure(units: int) -> tuple[float, float]:
    """Nanoseconds per update (kernel, plain) at N = `units`, six patterns stored, from 30 % noise."""
    generator = torch.Generator().manual_seed(1)
    patterns = torch.randint(0, 2, (6, units), generator=generator).double() * 2 - 1
    cue = torch.where(torch.rand(units, generator=generator) < 0.3, -patterns[0], patterns[0])
    network = Network(hebb(patterns), patterns, cue, seed=1)
    network.update(1)
    weights, order = network.weights.numpy(), np.random.default_rng(2)
    fast, slow = [], []
    for _ in range(RUNS):
        network.state = cue
        start = perf_counter()
        network.update(UPDATES)
        fast.append((perf_counter() - start) / UPDATES)

        spins, units_drawn = cue.numpy().copy(), order.integers(0, units, PLAIN_UPDATES)
        start = perf_counter()
        plain(weights, spins, units_drawn)
        slow.append((perf_counter() - start) / PLAIN_UPDATES)
    return 1e9 * median(fast), 1e9 * median(slow)


@pytest.mark.parametrize("units", [100, 400, 1024])
def test_single_update(units: int) -> None:
    """Print the ratio; our time includes the record of energy, flips and overlaps of every update."""
    ours, theirs = measure(units)
    print(f"\nHopfield update, N = {units:4d}: {ours:6.1f} ns, plain NumPy {theirs:7.1f} ns, {theirs / ours:5.0f} ×")


if __name__ == "__main__":
    for size in (100, 400, 1024):
        test_single_update(size)
