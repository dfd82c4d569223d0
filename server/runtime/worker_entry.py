"""Where a worker process begins; imported by the web process too, so it must not import torch."""

import socket


def run(pipe: socket.socket, device: str, pictures_per_second: float) -> None:
    """Import the worker (torch and all) only in the worker's own process."""
    from server.runtime import worker

    worker.run(pipe, device, pictures_per_second)
