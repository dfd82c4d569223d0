"""The real server as a process, and a line to it that can be frozen and cut."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

from server.experiments.experiment import Experiment
from server.grammar import actions_of
from server.runtime.catalogue import discover

ROOT = Path(__file__).parents[2]


def _kinds(experiment: type[Experiment]) -> set[str]:
    """What the browser has to do for a page: its views and their styles, its kinds of control, buttons and arms."""
    views = {f"{view.kind} {getattr(view, 'style', '')} {getattr(view, 'scale', '')}" for view in experiment.views}
    controls = {control["kind"] for control in experiment.Controls.controls()}
    return views | controls | {f"arms: {bool(experiment.arms)}", f"buttons: {bool(actions_of(experiment))}"}


def _first_of_their_kind(catalogue: dict[str, type[Experiment]]) -> frozenset[str]:
    """Pages that have something which no page before them has."""
    seen: set[str] = set()
    chosen = []
    for name, experiment in catalogue.items():
        if not _kinds(experiment) <= seen:
            chosen.append(name)
        seen |= _kinds(experiment)
    return frozenset(chosen)


EXPERIMENTS = tuple(discover())
FIRST_OF_THEIR_KIND = _first_of_their_kind(discover())
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing that needs a display, a graphics card or the network; no sandbox, since tests run as root in containers.
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


class Server:
    """`python -m server` on a free port, ready to open pages."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "server", "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            until(lambda: self.health()["ready"], "the server is ready", seconds=90)
        except BaseException:
            self.stop()
            raise

    def health(self) -> dict[str, Any]:
        """What /health says; `ready` is false before it listens."""
        try:
            return dict(self.ask("/health"))
        except OSError:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with status {self.process.returncode}.") from None
            return {"ready": False}

    def ask(self, path: str) -> Any:
        """An address's JSON."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)

    def quiet(self) -> None:
        """Wait until no session is open."""
        until(lambda: self.health()["sessions"] == 0, "all sessions are closed")

    def stop(self) -> None:
        """End it, politely first."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(*options)
    try:
        yield server
    finally:
        server.stop()


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium where there is one (see .ci/browser), else Playwright's own."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=list(FLAGS))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Any, what: str, seconds: float = 30.0) -> None:
    """Wait for a condition. Raises AssertionError when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain until {what}"
        time.sleep(0.05)


class Line:
    """A TCP line to a port. `freeze` lets no byte through; `cut` ends what is open and turns newcomers away."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.flowing, self.whole = threading.Event(), True
        self.flowing.set()
        self.ends: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        """Both sides stay connected and hear nothing."""
        self.flowing.clear()

    def cut(self) -> None:
        """Both sides are disconnected."""
        self.whole = False
        self._drop()

    def restore(self) -> None:
        """As it was at first."""
        self.whole = True
        self.flowing.set()

    def close(self) -> None:
        """For good."""
        self.whole = False
        self.flowing.set()
        self.listener.close()
        self._drop()

    def _drop(self) -> None:
        for end in self.ends:
            # shutdown wakes the thread that reads it; close alone would not.
            with suppress(OSError):  # the other side may have been quicker
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.whole:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                self.flowing.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            return
