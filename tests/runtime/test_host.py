"""The host, driven without processes, sockets or clocks: time passes when the test says so."""

import json
from typing import Any

import pytest

from server.experiments.experiment import Series
from server.grammar import messages
from server.runtime.host import Host, Outgoing
from server.runtime.wire import decode
from tests.runtime.walk import Walk

DRAW = messages.Draw(type="draw")


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Room:
    """A host, its clock, and everything it sent."""

    def __init__(self, seconds_per_step: float = 0.0) -> None:
        self.clock = clock = Clock()

        class TimedWalk(Walk):
            """A walk whose steps take time."""

            def advance(self, steps: int) -> Series:
                clock.now += steps * seconds_per_step
                return super().advance(steps)

        self.host = Host({"walk": TimedWalk}, self.clock)
        self.sent: list[Outgoing] = []

    def open(self, viewer: str, session: str = "", **link: str) -> None:
        message = messages.Open(type="open", experiment="walk", link=link, session=session)
        self.sent += self.host.open(session or f"of {viewer}", viewer, message)

    def say(self, viewer: str, message: messages.Command | messages.Draw) -> None:
        self.sent += self.host.receive(viewer, message)

    def pass_time(self, seconds: float, *, drawing: tuple[str, ...] = (), turn: float = 0.001) -> None:
        """Let the host take turns for so long; viewers in `drawing` ask for a picture after each one they get."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            out = self.host.turn()
            self.sent += out
            for one in out:
                if isinstance(one.content, bytes) and one.viewer in drawing:
                    self.say(one.viewer, DRAW)
            self.clock.now += turn if out else max(turn, min(self.host.rest(), end - self.clock.now))

    def answers(self, viewer: str, kind: str) -> list[dict[str, Any]]:
        texts = [json.loads(o.content) for o in self.sent if o.viewer == viewer and isinstance(o.content, str)]
        return [answer for answer in texts if answer["type"] == kind]

    def frames(self, viewer: str) -> list[dict[str, Any]]:
        return [decode(o.content) for o in self.sent if o.viewer == viewer and isinstance(o.content, bytes)]


def test_steps_per_second_are_kept_whatever_is_drawn() -> None:
    room = Room()
    room.open("a", speed="250")
    room.say("a", DRAW)
    room.pass_time(4.0, drawing=("a",))
    assert room.frames("a")[-1]["step"] == pytest.approx(1000, abs=15)
    assert room.frames("a")[-1]["speed_measured"] == pytest.approx(250, rel=0.05)
    quiet = Room()
    quiet.open("b", speed="250")
    quiet.pass_time(4.0)
    quiet.say("b", DRAW)
    quiet.pass_time(0.1)
    assert quiet.frames("b")[0]["step"] == pytest.approx(1000, abs=40)


def test_a_page_of_costly_steps_takes_slice_after_slice_until_it_keeps_up() -> None:
    """3 ms a step are 300 ms of every second at 100 steps/s: more than one slice for each picture, and time enough."""
    room = Room(seconds_per_step=0.003)
    room.open("a", speed="100")
    room.say("a", DRAW)
    room.pass_time(4.0, drawing=("a",))
    assert room.frames("a")[-1]["step"] == pytest.approx(400, abs=25)


def test_slow_motion_is_one_step_a_second() -> None:
    room = Room()
    room.open("a", speed="1")
    room.say("a", DRAW)
    room.pass_time(5.5, drawing=("a",))
    steps = [frame["step"] for frame in room.frames("a")]
    assert steps == sorted(set(steps)) == [0, 1, 2, 3, 4, 5]


def test_pictures_are_paced_and_never_more_than_asked_for() -> None:
    room = Room()
    room.open("a", speed="1000")
    for _ in range(10):
        room.say("a", DRAW)
    room.pass_time(1.0)
    assert len(room.frames("a")) == 2
    room.sent.clear()
    room.say("a", DRAW)
    room.say("a", DRAW)
    room.pass_time(2.0, drawing=("a",))
    assert 50 <= len(room.frames("a")) <= 62


def test_a_replay_jumps_there_without_pictures_of_the_way() -> None:
    for seconds_per_step in (1e-6, 1e-3):
        room = Room(seconds_per_step)
        room.open("a")
        room.say("a", DRAW)
        room.pass_time(4.0, drawing=("a",))
        room.say("a", messages.Pause(type="pause"))
        room.pass_time(0.2, drawing=("a",))
        reached = room.frames("a")[-1]["step"]
        assert reached > 300
        for step in (reached - 100, reached - 50, reached // 2):
            room.sent.clear()
            room.say("a", messages.Rewind(type="rewind", step=step))
            said_at_once = room.answers("a", "changed")[0]["state"]
            assert said_at_once == ("paused" if seconds_per_step < 1e-5 else "playing")
            room.pass_time(0.9, drawing=("a",))
            assert [frame["step"] for frame in room.frames("a")] == [step]


def test_a_long_replay_is_seen_on_its_way() -> None:
    room = Room(0.01)
    room.open("a", speed="max")
    room.say("a", DRAW)
    room.pass_time(6.0, drawing=("a",))
    room.say("a", messages.Pause(type="pause"))
    room.pass_time(0.2, drawing=("a",))
    reached = room.frames("a")[-1]["step"]
    room.sent.clear()
    room.say("a", messages.Rewind(type="rewind", step=reached - 1))
    room.pass_time(8.0, drawing=("a",))
    steps = [frame["step"] for frame in room.frames("a")]
    assert len(steps) > 10
    assert steps[-1] == reached - 1


def test_a_paused_page_costs_nothing_and_holds_the_draw_until_something_is_new() -> None:
    room = Room()
    room.open("a", paused="on")
    room.say("a", DRAW)
    room.pass_time(0.1)
    assert len(room.frames("a")) == 1
    room.say("a", DRAW)
    room.pass_time(5.0)
    assert len(room.frames("a")) == 1
    assert room.host.rest() == float("inf")
    room.say("a", messages.Step(type="step"))
    room.pass_time(0.1)
    assert [frame["step"] for frame in room.frames("a")] == [0, 1]
    assert room.frames("a")[-1]["state"] == "paused"


def test_viewers_of_one_session_each_have_their_own_place() -> None:
    room = Room()
    room.open("a", speed="500")
    room.open("b", session="of a")
    assert not room.answers("b", "changed")[0]["controller"]
    room.say("a", DRAW)
    room.pass_time(2.0, drawing=("a",))
    room.say("b", DRAW)
    room.pass_time(0.2)
    curve: list[float] = []
    for frame in room.frames("a")[1:]:  # nothing has been measured at step 0
        curve = curve[: frame["start"]] + frame["series"]["height"].tolist()
    late = room.frames("b")[0]
    assert late["start"] == 0
    both = min(len(curve), late["rows"])
    assert both > 900
    assert late["series"]["height"][:both].tolist() == curve[:both]


def test_only_the_controller_commands_and_the_next_viewer_inherits() -> None:
    room = Room()
    room.open("a")
    room.open("b", session="of a")
    room.say("b", messages.Pause(type="pause"))
    assert "controls" in room.answers("b", "refused")[0]["sentence"]
    room.host.leave("a")
    room.say("b", messages.Pause(type="pause"))
    assert room.answers("b", "changed")[-1]["state"] == "paused"
    assert room.answers("b", "changed")[-1]["controller"]
    room.host.leave("b")
    assert len(room.host) == 0


def test_everybody_is_told_what_a_command_changed() -> None:
    room = Room()
    room.open("a")
    room.open("b", session="of a")
    room.say("a", messages.Set(type="set", parameter="drift", value=0.75))
    for viewer in "ab":
        assert room.answers(viewer, "changed")[-1]["parameters"]["drift"] == 0.75
    assert room.answers("a", "changed")[-1]["link"] == {"drift": "0.75", "seed": "1"}


def test_a_session_that_fails_is_told_and_no_other_notices() -> None:
    room = Room()
    room.open("bad", fault="raise", speed="100")
    room.open("good", speed="100")
    room.say("good", DRAW)
    room.pass_time(3.0, drawing=("good",))
    assert "the floor gave way" in room.answers("bad", "failed")[0]["sentence"]
    assert room.answers("bad", "changed")[-1]["state"] == "failed"
    assert room.frames("good")[-1]["step"] == pytest.approx(300, abs=10)
    assert not room.answers("good", "failed")


def test_a_page_that_cannot_begin_or_be_drawn_is_told_and_no_other_notices() -> None:
    room = Room()
    room.open("never", fault="restart")
    room.open("blind", fault="show", speed="100")
    room.open("good", speed="100")
    room.say("blind", DRAW)
    room.say("good", DRAW)
    room.pass_time(2.0, drawing=("good", "blind"))
    assert "it would not begin" in room.answers("never", "refused")[0]["sentence"]
    assert "the camera broke" in room.answers("blind", "failed")[0]["sentence"]
    assert room.answers("blind", "changed")[-1]["state"] == "failed"
    assert room.frames("good")[-1]["step"] == pytest.approx(200, abs=10)


def test_a_divergence_card_reaches_every_viewer_once() -> None:
    room = Room()
    room.open("a", fault="diverge", speed="100")
    room.open("b", session="of a")
    room.pass_time(3.0)
    for viewer in "ab":
        assert [card["where"] for card in room.answers(viewer, "diverged")] == ["weights of layer 9 became infinite"]


def test_unlimited_pages_share_equally_and_slow_pages_keep_their_beat() -> None:
    room = Room(seconds_per_step=0.001)
    for name in ("fast 1", "fast 2", "fast 3"):
        room.open(name, speed="max")
        room.say(name, DRAW)
    room.open("slow", speed="50")
    room.say("slow", DRAW)
    room.pass_time(4.0, drawing=("fast 1", "fast 2", "fast 3", "slow"), turn=0.0)
    fast = [room.frames(f"fast {i}")[-1]["step"] for i in (1, 2, 3)]
    assert max(fast) <= 1.1 * min(fast)
    assert sum(fast) == pytest.approx(3800, rel=0.1)
    assert room.frames("slow")[-1]["step"] == pytest.approx(200, abs=10)


def test_an_experiment_that_does_not_exist_is_a_sentence() -> None:
    room = Room()
    message = messages.Open(type="open", experiment="alchemy")
    (answer,) = room.host.open("s", "a", message)
    assert "alchemy" in str(answer.content)
    assert "walk" in str(answer.content)
    assert len(room.host) == 0


def test_unchanged_arrays_are_not_sent_again() -> None:
    room = Room()
    room.open("a", speed="100")
    room.say("a", DRAW)
    room.pass_time(1.0, drawing=("a",))
    first, later = room.frames("a")[0], room.frames("a")[5]
    assert "matrix" in first["channels"]
    assert "matrix" in later["unchanged"]
    assert "matrix" not in later["channels"]
    room.say("a", messages.Rewind(type="rewind"))
    room.pass_time(0.1, drawing=("a",))
    assert "matrix" in next(f for f in room.frames("a") if f["run"] == 2)["channels"]


def test_messages_of_strangers_are_ignored() -> None:
    assert Room().host.receive("nobody", DRAW) == []
