"""All 2^20 states of a machine of 20 units, with ln Z, means and pair moments: doubling against the matrix of states.

    python -m tests.benchmarks.bench_enumeration
    pytest tests/benchmarks/bench_enumeration.py -s

Both in float64 on one thread, in turns in one process, medians. Memory is the highest the process held above what it
held before, of one call in a fresh process that has warmed up on 8 units, as the operating system counts it (Linux).
Nothing passes or fails on time.
"""

import multiprocessing
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types
from torch import Tensor

from server.models.enumeration import enumerate_states

UNITS, RUNS = 20, 9
Found = tuple[float, NDArray[np.float64]]


def machine(units: int) -> tuple[Tensor, Tensor]:
    """W and b ~ N(0, 1)."""
    draws = torch.randn(units + 1, units, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weights = draws[:-1].triu(1)
    return weights + weights.T, draws[-1].clone()


def doubling(weights: Tensor, biases: Tensor) -> Found:
    """ln Z and the moments (N, N)."""
    found = enumerate_states(weights, biases)
    return float(found.log_partition), found.moments.numpy()


def matrices(weights: Tensor, biases: Tensor) -> Found:
    """The same as the definition reads: one row per state."""
    w, b = weights.numpy(), biases.numpy()
    states = (np.arange(1 << len(b))[:, None] >> np.arange(len(b)) & 1).astype(np.float64)
    energies = -((states @ w) * states).sum(1) / 2 - states @ b
    lowest = energies.min()
    shares = np.exp(lowest - energies)
    total = shares.sum()
    return float(np.log(total) - lowest), states.T @ (states * (shares / total)[:, None])


FORMS: dict[str, Callable[[Tensor, Tensor], Found]] = {"doubling": doubling, "matrices": matrices}


def held(field: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at most."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def peak_of(name: str) -> float:
    """MB that one call takes at most beyond what the process held; meant for a fresh process."""
    torch.set_num_threads(1)
    FORMS[name](*machine(8))
    given = machine(UNITS)
    Path("/proc/self/clear_refs").write_text("5")  # the highest is counted anew from here
    before = held("VmRSS")
    FORMS[name](*given)
    return (held("VmHWM") - before) / 1e6


def milliseconds() -> dict[str, float]:
    """Median time of each."""
    given = machine(UNITS)
    times: dict[str, list[float]] = {name: [] for name in FORMS}
    for _ in range(RUNS):
        for name, form in FORMS.items():
            start = perf_counter()
            form(*given)
            times[name].append((perf_counter() - start) * 1e3)
    return {name: median(found) for name, found in times.items()}


def test_enumeration() -> None:
    """Both give the same; print the ratios."""
    given = machine(UNITS)
    (ours, moments), (theirs, expected) = (form(*given) for form in FORMS.values())
    assert abs(ours - theirs) < 1e-9
    np.testing.assert_allclose(moments, expected, atol=1e-9)
    with threadpool_limits(1):
        times = milliseconds()
    for name, time in times.items():
        with multiprocessing.get_context("spawn").Pool(1) as fresh:  # one process each: memory is kept for reuse
            memory = fresh.apply(peak_of, (name,))
        ratio = times["matrices"] / time
        print(f"\n2^{UNITS} states by {name}: {time:6.1f} ms, {memory:6.1f} MB at most, {ratio:5.1f} ×", end="")
    print()


if __name__ == "__main__":
    torch.set_num_threads(1)
    test_enumeration()
