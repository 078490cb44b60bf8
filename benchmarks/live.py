"""A live figure three ways, this book's page, the standard stack, and a kernel; and the least a page can do.

- *this book*: the chapter on ReLU as `make book` builds it;
- *standard stack*: the same page with ipywidgets' html-manager, require.js and anywidget in place of the book's host,
  from a local disk too;
- *kernel*: `interact` and a matplotlib figure of pReLU in JupyterLab;
- *bare*: an empty page with one native slider, which moves one line: what the browser itself takes on this machine.

The α slider is dragged with the mouse. A time runs from the moment the page handles the move to the end of the
frame that shows it. "Slowed" is Chromium's own throttling of the processor, four times. The two pages are opened in
turns, eleven times each; the slider is moved 200 times.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from browser import find  # noqa: E402
from lab import jupyterlab, open_notebook, run_cell  # noqa: E402

PACKAGES = {"@jupyter-widgets/html-manager": "1.0.15", "requirejs": "2.3.8"}
MOVES = 200
LOADS = 11

INTERACT = """
import numpy as np, matplotlib.pyplot as plt
from ipywidgets import interact, FloatSlider
def draw(alpha):
    x = np.linspace(-4, 4, 241)
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.8))
    left.plot(x, np.where(x > 0, x, alpha * x))
    right.plot(x, np.where(x > 0, 1, alpha), "--")
    plt.show()
interact(draw, alpha=FloatSlider(value=0.25, min=-1, max=2, step=0.05));
"""

BARE = """<!doctype html>
<div class="mlp-slider"><label>α</label> <input type="range" min="-1" max="2" step="0.05" value="0.25" style="width: 400px"></div>
<svg width="400" height="240"><path class="curve" d="M0 120L400 120" stroke="black" /></svg>
<script>
    const [slider, path] = [document.querySelector("input"), document.querySelector("path")];
    const draw = () => path.setAttribute("d", `M0 120L400 ${120 + 40 * slider.value}`);
    slider.addEventListener("input", () => requestAnimationFrame(draw));
</script>
"""

# Notes when the first curve is there, and for each move of the mouse when the frame that shows it ends.
WATCH = """
window.samples = [];
let moved;
addEventListener("pointermove", () => (moved ??= performance.now()), true);
const ended = (then) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = then; port2.postMessage(0); };
const seen = (records) => {
    if (window.live === undefined && document.querySelector(".curve [points]")) ended(() => (window.live ??= performance.now()));
    const picture = (r) => r.target.tagName === "IMG" || [...r.addedNodes].some((n) => n.querySelector?.("img") || n.tagName === "IMG");
    const drawn = records.some((r) => r.target.matches?.(".curve, .curve *") || picture(r));
    if (moved === undefined || !drawn) return;
    const start = moved;
    moved = undefined;
    // A figure draws inside a frame, which ends with this task; a picture from a kernel waits for the next frame.
    const note = () => ended(() => window.samples.push(performance.now() - start));
    window.jupyterapp ? requestAnimationFrame(note) : note();
};
new MutationObserver(seen).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["d", "points", "src"] });
"""


def table():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find(), args=arguments)
        pages = {"this book": build(Path(folder, "book")), "standard stack": build(Path(folder, "standard"), True)}
        turns = [{name: load(browser, page) for name, page in pages.items()} for _ in range(LOADS)]
        results = {name: measure_page(browser, page, [turn[name] for turn in turns]) for name, page in pages.items()}
        results["kernel"] = measure_kernel(browser, Path(folder))
        results["bare"] = measure_bare(browser, Path(folder))
        browser.close()
    return as_table(results)


def build(folder, standard=False):
    """Build the ReLU chapter alone; return its page."""
    skip = shutil.ignore_patterns(".venv", ".git", "_build", "node_modules", "frameworks")
    shutil.copytree(ROOT, folder, ignore=skip)
    (folder / "tools" / "node_modules").symlink_to(ROOT / "tools" / "node_modules")
    if standard:
        use_standard_stack(folder)
    (folder / "book/_toc.yml").write_text("format: jb-book\nroot: intro\nchapters: [{file: chapters/relu}]\n")
    subprocess.run([ROOT / ".venv/bin/jupyter-book", "build", folder / "book", "--quiet"], check=True)
    return folder / "book/_build/html/chapters/relu.html"


def use_standard_stack(folder):
    """Put html-manager back, from npm, and anywidget's own front end, from its Python package."""
    subprocess.run(
        ["npm", "install", "--silent", "--ignore-scripts", *(f"{name}@{v}" for name, v in PACKAGES.items())],
        cwd=folder, check=True, env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
    )  # fmt: skip
    static = folder / "book/_style/standard"
    shutil.copytree(folder / "node_modules/@jupyter-widgets/html-manager/dist", static)
    shutil.copy(folder / "node_modules/requirejs/require.js", static)
    shutil.copytree(ROOT / ".venv/share/jupyter/nbextensions/anywidget", static / "anywidget@~0.11.*/dist")
    path = folder / "book/_config.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["sphinx"]["config"]["nb_ipywidgets_js"] = {
        "standard/require.js": {},
        "standard/embed-amd.js": {"data-jupyter-widgets-cdn": "../_static/standard/"},
    }
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def measure_page(browser, page, loads):
    """Times in ms and bytes of scripts of one built page."""
    return {
        "live": statistics.median(ms for ms, _ in loads),
        "scripts": loads[0][1],
        "page": page.stat().st_size,
        **drags(browser, f"{page.as_uri()}#fig-prelu-live"),
    }


def measure_bare(browser, folder):
    page = folder / "bare.html"
    page.write_text(BARE, encoding="utf-8")
    return drags(browser, page.as_uri())


def drags(browser, address):
    """Times to repaint, at full speed and slowed."""
    return {rate: drag(browser, lambda tab: tab.goto(address), rate) for rate in (1, 4)}


def load(browser, page):
    """Open the page anew; return when its first figure is live, and what its widget scripts weigh."""
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.add_init_script(WATCH)
    scripts = set()
    tab.on("request", lambda request: scripts.add(request.url) if is_widget_script(request) else None)
    tab.goto(f"{page.as_uri()}#fig-prelu-live")
    tab.wait_for_function("window.live")
    result = tab.evaluate("window.live"), sum(Path(url.removeprefix("file://").split("?")[0]).stat().st_size for url in scripts)
    context.close()
    return result


def is_widget_script(request):
    local = request.url.startswith("file:") and request.resource_type == "script"
    return local and ("/_static/live/" in request.url or "/_static/standard/" in request.url)


def drag(browser, opening, rate):
    """Drag α to and fro; return the median and the 95th percentile of the times to repaint."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.add_init_script(WATCH)
    opening(tab)
    thumb = find_alpha(tab)
    session = tab.context.new_cdp_session(tab)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    box = thumb.bounding_box()
    x, y = box["x"], box["y"] + box["height"] / 2
    # The browser's own events: Playwright's mouse adds listeners of its own to the page at every move.
    mouse = lambda kind, share: session.send(
        "Input.dispatchMouseEvent",
        {"type": kind, "x": x + share * box["width"], "y": y, "button": "left", "buttons": 1, "clickCount": 1},
    )
    mouse("mousePressed", 0.4)
    tab.wait_for_timeout(500)
    tab.evaluate("samples.length = 0")
    for i in range(MOVES):
        mouse("mouseMoved", 0.1 + 0.8 * abs((i % 40) / 20 - 1))
        tab.wait_for_timeout(40 if rate == 1 else 80)
    mouse("mouseReleased", 0.1)
    samples = tab.evaluate("window.samples")
    tab.close()
    return statistics.median(samples), statistics.quantiles(samples, n=20)[-1], len(samples)


def find_alpha(tab):
    """The α slider's track, whoever draws it, scrolled into view."""
    sliders = tab.locator(
        "xpath=//*[contains(@class,'mlp-slider') or contains(@class,'widget-slider')]"
        "[.//*[normalize-space(text())='α' or normalize-space(text())='alpha']]"
    )
    sliders.first.wait_for()
    track = sliders.first.locator("input[type=range], .noUi-target").first
    track.scroll_into_view_if_needed()
    tab.wait_for_timeout(500)
    return track


def measure_kernel(browser, folder):
    with jupyterlab(folder, [INTERACT]) as address:

        def opening(tab):
            open_notebook(tab, address)
            run_cell(tab, 0)
            tab.locator(".jp-OutputArea img").first.wait_for()

        return {1: drag(browser, opening, 1)}


def as_table(results):
    ours, standard = results["this book"], results["standard stack"]
    lines = ["| | this book | standard stack | kernel | bare | book ÷ standard | book ÷ kernel |", "|---|--:|--:|--:|--:|--:|--:|"]
    for rate, name in ((1, ""), (4, ", slowed")):
        for i, which in enumerate(("median", "95th percentile")):
            values = [result[rate][i] if rate in result else None for result in results.values()]
            lines.append(row(f"move to repaint{name}, {which}, ms", *values))
    lines.append(row("page opened to first live figure, median, ms", ours["live"], standard["live"]))
    lines.append(row("widget scripts, kB", ours["scripts"] / 1000, standard["scripts"] / 1000))
    lines.append(row("the page itself, kB", ours["page"] / 1000, standard["page"] / 1000))
    return "\n".join(lines)


def row(name, ours, standard, kernel=None, bare=None):
    number = lambda x: "" if x is None else f"{x:.1f}"
    ratio = lambda x: "" if x is None else f"{ours / x:.3f}"
    cells = [name, *map(number, (ours, standard, kernel, bare)), ratio(standard), ratio(kernel)]
    return f"| {' | '.join(cells)} |"
