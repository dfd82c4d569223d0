"""Parallel tempering against enumeration: exchanges, every temperature's distribution, modes that are crossed."""

import pytest
import torch
from torch import Tensor

from server.models.boltzmann import Boltzmann, Chains, Couplings
from server.models.rbm import binary_states
from server.models.tempering import Tempered, ladder
from tests.models.layered_machines import every_energy, layered
from tests.models.small_machines import codes, seeded


def exact_shares(machine: Boltzmann, temperatures: Tensor) -> Tensor:
    """p_T of every state, (k, 2^N) float64."""
    return (-every_energy(machine.couplings) / temperatures[:, None]).softmax(1)


def numbers(states: list[Tensor]) -> Tensor:
    """Which state of `every_state` each row is, (chains,)."""
    return codes(torch.cat(states, 1))


def frequencies(tempered: Tempered, sweeps: int, states: int) -> Tensor:
    """How often each state was met at each temperature, (k, states) shares."""
    places = range(len(tempered.temperatures))
    counts = torch.zeros(len(places), states)
    for _ in range(sweeps):
        tempered.sweep()
        for place in places:
            counts[place] += torch.bincount(numbers(tempered.states_at(place)), minlength=states)
    return counts / counts.sum(1, keepdim=True)


def two_modes(units: int, strength: float) -> Boltzmann:
    """All units on and all off have one energy; a single unit that leaves costs `strength` · units / 2."""
    couplings = Couplings.zeros((units, units), dtype=torch.float32, device=torch.device("cpu"))
    couplings.between[0].fill_(strength)
    for bias in couplings.biases:
        bias.fill_(-strength * units / 2)
    return Boltzmann(couplings)


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_exchanges_are_in_detailed_balance(temperature: float) -> None:
    """From every pair of states (x cold, y hot), all units held: only exchanges move, and the chance of each is known.

    π(x, y) a(x, y) = π(y, x) a(y, x), π the product of both temperatures' own distributions.
    """
    machine = layered(2, 1, seed=3, temperature=temperature)
    temperatures = torch.tensor([temperature, 3.0])
    every, repeats = binary_states(3).double(), 4000
    first, second = (part.flatten().repeat(repeats) for part in torch.meshgrid(*[torch.arange(8)] * 2, indexing="ij"))
    tempered = Tempered(machine, temperatures, 64 * repeats, seeded(1))
    for layer, (begin, end) in enumerate([(0, 2), (2, 3)]):
        tempered.start(layer, torch.stack([every[first, begin:end], every[second, begin:end]]))
        tempered.hold(layer, torch.ones(end - begin, dtype=torch.bool))
    tempered.sweep()
    cold, hot = numbers(tempered.states), numbers(tempered.states_at(1))
    swapped = (cold == second) & (hot == first)
    assert bool((swapped | ((cold == first) & (hot == second))).all())
    accepted = swapped.view(repeats, 8, 8).double().mean(0)
    shares = exact_shares(machine, temperatures)
    product = shares[0][:, None] * shares[1][None]
    expected = (product.T / product).clamp(max=1)
    apart = ~torch.eye(8, dtype=torch.bool)
    assert torch.allclose(accepted[apart], expected[apart], atol=0.03)
    assert torch.equal(torch.maximum(accepted, accepted.T)[apart], torch.ones(56, dtype=torch.float64))
    flow = product * accepted
    assert torch.allclose(flow, flow.T, atol=0.002)


def test_one_sweep_keeps_the_joint_distribution_of_all_temperatures() -> None:
    """Chains drawn from the product of three temperatures' distributions are still so after sweep and exchange."""
    machine = layered(2, 1, seed=5, spread=2.0)
    temperatures, chains = torch.tensor([1.0, 1.7, 4.0]), 400_000
    every, shares = binary_states(3).double(), exact_shares(machine, temperatures)
    drawn = torch.stack([torch.multinomial(row, chains, True, generator=seeded(7)) for row in shares])
    tempered = Tempered(machine, temperatures, chains, seeded(1))
    tempered.start(0, every[drawn][:, :, :2])
    tempered.start(1, every[drawn][:, :, 2:])
    joint = torch.einsum("a,b,c->abc", *shares).flatten()
    for _ in range(2):  # one with each set of pairs
        tempered.sweep()
        place = [numbers(tempered.states_at(index)) for index in range(3)]
        found = torch.bincount(place[0] * 64 + place[1] * 8 + place[2], minlength=512)
        chi_squared = float(((found - chains * joint).square() / (chains * joint)).sum())
        assert abs(chi_squared - 511) < 4 * (2 * 511) ** 0.5


@pytest.mark.parametrize("layers", [(4, 3), (3, 2, 2)])
@pytest.mark.parametrize("temperature", [0.6, 1.0])
def test_every_temperature_has_its_own_distribution(layers: tuple[int, ...], temperature: float) -> None:
    machine = layered(*layers, seed=2, spread=2.0, temperature=temperature, dtype=torch.float32)
    temperatures = ladder(temperature, 5 * temperature, 4)
    tempered = Tempered(machine, temperatures, 2000, seeded(3))
    tempered.sweep(50)
    exact = exact_shares(machine, temperatures)
    distances = (frequencies(tempered, 100, exact.shape[1]) - exact).abs().sum(1) / 2
    assert float(distances.max()) < 0.012


def test_swap_rates_are_those_of_enumeration() -> None:
    machine = layered(4, 3, seed=2)
    temperatures = ladder(1.0, 4.0, 4)
    tempered = Tempered(machine, temperatures, 2000, seeded(3))
    assert tempered.swap_rates.isnan().all()
    tempered.sweep(100)
    energies, shares = every_energy(machine.couplings), exact_shares(machine, temperatures)
    for pair, found in enumerate(tempered.swap_rates.tolist()):
        step = 1 / temperatures[pair] - 1 / temperatures[pair + 1]
        chances = (step * (energies[:, None] - energies[None])).exp().clamp(max=1)
        assert found == pytest.approx(float(shares[pair] @ chances @ shares[pair + 1]), abs=0.01)


def test_modes_that_plain_chains_never_leave_are_crossed() -> None:
    """200 chains start with all units off. Half the probability is where all are on: only tempered chains get there."""
    machine = two_modes(10, 1.5)
    plain = Chains(machine, 200, seeded(0))
    for layer in (0, 1):
        plain.start(layer, torch.zeros(10))
    plain.sweep(300)
    tempered = Tempered(machine, ladder(1.0, 12.0, 8), 200, seeded(0))
    for layer in (0, 1):
        tempered.start(layer, torch.zeros(10))
    tempered.sweep(300)
    assert float(plain.states[0].mean()) < 0.01
    assert float(tempered.states[0].mean()) == pytest.approx(0.5, abs=0.12)  # 200 chains: ± 0.035
    assert float(tempered.swap_rates.min()) > 0.1


def test_held_units_keep_their_values_and_the_others_are_conditional() -> None:
    machine = layered(4, 3, seed=9, spread=1.5)
    temperatures = torch.tensor([1.0, 2.0])
    values, mask = torch.tensor([1.0, 0, 0, 1]), torch.tensor([True, False, False, True])
    tempered = Tempered(machine, temperatures, 3000, seeded(1))
    tempered.start(0, values)
    tempered.hold(0, mask)
    tempered.scatter()
    tempered.sweep(20)
    found = frequencies(tempered, 60, 128)
    allowed = (binary_states(7)[:, [0, 3]] == 1).all(1)
    exact = exact_shares(machine, temperatures) * allowed
    exact /= exact.sum(1, keepdim=True)
    assert float((found - exact).abs().sum(1).max() / 2) < 0.01
    tempered.hold(0, None)
    tempered.sweep(20)
    assert float(tempered.states[0][:, 0].mean()) < 0.99


def test_weights_may_change_between_sweeps() -> None:
    machine = layered(4, 3, seed=2)
    tempered = Tempered(machine, torch.tensor([1.0, 2.0]), 3000, seeded(1))
    tempered.sweep(10)
    machine.couplings.flat.copy_(layered(4, 3, seed=8).couplings.flat)
    tempered.sweep(20)
    exact = exact_shares(machine, tempered.temperatures)
    assert float((frequencies(tempered, 60, 128) - exact).abs().sum(1).max() / 2) < 0.015


def test_cuts_do_not_change_the_run() -> None:
    def after(cuts: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        tempered = Tempered(layered(6, 5, 4, dtype=torch.float32), ladder(1.0, 3.0, 5), 20, seeded(4))
        for sweeps in cuts:
            tempered.sweep(sweeps)
        return torch.cat(tempered.states, 1), tempered.swap_rates

    (states, rates), (cut_states, cut_rates) = after((9,)), after((1, 0, 3, 5))
    assert torch.equal(states, cut_states)
    assert torch.equal(rates, cut_rates)
    assert not torch.equal(after((8,))[0], states)


def test_ladder_rises_in_equal_ratios() -> None:
    assert ladder(0.5, 8.0, 5).tolist() == pytest.approx([0.5, 1, 2, 4, 8])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Tempered(layered(3, 2), torch.tensor([1.0, 2.0]), 0, seeded(0)), "chain"),
        (lambda: Tempered(layered(3, 2), torch.tensor([1.0]), 5, seeded(0)), "two"),
        (lambda: Tempered(layered(3, 2), torch.tensor([1.0, 3.0, 2.0]), 5, seeded(0)), "rise"),
        (lambda: Tempered(layered(3, 2), torch.tensor([1.5, 3.0]), 5, seeded(0)), "machine's own"),
        (lambda: Tempered(layered(3, 2, lateral=True), torch.tensor([1.0, 3.0]), 5, seeded(0)), "links within"),
        (lambda: ladder(2.0, 1.0, 4), "ladder"),
    ],
)
def test_impossible_requests_are_refused_in_words(wrong: object, words: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=words):
        wrong()
