"""Every schedule against torch.optim.lr_scheduler."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler as theirs

from server.models.schedules import SCHEDULES, rates

STEPS = 60
Scheduler = Callable[[torch.optim.Optimizer, float, int], theirs.LRScheduler]
SCHEDULERS: dict[str, Scheduler] = {
    "constant": lambda descent, rate, period: theirs.ConstantLR(descent, factor=1.0),
    "inverse": lambda descent, rate, period: theirs.LambdaLR(descent, lambda t: 1 / (1 + t / period)),
    "exponential": lambda descent, rate, period: theirs.ExponentialLR(descent, math.exp(-1 / period)),
    "step": lambda descent, rate, period: theirs.StepLR(descent, period, 0.5),
    "cosine": lambda descent, rate, period: theirs.CosineAnnealingWarmRestarts(descent, period),
    "cyclic": lambda descent, rate, period: theirs.CyclicLR(
        descent,
        rate / 10,
        rate,
        step_size_up=period / 2,  # type: ignore[arg-type]  # halves are taken, too
        cycle_momentum=False,
    ),
}


def test_every_schedule_is_tested() -> None:
    assert set(SCHEDULERS) == set(SCHEDULES)


@pytest.mark.parametrize("name", sorted(SCHEDULERS))
@settings(max_examples=15)
@given(st.floats(1e-4, 10), st.integers(1, 40))
def test_equals_pytorch(name: str, rate: float, period: int) -> None:
    descent = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = SCHEDULERS[name](descent, rate, period)
    expected = []
    for _ in range(STEPS):
        expected.append(descent.param_groups[0]["lr"])
        descent.step()
        scheduler.step()
    ours = rates(name, rate, period, torch.arange(STEPS))
    torch.testing.assert_close(ours, torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=1e-9 * rate)


@pytest.mark.parametrize("name", sorted(SCHEDULERS))
def test_no_rate_is_above_the_one_that_was_set_or_below_zero(name: str) -> None:
    ours = rates(name, 0.3, 7.5, torch.arange(10_000))
    assert ours.dtype == torch.float64
    assert float(ours.min()) >= 0
    assert float(ours.max()) <= 0.3 + 1e-12


def test_what_is_unknown_or_impossible_is_refused() -> None:
    with pytest.raises(ValueError, match="no schedule “warm”"):
        rates("warm", 0.1, 10, torch.arange(3))
    with pytest.raises(ValueError, match="more than 0 steps, not 0"):
        rates("step", 0.1, 0, torch.arange(3))
