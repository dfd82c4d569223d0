"""Base of the pages on which one Hopfield network recalls: what it stores, its run, and the map of its valleys."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor

from server.experiments.experiment import Experiment, Series
from server.experiments.surveys import SURVEYS
from server.experiments.trail import Trail
from server.grammar import Parameters, choice, slider, toggle
from server.models import hopfield
from server.models.basins import TILE, BasinMap
from server.models.memory import Memory, Pairwise
from server.models.projections import Projection, Wheel
from server.models.repertoire import Kind, repertoire
from server.models.rules import Rule, learn

TILE_COST = 1_500_000
"""Units times memories (or links) that one tile may hold, so that it takes a few milliseconds."""
SMALLEST_TILE = 16
DRAWN = 12
"""Memories whose overlaps are drawn one by one; there may be hundreds."""


class Associative(Experiment):
    """Patterns are stored, a state runs. `pictures` (p, N) and `names` are what the network holds now; the overlaps of
    every step are with the first memories that the run began with.
    """

    class Controls(Parameters):
        threshold: float = slider(
            0.0, -2, 2, step=0.01, symbol=r"\theta", label="threshold", applies="live",
            help="What a unit must hear to turn on, the same for all. It tilts the whole hill.",
        )  # fmt: skip
        memories: int = slider(
            6, 1, 200, scale="log", symbol="M", label="memories stored",
            help="How many different patterns. Past the ten digits come other hands, past the letters other type.",
        )  # fmt: skip
        patterns: Kind = choice(
            "digits", label="what is stored",
            help="Handwritten digits and letters are much alike, random patterns are not.",
        )  # fmt: skip
        side: int = slider(
            20, 20, 32, unit="units", label="side of the picture",
            help="The network has side × side units: 400 to 1024.",
        )  # fmt: skip
        rule: Rule = choice(
            "pseudo-inverse", label="learning rule",
            labels={"hebb": "Hebb", "storkey": "Storkey", "dense": "dense: power", "exponential": "dense: exponential"},
            help="How memories become links. Hebb: each by itself. Storkey: less what is known already. "
            "Pseudo-inverse: so that all fit. Dense: no links between pairs, but far steeper valleys.",
        )  # fmt: skip
        power: int = slider(
            3, 2, 6, symbol="n", label="power of the dense memory",
            help="For “dense: power” alone. A valley is as deep as the likeness to this power; 2 is Hebb's rule.",
        )  # fmt: skip
        self_connections: bool = toggle(
            False, label="units connect to themselves",
            help="Keep each unit's link to itself: it then holds on to its own state. Dense memories have none.",
        )  # fmt: skip

    parameters: Controls
    lasting: ClassVar[tuple[str, ...]] = ("memories", "first_memories", "labels")

    def restart(self) -> None:
        parameters = self.parameters
        stored = repertoire(
            parameters.patterns, parameters.memories, parameters.side, self.generator("data", "patterns")
        )
        self.units = parameters.side**2
        self.pictures, self.names = stored.patterns, list(stored.names)
        self.stored = {f"stored_{number}": name for number, name in enumerate(stored.names[:DRAWN])}
        self.wanted, self.untouched = 0, True
        self.hand = self.generator("order", "hand")
        self.learn()
        self.network = hopfield.Network(self.memory, self.pictures[:DRAWN], self.start(), self.seeds.order)
        self.network.threshold = parameters.threshold
        self.updates = 0
        self._begin()

    @property
    def update_order(self) -> hopfield.Order:
        """Who decides next."""
        return "random"

    def start(self) -> Tensor:
        """The first state (N,)."""
        return self.pictures[self.wanted].clone()

    def project(self, patterns: Tensor) -> Projection:
        """The map's projection for these patterns (p, N)."""
        return Wheel(patterns, self.seeds.data)

    def live(self, name: str) -> None:
        self.network.threshold = self.parameters.threshold
        if name == "threshold":
            self.survey_anew()

    def advance(self, steps: int) -> Series:
        parts: list[Series] = []
        while steps > 0:
            made = min(steps, self.trail.due, self.units - self.updates % self.units)
            updates = self.network.update(made, self.update_order)
            parts.append(self.measured(updates))
            steps -= made
            self.updates += made
            if self.trail.add(made):
                self.trail.mark(self.point())
            if self.updates % self.units == 0:
                self.swept()
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}

    def tend(self) -> bool:
        """The map gets finer little by little beside the run, so that neither waits for the other."""
        if self.map.finished:
            return False
        self.map.refine(1)
        return True

    def measured(self, updates: hopfield.Updates) -> Series:
        """What is kept of every update."""
        return {"energy": updates.energy, "likeness": updates.overlaps, "flipped": (updates.flips > 0).double()}

    def swept(self) -> None:
        """Called after every N updates."""

    @cached_property
    def map(self) -> BasinMap:
        """Where starts end, without heat; coarse at first."""
        if not self.untouched:
            return self._survey()
        return SURVEYS.get((type(self).__name__, self.seeds, *self.surveyed()), self._survey)

    def surveyed(self) -> tuple[Hashable, ...]:
        """The parameters that the map depends on."""
        return tuple(getattr(self.parameters, name) for name in Associative.Controls.model_fields)

    def _survey(self) -> BasinMap:
        return BasinMap(
            self.memory, self.projection, self.pictures, self.seeds.order,
            threshold=self.parameters.threshold, tile=self._tile,
        )  # fmt: skip

    @property
    def _tile(self) -> int:
        """Starts of the map that settle beside one call of `advance`: fewer where each of them costs more."""
        matrix = isinstance(self.memory, Pairwise)
        cost = self.units * (self.units if matrix else len(self.pictures))
        return max(SMALLEST_TILE, min(TILE, TILE_COST // cost))

    def survey_anew(self) -> None:
        """Forget the map; it is made again when it is next looked at."""
        self.__dict__.pop("map", None)

    def point(self) -> Tensor:
        """The present state on the map, and its energy: x, y, E."""
        place = self.projection.place(self.network.state)
        return torch.cat([place, place.new_tensor([self.network.energy])])

    def show(self) -> Mapping[str, Tensor]:
        network, state = self.network, self.network.state
        side = self.parameters.side
        trail = self.trail.until(self.point())
        return {
            "state": state.view(1, side, side),
            "target": self.pictures[self.wanted].view(1, side, side),
            "memories": self.tiles,
            "first_memories": self.first_tiles,
            "basins": self.map.labels,
            "purity": self.map.purity,
            "labels": self.labels,
            "path": trail[:, :2],
            "overlaps": hopfield.overlaps(self.pictures[:DRAWN], state),
            "cue": self.cue,
            "energy": torch.tensor(network.energy),
            "memory_energy": self.memory.energy(self.pictures[self.wanted], network.threshold),
            "recalled": torch.tensor(100 * self.map.recalled),
            "unit": torch.tensor(network.following(self.update_order)),
        }

    def words(self) -> Mapping[str, str]:
        named = {f"memory_{number}": name for number, name in enumerate(self.names)}
        return {"wanted": self.names[self.wanted], "nearest": self.names[self.nearest_memory()], **named, **self.stored}

    def learn(self) -> None:
        """Store the pictures afresh; what dreams had weakened is as it was."""
        parameters = self.parameters
        memory = learn(
            parameters.rule, self.pictures, self_connections=parameters.self_connections, power=parameters.power
        )  # fmt: skip
        self.projection = self.project(self.pictures)
        self.labels = self.projection.labels().float()
        self.tiles = self.pictures.view(-1, parameters.side, parameters.side)
        self.first_tiles = self.tiles[:DRAWN]
        self.hold(memory)

    def hold(self, memory: Memory) -> None:
        """Another memory of the same patterns."""
        self.memory = memory
        self.survey_anew()

    def put(self, state: Tensor, *, ask: bool = False) -> None:
        """Another state, from which the run goes on; `ask`: as a cue for the memory that it is most like."""
        self.network.state = state
        if ask:
            self.wanted = self.nearest_memory()
        self._begin()

    def nearest_memory(self) -> int:
        """The memory that the present state is most like."""
        return int(hopfield.overlaps(self.pictures, self.network.state).argmax())

    def _begin(self) -> None:
        """The present state is a start: the map's path and the bars' rings begin here."""
        self.cue = hopfield.overlaps(self.pictures[:DRAWN], self.network.state)
        self.trail = Trail(max(1, self.units // 16), self.point())

    def relearn(self) -> None:
        """After `pictures` changed."""
        self.untouched = False
        self.learn()
        self.replace()

    def replace(self) -> None:
        """The running network takes the memory as it is now; its state stays, and is a start."""
        self.network.memory = self.memory
        self._begin()
