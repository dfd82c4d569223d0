"""The loop's lateness against a delay that we make ourselves."""

import asyncio
import time

from server.web.lateness import Lateness


def test_a_blocked_loop_is_seen_to_be_late_by_as_much() -> None:
    async def story() -> Lateness:
        lateness = Lateness()
        watching = asyncio.create_task(lateness.watch())
        await asyncio.sleep(0.05)
        time.sleep(0.1)
        await asyncio.sleep(0.05)
        watching.cancel()
        return lateness

    late = asyncio.run(story()).milliseconds()
    assert 80 < late["most"] < 1000
    assert late["p50"] <= late["p99"] <= late["most"]


def test_before_the_first_beat_nothing_is_late() -> None:
    assert Lateness().milliseconds() == {"p50": 0.0, "p99": 0.0, "most": 0.0}
