"""What the built site weighs, in kB: each page with all that it fetches when it is opened for the first time.

"Sent" counts pages, scripts and styles as gzip makes them, which is how a server sends them; pictures and fonts are
compressed already. The theme's part is the same on every page and fetched once.
"""

import gzip
import os
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from browser import find  # noqa: E402

HTML = ROOT / "book" / "_build" / "html"
KINDS = {
    "document": "page", "script": "scripts", "stylesheet": "styles and fonts", "font": "styles and fonts",
    "image": "pictures", "other": "pictures",
}  # fmt: skip; other is the mark in the tab
COLUMNS = tuple(dict.fromkeys(KINDS.values()))
SQUEEZED = (".html", ".js", ".css", ".svg")


def table():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"] if os.getuid() == 0 else [])
        rows = [row(page.relative_to(HTML).as_posix(), fetched(browser, page)) for page in pages()]
        browser.close()
    header = f"| page | {' | '.join(COLUMNS)} | all | sent |"
    return "\n".join([header, "|---" + "|--:" * (len(COLUMNS) + 2) + "|", *rows, "", parts()])


def pages():
    return [HTML / "intro.html", *sorted((HTML / "chapters").glob("*.html"))]


def fetched(browser, page):
    """Open a page from the disk; return the files it fetched, by kind."""
    tab = browser.new_page()
    found = {}
    tab.on("request", lambda request: found.update({request.url.split("?")[0]: request.resource_type}))
    tab.goto(page.as_uri(), wait_until="networkidle")
    tab.close()
    return {Path(unquote(urlsplit(url).path)): KINDS[kind] for url, kind in found.items() if url.startswith("file:")}


def row(name, files):
    weights = Counter()
    for path, kind in files.items():
        weights[kind] += path.stat().st_size
    numbers = [*(weights[kind] for kind in COLUMNS), weights.total(), sum(map(sent, files))]
    return f"| {name} | {' | '.join(f'{number / 1000:.0f}' for number in numbers)} |"


def sent(path):
    content = path.read_bytes()
    return len(gzip.compress(content, mtime=0)) if path.suffix in SQUEEZED else len(content)


def parts():
    """Return what the folders of the site weigh."""
    weights = Counter()
    for path in HTML.rglob("*"):
        if path.is_file():
            weights[path.relative_to(HTML).parts[0] if path.suffix != ".html" else "pages"] += path.stat().st_size
    names = {"pages": "all pages", "_images": "pictures", "_static": "scripts, styles, fonts", "notebooks": "notebooks",
             "multilayer-perceptrons.zip": "the offline copy"}  # fmt: skip
    lines = [f"| {words} | {weights.pop(name) / 1e6:.1f} |" for name, words in names.items()]
    lines += [f"| everything else | {sum(weights.values()) / 1e6:.1f} |"]
    return "\n".join(["| the site, in MB | |", "|---|--:|", *lines])
