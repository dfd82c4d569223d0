"""What was surveyed lately, so that a rewind, a new cue or a class on one page need not survey it again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from server.models.basins import BasinMap

KEPT = 16
Survey = TypeVar("Survey")


class Surveys(Generic[Survey]):
    """The last few by what they depend on. Whoever looks at one may refine it: it only ever gets finer."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Survey] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Survey]) -> Survey:
        """The survey of this key, made if it is not there."""
        if key not in self._kept:
            self._kept[key] = make()
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    def forget(self) -> None:
        """Drop them all."""
        self._kept.clear()


SURVEYS: Surveys[BasinMap] = Surveys()
"""Maps of basins. Of this process; sessions of one worker share it."""
