"""A lost or silent connection is seen and mends itself; so does a killed worker; a hidden tab stops asking."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Visit
from tests.browser.looking import HILL, carries, differs, drawn, pixels, stands_at, step_of
from tests.browser.serving import Line, Server, until

CUT = "WebSocket connection to .* failed|static/icon.svg"
"""What the browser says of a cut line; it also fetches the tab's icon late, perhaps while the line is cut."""
PATH = "/e/hopfield?noise=0.3&temperature=1&seed=5"


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    laid = Line(server.port)
    yield laid
    laid.close()


def alive(visit: Visit, **options: str) -> Page:
    """A page that has fetched all it needs, and plays."""
    page = visit(PATH, **options)
    drawn(page)
    page.wait_for_load_state("networkidle")
    return page


def mended(page: Page) -> None:
    """The strip has gone, the picture lives again, the parameters are those of the link."""
    expect(page.locator(".notices .strip")).to_have_count(0, timeout=20_000)
    expect(page.locator(".stale")).to_have_count(0)
    differs(page, HILL, pixels(page, HILL))
    stands_at(page, "noise", 0.3)
    stands_at(page, "temperature", 1)
    carries(page, noise="0.3", temperature="1", seed="5")
    expect(page.locator(".rail")).not_to_have_attribute("inert", "")


def test_a_cut_connection_is_said_and_mends_itself(line: Line, visit: Visit) -> None:
    page = alive(visit, address=line.address, expected=CUT)
    line.cut()
    strip = page.locator(".notices .strip.warn")
    expect(strip).to_contain_text("Connection lost.", timeout=8_000)
    expect(strip).to_contain_text(re.compile(r"Trying (again in \d+\s?s|now)"))
    expect(page.locator(".panel.first .body.stale")).to_be_visible()
    expect(page.locator(".rail")).to_have_attribute("inert", "")
    expect(page.get_by_role("button", name="Step", exact=True)).to_be_disabled()
    line.restore()
    mended(page)


def test_a_silent_connection_is_said_and_goes_on(line: Line, visit: Visit) -> None:
    page = alive(visit, address=line.address, expected=CUT)
    line.freeze()
    expect(page.locator(".notices .strip.warn")).to_contain_text("not answering", timeout=8_000)
    expect(page.locator(".hill.stale")).to_be_visible()
    step = step_of(page)
    line.restore()
    mended(page)
    assert step_of(page) >= step, "the same session goes on"


def test_try_now_does_not_wait(line: Line, visit: Visit) -> None:
    page = alive(visit, address=line.address, expected=CUT)
    line.cut()
    again = page.get_by_role("button", name="Try now")
    expect(again).to_be_visible(timeout=8_000)
    line.restore()
    again.click()
    mended(page)


def test_a_killed_worker_is_told_and_its_page_starts_again(server: Server, visit: Visit) -> None:
    server.quiet()
    page = alive(visit)
    before = server.health()
    (worker,) = (each for each in before["workers"] if each["sessions"])
    os.kill(worker["pid"], signal.SIGKILL)
    expect(page.locator(".notices .strip.warn")).to_be_visible(timeout=8_000)
    mended(page)
    until(lambda: server.health()["restarts"] == before["restarts"] + 1, "the worker is replaced")
    until(lambda: all(each["alive"] for each in server.health()["workers"]), "all workers live")


def test_a_hidden_tab_asks_for_no_pictures(visit: Visit) -> None:
    sent: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: sent.append(str(payload)))

    page = visit(PATH, prepare=lambda page: page.on("websocket", listen))
    drawn(page)
    hide = """hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange')); }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(500)  # what was under way arrives; there is nothing to wait for but silence
    asked, hill = len(sent), pixels(page, HILL)
    page.wait_for_timeout(1000)
    assert len(sent) == asked
    assert pixels(page, HILL) == hill
    page.evaluate(hide, False)
    differs(page, HILL, hill)
    assert len(sent) > asked
