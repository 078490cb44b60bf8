"""The playground as a reader meets it: from page open to 95% on the spiral, frames while training, memory in the long run.

A page with one playground of the default preset is opened from a file in headless Chromium, 1280 pixels wide. *Play* is
pressed as soon as it is there. A frame's time is that between two animation frames, over five seconds of training. The
heap is the page's JavaScript memory after a forced collection. `python -m benchmarks.playground 30 500` trains for 30
minutes and resets 500 times; the table has a shorter run.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat.v4 as nb
from playwright.sync_api import sync_playwright

from mlpbook.live import Playground

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tools", "tests", "book/_ext")]

from browser import find  # noqa: E402
from widget_site import build, notebook  # noqa: E402

SPEEDS = {"1,000 steps a second, the default": 1000, "as fast as it goes": 1_000_000}
LEARNED = """() => {
  const shown = [...document.querySelectorAll(".mlp-numbers div")].find((pair) => pair.textContent.startsWith("test right"));
  return shown && parseFloat(shown.lastChild.textContent) >= 95;
}"""
FRAMES = """() => new Promise((done) => {
  const times = [];
  const tick = (now) => { times.push(now); now - times[0] > 5000 ? done(times) : requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
})"""


def table():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        rows = [measure(browser, folder, title, speed) for title, speed in SPEEDS.items()]
        memory = endure(browser, address(folder, 1_000_000), minutes=1, resets=500)
    head = ["speed", "page open to 95% of the test (s)", "frame (ms): median", "slowest 1%", "slowest", "over 33 ms"]
    lines = [head, ["---", *["---:"] * 5], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\n{memory}"


def address(folder, speed):
    """The address of a page with the default playground at a speed."""
    place = Path(folder, str(speed))
    if not place.exists():
        place.mkdir()
        output = nb.new_output("display_data", Playground(speed=speed)._repr_mimebundle_())
        build(place, page=notebook(output))
    return (place / "html" / "page.html").as_uri()


def measure(browser, folder, title, speed):
    """A line of the table: the median of five openings, then five seconds of frames."""
    seconds = []
    for _ in range(5):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        start = time.perf_counter()
        page.goto(address(folder, speed))
        page.locator(".mlp-play:enabled").click()
        page.wait_for_function(LEARNED)
        seconds.append(time.perf_counter() - start)
        if len(seconds) < 5:
            page.close()
    times = page.evaluate(FRAMES)
    page.close()
    frames = sorted(after - before for before, after in zip(times, times[1:]))
    slow = sum(frame > 33.4 for frame in frames)
    numbers = [statistics.median(frames), frames[int(0.99 * len(frames))], frames[-1]]
    return [title, f"{statistics.median(seconds):.2f}", *(f"{n:.1f}" for n in numbers), f"{slow} of {len(frames)}"]


def endure(browser, page_address, minutes, resets):
    """Train and reset for long; return a sentence on memory."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_address)
    page.locator(".mlp-play:enabled").click()
    page.wait_for_timeout(5000)
    heaps = [heap(page)]
    for _ in range(4):
        page.wait_for_timeout(15_000 * minutes)
        heaps.append(heap(page))
    steps = page.locator(".mlp-numbers dd").first.text_content()
    for _ in range(resets):
        page.get_by_role("button", name="Reset", exact=True).click()
    after = heap(page)
    page.close()
    shown = ", ".join(f"{size:.1f}" for size in heaps)
    return (
        f"Page heap over {minutes} min of training as fast as it goes ({steps} steps): {shown} MB; "
        f"after {resets} resets {after:.1f} MB."
    )


def heap(page):
    """MB of JavaScript memory in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6


def main():
    minutes, resets = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        print(endure(browser, address(folder, 1_000_000), minutes, resets))


if __name__ == "__main__":
    main()
