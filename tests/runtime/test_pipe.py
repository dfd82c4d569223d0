"""Packets survive any cutting of the stream."""

from hypothesis import given
from hypothesis import strategies as st

from server.runtime.pipe import Unpacker, pack

packets = st.lists(
    st.tuples(st.dictionaries(st.text(), st.integers() | st.text()), st.binary(max_size=200)), max_size=6
)


@given(packets, st.integers(1, 50))
def test_whatever_the_cuts_the_same_packets_arrive(sent: list[tuple[dict[str, int | str], bytes]], cut: int) -> None:
    stream = b"".join(pack(header, payload) for header, payload in sent)
    unpacker = Unpacker()
    received = [p for start in range(0, len(stream), cut) for p in unpacker.feed(stream[start : start + cut])]
    assert received == sent
