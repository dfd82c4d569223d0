"""One worker process as the web process sees it: started, spoken to through a pipe, ended."""

import asyncio
import logging
import multiprocessing
import signal
import socket
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import Any

from server.grammar.errors import DownhillError, Misdeclared
from server.runtime import worker_entry
from server.runtime.engine import Sink
from server.runtime.pipe import Packet, Unpacker, pack

Ready = asyncio.Future[tuple[dict[str, Any], ...]]
log = logging.getLogger(__name__)
CHUNK = 1 << 18
PRELOAD = "server.runtime.preload"


class Worker:
    """One process, its pipe and the pages it serves. `ready` holds its experiments, or why there are none."""

    def __init__(self, device: str, pictures_per_second: float, on_end: Callable[["Worker"], None]) -> None:
        self.device, self.pictures_per_second, self._on_end = device, pictures_per_second, on_end
        self.sinks: dict[str, Sink] = {}
        self.sessions: dict[str, int] = {}
        self.ready: Ready = asyncio.get_running_loop().create_future()
        self.ready.add_done_callback(look)
        self.process: BaseProcess | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Launch the process; `ready` is set when it has its experiments."""
        ours, theirs = socket.socketpair()
        try:
            self.process = await asyncio.to_thread(self._launch, theirs)
            reader, self._writer = await asyncio.open_connection(sock=ours)
        except OSError:
            log.exception("A worker process could not be started")
            ours.close()
            self._on_end(self)
            return
        finally:
            theirs.close()
        self._reading = asyncio.create_task(self._read(reader))

    def _launch(self, pipe: socket.socket) -> BaseProcess:
        on_card = self.device.startswith("cuda")
        context = multiprocessing.get_context("spawn" if on_card else "forkserver")
        if not on_card:
            context.set_forkserver_preload([PRELOAD])
        arguments = (pipe, self.device, self.pictures_per_second)
        process: BaseProcess = context.Process(target=worker_entry.run, args=arguments, daemon=True)  # type: ignore[attr-defined]
        # Ctrl-C goes to every process of the terminal. Children inherit this mask, and so are spared while they import.
        resource_tracker.ensure_running()  # here, for it unblocks the signal
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return process

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """A packet to the process; nothing if it is dying."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack(header, payload))

    @property
    def usable(self) -> bool:
        """Whether it has its experiments, or may yet."""
        return not self.ready.done() or self.ready.exception() is None

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
            self.ready.set_exception(DownhillError("The server is stopping."))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        unpacker = Unpacker()
        try:
            while data := await reader.read(CHUNK):
                for packet in unpacker.feed(data):
                    self._receive(packet)
        except ConnectionError:
            pass  # the same as the end of the stream: the process has gone
        except Exception:
            log.exception("A worker process sent what cannot be read; it is replaced")
            self.kill()
        if self._writer is not None:
            self._writer.close()
        self._on_end(self)

    def kill(self) -> None:
        """End the process now."""
        if self.process is not None:
            self.process.kill()

    def _receive(self, packet: Packet) -> None:
        header, payload = packet
        if header["kind"] == "ready":
            self.ready.set_result(tuple(header["schemas"]))
        elif header["kind"] == "misdeclared":
            self.ready.set_exception(Misdeclared(header["sentence"]))
        elif sink := self.sinks.get(header["viewer"]):
            sink.frame(payload) if header["kind"] == "frame" else sink.text(payload.decode())


def look(ready: Ready) -> None:
    """Whoever waits gets the exception; where nobody does, asyncio need not complain of it."""
    ready.exception()


def pass_on(source: Ready, target: Ready) -> None:
    """The same result, or the same exception."""
    if target.done():
        return
    error = source.exception()
    target.set_exception(error) if error else target.set_result(source.result())


def _nothing(worker: Worker) -> None:
    """A worker that is meant to end is not replaced."""
