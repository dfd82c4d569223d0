"""Maps that were made lately, so that a rewind, a new cue or a class on one page need not make them again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from server.models.basins import BasinMap

KEPT = 16


class Surveys:
    """The last few maps by what they depend on. Whoever looks at a map may refine it: it only ever gets finer."""

    def __init__(self) -> None:
        self._maps: OrderedDict[Hashable, BasinMap] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], BasinMap]) -> BasinMap:
        """The map of this key, made if it is not there."""
        if key not in self._maps:
            self._maps[key] = make()
        self._maps.move_to_end(key)
        while len(self._maps) > KEPT:
            self._maps.popitem(last=False)
        return self._maps[key]


SURVEYS = Surveys()
"""Of this process; sessions of one worker share it."""
