"""Pages: well-formed, without inline code, complete for every experiment, and safe with any text."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from server.runtime import catalogue
from server.web.pages import sentence
from tests.web.fake import SCHEMAS, FakeEngine, browsing
from tests.web.markup import Page

REAL = catalogue.schemas(catalogue.discover())
ADDRESSES = [
    "/",
    "/nowhere",
    "/e/nothing",
    *(f"/{kind}/{s['name']}" for s in (*SCHEMAS, *REAL) for kind in ("e", "about")),
]


class Everything(FakeEngine):
    """The fake experiments and the real ones."""

    async def catalogue(self) -> tuple[dict[str, Any], ...]:
        return (*SCHEMAS, *REAL)


@pytest.fixture(scope="module")
def library() -> Iterator[httpx.Client]:
    with browsing(Everything()) as found:
        yield found


def page(client: httpx.Client, address: str) -> Page:
    return Page(client.get(address).text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_well_formed_and_every_id_is_unique(library: httpx.Client, address: str) -> None:
    found = page(library, address)
    assert not found.faults
    ids = [element.attributes["id"] for element in found.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    labels = [e.attributes["aria-labelledby"] for e in found.elements if "aria-labelledby" in e.attributes]
    assert set(labels) <= set(ids)
    assert found.all("a", class_="skip")[0].attributes["href"].removeprefix("#") in ids


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_one_heading_title_language_and_main(library: httpx.Client, address: str) -> None:
    found = page(library, address)
    assert [len(found.all(tag)) for tag in ("h1", "title", "main")] == [1, 1, 1]
    assert found.all("title")[0].text.strip()
    assert found.all("html", lang="en")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_inline_code_or_style(library: httpx.Client, address: str) -> None:
    for element in page(library, address).elements:
        assert element.tag != "style"
        assert "style" not in element.attributes, element
        assert not [name for name in element.attributes if name.startswith("on")], element
        if element.tag == "script" and "src" not in element.attributes:
            kind = element.attributes["type"]
            assert kind == "application/json" or (kind == "importmap" and "nonce" in element.attributes)


def test_everything_that_the_pages_name_exists(library: httpx.Client) -> None:
    named: set[str] = set()
    for found in (page(library, address) for address in ADDRESSES):
        named |= {e.attributes.get("href") or e.attributes.get("src") or "" for e in found.elements}
        for script in found.all("script", type="importmap"):
            named |= set(json.loads(script.text)["imports"].values())
    local = {name.split("#")[0] for name in named} - {""}
    assert len(local) > 50
    for name in local:
        assert name.startswith("/")
        ask = library.head if name.startswith("/static/") else library.get  # their contents are not packed for nothing
        assert ask(name).status_code == 200, name


@pytest.mark.parametrize("schema", [*SCHEMAS, *REAL], ids=lambda schema: schema["name"])
def test_an_experiments_page_holds_its_words_and_every_place(library: httpx.Client, schema: dict[str, Any]) -> None:
    found = page(library, f"/e/{schema['name']}")
    assert json.loads(found.all("script", id="schema")[0].text) == json.loads(json.dumps(schema))
    assert found.all("h1")[0].text.strip() == schema["claim"]
    panels = sorted(int(e.attributes["data-view"]) for e in found.elements if "data-view" in e.attributes)
    assert panels == list(range(len(schema["views"])))
    for index, view in enumerate(schema["views"]):
        assert found.all("h2", id=f"view-{index}")[0].text == view["title"]
    places = " ".join(e.attributes.get("class", "") for e in found.elements).split()
    assert {"notices", "verdict", "stage", "lead", "hill", "transport", "rail", "keys"} <= set(places)
    assert ("diff" in places) == bool(schema["arms"])
    assert len(found.all("math")) == len(schema["formulas"])
    assert {b.attributes["data-do"] for b in found.all("button")} >= {"share", "projector", "keys"}


def test_text_of_an_experiment_is_never_markup(library: httpx.Client) -> None:
    for address in ("/", "/e/slope", "/about/slope"):
        assert "<script>alert" not in library.get(address).text
        assert not page(library, address).all("now")


def test_a_caption_becomes_bold_and_live_and_nothing_else() -> None:
    assert sentence("{wrong} of 400 **disagree** at {energy:1} <i>.") == (
        '<span class="live num" data-channel="wrong">–</span> of 400 <b>disagree</b> at '
        '<span class="live num" data-channel="energy" data-digits="1">–</span> &lt;i&gt;.'
    )


def test_the_home_page_lists_the_experiments_in_order_under_their_sections(library: httpx.Client) -> None:
    found = page(library, "/")
    cells = [e for e in found.all("a") if "data-experiment" in e.attributes]
    everything = [*SCHEMAS, *REAL]
    assert [cell.attributes["href"] for cell in cells] == [f"/e/{schema['name']}" for schema in everything]
    sections = [schema["section"] for schema in everything]
    changes = sum(one != other for one, other in zip([None, *sections], sections, strict=False))
    assert len(found.all("span", class_="sec")) == changes
    assert len([cell for cell in cells if "last" in cell.attributes["class"].split()]) == changes


def test_the_preset_links_of_the_about_page_name_presets(library: httpx.Client) -> None:
    links = [e.attributes["href"] for e in page(library, "/about/slope").all("a")]
    assert "/e/slope" in links
    assert "/e/slope?preset=Steep%20%26%20icy" in links


def test_the_about_page_says_every_bound_and_every_help(library: httpx.Client) -> None:
    text = library.get("/about/slope").text
    for words in (
        "−2",
        "1 m",
        "ice, sand",
        "at once",
        "to a new run",
        "What it rolls on.",
        "Push the ball.",
        "own words",
        "It rolls &amp; <em>rolls</em> &lt;on&gt;, 2 * 3 * 4 times.",
        "… cells <b>glow</b>",
        "It <b>falls</b> to …<",
        "<li>Draw on the ball.</li>",
    ):
        assert words in text
    assert ">paint<" not in text


@pytest.mark.parametrize(("address", "words"), [("/nowhere", "Nothing lies at /nowhere."), ("/e/<x>", "&lt;x&gt;")])
def test_a_wrong_address_is_answered_with_a_sentence_and_what_there_is(
    library: httpx.Client, address: str, words: str
) -> None:
    answer = library.get(address)
    assert answer.status_code == 404
    assert words in answer.text
    links = [element.attributes["href"] for element in Page(answer.text).all("a")]
    assert {"/", "/e/slope", "/e/again"} <= set(links)


def test_a_page_that_is_only_read_says_so(library: httpx.Client) -> None:
    answer = library.post("/")
    assert answer.status_code == 405
    assert "/ can only be read" in answer.text
