"""One session: an experiment, its parameters and its past. A pure state machine: no clock, no socket, no process.

    playing ⇄ paused → failed | closed

A run can be repeated: same parameters, same seed, and the log of what was changed while it ran give the same run again.
"""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from server.experiments.experiment import Experiment, Seeds
from server.grammar import Parameters, actions_of, messages
from server.grammar.errors import Diverged, Refused
from server.runtime.finite import check_finite
from server.runtime.history import History
from server.runtime.start import Start, preset_of

log = logging.getLogger(__name__)
LARGEST_DRAWN_SEED = 9999


@dataclass(frozen=True)
class Entry:
    """Something a user did while the run was at `step`."""

    step: int
    command: messages.Set | messages.Act


class Session:
    """What the host steps and what viewers look at. `version` changes whenever a new picture would differ."""

    def __init__(self, kind: type[Experiment], start: Start, device: torch.device | None = None) -> None:
        self.kind = kind
        self.actions = actions_of(kind)
        self.device = device
        self.parameters: Parameters = start.parameters
        self.seeds = start.seeds
        self.speed = start.speed
        self.brought: Mapping[str, Any] = {}
        self.run = 0
        self.version = 0
        self._seen = 0
        self.card: messages.DivergedMessage | messages.Failed | None = None
        self.state: messages.State = "playing" if start.playing else "paused"
        self._begin(start.parameters)

    @property
    def step(self) -> int:
        """Elementary steps since the restart."""
        return self.experiment.step

    @property
    def hurried(self) -> bool:
        """Whether steps are to be made at once, whatever the speed: a single step, or a replay."""
        return self.target is not None and self.state == "playing"

    def command(self, message: messages.Command) -> None:
        """Carry out a command. Raises Refused, and then nothing has changed."""
        match message:
            case messages.Play():
                self._play()
                self._replay.clear()
            case messages.Pause():
                self._pause()
            case messages.Step():
                self._play(self.step + message.steps)
            case messages.Rewind():
                self._rewind(message.step, message.replay)
            case messages.NewDraw():
                self._draw(message)
            case messages.Speed():
                self.speed = message.steps_per_second
            case messages.Preset():
                self._preset(message.name)
            case messages.Set() | messages.Act():
                self._change(message)
        self.version += 1

    def _room(self, steps: int) -> int:
        """How many of so many steps may be made before something else must happen."""
        limits = [steps]
        if self.target is not None:
            limits.append(self.target - self.step)
        if self._replay:
            limits.append(self._replay[0].step - self.step)
        return max(0, min(limits))

    def advance(self, steps: int) -> int:
        """Make up to `steps` elementary steps while playing; returns how many were made. Never raises."""
        if self.state != "playing":
            return 0
        try:
            return self._advance(steps)
        except Diverged as error:
            self._stop(messages.DivergedMessage.of(error), error.series)
        except Exception as error:
            self.fail(error)
        return 0

    def tend(self) -> None:
        """Let the experiment work on what only its pictures show. Never raises."""
        try:
            self.version += self.state == "playing" and self.experiment.tend()
        except Exception as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """A fault of ours: this session stands still with a sentence, the log has the rest."""
        log.error("%s at step %d", self.kind.name, self.step, exc_info=error)
        cause = f"{type(error).__name__}: {error}".rstrip(".")
        self._stop(messages.Failed(sentence=f"This run stopped because of a fault in the server ({cause})."))

    def changed(self, session: str, controller: bool, ignored: tuple[str, ...] = ()) -> messages.Changed:
        """The session as every viewer should show it."""
        link = self.parameters.link() | self.seeds.link()
        if self.speed != self.kind.speed:
            link["speed"] = "max" if self.speed is None else f"{self.speed:g}"
        return messages.Changed(
            session=session, state=self.state, parameters=self.parameters.model_dump(), link=link, seed=self.seeds.data,
            speed=self.speed, run=self.run, controller=controller, ignored=ignored,
        )  # fmt: skip

    def _begin(self, parameters: Parameters, replay: tuple[Entry, ...] = (), target: int | None = None) -> None:
        """A new run from these parameters and the seeds; a failed session comes back to life.

        Without a target nothing has been seen of it yet. Whatever a restart raises, the old run is untouched.
        """
        experiment = self.kind(parameters, self.seeds, self.device)
        experiment.brought = self.brought
        experiment.restart()
        self.experiment = experiment
        self._initial, self.parameters = parameters, parameters
        self._log: list[Entry] = []
        self._replay = list(replay)
        self.target = target
        self._onward = False
        self._seen = 0 if target is None else self._seen
        self.run += 1
        self.history = History()
        self.card = None
        self.kept: dict[str, tuple[torch.Tensor, Any]] = {}
        if self.state == "failed":
            self.state = "playing"

    def _draw(self, message: messages.NewDraw) -> None:
        before = self.seeds
        seed = random.randint(1, LARGEST_DRAWN_SEED) if message.seed is None else message.seed
        self.seeds = Seeds.same(seed) if message.of == "all" else replace(before, **{message.of: seed})
        try:
            self._begin(self.parameters)
        except Exception:
            self.seeds = before
            raise

    def _play(self, target: int | None = None) -> None:
        if self.state == "failed":
            raise Refused("This run has stopped. Rewind it, change a parameter, or draw a new one.")
        self.state, self.target, self._onward = "playing", target, False

    def _pause(self) -> None:
        if self.state == "playing":
            self.state, self.target = "paused", None

    def _rewind(self, step: int, replay: bool) -> None:
        """To the start with the parameters as they are; or, replaying what was done, to a step already seen.

        What was done after that step waits: it is replayed on the way forward, and forgotten once a hand changes
        something there or the run is played on.
        """
        self._seen = max(self._seen, self.step)
        if step > self._seen:
            raise Refused(f"The run has only reached step {self._seen}; it cannot be rewound to {step}.")
        if step == 0 and not replay:
            seen = self._seen
            self._begin(self.parameters)
            self._seen = seen
        elif step > self.step and self.state != "failed":
            self.state, self.target = "playing", step
        else:
            self._begin(self._initial, (*self._log, *self._replay), step)
            self.state = "playing"
            if step == 0:
                self._arrive()

    def _preset(self, name: str) -> None:
        parameters, speed = preset_of(self.kind, name)
        self._begin(parameters)
        self.speed = speed

    def _change(self, message: messages.Set | messages.Act) -> None:
        if isinstance(message, messages.Set) and self._begins_anew(message.parameter):
            self._begin(self.parameters.changed(message.parameter, message.value))
            return
        if isinstance(message, messages.Act) and message.action in self.actions and self.actions[message.action].file:
            self._bring(message)
            return
        if isinstance(message, messages.Act) and self._is_a_way_on(message):
            self._go_on(message)
            return
        if self.state == "failed":
            raise Refused("This run has stopped. Rewind it, change a parameter, or draw a new one.")
        entry = Entry(self.step, message)
        self._apply(entry)
        self._log.append(entry)
        self._replay.clear()

    def _bring(self, message: messages.Act) -> None:
        """A file begins a new run, which has it from the start, as all later ones do: no log needs its text."""
        before = self.brought
        try:
            self._act(message)
            self.brought = self.experiment.brought
            parameters = self.parameters
            for name, value in self.actions[message.action].sets.items():
                parameters = parameters.changed(name, value)
            self._begin(parameters)
        except Exception as error:
            self.brought = self.experiment.brought = before
            if isinstance(error, Refused):
                raise Refused(str(error), parameter=message.action) from None
            raise

    def _is_a_way_on(self, message: messages.Act) -> bool:
        """Whether the divergence card offers it."""
        card = self.card
        return isinstance(card, messages.DivergedMessage) and message.action in {way["action"] for way in card.ways}

    def _go_on(self, message: messages.Act) -> None:
        """The same run once more, but for this, which is done just before the step that broke it; and on."""
        step = self.step
        self._begin(self._initial, (*self._log, Entry(step - 1, message)), step)
        self._onward = True

    def _begins_anew(self, parameter: str) -> bool:
        """A live parameter has nothing left to change in a run that has stopped."""
        return self.kind.Controls.applies(parameter) == "restart" or self.state == "failed"

    def _apply(self, entry: Entry) -> None:
        message = entry.command
        if isinstance(message, messages.Set):
            self.parameters = self.parameters.changed(message.parameter, message.value)
            self.experiment.parameters = self.parameters
            self.experiment.live(message.parameter)
            return
        self._act(message)

    def _act(self, message: messages.Act) -> None:
        if message.action not in self.actions:
            known = ", ".join(self.actions) or "none"
            raise Refused(f"There is no action “{message.action[:40]}” here; there are: {known}.")
        arguments = self.actions[message.action].read(message.arguments)
        getattr(self.experiment, message.action)(**arguments)

    def _advance(self, steps: int) -> int:
        self._replay_due()
        steps = self._room(steps)
        if steps:
            series = {name: tensor.detach().cpu().numpy() for name, tensor in self.experiment.advance(steps).items()}
            self.history.append(series)
            self.experiment.step += steps
            self.version += 1
            check_finite(self.experiment, series)
        if self.target is not None and self.step >= self.target:
            self._arrive()
        return steps

    def _arrive(self) -> None:
        """Pause where a replay or a single step was to end; at the furthest point with what a hand did there."""
        if self.step >= self._seen:
            self._replay_due()
        if self._onward:
            self.target, self._onward = None, False
        else:
            self._pause()
        self.version += 1

    def _replay_due(self) -> None:
        while self._replay and self._replay[0].step <= self.step:
            entry = self._replay.pop(0)
            self._apply(entry)
            self._log.append(entry)

    def _stop(self, card: messages.DivergedMessage | messages.Failed, series: Mapping[str, Any] | None = None) -> None:
        if series:
            arrays = {name: np.asarray(values) for name, values in series.items()}
            self.history.append(arrays)
            self.experiment.step += len(next(iter(arrays.values())))
        self.state, self.target, self.card = "failed", None, card
        self.version += 1
