"""What the page of the sampled machine draws and says of a machine in motion."""

from math import inf, isnan, nan

import torch
from torch import Tensor

from server.experiments.conditional import Conditional
from server.experiments.judgement import percent
from server.experiments.motion import Motion, Toss
from server.experiments.recent import Recent
from server.experiments.visits import Visits
from server.grammar import Verdict
from server.models.enumeration import states_of
from server.models.memory import TIE

TALLEST = 12
"""Units in one column under a bar; more of them stand in several columns."""
TERMS = 4
"""Parts of a sum that are written out."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def channels(motion: Motion) -> dict[str, Tensor]:
    """All arrays of a picture but the weights."""
    trajectory, toss = motion.trajectory, _toss(motion)
    bars = _counted(motion, motion.exact) if motion.exact else _lately(motion)
    return bars | motion.coins.channels(motion.heat, (toss.gap, toss.coin)) | {
        "units": trajectory.state,
        "held": trajectory.held.float(),
        "deciding": torch.tensor(toss.unit),
        "chance": torch.tensor(toss.chance),
        "toss": torch.tensor([toss.gap, toss.chance]),
        "samples": torch.tensor(motion.samples.samples),
        "mean_energy": motion.mean_energy,
    }  # fmt: skip


def _toss(motion: Motion) -> Toss:
    """The last decision. Before any, the first one to come, whose coin is not known (NaN)."""
    if motion.last:
        return motion.last
    unit, heat = motion.trajectory.following(motion.conditions.order), motion.heat
    gap, on = float(motion.trajectory.gaps[unit]), bool(motion.trajectory.state[unit])
    chance = float(torch.sigmoid(torch.tensor(gap / heat))) if heat else float(on if _tied(gap) else gap > 0)
    return Toss(unit, gap, heat, nan, chance, on)


def _tied(gap: float) -> bool:
    """Whether on and off are as good, give or take rounding."""
    return abs(gap) <= TIE


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
    numbers, shares = _recent(motion).likeliest()
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


def _recent(motion: Motion) -> Recent:
    assert isinstance(motion.samples, Recent)
    return motion.samples


def _place(motion: Motion, numbers: Tensor) -> int:
    """The bar of the present state, of bars for these states; −1: it has none."""
    here = (numbers == motion.trajectory.number).nonzero()
    return int(here[0, 0]) if len(here) else -1


def _bars(motion: Motion, numbers: Tensor, shares: Tensor) -> dict[str, Tensor]:
    """Shares, the units of each state under its bar (k, rows, columns), and the bar of the present state."""
    states = states_of(numbers, motion.units)
    width = -(-motion.units // TALLEST)
    rows = -(-motion.units // width)
    states = torch.nn.functional.pad(states, (0, rows * width - motion.units), value=nan)
    return {
        "shares": shares,
        "columns": states.view(-1, rows, width),
        "place": torch.tensor(_place(motion, numbers)),
    }


def words(motion: Motion, signed: tuple[Tensor, Tensor, Tensor] | None) -> dict[str, str]:
    """Live words; `signed` are weights and biases for units of ±1 where the machine is written in these."""
    toss, exact = _toss(motion), motion.exact
    known = exact is not None and exact.known
    barred = torch.from_numpy(exact.numbers) if exact else _recent(motion).likeliest()[0]
    unmeasured = "Not measured: no coins at T = 0." if exact else "Too many states to add up."
    return {
        "formula": "cold" if motion.heat == 0 else "signs" if signed else "binary",
        "unit": str(toss.unit + 1),
        "sum": _sum(motion, toss, signed),
        "heat": number(motion.heat),
        "coin": _coin(toss) if motion.heat else "",
        "samples": thousands(motion.samples.samples),
        "kind": "descents" if motion.cooling else "runs" if motion.conditions.sweeps else "samples",
        "dashes": " Dashes: exact." if known else "",
        "here": "Yellow: where it is now. " if _place(motion, barred) >= 0 else "",
        "others": _others(motion),
        "biases": "For units of −1 and +1: b/2 + Σ w/4."
        if signed
        else "Friends, rivals, memories: −½ Σ w, plus chance.",
        "powers": "Both in powers of ten: −1 is 10 %." if known else unmeasured,
        "slope": "Its slope is −1/T, its height −ln Z." if known else unmeasured,
    }


def _sum(motion: Motion, toss: Toss, signed: tuple[Tensor, Tensor, Tensor] | None) -> str:
    """The arithmetic of the unit that decided: whatever it chose, what it heard is still there."""
    state, unit = motion.trajectory.state, toss.unit
    weights, biases = signed[:2] if signed else (motion.weights, motion.biases)
    parts = weights[unit] * (2 * state - 1 if signed else state)
    heard = parts[parts != 0].tolist()
    if len(heard) > TERMS:
        heard = [sum(heard)]
    told = number(float(biases[unit])) + "".join(f" {'−' if part < 0 else '+'} {abs(part):.2f}" for part in heard)
    found = f"h = {told} = {number(toss.gap / 2)}" if signed else f"ΔE = {told} = {number(toss.gap)}"
    return f"{found}; a tie keeps its state" if motion.heat == 0 and _tied(toss.gap) else found


def _coin(toss: Toss) -> str:
    """The coin that was tossed."""
    if isnan(toss.coin):
        return ""
    return f". Its coin: {toss.coin:.2f} {'<' if toss.on else '≥'} {toss.chance:.2f}, {'on' if toss.on else 'off'}"


def _others(motion: Motion) -> str:
    """What the states without a bar hold together."""
    exact, visits = motion.exact, motion.samples
    if exact is None or not isinstance(visits, Visits):
        return "Too many states to add up: those visited most of late."
    if not exact.known:
        if motion.cooling:
            return "No dashes at T = 0: each descent ends in a valley."
        return "At T = 0 each run falls and stays." if motion.conditions.sweeps else "At T = 0 it falls and stays."
    if exact.states == len(exact.numbers):
        return "All states are drawn."
    others = thousands(exact.states - len(exact.numbers))
    return f"{others} others: {percent(float(exact.probabilities[-1]))}, measured {percent(float(visits.shares[-1]))}."


def verdict(motion: Motion) -> Verdict:
    """The share of probability misplaced; without heat the times the energy rose."""
    if motion.cooling:
        line = "ended deepest" if motion.exact else "too many states"
        return Verdict(number=motion.cooling.told, line=line, word="untested", note="annealing")
    if motion.conditions.temperature == 0:
        line = f"rises in {thousands(motion.decisions)} updates"
        return Verdict(number=str(min(motion.rises, 99_999)), line=line, word="untested", note="no coins at T = 0")
    if not isinstance(motion.samples, Visits):
        note = f"2{str(motion.free_units).translate(SUPERSCRIPTS)} states"
        return Verdict(number="–", line="too many states to add up", word="untested", note=note)
    return motion.samples.verdict()


def number(value: float) -> str:
    """Two digits after the point, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def thousands(count: int) -> str:
    """1048576 as "1 048 576"."""
    return f"{count:,}".replace(",", "\u2009")
