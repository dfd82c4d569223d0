"""An engine without processes, an experiment without a model, and a real server around them."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import uvicorn

from server.experiments.experiment import Experiment
from server.grammar import Curves, Formula, Hill, Line, Parameters, Tiles, action, choice, slider, toggle
from server.grammar.errors import Full, Misdeclared, Refused
from server.grammar.messages import Act, Command, Draw, Open, RefusedMessage, Set
from server.runtime.catalogue import schema
from server.runtime.engine import Sink
from server.web.app import create_app
from server.web.serve import configuration, listen
from server.web.settings import Settings

FRAME = bytes(4096)


class Slope(Experiment):
    """A ball on a slope.

    It rolls & *rolls* <on>, 2 * 3 * 4 times.
    """

    name, title, section, order = "slope", "A “slope” <b>", "2 Ho & hum", 1
    claim, summary, source = (
        "It rolls </script><script>alert(1)</script> down.",
        "A ball & a slope.",
        "Lecture; own words",
    )
    pinned = "steepness"
    arms = ("left", "right")
    hill = Hill(lines=(Line(channel="height"),), title="Height", caption="It **falls** to {height:1}.")
    formulas = (Formula(latex=r"h = \theta t^2", value="height", before="ball {unit}"),)
    views = (
        Tiles(title="Ball", caption="{wrong} cells **glow** <now>.", channel="ball", weight=3),
        Curves(title="Path", caption="Downwards.", detail="Detail.", lines=(Line(channel="height"),), weight=2),
        Curves(title="More", caption="Below.", lines=(Line(channel="height"),)),
    )
    presets = {"Flat": {}, "Steep & icy": {"steepness": 2.0}}

    class Controls(Parameters):
        """One control of each kind."""

        steepness: float = slider(1.0, -2, 2, label="steepness", help='How "steep".', symbol=r"\theta", unit="m")
        ground: Literal["ice", "sand"] = choice("ice", label="ground", help="What it rolls on.", applies="live")
        wind: bool = toggle(False, label="wind", help="Whether it blows.")

    @action("", help="Draw on the ball.")
    def paint(self) -> None:
        """Only declared too."""

    @action("Push", help="Push the ball.")
    def push(self) -> None:
        """Only declared: the fake engine runs nothing."""


_SLOPE = schema(Slope)  # type: ignore[type-abstract]  # only declared: nothing here runs it
SCHEMAS = (_SLOPE, {**_SLOPE, "name": "again", "title": "Again", "arms": None, "order": 2})


class FakeViewer:
    """Answers every `draw` with a picture, and refuses what the experiment does not have."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.received: list[Command | Draw] = []
        self.closed = False

    def send(self, message: Command | Draw) -> None:
        self.received.append(message)
        if isinstance(message, Draw):
            self.sink.frame(FRAME)
        elif isinstance(message, Set) and message.parameter not in Slope.Controls.model_fields:
            self.sink.text(RefusedMessage(sentence="There is no such parameter.").model_dump_json())
        elif isinstance(message, Act) and message.action == "fault":
            raise RuntimeError("a fault of the engine")
        elif isinstance(message, Act) and message.action == "pour":
            for _ in range(1000):
                self.sink.text(" " * 10_000)

    def close(self) -> None:
        self.closed = True


class FakeEngine:
    """See `server.runtime.engine.Engine`."""

    def __init__(self, *, ready: bool = True, full: bool = False, misdeclared: str = "") -> None:
        self.ready, self.full, self.misdeclared = ready, full, misdeclared
        self.running = False
        self.viewers: list[FakeViewer] = []

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False

    async def catalogue(self) -> tuple[dict[str, Any], ...]:
        if self.misdeclared:
            raise Misdeclared(self.misdeclared)
        return SCHEMAS

    async def open(self, message: Open, sink: Sink) -> FakeViewer:
        if self.full:
            raise Full("All places are taken. Try again in a minute.")
        if message.experiment not in {known["name"] for known in SCHEMAS}:
            raise Refused(f"There is no experiment “{message.experiment}”; there are: slope, again.")
        viewer = FakeViewer(sink)
        self.viewers.append(viewer)
        sink.text(json.dumps({"type": "changed"}))
        return viewer

    def health(self) -> dict[str, Any]:
        return {"ready": self.ready, "workers": [], "sessions": len(self.viewers), "restarts": 0}


@contextmanager
def running(engine: FakeEngine, **settings: Any) -> Iterator[str]:
    """A real server on a free port, in a thread of its own; yields host:port."""
    chosen = Settings(port=0, log_level="error", **settings)
    listener = listen(chosen)
    server = uvicorn.Server(configuration(create_app(chosen, engine), chosen))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listener]),))
    thread.start()
    try:
        until(lambda: server.started)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10.0)
        listener.close()


@contextmanager
def browsing(engine: FakeEngine, **settings: Any) -> Iterator[httpx.Client]:
    """A client of such a server."""
    with running(engine, **settings) as host, httpx.Client(base_url=f"http://{host}", timeout=10.0) as client:
        yield client


def until(condition: Any, seconds: float = 5.0) -> None:
    """Wait for something another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.005)
