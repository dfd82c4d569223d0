"""What runs measured, one line for each page: `python -m tests.experiments.fingerprint STEPS LINK`."""

import hashlib
import json
import sys
from collections.abc import Mapping

import torch

from server.experiments.experiment import Experiment
from server.runtime.catalogue import discover
from server.runtime.history import Bookmark
from server.runtime.session import Session
from server.runtime.start import start_of


def fingerprint(kind: type[Experiment], link: Mapping[str, str], steps: int) -> str:
    """A digest of every scalar of every step."""
    start, _ = start_of(kind, link)
    session = Session(kind, start)
    session.advance(steps)
    excerpt, _ = session.history.since(Bookmark())
    digest = hashlib.sha256(f"{session.step} {session.state}".encode())
    for name in sorted(excerpt.series):
        digest.update(name.encode() + excerpt.series[name].tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    torch.set_num_threads(1)  # as worker processes do: how a sum is split decides its last bit
    for name, kind in discover().items():
        print(name, fingerprint(kind, json.loads(sys.argv[2]), int(sys.argv[1])))
