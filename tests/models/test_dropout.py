"""Dropout: the masks' law against `torch.nn.Dropout`, and whose generator draws them (the net with a given mask
is held against autograd in test_backpropagation)."""

import pytest
import torch
from torch import Tensor

from server.models.mlp import MLP, targets_of
from tests.models.pytorch_nets import generator

EXAMPLES = 400


def net(dropout: float, seed: int = 1, units: tuple[int, ...] = (3, 50, 40, 2)) -> MLP:
    return MLP(units, generator=generator(seed), hidden="tanh", dropout=dropout)


def masks(source: MLP) -> Tensor:
    """(hidden units, m) of one minibatch."""
    labels = torch.zeros(EXAMPLES, dtype=torch.int64)
    source.backpropagate(torch.ones(EXAMPLES, 3), targets_of(labels, 2))
    return torch.cat(source.program(EXAMPLES).masks)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_masks_have_the_law_of_pytorchs(share: float) -> None:
    ours = masks(net(share))
    torch.manual_seed(0)
    theirs = torch.nn.Dropout(share)(torch.ones_like(ours))
    assert sorted(set(ours.flatten().tolist())) == pytest.approx(
        sorted(set(theirs.flatten().tolist()))
    )  # 0 and 1 / (1 − share)
    deviation = (share * (1 - share) / ours.numel()) ** 0.5
    for mask in (ours, theirs):
        assert float((mask == 0).double().mean()) == pytest.approx(share, abs=4 * deviation)
    for axis in (0, 1):  # no unit and no example is favoured
        shares = (ours == 0).double().mean(axis)
        most = 5 * (share * (1 - share) / ours.shape[axis]) ** 0.5
        assert float((shares - share).abs().max()) < most


def test_units_are_chosen_anew_in_every_minibatch() -> None:
    source = net(0.5)
    first, second = masks(source).clone(), masks(source)
    assert float((first == second).double().mean()) == pytest.approx(0.5, abs=0.02)


def test_nets_of_one_seed_drop_the_same_units() -> None:
    assert torch.equal(masks(net(0.5)), masks(net(0.5)))
    assert not torch.equal(masks(net(0.5)), masks(net(0.5, seed=2)))


def test_going_back_to_a_moment_of_the_generator_repeats_the_masks() -> None:
    source = net(0.5)
    moment = source.masks.get_state()
    first = masks(source).clone()
    source.masks.set_state(moment)
    assert torch.equal(masks(source), first)


def test_dropout_leaves_first_weights_and_predictions_alone() -> None:
    plain, dropping = net(0.0), net(0.5)
    inputs = torch.randn(6, 3, generator=generator(2))
    assert torch.equal(plain.parameters, dropping.parameters)
    assert torch.equal(plain.predict(inputs), dropping.predict(inputs))


def test_a_net_without_hidden_units_has_nothing_to_drop() -> None:
    plain, dropping = (net(dropout, units=(3, 2)) for dropout in (0.0, 0.5))
    inputs, targets = torch.ones(4, 3), torch.ones(4, 2)
    assert torch.equal(plain.backpropagate(inputs, targets), dropping.backpropagate(inputs, targets))
    assert dropping.program(4).masks == ()
