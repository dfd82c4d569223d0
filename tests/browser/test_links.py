"""The address bar restores the page, and a wrong link opens anyway and says what it ignored."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import at_step, box, carries, control, drawn, press, query, seed_of, stands_at
from tests.browser.serving import Server


def test_a_link_restores_what_was_set(visit: Visit) -> None:
    page = visit("/e/batchnorm", motion="reduce")
    drawn(page)
    for parameter, text in (("learning_rate", "0.05"), ("layers", "4")):
        entry = control(page, parameter).get_by_role("textbox")
        entry.fill(text)
        entry.press("Enter")
    control(page, "unit").get_by_role("radio", name="tanh").click()
    press(page, "New draw")
    carries(page, learning_rate="0.05", layers="4", unit="tanh")
    carries(page, seed=seed_of(page))
    link = query(page)
    other = visit(page.url.replace(page.url.split("/e/")[0], ""), motion="reduce")
    drawn(other)
    stands_at(other, "learning_rate", 0.05)
    stands_at(other, "layers", 4)
    expect(control(other, "unit").get_by_role("radio", name="tanh")).to_have_attribute("aria-checked", "true")
    assert seed_of(other) == link["seed"]
    assert query(other) == link
    press(other, "Step")
    at_step(other, 1)


def test_theme_and_projector_are_the_page_s_own(visit: Visit) -> None:
    page = visit("/e/rbm?theme=dark&mode=projector&temperature=2", 1920, 1080, motion="reduce")
    drawn(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-mode", "projector")
    expect(page.locator(".notices .strip")).to_have_count(0)
    page.keyboard.press("Escape")
    carries(page, mode="", theme="dark", temperature="2")


def test_a_preset_in_the_link(visit: Visit, server: Server) -> None:
    preset = server.ask("/api/experiments/rbm")["presets"][1]
    page = visit(f"/e/rbm?preset={preset['name'].replace(' ', '+')}", motion="reduce")
    drawn(page)
    for name, wanted in preset["parameters"].items():
        stands_at(page, name, wanted)
    expect(page.get_by_label("Preset")).to_have_value(preset["name"])


def test_a_wrong_link_opens_and_says_what_it_ignored(visit: Visit) -> None:
    page = visit("/e/hopfield?noise=7&memories=nan&colour=red&rule=oja&seed=ten&threshold=0.5", motion="reduce")
    drawn(page)
    strip = page.locator(".notices .strip")
    sentences = strip.locator("p").all_inner_texts()
    assert len(sentences) == 5
    for word in ("Noise in the cue", "Memories stored", "“colour”", "Learning rule", "a seed"):
        assert any(word in sentence for sentence in sentences), word
    # It takes room of its own, and little.
    place, claim = box(strip), box(page.locator(".claim"))
    assert place["y"] + place["height"] <= claim["y"]
    assert place["height"] < 110
    assert box(page.locator(".transport"))["y"] < 768
    stands_at(page, "threshold", 0.5)
    stands_at(page, "noise", 0.36)
    carries(page, noise="", colour="", rule="", threshold="0.5")
    strip.get_by_role("button", name="Close").click()
    expect(strip).to_have_count(0)


def test_a_link_may_say_true_for_on(visit: Visit) -> None:
    page = visit("/e/hopfield?self_connections=true", motion="reduce")
    drawn(page)
    expect(control(page, "self_connections").get_by_role("checkbox")).to_have_attribute("aria-checked", "true")
    carries(page, self_connections="on")
    expect(page.locator(".notices .strip")).to_have_count(0)


def test_share_hands_over_the_link(visit: Visit) -> None:
    page = visit("/e/hopfield?noise=0.2", motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    drawn(page)
    page.wait_for_function("() => location.search.includes('seed')", polling=50)
    page.get_by_role("button", name="Share").click()
    strip = page.locator(".notices .strip")
    expect(strip).to_contain_text("What was done by hand during the run is not in the link.")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.evaluate("() => location.href")
    expect(strip).to_have_count(0, timeout=8_000)
