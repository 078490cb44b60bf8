"""The same figure with a kernel: in JupyterLab, Python's ``slider.value = …`` moves what is drawn."""

from lab import jupyterlab, open_notebook, run_cell
from playwright.sync_api import expect

CELLS = [
    "from ipywidgets import FloatSlider, Label\n"
    "from mlpbook.activations import prelu\n"
    "from mlpbook.live import explore\n"
    "slider = FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.05)\n"
    "figure = explore(prelu, alpha=slider)\n"
    "figure.sliders['point'].value = -2.0\n"
    "heard = Label()\n"  # what reaches Python, written as soon as it does
    "figure.observe(lambda change: setattr(heard, 'value', f'Python has {change.new}'), 'at_alpha')\n"
    "display(figure, heard)",
    "slider.value = 0.75",
    "print('alpha is', figure.position['alpha'])",
]


def test_python_moves_the_drawing_and_the_drawing_python(tmp_path, browser):
    with jupyterlab(tmp_path, CELLS) as address:
        page = browser.new_page()
        open_notebook(page, address)
        run_cell(page, 0)
        readout = page.locator(".mlp-readout-value").first
        expect(readout).to_have_text("−0.5000", timeout=60_000)  # 0.25 · (−2)
        run_cell(page, 1)
        expect(readout).to_have_text("−1.5000", timeout=20_000)  # 0.75 · (−2), set by Python
        expect(page.get_by_text("Python has 0.75")).to_be_visible(timeout=20_000)
        run_cell(page, 2)
        expect(page.locator(".jp-OutputArea-output pre").last).to_have_text("alpha is 0.75\n", timeout=20_000)
        page.close()
