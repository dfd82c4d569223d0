"""The page on momentum: what it shows is what PyTorch's own optimiser and theory say."""

from dataclasses import asdict
from typing import Any

import pytest
import torch
from torch.linalg import vector_norm

from server.experiments.momentum import Momentum
from server.experiments.paired import EVERY
from tests.experiments.running import begun, stepped


def preset(start: str, seed: int = 1) -> Momentum:
    found = [values for name, values in Momentum.presets.items() if name.startswith(start)]
    assert len(found) == 1
    return begun(Momentum, seed, **found[0])


@pytest.mark.parametrize(
    ("parameters", "differing"),
    [
        ({}, {"momentum"}),
        ({"addition": "nesterov"}, {"momentum"}),
        ({"addition": "look_ahead"}, {"nesterov"}),
    ],
)
def test_arms_differ_in_one_thing(parameters: dict[str, Any], differing: set[str]) -> None:
    a, b = (asdict(recipe) for recipe in begun(Momentum, **parameters).recipes())
    assert {name for name in a if a[name] != b[name]} == differing
    assert b["nesterov"] == bool(parameters)


@pytest.mark.parametrize("nesterov", [False, True])
def test_velocity_is_that_of_pytorch(nesterov: bool) -> None:
    """The same gradients given to torch.optim.SGD: its buffer against the present gradient."""
    experiment = begun(Momentum, addition="nesterov" if nesterov else "momentum")
    arm = experiment.pair[1]
    parameters = arm.net.parameters.clone().requires_grad_()
    descent = torch.optim.SGD([parameters], lr=0.02, momentum=0.9, nesterov=nesterov)
    for _ in range(2 * EVERY):
        series = stepped(experiment, 1)
        parameters.grad = arm.net.gradient.clone()
        descent.step()
    torch.testing.assert_close(arm.net.parameters, parameters.detach())
    velocity, gradient = descent.state[parameters]["momentum_buffer"], arm.net.gradient
    cosine = torch.nn.functional.cosine_similarity(velocity, gradient, dim=0)
    torch.testing.assert_close(series["reach_B"][-1], vector_norm(velocity) / vector_norm(gradient))
    torch.testing.assert_close(series["agreement_B"][-1], cosine)
    assert series["reach_A"][-1] == 1
    assert float(series["agreement_A"][-1]) == pytest.approx(1)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_dashes_are_what_a_velocity_comes_to(momentum: float) -> None:
    """Fed with one gradient again and again, and with independent ones, in many dimensions."""
    told = {name: float(values[-1]) for name, values in begun(Momentum, momentum=momentum).coming(3).items()}
    generator = torch.Generator().manual_seed(0)
    same = torch.randn(10_000, generator=generator, dtype=torch.float64)
    constant, scattered = torch.zeros_like(same), torch.zeros_like(same)
    for _ in range(1000):
        last = torch.randn(len(same), generator=generator, dtype=torch.float64)
        constant, scattered = momentum * constant + same, momentum * scattered + last
    assert float(vector_norm(constant) / vector_norm(same)) == pytest.approx(told["agreeing"], rel=1e-4)
    assert float(vector_norm(scattered) / vector_norm(last)) == pytest.approx(told["independent"], rel=0.03)
    cosine = float(torch.nn.functional.cosine_similarity(scattered, last, dim=0))
    assert cosine == pytest.approx(told["expected"], abs=0.03)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_it_opens_on_a_race_that_momentum_wins(seed: int) -> None:
    experiment = begun(Momentum, seed)
    series = stepped(experiment, 200)
    verdict = experiment.verdict()
    assert (verdict.word, verdict.note) == ("holds", "A has not in 200")
    assert 60 < int(verdict.number) < 95
    early, late = (float(series["reach_B"][part].mean()) for part in (slice(20, 60), slice(150, 200)))
    assert early > 1.5 * late  # at first the gradients agree, at the bottom they are mostly noise
    assert late < float(series["agreeing"][0])


@pytest.mark.parametrize("seed", [1, 2])
def test_too_much_momentum_does_not_win_by_running_past(seed: int) -> None:
    experiment = preset("0.99", seed)
    series = stepped(experiment, 200)
    verdict = experiment.verdict()
    assert verdict.word == "broken"
    assert verdict.note.startswith("B is back up at")
    assert int(verdict.number) < 30  # it was there, and left again
    assert series["training_loss_B"][-1] > 2 > series["training_loss_A"][-1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nesterov_ends_lower_than_classical(seed: int) -> None:
    experiment = preset("Nesterov", seed)
    series = stepped(experiment, 300)
    a, b = experiment.reached
    assert a is not None
    assert b is not None
    assert b < a
    assert series["training_loss_B"][-1] < series["training_loss_A"][-1] / 2
