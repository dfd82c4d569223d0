"""Annealed importance sampling of restricted machines, 100 particles, against the equations as they stand.

Run with `python -m tests.benchmarks.bench_annealed`. The plain form computes at every inverse temperature both
unnormalised probabilities from their own fields, then draws with `torch.bernoulli`; both in float32 on one thread, in
turns. A bare Gibbs sweep of the same particles is what no form can do without.
"""

import statistics
import time
from collections.abc import Callable

import torch
from torch.nn.functional import softplus

from server.models.annealed import Annealing
from server.models.boltzmann import Boltzmann, Chains

SHAPES = (12, 12), (64, 64), (784, 500)
PARTICLES, BETAS, TURNS, STEPS = 100, 100_000, 9, 40


def plain(machine: Boltzmann) -> Callable[[], object]:
    """One step: w ← w p*_β'(h) / p*_β(h), then v and h drawn at β'; base without biases, hidden units drawn."""
    (weights,), (b, c) = machine.couplings.between, machine.couplings.biases
    state = {"h": torch.rand(PARTICLES, len(c)).round(), "w": torch.zeros(PARTICLES), "beta": torch.zeros(())}

    def log_probability(h: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
        return beta * (h @ c) + softplus(beta * (b + h @ weights.T)).sum(1)

    def step() -> None:
        h, beta, after = state["h"], state["beta"], state["beta"] + 1 / BETAS
        state["w"] = state["w"] + log_probability(h, after) - log_probability(h, beta)
        v = torch.bernoulli(torch.sigmoid(after * (b + h @ weights.T)))
        state["h"], state["beta"] = torch.bernoulli(torch.sigmoid(after * (c + v @ weights))), after

    return step


def contenders(shape: tuple[int, int]) -> dict[str, Callable[[], object]]:
    """One inverse temperature each."""
    machine = Boltzmann.random(shape, torch.Generator().manual_seed(0), spread=0.1)
    annealing = Annealing(machine, PARTICLES, BETAS, torch.Generator().manual_seed(1))
    chains = Chains(machine, PARTICLES, torch.Generator().manual_seed(1))
    chains.scatter()
    return {"ours": lambda: annealing.run(1), "plain form": plain(machine), "bare sweep": chains.sweep}


def compare(shape: tuple[int, int]) -> dict[str, float]:
    """Median microseconds per inverse temperature; they take turns, so that other work here meets all alike."""
    found: dict[str, list[float]] = {}
    steps = contenders(shape)
    for _ in range(TURNS):
        for name, step in steps.items():
            start = time.perf_counter()
            for _ in range(STEPS):
                step()
            found.setdefault(name, []).append((time.perf_counter() - start) / STEPS * 1e6)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    """Print seconds per 1000 inverse temperatures, and the ratios."""
    torch.set_num_threads(1)
    for shape in SHAPES:
        times = compare(shape)
        for name, microseconds in times.items():
            ratio = times["plain form"] / microseconds
            print(f"{shape[0]:3} × {shape[1]:3} {name:10} {microseconds / 1e3:6.2f} s per 1000 β, {ratio:.2f} × plain")


if __name__ == "__main__":
    main()
