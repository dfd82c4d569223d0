"""How much one page may say: a bucket that fills at a steady rate."""

from collections.abc import Callable

SECONDS_SAVED = 2.0
ONE = 1 << 16
"""Bytes that one message may have; a larger one counts as several."""


class Bucket:
    """Allows `rate` messages a second, and a burst of two seconds' worth. `clock` returns seconds."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._left = self._size = rate * SECONDS_SAVED
        self._last = clock()

    def take(self, size: int = 0) -> bool:
        """Whether one more message, of so many bytes, is allowed now."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._last) * self._rate)
        self._last = now
        self._left -= max(1.0, size / ONE)
        return self._left >= 0.0
