"""What a test sees of a page: pixels, numbers, places."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

EMPTY = """canvas => { const bare = document.createElement('canvas');
  [bare.width, bare.height] = [canvas.width, canvas.height];
  return canvas.width * canvas.height === 0 || canvas.toDataURL() === bare.toDataURL(); }"""
LEAD, HILL = ".panel.first .body canvas", ".hill canvas"


def pixels(page: Page, selector: str) -> str:
    """A canvas's picture, to be compared."""
    return str(page.locator(selector).first.evaluate("canvas => canvas.toDataURL()"))


def drawn(page: Page, selector: str = LEAD) -> None:
    """Wait until something stands on the canvas."""
    page.wait_for_selector(selector)
    page.wait_for_function(f"selector => !({EMPTY})(document.querySelector(selector))", arg=selector, polling=100)


def differs(page: Page, selector: str, before: str) -> None:
    """Wait until the canvas shows another picture."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() !== before",
        arg=[selector, before],
        polling=100,
    )


def step_of(page: Page) -> int:
    """The step the transport shows."""
    text = page.locator(".transport .where b").first.inner_text()
    return int("".join(letter for letter in text if letter.isdigit()))


def reached(page: Page, step: int) -> None:
    """Wait until the run is at this step or beyond."""
    page.wait_for_function(
        "step => Number(document.querySelector('.transport .where b').textContent.replaceAll(/\\D/g, '')) >= step",
        arg=step,
        polling=50,
    )


def at_step(page: Page, step: int) -> None:
    """Wait until the run is at exactly this step."""
    page.wait_for_function(
        "step => Number(document.querySelector('.transport .where b').textContent.replaceAll(/\\D/g, '')) === step",
        arg=step,
        polling=50,
    )


def press(page: Page, label: str) -> None:
    """A button of the transport."""
    page.locator(".transport").get_by_role("button", name=label, exact=True).click()


def seed_of(page: Page) -> str:
    """The seed the transport shows."""
    return page.get_by_role("textbox", name="seed", exact=True).input_value()


def control(page: Page, parameter: str) -> Locator:
    """A parameter's control in the rail."""
    return page.locator(f'.rail [data-parameter="{parameter}"]')


def value(page: Page, parameter: str) -> float:
    """Where a slider stands."""
    return float(control(page, parameter).get_by_role("slider").get_attribute("aria-valuenow") or "nan")


def stands_at(page: Page, parameter: str, wanted: float) -> None:
    """Wait until a slider stands there."""
    expect(control(page, parameter).get_by_role("slider")).to_have_attribute("aria-valuenow", f"{wanted:g}")


def query(page: Page) -> dict[str, str]:
    """What the address bar carries."""
    found: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return found


def carries(page: Page, **wanted: str) -> None:
    """Wait until the address bar carries these (2 is 2.0); an empty text: does not carry it."""
    page.wait_for_function(
        """wanted => { const query = new URLSearchParams(location.search);
          return Object.entries(wanted).every(([name, text]) => { const found = query.get(name) ?? '';
            return found === text || (found && text && Number(found) === Number(text)); }); }""",
        arg=wanted,
        polling=50,
    )


def table(page: Page, view: int) -> list[list[str]]:
    """The numbers of a view, as its own table dialog shows them."""
    panel = page.locator(f'[data-view="{view}"]')
    panel.hover()
    panel.get_by_role("button", name="Save and more").click()
    panel.get_by_role("menuitem", name="Show as table").click()
    rows: list[list[str]] = page.locator("dialog.table tbody").evaluate(
        "body => [...body.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    return rows


def box(found: Locator) -> dict[str, float]:
    """Where an element stands."""
    place: Any = found.bounding_box()
    assert place, "it has no place on the page"
    return dict(place)
