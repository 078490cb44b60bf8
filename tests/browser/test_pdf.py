"""The book on paper: every page and figure is there, its text can be selected and its links lead somewhere."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote

import pdf
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

ADDRESS = "https://ada.github.io/mlp-book"


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    target = tmp_path_factory.mktemp("pdf") / "book.pdf"
    # In a process of its own: this one may have a browser open.
    command = [sys.executable, pdf.__file__, site, target]
    subprocess.run(command, check=True, env={**os.environ, "BOOK_URL": ADDRESS})
    return PdfReader(target)


@pytest.fixture(scope="module")
def texts(book):
    return [page.extract_text() for page in book.pages]


@pytest.fixture(scope="module")
def text(texts):
    return "\n".join(texts)


@pytest.fixture(scope="module")
def articles(site):
    """The articles of the site, by page, as they were built."""
    names = [path.relative_to(site).as_posix() for path in [*site.glob("*.html"), *(site / "chapters").glob("*.html")]]
    soups = {name: BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser") for name in names}
    found = {name: soup.select_one("article.bd-article") for name, soup in soups.items()}
    return {name: article for name, article in found.items() if article and name != "search.html"}


def targets(book):
    """Return where the links lead: the names of places in the book, and addresses."""
    links = [note.get_object() for page in book.pages for note in page.get("/Annots", ())]
    inside = [link["/Dest"] for link in links if "/Dest" in link]
    outside = [link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})]
    return inside, outside


def test_every_chapter_is_in_the_outline(book, articles):
    titles = {squeeze(entry.title) for entry in flat(book.outline)}
    headings = {squeeze(article.h1.get_text()).removesuffix("#") for article in articles.values()}
    assert len(headings) == len(articles) and headings <= titles


def flat(outline):
    for entry in outline:
        yield from flat(entry) if isinstance(entry, list) else [entry]


def squeeze(text):
    return "".join(text.split())


def test_text_can_be_selected(text, articles):
    """The first words of every paragraph are found as text, up to a formula or the end of a page."""
    starts = {squeeze(p.find(string=True) or "")[:20] for article in articles.values() for p in article.select("section > p")}
    there = squeeze(text)
    assert len(starts) > 300 and [words for words in starts if words not in there] == []


def test_no_source_is_left(text):
    assert re.findall(r"\\[a-z]{2,}\{|\$\$|\{[a-z:]+\}`", text) == []


def test_every_figure_is_there(book, text, articles):
    numbers = [number.get_text() for article in articles.values() for number in article.select(".caption-number")]
    assert [number for number in numbers if squeeze(number) not in squeeze(text)] == []
    pictures = {image["src"] for article in articles.values() for image in article.select("img")}
    assert len({name for page in book.pages for name in page.images.keys()}) >= len(pictures)


def test_every_live_figure_has_its_still_and_a_link(book, articles):
    live = [(name, output) for name, article in articles.items() for output in article.select(".mlp-live")]
    _, outside = targets(book)
    assert all(output.img for _, output in live)
    for name, output in live:
        anchor = output.find_parent(id=True)["id"]
        assert f"{ADDRESS}/{name}#{anchor}" in outside


def test_links_lead_somewhere(book, site):
    html = BeautifulSoup(pdf.Book(site, ADDRESS).html({}), "html.parser")
    names = {node["id"] for node in html.select("[id]")}
    links = [unquote(link["href"][1:]) for link in html.select('a[href^="#"]')]
    assert [link for link in links if link not in names] == []
    inside, outside = targets(book)
    assert len(inside) >= len(links) and set(inside) <= {name for name in book.named_destinations}
    assert [address for address in outside if not address.startswith(("https://", "http://"))] == []


def test_pages_are_numbered(texts):
    numbers = [text.split()[0] for text in texts[1:]]
    assert numbers == [str(number) for number in range(2, len(texts) + 1)]
