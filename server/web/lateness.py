"""How late the event loop is: the one number that says whether every page is served in time."""

import asyncio
import time
from collections import deque

BEAT = 0.01
KEPT = 3000
"""The last half minute of beats."""


class Lateness:
    """Sleeps a beat, again and again, and keeps by how much each sleep was too long."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=KEPT)

    async def watch(self) -> None:
        """Run until cancelled."""
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(BEAT)
            self._late.append(time.perf_counter() - begin - BEAT)

    def milliseconds(self) -> dict[str, float]:
        """Median, 99th percentile and greatest lateness of the last half minute."""
        late = sorted(self._late) or [0.0]
        return {
            "p50": 1000 * late[len(late) // 2],
            "p99": 1000 * late[int(0.99 * (len(late) - 1))],
            "most": 1000 * late[-1],
        }
