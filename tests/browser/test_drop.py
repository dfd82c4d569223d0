"""Pictures dropped, pasted or chosen for a grid of units: their ink is found in the browser, and only that is sent."""

import base64
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import LEAD, at_step, differs, drawn, pixels, table

Grid = NDArray[np.bool_]
SIDE, BLOCK = 20, 6
BUTTON = "Use a picture…"
CARRIED = """([name, type, text]) => { const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(text), each => each.charCodeAt(0))], name, { type })); return data; }"""


@pytest.fixture
def calm(visit: Visit) -> Page:
    """Recall, paused at its start."""
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()  # its code is fetched after the first picture
    return page


def drawing(wide: int = SIDE, high: int = SIDE // 2) -> Image.Image:
    """Coloured blocks of 6 × 6 pixels with grain, some of them transparent: each fills one unit of the grid."""
    chance = np.random.default_rng(3)
    blocks = chance.integers(0, 226, (high, wide, 4))
    pixels = np.kron(blocks, np.ones((BLOCK, BLOCK, 1), int)) + chance.integers(0, 30, (BLOCK * high, BLOCK * wide, 4))
    pixels[..., 3] = 255 * np.kron(blocks[..., 3] > 40, np.ones((BLOCK, BLOCK), int))
    return Image.fromarray(pixels.astype(np.uint8), "RGBA")


def saved(picture: Image.Image, form: str = "PNG") -> bytes:
    """The file."""
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()


def ink(picture: Image.Image) -> Grid:
    """Which units are on: Pillow's grey on white, means of blocks, and of all thresholds the one that leaves the least
    variance within the two classes (Otsu 1979)."""
    white = Image.new("RGBA", picture.size, "white")
    red, green, blue = np.moveaxis(np.asarray(Image.alpha_composite(white, picture))[..., :3].astype(float), -1, 0)
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    cells = grey.reshape(grey.shape[0] // BLOCK, BLOCK, -1, BLOCK).mean((1, 3)).round()

    def within(threshold: int) -> float:
        dark, light = cells[cells <= threshold], cells[cells > threshold]
        return float(dark.size * dark.var() + light.size * light.var()) if dark.size and light.size else np.inf

    on = np.zeros((SIDE, SIDE), bool)
    (high, wide), found = cells.shape, cells <= min(range(256), key=within)
    top, left = (SIDE - high) // 2, (SIDE - wide) // 2
    on[top : top + high, left : left + wide] = found
    return on


def state(page: Page) -> Grid:
    """The units that are on, as the panel's own table says."""
    return np.array([["−" not in cell for cell in row[2:]] for row in table(page, 0)])


def choose(page: Page, name: str, kind: str, content: bytes) -> None:
    """Through the button, by the keyboard, and the browser's own dialogue."""
    with page.expect_file_chooser() as dialogue:
        page.get_by_role("button", name=BUTTON).press("Enter")
    dialogue.value.set_files({"name": name, "mimeType": kind, "buffer": content})


@pytest.mark.parametrize("size", [(SIDE, SIDE // 2), (SIDE // 2, SIDE)], ids=["wide", "tall"])
def test_a_chosen_picture_becomes_the_state(calm: Page, size: tuple[int, int]) -> None:
    before, picture = pixels(calm, LEAD), drawing(*size)
    choose(calm, "drawing.png", "image/png", saved(picture))
    differs(calm, LEAD, before)
    np.testing.assert_array_equal(state(calm), ink(picture))
    at_step(calm, 0)
    expect(calm.locator(".notices .strip")).to_have_count(0)


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(calm: Page, way: str) -> None:
    body, before, picture = calm.locator('[data-view="0"] .body'), pixels(calm, LEAD), drawing()
    carried = calm.evaluate_handle(CARRIED, ["a.png", "image/png", base64.b64encode(saved(picture)).decode()])
    if way == "drop":
        target = body.locator(".cursor")
        target.dispatch_event("dragover", {"dataTransfer": carried})
        assert "held" in (body.get_attribute("class") or "")
        target.dispatch_event("drop", {"dataTransfer": carried})
        assert "held" not in (body.get_attribute("class") or "")
    else:
        calm.evaluate(
            "data => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))",
            carried,
        )
    differs(calm, LEAD, before)
    np.testing.assert_array_equal(state(calm), ink(picture))


def test_a_file_beside_the_panel_does_not_replace_the_page(calm: Page) -> None:
    carried = calm.evaluate_handle(CARRIED, ["a.png", "image/png", base64.b64encode(saved(drawing())).decode()])
    refused = calm.evaluate(
        """data => ['dragover', 'drop'].map(name => !document.querySelector('.head').dispatchEvent(
             new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true })))""",
        carried,
    )
    assert refused == [True, True], "the browser would open the file"
    assert "held" not in (calm.locator('[data-view="0"] .body').get_attribute("class") or "")


def test_what_cannot_be_taken_is_said_and_changes_nothing(calm: Page) -> None:
    before = state(calm)
    said = calm.locator(".notices .strip")
    for name, kind, content, sentence in (
        ("notes.txt", "text/plain", b"ink", "this is text/plain"),
        ("large.png", "image/png", bytes((5 << 20) + 1), "at most 5 MB"),
        ("broken.png", "image/png", saved(drawing())[:99], "cannot read that picture"),
        ("long.png", "image/png", saved(Image.new("L", (4097, 1))), "4097 × 1 pixels; at most 4096"),
        ("grey.jpg", "image/jpeg", saved(Image.new("L", (30, 30), 90), "JPEG"), "equally bright everywhere"),
    ):
        choose(calm, name, kind, content)
        expect(said).to_contain_text(sentence)
    np.testing.assert_array_equal(state(calm), before)
    choose(calm, "drawing.png", "image/png", saved(drawing()))
    expect(said).to_have_count(0)
