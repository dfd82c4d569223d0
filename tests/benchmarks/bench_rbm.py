"""One step of persistent contrastive divergence against scikit-learn's, 784 × 128 units, minibatch of 100.

Run with `python -m tests.benchmarks.bench_rbm`. Both do the same work: one sweep of 100 lasting chains, the
gradient from 100 examples, one update; both in float32 on one thread, in turns. The data are random bits: the
cost does not depend on them.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from server.models.contrastive_divergence import Learner
from server.models.rbm import RBM

VISIBLE, HIDDEN, BATCH, TURNS, STEPS = 784, 128, 100, 15, 20


def learners() -> dict[str, Callable[[], object]]:
    """One update each: ours persistent, ours not, and scikit-learn's (which is persistent)."""
    data = (torch.rand(BATCH, VISIBLE, generator=torch.Generator().manual_seed(0)) < 0.2).float()
    persistent, plain = (
        Learner(RBM.random(VISIBLE, HIDDEN, torch.Generator().manual_seed(1)), torch.Generator().manual_seed(2))
        for _ in range(2)
    )
    theirs = BernoulliRBM(n_components=HIDDEN, learning_rate=0.1, batch_size=BATCH, random_state=0)
    rows, random = data.numpy(), np.random.RandomState(0)
    theirs.partial_fit(rows)

    def pcd() -> None:
        persistent.persistent_contrastive_divergence(data)
        persistent.update()

    def cd() -> None:
        plain.contrastive_divergence(data)
        plain.update()

    # `partial_fit` checks its input and copies it before every step; `_fit` is the bare update.
    return {"PCD-1": pcd, "CD-1": cd, "scikit-learn": lambda: theirs._fit(rows, random)}


def compare() -> dict[str, float]:
    """Median microseconds per step of each; they take turns, so that other work here meets all alike."""
    found: dict[str, list[float]] = {}
    steps = learners()
    for _ in range(TURNS):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(STEPS):
                step()
            found.setdefault(name, []).append((time.perf_counter() - start) / STEPS * 1e6)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    """Print the ratios."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        times = compare()
    for name, microseconds in times.items():
        ratio = times["scikit-learn"] / microseconds
        print(f"{name:13} {microseconds:7.0f} µs per step, {ratio:.2f} × scikit-learn's speed")


if __name__ == "__main__":
    main()
