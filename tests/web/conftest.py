"""A real server of the fake experiments, and a client that asks it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.web.fake import FakeEngine, browsing


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with browsing(FakeEngine()) as found:
        yield found
