"""Imported once by the fork server, so that a new worker is ready in a fraction of a second.

Nothing here may touch CUDA (a forked CUDA context is broken) or start a thread.
"""

import signal

import torch

import server.runtime.worker
from server.models.kernels import warm_up

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process, which ends the others
torch.set_num_threads(1)
warm_up()
__all__ = ["server"]
