"""Whoever watches, and however the steps were cut, the curve is the same and its extremes are true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.runtime.history import Bookmark, History

values = st.floats(-1e6, 1e6, width=32)


class Collector:
    """What a browser does: truncate to `start`, append."""

    def __init__(self) -> None:
        self.bookmark = Bookmark()
        self.rows: list[float] = []

    def read(self, history: History) -> None:
        excerpt, self.bookmark = history.since(self.bookmark)
        self.rows = self.rows[: excerpt.start] + excerpt.series["x"].tolist()


@given(st.lists(values, min_size=1, max_size=3000), st.integers(1, 97), st.integers(1, 40), st.integers(1, 5))
def test_slow_and_fast_viewers_collect_the_same_curve(
    walk: list[float], call: int, slow_every: int, fast_every: int
) -> None:
    history, slow, fast = History(64), Collector(), Collector()
    for index, start in enumerate(range(0, len(walk), call)):
        history.append({"x": np.array(walk[start : start + call], dtype=np.float32)})
        if index % slow_every == 0:
            slow.read(history)
        if index % fast_every == 0:
            fast.read(history)
    slow.read(history)
    fast.read(history)
    whole = History(64)
    whole.append({"x": np.array(walk, dtype=np.float32)})
    once = Collector()
    once.read(whole)
    assert slow.rows == fast.rows == once.rows


@given(st.lists(values, min_size=1, max_size=3000))
def test_extremes_and_ends_are_never_lost(walk: list[float]) -> None:
    history, collector = History(64), Collector()
    history.append({"x": np.array(walk, dtype=np.float32)})
    collector.read(history)
    assert max(collector.rows) == max(walk)
    assert min(collector.rows) == min(walk)
    assert float(history.latest()["x"]) == walk[-1]
    assert len(collector.rows) <= 64


def test_every_pair_holds_the_extremes_of_its_own_steps_in_order() -> None:
    walk = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    history = History(64)
    history.append({"x": walk})
    excerpt, _ = history.since(Bookmark())
    width = 2 * excerpt.stride
    for pair in range(excerpt.count // 2):
        steps = walk[pair * width : (pair + 1) * width]
        low, high = int(steps.argmin()), int(steps.argmax())
        expected = [steps[min(low, high)], steps[max(low, high)]]
        assert excerpt.series["x"][2 * pair : 2 * pair + 2].tolist() == expected


def test_while_every_step_fits_every_step_is_there() -> None:
    history = History(64)
    history.append({"x": np.arange(60, dtype=np.float64)})
    excerpt, _ = history.since(Bookmark())
    assert excerpt.stride == 1
    assert excerpt.series["x"].tolist() == list(range(60))


def test_a_spike_of_one_step_in_a_million_survives() -> None:
    history = History()
    for _ in range(10):
        history.append({"x": np.zeros(100_000)})
    history.append({"x": np.array([7.0])})
    history.append({"x": np.zeros(345_678)})
    excerpt, _ = history.since(Bookmark())
    assert excerpt.series["x"].max() == 7.0


def test_vectors_and_scalars_share_their_rows() -> None:
    history = History(64)
    history.append({"x": np.zeros(500), "v": np.ones((500, 3))})
    excerpt, _ = history.since(Bookmark())
    assert excerpt.series["v"].shape == (excerpt.count, 3)
    assert excerpt.series["x"].shape == (excerpt.count,)


def test_not_finite_numbers_are_kept_as_events() -> None:
    history = History(64)
    history.append({"x": np.zeros(500)})
    history.append({"x": np.array([np.inf, np.nan])})
    excerpt, _ = history.since(Bookmark())
    assert not np.isfinite(excerpt.series["x"]).all()


def test_calls_that_do_not_match_are_refused() -> None:
    history = History(64)
    history.append({"x": np.zeros(3)})
    with pytest.raises(ValueError, match="series are"):
        history.append({"y": np.zeros(3)})
    with pytest.raises(ValueError, match="same number of steps"):
        History(64).append({"x": np.zeros(3), "y": np.zeros(4)})
