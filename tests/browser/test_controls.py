"""Every control by every way in: pointer, keys, typing; what it does reaches the run and the address bar."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import (
    HILL,
    LEAD,
    at_step,
    box,
    carries,
    control,
    differs,
    drawn,
    pixels,
    press,
    query,
    reached,
    stands_at,
    value,
)
from tests.browser.serving import EXPERIMENTS, Server, until
from tests.experiments.arbitrary import FILES


@pytest.fixture
def calm(visit: Visit) -> Page:
    """Recall, paused at its start."""
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    return page


def test_a_slider_is_dragged_and_double_clicked_back(calm: Page) -> None:
    track = control(calm, "noise").locator(".track")
    track.scroll_into_view_if_needed()
    place, before = box(track), pixels(calm, LEAD)
    middle = place["y"] + place["height"] / 2
    calm.mouse.move(place["x"] + 0.72 * place["width"], middle)
    calm.mouse.down()
    calm.mouse.move(place["x"] + 0.4 * place["width"], middle, steps=4)
    calm.mouse.move(place["x"] + 0.2 * place["width"], middle, steps=4)
    calm.mouse.up()
    assert value(calm, "noise") == pytest.approx(0.1, abs=0.011)
    carries(calm, noise=f"{value(calm, 'noise'):g}")
    differs(calm, LEAD, before)
    track.dblclick()
    stands_at(calm, "noise", 0.36)
    carries(calm, noise="")


def test_a_slider_hears_keys(calm: Page) -> None:
    track = control(calm, "threshold").get_by_role("slider")
    track.focus()
    for key, wanted in (
        ("ArrowRight", 0.01), ("ArrowUp", 0.02), ("PageUp", 0.12), ("ArrowLeft", 0.11), ("ArrowDown", 0.1),
        ("PageDown", 0), ("Home", -2), ("End", 2), ("Delete", 0),
    ):  # fmt: skip
        calm.keyboard.press(key)
        stands_at(calm, "threshold", wanted)
    calm.keyboard.press("ArrowRight")
    carries(calm, threshold="0.01")


def test_a_value_is_typed(calm: Page) -> None:
    row = control(calm, "memories")
    entry = row.get_by_role("textbox")
    entry.fill("3")
    entry.press("Enter")
    stands_at(calm, "memories", 3)
    carries(calm, memories="3")
    entry.fill("9")
    entry.press("Escape")
    expect(entry).to_have_value("3")
    entry.fill("eleven")
    entry.press("Enter")
    expect(row.get_by_role("alert")).to_have_text("From 1 to 200: “eleven” is not a number.")
    entry.fill("4000")
    entry.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("200")
    assert query(calm)["memories"] == "3"
    entry.fill("4")
    entry.press("Enter")
    stands_at(calm, "memories", 4)
    expect(row.get_by_role("alert")).to_have_count(0)


def test_choices_and_toggles_by_pointer_and_keys(calm: Page) -> None:
    stored = control(calm, "patterns")
    stored.get_by_role("radio", name="letters").click()
    carries(calm, patterns="letters")
    calm.keyboard.press("ArrowLeft")
    expect(stored.get_by_role("radio", name="digits")).to_have_attribute("aria-checked", "true")
    carries(calm, patterns="")
    control(calm, "rule").get_by_role("combobox").select_option("Storkey")
    carries(calm, rule="storkey")
    toggle = control(calm, "self_connections").get_by_role("checkbox")
    toggle.click()
    carries(calm, self_connections="on")
    calm.keyboard.press("Space")
    carries(calm, self_connections="")
    expect(toggle).to_have_attribute("aria-checked", "false")


def linked(value: float | str | bool) -> str:
    """A value as a link writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def asked(page: Page, sent: list[str], action: str) -> None:
    """Wait until the page has asked its server for an action."""

    def found() -> bool:
        page.wait_for_timeout(20)  # lets Playwright hear of what was sent
        return any(f'"{action}"' in text for text in sent)

    until(found, f"“{action}” is sent")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_control_preset_and_action_of_every_page(name: str, visit: Visit, server: Server) -> None:
    schema = server.ask(f"/api/experiments/{name}")
    sent: list[str] = []

    def prepare(page: Page) -> None:
        page.on("websocket", lambda line: line.on("framesent", lambda message: sent.append(str(message))))

    page = visit(f"/e/{name}", motion="reduce", prepare=prepare)
    drawn(page)
    differs = [spec["name"] for spec in schema["controls"] if spec["kind"] == "choice" and spec["of"] == "difference"]
    for spec in schema["controls"]:
        row = control(page, spec["name"])
        if spec["when"]:  # out of sight where it says nothing
            control(page, differs[0]).get_by_role("combobox").select_option(spec["when"].split()[0])
            expect(row).to_be_visible()
        if spec["kind"] == "widths":
            row.get_by_role("textbox").fill("3 2")
            row.get_by_role("textbox").press("Enter")
        elif spec["kind"] == "slider":
            row.get_by_role("slider").press("ArrowRight" if spec["default"] < spec["high"] else "ArrowLeft")
        elif spec["kind"] == "toggle":
            row.get_by_role("checkbox").click()
        else:
            other = [each for each in spec["options"] if each["value"] != spec["default"]][-1]
            if row.get_by_role("combobox").count():
                row.get_by_role("combobox").select_option(other["label"])
            else:
                row.locator(f'[data-value="{other["value"]}"]').click()
        page.wait_for_function("name => new URLSearchParams(location.search).has(name)", arg=spec["name"], polling=50)
    for preset in schema["presets"]:
        page.get_by_label("Preset").select_option(preset["name"])
        written = {each: linked(setting) for each, setting in preset["parameters"].items()}
        carries(page, **{spec["name"]: written.get(spec["name"], "") for spec in schema["controls"]})
    for action in (each for each in schema["actions"] if each["label"]):
        button = page.locator(".rail").get_by_role("button", name=action["label"], exact=True)
        if "file" in action:
            with page.expect_file_chooser() as dialogue:
                button.click()
            content = FILES[action["file"]["noun"]].encode()
            dialogue.value.set_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
        else:
            button.click()
        asked(page, sent, action["name"])
    expect(page.locator(".rail .err")).to_have_count(0)
    expect(page.locator(".notices .strip")).to_have_count(0)


def test_presets_that_differ_by_their_speed_alone(calm: Page) -> None:
    presets = calm.get_by_label("Preset")
    presets.select_option("Slow motion")
    carries(calm, speed="2")
    expect(presets).to_have_value("Slow motion")
    presets.select_option("A 3 out of noise")
    carries(calm, speed="")
    expect(presets).to_have_value("A 3 out of noise")


def test_space_plays_after_a_click_and_presses_what_the_keyboard_chose(calm: Page) -> None:
    wrong = calm.locator('[data-view="0"] header [data-channel="wrong"]')
    blank = calm.locator(".rail").get_by_role("button", name="Blank sheet")
    before = wrong.inner_text()
    blank.focus()
    calm.keyboard.press("Space")
    expect(wrong).not_to_have_text(before)
    at_step(calm, 0)
    blank.click()
    calm.keyboard.press("Space")
    reached(calm, 3)


def test_the_ball_stands_at_the_energy_as_a_hand_left_it(visit: Visit) -> None:
    for name, action in (("hopfield", "Blank sheet"), ("landscape", "Random start")):
        page = visit(f"/e/{name}?speed=200", motion="reduce")
        drawn(page)
        press(page, "Play")
        reached(page, 60)
        press(page, "Pause")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        before = pixels(page, HILL)
        page.locator(".rail").get_by_role("button", name=action).click()
        differs(page, HILL, before)


def test_painting_by_pointer_and_by_keys(calm: Page) -> None:
    plane = calm.get_by_role("application", name="paint")
    canvas = box(calm.locator(LEAD))
    cell = calm.locator(LEAD).evaluate("canvas => Math.floor(canvas.width / 20) / devicePixelRatio")
    wrong = calm.locator('[data-view="0"] header [data-channel="wrong"]')
    count = int(wrong.inner_text())
    # The digit leaves its corner empty: five units there turned on disagree, or did so before.
    calm.mouse.move(canvas["x"] + cell / 2, canvas["y"] + cell / 2)
    calm.mouse.down()
    calm.mouse.move(canvas["x"] + 4.5 * cell, canvas["y"] + cell / 2, steps=12)
    calm.mouse.up()
    expect(wrong).not_to_have_text(str(count))
    before, count = pixels(calm, LEAD), int(wrong.inner_text())
    plane.focus()
    calm.keyboard.press("ArrowDown")
    calm.keyboard.press("ArrowDown")
    calm.keyboard.press("Space")
    expect(wrong).not_to_have_text(str(count))
    differs(calm, LEAD, before)
    at_step(calm, 0)


def test_a_formula_term_lights_with_its_slider(calm: Page) -> None:
    control(calm, "threshold").hover()
    expect(calm.locator('.formula [data-p="threshold"].lit').first).to_be_visible()
    calm.locator(".head").hover()
    expect(calm.locator(".formula .lit")).to_have_count(0)
