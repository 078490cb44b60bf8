"""A browser over the built book: pages opened from file:// with the network off, where any message is a failure."""

import os
import zipfile
from pathlib import Path

import pytest
from browser import find
from copies import NAME
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tools" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the built pages as a reader has it, who unpacked the offline copy; test_publishing.py compares the two."""
    copy = ROOT / "book" / "_build" / "html" / f"{NAME}.zip"
    assert copy.exists(), "the book is not built: run make book"
    folder = tmp_path_factory.mktemp("offline copy")
    with zipfile.ZipFile(copy) as archive:
        archive.extractall(folder)
    return folder / NAME


@pytest.fixture(scope="session")
def browser():
    # Chromium's sandbox refuses to start for root.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, site):
    """A function that opens a page of the book; the test fails on any warning, error or request that leaves."""
    contexts, troubles = [], []

    def open_page(path, dark=False, width=1280, javascript=True, reduced_motion=False, touch=False):
        contexts.append(
            browser.new_context(
                offline=True,
                color_scheme="dark" if dark else "light",
                viewport={"width": width, "height": 900},
                java_script_enabled=javascript,
                reduced_motion="reduce" if reduced_motion else "no-preference",
                has_touch=touch,
            )
        )
        page = contexts[-1].new_page()
        listen(page, troubles)
        page.goto(f"{site.as_uri()}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def listen(page, troubles):
    page.on("console", lambda m: m.type in ("warning", "error") and troubles.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
    page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
    page.on("request", lambda request: leaves(request.url) and troubles.append(f"request: {request.url}"))


def leaves(url):
    return url.split(":", 1)[0] not in ("file", "data", "blob")


@pytest.fixture(scope="session")
def axe():
    """A function that returns axe-core's serious and critical findings on a page, one line each."""
    source = AXE.read_text(encoding="utf-8")

    def findings(page):
        page.evaluate(source)
        # preload would fetch the stylesheets again, and frames be sent messages, both of which file:// forbids.
        violations = page.evaluate("axe.run({resultTypes: ['violations'], preload: false, iframes: false})")["violations"]
        return [
            f"{violation['impact']} {violation['id']}: {node['html']}"
            for violation in violations
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    return findings
