"""How fast one session runs: steps owed since its last turn, cut to what fits into a slice of time."""

from collections.abc import Callable
from math import inf

from server.runtime.session import Session

SLICE = 0.004
"""Seconds of stepping in one turn; requests are answered between turns."""
BURST = 0.02
"""Seconds that a replay may take at once."""
LARGEST_DEBT = 0.2
"""Seconds of steps that may be caught up; what a slow machine could not do before that is let go."""
WINDOW = 1.0
"""The measured speed is a mean over about so many seconds."""
MOST_STEPS = 100_000
_SMOOTHING = 0.3


class Pace:
    """Converts a speed in steps per second into calls of `advance`.

    Steps are made at most `1/interval` times a second, for nobody sees them in between; slower ones keep their beat. A
    session that owes more than a slice can hold takes slice after slice, in turn with the others.
    """

    def __init__(self, interval: float) -> None:
        self.measured = 0.0
        self._interval = interval
        self._cost = inf
        self._largest = 1
        self._paid = 0.0
        self._served = 0.0
        self._behind = False
        self._window = (0.0, 0)

    def reset(self, now: float, session: Session) -> None:
        """Owe nothing: after a command, steps are counted from now on."""
        self._paid, self._served, self._window, self.measured = now, now, (now, session.step), 0.0
        self._behind = False

    def due(self, session: Session) -> float:
        """When the session next has steps to make."""
        if session.state != "playing":
            return inf
        if session.speed is None or session.hurried or self._behind:
            return self._served
        return max(self._paid + 1.0 / session.speed, self._served + self._interval)

    def serve(self, session: Session, clock: Callable[[], float]) -> None:
        """Make the steps that are owed now, but no more than fit into a slice."""
        now = clock()
        if self.due(session) > now:
            return
        owed = self._owed(session, now)
        steps = min(owed, self._affordable())
        made = session.advance(steps)
        self._behind = steps < owed
        end = clock()
        if made:
            self._learn((end - now) / made)
            self._largest = max(self._largest, made)
        self._served = end
        self._pay(session, now, made)
        self._measure(end, session)
        if not session.hurried:
            session.tend()  # costs steps nothing: it would make few of them look dear

    def hurry(self, session: Session, clock: Callable[[], float]) -> None:
        """Bring a replay to its end within this turn, if a few slices are enough: the run jumps there unseen."""
        end = clock() + BURST
        while session.hurried and clock() < end:
            self.serve(session, clock)

    def _owed(self, session: Session, now: float) -> int:
        if session.speed is None or session.hurried:
            return MOST_STEPS
        self._paid = max(self._paid, now - max(LARGEST_DEBT, 1.0 / session.speed))
        return max(1, int((now - self._paid) * session.speed + 1e-9))

    def _pay(self, session: Session, now: float, made: int) -> None:
        self._paid = now if session.speed is None or session.hurried else self._paid + made / session.speed

    def _affordable(self) -> int:
        """As many as should fit into a slice; at most twice as many as ever before, as first estimates are rough."""
        fitting = 1 if self._cost == inf else int(SLICE / max(self._cost, 1e-9))
        return max(1, min(fitting, 2 * self._largest, MOST_STEPS))

    def _learn(self, cost: float) -> None:
        """A call's fixed cost spreads over its steps, so cost per step falls as calls grow: follow it smoothly."""
        self._cost = cost if self._cost == inf else self._cost + _SMOOTHING * (cost - self._cost)

    def _measure(self, now: float, session: Session) -> None:
        since, step = self._window
        if now - since >= WINDOW:
            self.measured, self._window = (session.step - step) / (now - since), (now, session.step)
