"""The bucket against its definition."""

from hypothesis import given
from hypothesis import strategies as st

from server.web.flood import ONE, SECONDS_SAVED, Bucket


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.floats(10, 1000), st.lists(st.floats(0, 0.1), max_size=300))
def test_what_a_page_may_say_is_bounded_by_rate_and_burst(rate: float, pauses: list[float]) -> None:
    clock = Clock()
    bucket = Bucket(rate, clock)
    for said, pause in enumerate(pauses, start=1):
        clock.now += pause
        if not bucket.take():
            assert said > rate * SECONDS_SAVED
            break
        assert said <= rate * (SECONDS_SAVED + clock.now) + 1e-6


@given(st.floats(10, 1000))
def test_a_steady_page_at_the_rate_is_never_too_much(rate: float) -> None:
    clock = Clock()
    bucket = Bucket(rate, clock)
    for _ in range(1000):
        clock.now += 1.001 / rate
        assert bucket.take()


@given(st.floats(10, 1000), st.lists(st.integers(0, 40 * ONE), max_size=300))
def test_large_messages_are_bounded_in_bytes(rate: float, sizes: list[int]) -> None:
    bucket = Bucket(rate, Clock())
    taken = sum(size for size in sizes if bucket.take(size))
    assert taken <= rate * SECONDS_SAVED * ONE * (1 + 1e-9)
