"""Real worker processes: sessions run there, a killed one is replaced, nobody else notices."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest

from server.grammar import messages
from server.grammar.errors import Full, Refused
from server.runtime.local import LocalEngine, Page
from server.runtime.wire import decode

DRAW = messages.Draw(type="draw")


class Browser:
    """A page that draws all the time and keeps what it was told."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.steps: list[int] = []
        self.times: list[float] = []
        self.page: Page | None = None

    def text(self, answer: str) -> None:
        self.texts.append(json.loads(answer))

    def frame(self, data: bytes) -> None:
        self.steps.append(decode(data)["step"])
        self.times.append(time.monotonic())
        assert self.page is not None
        self.page.send(DRAW)

    def told(self, kind: str) -> bool:
        return any(text["type"] == kind for text in self.texts)


async def browse(engine: LocalEngine, **link: str) -> Browser:
    browser = Browser()
    message = messages.Open(type="open", experiment="hopfield", link={"speed": "200", **link})
    browser.page = await engine.open(message, browser)
    browser.page.send(DRAW)
    browser.page.send(DRAW)
    return browser


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> float:
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds, "it did not happen in time"
        await asyncio.sleep(0.01)
    return time.monotonic() - begin


def with_engine(story: Callable[[LocalEngine], Awaitable[None]], *, workers: int = 2, most: int = 50) -> None:
    async def run() -> None:
        engine = LocalEngine(["cpu"] * workers, most_sessions=most, pictures_per_second=30)
        await engine.start()
        try:
            await engine.catalogue()
            await story(engine)
        finally:
            await engine.stop()

    asyncio.run(run())


def test_sessions_run_in_worker_processes() -> None:
    async def story(engine: LocalEngine) -> None:
        browser = await browse(engine)
        await until(lambda: len(browser.steps) > 5)
        assert browser.steps == sorted(browser.steps)
        assert browser.steps[-1] > browser.steps[0]
        assert engine.health()["sessions"] == 1
        assert browser.page is not None
        browser.page.close()
        assert engine.health()["sessions"] == 0

    with_engine(story)


@pytest.mark.alone
def test_a_killed_worker_is_replaced_within_two_seconds_and_others_never_stutter() -> None:
    async def story(engine: LocalEngine) -> None:
        await until(lambda: all(worker["alive"] for worker in engine.health()["workers"]))
        victim, other = await browse(engine), await browse(engine)
        await until(lambda: len(victim.steps) > 5 and len(other.steps) > 5)
        old = engine.health()["workers"]
        os.kill(old[0]["pid"], signal.SIGKILL)
        await until(lambda: victim.told("lost"), 1.0)
        again: list[Browser] = []
        seconds = await until_async(lambda: _open_again(engine, again), lambda: bool(again and len(again[0].steps) > 1))
        assert seconds < 2.0
        assert engine.health()["restarts"] == 1
        await asyncio.sleep(0.5)
        pauses = [later - earlier for earlier, later in zip(other.times, other.times[1:], strict=False)]
        assert max(pauses) < 0.5
        assert not other.told("lost")

    with_engine(story)


async def _open_again(engine: LocalEngine, found: list[Browser]) -> None:
    found.append(await browse(engine))


async def until_async(begin: Callable[[], Awaitable[None]], condition: Callable[[], bool]) -> float:
    start = time.monotonic()
    await begin()
    await until(condition)
    return time.monotonic() - start


def test_a_full_server_says_so_and_unknown_sessions_are_refused() -> None:
    async def story(engine: LocalEngine) -> None:
        await browse(engine)
        with pytest.raises(Full, match="1 pages"):
            await browse(engine)
        with pytest.raises(Refused, match="ended"):
            await engine.open(messages.Open(type="open", experiment="hopfield", session="s99"), Browser())

    with_engine(story, workers=1, most=1)


def test_a_second_viewer_joins_the_same_run() -> None:
    async def story(engine: LocalEngine) -> None:
        first = await browse(engine)
        await until(lambda: len(first.steps) > 2)
        session = first.texts[0]["session"]
        second = Browser()
        second.page = await engine.open(messages.Open(type="open", experiment="hopfield", session=session), second)
        second.page.send(DRAW)
        await until(lambda: len(second.steps) > 2)
        assert second.steps[0] >= first.steps[0]
        assert not second.texts[0]["controller"]

    with_engine(story)


def test_stopping_leaves_no_process_behind() -> None:
    pids: list[int] = []

    async def story(engine: LocalEngine) -> None:
        await browse(engine)
        await until(lambda: all(worker["alive"] for worker in engine.health()["workers"]))
        pids.extend(worker["pid"] for worker in engine.health()["workers"])

    with_engine(story)
    assert pids
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
