"""Execute chapters and write their paired notebooks: every chapter, or those named on the command line."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def main():
    chosen = [Path(name).resolve() for name in sys.argv[1:]] or chapters()
    NOTEBOOKS.mkdir(exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, chapter in enumerate(pool.map(write_notebook, chosen), start=1):
            print(f"[{done}/{len(chosen)}] {notebook_of(chapter).relative_to(ROOT)}", flush=True)


def chapters():
    """Return the paired texts: the introduction and every chapter."""
    return [ROOT / "book" / "intro.md", *sorted((ROOT / "book" / "chapters").glob("*.md"))]


def notebook_of(chapter):
    return NOTEBOOKS / f"{chapter.stem}.ipynb"


def write_notebook(chapter):
    notebook = jupytext.read(chapter)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(NOTEBOOKS)}})
    client.timeout, client.coalesce_streams = 300, True
    client.store_widget_state = client.record_timing = False
    client.execute()
    settle(notebook)
    nbformat.write(notebook, notebook_of(chapter))
    return chapter


def settle(notebook):
    """Drop what changes from run to run, so that the same chapter gives the same bytes."""
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            # A view's id is random; without it Jupyter and GitHub show the still of the same output.
            output.get("data", {}).pop(WIDGET_VIEW, None)


if __name__ == "__main__":
    main()
