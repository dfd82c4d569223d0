"""The surface of the basins page: it is drawn, turns, lies flat, and says so where there is no WebGL."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import differs, drawn, pixels

PANEL = ".panel:has(.turn, .lack)"
RELIEF = f"{PANEL} .body canvas"
"""The first canvas of the two: words lie on the second."""
WITHOUT = """{ const asked = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : asked.call(this, kind, ...more); }; }"""


@pytest.fixture
def calm(visit: Visit) -> Page:
    """Basins, paused at the start."""
    page = visit("/e/basins", motion="reduce")
    drawn(page, RELIEF)
    return page


def test_it_turns_by_keys_and_by_hand_and_comes_home(calm: Page) -> None:
    plane, home = calm.locator(".turn"), pixels(calm, RELIEF)
    for key in ("ArrowLeft", "ArrowUp", "+"):
        plane.press(key)
        differs(calm, RELIEF, home)
        plane.press("Home")
        assert pixels(calm, RELIEF) == home
    place = plane.bounding_box()
    assert place
    calm.mouse.move(place["x"] + 90, place["y"] + 90)
    calm.mouse.down()
    calm.mouse.move(place["x"] + 150, place["y"] + 90, steps=4)
    calm.mouse.up()
    differs(calm, RELIEF, home)


def test_it_is_coloured_anew_with_the_theme(calm: Page) -> None:
    light = pixels(calm, RELIEF)
    calm.emulate_media(color_scheme="dark")
    differs(calm, RELIEF, light)


def test_it_lies_flat_and_stands_up_again(calm: Page) -> None:
    relief, canvases = pixels(calm, RELIEF), calm.locator(f"{PANEL} .body canvas")
    panel = calm.locator(".panel", has_text="Energy of the starts")
    for _ in range(20):  # more than the graphics contexts that a browser allows: each must be given back
        panel.get_by_role("button", name="Flat map").press("Enter")
        expect(panel.locator(".body canvas")).to_have_count(1)
        panel.get_by_role("button", name="Surface").press("Enter")
        expect(canvases).to_have_count(2)
    assert pixels(calm, RELIEF) == relief


def test_without_webgl_there_is_the_flat_map_and_a_sentence(visit: Visit) -> None:
    page = visit("/e/basins", motion="reduce", prepare=lambda page: page.add_init_script(WITHOUT))
    expect(page.locator(".lack")).to_contain_text("this is the flat map")
    drawn(page, f"{PANEL} .body canvas")
    expect(page.get_by_role("button", name="Surface")).to_have_count(0)
