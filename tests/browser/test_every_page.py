"""What holds on every page of the built book: it is quiet, complete, readable by all, and fits a phone."""

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

HTML = Path(__file__).resolve().parents[2] / "book" / "_build" / "html"
BUILT = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html") if "_static" not in path.parts)
PAGES = [path for path in BUILT if path != "index.html"]
FETCHES = {("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("link", "href")}

# The controls of a live figure that stand outside of it.
STRAYED = """() => [...document.querySelectorAll(".mlp-live.is-live")].flatMap((figure) => {
    const box = figure.getBoundingClientRect();
    return [...figure.querySelectorAll("input, select, button, output")].filter((node) => {
        const { left, top, right, bottom } = node.getBoundingClientRect();
        const inside = left > box.left - 1 && top > box.top - 1 && right < box.right + 1 && bottom < box.bottom + 1;
        return node.checkVisibility() && !inside;
    }).map((node) => node.outerHTML);
})"""

every_page = pytest.mark.parametrize("path", PAGES)


def test_the_file_to_open_leads_to_the_introduction(page):
    page("index.html").wait_for_url("**/intro.html")


@every_page
def test_quiet_and_rendered_from_file_with_the_network_off(page, path):
    opened = page(path)
    opened.wait_for_load_state("networkidle")
    assert opened.locator(".math:not(:has(.katex))").count() == 0
    assert opened.locator(".katex-error").count() == 0
    assert re.findall(r"\\[(\[]|\$\$?[^\s$][^$]*\$|\{[a-z:]+\}`", prose(opened)) == []
    assert opened.evaluate(STRAYED) == []


def prose(page):
    return page.evaluate(
        """() => {
            const copy = document.body.cloneNode(true);
            copy.querySelectorAll("pre, code, script, style, .katex").forEach((node) => node.remove());
            return copy.textContent;
        }"""
    )


@every_page
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_and_a_phone_is_wide_enough(page, axe, path, dark):
    opened = page(path, dark=dark)
    assert axe(opened) == []
    opened.set_viewport_size({"width": 360, "height": 900})
    opened.wait_for_function("document.documentElement.scrollWidth <= 360")


@every_page
def test_links_and_files_are_there(path):
    broken = [target for tag, name, target in targets(path) if not is_there(path, target)]
    assert broken == []


@every_page
def test_nothing_is_fetched_from_elsewhere(path):
    assert [target for tag, name, target in targets(path) if (tag, name) in FETCHES and urlsplit(target).scheme] == []


def targets(path):
    """Yield (tag, attribute, value) of everything a page links to or fetches."""
    reader = Reader()
    reader.feed((HTML / path).read_text(encoding="utf-8"))
    return [(tag, name, value) for tag, name, value in reader.attributes if name in ("href", "src") and value]


def is_there(path, target):
    url = urlsplit(target)
    if url.scheme or target == "#":
        return True
    file = (HTML / path).parent / unquote(url.path) if url.path else HTML / path
    if url.fragment.startswith("live:"):
        names = [pair.split("=")[0].split(".") for pair in unquote(url.fragment[5:]).split("&")]
        return all(name in live(file) and set(controls) <= live(file)[name] for name, *controls in names)
    return file.exists() and (file.suffix != ".html" or not url.fragment or unquote(url.fragment) in anchors(file))


@cache
def live(file):
    """The names of a page's live figures and playgrounds, each with those of its sliders or options."""
    state = re.search(r'<script type="application/vnd.jupyter.widget-state\+json">(.*?)</script>', file.read_text("utf-8"), re.DOTALL)
    models = [model["state"] for model in json.loads(state[1])["state"].values()] if state else []
    return {model["name"]: {trait[3:] for trait in model if trait.startswith("at_")} for model in models if "name" in model}


@cache
def anchors(file):
    reader = Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return {value for _, name, value in reader.attributes if name == "id"}


class Reader(HTMLParser):
    """Collects every attribute of every tag."""

    def __init__(self):
        super().__init__()
        self.attributes = []

    def handle_starttag(self, tag, attrs):
        if ("rel", "canonical") not in attrs:  # a name of the page, which nobody fetches
            self.attributes += [(tag, name, value) for name, value in attrs]
