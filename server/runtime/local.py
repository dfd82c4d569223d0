"""Sessions in worker processes on this machine: one per core at lower priority, or one per graphics card.

The web process steps nothing. A worker that dies is replaced at once and its pages are told; they open new sessions
from their links by themselves.
"""

import asyncio
import itertools
import os
from typing import Any

from server.grammar import messages
from server.grammar.errors import Full, Misdeclared, Refused
from server.runtime.engine import Sink, unknown
from server.runtime.process import Ready, Worker, look, pass_on

MOST_QUICK_DEATHS = 3
LOST = messages.Lost(sentence="The process that ran this page has died; the page starts it again.").model_dump_json()


class Page:
    """An open page: a viewer of a session on one worker. It takes its place at once, before the worker is ready."""

    def __init__(self, worker: Worker, session: str, name: str, sink: Sink) -> None:
        self._worker, self._session, self._name, self._sink = worker, session, name, sink
        self._closed = False
        worker.sessions[session] = worker.sessions.get(session, 0) + 1

    def open(self, message: messages.Open) -> None:
        """Ask the worker for the session, or for another view of it."""
        self._worker.sinks[self._name] = self._sink
        header = {"kind": "message", "viewer": self._name, "session": self._session}
        self._worker.send(header, message.model_dump_json().encode())

    def send(self, message: messages.Command | messages.Draw) -> None:
        """Pass a checked message on."""
        self._worker.send({"kind": "message", "viewer": self._name}, message.model_dump_json().encode())

    def close(self) -> None:
        """The page has gone; its session ends with its last viewer. Closing twice is the same as once."""
        if self._closed:
            return
        self._closed = True
        if self._worker.sinks.pop(self._name, None) is not None:
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
        self._stopping = False
        self._known: Ready

    async def start(self) -> None:
        """Begin starting the workers; returns at once."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._known = asyncio.get_running_loop().create_future()
        self._known.add_done_callback(look)
        self._workers = [self._hire(device) for device in self._devices]

    async def stop(self) -> None:
        """End the workers."""
        self._stopping = True
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def catalogue(self) -> tuple[dict[str, Any], ...]:
        """The experiments' schemas, from the first worker that was ready. Raises Misdeclared."""
        return await asyncio.shield(self._known)

    async def open(self, message: messages.Open, sink: Sink) -> Page:
        """A new session on the worker with the fewest, or another view of one. Raises Refused, Full."""
        known = [schema["name"] for schema in await self.catalogue()]
        if message.experiment not in known:
            raise Refused(unknown(message.experiment, known))
        while True:
            worker, session = self._place(message)
            page = Page(worker, session, f"v{next(self._names)}", sink)
            try:
                await asyncio.shield(worker.ready)
            except BaseException:
                page.close()
                raise
            if worker in self._workers:  # else it died meanwhile, and another one has its place
                page.open(message)
                return page

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
        sessions = sum(len(worker.sessions) for worker in self._workers)
        return {
            "ready": any(worker.ready.done() and worker.usable for worker in self._workers),
            "workers": workers,
            "sessions": sessions,
            "restarts": self._restarts,
        }

    def _place(self, message: messages.Open) -> tuple[Worker, str]:
        if message.session:
            for worker in self._workers:
                if message.session in worker.sessions:
                    return worker, message.session
            raise Refused("That run has ended.")
        if sum(len(worker.sessions) for worker in self._workers) >= self._most:
            raise Full(f"The server runs {self._most} pages at a time and all are taken. Try again in a minute.")
        usable = [worker for worker in self._workers if worker.usable]
        if not usable:
            raise Full("No process of the server is left to run this page; the server must be started again.")
        worker = min(usable, key=lambda one: len(one.sessions))
        return worker, f"s{next(self._names)}"

    def _hire(self, device: str) -> Worker:
        worker = Worker(device, self._pictures, self._replace)
        worker.ready.add_done_callback(self._learn)
        task = asyncio.create_task(worker.start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return worker

    def _learn(self, ready: Ready) -> None:
        """The experiments are known when one worker has them, or when none can have them."""
        if ready.exception() is None or not any(worker.usable for worker in self._workers):
            pass_on(ready, self._known)

    def _replace(self, dead: Worker) -> None:
        """A new worker in the dead one's place, then its pages are told. After a few that died before they were ready
        the place stays empty: whoever waits for it gets the reason, and the other workers go on."""
        if self._stopping or not dead.usable:
            return
        was_ready = dead.ready.done()
        self._quick_deaths = 0 if was_ready else self._quick_deaths + 1
        if self._quick_deaths >= MOST_QUICK_DEATHS:
            dead.ready.set_exception(Misdeclared("The worker processes die while starting; see the log above."))
            return
        self._restarts += 1
        fresh = self._hire(dead.device)
        self._workers[self._workers.index(dead)] = fresh
        if not was_ready:
            fresh.ready.add_done_callback(lambda done: pass_on(done, dead.ready))
        sinks = list(dead.sinks.values())
        dead.sinks.clear()
        for sink in sinks:
            sink.text(LOST)
