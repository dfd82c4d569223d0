"""A worker process: one host, one pipe. Started by `local.py`; ends when the pipe closes."""

import logging
import os
import select
import signal
import socket
import time
from typing import Any

import torch

from server.grammar import messages
from server.grammar.errors import Misdeclared
from server.models.kernels import warm_up
from server.runtime.catalogue import discover, schemas
from server.runtime.host import Host, Outgoing
from server.runtime.pipe import Packet, Unpacker, pack

NICENESS = 10
LONGEST_REST = 60.0
CHUNK = 1 << 18
log = logging.getLogger(__name__)


def run(pipe: socket.socket, device: str, pictures_per_second: float) -> None:
    """The process's whole life. The web process comes first: workers run at lower priority, on one thread each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it comes to the whole group; the pipe says when to end
    os.nice(NICENESS)
    torch.set_num_threads(1)
    try:
        live(pipe, torch.device(device), pictures_per_second)
    except (BrokenPipeError, ConnectionResetError):
        log.debug("The web process has gone.")


def live(pipe: socket.socket, device: torch.device, pictures_per_second: float) -> None:
    """Say what there is, or why there is nothing; then serve."""
    try:
        catalogue = discover()
    except Misdeclared as error:
        pipe.sendall(pack({"kind": "misdeclared", "sentence": str(error)}))
        return
    warm_up()
    pipe.sendall(pack({"kind": "ready", "schemas": schemas(catalogue)}))
    serve(Host(catalogue, time.perf_counter, device=device, pictures_per_second=pictures_per_second), pipe)


def serve(host: Host, pipe: socket.socket) -> None:
    """Requests are answered between turns, until the pipe closes."""
    unpacker = Unpacker()
    while True:
        ready, _, _ = select.select([pipe], [], [], min(host.rest(), LONGEST_REST))
        if ready:
            data = pipe.recv(CHUNK)
            if not data:
                return
            for packet in unpacker.feed(data):
                send(pipe, answer(host, packet))
        send(pipe, host.turn())


def answer(host: Host, packet: Packet) -> list[Outgoing]:
    """What one packet of the web process brings about."""
    header, payload = packet
    viewer: str = header["viewer"]
    if header["kind"] == "leave":
        host.leave(viewer)
        return []
    message: Any = messages.read(payload)
    if isinstance(message, messages.Open):
        return host.open(header["session"], viewer, message)
    return host.receive(viewer, message)


def send(pipe: socket.socket, outgoing: list[Outgoing]) -> None:
    """Answers and frames, in order."""
    for one in outgoing:
        is_frame = isinstance(one.content, bytes)
        payload = one.content if isinstance(one.content, bytes) else one.content.encode()
        pipe.sendall(pack({"kind": "frame" if is_frame else "text", "viewer": one.viewer}, payload))
