"""Pre-training of a deep machine: what the stack says is what its restricted machines say, with doubled inputs."""

import pytest
import torch

from server.models.boltzmann import Boltzmann, Chains
from server.models.patterns import bars_and_stripes
from server.models.pretraining import Level, Pretraining
from tests.models.small_machines import seeded

DATA = bars_and_stripes(3).double()


def taught(layers: tuple[int, ...], steps: int = 40) -> tuple[Boltzmann, Pretraining]:
    machine = Boltzmann.random(layers, seeded(1), spread=0.1, dtype=torch.float64)
    pretraining = Pretraining(machine, seeded(2))
    for level in range(len(layers) - 1):
        for _ in range(steps):
            pretraining.learn(DATA, level, learning_rate=0.3, momentum=0.5, decay=1e-3)
    return machine, pretraining


@pytest.mark.parametrize("layers", [(9, 6, 5), (9, 6, 5, 4)], ids=str)
def test_a_layer_hears_the_mean_of_what_its_two_restricted_machines_say(layers: tuple[int, ...]) -> None:
    machine, pretraining = taught(layers)
    states = [torch.rand(7, units, generator=seeded(3), dtype=torch.float64).round() for units in layers]
    last = len(layers) - 1
    for layer in range(len(layers)):
        from_below = [pretraining.levels[layer - 1].above(states[layer - 1]).logit()] if layer > 0 else []
        from_above = [pretraining.levels[layer].below(states[layer + 1]).logit()] if layer < last else []
        # An end has one neighbour, which its machine counts once; a layer between has two, each counted twice.
        expected = torch.stack(from_below + from_above).mean(0)
        assert torch.allclose(machine.field(layer, states), expected, atol=1e-9)


def test_only_ends_are_counted_once() -> None:
    _, pretraining = taught((9, 6, 5, 4), steps=1)
    assert [(level.up, level.down) for level in pretraining.levels] == [(2, 1), (2, 2), (1, 2)]


def test_a_level_leaves_the_others_alone() -> None:
    machine, pretraining = taught((9, 6, 5))
    first, last = (weights.clone() for weights in machine.couplings.between)
    pretraining.learn(DATA, 1, learning_rate=0.3, momentum=0.5, decay=0)
    assert torch.equal(machine.couplings.between[0], first)
    assert not torch.equal(machine.couplings.between[1], last)


def test_levels_begin_one_after_another() -> None:
    pretraining = Pretraining(Boltzmann.random((9, 6, 5), seeded(1)), seeded(2))
    with pytest.raises(ValueError, match="one by one"):
        pretraining.learn(bars_and_stripes(3), 1, learning_rate=0.1, momentum=0, decay=0)


def test_contrastive_divergence_takes_reconstruction_from_data() -> None:
    """Where the machine's own pictures are the data, in the mean over very many, nothing moves; elsewhere it does."""
    machine = Boltzmann.random((4, 3, 2), seeded(1), spread=0.5, dtype=torch.float64)
    level = Level(machine, 1, seeded(2))
    level.weights.zero_()
    level.bias_below.copy_(torch.tensor([0.4, -0.3, 0.1]))
    rows = level.draw(level.bias_below.sigmoid().expand(40_000, -1).contiguous())
    level.contrastive_divergence(rows, learning_rate=1.0, momentum=0.0, decay=0.0)
    assert float(level.weights.abs().max()) < 0.01
    level.contrastive_divergence(torch.ones(1000, 3, dtype=torch.float64), 1.0, 0.0, 0.0)
    assert float(level.bias_below[1]) > -0.1


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_stack_dreams_downwards(temperature: float) -> None:
    """Each layer is drawn from the one above, as its restricted machine says; the highest from its own lower layer."""
    machine, pretraining = taught((9, 6, 5))
    chains = Chains(machine.at(temperature), 50, seeded(4))
    chains.scatter()
    middle = chains.states[1].clone()
    pretraining.sweep(chains)
    first, second = pretraining.levels
    assert torch.allclose(chains.chances[2], second.above(middle, temperature))
    assert torch.allclose(chains.chances[1], second.below(chains.states[2], temperature))
    assert torch.allclose(chains.chances[0], first.below(chains.states[1], temperature))
    assert set(torch.unique(torch.cat(chains.states, 1)).tolist()) <= {0.0, 1.0}


def test_pretraining_makes_reconstructions_better() -> None:
    machine, pretraining = taught((9, 8, 6), steps=400)
    level = pretraining.levels[0]
    error = (DATA - level.below(level.above(DATA))).square().mean()
    assert float(error) < 0.5 * float(DATA.var(0, correction=0).mean())
    assert machine.couplings.between[0] is level.weights


def test_what_is_learnt_so_far_hears_a_copy_where_it_counted_twice() -> None:
    """With the copy equal to the layer itself, layer 1 has the chances of its restricted machine; 0 is heard once."""
    machine = Boltzmann.random((9, 6, 5), seeded(1), spread=0.1, dtype=torch.float64)
    pretraining = Pretraining(machine, seeded(2))
    assert pretraining.so_far() is machine
    for _ in range(40):
        pretraining.learn(DATA, 0, learning_rate=0.3, momentum=0.5, decay=0)
    so_far, level = pretraining.so_far(), pretraining.levels[0]
    above = level.draw(level.above(DATA))
    states = [DATA, above, DATA]
    assert so_far.couplings.layers == (9, 6, 9)
    assert torch.allclose(so_far.probabilities(1, states), level.above(DATA))
    assert torch.allclose(so_far.probabilities(0, states), level.below(above))
    assert torch.allclose(so_far.probabilities(2, states), level.below(above))
    pretraining.learn(DATA, 1, learning_rate=0.3, momentum=0.5, decay=0)
    assert pretraining.so_far() is machine
