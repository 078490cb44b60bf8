"""Each fault, put into a small book, makes the build or the tests fail and is named in what they print."""

import shutil
from pathlib import Path

import pytest
from scratch_book import TEXT, ScratchBook


# Each on a page of its own, built together: Sphinx goes on after a warning and fails in the end.
WARNED = {
    "equation": ("See {eq}`eq-nowhere`.", "eq-nowhere"),
    "section": ("See {ref}`sec-nowhere`.", "sec-nowhere"),
    "figure": ("See {numref}`fig-nowhere`.", "fig-nowhere"),
    "page": ("See [there](nowhere.md).", "nowhere.md"),
    "target": ("See [there](#nowhere).", "nowhere"),
    "citation": ("Cited {cite}`nobody1900`.", "nobody1900"),
    "term": ("A {term}`word without entry`.", "word without entry"),
    "image": ("![Nothing](nothing.png)", "nothing.png"),
    "formula": ("Broken $\\frac{1$.", "KaTeX parse error"),
    "role": ("A {nosuchrole}`thing`.", "nosuchrole"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A book without fault, built once."""
    book = ScratchBook.make(tmp_path_factory.mktemp("sound") / "book")
    built = book.build()
    assert built.returncode == 0, built.stdout
    return book


@pytest.fixture
def book(sound, tmp_path):
    """A copy of the sound book, to break."""
    return sound.copy(tmp_path / "book")


@pytest.fixture(scope="module")
def faulty(sound, tmp_path_factory):
    """The build of a book with a page for each fault that is warned of."""
    book = sound.copy(tmp_path_factory.mktemp("faulty") / "book")
    for name, (fault, _) in WARNED.items():
        book.write(f"book/{name}.md", f"# A page\n\n{fault}\n")
    pages = "".join(f"- file: {name}\n" for name in WARNED)
    book.write("book/_toc.yml", f"format: jb-book\nroot: intro\nchapters:\n{pages}")
    return book.build()


@pytest.mark.parametrize("name", WARNED)
def test_the_build_fails_on_a_missing_or_broken(faulty, name):
    warnings = [line for line in faulty.stdout.splitlines() if "WARNING" in line or "ERROR" in line]
    assert faulty.returncode != 0
    assert [line for line in warnings if f"{name}.md" in line and WARNED[name][1] in line]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys\nprint('stray', file=sys.stderr)", "stderr"),
        ("import ipywidgets\nipywidgets.FloatLogSlider()", "no way to draw the widget FloatLogSliderModel"),
    ],
    ids=["error", "stderr", "unknown widget"],
)
def test_the_build_fails_on_a_cell_with(book, code, named):
    book.write_page(f"{TEXT}\n```{{code-cell}} ipython3\n{code}\n```\n")
    built = book.build()
    assert built.returncode != 0
    assert named in built.stdout


def test_the_build_fails_without_the_notebook(book):
    book.notebook.unlink()
    built = book.build()
    assert built.returncode != 0
    assert "has no executed notebooks/intro.ipynb" in built.stdout


@pytest.mark.parametrize("asset", ["katex/dist/fonts", "@fontsource-variable/source-serif-4/wght.css"])
def test_the_build_fails_without_an_asset(book, asset):
    modules = book.folder / "tools" / "node_modules"
    source = modules.resolve()
    modules.unlink()
    shutil.copytree(source, modules, ignore=shutil.ignore_patterns("axe-core"))
    path = modules / asset
    path.rename(path.with_name("gone"))
    built = book.build()
    assert built.returncode != 0
    assert asset in built.stdout


def test_the_tests_pass_on_the_sound_book(book):
    assert pairs(book).returncode == 0
    assert book.test("--nbval", "notebooks").returncode == 0


@pytest.mark.parametrize(
    ("before", "after", "failing"),
    [
        ("print(2 ** 0.5)", "print(3 ** 0.5)", "test_cells_agree"),
        ("The square root", "A square root", "test_cells_agree"),
        ('"execution_count": 1', '"execution_count": null', "test_every_cell_was_run"),
        ('"metadata": {},\n   "source"', '"metadata": {"tags": ["hide-input"]},\n   "source"', "test_cells_agree"),
    ],
    ids=["code", "text", "unexecuted", "tag"],
)
def test_the_tests_fail_on_a_broken_pair(book, before, after, failing):
    change(book.notebook, before, after)
    tested = pairs(book)
    assert tested.returncode != 0
    assert failing in tested.stdout


def test_the_tests_fail_without_a_pair(book):
    book.notebook.rename(book.notebook.with_name("other.ipynb"))
    tested = pairs(book)
    assert tested.returncode != 0
    assert "test_every_notebook_has_its_chapter" in tested.stdout


def test_the_tests_fail_on_a_wrong_number(book):
    change(book.notebook, "1.4142135623730951", "1.4142135623730952")
    tested = book.test("--nbval", "notebooks")
    assert tested.returncode != 0
    assert "1.4142135623730952" in tested.stdout


def pairs(book):
    shutil.copy(Path(__file__).with_name("test_pairs.py"), book.folder)
    return book.test("test_pairs.py")


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
