"""What the browser may say, and what the server says back. Pictures travel beside these as binary frames (`wire.py`).

Every message is a JSON object with a `type`. A wrong one is answered with `refused` and changes nothing.
"""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from server.grammar.errors import Diverged, Refused

LARGEST_SEED = 2**31 - 1
FASTEST = 1e7


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


class Open(_Message):
    """The first message on a socket: start a session (or join one) and take the page's link as it stands."""

    type: Literal["open"]
    experiment: str = Field(max_length=80)
    link: dict[str, str] = Field(default_factory=dict, max_length=100)
    session: str = Field("", max_length=80)
    """An existing session to view; empty: a new one, of which this socket is the controller."""


class Play(_Message):
    type: Literal["play"]


class Pause(_Message):
    type: Literal["pause"]


class Step(_Message):
    """Exactly this many elementary steps, then pause."""

    type: Literal["step"]
    steps: int = Field(1, ge=1, le=1000)


class Rewind(_Message):
    """The same run again (same seeds), with what was done to it, up to `step`, and paused there: back, or forward as
    far as was seen before. Step 0 is a new beginning with the parameters as they are now, unless it is to be a replay
    too."""

    type: Literal["rewind"]
    step: int = Field(0, ge=0)
    replay: bool = False


class NewDraw(_Message):
    """A new run with another seed: the given one, or one drawn by the server; of all three, or of one alone."""

    type: Literal["new_draw"]
    seed: int | None = Field(None, ge=0, le=LARGEST_SEED)
    of: Literal["all", "data", "initialisation", "order"] = "all"


class Speed(_Message):
    """Elementary steps per second; null: as fast as possible."""

    type: Literal["speed"]
    steps_per_second: float | None = Field(ge=0.1, le=FASTEST)


class Set(_Message):
    type: Literal["set"]
    parameter: str = Field(max_length=80)
    value: float | int | str | bool


class Preset(_Message):
    """All parameters of a named preset at once (those it does not name go back to their defaults)."""

    type: Literal["preset"]
    name: str = Field(max_length=80)


class Act(_Message):
    type: Literal["act"]
    action: str = Field(max_length=80)
    arguments: dict[str, Any] = Field(default_factory=dict, max_length=20)


class Draw(_Message):
    """One picture, please. At most two are under way; a further one is dropped."""

    type: Literal["draw"]


Command = Play | Pause | Step | Rewind | NewDraw | Speed | Set | Preset | Act
"""What only the controller may say."""

Message = Open | Command | Draw
_reader: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def read(text: str | bytes) -> Message:
    """One checked message. Raises Refused with a sentence."""
    try:
        return _reader.validate_json(text)
    except ValidationError as error:
        raise Refused(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][1:])[:60]
    if first["type"] == "json_invalid":
        return "The message is not JSON."
    if first["type"].startswith("union_tag") or not first["loc"]:
        known = "open, play, pause, step, rewind, new_draw, speed, set, preset, act, draw"
        return f"A message is an object with a “type”, one of: {known}."
    return f"The message “{first['loc'][0]}” is not right: {place or 'it'}: {first['msg'].lower()}."


State = Literal["connecting", "playing", "paused", "failed", "closed"]


class Changed(_Message):
    """The session as every viewer should show it; sent on opening and after each command that changed something."""

    type: Literal["changed"] = "changed"
    session: str
    state: State
    parameters: dict[str, float | int | str | bool]
    link: dict[str, str]
    """What the address bar should carry: everything that differs from the defaults, with seed and speed."""
    seed: int
    speed: float | None
    run: int
    """Counts restarts: curves of another run are dropped."""
    controller: bool
    """Whether this viewer may command."""
    ignored: tuple[str, ...] = ()
    """What the link asked for and did not get, as sentences."""


class RefusedMessage(_Message):
    type: Literal["refused"] = "refused"
    sentence: str
    parameter: str = ""


class DivergedMessage(_Message):
    """The divergence card."""

    type: Literal["diverged"] = "diverged"
    where: str
    step: int
    last: tuple[float | None, ...]
    cause: str
    arm: str
    ways: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, error: Diverged) -> "DivergedMessage":
        """The card that tells an error; numbers that JSON cannot hold become null."""
        last = tuple(value if abs(value) < float("inf") else None for value in error.last)
        ways = tuple(asdict(way) for way in error.ways)
        return cls(where=error.where, step=error.step, last=last, cause=error.cause, arm=error.arm, ways=ways)


class Failed(_Message):
    """A step raised: this session stands still, no other notices."""

    type: Literal["failed"] = "failed"
    sentence: str


class Lost(_Message):
    """The worker process died: the page opens a new session from its link by itself."""

    type: Literal["lost"] = "lost"
    sentence: str


Answer = Changed | RefusedMessage | DivergedMessage | Failed | Lost
