"""The base class of every experiment: one file that a student can read.

From a subclass's declaration come the controls, the validation of every message, the link that restores the page, the
about-text and the contract tests (`tests/experiments/test_contract.py`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

import torch
from torch import Tensor

from server.grammar import Formula, Hill, Parameters, Verdict, View

Series = Mapping[str, Tensor]
"""Every scalar of every step of one `advance`: name → tensor of shape (steps,), or (steps, k) for a short vector."""


@dataclass(frozen=True)
class Seeds:
    """Three separate seeds, so that "the same data, other first weights" can be asked for."""

    data: int = 1
    initialisation: int = 1
    order: int = 1

    @classmethod
    def same(cls, seed: int) -> "Seeds":
        """One number for all three."""
        return cls(seed, seed, seed)

    def link(self) -> dict[str, str]:
        """`seed` stands for all three; those that differ from it follow by name."""
        others = {"initialisation_seed": self.initialisation, "order_seed": self.order}
        return {"seed": str(self.data)} | {name: str(seed) for name, seed in others.items() if seed != self.data}


class Experiment(ABC):
    """A phenomenon. The runtime calls, in this order: `restart`, then `advance`, `show` and `verdict` at will.

    `step` counts elementary steps since the restart; the runtime keeps it. The elementary step is the smallest thing
    the lecture speaks of: one unit updated, one minibatch, one Gibbs sweep.
    """

    name: ClassVar[str]
    """In addresses: /e/<name>; set from the module's name by the catalogue."""
    title: ClassVar[str]
    section: ClassVar[str]
    """The lecture's section, as the home page groups them, with its number: "2 Hopfield network"."""
    order: ClassVar[int]
    """Place within the lecture, ascending."""
    claim: ClassVar[str]
    """The claim in our own words; one line at 1366 px, at most 70 characters."""
    summary: ClassVar[str]
    """Under the miniature on the home page; at most 44 characters."""
    source: ClassVar[str]
    """Where the claim stands in the lecture and in the literature."""
    formulas: ClassVar[tuple[Formula, ...]] = ()
    Controls: ClassVar[type[Parameters]]
    hill: ClassVar[Hill]
    pinned: ClassVar[str]
    views: ClassVar[tuple[View, ...]]
    lasting: ClassVar[tuple[str, ...]] = ()
    """Channels of `show` that seldom change (stored memories, fixed weights): converted once for each new tensor,
    so a change is another tensor, never one made in place."""
    presets: ClassVar[Mapping[str, Mapping[str, float | str | bool]]] = {}
    """Named settings (label → parameters that differ from the defaults, and `speed` where another one shows it better).
    The page opens on the defaults, which show the phenomenon at once; the first preset names them: it is empty."""
    step_name: ClassVar[str] = "step"
    """What one elementary step is called: "update", "minibatch", "sweep"."""
    speed: ClassVar[float] = 40.0
    """Elementary steps per second at which the page opens."""
    arms: ClassVar[tuple[str, str] | None] = None
    """On A/B pages: what A and B are, the one difference between them."""

    broken_arms: Mapping[str, int] = {}
    """The arms that have diverged while the run goes on, and where: what their lines no longer are is not finite."""

    parameters: Any
    """An instance of `Controls` (a subclass may annotate it so)."""
    brought: Mapping[str, Any]
    """What files brought (a table): an action that takes one puts another mapping here; kept from run to run."""

    def __init__(self, parameters: Parameters, seeds: Seeds, device: torch.device | None = None) -> None:
        self.parameters = parameters
        self.brought = {}
        self.seeds = seeds
        self.device = device or torch.device("cpu")
        self.step = 0

    def generator(self, seed: str, use: str = "") -> torch.Generator:
        """A fresh CPU generator from the seed `data`, `initialisation` or `order`: the same run anywhere.

        Each seed, and each `use` of it, is a stream of its own even where the numbers are the same: were they one
        stream, a hand that turns units over would pick the very units that the noise had turned over.
        """
        words = f"{seed} {use} {getattr(self.seeds, seed)}".encode()
        return torch.Generator().manual_seed(int.from_bytes(sha256(words).digest()[:7]))

    def live(self, name: str) -> None:  # noqa: B027  most experiments read their parameters anew and need nothing here
        """Called after the live parameter `name` has changed; override where something must be rebuilt."""

    @abstractmethod
    def restart(self) -> None:
        """Build the run from `parameters` and `seeds` only."""

    @abstractmethod
    def advance(self, steps: int) -> Series:
        """Do `steps` ≥ 1 elementary steps; return every scalar of every step. No `.item()` per step.

        advance(3) and advance(4) must equal advance(7) bit for bit. Raises Diverged at the first non-finite number.
        """

    def tend(self) -> bool:
        """A few milliseconds of work on what only pictures show (a map that gets finer); whether there was any.

        Called between calls of `advance` while the run plays; nothing measured may depend on how often.
        """
        return False

    @abstractmethod
    def show(self) -> Mapping[str, Tensor]:
        """The arrays that a picture needs now: called per frame, never per step. Tensors on any device.

        Arrays that only Matrix and Tiles draw are sent in 255 grey levels with their range, and only when they changed.
        """

    @abstractmethod
    def verdict(self) -> Verdict:
        """The claim, measured from the runs so far."""

    def position(self) -> Mapping[str, str]:
        """Further words beside the step in the transport, e.g. {"sweep": "0.75"}."""
        return {}

    def words(self) -> Mapping[str, str]:
        """Live words for captions and formulas, beside the live numbers: "disagree with {wanted}"."""
        return {}
