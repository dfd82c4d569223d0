"""A table chosen by the keyboard or dropped anywhere on the page; what is wrong with one, said at its button."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import LEAD, at_step, carries, control, differs, drawn, pixels, press
from tests.browser.serving import Line, Server
from tests.browser.test_connection import CUT

CARRIED = """([name, type, text]) => { const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(text), each => each.charCodeAt(0))], name, { type })); return data; }"""
GOOD = "width,height,kind\n" + "".join(
    f"{row % 11},{row % 7},{'pear' if row % 11 > 4 else 'plum'}\n" for row in range(120)
)
VALUES = "a,b,c,d\n" + "".join(f"{row % 7},{row % 5},{row % 3},{row * 1.5:.1f}\n" for row in range(60))


@pytest.fixture
def calm(visit: Visit) -> Page:
    """The playground, paused at its start."""
    page = visit("/e/playground", motion="reduce")
    drawn(page)
    expect(button(page)).to_be_visible()
    return page


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Use a table…")


def choose(page: Page, content: bytes | str, name: str = "table.csv") -> None:
    """Through the button, by the keyboard, and the browser's own dialogue."""
    with page.expect_file_chooser() as dialogue:
        button(page).press("Enter")
    content = content if isinstance(content, bytes) else content.encode()
    dialogue.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})


def drop(page: Page, content: str, onto: str) -> None:
    carried = page.evaluate_handle(CARRIED, ["a.csv", "text/csv", base64.b64encode(content.encode()).decode()])
    target = page.locator(onto)
    with page.expect_response("**/upload.js"):
        target.dispatch_event("dragenter", {"dataTransfer": carried})
    page.wait_for_load_state("networkidle")
    target.dispatch_event("dragover", {"dataTransfer": carried})
    assert "held" in (page.locator("body").get_attribute("class") or "")
    target.dispatch_event("drop", {"dataTransfer": carried})
    assert "held" not in (page.locator("body").get_attribute("class") or "")


def told(page: Page) -> Locator:
    return page.locator(".formula")


@pytest.mark.parametrize("onto", [LEAD, ".rail", ".head"])
def test_a_table_dropped_anywhere_becomes_the_data(calm: Page, onto: str) -> None:
    before = pixels(calm, LEAD)
    drop(calm, GOOD, onto)
    expect(told(calm)).to_contain_text("Your table: 120 rows, 3 columns, 2 classes.")
    expect(calm.locator('[data-view="0"] header')).to_contain_text("90 learnt, 30 held out")
    carries(calm, data="table")
    expect(control(calm, "data").get_by_role("combobox")).to_have_value("table")
    differs(calm, LEAD, before)
    expect(calm.locator(".rail .err")).to_have_count(0)


def test_a_chosen_table_is_learnt_and_stays_when_the_run_begins_anew(calm: Page) -> None:
    choose(calm, VALUES)
    expect(told(calm)).to_contain_text("Your table: 60 rows, 4 columns, values.")
    expect(told(calm)).to_contain_text("2 principal axes")
    press(calm, "Step")
    at_step(calm, 1)
    control(calm, "skip").get_by_role("checkbox").click()
    carries(calm, skip="on")
    at_step(calm, 0)
    expect(told(calm)).to_contain_text("Your table: 60 rows")
    control(calm, "data").get_by_role("combobox").select_option("moons")
    expect(told(calm)).not_to_contain_text("table")
    control(calm, "data").get_by_role("combobox").select_option("your table")
    expect(told(calm)).to_contain_text("Your table: 60 rows")


def test_what_is_wrong_is_said_at_the_button_and_nothing_is_lost(calm: Page) -> None:
    choose(calm, GOOD)
    expect(told(calm)).to_contain_text("Your table: 120 rows")
    press(calm, "Step")
    at_step(calm, 1)
    said = calm.locator(".rail .upload").get_by_role("alert")
    for content, sentence in (
        ("x,y,kind\n1,2,a\n3,four,b\n", "Line 3, column 2 (y) is “four”, not a number."),
        ("", "The table is empty"),
        ("1,2,a\n1,2\n", "Line 2 has 2 cells; line 1 has 3."),
        ("1,2\n3,4\n", "needs 8 rows; this one has 2."),
        (b"1,2\n" * (1 << 18) + b"3", "A table has at most 1 MiB; this one has 1.1."),
        ("größe,kind\n1,a\n".encode("latin-1"), "This file is no UTF-8 text; save the table as CSV in UTF-8."),
        (b"PK\x03\x04\x00\x00", "This file is no UTF-8 text"),
    ):
        choose(calm, content)
        expect(said).to_contain_text(sentence)
        at_step(calm, 1)
        expect(told(calm)).to_contain_text("Your table: 120 rows")
    expect(calm.locator(".notices .strip")).to_have_count(0)
    choose(calm, GOOD)
    expect(said).to_have_count(0)
    at_step(calm, 0)


def test_the_largest_table_is_taken(calm: Page) -> None:
    """A mebibyte, with line ends that JSON writes as four bytes."""
    row = ",".join(["7"] * 26)
    text = "".join(f"{row},{line}\r\n" for line in ("1", "2") * 9362)
    assert 0.98 < len(text) / (1 << 20) <= 1
    choose(calm, text)
    expect(told(calm)).to_contain_text("Your table: 18724 rows, 27 columns, 2 classes.")


def test_no_table_yet_says_how_to_get_one(visit: Visit) -> None:
    page = visit("/e/playground?data=table", motion="reduce")
    drawn(page)
    expect(told(page)).to_contain_text("Fisher’s irises, till you use a table")
    expect(page.locator(".rail .upload")).to_contain_text("or drop it on the page")


def test_a_file_from_the_disk(calm: Page, tmp_path: Path) -> None:
    """What a spreadsheet in German saves: a mark of its encoding, semicolons, decimal commas."""
    file = tmp_path / "messung.csv"
    file.write_text("länge;sorte\n" + "".join(f"{row},5;{'ab'[row % 2]}\n" for row in range(20)), encoding="utf-8-sig")
    button(calm).focus()
    calm.locator(".upload input").set_input_files(file)
    expect(told(calm)).to_contain_text("Your table: 20 rows, 2 columns, 2 classes.")


def test_a_table_is_brought_again_to_a_server_that_lost_it(server: Server, visit: Visit) -> None:
    line = Line(server.port)
    try:
        page = visit("/e/playground", motion="reduce", address=line.address, expected=CUT)
        drawn(page)
        choose(page, VALUES)
        expect(told(page)).to_contain_text("Your table: 60 rows")
        choose(page, "1,2\n3,4\n")
        expect(page.locator(".rail .upload").get_by_role("alert")).to_contain_text("needs 8 rows")
        page.wait_for_load_state("networkidle")
        line.cut()
        expect(page.locator(".notices .strip.warn")).to_contain_text("Connection lost.", timeout=8_000)
        line.restore()
        expect(page.locator(".notices .strip")).to_have_count(0, timeout=20_000)
        expect(told(page)).to_contain_text("Your table: 60 rows")
    finally:
        line.close()
