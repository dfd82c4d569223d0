"""One server and one Chromium for all browser tests; a page on which any console message is a failure."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.serving import Server, launch, serving

PATIENCE = 20_000
"""Milliseconds a wait may take: much more than it should, for a machine that does other things too."""
SOFTWARE = "GPU stall due to ReadPixels"
"""What Chromium says of WebGL that it draws without a graphics card, whatever the page does."""
Scheme = Literal["light", "dark"]
Motion = Literal["no-preference", "reduce"]
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture(scope="package")  # it keeps an event loop running in this thread, which no other test must meet
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = launch(playwright)
        yield launched
        launched.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
    """Opens a path in a fresh context. `motion="reduce"`: the run starts paused, at step 0. `expected`: a pattern of
    messages that this test causes on purpose."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        path: str, width: int = 1366, height: int = 768, scheme: Scheme = "light", motion: Motion = "no-preference",
        expected: str = "(?!)", address: str = "", prepare: Callable[[Page], None] = lambda page: None, **more: Any,
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion, **more
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()

        def complain(sentence: str) -> None:
            if not re.search(f"{expected}|{SOFTWARE}", sentence):
                complaints.append(f"{path}: {sentence}")

        page.on("console", lambda message: complain(f"console {message.type}: {message.text} {message.location}"))
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        page.on("requestfailed", lambda request: complain(f"request failed: {request.url} {request.failure}"))
        prepare(page)
        page.goto((address or server.address) + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)
