"""What a hand may do to a network that recalls: spoil, draw, store, forget, unlearn, choose a start."""

import torch

from server.experiments.associative import Associative
from server.grammar import Refused, action
from server.models.basins import NONE
from server.models.memory import Dense
from server.models.rules import unlearn

DREAMS = 20


class ByHand(Associative):
    """The actions of the pages on which a network recalls."""

    def restart(self) -> None:
        self.owned = 0
        super().restart()

    @action("Corrupt 10 %", help="Turn over a tenth of the units, picked at random.")
    def corrupt(self) -> None:
        """Other ones every time; the same when the run is repeated."""
        state = self.network.state
        state[torch.randperm(self.units, generator=self.hand)[: self.units // 10]] *= -1
        self.put(state)

    @action("Blank sheet", help="Turn every unit off, to draw by hand.")
    def blank(self) -> None:
        """All units off."""
        self.put(torch.full((self.units,), -1.0, dtype=torch.float64))

    @action("Store this state", help="Learn the present picture as one more memory.")
    def store(self) -> None:
        """Raises Refused where it is known already or there is no more room on the map."""
        state = self.network.state
        nearest = self.nearest_memory()
        if torch.equal(self.pictures[nearest], state):
            raise Refused(f"“{self.names[nearest]}” is this very picture, and is stored already.")
        if len(self.names) >= NONE:
            raise Refused(f"The page keeps {NONE} pictures at most; start a new run to store others.")
        self.owned += 1
        self.names.append(f"own {self.owned}")
        self.pictures = torch.cat([self.pictures, state[None]])
        self.wanted = len(self.names) - 1
        self.relearn()

    @action("Forget the nearest", help="Unlearn the memory that the present state is most like.")
    def forget(self) -> None:
        """Raises Refused for the last one."""
        if len(self.names) == 1:
            raise Refused("The last memory stays: a network that stores nothing has no valley to fall into.")
        nearest, wanted = self.nearest_memory(), self.names[self.wanted]
        del self.names[nearest]
        self.pictures = torch.cat([self.pictures[:nearest], self.pictures[nearest + 1 :]])
        self.wanted = self.names.index(wanted) if wanted in self.names else self.nearest_memory()
        self.relearn()

    @action("Unlearn dreams", help="Let 20 random states fall, and make the valleys they end in less deep.")
    def dream(self) -> None:
        """Shallow valleys that nobody stored go first (Hopfield, Feinstein, Palmer 1983)."""
        if isinstance(self.memory, Dense):
            raise Refused("A dense memory has no links between pairs that dreams could weaken; choose another rule.")
        seed = int(torch.randint(2**31, (), generator=self.hand))
        self.untouched = False
        self.hold(unlearn(self.memory, DREAMS, seed=seed, threshold=self.parameters.threshold))
        self.replace()

    @action("", help="Turn single units on or off by hand.")
    def paint(self, cells: list[int], value: bool) -> None:
        """Set these units, numbered along the rows from the top left. Raises Refused where there is none."""
        self._check(cells)
        state = self.network.state
        state[cells] = 1.0 if value else -1.0
        self.put(state)

    @action("", help="Show the network a picture.")
    def picture(self, cells: list[int]) -> None:
        """These units on, all others off. Raises Refused where there is no such unit."""
        self._check(cells)
        state = torch.full((self.units,), -1.0, dtype=torch.float64)
        state[cells] = 1.0
        self.put(state, ask=True)

    @action("", help="Start from a point of the map.")
    def start_at(self, x: float, y: float) -> None:
        """The start that belongs to this point of [−1, 1]². Raises Refused off the map."""
        point = torch.tensor([[x, y]], dtype=torch.float64)
        if not bool(self.projection.inside(point)):
            raise Refused("Nothing starts there: that point lies off the map.")
        self.put(self.projection.starts(point)[0].double(), ask=True)

    def _check(self, cells: list[int]) -> None:
        outside = [cell for cell in cells if cell not in range(self.units)]
        if outside:
            raise Refused(f"There is no unit {outside[0]}; units are numbered 0 to {self.units - 1}.")
