"""The restricted Boltzmann machine against enumeration of all its states."""

import math
from itertools import product

import pytest
import torch
from torch import Tensor

from server.models.boltzmann import Couplings
from server.models.contrastive_divergence import Learner
from server.models.rbm import RBM, Chains, binary_states
from tests.models.small_machines import TEMPERATURES, codes, joint, machine, seeded


def test_binary_states_are_all_states_in_counting_order() -> None:
    assert binary_states(3).tolist() == [list(state) for state in product((0.0, 1.0), repeat=3)]


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_closed_forms_equal_enumeration(temperature: float) -> None:
    model = machine(4, 3, temperature=temperature)
    p = joint(model)
    v, h = binary_states(4).double(), binary_states(3).double()
    assert torch.allclose(model.log_likelihood(v), p.sum(1).log(), atol=1e-12)
    assert torch.allclose(model.hidden_probabilities(v), (p @ h) / p.sum(1, keepdim=True), atol=1e-12)
    assert torch.allclose(model.visible_probabilities(h), (p.T @ v) / p.sum(0)[:, None], atol=1e-12)
    everything = model.energy(v.repeat_interleave(8, 0), h.repeat(16, 1)).view(16, 8)
    assert torch.allclose((-everything / temperature).flatten().softmax(0).view(16, 8), p, atol=1e-12)
    free = -temperature * (-everything / temperature).logsumexp(1)
    assert torch.allclose(model.free_energy(v), free, atol=1e-12)


@pytest.mark.parametrize(("visible", "hidden"), [(3, 5), (5, 3), (4, 4)])
def test_expectations_equal_enumeration_whichever_layer_is_smaller(visible: int, hidden: int) -> None:
    model = machine(visible, hidden, seed=3, temperature=1.7)
    p, v, h = joint(model), binary_states(visible).double(), binary_states(hidden).double()
    found = model.expectations()
    assert torch.allclose(found.weights, v.T @ p @ h, atol=1e-12)
    assert torch.allclose(found.visible_bias, p.sum(1) @ v, atol=1e-12)
    assert torch.allclose(found.hidden_bias, p.sum(0) @ h, atol=1e-12)


def test_enumeration_of_the_smaller_layer_is_the_same_from_either_side() -> None:
    """30 visible units cannot be enumerated, 12 hidden ones can; exchanging the layers must not matter."""
    model = machine(30, 12, seed=5)
    c = model.couplings
    turned = RBM(Couplings.over(torch.cat([c.weights.T.flatten(), c.hidden_bias, c.visible_bias]), (12, 30)))
    assert torch.allclose(model.log_partition(), turned.log_partition(), rtol=1e-12)


def test_too_large_a_machine_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="17 units"):
        machine(20, 17).log_partition()


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_block_gibbs_samples_the_enumerated_distribution(temperature: float) -> None:
    """Real draws: the joint frequencies, visible and hidden together, equal p(v, h) at this temperature."""
    model = machine(4, 3, seed=7, temperature=temperature, dtype=torch.float32)
    chains = Chains(model, 4000, seeded(1))
    chains.scatter()
    chains.sweep(60)
    counts = torch.zeros(128)
    for _ in range(100):
        chains.sweep(2)
        counts += torch.bincount(codes(chains.visible) * 8 + codes(chains.hidden), minlength=128)
    distance = (counts / counts.sum() - joint(model).flatten()).abs().sum() / 2
    assert distance < 0.008


def test_chains_hold_states_not_probabilities() -> None:
    """The known mistake: passing probabilities along makes the chain deterministic, and all chains alike."""
    chains = Chains(machine(6, 5, seed=2), 200, seeded(3))
    chains.start(torch.ones(200, 6))
    chains.sweep(3)
    for layer in (chains.visible, chains.hidden):
        assert set(torch.unique(layer).tolist()) == {0.0, 1.0}
        assert len(torch.unique(layer, dim=0)) > 5


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_each_half_sweep_is_in_detailed_balance(temperature: float) -> None:
    """p(v, h) p(v' | h) is symmetric in v and v' with the code's own p(v | h); likewise the hidden layer."""
    model = machine(3, 3, seed=4, temperature=temperature)
    p, states = joint(model), binary_states(3).double()

    def step(probabilities: Tensor) -> Tensor:
        """(given, drawn): the probability of each state from the probabilities of its units."""
        return torch.where(states[None] == 1, probabilities[:, None], 1 - probabilities[:, None]).prod(2)

    visible_flow = p[:, :, None] * step(model.visible_probabilities(states))[None]  # v, h, v'
    hidden_flow = p[:, :, None] * step(model.hidden_probabilities(states))[:, None]  # v, h, h'
    assert torch.allclose(visible_flow, visible_flow.transpose(0, 2), atol=1e-15)
    assert torch.allclose(hidden_flow, hidden_flow.transpose(1, 2), atol=1e-15)


def test_reconstruction_error_is_the_expected_square() -> None:
    model = machine(4, 3, seed=9)
    v, h = torch.tensor([[1, 0, 1, 1]], dtype=torch.float64), binary_states(3).double()
    p = joint(model)[int(codes(v))]
    expected = (p / p.sum()) @ (v - model.visible_probabilities(h)).square().mean(1)
    rows = v.expand(50_000, -1)
    assert float(model.reconstruction_error(rows, seeded(0))) == pytest.approx(float(expected), abs=0.003)
    assert float(Learner(model, seeded(1)).contrastive_divergence(rows)) == pytest.approx(float(expected), abs=0.003)


def test_not_a_number_stays_one() -> None:
    model = machine(4, 3, dtype=torch.float32)
    model.couplings.weights[2, 1] = math.nan
    chains = Chains(model, 5, seeded(0))
    chains.start(torch.ones(5, 4))
    chains.sweep()
    assert chains.hidden[:, 1].isnan().all()
    assert chains.visible[:, 2].isnan().all()
    assert not model.log_partition().isfinite()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: machine(3, 2, temperature=0.0), "temperature"),
        (lambda: machine(3, 2, temperature=math.nan), "temperature"),
        (lambda: RBM.random(0, 2, seeded(0)), "every layer"),
        (lambda: Chains(machine(3, 2), 0, seeded(0)), "chain"),
        (lambda: Learner(machine(3, 2), seeded(0)).contrastive_divergence(torch.ones(2, 3), 0), "sweep"),
    ],
)
def test_impossible_requests_are_refused_in_words(wrong: object, words: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=words):
        wrong()
