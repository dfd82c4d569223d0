"""Files: ours are asked for again, libraries are kept by version, and nothing else is given out."""

import re
from pathlib import Path

import httpx
import pytest

from server.web.assets import folder
from server.web.static import modules, version

JS = Path(folder("static")) / "js"


def test_our_files_are_asked_for_again_and_not_sent_twice(client: httpx.Client) -> None:
    first = client.get("/static/js/page/experiment.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/javascript")
    again = client.get("/static/js/page/experiment.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_library_is_kept_for_a_year_under_its_version(client: httpx.Client) -> None:
    address = version("vendor/uplot/uPlot.js")
    assert re.fullmatch(r"/static/vendor/uplot/uPlot\.js\?v=[0-9a-f]{12}", address)
    assert client.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(address.split("?")[0]).headers["cache-control"] == "no-cache"


def test_text_travels_packed_and_fonts_as_they_are(client: httpx.Client) -> None:
    accept = {"Accept-Encoding": "gzip"}
    packed = client.get(version("vendor/uplot/uPlot.js"), headers=accept)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.num_bytes_downloaded < len(packed.content) / 2
    font = client.get("/static/vendor/noto-sans-math/noto-sans-math.woff2", headers=accept)
    assert font.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in font.headers


@pytest.mark.parametrize(
    "address",
    ["package.json", "package-lock.json", "node_modules/typescript/package.json", "tsconfig.json", "../pyproject.toml",
     "%2e%2e/pyproject.toml", "js", "nothing.js"],
)  # fmt: skip
def test_nothing_else_is_given_out(client: httpx.Client, address: str) -> None:
    assert client.get(f"/static/{address}").status_code == 404


@pytest.mark.parametrize("entry", ["experiment", "home"])
def test_the_modules_to_preload_are_those_that_the_page_imports(entry: str) -> None:
    found = modules(f"js/page/{entry}.js")
    assert len(found) == len(set(found)) > 10
    assert version("vendor/uplot/uPlot.js") in found
    for address in found:
        if address.startswith("/static/js/"):
            text = (JS / address.removeprefix("/static/js/")).read_text(encoding="utf-8")
            imported = set(re.findall(r"^(?:import|export)\b[^'\"]*?from '\.[^']*/([\w-]+\.js)'", text, re.MULTILINE))
            assert imported <= {other.rpartition("/")[2] for other in found}


def test_a_page_preloads_the_views_that_it_names_and_no_others() -> None:
    seldom = {"relation", "basins", "tree", "graph", "surface", "plane"}

    def views(*kinds: str) -> set[str]:
        found = modules("js/page/experiment.js", frozenset(kinds))
        assert len(found) == len(set(found))
        return {name for name in seldom if f"/static/js/views/{name}.js" in found}

    assert views() == views("curves", "tiles") == set()
    assert views("curves", "relation") == {"relation"}
    assert views("basins", "graph", "tree") == {"basins", "graph", "tree"}
    assert {"/static/js/views/plot.js", "/static/js/views/points.js"} <= set(
        modules("js/page/home.js", frozenset({"relation"}))
    )


def test_what_is_preloaded_for_a_kind_is_what_draws_it() -> None:
    """Oracle: the module that the page asks for at that kind."""
    asked = re.findall(
        r"case '(\w+)'.*?import\('\./(\w+)\.js'\)", (JS / "views/index.js").read_text("utf-8"), re.DOTALL
    )
    drawers = dict(asked) | {"profile": "profile", "readout": "readout", "curves": "curves"}
    assert drawers["points"] == "examples"
    for kind in drawers.keys() - {"surface"}:
        assert f"/static/js/views/{drawers[kind]}.js" in modules("js/page/experiment.js", frozenset({kind})), kind


def test_three_is_left_until_a_surface_is_seen() -> None:
    for kinds in (frozenset[str](), frozenset({"curves", "surface"})):
        assert not [address for address in modules("js/page/experiment.js", kinds) if "three" in address]
