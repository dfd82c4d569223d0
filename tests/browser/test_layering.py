"""Layers and units changed at the net itself, by pointer, finger and keys; what is not asked for is out of sight."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import box, carries, drawn

SHAPE = ".layering"
LEAST = 24  # CSS pixels (WCAG 2.2, 2.5.8)


def button(page: Page, name: str) -> Any:
    return page.locator(SHAPE).get_by_role("button", name=name, exact=True)


def opened(visit: Visit, link: str = "", **more: Any) -> Page:
    page = visit(f"/e/playground{link}", motion="reduce", **more)
    drawn(page)
    page.locator(SHAPE).scroll_into_view_if_needed()
    expect(button(page, "one unit more in layer 1")).to_be_visible()
    return page


def test_a_unit_and_a_layer_more_and_less_are_in_the_link(visit: Visit) -> None:
    page = opened(visit)
    for _ in range(2):
        button(page, "one unit more in layer 2").click()
    carries(page, hidden="8-10")
    button(page, "one unit less in layer 1").click()
    carries(page, hidden="7-10")
    end = button(page, "one layer more at the outputs")
    end.press("Enter")
    carries(page, hidden="7-10-10")
    expect(end).to_be_focused()
    end.press("Enter")
    carries(page, hidden="7-10-10-10")
    button(page, "one layer less at the inputs").press("Space")
    carries(page, hidden="10-10-10")
    expect(page.locator(f"{SHAPE} [role=status]")).to_have_text("3 hidden layers: 10, 10, 10 units")
    expect(page.get_by_label("hidden layers, value")).to_have_value("10-10-10")


def test_the_last_unit_and_the_last_layer_stay_and_there_is_a_largest_net(visit: Visit) -> None:
    page = opened(visit, "?hidden=1")
    for name in ("one unit less in layer 1", "one layer less at the inputs", "one layer less at the outputs"):
        expect(button(page, name)).to_have_attribute("aria-disabled", "true")
    page = opened(visit, "?hidden=16-16-16-16-16-16")
    for name in ("one unit more in layer 6", "one layer more at the inputs", "one layer more at the outputs"):
        expect(button(page, name)).to_have_attribute("aria-disabled", "true")
    button(page, "one unit less in layer 6").click()
    carries(page, hidden="16-16-16-16-16-15")


def test_where_layers_differ_the_net_looked_into_is_changed(visit: Visit) -> None:
    page = opened(visit, "?differs=widths&hidden=4-4&other_hidden=5")
    button(page, "one unit more in layer 1").click()
    carries(page, hidden="4-4", other_hidden="6")


@pytest.mark.parametrize(("width", "touch"), [(1366, False), (1024, False), (390, True)])
def test_buttons_are_large_enough_and_keep_apart(width: int, touch: bool, visit: Visit) -> None:
    page = opened(visit, "?hidden=8-8-8-8-8-8", width=width, height=844, has_touch=touch)
    boxes = [box(each) for each in page.locator(f"{SHAPE} button").all()]
    assert len(boxes) == 16
    assert all(min(each["width"], each["height"]) >= LEAST for each in boxes)
    assert all(each["x"] >= 0 and each["x"] + each["width"] <= width for each in boxes)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = abs(one["x"] - other["x"]) >= (one["width"] + other["width"]) / 2
            assert across or abs(one["y"] - other["y"]) >= (one["height"] + other["height"]) / 2


def test_what_a_person_typed_is_refused_with_a_sentence(visit: Visit) -> None:
    page = opened(visit)
    entry = page.get_by_label("hidden layers, value")
    entry.fill("8 99")
    entry.press("Enter")
    expect(page.locator(".rail .err")).to_have_text(
        "Hidden layers takes up to 6 whole numbers from 1 to 16, such as 8-8, not 8-99."
    )


def test_only_what_has_a_say_in_the_difference_is_shown(visit: Visit) -> None:
    page = opened(visit)
    row = page.locator(".rail [data-parameter]")
    expect(row.and_(page.locator("[data-parameter=other_unit]"))).to_be_visible()
    expect(row.and_(page.locator("[data-parameter=times]"))).to_be_hidden()
    page.locator("[data-parameter=differs]").get_by_role("combobox").select_option("batch")
    expect(row.and_(page.locator("[data-parameter=times]"))).to_be_visible()
    expect(row.and_(page.locator("[data-parameter=other_unit]"))).to_be_hidden()
    expect(page.locator(".diff .same")).to_have_text("One difference. Same seed, data and first weights.")
    page.locator("[data-parameter=differs]").get_by_role("combobox").select_option("nothing")
    expect(page.get_by_role("heading", name="B alone")).to_be_hidden()
    expect(page.locator(".diff .same")).to_have_text("No difference. Same seed, data, first weights and minibatches.")
