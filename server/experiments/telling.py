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
    coin = toss.coin if toss.heat else nan  # without heat none is tossed
    made = motion.decisions or nan
    return bars | motion.coins.channels(motion.heat, (toss.gap, coin)) | {
        "units": trajectory.state,
        "held": trajectory.held.float(),
        "layers": (torch.arange(motion.units) >= motion.visible).float(),
        "up": torch.tensor(motion.rises / made),
        "down": torch.tensor(motion.falls / made),
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
    steady = exact.known and not motion.cooling
    shares, facts = visits.shares, visits.facts if steady and not visits.evidence.astray else nan
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
        "lowest": torch.tensor(nan if steady else exact.lowest),
        "exact_mean": torch.tensor(exact.mean_energy),
        "log_partition": torch.tensor(exact.log_partition),
        "facts": torch.tensor(facts if facts < inf else nan),
        "misplaced": torch.tensor(100 * visits.misplaced),
    }


def _lately(motion: Motion) -> dict[str, Tensor]:
    """Bars of the states visited most of late, lowest energy first; nothing exact. With units hidden those visited most
    come first, as free energies are not known."""
    numbers, shares = _recent(motion).likeliest()
    hidden = motion.conditions.hidden > 0
    energies = motion.energies(states_of(numbers, motion.units))
    order = (-shares if hidden else energies).argsort(stable=True)
    if hidden:
        energies = energies * nan
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
    here = (numbers == motion.place).nonzero()
    return int(here[0, 0]) if len(here) else -1


def _bars(motion: Motion, numbers: Tensor, shares: Tensor) -> dict[str, Tensor]:
    """Shares, the visible units of each state under its bar (k, rows, columns), and the bar of the present state."""
    visible = motion.visible
    states = states_of(numbers, visible)
    width = -(-visible // TALLEST)
    rows = -(-visible // width)
    states = torch.nn.functional.pad(states, (0, rows * width - visible), value=nan)
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
        "rim": "Double rim: hidden." if motion.conditions.hidden else "",
        "trend": _trend(motion),
        "law": "a loaded coin" if motion.heat else "a step, no coin",
        **_below(motion),
    }


def _trend(motion: Motion) -> str:
    """Which way energy goes."""
    if motion.cooling and motion.cooling.cools:
        return "Cooled, it falls; hot again, it climbs."
    if motion.heat == 0:
        return "Without heat it never rises."
    if motion.conditions.sweeps:
        return "From every random start it falls until heat lifts it."
    return "At one T it soon rises as often as it falls."


def _below(motion: Motion) -> dict[str, str]:
    """What the views below the first screen say."""
    exact, visits, cooling = motion.exact, motion.samples, motion.cooling
    course = (
        "held at T"
        if not cooling
        else "cooled down to T, over and over"
        if cooling.cools
        else "held at T, nothing cools"
    )
    if exact is None or not isinstance(visits, Visits):
        powers = slope = "Too many states to add up."
        compared, news = "nothing, the exact answer is not known", "Too many states to add up."
    elif not exact.known:
        powers, slope = (
            "Not measured: at T = 0 there is no distribution.",
            "No law at T = 0: shares are of where it fell.",
        )
        compared, news = "nothing, T = 0 has no distribution", "At T = 0 it falls and stays."
    else:
        powers = f"Share of probability; of {visits.compared}. Log axes."
        slope = "Its slope is −1/T, its height −ln Z."
        compared = visits.compared
        news = "Every sample is a fact of its own." if visits.apart else "Samples in a row are not all news."
    if cooling and exact and exact.known:
        slope, news = "The law holds at one T; these are the ends of descents.", "A sample is where a descent ended."
    return {"course": course, "powers": powers, "slope": slope, "compared": compared, "news": news}


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
    # So many digits that one sees which is greater.
    digits = next((n for n in range(2, 16) if f"{toss.coin:.{n}f}" != f"{toss.chance:.{n}f}"), 16)
    coin, chance = f"{toss.coin:.{digits}f}", f"{toss.chance:.{digits}f}"
    return f". Its coin: {coin} {'<' if toss.on else '≥'} {chance}, {'on' if toss.on else 'off'}"


def _others(motion: Motion) -> str:
    """What the bars are of, and what the states without one hold together."""
    hidden = motion.conditions.hidden
    return f"{_rest(motion)} {hidden} hidden summed out." if hidden else _rest(motion)


def _rest(motion: Motion) -> str:
    exact, visits = motion.exact, motion.samples
    if exact is None or not isinstance(visits, Visits):
        most = "most visited of late first." if motion.conditions.hidden else "those visited most of late."
        return f"Too many states to add up: {most}"
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
    if motion.cooling and not motion.cooling.cools:
        return Verdict(number="–", line="nothing cools", word="untested", note="hottest is not above T")
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
