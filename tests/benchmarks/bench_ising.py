"""Sweeps of the Ising lattice: spin updates per second of one core, against the plain NumPy checkerboard.

    python -m tests.benchmarks.bench_ising
    python -m tests.benchmarks.bench_ising --device cuda     also many lattices at once by torch, on a card
    pytest tests/benchmarks/bench_ising.py -s

Interleaved in one process, medians; every sweep measures energy and magnetisation. Nothing passes or fails on time.
"""

import argparse
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from server.models.ising import Dynamics, Lattice, random_spins, sweep_together

RUNS = 9
TEMPERATURE = 2.0
DYNAMICS: tuple[Dynamics, ...] = ("glauber", "metropolis", "wolff")


def plain(spins: NDArray[np.int8], squares: NDArray[np.bool_], draw: np.random.Generator) -> None:
    """One Glauber sweep as a textbook would write it."""
    for colour in (squares, ~squares):
        sums = sum(np.roll(spins, step, axis) for step in (1, -1) for axis in (0, 1))
        up = draw.random(spins.shape) < 1 / (1 + np.exp(-2 * sums / TEMPERATURE))
        spins[colour] = np.where(up, 1, -1)[colour]


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def measure(side: int) -> dict[str, float]:
    """Million spin updates per second, by dynamics and "plain"."""
    sweeps = max(4, 2_000_000 // side**2)
    lattices = {name: Lattice(torch.ones(side, side), 1, temperature=TEMPERATURE) for name in DYNAMICS}
    for name, lattice in lattices.items():
        lattice.update(120, name)
    spins, draw = np.ones((side, side), np.int8), np.random.default_rng(1)
    squares = np.indices((side, side)).sum(0) % 2 == 0
    times: dict[str, list[float]] = {name: [] for name in (*DYNAMICS, "plain")}
    for _ in range(RUNS):
        for name, lattice in lattices.items():
            times[name].append(seconds(partial(lattice.update, sweeps, name)) / sweeps)
        times["plain"].append(seconds(lambda: plain(spins, squares, draw)))
    return {name: side**2 / median(found) / 1e6 for name, found in times.items()}


@pytest.mark.parametrize("side", [128, 512])
def test_sweeps(side: int) -> None:
    """Print the rates and their ratio to plain NumPy's."""
    rates = measure(side)
    for name in DYNAMICS:
        sweep = side**2 / rates[name] / 1e3
        print(
            f"\nIsing {side}×{side}, {name:10}: {rates[name]:6.1f} million updates/s, {sweep:6.2f} ms a sweep, "
            f"plain NumPy {rates['plain']:5.1f}, {rates[name] / rates['plain']:5.1f} ×", end="",
        )  # fmt: skip
    print()


def on_device(device: str, side: int = 512, lattices: int = 64, sweeps: int = 20) -> float:
    """Million spin updates per second of many lattices at once."""
    spins = torch.stack([random_spins(side, torch.Generator().manual_seed(k)) for k in range(lattices)]).to(device)
    generator = torch.Generator(device).manual_seed(1)

    def run() -> float:
        for _ in range(sweeps):
            sweep_together(spins, TEMPERATURE, 0.0, generator)
        return float(spins[0, 0, 0])  # waits for the card

    run()
    return spins.numel() * sweeps / median(seconds(run) for _ in range(RUNS)) / 1e6


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--device", help="also 64 lattices of 512×512 at once on this torch device")
    device = asked.parse_args().device
    torch.set_num_threads(1)
    for size in (128, 512):
        test_sweeps(size)
    if device:
        print(f"64 lattices of 512×512 at once on {device}: {on_device(device):.0f} million updates/s")
