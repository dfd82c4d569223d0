"""Every scalar of every step, thinned when long, never wrong at its extremes nor at its ends.

At most `capacity` rows are kept. While every step fits, row i is step i+1. When the rows are full the stride doubles:
rows then come in pairs, the least and the greatest value among 2·stride steps in the order in which they occurred, so
that no spike is ever lost. Thinning does not depend on who watches, nor on how the steps were split into calls: viewers
at 5 and at 60 pictures per second collect the same curve.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
CAPACITY = 1792
"""So many rows of the page with most series, and its pictures, still fit in a frame of 256 KiB."""


@dataclass(frozen=True)
class Excerpt:
    """Rows `start … start+count−1` of every series; the reader drops what it had from `start` on."""

    stride: int
    start: int
    count: int
    series: dict[str, Rows]


@dataclass(frozen=True)
class Bookmark:
    """Up to where a viewer has read: its stride, and how many rows are final."""

    stride: int = 0
    rows: int = 0


class History:
    """Columns of a common table: shape (capacity, width) per series; a scalar's width is 1 and is read as (rows,)."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        if capacity % 4:
            raise ValueError(f"The capacity must be a multiple of 4, not {capacity}.")
        self.capacity = capacity
        self.stride = 1
        self.steps = 0
        self._complete = 0
        self._filled = 0
        self._columns: dict[str, Rows] = {}
        self._scalar: dict[str, bool] = {}
        self._latest: dict[str, Rows] = {}

    def append(self, series: Mapping[str, NDArray[np.floating]]) -> None:
        """Add steps: arrays of shape (steps,) or (steps, k), the same names and widths every time."""
        blocks = {name: np.asarray(array, dtype=np.float32) for name, array in series.items()}
        steps = self._check(blocks)
        if steps == 0:
            return
        self._latest = {name: block[-1] for name, block in blocks.items()}
        wide = {name: block.reshape(steps, -1) for name, block in blocks.items()}
        done = 0
        while done < steps:
            done += self._take(wide, done, steps)
        self.steps += steps

    def latest(self) -> dict[str, Rows]:
        """The present value of every series: shape () or (k,)."""
        return self._latest

    def since(self, bookmark: Bookmark) -> tuple[Excerpt, Bookmark]:
        """What a viewer has not read yet, and its new bookmark. After a change of stride: everything again."""
        start = bookmark.rows if bookmark.stride == self.stride else 0
        count = self._complete + (2 if self._filled else 0) - start
        rows = {name: self._rows(name, start, start + count) for name in self._columns}
        return Excerpt(self.stride, start, count, rows), Bookmark(self.stride, self._complete)

    def _rows(self, name: str, start: int, stop: int) -> Rows:
        rows = self._columns[name][start:stop]
        return rows[:, 0] if self._scalar[name] else rows

    def _check(self, blocks: Mapping[str, Rows]) -> int:
        lengths = {len(block) for block in blocks.values()}
        if len(lengths) != 1:
            raise ValueError(f"All series of one call must have the same number of steps, not {sorted(lengths)}.")
        if not self._columns:
            self._scalar = {name: block.ndim == 1 for name, block in blocks.items()}
            widths = {name: 1 if block.ndim == 1 else block.shape[1] for name, block in blocks.items()}
            self._columns = {name: np.empty((self.capacity, width), np.float32) for name, width in widths.items()}
        if set(blocks) != set(self._columns):
            raise ValueError(f"A run's series are {sorted(self._columns)}; this call brought {sorted(blocks)}.")
        return lengths.pop()

    def _take(self, blocks: Mapping[str, Rows], done: int, steps: int) -> int:
        """Store some of the steps from `done` on, and say how many."""
        width = 1 if self.stride == 1 else 2 * self.stride
        rows_each = 1 if self.stride == 1 else 2
        whole = min((steps - done) // width, (self.capacity - self._complete) // rows_each)
        if self._filled == 0 and whole:
            taken = whole * width
            for name, block in blocks.items():
                fresh = block[done : done + taken]
                rows = fresh if width == 1 else extremes(fresh.reshape(whole, width, -1)).reshape(2 * whole, -1)
                self._columns[name][self._complete : self._complete + len(rows)] = rows
            self._complete += whole * rows_each
        else:
            taken = min(width - self._filled, steps - done)
            here = slice(self._complete, self._complete + 2)
            for name, block in blocks.items():
                column, fresh = self._columns[name], block[done : done + taken]
                known = np.concatenate([column[here], fresh]) if self._filled else fresh
                column[here] = extremes(known[None])[0]
            self._filled = (self._filled + taken) % width
            self._complete += 0 if self._filled else 2
        if self._complete == self.capacity:
            self._thin()
        return taken

    def _thin(self) -> None:
        quads = self.capacity // 4
        for column in self._columns.values():
            column[: 2 * quads] = extremes(column.reshape(quads, 4, -1)).reshape(2 * quads, -1)
        self._complete //= 2
        self.stride *= 2


def extremes(blocks: Rows) -> Rows:
    """(n, width, k) → (n, 2, k): least and greatest of each block, in order of occurrence (NaN wins, as an event)."""
    least, greatest = blocks.argmin(axis=1), blocks.argmax(axis=1)
    first, second = np.minimum(least, greatest), np.maximum(least, greatest)
    places = np.stack([first, second], axis=1)
    return np.take_along_axis(blocks, places, axis=1)
