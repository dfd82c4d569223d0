"""Patterns to memorise: named, distinct, of the right size, the same whenever asked for."""

import pytest
import torch

from server.models.data import binary_digits
from server.models.repertoire import LETTERS, STYLES, Kind, letter, repertoire

KINDS: tuple[Kind, ...] = ("digits", "letters", "random")


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("count", "side"), [(1, 20), (12, 25), (200, 32)])
def test_as_many_different_patterns_with_different_names_as_asked_for(kind: Kind, count: int, side: int) -> None:
    patterns, names = repertoire(kind, count, side, seeded())
    assert patterns.shape == (count, side * side)
    assert set(torch.unique(patterns).tolist()) == {-1.0, 1.0}
    assert len(torch.unique(patterns, dim=0)) == len(set(names)) == count


@pytest.mark.parametrize("kind", KINDS)
def test_more_memories_leave_the_first_ones_as_they_were(kind: Kind) -> None:
    few, many = repertoire(kind, 3, 20, seeded()), repertoire(kind, 15, 20, seeded())
    assert torch.equal(many.patterns[:3], few.patterns)
    assert many.names[:3] == few.names


def test_the_first_memory_is_the_3_and_the_eleventh_is_another_hands_3() -> None:
    patterns, names = repertoire("digits", 11, 20, seeded())
    assert (names[0], names[10]) == ("3", "3₂")
    assert torch.equal(patterns[10], binary_digits([3], choice=1)[0])


def test_letters_are_pictures_of_ink_that_mirror_as_type_does() -> None:
    """A typeface's A, H, M, O, T, V and X are the same from the left and from the right, its F is not."""
    for symbol in "AHMOTVX":
        picture = letter(symbol, 32).view(32, 32)
        columns = torch.where((picture > 0).any(0))[0]
        ink = picture[:, columns[0] : columns[-1] + 1]
        assert (ink == ink.flip(1)).double().mean() > 0.88, symbol
    flag = letter("F", 32).view(32, 32)
    assert (flag == flag.flip(1)).double().mean() < 0.9


def test_a_letter_beyond_the_last_is_refused() -> None:
    with pytest.raises(ValueError, match=r"208 in all"):
        repertoire("letters", len(LETTERS) * len(STYLES) + 1, 20, seeded())
