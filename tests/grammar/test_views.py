"""Views: what they say they draw, and that the page knows every kind and every word of it."""

import re
from pathlib import Path

import pytest

from server import grammar
from server.grammar import Graph, Line, Plane, Points, Profile, Theory, View
from server.runtime.picture import colour_maps

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


def test_points_draw_their_examples_and_whatever_else_is_named() -> None:
    assert Points(title="", caption="", channel="x", classes="c").channels() == {"x": (2,), "c": (1,)}
    full = Points(title="", caption="", channel="x", classes="c", field="f", certainty="q", held_out="h", wrong="w")
    assert full.channels() == {"x": (2,), "c": (1,), "f": (2,), "q": (2,), "h": (1,), "w": (1,)}
    # What is only shaded travels in 255 levels; the numbers of classes and all places stay exact.
    assert colour_maps((full,)) == {"q": False}


def test_a_plane_draws_its_heights_and_whatever_else_is_named() -> None:
    assert Plane(title="", caption="", heights="z").channels() == {"z": (2,)}
    full = Plane(title="", caption="", heights="z", paths="p", arrows="a", minimum="m", span="s")
    assert full.channels() == {"z": (2,), "p": (3,), "a": (2,), "m": (2,), "s": (1,)}
    assert colour_maps((full,)) == {}


@pytest.mark.parametrize("view", KINDS, ids=lambda view: view.__name__)
def test_the_page_mounts_every_kind_and_knows_its_fields(view: type[View]) -> None:
    kind = view.model_fields["kind"].default
    assert f"case '{kind}':" in (JS / "index.js").read_text(encoding="utf-8")
    types = (JS / "types.js").read_text(encoding="utf-8")
    declared = re.search(rf"@typedef \{{Common & \{{kind: '{kind}',(.*?)\}}\}} \w+Spec", types, re.DOTALL)
    assert declared, kind
    known = set(re.findall(r"(\w+)\??:", declared[1]))
    assert known == set(view.model_fields) - set(View.model_fields)
