"""What the book's own extensions do: offline pages, one output for one source, code that is re-run."""

import re
import shutil

import pytest
from execution import SOURCES, key_of
from scratch_book import TEXT, ScratchBook


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    book = ScratchBook.make(tmp_path_factory.mktemp("scratch") / "book")
    book.write("src/mlpbook_like.py", "VALUE = 1\n")
    return book


def build(book):
    built = book.build()
    assert built.returncode == 0, built.stdout
    return built.stdout


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_fetched_and_no_script_comes_twice(book):
    build(book)
    page = (book.html / "intro.html").read_text(encoding="utf-8")
    fetched = re.findall(r'<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="([^"]*)"', page)
    assert [address for address in fetched if "//" in address] == []
    scripts = re.findall(r"<script\b.*?</script>", page, flags=re.DOTALL)
    assert len(scripts) == len(set(scripts))
    assert "thebe" not in page.lower()
    assert "mathjax" not in page.lower()
    assert '<span class="katex-mathml">' in page


def test_two_builds_give_the_same_bytes(book, tmp_path):
    shutil.rmtree(book.html, ignore_errors=True)
    build(book)
    other = book.copy(tmp_path / "elsewhere")
    build(other)
    first, second = files(book.html), files(other.html)
    # Sphinx's note to itself, a digest of settings among which are absolute paths.
    assert first.pop(".buildinfo") and second.pop(".buildinfo")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_change_of_code_runs_the_chapters_again(book):
    build(book)
    book.write("src/mlpbook_like.py", "VALUE = 2\n")
    assert "] intro ran in" in build(book)
    book.write_page(TEXT + "\nMore prose.\n")
    assert "ran in" not in build(book)


def test_a_change_of_the_look_reaches_the_pages(book):
    build(book)
    book.write("book/_style/book.css", "body { color: red; }\n")
    assert "ran in" not in build(book)
    assert (book.html / "_static/book.css").read_text(encoding="utf-8") == "body { color: red; }\n"


def test_key_depends_on_names_and_contents(tmp_path):
    keys = {key_of(tmp_path, SOURCES)}
    for name, text in [("src/a.py", "1"), ("src/a.py", "2"), ("src/b.py", "2"), ("requirements.txt", "torch")]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        keys.add(key_of(tmp_path, SOURCES))
    assert len(keys) == 5
