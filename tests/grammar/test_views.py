"""Views: what they say they draw, and that the page knows every kind and every word of it."""

import re
from pathlib import Path

import pytest

from server import grammar
from server.grammar import Graph, Line, Profile, Theory, View

JS = Path(__file__).parents[2] / "static/js/views"
KINDS = sorted(
    (
        found
        for found in vars(grammar).values()
        if isinstance(found, type) and issubclass(found, View) and found != View
    ),
    key=lambda view: view.__name__,
)


def test_a_graph_draws_its_links_and_whatever_else_is_named() -> None:
    assert Graph(title="", caption="", weights="w").channels() == {"w": (2,)}
    full = Graph(title="", caption="", weights="w", states="s", layers="l", now="n", held="h")
    assert full.channels() == {"w": (2,), "s": (1,), "l": (1,), "h": (1,), "n": (0,)}


def test_a_profile_in_columns_draws_where_things_stand() -> None:
    lines, theory = (Line(channel="q"),), (Theory(label="exact", channel="p"),)
    bars = Profile(title="", caption="", lines=lines, theory=theory, style="columns", tiles="t", now="n", reference="r")
    assert bars.channels() == {"q": (1,), "p": (0, 1), "t": (3,), "n": (0,), "r": (1,)}
    assert Profile(title="", caption="", lines=lines).channels() == {"q": (1,)}


@pytest.mark.parametrize("view", KINDS, ids=lambda view: view.__name__)
def test_the_page_mounts_every_kind_and_knows_its_fields(view: type[View]) -> None:
    kind = view.model_fields["kind"].default
    assert f"case '{kind}':" in (JS / "index.js").read_text(encoding="utf-8")
    types = (JS / "types.js").read_text(encoding="utf-8")
    declared = re.search(rf"@typedef \{{Common & \{{kind: '{kind}',(.*?)\}}\}} \w+Spec", types, re.DOTALL)
    assert declared, kind
    known = set(re.findall(r"(\w+)\??:", declared[1]))
    assert known == set(view.model_fields) - set(View.model_fields)
