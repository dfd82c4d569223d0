"""Which of two nets does better on the same held-out examples, by more than chance would have it."""

import math

from torch import Tensor

from server.grammar import Verdict, Word

SURE = 2.0  # standard errors by which one arm has to be the better
LARGEST = 99.0  # per cent that are written out below 0, or of a difference


def named(a: Tensor, b: Tensor) -> Verdict:
    """Of examples that each net names rightly or not, (n,) bool: whether B names more.

    Only those that one of them alone names rightly tell the two apart: so many gained and so many lost, whose
    difference has the standard error √(gained + lost) when it is all chance (Q. McNemar, Psychometrika 12 (1947) 153).
    """
    gained, lost = int((b & ~a).sum()), int((a & ~b).sum())
    word = _word(gained - lost, (gained + lost) ** 0.5)
    return Verdict(number=_percent(b), line="held-out right, B", word=word, note=f"A {_percent(a)}, +{gained} −{lost}")


def fitted(a: Tensor, b: Tensor, variance: float) -> Verdict:
    """Of squared errors (n,) at the same examples: whether B's are the smaller.

    The number is R² = 1 − ⟨error²⟩ / variance, the explained share of all values' variance; it is negative where always
    saying their mean would be better. The difference of both shares is a mean over examples, and has the
    standard error of that mean.
    """
    shares = [1 - float(errors.double().mean()) / variance for errors in (a, b)]
    differences = (a - b).double() / variance
    error = float(differences.std()) / len(differences) ** 0.5 if len(differences) > 1 else math.inf
    mean = float(differences.mean())
    first, second = (_per_cent(share, 0) for share in shares)
    places = int(max(abs(mean), error) < 0.0995)
    note = f"A {first}, {'+' * (mean >= 0)}{_per_cent(mean, places)} ± {_per_cent(error, places)}"
    return Verdict(number=f"{second} %", line="held-out explained, B", word=_word(mean, error), note=note)


def _word(difference: float, error: float) -> Word:
    if not abs(difference) > SURE * error:
        return "close"
    return "holds" if difference > 0 else "broken"


def _percent(right: Tensor) -> str:
    return f"{100 * float(right.double().mean()):.0f} %"


def _per_cent(share: float, places: int) -> str:
    """In at most four characters: 3.1, 47, −12, <−99."""
    per_cent = 100 * share
    if not -LARGEST <= per_cent <= 100:
        return ">99" if per_cent > 0 else "<−99"
    return "−" * (per_cent < 0) + f"{abs(per_cent):.{places}f}"
