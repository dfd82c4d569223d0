"""Imported once by the fork server, so that a new worker is ready in a fraction of a second.

Nothing here may touch CUDA (a forked CUDA context is broken) or start a thread.
"""

import torch

import server.runtime.worker
from server.models.kernels import warm_up

torch.set_num_threads(1)
warm_up()
__all__ = ["server"]
