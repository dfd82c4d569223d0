"""Thirty pages playing on one machine, clients included: pictures per second, and how late the event loop is.

    python -m tests.benchmarks.bench_load [pages] [seconds]

Real server, real websockets, the browser's own protocol (two draws under way). Printed, never pass or fail on time.
"""

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field

import websockets

PAGES = ("hopfield", "rbm", "batchnorm")
DRAW = json.dumps({"type": "draw"})


@dataclass
class Page:
    """What one client saw."""

    name: str
    pictures: int = 0
    bytes: int = 0
    steps: int = 0
    gaps: list[float] = field(default_factory=list)


async def browse(port: int, page: Page, begin: asyncio.Event, end: asyncio.Event) -> None:
    """Open a page and draw as a browser does."""
    address = f"ws://127.0.0.1:{port}/socket"
    async with websockets.connect(address, max_size=None, compression=None) as link:
        await link.send(json.dumps({"type": "open", "experiment": page.name, "link": {}, "session": ""}))
        await link.recv()
        await link.send(DRAW)
        await link.send(DRAW)
        last = 0.0
        while not end.is_set():
            frame = await link.recv()
            if isinstance(frame, str):
                continue
            await link.send(DRAW)
            now = time.perf_counter()
            if begin.is_set():
                page.pictures += 1
                page.bytes += len(frame)
                page.gaps += [now - last] if last else []
            last = now


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_server(port: int, *options: str) -> subprocess.Popen[bytes]:
    """The real server, ready to serve."""
    server = subprocess.Popen(
        [sys.executable, "-m", "server", "--port", str(port), *options], stdout=subprocess.DEVNULL
    )
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return server
    server.kill()
    raise RuntimeError("The server did not become ready within 30 s.")


def lateness(port: int) -> dict[str, float]:
    """The web process's own measure of its event loop."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        health: dict[str, float] = json.load(answer)["loop_late_ms"]
        return health


async def load(port: int, count: int, seconds: float) -> list[Page]:
    """`count` pages for so many seconds, after two seconds of warming up."""
    begin, end = asyncio.Event(), asyncio.Event()
    pages = [Page(PAGES[index % len(PAGES)]) for index in range(count)]
    tasks = [asyncio.create_task(browse(port, page, begin, end)) for page in pages]
    await asyncio.sleep(2.0)
    begin.set()
    await asyncio.sleep(seconds)
    end.set()
    await asyncio.wait(tasks, timeout=5.0)
    return pages


def report(pages: list[Page], seconds: float, late: dict[str, float]) -> None:
    """Per kind of page, then the loop."""
    print(f"{len(pages)} pages playing for {seconds:g} s, clients on the same machine")
    for name in PAGES:
        kind = [page for page in pages if page.name == name]
        rates = [page.pictures / seconds for page in kind]
        size = sum(page.bytes for page in kind) / max(1, sum(page.pictures for page in kind))
        gaps = sorted(gap for page in kind for gap in page.gaps)
        print(
            f"  {name:10s} {len(kind):3d} pages: {min(rates):5.1f} to {max(rates):5.1f} pictures/s each "
            f"(median {statistics.median(rates):.1f}), {size / 1024:.1f} KiB a picture, "
            f"p95 gap {1000 * gaps[int(0.95 * len(gaps))]:.0f} ms"
        )
    print(f"  event loop late: p50 {late['p50']:.2f} ms, p99 {late['p99']:.2f} ms, most {late['most']:.2f} ms")


def main() -> None:
    """Start, load, report, stop."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    port = free_port()
    server = start_server(port)
    try:
        pages = asyncio.run(load(port, count, seconds))
        report(pages, seconds, lateness(port))
    finally:
        server.terminate()
        server.wait(10)


def test_thirty_pages() -> None:
    """So that `make bench` runs it with the others."""
    sys.argv = sys.argv[:1]
    main()


if __name__ == "__main__":
    main()
