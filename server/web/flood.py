"""How much one page may say: a bucket that fills at a steady rate."""

from collections.abc import Callable

SECONDS_SAVED = 2.0


class Bucket:
    """Allows `rate` messages a second, and a burst of two seconds' worth. `clock` returns seconds."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._left = self._size = rate * SECONDS_SAVED
        self._last = clock()

    def take(self) -> bool:
        """Whether one more message is allowed now."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._last) * self._rate)
        self._last = now
        self._left -= 1.0
        return self._left >= 0.0
