"""Pictures: what one viewer has not seen yet of a session, as one frame."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from server.grammar import BasinMap, Matrix, Points, Profile, Tiles, Tree, View
from server.runtime.history import Bookmark
from server.runtime.session import Session
from server.runtime.wire import Array, Quantised, encode, quantise


@dataclass
class Reader:
    """How much of a session one viewer has seen, and the checksum of every array it holds."""

    run: int = -1
    version: int = -1
    bookmark: Bookmark = field(default_factory=Bookmark)
    held: dict[str, int] = field(default_factory=dict)


def picture(session: Session, reader: Reader, *, speed: float, time: float) -> bytes:
    """The arrays as they are now and every scalar since this reader's last picture; moves the reader on."""
    if reader.run != session.run:
        reader.run, reader.bookmark, reader.held = session.run, Bookmark(), {}
    excerpt, reader.bookmark = session.history.since(reader.bookmark)
    channels, unchanged = _news(_channels(session), reader)
    verdict = session.experiment.verdict()
    reader.version = session.version
    header = {
        "run": session.run,
        "step": session.step,
        "state": session.state,
        "speed_measured": speed,
        "time": time,
        "verdict": verdict.model_dump(),
        "sentence": verdict.sentence(),
        "position": dict(session.experiment.position()),
        "words": dict(session.experiment.words()),
        "stride": excerpt.stride,
        "start": excerpt.start,
        "rows": excerpt.count,
        "unchanged": unchanged,
    }
    return encode(header, {"channels": channels, "series": excerpt.series})


@cache
def colour_maps(views: tuple[View, ...]) -> dict[str, bool]:
    """Channels that only colour maps draw, which have no more than 255 levels. Value: symmetric about 0?"""
    symmetric: dict[str, bool] = {}
    exact: set[str] = set()
    for view in views:
        images = _images(view)
        symmetric |= images
        exact |= set(view.channels()) - set(images)
    return {name: value for name, value in symmetric.items() if name not in exact}


def _images(view: View) -> dict[str, bool]:
    if isinstance(view, BasinMap):
        return {view.purity: False, view.tiles: False}
    if isinstance(view, Points):
        return {view.certainty: False} if view.certainty else {}
    if isinstance(view, Profile | Tree):
        return {view.tiles: False} if view.tiles else {}
    if not isinstance(view, Matrix | Tiles):
        return {}
    target = [view.target] if isinstance(view, Tiles) and view.target else []
    return dict.fromkeys([view.channel, *target], view.colours != "sequential")


def _channels(session: Session) -> dict[str, Array | Quantised]:
    """What `show` returns, and the present value of every per-step series beside it."""
    maps = colour_maps(session.kind.views)
    latest: dict[str, Array | Quantised] = {k: np.asarray(v) for k, v in session.history.latest().items()}
    channels = latest
    for name, tensor in session.experiment.show().items():
        kept = session.kept.get(name)
        if kept and kept[0] is tensor:
            channels[name] = kept[1]
            continue
        array: Array = tensor.detach().cpu().numpy()
        channels[name] = quantise(array, symmetric=maps[name]) if name in maps else array
        if name in session.kind.lasting:
            session.kept[name] = tensor, channels[name]
    return channels


def _news(channels: Mapping[str, Array | Quantised], reader: Reader) -> tuple[dict[str, Any], list[str]]:
    """Only the arrays that differ from those the reader holds, and the names of the others."""
    sums = {name: _checksum(array) for name, array in channels.items()}
    unchanged = [name for name, checksum in sums.items() if reader.held.get(name) == checksum]
    reader.held = sums
    return {name: array for name, array in channels.items() if name not in unchanged}, unchanged


def _checksum(array: Array | Quantised) -> int:
    if isinstance(array, Quantised):
        return zlib.crc32(array.codes.tobytes(), zlib.crc32(np.array([array.low, array.high]).tobytes()))
    return zlib.crc32(array.tobytes())
