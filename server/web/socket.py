"""The websocket: messages in, frames out, refusals as sentences. One wrong page never harms another."""

import asyncio
import logging
import time
from collections import deque
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from server.grammar import messages
from server.grammar.errors import DownhillError, Full, Refused
from server.runtime.engine import Engine, Viewer
from server.web.flood import Bucket
from server.web.settings import Settings

log = logging.getLogger(__name__)
router = APIRouter()
POLICY, TOO_BUSY, FAULT = 1008, 1013, 1011
MOST_WAITING = 256
"""Answers that may wait for a page which does not read."""
MOST_FRAMES = 2
"""Pictures that may wait; a page that asks for more before it has read these gets none for asking."""
LONGEST_REASON = 120
"""Bytes of a close reason, by the websocket standard 123."""


class Outbox:
    """What waits to be sent to one page; a page that does not read is given up, so memory stays bounded."""

    def __init__(self) -> None:
        self._waiting: deque[str | bytes] = deque()
        self._news = asyncio.Event()
        self.frames = 0
        self.overflowed = False

    def text(self, answer: str) -> None:
        """Queue a JSON answer."""
        self._put(answer)

    def frame(self, data: bytes) -> None:
        """Queue a picture."""
        self.frames += 1
        self._put(data)

    def _put(self, content: str | bytes) -> None:
        self.overflowed = self.overflowed or len(self._waiting) >= MOST_WAITING
        if not self.overflowed:
            self._waiting.append(content)
        self._news.set()

    async def send(self, socket: WebSocket) -> None:
        """Send everything, in order, until cancelled or overflowed."""
        while not self.overflowed:
            while self._waiting:
                content = self._waiting.popleft()
                if isinstance(content, str):
                    await socket.send_text(content)
                else:
                    self.frames -= 1  # before it leaves: the page's next request may be here before `send_bytes` ends
                    await socket.send_bytes(content)
            self._news.clear()
            await self._news.wait()


@router.websocket("/socket")
async def socket(connection: WebSocket) -> None:
    """One page's connection."""
    settings: Settings = connection.app.state.settings
    await connection.accept()
    origin = connection.headers.get("origin")
    if not allowed(origin, connection.headers.get("host", ""), settings.allowed_origins):
        return await close(connection, POLICY, "Pages of other sites may not connect to this server.")
    try:
        await _converse(connection, settings)
    except WebSocketDisconnect:
        log.debug("A page has gone.")
    except DownhillError as error:
        await close(connection, TOO_BUSY if isinstance(error, Full) else POLICY, str(error))
    except Exception:
        log.exception("A page's connection failed")
        await close(connection, FAULT, "The server made a mistake with this page; reload it.")


def allowed(origin: str | None, host: str, others: tuple[str, ...]) -> bool:
    """Whether a browser's Origin is this site or one that the settings name. Programs send none and may come."""
    return origin is None or origin in others or (host != "" and _site(origin) == host)


def _site(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""  # no address at all


async def close(connection: WebSocket, code: int, sentence: str) -> None:
    """End a connection with a sentence, if it is still there."""
    if connection.client_state is WebSocketState.DISCONNECTED:
        return
    if connection.application_state is not WebSocketState.CONNECTED:
        return
    reason = sentence.encode()[:LONGEST_REASON].decode(errors="ignore")
    try:
        await connection.close(code, reason)
    except (RuntimeError, OSError):
        log.debug("The page had gone before it could be told: %s", sentence)


async def _converse(connection: WebSocket, settings: Settings) -> None:
    engine: Engine = connection.app.state.engine
    bucket = Bucket(settings.messages_per_second, time.monotonic)
    outbox = Outbox()
    viewer = await engine.open(await _opening(connection, settings), outbox)
    sending = asyncio.create_task(outbox.send(connection))
    hearing = asyncio.create_task(_hear(connection, viewer, outbox, bucket))
    try:
        done, _ = await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if outbox.overflowed:
            raise Refused("This page does not read what it is sent, so it was closed.")
    finally:
        viewer.close()
        for task in (sending, hearing):
            task.cancel()
        await asyncio.gather(sending, hearing, return_exceptions=True)


async def _opening(connection: WebSocket, settings: Settings) -> messages.Open:
    """The first message. Raises Refused when it is something else or does not come."""
    try:
        text = await asyncio.wait_for(_text(connection), settings.first_message_seconds)
    except TimeoutError:
        raise Refused("A page must say what it wants to open.") from None
    message = messages.read(text)
    if not isinstance(message, messages.Open):
        raise Refused(f"The first message is “open”, not “{message.type}”.")
    return message


async def _hear(connection: WebSocket, viewer: Viewer, outbox: Outbox, bucket: Bucket) -> None:
    """Pass messages on until the page goes. A wrong one is answered with a sentence; a flood ends the page."""
    while True:
        size = 0
        try:
            text = await _text(connection)
            size = len(text)
            message = messages.read(text)
            if isinstance(message, messages.Open):
                raise Refused("This page is open already.")
            if not (isinstance(message, messages.Draw) and outbox.frames >= MOST_FRAMES):
                viewer.send(message)
        except Refused as refusal:
            outbox.text(messages.RefusedMessage(sentence=str(refusal), parameter=refusal.parameter).model_dump_json())
        if not bucket.take(size):
            raise Refused("This page sent too much at once, so it was closed.")


async def _text(connection: WebSocket) -> str:
    """The next message. Raises Refused for bytes, WebSocketDisconnect at the end."""
    packet = await connection.receive()
    if packet["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(packet.get("code", 1000))
    text = packet.get("text")
    if text is None:
        raise Refused("Messages are JSON text, not bytes.")
    return str(text)
