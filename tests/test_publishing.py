"""What a build makes for a disk, without a remote and an address, and for a site, with both."""

import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from copies import LINK, NAME
from launch import addresses
from published import install_cell
from scratch_book import TEXT, ScratchBook

ADDRESS = "https://ada.github.io/mlp-book/"
MORE = """
The first paragraph without a formula, “quoted”. Take {offline}`the pages` or {pdf}`the print` along.

```{code-cell} ipython3
:mystnb: {image: {alt: a line}}
import matplotlib.pyplot as plt
plt.plot([1, 2])
None
```
"""


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    book = ScratchBook.make(tmp_path_factory.mktemp("scratch") / "book")
    book.write_page(TEXT + MORE)
    build(book)
    return book


@pytest.fixture(scope="module")
def site(disk, tmp_path_factory):
    book = disk.copy(tmp_path_factory.mktemp("site") / "book")
    book.git("init", "-q", "-b", "fix/slash")
    book.git("remote", "add", "origin", "git@github.com:ada/mlp-book.git")
    build(book, BOOK_URL=ADDRESS.rstrip("/"))
    return book


def build(book, **environment):
    built = book.build(**environment)
    assert built.returncode == 0, built.stdout


def text(book, name="intro.html"):
    return (book.html / name).read_text(encoding="utf-8")


def head(book, name="intro.html"):
    """Return a page's meta and link elements: property, name or rel → content or href."""
    reader = Head()
    reader.feed(text(book, name))
    return reader.found


class Head(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = {}

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag in ("meta", "link"):
            key = known.get("property") or known.get("name") or known.get("rel")
            self.found[key] = known.get("content") or known.get("href")


def buttons(book):
    """Return the targets of the buttons at the top of a page, by the words on them."""
    item = r'<a href="([^"]*)"[^>]*\bdropdown-item.*?btn__text-container">([^<]*)<'
    return {words: address for address, words in re.findall(item, text(book), flags=re.DOTALL)}


def test_a_disk_has_downloads_and_no_address(disk):
    assert buttons(disk) == {".ipynb": "notebooks/intro.ipynb", ".md": "_sources/intro.md"}
    assert all((disk.html / address).exists() for address in buttons(disk).values())
    assert "canonical" not in head(disk) and not any(name and name.startswith("og:") for name in head(disk))
    assert not (disk.html / "sitemap.xml").exists()
    assert head(disk, "404.html")["icon"] == "_static/mark.svg"


def test_without_a_remote_notebooks_stay_as_they_are(disk):
    assert (disk.html / "notebooks" / "intro.ipynb").read_bytes() == disk.notebook.read_bytes()


def test_a_site_has_a_button_for_every_service(site):
    here = buttons(site)
    assert here.pop(".ipynb") and here.pop(".md")
    assert here == addresses("ada/mlp-book", "fix/slash", "intro.ipynb")


def test_published_notebooks_install_the_package_first(site):
    published = json.loads(text(site, "notebooks/intro.ipynb"))
    cell = published["cells"].pop(0)
    assert cell == install_cell("mlpbook @ git+https://github.com/ada/mlp-book@fix/slash")
    assert published == json.loads(site.notebook.read_text(encoding="utf-8"))


def test_the_environment_outweighs_git(site):
    build(site, BOOK_REMOTE="https://github.com/grace/fork", BOOK_BRANCH="main", BOOK_URL=ADDRESS)
    assert buttons(site)["Binder"] == addresses("grace/fork", "main", "intro.ipynb")["Binder"]


def test_a_site_describes_its_pages(site):
    found = head(site)
    assert found["canonical"] == found["og:url"] == ADDRESS + "intro.html"
    assert found["og:title"] == "A small book"
    assert found["og:description"] == found["description"]
    assert found["description"].startswith("The first paragraph without a formula, “quoted”.")
    picture = found["og:image"].removeprefix(ADDRESS)
    assert (site.html / picture).read_bytes().startswith(b"\x89PNG")
    assert (site.html / found["icon"]).exists()


def test_the_sitemap_names_every_page(site):
    tree = ElementTree.parse(site.html / "sitemap.xml")
    assert [node.text for node in tree.iter() if node.tag.endswith("loc")] == [ADDRESS + "intro.html"]


def test_not_found_is_right_at_any_depth(site):
    links = re.findall(r'(?:href|src)="([^"]*)"', text(site, "404.html"))
    assert len(links) == 3 and all(link.startswith(ADDRESS) for link in links)
    assert all((site.html / link.removeprefix(ADDRESS)).exists() for link in links)


def test_the_pages_link_to_their_copies(disk, site):
    assert f'Take <a class="offline-copy" href="{NAME}.zip">the pages</a> or the print along.' in text(disk)
    assert f'<a href="{ADDRESS}{NAME}.pdf">the print</a>' in text(site)


def test_the_offline_copy_is_the_site(disk):
    with zipfile.ZipFile(disk.html / f"{NAME}.zip") as archive:
        assert archive.testzip() is None
        copied = {name.removeprefix(f"{NAME}/"): archive.read(name) for name in archive.namelist()}
    pages = {path.relative_to(disk.html).as_posix(): path.read_bytes() for path in disk.html.rglob("*") if path.is_file()}
    assert pages.pop(f"{NAME}.zip") and pages.pop(".buildinfo")
    assert copied.pop("intro.html") == LINK.sub(rb"\1", page := pages.pop("intro.html")) != page
    assert copied == pages
