"""Frame ↔ bytes, read in the browser as typed arrays without a copy.

    uint32 header length | JSON header | zero padding | arrays, each at a multiple of 8          (little-endian)

Offsets count from the start of the array area, the first multiple of 8 at or after 4 + header length.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ALIGNMENT = 8
LEVELS = 254
"""A colour map has no more steps than this; code 255 says "not finite"."""
NOT_FINITE = 255
_DTYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1"), "int32": np.dtype("<i4")}


@dataclass(frozen=True)
class Quantised:
    """An array in 255 levels: value = low + code/254·(high − low); code 255 is not finite."""

    codes: NDArray[np.uint8]
    low: float
    high: float

    def values(self) -> NDArray[np.float64]:
        """The values that the browser sees."""
        values = self.low + self.codes / LEVELS * (self.high - self.low)
        return np.where(self.codes == NOT_FINITE, np.nan, values)


def quantise(array: Array, *, symmetric: bool) -> Quantised:
    """Levels between the least and the greatest finite value; symmetric about 0 where 0 must stay exactly 0."""
    values = np.asarray(array, dtype=np.float64)
    finite = np.isfinite(values)
    least, greatest = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    if symmetric:
        greatest = max(abs(least), abs(greatest))
        least = -greatest
    span = greatest - least
    levels = np.zeros(values.shape) if span == 0 else (np.where(finite, values, least) - least) / span * LEVELS
    if span == 0 and symmetric:
        levels += LEVELS // 2
    codes = np.where(finite, np.rint(levels), NOT_FINITE).astype(np.uint8)
    return Quantised(codes, float(least), float(greatest))


def narrow(array: Array) -> Array:
    """The same numbers in one of the three dtypes that travel: float32, uint8, int32."""
    if array.dtype == np.bool_ or array.dtype == np.uint8:
        return array.astype(np.uint8, copy=False)
    if np.issubdtype(array.dtype, np.integer):
        return array.astype("<i4", copy=False)
    return array.astype("<f4", copy=False)


def encode(header: Mapping[str, Any], groups: Mapping[str, Mapping[str, Array | Quantised]]) -> bytes:
    """One frame: `header` plus, for each group ("channels", "series"), a reference to every array of the group."""
    parts: list[bytes] = []
    offset = 0
    references: dict[str, dict[str, Any]] = {}
    for group, arrays in groups.items():
        references[group] = {}
        for name, array in arrays.items():
            reference, data = _reference(array)
            references[group][name] = {**reference, "offset": offset}
            padded = data + bytes(-len(data) % ALIGNMENT)
            parts.append(padded)
            offset += len(padded)
    text = json.dumps({**header, **references}, allow_nan=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + bytes(-(4 + len(text)) % ALIGNMENT) + b"".join(parts)


def decode(frame: bytes) -> dict[str, Any]:
    """The header, with every reference of `channels` and `series` replaced by its array (for tests and tools)."""
    (length,) = struct.unpack_from("<I", frame)
    header: dict[str, Any] = json.loads(frame[4 : 4 + length])
    base = 4 + length + (-(4 + length) % ALIGNMENT)
    for group in ("channels", "series"):
        header[group] = {name: _array(frame, base, ref) for name, ref in header.get(group, {}).items()}
    return header


def _reference(array: Array | Quantised) -> tuple[dict[str, Any], bytes]:
    if isinstance(array, Quantised):
        reference, data = _reference(array.codes)
        return {**reference, "low": array.low, "high": array.high}, data
    narrowed = narrow(array)
    name = {"f": "float32", "u": "uint8", "i": "int32"}[narrowed.dtype.kind]
    return {"dtype": name, "shape": list(narrowed.shape)}, narrowed.tobytes()


def _array(frame: bytes, base: int, ref: Mapping[str, Any]) -> Array:
    count = int(np.prod(ref["shape"], dtype=np.int64))
    dtype = _DTYPES[str(ref["dtype"])]
    array: Array = np.frombuffer(frame, dtype, count, base + int(ref["offset"])).reshape(ref["shape"])
    return Quantised(array, ref["low"], ref["high"]).values() if "low" in ref else array
