"""One SGD step of ours against eager nn.Module + autograd + torch.optim, interleaved in one run; printed,
never judged.

python -m tests.benchmarks.bench_mlp
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from server.models.mlp import MLP
from server.models.optimisers import SGD

Step = Callable[[], object]
TARGETS = (
    ((2, 4, 2, 1), 10, False, 12),
    ((2, 8, 8, 8, 1), 10, False, 11),
    ((2, 64, 64, 64, 1), 10, False, 9),
    ((64, *[100] * 20, 10), 64, False, 1.6),
    ((64, *[100] * 20, 10), 64, True, 1.7),
    ((64, *[256] * 30, 10), 64, False, 1.2),
    ((64, *[256] * 30, 10), 64, True, 1.15),
)
"""Units, batch, batch norm, and how many times as fast as eager a step is to be at least (PERFORMANCE)."""


def minibatch(units: tuple[int, ...], batch: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(batch, units[0], generator=generator)
    return inputs, torch.randn(batch, units[-1], generator=generator)


def ours(units: tuple[int, ...], batch: int, batch_norm: bool) -> Step:
    net = MLP(
        units,
        generator=torch.Generator().manual_seed(0),
        hidden="tanh",
        loss="squared_error",
        batch_norm=batch_norm,
    )
    descent = SGD(net.parameters, net.gradient, learning_rate=0.01)
    program = net.program(batch)
    for place, values in zip((program.inputs, program.targets), minibatch(units, batch), strict=True):
        place.copy_(values)

    def step() -> None:
        program.run()
        descent.step()

    return step


def eager(units: tuple[int, ...], batch: int, batch_norm: bool) -> Step:
    modules: list[nn.Module] = []
    for before, after in pairwise(units[:-1]):
        norm: list[nn.Module] = [nn.BatchNorm1d(after)] if batch_norm else []
        modules += [nn.Linear(before, after, bias=not batch_norm), *norm, nn.Tanh()]
    net = nn.Sequential(*modules, nn.Linear(units[-2], units[-1]))
    descent, criterion = torch.optim.SGD(net.parameters(), lr=0.01), nn.MSELoss()
    inputs, targets = minibatch(units, batch)

    def step() -> None:
        descent.zero_grad()
        criterion(net(inputs), targets).backward()
        descent.step()

    return step


def microseconds(step: Step, steps: int, inference: bool) -> float:
    """Ours runs as the experiments run it: many steps under one `inference_mode`, which autograd cannot
    use."""
    with torch.inference_mode(inference):
        began = time.perf_counter()
        for _ in range(steps):
            step()
    return (time.perf_counter() - began) / steps * 1e6


def compare(
    units: tuple[int, ...], batch: int, batch_norm: bool, rounds: int = 15, steps: int = 60
) -> tuple[float, float]:
    """Medians of interleaved rounds, in microseconds: (ours, eager)."""
    contestants = (ours(units, batch, batch_norm), True), (eager(units, batch, batch_norm), False)
    for step, inference in contestants:
        microseconds(step, 3, inference)
    times = [[microseconds(step, steps, inference) for step, inference in contestants] for _ in range(rounds)]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    return mine, other


def line(units: tuple[int, ...], batch: int, batch_norm: bool, target: float, times: tuple[float, float]) -> str:
    name = "-".join(map(str, units)) if len(units) < 9 else f"{len(units) - 2} layers of {units[1]}"
    norm = " batch norm" if batch_norm else ""
    mine, other = times
    return f"{name}, batch {batch}{norm}: {mine:.0f} µs, eager {other:.0f} µs: {other / mine:.2f} × (target {target} ×)"


def test_a_step_of_ours_and_an_eager_one() -> None:
    """Both run, and the ratio is printed (pytest -s); a noisy machine fails nothing."""
    for units, batch, batch_norm, target in TARGETS:
        times = compare(units, batch, batch_norm, rounds=1, steps=3)
        print(line(units, batch, batch_norm, target, times))
        assert min(times) > 0


def main() -> None:
    torch.set_num_threads(1)
    for units, batch, batch_norm, target in TARGETS:
        steps = 60 if len(units) < 9 else 10
        print(line(units, batch, batch_norm, target, compare(units, batch, batch_norm, steps=steps)), flush=True)


if __name__ == "__main__":
    main()
