"""Statistics of layers against counts in plain Python, and against units made dead or saturated by hand."""

import pytest
import torch

from server.models.mlp import MLP
from tests.models.pytorch_nets import Case, generator

EXAMPLES = 20


def run(net: MLP) -> None:
    inputs = torch.randn(EXAMPLES, net.units[0], generator=generator(2), dtype=torch.float64)
    net.backpropagate(inputs, torch.ones(EXAMPLES, net.units[-1], dtype=torch.float64))


def net(kind: str) -> MLP:
    case = Case((3, 5, 4, 2), (kind, kind), loss="squared_error")
    return case.net()


def test_sizes_are_roots_of_mean_squares() -> None:
    source = net("sigmoid")
    run(source)
    statistics = source.layer_statistics()
    for number, stage in enumerate(source.program(EXAMPLES).stages):
        for measured, values in (
            (statistics.signals, stage.signal),
            (statistics.outputs, stage.output),
            (statistics.errors, stage.error),
        ):
            flat = values.flatten().tolist()
            assert float(measured[number]) == pytest.approx((sum(value**2 for value in flat) / len(flat)) ** 0.5)
    assert torch.equal(statistics.gradients, source.gradient_norms())


def test_dead_rectifiers_are_counted() -> None:
    source = net("relu")
    source.layers[0].biases[:2] = -100
    run(source)
    first, _, last = source.layer_statistics().dead.tolist()
    assert first == pytest.approx(2 / 5)
    assert last == 0  # a linear unit always learns


@pytest.mark.parametrize("kind", ["sigmoid", "tanh"])
def test_saturated_units_are_counted(kind: str) -> None:
    """K' is below a twentieth of its greatest value where |tanh s| > √0.95, for a sigmoid at twice that s."""
    source = net(kind)
    source.layers[0].weights.mul_(10)
    run(source)
    edge = torch.tensor(0.95).sqrt().atanh() * (2 if kind == "sigmoid" else 1)
    expected = (source.program(EXAMPLES).stages[0].signal.abs() > edge).double().mean()
    assert 0.1 < float(expected) < 0.9
    assert float(source.layer_statistics().saturated[0]) == pytest.approx(float(expected))
    assert not source.layer_statistics().dead.any()


def test_there_is_nothing_to_measure_at_first() -> None:
    with pytest.raises(ValueError, match="before the first minibatch"):
        net("tanh").layer_statistics()
