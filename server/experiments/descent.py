"""Descent: five rules go down one terrain from one start."""

from collections.abc import Mapping
from math import log
from typing import Literal

import torch
from torch import Tensor

from server.experiments import lookout, tricks
from server.experiments.descenders import CHANNELS, MOMENTUM, NAMES, PLAIN, Descenders, eigenvalues
from server.experiments.experiment import Experiment, Series
from server.experiments.grounds import Name, Spectrum, ground
from server.experiments.ravines import CONDITIONS, Race, rate_of_fall
from server.experiments.trail import Trail
from server.grammar import Diverged, Formula, Parameters, Refused, Verdict, Word, action, choice, slider
from server.grammar.errors import WayOn
from server.models.schedules import rates

NEAR = 0.1  # how far a start may be from the usual one, as a share of each coordinate
REST = 60  # steps for which all lie in the valley before they start again
SLOW = 0.2  # a slope below this share of what is usual on the map
CLEAR = 1.25  # a race won by less than a quarter is called too close


class Descent(Experiment):
    r"""Plain gradient descent, classical momentum, Nesterov's momentum, RMSprop and Adam: the very rules with which
    nets are trained on the other pages, here on two parameters, all from one start and with one noise.

    In a ravine the gradient points across, not along. A step small enough to be stable across crawls along: plain
    descent needs a number of steps that grows as the condition number κ (largest curvature over smallest), momentum
    one that grows as √κ. At a saddle the gradient is 0 and yet there is a way down, along the Hessian's negative
    eigenvalue; whoever comes slowly stands there for long. Both are slow places, and neither is a local minimum.

    The real net has 16-6-10 units and 172 parameters; it learned digits of 4×4 pixels three times, from different first
    weights. The terrain is the plane through these three, so the five move in two dimensions only. How the whole net
    bends there, in all its dimensions, is told by the eigenvalues of its full Hessian. A plane shows little of 172
    dimensions: a slow place that is a bowl in the plane may well have ways down out of it.

    Nesterov's optimiser keeps the point ahead, where it takes its gradient; its height is that of this point. The
    arrow shows the jump from where its last step ended. RMSprop and Adam divide by the gradient's size; their steps
    are about as long as their own rate, so they have one of their own. When all have arrived, and have rested, they
    start again, up to a tenth away from the last start. No number is clipped. With one η for both, momentum's steps add
    up to 1/(1 − α) as much, a part of its lead: the last view has each at its best rate.
    """

    title = "Five ways down"
    section = "6 Training"
    order = 153
    claim = "Momentum keeps going where plain descent crawls or stands."
    summary = "Ravines and saddles: momentum keeps going."
    source = "slide 11; B. T. Polyak (1964); Y. Nesterov (1983); Y. Dauphin et al., NeurIPS (2014)"
    formulas = (
        Formula(latex=r"\theta \leftarrow \theta - \eta\,\nabla E", before="plain:"),
        Formula(latex=r"v \leftarrow \alpha v + \nabla E,\;\; \theta \leftarrow \theta - \eta v", before="momentum:"),
    )
    speed = 20.0
    pinned = "momentum"

    class Controls(Parameters):
        learning_rate: float = tricks.learning_rate(1.0)
        momentum: float = tricks.momentum(0.9)
        scaled_rate: float = slider(
            0.05, 1e-4, 1, symbol=r"\eta'", label="rate of RMSprop and Adam", scale="log", applies="live",
            help="About the length of their steps, however steep it is.",
        )  # fmt: skip
        noise: float = slider(
            0.0, 0, 1, step=0.01, symbol=r"\sigma", label="gradient noise", applies="live",
            help="Standard deviation of what is added to each part of the gradient: the same for all five.",
        )  # fmt: skip
        schedule: tricks.Schedule = tricks.schedule()
        period: int = tricks.period()
        watched: Literal["plain", "momentum", "Nesterov", "RMSprop", "Adam"] = choice(
            "plain", label="whose curvatures", applies="live", help="Where the Hessian's eigenvalues are taken.",
        )  # fmt: skip
        terrain: Name = choice(
            "ravine", label="terrain",
            labels={"valley": "Rosenbrock's valley", "minima": "many minima", "net": "a real net"},
            help="What they go down.",
        )  # fmt: skip
        condition: float = slider(
            100.0, 1, 1000, symbol=r"\kappa", label="condition of the ravine", scale="log",
            help="Curvature across the ravine over curvature along it.",
        )  # fmt: skip
        angle: float = slider(
            20.0, 0, 90, step=1, label="ravine turned by", unit="°",
            help="At 0 the ravine lies along an axis, and rules that scale each axis by itself profit.",
        )  # fmt: skip
        dents: float = slider(
            0.2, 0, 1, step=0.01, symbol="A", label="depth of the many minima",
            help="From 0.12 on there are other minima than the lowest.",
        )  # fmt: skip
        target: float = slider(
            0.001, 1e-6, 0.5, label="height to reach", scale="log",
            help="The share of the start's height above the minimum at which one has arrived.",
        )  # fmt: skip

    parameters: Controls

    hill, views = lookout.HILL, lookout.VIEWS
    lasting = ("map",)
    presets = {
        "Ravine": {},
        "Saddle: plain stands": {"terrain": "saddle", "learning_rate": 0.05},
        "Saddle: noise frees it": {"terrain": "saddle", "learning_rate": 0.05, "noise": 0.05, "target": 0.02},
        "Rosenbrock's valley": {"terrain": "valley", "learning_rate": 0.001, "momentum": 0.95, "target": 0.01},
        "Many minima": {"terrain": "minima", "learning_rate": 0.02, "target": 0.01},
        "Rate too large": {"learning_rate": 2.3, "momentum": 0.5, "speed": 10.0},
        "A real net": {"terrain": "net", "learning_rate": 2.0, "target": 0.1, "speed": 12.0},
    }

    def restart(self) -> None:
        chosen = self.parameters
        self.ground = ground(
            chosen.terrain, condition=chosen.condition, angle=chosen.angle, dents=chosen.dents,
            generator=self.generator("data"),
        )  # fmt: skip
        self.home = torch.tensor(self.ground.terrain.start, dtype=torch.float64)
        self.starts, self.noises = self.generator("initialisation"), self.generator("order")
        self.spectrum = Spectrum(self.ground.slice) if self.ground.slice else None
        self.race = Race(chosen.target)
        self.before = torch.zeros(len(NAMES), dtype=torch.int64)
        self.slow, self.runs, self.rested = torch.zeros(3, dtype=torch.int64), 0, 0
        self.diverged = ""
        self._begin(near=True)

    def live(self, name: str) -> None:
        self.descenders.follow(self.parameters.momentum)

    def _begin(self, near: bool) -> None:
        """All at one start again: about home, or right there."""
        here = self.home
        if near:
            here = here * (1 + NEAR * (2 * torch.rand(2, generator=self.starts, dtype=torch.float64) - 1))
        terrain = self.ground.terrain
        self.height = float(terrain.value(here[None])) - terrain.minimum
        goal = terrain.minimum + self.parameters.target * self.height
        self.descenders = Descenders(terrain, here, goal, SLOW * self.ground.steepness, self.parameters.momentum)
        self.trail = Trail(1, self.descenders.positions.clone())
        self.runs, self.rested = self.runs + 1, 0

    @property
    def rate(self) -> float:
        """η of the coming step, by the schedule."""
        return self.parameters.learning_rate * self._share

    @property
    def _share(self) -> float:
        chosen, age = self.parameters, torch.tensor(self.descenders.age)
        return float(rates(chosen.schedule, 1.0, chosen.period, age))

    def advance(self, steps: int) -> Series:
        heights = torch.empty(steps, len(NAMES), dtype=torch.float64)
        bends, slow = torch.empty(steps, len(NAMES), 2, 2, dtype=torch.float64), torch.empty(steps, len(NAMES)).bool()
        for number in range(steps):
            if self.rested > REST:
                self.before += self.descenders.elapsed
                self._begin(near=True)
            self._step()
            now = self.descenders
            heights[number], bends[number], slow[number] = now.heights, now.bends, now.slow
        ends = eigenvalues(bends)
        saddle, bowl = slow & (ends[..., 0] < 0), slow & (ends[..., 0] > 0)
        self.slow += torch.stack([each.sum() for each in (slow, saddle, bowl)])
        rows = (heights - self.ground.floor).float()
        series = {f"height_{name}": row for name, row in zip(CHANNELS, rows.t(), strict=True)}
        series |= {f"least_{CHANNELS[each]}": ends[:, each, 0].float() for each in (PLAIN, MOMENTUM)}
        return self._finite(series, rows)

    def _step(self) -> None:
        share, chosen = self._share, self.parameters
        noise = chosen.noise * torch.randn(2, generator=self.noises, dtype=torch.float64)
        self.descenders.step(share * chosen.learning_rate, share * chosen.scaled_rate, noise)
        if self.trail.add(1):
            self.trail.mark(self.descenders.positions.clone())
        self.rested += bool((self.descenders.arrived >= 0).all())

    def _finite(self, series: dict[str, Tensor], heights: Tensor) -> Series:
        """The series as it is. Raises Diverged at the first height that a float32 does not hold."""
        broken = (~torch.stack(list(series.values()), 1).isfinite()).any(1).nonzero()
        if not len(broken):
            return series
        first = int(broken[0])
        lost = (~heights[first].isfinite()).nonzero().flatten().tolist()
        names = [NAMES[each] for each in lost] or ["the curvature"]
        self.diverged = f"{names[0]} broke at {self.step + first + 1}"
        rate = max(self.parameters.learning_rate / 10, 1e-4)
        raise Diverged(
            f"Height of {' and '.join(names)} became infinite",
            self.step + first + 1,
            last=tuple(heights[:first, lost[0]][-4:].tolist()) if lost else (),
            cause="each step overshoots the valley by more than the last one did",
            ways=(WayOn("Rewind"), WayOn(f"Rate {rate:g}", {"learning_rate": rate})),
            series={name: rows[: first + 1] for name, rows in series.items()},
        )

    def tend(self) -> bool:
        return self.race.work() or (self.spectrum is not None and self.spectrum.work(self._watched))

    @property
    def _watched(self) -> Tensor:
        return self.descenders.positions[NAMES.index(self.parameters.watched)]

    def show(self) -> Mapping[str, Tensor]:
        ground, now = self.ground, self.descenders
        minima = torch.tensor(ground.terrain.minima, dtype=torch.float64)
        arrows = now.arrows(self.rate)
        slow, saddle, bowl = self.slow.double()
        shown = {
            "map": ground.map,
            "span": ground.span,
            "paths": ground.placed(self.trail.until(now.positions)).transpose(0, 1).float(),
            "minimum": ground.placed(minima),
            "arrows": torch.cat([ground.placed(arrows[:, :2]), ground.sized(arrows[:, 2:])], 1).float(),
            "goal": torch.tensor(now.goal - ground.floor),
            "slow": slow,
            "on_saddle": 100 * saddle / slow,
            "in_bowl": 100 * bowl / slow,
            "curvatures": self._curvatures,
            "downwards": torch.tensor(torch.nan) if self._curvatures.isnan().any() else (self._curvatures < 0).sum(),
            "conditions": torch.tensor(CONDITIONS),
        }
        for number, name in enumerate(("plain", "momentum")):
            shown[f"race_{name}"] = self.race.steps[number]
            shown[f"theory_{name}"] = self.race.theory(bool(number))
        arrived = now.arrived.double().where(now.arrived >= 0, torch.nan)
        # To float32 here: what it does not hold is infinite, as it is in the series.
        heights, least = (now.heights - ground.floor).float(), eigenvalues(now.bends)[:, 0].float()
        for number, name in enumerate(CHANNELS):
            shown |= {f"steps_{name}": arrived[number], f"height_{name}": heights[number]}
        return shown | {f"least_{CHANNELS[each]}": least[each] for each in (PLAIN, MOMENTUM)}

    @property
    def _curvatures(self) -> Tensor:
        """Of the whole net as lately measured, or of the terrain, where the watched one stands: ascending."""
        if self.spectrum:
            return self.spectrum.values
        return eigenvalues(self.descenders.bends[NAMES.index(self.parameters.watched)]).float()

    def verdict(self) -> Verdict:
        """Steps of plain descent over those of momentum, of all starts from which both have arrived. During the
        first, whoever is still under way has needed more than there were."""
        now = self.descenders
        still = (now.arrived < 0)[[PLAIN, MOMENTUM]].tolist()
        done = self.before if any(still) and self.before.any() else self.before + now.elapsed
        plain, momentum = done[[PLAIN, MOMENTUM]].tolist()
        still = [False, False] if self.before.any() else still
        line, note = "longer without it", self.diverged or self._theory
        if not momentum or all(still):
            return Verdict(number="–", line=line, word="untested", note=self.diverged or "neither is down yet")
        ratio = plain / momentum
        word: Word = "holds" if ratio >= CLEAR else "broken" if ratio * CLEAR <= 1 else "close"
        if (still[0] and word != "holds") or (still[1] and word != "broken"):
            word = "untested"
        sign = ">" if still[0] else "<" if still[1] else ""
        return Verdict(number=f"{sign}{_short(ratio)}×", line=line, word=word, note=note)

    @property
    def _theory(self) -> str:
        """What the ratio should come to, where that is known: in a ravine, without noise, at a constant rate."""
        chosen = self.parameters
        if chosen.terrain != "ravine" or chosen.noise or chosen.schedule != "constant":
            return f"{self.runs} start{'s' * (self.runs > 1)}"
        plain, momentum = (rate_of_fall(chosen.condition, chosen.learning_rate, m) for m in (0.0, chosen.momentum))
        if not (0 < plain < 1 and 0 < momentum < 1):
            return "too fast: it diverges"
        return f"theory {_short(log(momentum) / log(plain))}×"

    def position(self) -> Mapping[str, str]:
        return {"start": str(self.runs)}

    def words(self) -> Mapping[str, str]:
        return {"arrived": str(int((self.descenders.arrived >= 0).sum())), "watched": self.parameters.watched}

    @action("Start elsewhere", help="All five begin again at a place drawn anywhere on the map.")
    def elsewhere(self) -> None:
        """A place drawn evenly."""
        place = 2 * torch.rand(2, generator=self.starts, dtype=torch.float64) - 1
        self._from(place)

    @action("", help="Start from this place.")
    def start(self, x: float, y: float) -> None:
        """All five, at a place of the map in [−1, 1]². Raises Refused outside."""
        if not (-1 <= x <= 1 and -1 <= y <= 1):
            raise Refused(f"The map reaches from −1 to 1 both ways; ({x:g}, {y:g}) is not on it.")
        self._from(torch.tensor([x, y], dtype=torch.float64))

    def _from(self, place: Tensor) -> None:
        self.home = self.ground.point(place)
        self.before.zero_()
        self.slow, self.runs = torch.zeros(3, dtype=torch.int64), 0
        self._begin(near=False)


def _short(number: float) -> str:
    """Two digits that count, at most four characters."""
    if number < 9.95:
        return f"{number:.1f}"
    return f"{number:.0f}" if number < 9999.5 else f"{number / 1000:.0f}k"
