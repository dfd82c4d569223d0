"""What else a page can meet: a run that diverges; being mounted and destroyed a hundred times."""

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import HILL, at_step, box, carries, differs, drawn, pixels, press, reached
from tests.browser.serving import Server

EXPLODES = "/e/batchnorm?unit=relu&first_weights=he&learning_rate=10&seed=1"
"""Twelve layers of ReLU without normalisation, at rate 10: A is infinite within a few minibatches."""


def test_a_run_that_diverges_says_where_and_the_ways_on_work(visit: Visit) -> None:
    page = visit(EXPLODES)
    card = page.locator(".hillwrap .diverged")
    expect(card).to_be_visible()
    expect(card.get_by_role("heading")).to_have_text("A diverged at step 4")
    expect(card).to_contain_text(re.compile(r"Input of layer \d+ became infinite"))
    way = card.get_by_role("button", name=re.compile("^Rate "))
    rate = way.inner_text().removeprefix("Rate ")
    way.click()
    carries(page, learning_rate=rate)
    expect(card).to_have_count(0)
    reached(page, 5)


def test_a_diverged_run_is_rewound_to_its_last_finite_step(visit: Visit) -> None:
    page = visit(EXPLODES)
    card = page.locator(".hillwrap .diverged")
    expect(card).to_be_visible()
    for label in ("Play", "Step"):
        ended = page.get_by_role("button", name=label, exact=True)
        expect(ended).to_be_disabled()
        expect(ended).to_have_attribute("title", re.compile("ended"))
    page.keyboard.press(".")
    page.keyboard.press("Space")
    card.get_by_role("button", name="Rewind to step 3", exact=True).click()
    expect(card).to_have_count(0)
    at_step(page, 3)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    expect(page.locator(".notices .strip")).to_have_count(0)


def test_the_other_arm_goes_on_alone_and_the_page_says_which_one_ended(visit: Visit) -> None:
    page = visit(EXPLODES)
    card = page.locator(".hillwrap .diverged")
    card.get_by_role("button", name="Let B go on", exact=True).click()
    expect(card).to_have_count(0)
    reached(page, 30)
    expect(page.locator(".diff .arm.a")).to_contain_text("diverged at 4")
    expect(page.locator(".diff .arm.b")).not_to_contain_text("diverged")
    page.wait_for_function(
        "() => /A: from .* to not finite; B: from [^;]* to [0-9.]+\\./"
        ".test(document.querySelector('.hill canvas').ariaLabel)"
    )
    press(page, "Rewind")  # the same run again, which diverges again
    expect(card.get_by_role("heading")).to_have_text("A diverged at step 4")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)], ids=lambda size: f"{size[0]}")
def test_the_card_does_not_shrink_the_projector_s_hill(size: tuple[int, int], visit: Visit) -> None:
    page = visit("/e/batchnorm?mode=projector", *size, motion="reduce")
    drawn(page, HILL)
    before = box(page.locator(".hill"))
    page = visit(EXPLODES + "&mode=projector", *size)
    card = page.locator(".hillwrap .diverged")
    expect(card).to_be_visible()
    assert box(page.locator(".hill")) == before
    place = box(card)
    assert place["x"] + place["width"] <= size[0]
    assert place["y"] + place["height"] <= size[1]


def test_a_diverged_run_can_be_drawn_anew(visit: Visit) -> None:
    page = visit(EXPLODES)
    card = page.locator(".hillwrap .diverged")
    expect(card).to_be_visible()
    press(page, "Rewind")
    expect(card.get_by_role("heading")).to_have_text("A diverged at step 4")
    page.get_by_label("Preset").select_option(index=1)
    expect(card).to_have_count(0)
    reached(page, 10)
    differs(page, HILL, pixels(page, HILL))


MOUNTED = """async count => {
  const { mountExperiment, mounted } = await import('/static/js/page/experiment.js');
  const { readSchema } = await import('/static/js/page/schema.js');
  if (!globalThis.given) { globalThis.given = true; mounted.destroy(); }
  const schema = readSchema(document);
  const wait = document.querySelector('.panel.first .wait');
  for (let number = 0; number < count; number += 1) {
    const page = mountExperiment(document.body, schema);
    const late = performance.now() + 20000;
    while (!wait.hidden && performance.now() < late) await new Promise(requestAnimationFrame);
    if (!wait.hidden) throw new Error(`mount ${number} drew nothing`);
    page.destroy();
  }
}"""


def counted(line: CDPSession) -> dict[str, float]:
    """What the page holds on to, after the collector has run."""
    for _ in range(3):
        line.send("HeapProfiler.collectGarbage")
    held: dict[str, Any] = line.send("Memory.getDOMCounters")
    return {**held, "heap": line.send("Runtime.getHeapUsage")["usedSize"]}


def quiet(page: Page) -> None:
    """Let what a closed page had planned come to nothing."""
    page.evaluate("() => new Promise(done => setTimeout(done, 300))")


@pytest.mark.timeout(150)
def test_a_hundred_mounts_leave_nothing_behind(visit: Visit, server: Server) -> None:
    server.quiet()
    page = visit("/e/hopfield", motion="reduce")
    drawn(page)
    line = page.context.new_cdp_session(page)
    page.evaluate(MOUNTED, 10)
    quiet(page)
    before = counted(line)
    page.evaluate(MOUNTED, 100)
    quiet(page)
    after = counted(line)
    assert after["documents"] == before["documents"]
    assert after["nodes"] <= before["nodes"] + 20
    assert after["jsEventListeners"] <= before["jsEventListeners"] + 2
    assert after["heap"] <= before["heap"] + 1_000_000
    server.quiet()
