"""Curvature against the engine's own loss and gradient, autograd's Hessian, finite differences and dense solvers."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd.functional import hessian

from server.models.curvature import SMALL, Hessian, evaluate_loss
from server.models.data import split
from server.models.mlp import MLP, targets_of
from server.models.terrains import TERRAINS, Terrain

KINDS = ("sigmoid", "tanh", "relu", "leaky_relu", "linear")


@dataclass(frozen=True)
class Case:
    """A small net with random biases, and a minibatch."""

    net: MLP
    inputs: Tensor
    targets: Tensor


def case(
    units: tuple[int, ...] = (3, 4, 4, 2),
    hidden: str | tuple[str, ...] = "tanh",
    loss: str = "cross_entropy",
    batch_norm: bool = False,
    skip: bool = False,
    examples: int = 7,
    seed: int = 0,
) -> Case:
    generator = torch.Generator().manual_seed(seed)
    net = MLP(
        units,
        generator=generator,
        hidden=hidden,
        loss=loss,
        batch_norm=batch_norm,
        skip=skip,
        dtype=torch.float64,
    )
    net.parameters.add_(0.3 * torch.randn(len(net.parameters), generator=generator, dtype=torch.float64))
    inputs = torch.randn(examples, units[0], generator=generator, dtype=torch.float64)
    labels = torch.randint(units[-1], (examples,), generator=generator)
    return Case(net, inputs, targets_of(labels, units[-1], torch.float64))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    units = tuple(draw(st.lists(st.integers(1, 5), min_size=2, max_size=5)))
    hidden = tuple(draw(st.lists(st.sampled_from(KINDS), min_size=len(units) - 2, max_size=len(units) - 2)))
    return case(
        units,
        hidden,
        draw(st.sampled_from(["squared_error", "cross_entropy"])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.integers(2, 9)),
        draw(st.integers(0, 1000)),
    )


def autograds_hessian(each: Case) -> Tensor:
    def loss(parameters: Tensor) -> Tensor:
        return evaluate_loss(each.net, parameters, each.inputs, each.targets)

    found: Tensor = hessian(loss, each.net.parameters)  # type: ignore[no-untyped-call]  # torch leaves it so
    return found


@given(each=cases())
@settings(max_examples=60)
def test_loss_and_gradient_are_the_engines(each: Case) -> None:
    here = Hessian.of(each.net, each.inputs, each.targets)
    statistics = each.net.statistics.clone()
    loss = each.net.backpropagate(each.inputs, each.targets)
    torch.testing.assert_close(here.loss, loss.view(()))
    torch.testing.assert_close(here.gradient, each.net.gradient, atol=1e-9, rtol=1e-7)
    moved = each.net.statistics.clone()
    Hessian.of(each.net, each.inputs, each.targets)
    assert torch.equal(each.net.statistics, moved)
    assert not len(moved) or not torch.equal(moved, statistics)


@given(each=cases(), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_matrix_and_products_are_autograds(each: Case, seed: int) -> None:
    here = Hessian.of(each.net, each.inputs, each.targets)
    expected = autograds_hessian(each)
    torch.testing.assert_close(here.matrix(), expected, atol=1e-8, rtol=1e-6)
    vector = torch.randn(len(expected), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    torch.testing.assert_close(here.product(vector), expected @ vector, atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_product_is_a_difference_of_the_engines_gradients(batch_norm: bool) -> None:
    each = case(batch_norm=batch_norm, skip=True)
    vector = torch.randn(len(each.net.parameters), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    product = Hessian.of(each.net, each.inputs, each.targets).product(vector)
    gradients = []
    for step in (1e-5, -2e-5):
        each.net.parameters.add_(vector, alpha=step)
        each.net.backpropagate(each.inputs, each.targets)
        gradients.append(each.net.gradient.clone())
    torch.testing.assert_close(product, (gradients[0] - gradients[1]) / 2e-5, atol=1e-7, rtol=1e-5)


@given(each=cases())
@settings(max_examples=25)
def test_extremes_are_autograds(each: Case) -> None:
    expected = torch.linalg.eigvalsh(autograds_hessian(each))
    here = Hessian.of(each.net, each.inputs, each.targets)
    torch.testing.assert_close(here.eigenvalues(), expected, atol=1e-8, rtol=1e-6)
    ends = here.extremes()
    for value, direction, of in (
        (ends.smallest, ends.smallest_direction, expected[0]),
        (ends.largest, ends.largest_direction, expected[-1]),
    ):
        assert value == pytest.approx(float(of), abs=1e-8, rel=1e-6)
        torch.testing.assert_close(here.product(direction), value * direction, atol=1e-7, rtol=1e-5)


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_lanczos_finds_the_ends_of_a_larger_net(hidden: str, batch_norm: bool) -> None:
    each = case((8, 14, 10, 4), hidden, batch_norm=batch_norm, examples=40)
    assert len(each.net.parameters) > SMALL
    expected = torch.linalg.eigvalsh(autograds_hessian(each))
    here = Hessian.of(each.net, each.inputs, each.targets)
    ends = here.extremes()
    spread = float(expected[-1] - expected[0])
    assert ends.smallest == pytest.approx(float(expected[0]), abs=1e-5 * spread)
    assert ends.largest == pytest.approx(float(expected[-1]), abs=1e-5 * spread)
    assert float(ends.largest_direction.norm()) == pytest.approx(1)
    torch.testing.assert_close(
        here.product(ends.largest_direction), ends.largest * ends.largest_direction, atol=1e-4 * spread, rtol=0
    )
    with pytest.raises(ValueError, match="too many for a whole Hessian"):
        here.eigenvalues()


def test_lanczos_agrees_with_the_whole_matrix() -> None:
    each = case()
    here = Hessian.of(each.net, each.inputs, each.targets)
    whole, lanczos = here.extremes(), here.lanczos()
    assert lanczos.smallest == pytest.approx(whole.smallest, rel=1e-5)
    assert lanczos.largest == pytest.approx(whole.largest, rel=1e-5)


def test_linear_net_has_its_inputs_second_moments() -> None:
    """E = 1/2m Σ (w·x − y)² has the Hessian ⟨x xᵀ⟩ at every w."""
    each = case((4, 1), loss="squared_error", examples=30)
    ones = torch.cat([each.inputs, torch.ones(30, 1, dtype=torch.float64)], 1)
    torch.testing.assert_close(Hessian.of(each.net, each.inputs, each.targets).matrix(), ones.t() @ ones / 30)


def test_other_parameters_take_the_nets_place() -> None:
    each, other = case(), case(seed=5)
    before = each.net.parameters.clone()
    there = Hessian.of(each.net, each.inputs, each.targets, other.net.parameters)
    assert float(there.loss) == pytest.approx(float(other.net.backpropagate(each.inputs, each.targets)))
    assert torch.equal(each.net.parameters, before)


def test_dropout_drops_nothing_here() -> None:
    plain = case()
    net = MLP((3, 4, 4, 2), generator=torch.Generator().manual_seed(0), hidden="tanh", dropout=0.5)
    net.parameters.copy_(plain.net.parameters)
    loss = Hessian.of(net, plain.inputs, plain.targets).loss
    assert float(loss) == pytest.approx(float(plain.net.backpropagate(plain.inputs, plain.targets)), rel=1e-5)


def test_batch_of_parameters_gives_a_batch_of_losses() -> None:
    each = case(batch_norm=True, skip=True)
    offsets = torch.randn(2, 3, len(each.net.parameters), generator=torch.Generator().manual_seed(2))
    places = each.net.parameters + offsets.double()
    losses = evaluate_loss(each.net, places, each.inputs, each.targets)
    singly = [evaluate_loss(each.net, place, each.inputs, each.targets) for place in places.flatten(0, 1)]
    torch.testing.assert_close(losses, torch.stack(singly).view(2, 3))


def test_works_in_inference_mode() -> None:
    """Experiments step and show in it, with nets and minibatches that were made in it."""
    inputs, labels = split(0).train_inputs[:50], split(0).train_labels[:50]
    with torch.inference_mode():
        net = MLP((64, 3, 10), generator=torch.Generator().manual_seed(0))
        targets = targets_of(labels, 10)
        inside = Hessian.of(net, inputs + 0, targets).extremes()
    outside = Hessian.of(net, inputs, targets).extremes()
    assert inside.largest == pytest.approx(outside.largest)
    assert inside.smallest == pytest.approx(outside.smallest)
    assert inside.smallest < 0 < inside.largest


@pytest.mark.parametrize("terrain", [make() for make in TERRAINS.values()], ids=list(TERRAINS))
def test_any_function_of_a_few_numbers_will_do(terrain: Terrain) -> None:
    start = torch.tensor(terrain.start, dtype=torch.float64)
    torch.testing.assert_close(Hessian(terrain.value, start).matrix(), terrain.hessian(start))


def test_level_function_has_no_curvature() -> None:
    vector = torch.arange(300, dtype=torch.float64)
    level = Hessian(lambda place: (place * vector).sum(), vector)
    assert level.extremes()[:2] == (0, 0)
    assert level.product(vector).tolist() == [0] * 300
    assert level.extremes().largest_direction.norm() == 1


def test_infinite_loss_is_refused() -> None:
    each = case()
    each.net.parameters[-1] = torch.inf
    with pytest.raises(ValueError, match="not finite here"):
        Hessian.of(each.net, each.inputs, each.targets)
