"""The socket under everything that a page, or somebody pretending to be one, may send (a real server, real sockets)."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from server.grammar import messages
from server.grammar.actions import LARGEST_FILE
from server.web.settings import Settings
from server.web.socket import allowed
from tests.web.fake import FRAME, FakeEngine, running, until

OPEN = '{"type": "open", "experiment": "slope"}'
ENGINE = FakeEngine()


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with running(ENGINE, first_message_seconds=1.0) as found:
        yield found


@contextmanager
def visit(host: str, first: str | bytes = OPEN, **options: Any) -> Iterator[ClientConnection]:
    with connect(f"ws://{host}/socket", **options) as page:
        with suppress(ConnectionClosed):  # some are closed before they have said a word
            page.send(first)
        yield page


def opened(page: ClientConnection) -> None:
    assert json.loads(page.recv(5)) == {"type": "changed"}


def refusal(page: ClientConnection) -> str:
    answer = json.loads(page.recv(5))
    assert answer["type"] == "refused"
    return str(answer["sentence"])


def end(page: ClientConnection) -> tuple[int, str]:
    """How the server closed the connection."""
    with suppress(ConnectionClosed):
        while True:
            page.recv(5)
    closed = page.protocol.close_rcvd
    assert closed
    return closed.code, closed.reason


def goes_on(page: ClientConnection) -> bool:
    """Whether a page is still served."""
    page.send('{"type": "draw"}')
    return page.recv(5) == FRAME


@pytest.fixture
def neighbour(host: str) -> Iterator[ClientConnection]:
    """Another page, which must not notice anything."""
    with visit(host) as page:
        opened(page)
        yield page
        assert goes_on(page)


def test_a_page_opens_sends_and_receives(host: str) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        assert goes_on(page)
        page.send('{"type": "set", "parameter": "steepness", "value": 2}')
        until(lambda: len(viewer.received) == 2)
        assert not viewer.closed
    until(lambda: viewer.closed)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{", "not JSON"),
        ('{"type": "draw"', "not JSON"),
        ('{"type": "set", "parameter": "steepness", "value": 1', "not JSON"),
        ("[]", "object with a “type”"),
        ('{"type": "dance"}', "object with a “type”"),
        ('{"type": "set", "parameter": "steepness", "value": NaN}', "set"),
        ('{"type": "set", "parameter": "steepness", "value": 1e999}', "set"),
        ('{"type": "set", "parameter": "steepness", "value": [1]}', "set"),
        ('{"type": "set", "parameter": "gravity", "value": 1}', "no such parameter"),
        ('{"type": "step", "steps": "ten"}', "steps"),
        ('{"type": "step", "steps": 1000000}', "steps"),
        ('{"type": "speed", "steps_per_second": -1}', "steps_per_second"),
        ('{"type": "draw", "more": 1}', "more"),
        (OPEN, "open already"),
        (b"\x00\xff\x00", "not bytes"),
        ("\u0000" * 1000, "not JSON"),
        ("[" * 50_000, "not JSON"),
    ],
)
def test_a_wrong_message_is_answered_with_a_sentence_and_changes_nothing(
    host: str, neighbour: ClientConnection, message: str | bytes, words: str
) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        page.send(message)
        assert words in refusal(page)
        assert not [one for one in viewer.received if one.type != "set"]
        assert goes_on(page)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ('{"type": "open", "experiment": "nothing"}', "no experiment “nothing”; there are: slope"),
        ('{"type": "open", "experiment": 5}', "experiment"),
        ('{"type": "play"}', "The first message is “open”, not “play”"),
        ("hello", "not JSON"),
        (b"\x01\x02", "not bytes"),
    ],
)
def test_a_wrong_first_message_is_a_clean_close_with_a_sentence(
    host: str, neighbour: ClientConnection, first: str | bytes, words: str
) -> None:
    with visit(host, first) as page:
        code, reason = end(page)
    assert code == 1008
    assert words in reason


def test_a_page_that_says_nothing_is_closed(host: str, neighbour: ClientConnection) -> None:
    with connect(f"ws://{host}/socket") as page:
        assert end(page) == (1008, "A page must say what it wants to open.")


def test_ten_megabytes_are_too_big(host: str, neighbour: ClientConnection) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        with suppress(ConnectionClosed):  # the server hangs up while the page still sends
            page.send("x" * 10_000_000)
        until(lambda: viewer.closed)
        assert not viewer.received


def test_a_message_a_byte_too_long_is_closed_with_1009(host: str, neighbour: ClientConnection) -> None:
    with visit(host) as page:
        # Only the head of the frame, with its length and mask: bytes that the server leaves unread when it hangs up
        # may make the system reset the connection, and its reason is lost.
        page.socket.sendall(struct.pack("!BBQ4x", 0x81, 0x80 | 127, Settings().largest_message + 1))
        assert end(page)[0] == 1009


def test_a_table_fits_into_a_message(host: str, neighbour: ClientConnection) -> None:
    """A mebibyte of which every letter takes two bytes of JSON."""
    with visit(host) as page:
        opened(page)
        viewer, held = ENGINE.viewers[-1], len(ENGINE.viewers[-1].received)
        text = '"' * LARGEST_FILE
        page.send(json.dumps({"type": "act", "action": "bring", "arguments": {"table": text}}))
        until(lambda: len(viewer.received) > held)
        assert viewer.received[-1] == messages.Act(type="act", action="bring", arguments={"table": text})
        with suppress(ConnectionClosed):
            for _ in range(40):
                page.send(json.dumps({"type": "act", "action": "bring", "arguments": {"table": text}}))
        until(lambda: viewer.closed)
        assert len(viewer.received) < held + 16


def test_half_a_message_and_a_cut_line_end_only_their_page(host: str, neighbour: ClientConnection) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        page.socket.sendall(b"\x81\xfe\x01")  # the head of a text frame that never comes whole
        page.socket.shutdown(socket.SHUT_RDWR)
        until(lambda: viewer.closed)


def test_a_flood_closes_its_page_only(host: str, neighbour: ClientConnection) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        with suppress(ConnectionClosed):
            for _ in range(5000):
                page.send('{"type": "play"}')
        until(lambda: viewer.closed)
        assert len(viewer.received) < 1000
        assert end(page) == (1008, "This page sent too much at once, so it was closed.")


def test_pages_of_other_sites_may_not_connect(host: str, neighbour: ClientConnection) -> None:
    for origin in ("https://elsewhere.example", f"http://{host}.elsewhere.example", "null", "http://["):
        with visit(host, additional_headers={"Origin": origin}) as page:
            assert end(page) == (1008, "Pages of other sites may not connect to this server.")


def test_this_site_and_the_named_ones_may_connect() -> None:
    with running(FakeEngine(), allowed_origins=("https://moodle.example",)) as host:
        for origin in (f"http://{host}", f"https://{host}", "https://moodle.example"):
            with visit(host, additional_headers={"Origin": origin}) as page:
                opened(page)


def test_where_no_host_is_named_no_origin_is_this_site() -> None:
    assert allowed(None, "", ())
    assert not allowed("null", "", ())
    assert not allowed("", "", ())


def test_a_full_server_says_so_and_when_to_come_back() -> None:
    with running(FakeEngine(full=True)) as host, visit(host) as page:
        assert end(page) == (1013, "All places are taken. Try again in a minute.")


def test_a_fault_of_the_engine_ends_its_page_with_a_sentence(host: str, neighbour: ClientConnection) -> None:
    with visit(host) as page:
        opened(page)
        viewer = ENGINE.viewers[-1]
        page.send('{"type": "act", "action": "fault"}')
        assert end(page) == (1011, "The server made a mistake with this page; reload it.")
    assert viewer.closed


def test_a_page_that_does_not_read_gets_few_pictures_and_no_memory(host: str, neighbour: ClientConnection) -> None:
    with silent(host) as page:
        viewer = ENGINE.viewers[-1]
        for _ in range(380):
            page.send('{"type": "draw"}')
        page.send('{"type": "pause"}')
        until(lambda: bool(viewer.received) and viewer.received[-1].type == "pause")
        drawn = len(viewer.received) - 1
        # What the sockets of both sides hold, and two more: the rest was not even asked of the engine.
        assert drawn < 380
        assert not viewer.closed


def test_a_page_that_does_not_read_answers_is_given_up(host: str, neighbour: ClientConnection) -> None:
    with silent(host) as page:
        viewer = ENGINE.viewers[-1]
        page.send('{"type": "act", "action": "pour"}')
        until(lambda: viewer.closed)


@contextmanager
def silent(host: str) -> Iterator[ClientConnection]:
    """A page that is open and reads nothing more: small buffers, and a client that stops at one waiting message."""
    name, port = host.split(":")
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect((name, int(port)))
    before = len(ENGINE.viewers)
    with visit(host, sock=plain, max_queue=1, close_timeout=0.1) as page:
        until(lambda: len(ENGINE.viewers) > before)
        yield page
        with suppress(OSError):  # closed already
            plain.shutdown(socket.SHUT_RDWR)
