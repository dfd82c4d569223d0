"""Which device each worker gets, found out without importing torch into the web process."""

import os
import subprocess
import sys
from pathlib import Path

from server.grammar.errors import Refused

_COUNT = "import torch; print(torch.cuda.device_count())"


def devices(wanted: str, workers: int) -> list[str]:
    """One device name per worker. `wanted`: auto, cpu or cuda; `workers` 0: one per core (CPU) or per card (CUDA).

    Raises Refused when CUDA is wanted and there is none.
    """
    cards = cuda_cards() if wanted in ("auto", "cuda") else 0
    if wanted == "cuda" and cards == 0:
        raise Refused(
            "--device cuda: PyTorch sees no CUDA card here. Use --device cpu, or install a CUDA build of torch."
        )
    if cards:
        return [f"cuda:{index % cards}" for index in range(workers or cards)]
    return ["cpu"] * (workers or os.cpu_count() or 1)


def cuda_cards() -> int:
    """How many cards torch sees; asked of a short-lived process, and only where a driver is present."""
    if not Path("/dev/nvidiactl").exists() and not Path("/proc/driver/nvidia").exists():
        return 0
    answer = subprocess.run([sys.executable, "-c", _COUNT], capture_output=True, text=True, timeout=120, check=False)
    return int(answer.stdout) if answer.returncode == 0 and answer.stdout.strip().isdigit() else 0
