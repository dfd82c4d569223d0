"""What the page of the five ways down claims, against torch.optim, closed forms and autograd."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from server.experiments.descenders import MOMENTUM, NAMES, NESTEROV, PLAIN, Descenders, eigenvalues
from server.experiments.descent import Descent
from server.experiments.grounds import Spectrum, ground
from server.experiments.ravines import CONDITIONS, Race, rate_of_fall
from server.grammar import Diverged, Refused
from server.models.curvature import Hessian
from server.models.terrains import ravine, rosenbrock
from tests.experiments.running import begun, stepped

STILL = torch.zeros(2, dtype=torch.float64)


def test_the_five_are_those_of_torch_optim() -> None:
    terrain, start = rosenbrock(), torch.tensor([-1.5, 2.0], dtype=torch.float64)
    five = Descenders(terrain, start, 0.0, 0.0, 0.8)
    others = [start.clone().requires_grad_() for _ in NAMES]
    rules: list[torch.optim.Optimizer] = [
        torch.optim.SGD([others[0]], lr=5e-4),
        torch.optim.SGD([others[1]], lr=5e-4, momentum=0.8),
        torch.optim.SGD([others[2]], lr=5e-4, momentum=0.8, nesterov=True),
        torch.optim.RMSprop([others[3]], lr=0.02),
        torch.optim.Adam([others[4]], lr=0.02),
    ]
    for _ in range(60):
        five.step(5e-4, 0.02, STILL)
        for rule, place in zip(rules, others, strict=True):
            place.grad = terrain.gradient(place.detach())
            rule.step()
    torch.testing.assert_close(five.positions, torch.stack(others).detach())


def test_the_arrow_leads_from_where_nesterov_was_to_where_he_looks() -> None:
    terrain, x, v = ravine(30.0), torch.tensor([-1.8, 0.6], dtype=torch.float64), STILL
    five, rate, momentum = Descenders(terrain, x, 0.0, 0.0, 0.7), 0.3, 0.7
    for _ in range(12):
        five.step(rate, 0.1, STILL)
        v = momentum * v - rate * terrain.gradient(x + momentum * v)  # Sutskever et al. (2013), eq. 3
        x = x + v
    ahead, descent = five.arrows(rate)
    torch.testing.assert_close(ahead, torch.cat([x, momentum * v]))
    torch.testing.assert_close(descent[:2], x + momentum * v)
    torch.testing.assert_close(descent[2:], -rate * terrain.gradient(x + momentum * v))


@pytest.mark.parametrize(("rate", "momentum"), [(1.0, 0.9), (0.3, 0.0), (1.9, 0.2), (2.3, 0.0), (3.1, 0.5)])
def test_the_rate_of_fall_is_the_spectral_radius(rate: float, momentum: float) -> None:
    radii = []
    for curvature in (1.0, 0.01):
        step = np.array([[1 - rate * curvature, -rate * momentum], [curvature, momentum]])  # of (x, v)
        radii.append(np.abs(np.linalg.eigvals(step)).max())
    assert rate_of_fall(100.0, rate, momentum) == pytest.approx(max(radii), rel=1e-6)


def test_plain_descent_goes_as_the_condition_and_momentum_as_its_root() -> None:
    race = Race(1e-3)
    while race.work():
        pass
    plain, momentum = race.steps
    needed = race.theory(False)[:, 1]
    torch.testing.assert_close(plain, needed.ceil())  # both directions shrink by exactly ρ
    slopes = [float((row[-1] / row[-3]).log()) / math.log(CONDITIONS[-1] / CONDITIONS[-3]) for row in (plain, momentum)]
    assert slopes == pytest.approx([1.0, 0.5], abs=0.1)


@pytest.mark.parametrize("seed", range(1, 4))
def test_in_the_ravine_momentum_is_as_much_faster_as_theory_says(seed: int) -> None:
    experiment = begun(Descent, seed)
    stepped(experiment, 330)
    plain, momentum = experiment.before[[PLAIN, MOMENTUM]].tolist()
    theory = math.log(rate_of_fall(100, 1, 0.9)) / math.log(rate_of_fall(100, 1, 0))
    assert plain / momentum == pytest.approx(theory, rel=0.35)  # a target so near is met before the slowest part rules
    assert experiment.verdict().word == "holds"


def test_slow_places_are_saddles_or_minima_as_the_terrain_has_it() -> None:
    saddle = begun(Descent, terrain="saddle", learning_rate=0.05)
    series = stepped(saddle, 150)
    slow, negative, bowl = saddle.slow.tolist()
    assert slow == negative + bowl
    assert negative > 100
    assert bool((series["least_plain"] < -0.5).all())  # it stands at the saddle
    assert saddle.descenders.arrived[PLAIN] < 0 <= saddle.descenders.arrived[NESTEROV]
    minima = begun(Descent, terrain="minima", learning_rate=0.02, target=0.01)
    stepped(minima, 300)
    now = minima.descenders
    assert float(now.slopes[PLAIN].norm()) < 1e-6 < float(now.heights[PLAIN])
    assert bool((eigenvalues(now.bends)[PLAIN] > 0).all())  # plain descent lies in a minimum that is not the lowest
    assert now.arrived[MOMENTUM] > 0


def test_a_rate_too_large_is_not_clipped() -> None:
    experiment = begun(Descent, learning_rate=2.3, momentum=0.5)
    with pytest.raises(Diverged, match="Nesterov") as caught:
        stepped(experiment, 200)
    series = caught.value.series
    assert series is not None
    nesterov, plain = series["height_nesterov"], series["height_plain"]
    assert isinstance(nesterov, Tensor)
    assert isinstance(plain, Tensor)
    assert bool(nesterov[:-1].isfinite().all())
    assert not bool(nesterov[-1].isfinite())
    assert float(plain[-1] / plain[-2]) == pytest.approx((1 - 2.3) ** 2, rel=1e-4)  # both curvatures: 1 soon rules


def test_the_whole_nets_curvatures_at_a_saddle_of_its_plane() -> None:
    place = ground("net", condition=1, angle=0, dents=0, generator=torch.Generator().manual_seed(2))
    assert place.slice is not None
    start = torch.tensor(place.terrain.start, dtype=torch.float64)
    spectrum = Spectrum(place.slice)
    while spectrum.work(start):
        pass
    slice = place.slice
    torch.testing.assert_close(
        spectrum.values, Hessian.of(slice.net, slice.inputs, slice.targets, slice.plane.at(start)).eigenvalues()
    )
    # No plane through a matrix bends further down than its least eigenvalue does.
    assert float(spectrum.values[0]) <= float(eigenvalues(place.terrain.hessian(start))[0]) < 0


def test_on_a_real_net_momentum_is_down_first() -> None:
    experiment = begun(Descent, terrain="net", learning_rate=2.0, target=0.1)
    stepped(experiment, 60)
    assert experiment.descenders.arrived[MOMENTUM] > 0 > experiment.descenders.arrived[PLAIN]
    assert experiment.verdict().word == "holds"


def test_a_press_is_where_all_begin() -> None:
    experiment = begun(Descent, terrain="valley")
    experiment.start(0.5, -0.25)
    torch.testing.assert_close(experiment.descenders.positions, torch.tensor([1.0, 0.5]).double().expand(5, 2))
    torch.testing.assert_close(experiment.show()["paths"][:, -1], torch.tensor([0.5, -0.25]).expand(5, 2))
    with pytest.raises(Refused, match="not on it"):
        experiment.start(1.5, 0.0)
