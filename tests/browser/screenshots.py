"""Pictures of the real thing, for the README and for the eye.

python -m tests.browser.screenshots              README pictures into static/pictures/
python -m tests.browser.screenshots --all FOLDER every page at four widths, light, dark and on the projector
"""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.looking import HILL, at_step, drawn
from tests.browser.serving import EXPERIMENTS, ROOT, launch, serving

SIZES = ((1366, 768), (1920, 1080), (1024, 768), (390, 844))
MOMENTS = {  # experiment: (link, steps), so that every picture is the same again
    "hopfield": ("seed=1", 320),
    "basins": ("seed=1", 700),
    "landscape": ("seed=1", 89),
    "capacity": ("seed=1", 1000),
    "ising": ("seed=1", 800),
    "boltzmann": ("seed=1", 20000),
    "boltzmann_learning": ("seed=1", 500),
    "rbm": ("seed=1", 1000),
    "rbm_likelihood": ("seed=1", 3000),
    "dbm": ("seed=1", 600),
    "minibatch": ("seed=1", 200),
    "momentum": ("seed=1", 200),
    "schedules": ("seed=1", 400),
    "descent": ("seed=1", 120),
    "initialisation": ("seed=1", 400),
    "memorising": ("seed=1", 1000),
    "weight_decay": ("seed=1", 600),
    "early_stopping": ("seed=1", 800),
    "vanishing_gradients": ("seed=1", 250),
    "skip_connections": ("seed=1", 200),
    "batchnorm": ("seed=1", 400),
    "playground": ("seed=1", 300),
}
# The page's own buttons go one step at a time; a picture's moment is asked for on its own socket.
WIRE = "WebSocket = class extends WebSocket { constructor(...given) { super(...given); globalThis.wire = this; } };"


def opened(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    """A page that waits to be asked for motion, so that it can be stepped to an exact moment."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.add_init_script(WIRE)
    page.goto(address)
    return page


def experiment(browser: Browser, home: str, name: str, size: tuple[int, int], scheme: str, mode: str = "") -> Page:
    """An experiment at its moment."""
    link, steps = MOMENTS[name]
    page = opened(browser, f"{home}/e/{name}?{link}{mode}", size, scheme)
    drawn(page)
    page.evaluate("steps => wire.send(JSON.stringify({ type: 'step', steps }))", steps)
    at_step(page, steps)
    page.wait_for_load_state("networkidle")
    drawn(page, HILL)
    page.evaluate("() => document.fonts.ready")
    for panel in page.locator(".panel:visible").all():
        panel.scroll_into_view_if_needed()  # a picture out of sight is drawn when it comes into sight
    page.evaluate("() => scrollTo(0, 0)")
    page.wait_for_timeout(300)  # the last picture is painted, and the fonts with it
    return page


def settled_home(browser: Browser, home: str, size: tuple[int, int], scheme: str) -> Page:
    """Home, with terrain and every miniature drawn."""
    page = opened(browser, home, size, scheme)
    drawn(page, ".terrain canvas")
    for name in EXPERIMENTS:
        page.locator(f'[data-experiment="{name}"]').scroll_into_view_if_needed()
        drawn(page, f'[data-experiment="{name}"] .pic canvas')
    page.evaluate("() => scrollTo(0, 0)")
    return page


def keep(page: Page, path: Path, whole: bool = False) -> None:
    """Save the picture and close the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole)
    page.context.close()
    print(f"{path}  {path.stat().st_size / 1024:.0f} KiB")


def readme(browser: Browser, home: str) -> None:
    """The pictures that the README shows."""
    folder = ROOT / "static" / "pictures"
    keep(settled_home(browser, home, SIZES[0], "light"), folder / "home.png")
    for name in EXPERIMENTS:
        keep(experiment(browser, home, name, SIZES[0], "light"), folder / f"{name}.png")


def everything(browser: Browser, home: str, folder: Path) -> None:
    """Every page at every width."""
    for size in SIZES:
        for scheme in ("light", "dark"):
            keep(settled_home(browser, home, size, scheme), folder / f"home-{size[0]}-{scheme}.png", whole=True)
            for name in EXPERIMENTS:
                page = experiment(browser, home, name, size, scheme)
                keep(page, folder / f"{name}-{size[0]}-{scheme}.png", whole=size[0] == 390)
        for name in EXPERIMENTS:
            page = experiment(browser, home, name, size, "light", "&mode=projector")
            keep(page, folder / f"{name}-{size[0]}-projector.png")


def main() -> None:
    """Start the server, take the pictures, stop."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--all", type=Path, metavar="FOLDER", help="every page at four widths, into this folder")
    folder = asked.parse_args().all
    with serving() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        if folder:
            everything(browser, server.address, folder)
        else:
            readme(browser, server.address)
        browser.close()


if __name__ == "__main__":
    main()
