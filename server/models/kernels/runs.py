"""What a run carries from call to call, and where its loops write what each update did. N units, p patterns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.models.kernels.randomness import Words
from server.models.kernels.verbs import Floats

Integers = NDArray[np.int32]

Tuple = tuple[Any, ...]  # a Run or Record as Python hands it over: numba knows plain tuples by sight, 6 µs sooner


class Run(NamedTuple):
    """What a run carries from update to update; all of it changes in place but the patterns."""

    spins: Floats  # (N,)
    patterns: Floats  # (N, p): all patterns' bits of one unit side by side
    products: Floats  # (p,) Σ_i ξ_i s_i: whole numbers, so exact
    chosen: NDArray[np.bool_]  # (N,) room for a synchronous step's decisions
    randomness: Words  # (1,)
    sequence: Integers  # (N,) the sweep's order; past the position still to be drawn
    counters: Integers  # position in the sweep, flips since the last refresh, rows last recorded


class Record(NamedTuple):
    """Where a loop writes what each update did."""

    energies: Floats  # (n,) energy after each update
    changes: Floats  # (n,) energy after minus before; one at a time from the deciding unit's field alone
    fields: Floats  # (n,) the deciding unit's field before it decided; all at once: not written
    units: Integers  # (n,) who decided; all at once: not written
    flips: Integers  # (n,) how many changed their state
    overlaps: Floats  # (n + 1, p) at first, then after each update that flipped something
