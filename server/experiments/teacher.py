"""What a hand may do to a machine in class: make it forget, kick it, hold its units, teach it other patterns."""

from typing import Any

import torch

from server.experiments.course import Course
from server.experiments.experiment import Experiment
from server.experiments.lessons import Lesson
from server.experiments.progress import Progress
from server.grammar import Refused, action

KICK = 0.5
"""Standard deviation of the noise."""


class Teacher(Experiment):
    """A course, and whether it gets on. `parameters` are those of the page."""

    parameters: Any

    def restart(self) -> None:
        parameters = self.parameters
        self.lesson = Lesson(parameters.data, self.seeds.data)
        self.course = Course(self.lesson, parameters.hidden, parameters.spread, parameters.chains, self._stream)
        self.layers = (torch.arange(self.course.units) >= self.lesson.visible).int()
        self._begin()

    def _stream(self, use: str) -> torch.Generator:
        return self.generator("initialisation" if use == "weights" else "order", use)

    def _begin(self) -> None:
        """Count anew what learning does, at the heat that is set."""
        self.progress = Progress()
        self.course.temperature = self.parameters.temperature

    def live(self, name: str) -> None:
        self._begin()

    @action("Forget", help="Back to the first weights, with nothing learnt.")
    def forget(self) -> None:
        """The lesson stays, with what was added to it."""
        self.course.forget()
        self._begin()

    @action("Kick the weights", help="Add noise to every link, to get away from where learning is stuck.")
    def kick(self) -> None:
        """Other noise every time; the same when the run is repeated."""
        self.course.kick(KICK)
        self.progress = Progress()

    @action("Free all units", help="Let go of every unit that is held.")
    def free(self) -> None:
        """No unit is held."""
        self.course.dreams.hold(torch.full((self.lesson.visible,), torch.nan, dtype=torch.float64))

    @action("Anneal the dreams", help="Begin all chains again from noise, hot at first, then cooler and cooler.")
    def anneal(self) -> None:
        """Units that are held stay so."""
        self.course.dreams.anneal()

    @action("Add this pattern", help="Teach the pattern on the drawing pad too.")
    def add(self) -> None:
        """Raises Refused where there is no more room."""
        self.lesson.add()
        self.course.taught()
        self._begin()

    @action("Remove last pattern", help="Teach the last pattern no more.")
    def remove(self) -> None:
        """Raises Refused for the only one."""
        self.lesson.remove()
        self.course.taught()
        self._begin()

    @action("", help="Paint on the drawing pad.")
    def paint(self, cells: list[int], value: bool) -> None:
        """Cells are numbered along the rows from the top left. Raises Refused where there is none."""
        self.lesson.paint(cells, value)

    @action("", help="Hold a visible unit on, then off, then let it go.")
    def press(self, unit: int) -> None:
        """Raises Refused for a hidden unit and for one that is not there."""
        if unit not in range(self.lesson.visible):
            raise Refused("Only visible units can be held here: they are the ones that bars and dashes speak of.")
        self.course.dreams.press(unit)
