"""Every page opens at every width, light and dark, and its pictures are alive."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Scheme, Visit
from tests.browser.looking import HILL, LEAD, box, differs, drawn, pixels
from tests.browser.serving import EXPERIMENTS, Server

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = ((1366, 768), (1920, 1080), (1024, 768), (390, 844))
WIDE = SIZES[:2]
"""Where the whole first screen, from the bar to the transport, must be seen at once."""


def fits_across(page: Page) -> None:
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"the page is {wide} px wide in a window of {window} px"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_lives_at_every_width_light_and_dark(name: str, visit: Visit) -> None:
    page = visit(f"/e/{name}", *SIZES[-1])
    papers = set()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for size in SIZES:
            page.set_viewport_size({"width": size[0], "height": size[1]})
            for selector in (LEAD, HILL):
                drawn(page, selector)
                differs(page, selector, pixels(page, selector))
            fits_across(page)
            if size in WIDE:
                transport = box(page.locator(".transport"))
                assert transport["y"] + transport["height"] <= size[1]
        papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == len(SCHEMES)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
def test_home_lists_all_in_lecture_order_and_draws_them(size: tuple[int, int], visit: Visit, server: Server) -> None:
    page = visit("/", *size)
    listed = page.locator(".map h2").all_inner_texts()
    assert listed == [schema["title"] for schema in server.ask("/api/experiments")]
    drawn(page, ".terrain canvas")
    for name in EXPERIMENTS:
        page.locator(f'[data-experiment="{name}"]').scroll_into_view_if_needed()
        drawn(page, f'[data-experiment="{name}"] .pic canvas')
    fits_across(page)
    page.emulate_media(color_scheme="dark")
    fits_across(page)


def test_no_width_cuts_the_transport_off(still: Page) -> None:
    page = still
    for size in ((320, 640), (568, 320), (640, 800), (641, 800), (683, 384), (800, 600), (1201, 800), (1280, 720)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate("() => new Promise(requestAnimationFrame)")
        fits_across(page)
        for each in page.locator(".transport > *:visible").all():
            place = box(each)
            assert place["x"] >= 0, size
            assert place["x"] + place["width"] <= size[0], size
    # In a low window it covers no picture.
    page.set_viewport_size({"width": 683, "height": 384})
    hill, transport = box(page.locator(".hill")), box(page.locator(".transport"))
    assert hill["y"] + hill["height"] <= transport["y"]


def test_home_leads_to_an_experiment_and_back(visit: Visit) -> None:
    page = visit("/", motion="reduce")
    drawn(page, ".terrain canvas")
    page.wait_for_load_state("networkidle")  # leaving earlier aborts what is still being fetched
    page.locator('[data-experiment="rbm"]').click()
    drawn(page)
    page.wait_for_load_state("networkidle")
    assert page.url.split("?")[0].endswith("/e/rbm")
    page.get_by_role("link", name="Downhill").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("downhill")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_about_tells_what_can_be_changed(name: str, visit: Visit, server: Server) -> None:
    page = visit(f"/about/{name}", 390, 844)
    schema = server.ask(f"/api/experiments/{name}")
    assert page.locator("tbody th").all_inner_texts() == [control["label"] for control in schema["controls"]]
    fits_across(page)
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Open the experiment").click()
    drawn(page)


def test_an_unknown_address_says_so_and_leads_on(visit: Visit) -> None:
    page = visit("/e/perceptron3", expected="status of 404")
    expect(page.get_by_text("There is no experiment “perceptron3”.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Recall").click()
    drawn(page)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_little_is_fetched_and_three_only_for_a_surface(name: str, visit: Visit, server: Server) -> None:
    """Issue 2: JavaScript and CSS ≤ 200 kB compressed; three.js loads only where a Surface is."""
    sizes: dict[str, float] = {}

    def prepare(page: Page) -> None:
        kinds: dict[str, str] = {}
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["response"]["url"]}))

        def finished(event: dict[str, float]) -> None:
            sizes[kinds.get(str(event["requestId"]), "")] = event["encodedDataLength"]

        line.on("Network.loadingFinished", finished)

    page = visit(f"/e/{name}", motion="reduce", prepare=prepare)
    drawn(page)
    page.wait_for_load_state("networkidle")
    code = {url: size for url, size in sizes.items() if url.split("?")[0].endswith((".js", ".css"))}
    assert any("experiment.js" in url for url in code)
    assert any("layout.css" in url for url in code)
    three = {url for url in code if "/vendor/three/" in url}
    assert sum(size for url, size in code.items() if url not in three) <= 200_000
    kinds = {view["kind"] for view in server.ask(f"/api/experiments/{name}")["views"]}
    assert not three or "surface" in kinds
    seldom = {"relation", "basins", "tree", "graph", "plane"}
    assert {kind for kind in seldom if any(f"/js/views/{kind}.js" in url for url in code)} == kinds & seldom
