"""Many sessions in turn on one thread. No sockets, processes or clocks of its own: the caller says what time it is.

Whoever is due first is served first, for at most one slice, so a costly page is slowed and not its neighbours. Pictures
are made only when a viewer has asked for one, something is new, and its last one is long enough ago.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import torch

from server.grammar import messages
from server.grammar.errors import DownhillError, Refused
from server.runtime.catalogue import Catalogue, find
from server.runtime.pace import Pace
from server.runtime.picture import Reader, picture
from server.runtime.session import Session
from server.runtime.start import start_of

log = logging.getLogger(__name__)
Clock = Callable[[], float]
MOST_DRAWS = 2
PICTURES_PER_SECOND = 30.0
QUIET = 1.0
"""Seconds that a replay may take without a picture: what is rewound jumps, and only a long way is seen."""


@dataclass(frozen=True)
class Outgoing:
    """Something for one viewer: a JSON answer, or a frame."""

    viewer: str
    content: str | bytes


@dataclass
class Viewer:
    """Somebody looking: a reader's place, and how many pictures were asked for."""

    name: str
    controller: bool
    reader: Reader = field(default_factory=Reader)
    wanted: int = 0
    next_picture: float = -inf


@dataclass
class Seat:
    """A session with its viewers and its pace."""

    name: str
    session: Session
    pace: Pace
    viewers: dict[str, Viewer] = field(default_factory=dict)
    quiet_until: float = -inf

    def due(self) -> float:
        """When this session next needs the thread."""
        return min(self.pace.due(self.session), min(map(self._picture_due, self.viewers.values()), default=inf))

    def _picture_due(self, viewer: Viewer) -> float:
        news = viewer.reader.version != self.session.version
        return self.picture_at(viewer) if viewer.wanted and news else inf

    def picture_at(self, viewer: Viewer) -> float:
        """When a viewer may have the next picture."""
        return max(viewer.next_picture, self.quiet_until) if self.session.hurried else viewer.next_picture


class Host:
    """Sessions of one worker. `clock` returns seconds and is used for nothing but measuring and pacing."""

    def __init__(
        self,
        catalogue: Catalogue,
        clock: Clock,
        *,
        device: torch.device | None = None,
        pictures_per_second: float = PICTURES_PER_SECOND,
    ) -> None:
        self._catalogue, self._clock, self._device = catalogue, clock, device
        self._interval = 1.0 / pictures_per_second
        self._seats: dict[str, Seat] = {}
        self._places: dict[str, Seat] = {}

    def __len__(self) -> int:
        return len(self._seats)

    def open(self, session: str, viewer: str, message: messages.Open) -> list[Outgoing]:
        """A new session with its controller, or a further viewer of one that exists."""
        try:
            seat, ignored = self._seat(session, message)
        except DownhillError as error:
            return [_refusal(viewer, error)]
        except Exception as error:
            log.exception("%s could not begin", message.experiment)
            return [_refusal(viewer, Refused(f"This page could not begin ({type(error).__name__}: {error})."))]
        known = Viewer(viewer, controller=not seat.viewers)
        seat.viewers[viewer] = known
        self._places[viewer] = seat
        answers = [_answer(viewer, seat.session.changed(seat.name, known.controller, ignored))]
        return answers + ([_answer(viewer, seat.session.card)] if seat.session.card else [])

    def receive(self, viewer: str, message: messages.Command | messages.Draw) -> list[Outgoing]:
        """A viewer's message. Everybody in the session is told what a command changed."""
        seat = self._places.get(viewer)
        if seat is None:
            return []
        known = seat.viewers[viewer]
        if isinstance(message, messages.Draw):
            known.wanted = min(known.wanted + 1, MOST_DRAWS)
            return []
        if not known.controller:
            return [_refusal(viewer, Refused("Somebody else has the controls of this run."))]
        try:
            seat.session.command(message)
        except Refused as refusal:
            return [_refusal(viewer, refusal)]
        except Exception as error:  # an action's own fault: this page is told, no other notices
            log.exception("%s was asked to %s", seat.session.kind.name, message.type)
            return [_refusal(viewer, Refused(f"That could not be done ({type(error).__name__}: {error})."))]
        now, card = self._clock(), seat.session.card
        seat.pace.reset(now, seat.session)
        if isinstance(message, messages.Rewind):
            seat.quiet_until = now + QUIET
            seat.pace.hurry(seat.session, self._clock)
        return self._tell(seat) + self._cards(seat, card)

    def leave(self, viewer: str) -> None:
        """A viewer has gone. A session without viewers ends; without its controller the next viewer takes over."""
        seat = self._places.pop(viewer, None)
        if seat is None:
            return
        was_controller = seat.viewers.pop(viewer).controller
        if not seat.viewers:
            del self._seats[seat.name]
        elif was_controller:
            next(iter(seat.viewers.values())).controller = True
            seat.session.version += 1

    def rest(self) -> float:
        """Seconds until somebody is due; infinite when nobody waits for anything."""
        return max(0.0, min((seat.due() for seat in self._seats.values()), default=inf) - self._clock())

    def turn(self) -> list[Outgoing]:
        """Serve the session that is due first, if any is: one slice of steps, then the pictures asked for."""
        now = self._clock()
        seat = min(self._seats.values(), key=Seat.due, default=None)
        if seat is None or seat.due() > now:
            return []
        state, card = seat.session.state, seat.session.card
        seat.pace.serve(seat.session, self._clock)
        pictures = self._pictures(seat)
        told = self._tell(seat) if seat.session.state != state else []
        return told + self._cards(seat, card) + pictures

    def _seat(self, name: str, message: messages.Open) -> tuple[Seat, tuple[str, ...]]:
        if message.session:
            if name not in self._seats:
                raise Refused("That run has ended.")
            return self._seats[name], ()
        kind = find(self._catalogue, message.experiment)
        start, ignored = start_of(kind, message.link)
        session = Session(kind, start, self._device)
        seat = Seat(name, session, Pace(self._interval))
        seat.pace.reset(self._clock(), session)
        self._seats[name] = seat
        return seat, ignored

    def _tell(self, seat: Seat) -> list[Outgoing]:
        return [_answer(v.name, seat.session.changed(seat.name, v.controller)) for v in seat.viewers.values()]

    def _cards(self, seat: Seat, old: messages.Answer | None) -> list[Outgoing]:
        """The card of a run that has stopped since `old` was there."""
        card = seat.session.card
        return [] if card is None or card is old else [_answer(viewer, card) for viewer in seat.viewers]

    def _pictures(self, seat: Seat) -> list[Outgoing]:
        now, made = self._clock(), []
        for viewer in seat.viewers.values():
            if viewer.wanted and viewer.reader.version != seat.session.version and seat.picture_at(viewer) <= now:
                viewer.wanted -= 1
                viewer.next_picture = now + self._interval
                try:
                    frame = picture(seat.session, viewer.reader, speed=seat.pace.measured, time=now)
                except Exception as error:  # a fault in `show` or `verdict`: this session stands still
                    seat.session.fail(error)
                    viewer.reader.version = seat.session.version
                else:
                    made.append(Outgoing(viewer.name, frame))
        return made


def _answer(viewer: str, answer: messages.Answer) -> Outgoing:
    return Outgoing(viewer, answer.model_dump_json())


def _refusal(viewer: str, error: DownhillError) -> Outgoing:
    parameter = error.parameter if isinstance(error, Refused) else ""
    return _answer(viewer, messages.RefusedMessage(sentence=str(error), parameter=parameter))
