"""For everyone: axe finds nothing, the keyboard reaches everything, motion waits to be asked for, text can be read."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import HILL, LEAD, box, carries, control, drawn, pixels, press, stands_at, step_of

LEGIBLE = 24
"""Pixels at 1920: what the last row of a lecture hall can read."""


# Axe injects styles to measure by, which our policy forbids: pages it looks at do without the policy.
OPEN = {"motion": "reduce", "bypass_csp": True}
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def clean(page: Page, where: str) -> None:
    """Axe finds no violation."""
    results = Axe().run(page, options=OPTIONS)
    found = [
        f"{where}: {each['id']} ({each['help']}) at {[node['target'] for node in each['nodes']][:4]}: "
        f"{each['nodes'][0]['failureSummary']}"
        for each in results.response["violations"]
    ]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_an_experiment(still: Page) -> None:
    page = still
    press(page, "Step")
    clean(page, "light")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    clean(page, "dark")
    page.set_viewport_size({"width": 390, "height": 844})
    clean(page, "390, dark")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.keyboard.press("p")
    clean(page, "projector, dark")
    page.keyboard.press("t")
    clean(page, "projector, light")


@pytest.mark.parametrize("path", ["/", "/about/hopfield", "/about/batchnorm", "/e/nothing"])
def test_axe_finds_nothing_elsewhere(path: str, visit: Visit) -> None:
    page = visit(path, expected="status of 404", **OPEN)
    page.wait_for_load_state("networkidle")
    clean(page, "light")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    clean(page, "390, dark")


def test_axe_finds_nothing_while_something_is_open(visit: Visit) -> None:
    page = visit("/e/hopfield?noise=9", **OPEN)
    drawn(page)
    clean(page, "a notice")
    page.keyboard.press("?")
    clean(page, "keys")
    page.keyboard.press("Escape")
    panel = page.locator('[data-view="0"]')
    panel.hover()
    panel.get_by_role("button", name="Save and more").click()
    clean(page, "menu")
    panel.get_by_role("menuitem", name="Show as table").click()
    clean(page, "table")
    page.keyboard.press("Escape")
    entry = control(page, "noise").get_by_role("textbox")
    entry.fill("much")
    entry.press("Enter")
    clean(page, "a refusal")


REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
  .filter(each => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true }))
  .map((each, index) => { each.dataset.reach = index;
    return each.getAttribute('aria-label') || each.textContent || each.className; })"""
FOCUSED = """() => { const each = document.activeElement; const look = getComputedStyle(each);
  const thumb = each.querySelector('.thumb');  // a slider's ring is drawn around what moves
  const ringed = (thumb ? [thumb] : [each, each.firstElementChild, each.parentElement]).filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return outlined || (!thumb && style.boxShadow !== 'none'); });
  return { at: each.dataset.reach ?? '', name: each.getAttribute('aria-label') || each.textContent, ringed,
    seen: each.getBoundingClientRect().width > 0 && look.opacity !== '0' }; }"""


def test_tab_reaches_everything_and_shows_where_it_is(still: Page) -> None:
    page = still
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    names = page.evaluate(REACHABLE)
    reached: set[int] = set()
    for _ in range(len(names) + 2):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now["at"] == "":
            continue
        assert now["ringed"], f"focus cannot be seen on “{now['name']}”"
        assert now["seen"], f"“{now['name']}” has focus and is not seen"
        reached.add(int(now["at"]))
    missed = [text for index, text in enumerate(names) if index not in reached]
    assert len(names) > 20
    assert missed == []


def test_a_page_is_worked_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.get_by_role("slider", name="noise in the cue").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("0.2")
    page.keyboard.press("Enter")
    stands_at(page, "noise", 0.2)
    carries(page, noise="0.2")


def test_whoever_prefers_no_motion_gets_none_unasked(still: Page) -> None:
    page = still
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    lead, hill = pixels(page, LEAD), pixels(page, HILL)
    page.wait_for_timeout(500)  # nothing to wait for: that nothing happens is the point
    assert step_of(page) == 0
    assert (pixels(page, LEAD), pixels(page, HILL)) == (lead, hill)


SMALL = """least => { const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const place = walker.currentNode.parentElement;
    if (!text || place.closest('script, noscript, sub, sup, .hide, .skip')) continue;
    if (!place.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const size = parseFloat(getComputedStyle(place).fontSize);
    if (size < least) found.push(`${text}: ${size} px`); }
  return found; }"""


def test_the_projector_shows_the_lead_large_and_one_slider(still: Page) -> None:
    page = still
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_role("button", name="Projector").click()
    lead, hill = box(page.locator(".panel.first")), box(page.locator(".hill"))
    assert lead["x"] < 100
    assert lead["x"] + lead["width"] <= hill["x"]
    assert lead["height"] > 600
    assert hill["y"] + hill["height"] <= 1080
    assert page.evaluate(SMALL, LEGIBLE) == []
    sizes = page.evaluate("async () => (await import('/static/js/draw/colours.js')).look().size")
    assert min(sizes.values()) >= LEGIBLE, json.dumps(sizes)
    sliders = [each for each in page.get_by_role("slider").all() if each.is_visible()]
    names = sorted(each.get_attribute("aria-label") or "" for each in sliders)
    assert len(names) == 2
    assert "Rewind" in names
    pinned = page.locator(".pin").get_by_role("slider")
    before = pinned.get_attribute("aria-valuenow") or ""
    pinned.press("ArrowLeft" if before == pinned.get_attribute("aria-valuemax") else "ArrowRight")
    expect(pinned).not_to_have_attribute("aria-valuenow", before)
    pinned.press("Backspace")
    expect(pinned).to_have_attribute("aria-valuenow", before)
    page.keyboard.press("Escape")
    expect(page.locator(".rail")).to_be_visible()
