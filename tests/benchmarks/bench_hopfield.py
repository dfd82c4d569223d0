"""One unit's update, as recall runs it, against the plain NumPy loop `W[i] @ s`.

    python -m tests.benchmarks.bench_hopfield
    pytest tests/benchmarks/bench_hopfield.py -s

Each round lets NumPy run, then ours about as long: 20 sweeps from 30 % noise several times, in one process;
medians over rounds. Ours records energy, change, field, unit and flips of every update, and overlaps at every
flip; "spread": with `Updates.overlaps`, one row for every update, asked for as well. Nothing passes or fails on time.
"""

from statistics import median
from time import perf_counter

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from server.models.hopfield import Network
from server.models.machines import machine_for
from server.models.memory import Memory
from server.models.rules import hebb, learn

ROUNDS, RUNS, SWEEPS, PLAIN_UPDATES = 15, 10, 20, 2000


def plain(weights: NDArray[np.float64], spins: NDArray[np.float64], units: NDArray[np.int64]) -> None:
    """The loop a textbook would write; the order is drawn beforehand, so only updates are timed."""
    for unit in units:
        field = weights[unit] @ spins
        if field > 0:
            spins[unit] = 1.0
        elif field < 0:
            spins[unit] = -1.0


def time_plain(weights: NDArray[np.float64], cue: Tensor, order: np.random.Generator) -> float:
    spins, units = cue.numpy().copy(), order.integers(0, cue.numel(), PLAIN_UPDATES)
    start = perf_counter()
    plain(weights, spins, units)
    return 1e9 * (perf_counter() - start) / PLAIN_UPDATES


def time_ours(network: Network, cue: Tensor, spread: bool) -> float:
    seconds, count = 0.0, SWEEPS * cue.numel()
    for _ in range(RUNS):
        network.state = cue
        start = perf_counter()
        updates = network.update(count)
        if spread:
            assert len(updates.overlaps) == count
        seconds += perf_counter() - start
    return 1e9 * seconds / count / RUNS


def memories(patterns: Tensor) -> dict[str, Memory]:
    few = patterns[:6]
    return {
        "Hebb, p = 6": hebb(few),
        "Hebb, p = 32": hebb(patterns),
        "Storkey, p = 32": learn("storkey", patterns),
        "cubic, p = 32": learn("dense", patterns),
        "exponential, p = 32": learn("exponential", patterns),
    }


@pytest.mark.parametrize("units", [100, 400, 1024])
def test_single_update(units: int) -> None:
    """Print nanoseconds and ratios."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    patterns = torch.randint(0, 2, (32, units), generator=generator).double() * 2 - 1
    cue = torch.where(torch.rand(units, generator=generator) < 0.3, -patterns[0], patterns[0])
    weights, order = hebb(patterns).matrix().numpy(), np.random.default_rng(2)
    print()
    for name, memory in memories(patterns).items():
        network = Network(memory, patterns[: 6 if "p = 6" in name else 32], cue, seed=1)
        path = type(machine_for(memory)).__name__.lower()
        rounds = [
            (time_plain(weights, cue, order), time_ours(network, cue, False), time_ours(network, cue, True))
            for _ in range(ROUNDS)
        ]
        theirs, ours, spread = (median(column) for column in zip(*rounds, strict=True))
        ratio, ratio_spread = (median(row[0] / row[column] for row in rounds) for column in (1, 2))
        print(
            f"N = {units:4d}, {name:19s} by {path:11s} NumPy {theirs:5.0f} ns; ours {ours:5.1f} ns, {ratio:4.0f} ×; "
            f"overlaps spread {spread:5.1f} ns, {ratio_spread:4.0f} ×"
        )


if __name__ == "__main__":
    for size in (100, 400, 1024):
        test_single_update(size)
