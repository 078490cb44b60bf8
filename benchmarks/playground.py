"""The playground as a reader meets it: from page open to 95% on the spiral, frames while training, memory in the long run.

A page with one playground of the default preset is opened from a file in headless Chromium, 1280 pixels wide. *Play* is
pressed as soon as it is there. A frame's time is that between two animation frames, over five seconds of training. The
heap is the page's JavaScript memory after a forced collection; the process is all that Chromium holds for the page, its
worker with it. `python -m benchmarks.playground 30 500` trains for 30 minutes and resets 500 times; the table has a
shorter run.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from mlpbook.live import Playground

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tools", "tests", "book/_ext")]

from browser import find  # noqa: E402
from widget_site import build, notebook, shown  # noqa: E402

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
        build(place, page=notebook(shown(Playground(speed=speed))))
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
    sizes = [memory(browser, page)]
    for _ in range(6):
        page.wait_for_timeout(10_000 * minutes)
        sizes.append(memory(browser, page))
    steps = page.locator(".mlp-numbers dd").first.text_content()
    for _ in range(resets):
        page.get_by_role("button", name="Reset", exact=True).click()
    heap, process = memory(browser, page)
    page.close()
    heaps, processes = (", ".join(f"{size:.{digits}f}" for size in column) for column, digits in zip(zip(*sizes), (1, 0)))
    return (
        f"Page heap over {minutes} min of training as fast as it goes ({steps} steps): {heaps} MB; "
        f"after {resets} resets {heap:.1f} MB. Process: {processes} MB; {process:.0f} MB."
    )


def memory(browser, page):
    """MB in use after a collection: of JavaScript in the page, and of the process with page and worker."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    renderers = [psutil.Process(process["id"]) for process in processes if process["type"] == "renderer"]
    return used / 1e6, max(process.memory_info().rss for process in renderers) / 1e6


def main():
    minutes, resets = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        print(endure(browser, address(folder, 1_000_000), minutes, resets))


if __name__ == "__main__":
    main()
