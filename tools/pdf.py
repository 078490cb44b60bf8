"""Print the built pages into one PDF: the chapters in order, links that work within it, an outline and page numbers."""

import io
import os
import posixpath
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from browser import find
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

STYLE = Path(__file__).with_name("pdf.css")
FIRST = "intro.html"
# Of use on a screen only; folded code stays folded.
DROPPED = "script, style, iframe, details.hide, .headerlink, .toctree-wrapper, .mlp-live > :not(img), .katex-mathml"


def main():
    site, target = (Path(argument).resolve() for argument in sys.argv[1:])
    target.write_bytes(print_site(site, os.environ.get("BOOK_URL", "").rstrip("/")))
    print(f"==> {target}: {len(PdfReader(target).pages)} pages")


def print_site(site, address=""):
    """Return the PDF of a built site; it is printed twice, the second time with page numbers in its contents."""
    book = Book(site, address)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        # Chromium's sandbox refuses to start for root.
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"] if os.getuid() == 0 else [])
        draft = print_html(browser, book.html({}), Path(folder))
        final = print_html(browser, book.html(page_numbers(draft)), Path(folder))
        browser.close()
    return final


def print_html(browser, html, folder):
    path = folder / "book.html"
    path.write_text(html, encoding="utf-8")
    tab = browser.new_page()
    tab.goto(path.as_uri(), wait_until="load")
    tab.evaluate("document.fonts.ready")
    pdf = tab.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    tab.close()
    return pdf


def page_numbers(pdf):
    """Return on which page each anchor that something links to is found, counted from 1."""
    reader = PdfReader(io.BytesIO(pdf))
    places = reader.named_destinations.items()
    return {unquote(name).lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in places}


def prepare(article):
    """Leave of an article what paper can show, and show what a reader would have to open."""
    for node in article.select(DROPPED):
        node.decompose()
    for node in article.select("details"):
        node["open"] = ""
    for node in article.select(".katex-html"):
        del node["aria-hidden"]  # there is no other form of the formula on paper


class Book:
    """The built pages as one: every anchor ``a`` of ``chapters/relu.html`` is ``chapters/relu.html:a``, links too."""

    def __init__(self, site, address):
        self.site = site
        self.address = address
        self.first = self.read(FIRST)
        self.title = self.first.select_one(".logo__title").get_text(strip=True)
        self.contents = [self.entry(node) for node in self.first.select(".bd-links .caption, .bd-links a[href]")]
        self.pages = [page for page, _ in self.contents if page]

    def read(self, page):
        return BeautifulSoup((self.site / page).read_text(encoding="utf-8"), "html.parser")

    def entry(self, node):
        """Return a line of the contents: its page, None for the caption of a part, and its words."""
        page = None if node.name == "p" else node["href"].replace("#", FIRST)
        return page, node.get_text(" ", strip=True)

    def html(self, numbers):
        chapters = {page: self.chapter(page) for page in self.pages}
        return TEMPLATE.format(
            title=self.title,
            author=self.first.select_one(".component-author").get_text(strip=True),
            styles="\n".join(f'<link rel="stylesheet" href="{href}">' for href in self.styles()),
            style=STYLE.read_text(encoding="utf-8"),
            contents="\n".join(self.line(page, words, numbers) for page, words in self.contents),
            chapters="\n".join(chapters.values()),
        )

    def styles(self):
        """The stylesheets of all pages, each once, as addresses of files."""
        sheets = (posixpath.join(posixpath.dirname(p), s["href"]) for p in self.pages for s in self.read(p).select("link[rel=stylesheet]"))
        return dict.fromkeys(self.file(sheet) for sheet in sheets)

    def file(self, path):
        return (self.site / urlsplit(posixpath.normpath(path)).path).as_uri()

    def line(self, page, words, numbers):
        if not page:
            return f"<p>{words}</p>"
        return f'<a href="#{page}">{words}<span>{numbers.get(page, "")}</span></a>'

    def chapter(self, page):
        """Return a page's article, ready to stand among the others."""
        article = self.read(page).select_one("article.bd-article")
        prepare(article)
        for node in article.select(".mlp-live"):
            node.append(self.note(page, node))
        for node in article.select("[id]"):
            node["id"] = f"{page}:{node['id']}"
        for node in article.select("img"):
            node["src"] = self.file(posixpath.join(posixpath.dirname(page), unquote(node["src"])))
        for node in article.select("a[href]"):
            self.redirect(node, page)
        return f'<div class="chapter" id="{page}">{article}</div>'

    def note(self, page, output):
        """Return a short link to a live figure, or where it lives if the site has no address."""
        anchor = next((parent["id"] for parent in output.parents if parent.get("id")), "")
        note = BeautifulSoup("", "html.parser").new_tag("a" if self.address else "span", attrs={"class": "live"})
        note.string = f"live: {page}#{anchor}"
        if self.address:
            note["href"] = f"{self.address}/{page}#{anchor}"
        return note

    def redirect(self, link, page):
        """Turn a link between pages into one within the book, one to a file into one to the site."""
        url = urlsplit(link["href"])
        if url.scheme:
            return
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(url.path))) if url.path else page
        live = url.fragment.startswith("live:")  # a position of a live figure, which paper has not
        if target in self.pages and not (live and self.address):
            link["href"] = "#" + quote(f"{target}:{unquote(url.fragment)}" if url.fragment and not live else target)
        elif self.address:
            link["href"] = f"{self.address}/{quote(target)}" + (f"#{url.fragment}" if url.fragment else "")
        else:
            del link["href"]


TEMPLATE = """<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><title>{title}</title>{styles}<style>{style}</style></head>
<body>
<div class="cover"><h1>{title}</h1><p>{author}</p></div>
<nav class="lines"><h1>Contents</h1>{contents}</nav>
<main class="bd-main"><div class="bd-content"><div class="bd-article-container">{chapters}</div></div></main>
</body>
</html>
"""


if __name__ == "__main__":
    main()
