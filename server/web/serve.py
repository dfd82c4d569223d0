"""From settings to a listening server: the socket is bound here, so that a busy port is a sentence."""

import signal
import socket
import sys
import threading
import webbrowser
from types import FrameType

import uvicorn

from server.grammar.errors import DownhillError
from server.runtime.devices import devices
from server.runtime.local import LocalEngine
from server.web.app import create_app
from server.web.settings import Settings


def serve(settings: Settings) -> int:
    """Serve until told to stop; returns the exit status."""
    try:
        wanted = devices(settings.device, settings.workers)
        listener = listen(settings)
    except (DownhillError, OSError) as error:
        print(f"downhill: {_sentence(error, settings)}", file=sys.stderr)
        return 1
    engine = LocalEngine(wanted, most_sessions=settings.sessions, pictures_per_second=settings.pictures_per_second)
    address = f"http://{_shown_host(settings.host)}:{listener.getsockname()[1]}"
    app = create_app(settings, engine)
    server = uvicorn.Server(configuration(app, settings))
    print(f"Downhill is at {address}  ({len(wanted)} × {wanted[0].split(':')[0]}; Ctrl-C stops it)", flush=True)
    if settings.open:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, _has_stopped)
    server.run(sockets=[listener])
    failure = app.state.failure
    if failure:
        print(f"downhill: {failure}", file=sys.stderr)
    return 1 if failure else 0


def _has_stopped(number: int, frame: FrameType | None) -> None:
    """Uvicorn raises the signal that stopped it once more when all is closed; by then it has been obeyed."""


def configuration(app: object, settings: Settings) -> uvicorn.Config:
    """Uvicorn, without per-message deflate: it made the event loop 15 times later (PERFORMANCE.md)."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application; uvicorn's own union of types is narrower
        log_level=settings.log_level,
        access_log=False,
        ws_max_size=settings.largest_message,
        ws_max_queue=8,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )


def listen(settings: Settings) -> socket.socket:
    """A bound socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=256)


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _sentence(error: Exception, settings: Settings) -> str:
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).split(" (")[0]
        return f"cannot listen on {settings.host}:{settings.port}: {reason}. Choose another with --port."
    return str(error)
