"""Each chapter and its notebook say the same, cell by cell, and every cell of the notebook was run."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from notebooks import NOTEBOOKS, chapters, notebook_of

PAIRS = pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.stem)


def test_every_notebook_has_its_chapter():
    assert sorted(NOTEBOOKS.glob("*.ipynb")) == sorted(map(notebook_of, chapters()))


@PAIRS
def test_cells_agree(chapter):
    text, notebook = jupytext.read(chapter), nbformat.read(notebook_of(chapter), as_version=4)
    assert [content(cell) for cell in text.cells] == [content(cell) for cell in notebook.cells]


def content(cell):
    return cell.cell_type, cell.source, cell.metadata


@PAIRS
def test_every_cell_was_run(chapter):
    code = [cell for cell in nbformat.read(notebook_of(chapter), as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@PAIRS
def test_the_notebook_holds_no_widget_state(chapter):
    text = notebook_of(chapter).read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget" not in text


@PAIRS
def test_what_is_live_shows_its_still(chapter):
    """Where nothing runs, as on GitHub."""
    cells = nbformat.read(notebook_of(chapter), as_version=4).cells
    shown = [output.data for cell in cells for output in cell.get("outputs", []) if "data" in output]
    live = [data for data in shown if data.get("text/plain", "").startswith(("LiveFigure(", "Playground("))]
    assert all("image/png" in data for data in live)


@PAIRS
def test_jupyter_pairs_them(chapter):
    """Opening either in Jupyter updates the other."""
    config = jupytext.config.load_jupytext_config(str(chapter))
    formats = jupytext.config.notebook_formats(jupytext.read(chapter), config, str(chapter))
    paired = jupytext.paired_paths.paired_paths(str(chapter), formats[0], formats)
    assert {Path(path).resolve() for path, _ in paired} == {chapter, notebook_of(chapter)}
