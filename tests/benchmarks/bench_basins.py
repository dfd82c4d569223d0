"""A basin map of 128×128 pixels: ours against the plain batched torch version.

    python -m tests.benchmarks.bench_basins [--device cuda]
    pytest tests/benchmarks/bench_basins.py -s

The plain version has all starts side by side as columns S and lets one unit after another decide by `W[i] @ S`,
until none changes: sweeps enough for the slowest start, and one more. Each of its updates takes as long as any
other, so `SLICE` of them are timed, with all starts, and scaled by N/SLICE times the sweeps that ours counted. It
is timed in float64, as everything in `models` is, and in float32. Both run in turn in one process on one torch
thread; medians of all starts settled at once. Nothing passes or fails on time.

With ``--device cuda`` the same maps are made on a card; look at the absolute times then.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest
import torch
from torch import Tensor

from server.models.basins import TILE, BasinMap, grid
from server.models.memory import Dense, LowRank, Memory, Pairwise
from server.models.projections import Wheel
from server.models.recall import settle
from server.models.rules import Rule, learn

RUNS = 7
SLICE = 50  # updates
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


def plain(weights: Tensor, spins: Tensor) -> None:
    """The first units of every column (N, C) decide; ties keep."""
    for unit in range(SLICE):
        field = weights[unit] @ spins
        spins[unit] = torch.where(field == 0, spins[unit], field.sign())


def milliseconds(action: Callable[..., object], *arguments: object, **named: object) -> float:
    """How long it takes, the card's work included."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    start = perf_counter()
    action(*arguments, **named)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return 1e3 * (perf_counter() - start)


def measure(rule: Rule, units: int, count: int, device: str = "cpu") -> str:
    """One line about one case."""
    patterns = torch.randint(0, 2, (count, units), generator=torch.Generator().manual_seed(1)).double() * 2 - 1
    memory, patterns = on(device, learn(rule, patterns)), patterns.to(device)
    wheel, points = Wheel(patterns, 3), grid(SIDE).to(device)
    starts = wheel.starts(points[wheel.inside(points)])
    weights = memory.matrix()
    sweeps = int(settle(memory, starts, seed=3).sweeps.max()) + 1
    BasinMap(memory, wheel, patterns, 3).refine(1)  # all is compiled and warm now

    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(RUNS):
        times["settle"].append(milliseconds(settle, memory, starts, seed=3))
        times["first"].append(milliseconds(BasinMap, memory, wheel, patterns, 3))
        basins = BasinMap(memory, wheel, patterns, 3)
        times["tile"].append(milliseconds(basins.refine, 1))
        times["map"].append(times["first"][-1] + milliseconds(basins.refine, len(starts) // TILE))
        for kind in (torch.float64, torch.float32):
            if weights is None:
                break
            spins = starts.T.to(kind).contiguous()
            times[str(kind)].append(milliseconds(plain, weights.to(kind), spins) * units / SLICE * sweeps)
    ours = {name: median(values) for name, values in times.items()}
    line = (
        f"{rule:>14} N={units} p={count:2d}, {len(starts)} starts: {ours['settle']:6.1f} ms, first picture "
        f"{ours['first']:4.1f} ms, tile {ours['tile']:4.1f} ms, map in tiles at once {ours['map']:6.1f} ms"
    )
    if weights is None:
        return line
    ratios = ", ".join(
        f"{kind.removeprefix('torch.')} {ours[kind] / 1e3:.1f} s: {ours[kind] / ours['settle']:.0f} ×"
        for kind in ("torch.float64", "torch.float32")
    )
    return f"{line}; plain ({sweeps} sweeps) {ratios}"


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
