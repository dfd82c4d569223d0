"""A basin map of 128×128 pixels: ours against the plain batched torch version.

    python -m tests.benchmarks.bench_basins [--device cuda]
    pytest tests/benchmarks/bench_basins.py -s

The plain version lets every start's unit i decide by `W[i] @ S`, all starts side by side as columns, one unit
after another until none changes: each unit is one product of a row with all N×C spins, in float32. It is timed on
the first `SLICE` sweeps only and scaled by the sweeps that the slowest start of the map needs and one more, in
which nothing changes; the plain version's time for a sweep does not depend on what flips. Both run in turn in one
process with one torch thread; medians. Nothing passes or fails on time.

With ``--device cuda`` the same map is made on a card; these times are absolute.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
import pytest
import torch
from torch import Tensor

from server.models.basins import TILE, BasinMap, grid
from server.models.memory import Dense, LowRank, Memory, Pairwise
from server.models.projections import Wheel
from server.models.recall import settle
from server.models.rules import Rule, learn

RUNS = 5
SLICE = 1  # sweeps
SIDE = 128
CASES: list[tuple[Rule, int, int]] = [
    ("hebb", 400, 32),
    ("hebb", 400, 10),
    ("hebb", 784, 10),
    ("pseudo-inverse", 400, 32),
    ("pseudo-inverse", 400, 10),
    ("storkey", 400, 32),
    ("dense", 400, 32),
    ("exponential", 400, 32),
]


def on(device: str, memory: Memory) -> Memory:
    """The same memory on a device."""
    match memory:
        case Dense():
            return Dense(memory.patterns.to(device), memory.power)
        case LowRank():
            return LowRank(memory.left.to(device), memory.right.to(device), memory.diagonal.to(device))
        case Pairwise():
            return Pairwise(memory.weights.to(device))
    raise TypeError(memory)


def plain_sweep(weights: Tensor, spins: Tensor, order: list[int]) -> None:
    """Every unit of every column (N, C) once, ties keep."""
    for unit in order:
        field = weights[unit] @ spins
        spins[unit] = torch.where(field.abs() < 1e-6, spins[unit], field.sign())


def seconds(action: Callable[[], object], device: str) -> float:
    """How long it takes, the card's work included."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    wait()
    start = perf_counter()
    action()
    wait()
    return perf_counter() - start


def measure(rule: Rule, units: int, count: int, device: str = "cpu") -> str:
    """One line about one case."""
    patterns = torch.randint(0, 2, (count, units), generator=torch.Generator().manual_seed(1)).double() * 2 - 1
    memory, patterns = on(device, learn(rule, patterns)), patterns.to(device)
    wheel, points = Wheel(patterns, 3), grid(SIDE).to(device)
    starts = wheel.starts(points[wheel.inside(points)])
    weights = memory.matrix()
    plain_weights = None if weights is None else weights.float()
    plain_spins = starts.T.float().contiguous()
    order = np.random.default_rng(1).permutation(units).tolist()

    BasinMap(memory, wheel, patterns, 3).refine(1)  # compiled and warm
    times: dict[str, list[float]] = {"settle": [], "first": [], "tile": [], "map": [], "plain": []}
    sweeps = 0
    for _ in range(RUNS):
        ends = settle(memory, starts, seed=3)
        times["settle"].append(seconds(lambda: settle(memory, starts, seed=3), device))
        times["first"].append(seconds(lambda: BasinMap(memory, wheel, patterns, 3), device))
        basins = BasinMap(memory, wheel, patterns, 3)
        times["tile"].append(seconds(lambda picture=basins: picture.refine(1), device))
        rest = -(-len(starts) // TILE)
        times["map"].append(times["first"][-1] + seconds(lambda picture=basins: picture.refine(rest), device))
        if plain_weights is not None:
            spins = plain_spins.clone()
            times["plain"].append(seconds(lambda spins=spins: plain_sweep(plain_weights, spins, order), device))
        sweeps = int(ends.sweeps.max()) + 1
    ours = {name: 1e3 * median(values) for name, values in times.items() if values}
    line = (
        f"{rule:>14} N={units} p={count:2d}: {len(starts)} starts settle in {ours['settle']:7.1f} ms, first picture "
        f"{ours['first']:5.1f} ms, a tile {ours['tile']:5.1f} ms, map {ours['map']:7.1f} ms"
    )
    if plain_weights is None:
        return line
    plain = ours["plain"] * sweeps
    return f"{line}; plain {plain / 1e3:6.1f} s ({sweeps} sweeps): {plain / ours['settle']:5.0f} ×"


@pytest.mark.parametrize(("rule", "units", "count"), CASES)
def test_basin_map(rule: Rule, units: int, count: int) -> None:
    """Print times and the ratio."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    print("\n" + measure(rule, units, count))
    torch.set_num_threads(threads)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    chosen = parser.parse_args().device
    torch.set_num_threads(1)
    for case in CASES:
        print(measure(*case, chosen), flush=True)
