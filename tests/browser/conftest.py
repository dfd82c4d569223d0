"""One server and one Chromium for all browser tests; a page on which any console message is a failure."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.looking import at_step, drawn, press, step_of
from tests.browser.serving import EXPERIMENTS, FIRST_OF_THEIR_KIND, Server, launch, serving

HERE = Path(__file__).parent
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


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is slow
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one process, so that there is one server and one browser. Pages that show nothing which an earlier page
    does not show are slow tests: all pages together take longer than a default run may."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.xdist_group("browser"))
        values = (
            item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        )
        if any(value in EXPERIMENTS and value not in FIRST_OF_THEIR_KIND for value in values):
            item.add_marker(pytest.mark.slow)


class Visits:
    """Opens paths, each in a fresh context, and remembers what their consoles said."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self._server, self._browser = server, browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []

    def open(
        self, path: str, width: int = 1366, height: int = 768, scheme: Scheme = "light",
        motion: Motion = "no-preference", expected: str = "(?!)", address: str = "",
        prepare: Callable[[Page], None] = lambda page: None, **more: Any,
    ) -> Page:  # fmt: skip
        """`motion="reduce"`: the run starts paused, at step 0. `expected`: a pattern of messages that this test causes
        on purpose."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion, **more
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()

        def complain(sentence: str) -> None:
            if not re.search(f"{expected}|{SOFTWARE}", sentence):
                self._complaints.append(f"{path}: {sentence}")

        page.on("console", lambda message: complain(f"console {message.type}: {message.text} {message.location}"))
        page.on("pageerror", lambda error: complain(f"error: {error}"))
        page.on("requestfailed", lambda request: complain(f"request failed: {request.url} {request.failure}"))
        prepare(page)
        page.goto((address or self._server.address) + path)
        return page

    def close(self) -> None:
        """Raises AssertionError if any page complained."""
        for context in self._contexts:
            context.close()
        assert not self._complaints, "\n".join(self._complaints)


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
    """Opens a path; see `Visits.open`."""
    visits = Visits(server, browser)
    yield visits.open
    visits.close()


@pytest.fixture(scope="module", params=EXPERIMENTS)
def opened(request: pytest.FixtureRequest, server: Server, browser: Browser) -> Iterator[Page]:
    """Every experiment's page in turn, opened once for all tests of a file, and without motion.

    Axe injects styles to measure by, which our policy forbids: this page does without the policy.
    """
    visits = Visits(server, browser)
    page = visits.open(f"/e/{request.param}", motion="reduce", bypass_csp=True)
    drawn(page)
    yield page
    visits.close()


@pytest.fixture
def still(opened: Page) -> Iterator[Page]:
    """`opened` as it was at first: at 1366×768, in light, its run at step 0. Whoever changes it sets it back so."""
    yield opened
    opened.set_viewport_size({"width": 1366, "height": 768})
    if opened.locator("html").get_attribute("data-mode") == "projector":
        opened.keyboard.press("Escape")
    if step_of(opened):
        press(opened, "Rewind")
        at_step(opened, 0)
