"""What the web asks of whoever runs the sessions. `local.py`: worker processes on this machine."""

from collections.abc import Iterable
from typing import Any, Protocol

from server.grammar.messages import Command, Draw, Open


class Sink(Protocol):
    """One socket, as the engine sees it. Called on the event loop; must not block."""

    def text(self, answer: str) -> None:
        """A JSON answer."""

    def frame(self, data: bytes) -> None:
        """A picture; at most two are under way."""


class Viewer(Protocol):
    """One open page."""

    def send(self, message: Command | Draw) -> None:
        """Pass a checked message on."""

    def close(self) -> None:
        """The page has gone."""


class Engine(Protocol):
    """Runs sessions somewhere."""

    async def start(self) -> None:
        """Begin starting the workers; returns at once."""

    async def stop(self) -> None:
        """End the workers."""

    async def catalogue(self) -> tuple[dict[str, Any], ...]:
        """The experiments' schemas in lecture order. Raises Misdeclared."""

    async def open(self, message: Open, sink: Sink) -> Viewer:
        """A new session, or another view of one. Raises Refused, Full."""

    def health(self) -> dict[str, Any]:
        """{"ready", "workers": [{"pid", "sessions", "alive"}], "sessions", "restarts"}."""


def unknown(name: str, known: Iterable[str]) -> str:
    """The sentence for whoever asks for an experiment that there is not."""
    return f"There is no experiment “{name[:40]}”; there are: {', '.join(known)}."
