"""What a call gives, or the sentence with which it was refused."""

from collections.abc import Callable
from typing import TypeVar

from server.grammar import Refused

Result = TypeVar("Result")


def attempt(call: Callable[[], Result]) -> tuple[Result | None, str]:
    """The result and no sentence, or no result and the sentence."""
    try:
        return call(), ""
    except Refused as refusal:
        return None, str(refusal)
