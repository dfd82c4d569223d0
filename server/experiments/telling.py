"""What the page of the sampled machine draws and says of a machine in motion."""

from math import inf, nan

import torch
from torch import Tensor

from server.experiments.conditional import Conditional
from server.experiments.motion import Motion
from server.experiments.visits import Visits, percent
from server.grammar import Verdict
from server.models.enumeration import states_of

TALLEST = 12
"""Units in one column under a bar; more of them stand in several columns."""
TERMS = 4
"""Parts of a sum that are written out."""


def channels(motion: Motion) -> dict[str, Tensor]:
    """All arrays of a picture but the weights."""
    trajectory = motion.trajectory
    unit = trajectory.following(motion.conditions.order)
    gap, chance = (trajectory.gaps[unit], _chance(motion, unit)) if unit >= 0 else (torch.tensor(nan),) * 2
    bars = _counted(motion, motion.exact) if motion.exact else _lately(motion)
    return bars | motion.coins.channels(motion.heat) | {
        "units": trajectory.state,
        "held": trajectory.held.float(),
        "deciding": torch.tensor(unit),
        "chance": chance,
        "toss": torch.stack([gap, chance]),
        "samples": torch.tensor(motion.samples.samples),
        "mean_energy": motion.mean_energy,
    }  # fmt: skip


def _chance(motion: Motion, unit: int) -> Tensor:
    """p(on) of the unit that decides next; at T = 0 and ΔE = 0 it stays as it is."""
    gap, heat = motion.trajectory.gaps[unit], motion.heat
    if heat:
        return torch.sigmoid(gap / heat)
    return motion.trajectory.state[unit] if gap == 0 else (gap > 0).double()


def _counted(motion: Motion, exact: Conditional) -> dict[str, Tensor]:
    """Bars with their exact answer."""
    visits, temperature = motion.samples, motion.conditions.temperature
    assert isinstance(visits, Visits)
    shares, facts = visits.shares, visits.facts if exact.known and not motion.cooling else nan
    steady = exact.known and not motion.cooling
    ends = exact.energies[[0, -1]]
    law = torch.stack([ends, -ends / (temperature or nan) - exact.log_partition], 1)
    return {
        **_bars(motion, torch.from_numpy(exact.numbers), shares[:-1]),
        **visits.marks(),
        "exact_shares": exact.probabilities[:-1],
        "energies": exact.energies,
        "log_shares": torch.where(shares[:-1] > 0, shares[:-1].log(), nan),
        "law": law,
        "exact_energy": torch.tensor(exact.mean_energy if steady else nan),
        "lowest": torch.tensor(nan) if steady else exact.energies[0],
        "exact_mean": torch.tensor(exact.mean_energy),
        "log_partition": torch.tensor(exact.log_partition),
        "facts": torch.tensor(facts if facts < inf else nan),
        "misplaced": torch.tensor(100 * visits.misplaced),
    }


def _lately(motion: Motion) -> dict[str, Tensor]:
    """Bars of the states visited most of late, lowest energy first; nothing exact."""
    assert not isinstance(motion.samples, Visits)
    numbers, shares = motion.samples.likeliest()
    energies = motion.energies(states_of(numbers, motion.units))
    order = energies.argsort(stable=True)
    unknown = torch.tensor(nan)
    nothing = ("exact_energy", "lowest", "exact_mean", "log_partition", "facts", "misplaced")
    return {
        **_bars(motion, numbers[order], shares[order]),
        **dict.fromkeys(nothing, unknown),
        **dict.fromkeys(("noise_line", "law"), torch.full((2, 2), nan)),
        **dict.fromkeys(("counted", "misplaced_marks"), torch.full((1,), nan)),
        "exact_shares": torch.full((len(numbers),), nan),
        "energies": energies[order],
        "log_shares": shares[order].log(),
    }


def _bars(motion: Motion, numbers: Tensor, shares: Tensor) -> dict[str, Tensor]:
    """Shares, the units of each state under its bar (k, rows, columns), and the bar of the present state."""
    here = (numbers == motion.trajectory.number).nonzero()
    states = states_of(numbers, motion.units)
    width = -(-motion.units // TALLEST)
    rows = -(-motion.units // width)
    states = torch.nn.functional.pad(states, (0, rows * width - motion.units), value=nan)
    return {
        "shares": shares,
        "columns": states.view(-1, rows, width),
        "place": here[0, 0] if len(here) else torch.tensor(-1),
    }


def words(motion: Motion, signed: tuple[Tensor, Tensor, Tensor] | None) -> dict[str, str]:
    """Live words; `signed` are weights and biases for units of ±1 where the machine is written in these."""
    unit = motion.trajectory.following(motion.conditions.order)
    cold = motion.heat == 0
    return {
        "formula": "cold" if cold else "signs" if signed else "binary",
        "unit": str(unit + 1),
        "sum": _sum(motion, unit, signed),
        "last": _last(motion),
        "samples": f"{motion.samples.samples:,}".replace(",", "\u2009"),
        "kind": "descents" if motion.cooling else "runs" if motion.conditions.sweeps else "samples",
        "others": _others(motion),
    }


def _sum(motion: Motion, unit: int, signed: tuple[Tensor, Tensor, Tensor] | None) -> str:
    """The arithmetic of the unit that decides next."""
    state = motion.trajectory.state
    weights, biases = signed[:2] if signed else (motion.weights, motion.biases)
    parts = weights[unit] * (2 * state - 1 if signed else state)
    heard = parts[parts != 0].tolist()
    if len(heard) > TERMS:
        heard = [sum(heard)]
    gap = float(motion.trajectory.gaps[unit])
    told = number(float(biases[unit])) + "".join(f" {'−' if part < 0 else '+'} {abs(part):.2f}" for part in heard)
    return f"h = {told} = {number(gap / 2)}" if signed else f"ΔE = {told} = {number(gap)}"


def _last(motion: Motion) -> str:
    """The last coin that was tossed."""
    last = motion.last
    if last is None or last.unit < 0:
        return ""
    told = f"{last.coin:.2f} {'<' if last.on else '≥'} {last.chance:.2f}"
    return f"; last coin {told}: unit {last.unit + 1} {'on' if last.on else 'off'}"


def _others(motion: Motion) -> str:
    """What the states without a bar hold together."""
    exact, visits = motion.exact, motion.samples
    if exact is None or not isinstance(visits, Visits):
        return "Too many states to add up: those visited most of late."
    if not exact.known:
        return "Without heat it is no sampler: it falls and stays."
    if exact.states == len(exact.numbers):
        return "All states are drawn."
    others = f"{exact.states - len(exact.numbers):,}".replace(",", "\u2009")
    held, had = percent(float(exact.probabilities[-1])), percent(float(visits.shares[-1]))
    return f"{others} other states hold {held} together; measured {had}."


def verdict(motion: Motion) -> Verdict:
    """The share of probability misplaced; without heat the times the energy rose."""
    if motion.cooling:
        line = "ended deepest" if motion.exact else "too many states"
        return Verdict(number=motion.cooling.told, line=line, word="untested", note="annealing")
    if motion.conditions.temperature == 0:
        count = f"{motion.decisions:,}".replace(",", "\u2009")
        note = "settled" if motion.settled else "still falling"
        word = "broken" if motion.rises else "holds" if motion.decisions else "untested"
        return Verdict(number=str(min(motion.rises, 99_999)), line=f"rises in {count} updates", word=word, note=note)
    if not isinstance(motion.samples, Visits):
        note = f"2^{motion.units} states"
        return Verdict(number="–", line="too many states to add up", word="untested", note=note)
    return motion.samples.verdict()


def number(value: float) -> str:
    """Two digits after the point, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")
