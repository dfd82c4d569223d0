"""One Gibbs sweep of a general Boltzmann machine of 64 units, 1,000 chains, against what one would write first.

Run with `python -m tests.benchmarks.bench_gibbs`. All in float32 on one thread, in turns, from the same machine.
The loop over single chains is timed for `FEW` of them, and its time multiplied up to 1,000.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from server.models.boltzmann import Boltzmann, Chains
from server.models.kernels import sweeps

UNITS, CHAINS, FEW, TURNS = 64, 1000, 20, 15


def samplers() -> dict[str, tuple[Callable[[], object], float]]:
    """One sweep each, and by how much its time is to be multiplied for one sweep of all chains."""
    machine = Boltzmann.random((UNITS,), torch.Generator().manual_seed(0), spread=UNITS**-0.5, lateral=True)
    weights, biases = (tensor.float() for tensor in machine.whole())
    chains = Chains(machine, CHAINS, torch.Generator().manual_seed(1))
    chains.scatter()
    batch, generator = chains.states[0].contiguous(), torch.Generator().manual_seed(2)
    rows, random = batch[:FEW].numpy().copy(), np.random.default_rng(3)
    links, pulls = weights.numpy(), biases.numpy()

    def plain_torch() -> None:
        for unit in range(UNITS):
            chances = torch.sigmoid(batch @ weights[unit] + biases[unit])
            batch[:, unit] = torch.bernoulli(chances, generator=generator)

    def plain_numpy() -> None:
        for state in rows:
            for unit in range(UNITS):
                chance = 1 / (1 + np.exp(-(links[unit] @ state + pulls[unit])))
                state[unit] = random.random() < chance

    return {
        "Chains": (chains.sweep, 1),
        "torch, all chains unit by unit": (plain_torch, 1),
        "NumPy, one chain after another": (plain_numpy, CHAINS / FEW),
    }


def compare() -> dict[str, float]:
    """Median microseconds per sweep of all chains; they take turns, so that other work here meets all alike."""
    found: dict[str, list[float]] = {}
    contestants = samplers()
    for _ in range(TURNS):
        for name, (sweep, scale) in contestants.items():
            start = time.perf_counter()
            sweep()
            found.setdefault(name, []).append((time.perf_counter() - start) * 1e6 * scale)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    """Print the ratios."""
    torch.set_num_threads(1)
    sweeps.warm_up()
    with threadpool_limits(1):
        times = compare()
    for name, microseconds in times.items():
        ratio = microseconds / times["Chains"]
        print(f"{name:31} {microseconds:9.0f} µs per sweep of {CHAINS} chains, {ratio:6.1f} × the time of Chains")
    print(f"(one chain after another: {FEW} chains timed, × {CHAINS // FEW})")


if __name__ == "__main__":
    main()
