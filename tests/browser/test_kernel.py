"""The same figure with a kernel: in JupyterLab, Python's ``slider.value = …`` moves what is drawn."""

import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

CELLS = [
    "from ipywidgets import FloatSlider\n"
    "from mlpbook.activations import prelu\n"
    "from mlpbook.live import explore\n"
    "slider = FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.05)\n"
    "figure = explore(prelu, alpha=slider)\n"
    "figure.sliders['point'].value = -2.0\n"
    "figure",
    "slider.value = 0.75",
    "print('alpha is', figure.at_alpha, 'and', slider.value)",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab server over a folder with one notebook; yields its address."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "live.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    options = ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    server = subprocess.Popen(
        [*command, *options, f"--ServerApp.root_dir={folder}"], stderr=subprocess.PIPE, text=True
    )
    try:
        yield next(m[0] for line in server.stderr if (m := re.search(r"http://(localhost|127\S*?):\d+", line)))
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_python_moves_the_drawing_and_the_drawing_python(lab, browser):
    page = browser.new_page()
    page.goto(f"{lab}/lab/tree/live.ipynb")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    run(page, 0)
    readout = page.locator(".mlp-readout-value").first
    expect(readout).to_have_text("−0.5000", timeout=60_000)  # 0.25 · (−2)
    run(page, 1)
    expect(readout).to_have_text("−1.5000", timeout=20_000)  # 0.75 · (−2), set by Python
    run(page, 2)
    expect(page.locator(".jp-OutputArea-output pre").last).to_have_text("alpha is 0.75 and 0.75\n")
    page.close()


def run(page, cell):
    page.evaluate(
        """async (index) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.deselectAll();
            notebook.activeCellIndex = index;
            await jupyterapp.commands.execute("notebook:run-cell");
        }""",
        cell,
    )
