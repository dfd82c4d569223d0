"""How a session begins: what a page's link says, beside the experiment's own parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.experiments.experiment import Experiment, Seeds
from server.grammar import Parameters, Refused
from server.grammar.messages import FASTEST, LARGEST_SEED

SLOWEST = 0.1
USUAL_SEEDS = Seeds()


@dataclass(frozen=True)
class Start:
    """Parameters, seeds, speed (None: as fast as possible) and whether the run begins by itself."""

    parameters: Parameters
    seeds: Seeds = USUAL_SEEDS
    speed: float | None = None
    playing: bool = True


def start_of(kind: type[Experiment], link: Mapping[str, str]) -> tuple[Start, tuple[str, ...]]:
    """What the link asks for, and a sentence for each part of it that was ignored. Never raises."""
    words = dict(link)
    speed, preset = words.pop("speed", ""), words.pop("preset", "")
    paused = words.pop("paused", "") == "on"
    ignored: list[str] = []
    seeds = _seeds(words, ignored)
    base, usual = kind.Controls(), kind.speed
    if preset:
        try:
            base, usual = preset_of(kind, preset)
        except Refused as refusal:
            ignored.append(f"Ignored in the link: {refusal}")
    parameters, wrong = kind.Controls.from_link(words, base)
    start = Start(parameters, seeds, _speed(usual, speed, ignored), not paused)
    return start, (*ignored, *wrong)


def preset_of(kind: type[Experiment], name: str) -> tuple[Parameters, float]:
    """A preset's parameters and its speed. Raises Refused."""
    if name not in kind.presets:
        raise Refused(f"There is no preset “{name[:40]}”; there are: {', '.join(kind.presets)}.")
    parameters, values = kind.Controls(), dict(kind.presets[name])
    speed = float(values.pop("speed", kind.speed))
    for parameter, value in values.items():
        parameters = parameters.changed(parameter, value)
    return parameters, speed


def _seeds(words: dict[str, str], ignored: list[str]) -> Seeds:
    """See `Seeds.link`. Takes its words out of the link."""
    every = _seed("seed", words, USUAL_SEEDS.data, ignored)
    initialisation = _seed("initialisation_seed", words, every, ignored)
    return Seeds(every, initialisation, _seed("order_seed", words, every, ignored))


def _seed(name: str, words: dict[str, str], otherwise: int, ignored: list[str]) -> int:
    text = words.pop(name, "")
    if text.isdecimal() and text.isascii() and len(text) <= 10 and int(text) <= LARGEST_SEED:
        return int(text)
    if text:
        right = f"a seed is a whole number from 0 to {LARGEST_SEED}"
        ignored.append(f"Ignored in the link: {right}, not {text[:20]}.")
    return otherwise


def _speed(usual: float, text: str, ignored: list[str]) -> float | None:
    if text in ("", "max"):
        return usual if text == "" else None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if SLOWEST <= speed <= FASTEST:
        return speed
    ignored.append(f"Ignored in the link: a speed is a number of steps per second, or “max”, not {text[:20]}.")
    return usual
