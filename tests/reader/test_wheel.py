"""The wheel holds all that a live figure needs, and needs no more than pyproject.toml says."""

import pytest
from fresh import Environment

FORMS = ("application/vnd.jupyter.widget-view+json", "image/png", "text/plain")
EXPLORE = """
import ipywidgets, mlpbook
from ipywidgets import FloatSlider
from mlpbook.activations import prelu
from mlpbook.live import explore
figure = explore(prelu, alpha=FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.05))
figure.sliders["alpha"].value = 0.5
data, _ = figure._repr_mimebundle_()
print(ipywidgets.__version__, figure, len(figure._esm) > 10_000, len(figure._css) > 1_000, *sorted(data))
"""


@pytest.fixture(scope="module")
def wheel(address, packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    python = Environment(folder / "environment", packages)
    python.run("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, address)
    [wheel] = folder.glob("mlpbook-*.whl")
    return wheel


# Colab has the one, Jupyter the other.
@pytest.mark.parametrize("ipywidgets", ["ipywidgets<8", "ipywidgets>=8"])
def test_the_wheel_explores(wheel, environment, ipywidgets):
    environment.run("-m", "pip", "install", "--quiet", ipywidgets, wheel)
    printed = environment.run("-c", EXPLORE)
    assert printed.split(" ", 1)[1] == "LiveFigure('prelu': x, point, alpha) True True " + " ".join(FORMS) + "\n"
