"""The same figures with a kernel, in JupyterLab: Python moves what is drawn, and gets what was moved or trained there."""

import json

from lab import jupyterlab, open_notebook, run_cell
from playwright.sync_api import expect
from test_trainer import run

FIGURE = [
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
PLAYGROUND = [
    "import json\n"
    "from ipywidgets import Label\n"
    "from mlpbook.live import Playground\n"
    "playground = Playground(data='moons', hidden=(3,), activation='tanh', inputs=['x1', 'x1*x2'])\n"
    "heard = Label()\n"
    "playground.observe(lambda change: setattr(heard, 'value', f\"Python has step {change.new['step']}\"), 'trained')\n"
    "display(playground, heard)",
    "mlp = playground.to_torch()\n"
    "print(json.dumps([{'W': W.tolist(), 'b': b[0].tolist()} for W, b in zip(mlp.weights, mlp.biases)]))",
    "playground.at_hidden = 'tanh:4'",
]


def test_python_moves_the_drawing_and_the_drawing_python(tmp_path, browser):
    with jupyterlab(tmp_path, FIGURE) as address:
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


COLOURS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


def test_a_playground_trains_and_python_gets_its_network(tmp_path, browser):
    with jupyterlab(tmp_path, PLAYGROUND) as address:
        page = browser.new_page()
        open_notebook(page, address)
        run_cell(page, 0)
        expect(page.get_by_text("Python has step 0")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Epoch", exact=True).click()
        expect(page.get_by_text("Python has step 30")).to_be_visible(timeout=20_000)
        assert page.locator(".mlp-square canvas").first.evaluate(COLOURS) > 50
        assert len({number.bounding_box()["y"] for number in page.locator(".mlp-numbers dd").all()}) == 1
        run_cell(page, 1)
        printed = page.locator(".jp-OutputArea-output pre").last
        expect(printed).to_contain_text("W", timeout=20_000)
        hidden = [{"units": 3, "activation": "tanh"}]
        [_, parameters] = run(({"data": "moons", "hidden": hidden, "inputs": ["x1", "x1*x2"]}, ["run", 30], ["parameters"]))[0]
        assert json.loads(printed.text_content()) == parameters
        run_cell(page, 2)
        expect(page.get_by_role("button", name="unit 4 of layer 1")).to_be_visible(timeout=20_000)
        page.close()
