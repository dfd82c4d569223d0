"""Sessions in worker processes on this machine: one per core at lower priority, or one per graphics card.

The web process steps nothing. A worker that dies is replaced at once and its pages are told; they open new sessions
from their links by themselves.
"""

import asyncio
import itertools
import multiprocessing
import os
import socket
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from server.grammar import messages
from server.grammar.errors import Full, Misdeclared, Refused
from server.runtime import worker_entry
from server.runtime.engine import Sink
from server.runtime.pipe import Packet, Unpacker, pack

CHUNK = 1 << 18
MOST_QUICK_DEATHS = 3
LOST = messages.Lost(sentence="The process that ran this page has died; the page starts it again.").model_dump_json()


class Worker:
    """One process, its pipe and the pages it serves."""

    def __init__(self, device: str, pictures_per_second: float, on_end: Callable[["Worker"], None]) -> None:
        self.device, self.pictures_per_second, self._on_end = device, pictures_per_second, on_end
        self.sinks: dict[str, Sink] = {}
        self.sessions: dict[str, int] = {}
        self.ready: asyncio.Future[tuple[dict[str, Any], ...]] = asyncio.get_running_loop().create_future()
        self.process: BaseProcess | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Launch the process; `ready` is set when it has its experiments."""
        ours, theirs = socket.socketpair()
        on_card = self.device.startswith("cuda")
        context = multiprocessing.get_context("spawn" if on_card else "forkserver")
        if not on_card:
            context.set_forkserver_preload([PRELOAD])
        arguments = (theirs, self.device, self.pictures_per_second)
        self.process = context.Process(target=worker_entry.run, args=arguments, daemon=True)  # type: ignore[attr-defined]
        await asyncio.to_thread(self.process.start)
        theirs.close()
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._reading = asyncio.create_task(self._read(reader))

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """A packet to the process; nothing if it is dying."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack(header, payload))

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.is_alive()

    async def stop(self) -> None:
        """Close the pipe (the process ends by itself) and wait for it."""
        self._on_end = _nothing
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self.process is not None:
            await asyncio.to_thread(self.process.join, 1.0)
            if self.process.is_alive():
                self.process.kill()
                await asyncio.to_thread(self.process.join, 1.0)
        if not self.ready.done():
            self.ready.cancel()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        unpacker = Unpacker()
        try:
            while data := await reader.read(CHUNK):
                for packet in unpacker.feed(data):
                    self._receive(packet)
        except ConnectionError:
            pass  # the same as the end of the stream: the process has gone
        if self._writer is not None:
            self._writer.close()
        self._on_end(self)

    def _receive(self, packet: Packet) -> None:
        header, payload = packet
        if header["kind"] == "ready":
            self.ready.set_result(tuple(header["schemas"]))
        elif header["kind"] == "misdeclared":
            self.ready.set_exception(Misdeclared(header["sentence"]))
        elif sink := self.sinks.get(header["viewer"]):
            sink.frame(payload) if header["kind"] == "frame" else sink.text(payload.decode())


class Page:
    """An open page: a viewer of a session on one worker."""

    def __init__(self, worker: Worker, session: str, name: str) -> None:
        self._worker, self._session, self._name = worker, session, name

    def send(self, message: messages.Command | messages.Draw) -> None:
        """Pass a checked message on."""
        self._worker.send({"kind": "message", "viewer": self._name}, message.model_dump_json().encode())

    def close(self) -> None:
        """The page has gone; its session ends with its last viewer."""
        if self._worker.sinks.pop(self._name, None) is None:
            return
        self._worker.send({"kind": "leave", "viewer": self._name})
        self._worker.sessions[self._session] -= 1
        if self._worker.sessions[self._session] == 0:
            del self._worker.sessions[self._session]


class LocalEngine:
    """See `engine.Engine`. `devices` names one device per worker."""

    def __init__(self, devices: list[str], *, most_sessions: int, pictures_per_second: float) -> None:
        self._devices, self._most, self._pictures = devices, most_sessions, pictures_per_second
        self._workers: list[Worker] = []
        self._names = itertools.count(1)
        self._restarts = 0
        self._quick_deaths = 0
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin starting the workers; returns at once."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._workers = [self._hire(device) for device in self._devices]

    async def stop(self) -> None:
        """End the workers."""
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def catalogue(self) -> tuple[dict[str, Any], ...]:
        """The experiments' schemas, from the first worker that is ready. Raises Misdeclared."""
        return await asyncio.shield(self._workers[0].ready)

    async def open(self, message: messages.Open, sink: Sink) -> Page:
        """A new session on the worker with the fewest, or another view of one. Raises Refused, Full."""
        worker, session = self._place(message)
        await asyncio.shield(worker.ready)
        name = f"v{next(self._names)}"
        worker.sinks[name] = sink
        worker.sessions[session] = worker.sessions.get(session, 0) + 1
        header = {"kind": "message", "viewer": name, "session": session}
        worker.send(header, message.model_dump_json().encode())
        return Page(worker, session, name)

    def health(self) -> dict[str, Any]:
        """How the workers are."""
        workers = [
            {
                "pid": w.process.pid if w.process else None,
                "sessions": len(w.sessions),
                "alive": w.alive,
                "device": w.device,
            }
            for w in self._workers
        ]
        ready = any(w.ready.done() and not w.ready.cancelled() and w.ready.exception() is None for w in self._workers)
        sessions = sum(len(worker.sessions) for worker in self._workers)
        return {"ready": ready, "workers": workers, "sessions": sessions, "restarts": self._restarts}

    def _place(self, message: messages.Open) -> tuple[Worker, str]:
        if message.session:
            for worker in self._workers:
                if message.session in worker.sessions:
                    return worker, message.session
            raise Refused("That run has ended.")
        if sum(len(worker.sessions) for worker in self._workers) >= self._most:
            raise Full(f"The server runs {self._most} pages at a time and all are taken. Try again in a minute.")
        worker = min(self._workers, key=lambda one: len(one.sessions))
        return worker, f"s{next(self._names)}"

    def _hire(self, device: str) -> Worker:
        worker = Worker(device, self._pictures, self._replace)
        task = asyncio.create_task(worker.start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return worker

    def _replace(self, dead: Worker) -> None:
        """A new worker in the dead one's place, then its pages are told. One that dies before it was ready stays dead
        after a few tries: whoever waits for it gets the reason."""
        was_ready = dead.ready.done()
        if was_ready and dead.ready.exception() is not None:
            return
        self._quick_deaths = 0 if was_ready else self._quick_deaths + 1
        if self._quick_deaths >= MOST_QUICK_DEATHS:
            dead.ready.set_exception(Misdeclared("The worker processes die while starting; see the log above."))
            return
        self._restarts += 1
        fresh = self._hire(dead.device)
        self._workers[self._workers.index(dead)] = fresh
        if not was_ready:
            fresh.ready.add_done_callback(lambda done: _pass_on(done, dead.ready))
        for sink in dead.sinks.values():
            sink.text(LOST)
        dead.sinks.clear()


PRELOAD = "server.runtime.preload"


def _pass_on(source: asyncio.Future[Any], target: asyncio.Future[Any]) -> None:
    if source.cancelled() or target.done():
        return
    error = source.exception()
    target.set_exception(error) if error else target.set_result(source.result())


def _nothing(worker: Worker) -> None:
    """A worker that is meant to end is not replaced."""
