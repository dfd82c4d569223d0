"""Play, pause, step, rewind, new draw, speed, the hill as a time line: by button, key and pointer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import (
    HILL,
    LEAD,
    at_step,
    box,
    carries,
    differs,
    drawn,
    pixels,
    press,
    reached,
    seed_of,
    step_of,
    table,
)

OVERLAPS = 4
"""The view of Recall that holds a curve: its numbers are the run's."""


def paused_after(page: Page, step: int) -> int:
    """Play to at least this step, pause; the step where it stands."""
    press(page, "Play")
    reached(page, step)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    drawn(page, HILL)
    return step_of(page)


def energy(page: Page) -> str:
    """As the formula of Recall shows it."""
    return page.locator('.formula [data-channel="energy"]').first.text_content() or ""


def test_step_goes_on_by_exactly_one(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    assert step_of(page) == 0
    for step in range(1, 6):
        press(page, "Step")
        at_step(page, step)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_pause_holds_the_picture_and_play_goes_on(visit: Visit) -> None:
    page = visit("/e/hopfield")
    drawn(page, HILL)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    step, hill = step_of(page), pixels(page, HILL)
    # Twenty frames of the screen, in which a running page would have drawn.
    page.evaluate("async () => { for (let i = 0; i < 20; i += 1) await new Promise(requestAnimationFrame) }")
    assert (step_of(page), pixels(page, HILL)) == (step, hill)
    press(page, "Play")
    reached(page, step + 3)
    differs(page, HILL, hill)


def test_rewind_gives_the_same_curve_again_and_new_draw_another(visit: Visit) -> None:
    page = visit("/e/hopfield?seed=11&speed=200", motion="reduce")
    drawn(page)
    first = paused_after(page, 60)
    before = table(page, OVERLAPS)[:60]
    assert [row[0] for row in before] == [str(step) for step in range(1, 61)] if first <= 200 else len(before) == 60
    press(page, "Rewind")
    at_step(page, 0)
    paused_after(page, 60)
    again = table(page, OVERLAPS)[:60]
    common = {row[0]: row for row in again}
    same = [common[row[0]] == row for row in before if row[0] in common]
    assert len(same) > 20
    assert all(same)
    seed = seed_of(page)
    press(page, "New draw")
    expect(page.get_by_role("textbox", name="seed", exact=True)).not_to_have_value(seed)
    at_step(page, 0)
    carries(page, seed=seed_of(page))
    paused_after(page, 60)
    other = {row[0]: row for row in table(page, OVERLAPS)}
    assert any(other[row[0]] != row for row in before if row[0] in other)


def test_a_typed_seed_is_drawn(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    before = pixels(page, ".panel.first .body canvas")
    entry = page.get_by_role("textbox", name="seed", exact=True)
    entry.fill("42")
    entry.press("Enter")
    carries(page, seed="42")
    differs(page, ".panel.first .body canvas", before)


def test_what_is_no_seed_is_said_beside_it(visit: Visit) -> None:
    page = visit("/e/hopfield?seed=5", motion="reduce")
    drawn(page)
    entry, said = page.get_by_role("textbox", name="seed", exact=True), page.locator(".transport").get_by_role("alert")
    for text in ("abc", "−1", "7.5"):
        entry.fill(text)
        entry.press("Enter")
        expect(said).to_have_text("A seed is a whole number from 0 to 2\u2009147\u2009483\u2009647.")
        expect(entry).to_have_attribute("aria-invalid", "true")
    entry.press("Escape")
    expect(entry).to_have_value("5")
    expect(said).to_have_count(0)


def test_the_hill_is_dragged_back_in_time(visit: Visit) -> None:
    page = visit("/e/hopfield?speed=100", motion="reduce")
    drawn(page)
    last = paused_after(page, 40)
    handle = page.get_by_role("slider", name="Rewind")
    place = box(handle)
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + 0.5 * place["width"], middle)
    page.mouse.down()
    page.mouse.move(place["x"] + 0.25 * place["width"], middle, steps=5)
    chosen = int(handle.get_attribute("aria-valuenow") or -1)
    assert 0 < chosen < last
    page.mouse.up()
    at_step(page, chosen)
    # The former curve stays as a hairline: along it one can go forward again.
    handle.focus()
    page.keyboard.press("ArrowRight")
    at_step(page, chosen + 1)
    page.keyboard.press("Home")
    at_step(page, 0)


def test_the_page_follows_while_the_hill_is_held(visit: Visit) -> None:
    link = "/e/hopfield?speed=300&seed=5"
    page = visit(link, motion="reduce")
    drawn(page)
    last = paused_after(page, 150)
    handle = page.get_by_role("slider", name="Rewind")
    place = box(handle)
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + 0.4 * place["width"], middle)
    page.mouse.down()
    seen: list[tuple[int, str, str]] = []
    for share in (0.15, 0.1, 0.2):
        page.mouse.move(place["x"] + share * place["width"], middle, steps=8)
        chosen = int(handle.get_attribute("aria-valuenow") or -1)
        assert 0 < chosen < last
        at_step(page, chosen)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        seen.append((chosen, pixels(page, LEAD), energy(page)))
    page.mouse.up()
    at_step(page, seen[-1][0])
    assert len({picture for _, picture, _ in seen}) == 3
    assert handle.get_attribute("aria-valuemax") == str(last)
    other = visit(link, motion="reduce")
    drawn(other)
    for step, picture, number in sorted(seen):
        for reached_now in range(step_of(other) + 1, step + 1):
            press(other, "Step")
            at_step(other, reached_now)
        assert energy(other) == number
        assert pixels(other, LEAD) == picture


def test_speed_by_keys_and_as_fast_as_possible(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    track = page.get_by_role("slider", name="Speed")
    track.focus()
    page.keyboard.press("Home")
    carries(page, speed="1")
    page.keyboard.press("End")
    carries(page, speed="max")
    press(page, "Play")
    reached(page, 20_000)
    expect(page.locator(".speed .num")).to_have_text(re.compile("max"))


def test_keys(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    page.locator("body").press(".")
    at_step(page, 1)
    page.keyboard.press("ArrowRight")
    at_step(page, 2)
    page.keyboard.press("ArrowLeft")
    at_step(page, 1)
    page.keyboard.press("Space")
    reached(page, 5)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("r")
    at_step(page, 0)
    seed = seed_of(page)
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="seed", exact=True)).not_to_have_value(seed)
    page.keyboard.press("]")
    page.wait_for_function("() => new URLSearchParams(location.search).has('speed')", polling=50)
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_attribute("data-mode", "projector")
    page.keyboard.press("g")
    expect(page.locator(".formula")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_attribute("data-mode", "projector")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null", polling=50)
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null", polling=50)
    page.keyboard.press("1")
    page.wait_for_function("() => document.fullscreenElement?.classList.contains('panel')", polling=50)


def test_keys_can_be_turned_off_and_stay_off(visit: Visit) -> None:
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("checkbox", name="keys are on").click()
    page.keyboard.press("Escape")
    page.reload()
    drawn(page)
    page.keyboard.press(".")
    press(page, "Step")
    at_step(page, 1)
