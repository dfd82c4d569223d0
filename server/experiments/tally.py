"""What the page of the two phases draws of a course: a bar for every pattern, and a list of numbers."""

from math import nan

import torch
from torch import Tensor

from server.experiments.course import Course
from server.experiments.equilibrium import conditional
from server.experiments.lessons import MOST, numbers_of
from server.models.enumeration import states_of

ANY = 0.5
"""A unit of the picture under the bar of all others: neither on nor off."""


def order(course: Course) -> Tensor:
    """The numbers of the patterns that have a bar: those taught, then all others, each in its place; where these are
    too many, those the machine shows most often, as held."""
    taught = course.lesson.numbers
    likely = course.expected().clone()
    likely[taught] = -1
    if len(likely) <= MOST:
        return torch.cat([taught, (likely >= 0).nonzero().flatten()])
    others = likely.sort(descending=True, stable=True).indices[: len(likely) - len(taught)]
    return torch.cat([taught, others[: MOST - len(taught)]])


def bars(course: Course) -> dict[str, Tensor]:
    """Machine and data (k,), both given what is held; the patterns as pictures; and the one that is dreamt now.

    Patterns without a bar of their own have a last one together, so that the bars sum to 1.
    """
    numbers, held, lesson = order(course), course.dreams.held, course.lesson
    dreamt = int(numbers_of(course.dreams.states[:1, : lesson.visible]))
    place = (numbers == dreamt).nonzero()
    data, patterns = conditional(course.wanted, held), states_of(numbers, lesson.visible)
    if len(numbers) < len(data):
        patterns = torch.cat([patterns, torch.full_like(patterns[:1], ANY)])
    return {
        "model": _summed(course.expected(), numbers),
        "data": _summed(data, numbers) if data.any() else torch.full((len(patterns),), nan),
        "pictures": lesson.drawn(patterns),
        "dream": place[0, 0] if len(place) else torch.tensor(len(numbers)),
    }


def _summed(distribution: Tensor, numbers: Tensor) -> Tensor:
    """The probabilities of these patterns and, where there are others, of all of them together."""
    rest = distribution.index_fill(0, numbers, 0).sum()
    return torch.cat([distribution[numbers], rest[None]]) if len(numbers) < len(distribution) else distribution[numbers]


def numbers(course: Course) -> dict[str, Tensor]:
    """Single numbers of a Readout, shares in per cent."""
    taught, shared = course.lesson.numbers, course.lesson.shared_code
    return {
        "entropy": course.phases.entropy,
        "likelihood": course.likelihood,
        "log_partition": course.log_partition,
        "legal": 100 * course.distribution[taught].sum(),
        "legal_sampled": 100 * course.dreams.shares()[taught].sum(),
        "shared_code": torch.tensor(shared if shared is not None else nan, dtype=torch.float64),
        "best_without": torch.tensor(course.best_without, dtype=torch.float64),
    }
