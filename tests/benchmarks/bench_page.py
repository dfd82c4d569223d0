"""From navigation to the first picture, bytes fetched, and what drawing costs. Printed, never pass or fail.

    python -m tests.benchmarks.bench_page

Warm server on loopback, a fresh browser context (cold HTTP cache) each time, median of seven. The first picture is the
first stroke on the lead view's canvas, at the end of the frame that holds it.
"""

import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.looking import LEAD, drawn
from tests.browser.serving import EXPERIMENTS, launch, serving

RUNS = 7
SECONDS = 3

# Before any of our modules run: note the first stroke on the lead canvas, and what each frame's callbacks cost.
WATCH = """(() => {
  const pen = CanvasRenderingContext2D.prototype;
  globalThis.bench = { first: 0, drawing: 0, frames: 0 };
  for (const name of ['drawImage', 'fillRect', 'fill', 'stroke', 'putImageData']) {
    const own = pen[name];
    pen[name] = function (...given) {
      if (!bench.first && this.canvas.closest?.(LEAD)) {
        bench.first = -1;
        frame.call(globalThis, () => setTimeout(() => (bench.first = performance.now())));
      }
      return own.apply(this, given);
    };
  }
  const frame = globalThis.requestAnimationFrame;
  globalThis.requestAnimationFrame = task => frame.call(globalThis, time => {
    const start = performance.now();
    task(time);
    const cost = performance.now() - start;
    if (cost > 0.05) { bench.drawing += cost; bench.frames += 1; }
  });
})();"""


def first_picture(browser: Browser, address: str) -> tuple[float, dict[str, float]]:
    """Milliseconds from navigation to the first picture; bytes over the wire by kind of file."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.add_init_script(WATCH.replace("LEAD", repr(LEAD.removesuffix(" canvas"))))
    sizes = transfers(page)
    page.goto(address)
    page.wait_for_function("() => bench.first > 0", polling=20)
    milliseconds = page.evaluate("() => bench.first")
    page.wait_for_load_state("networkidle")
    context.close()
    return milliseconds, sizes


def transfers(page: Page) -> dict[str, float]:
    """Bytes as encoded on the wire, headers included, by ending; filled while the page loads."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def finished(event: dict[str, Any]) -> None:
        path = urls.get(event["requestId"], "").split("?")[0]
        ending = "three" if "three" in path else path.rpartition(".")[2] if "/static/" in path else "html"
        sizes[ending] = sizes.get(ending, 0) + event["encodedDataLength"]

    line.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    line.on("Network.loadingFinished", finished)
    return sizes


def drawing(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds of JavaScript for a drawn frame, and such frames a second, while playing as fast as possible."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.add_init_script(WATCH.replace("LEAD", repr(LEAD.removesuffix(" canvas"))))
    page.goto(f"{address}?speed=max")
    drawn(page)
    page.wait_for_timeout(1000)
    page.evaluate("() => Object.assign(bench, { drawing: 0, frames: 0 })")
    page.wait_for_timeout(1000 * SECONDS)
    seen = page.evaluate("() => bench")
    context.close()
    return seen["drawing"] / max(1, seen["frames"]), seen["frames"] / SECONDS


def main() -> None:
    """Measure and print."""
    with serving() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in EXPERIMENTS:
            address = f"{server.address}/e/{name}"
            first_picture(browser, address)  # warms the server, not the browser's cache
            runs = [first_picture(browser, address) for _ in range(RUNS)]
            times, sizes = sorted(time for time, _ in runs), runs[-1][1]
            code = (sizes.get("js", 0) + sizes.get("css", 0)) / 1000
            cost, rate = drawing(browser, address)
            print(
                f"{name:10s} first picture {statistics.median(times):4.0f} ms (from {times[0]:.0f} to {times[-1]:.0f}; "
                f"wanted ≤ 1000), JavaScript and CSS {code:.0f} kB (wanted ≤ 200), "
                f"three {sizes.get('three', 0) / 1000:.0f} kB, fonts {sizes.get('woff2', 0) / 1000:.0f} kB, "
                f"html {sizes.get('html', 0) / 1000:.0f} kB; drawing {cost:.2f} ms a frame, {rate:.0f} frames/s"
            )
        browser.close()


def test_pages() -> None:
    """So that `make bench` runs it with the others."""
    main()


if __name__ == "__main__":
    main()
