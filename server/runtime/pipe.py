"""Packets between the web process and a worker: uint32 length | uint32 header length | JSON header | payload."""

import json
import struct
from collections.abc import Iterator
from typing import Any

Packet = tuple[dict[str, Any], bytes]
_LENGTHS = struct.Struct("<II")


def pack(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """One packet as bytes."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(text) + len(payload), len(text)) + text + payload


class Unpacker:
    """Whole packets out of a stream of bytes cut anywhere."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Every packet that is complete now."""
        self._buffer += data
        while len(self._buffer) >= _LENGTHS.size:
            length, text = _LENGTHS.unpack_from(self._buffer)
            end = _LENGTHS.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTHS.size : end])
            del self._buffer[:end]
            yield json.loads(body[:text]), body[text:]
