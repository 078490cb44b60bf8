"""Each fault, put into a small book, makes the build or the tests fail and is named in what they print."""

import shutil
from pathlib import Path

import pytest
from scratch_book import TEXT, ScratchBook


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A book without fault, built once."""
    book = ScratchBook(tmp_path_factory.mktemp("sound") / "book")
    built = book.build()
    assert built.returncode == 0, built.stdout
    return book


@pytest.fixture
def book(sound, tmp_path):
    """A copy of the sound book, to break."""
    shutil.copytree(sound.folder, tmp_path / "book", symlinks=True, ignore=shutil.ignore_patterns("html", ".doctrees"))
    copy = object.__new__(ScratchBook)
    copy.folder = tmp_path / "book"
    return copy


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("```{code-cell} ipython3\n1 / 0\n```", "ZeroDivisionError"),
        ("```{code-cell} ipython3\nimport warnings\nwarnings.warn('a stray warning')\n```", "stderr"),
        ("See {eq}`eq-nowhere`.", "eq-nowhere"),
        ("See {ref}`sec-nowhere`.", "sec-nowhere"),
        ("See {numref}`fig-nowhere`.", "fig-nowhere"),
        ("See [there](nowhere.md).", "nowhere"),
        ("See [there](#nowhere).", "nowhere"),
        ("Cited {cite}`nobody1900`.", "nobody1900"),
        ("A {term}`word without entry`.", "word without entry"),
        ("![Nothing](nothing.png)", "nothing.png"),
        ("Broken $\\frac{1$.", "KaTeX parse error"),
        ("A {nosuchrole}`thing`.", "nosuchrole"),
    ],
    ids=lambda value: value.strip("`").split("\n")[-2 if "\n" in value else 0][:30],
)
def test_the_build_fails_on(book, fault, named):
    book.write_page(f"{TEXT}\n{fault}\n")
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
