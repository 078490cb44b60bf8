"""LiveFigure: real sliders joined by jslink, a still, and the same bytes twice."""

import base64
import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from ipywidgets import Checkbox, Dropdown, FloatRangeSlider, FloatSlider, IntSlider
from ipywidgets.widgets.widget_link import Link
from matplotlib.image import imread

from mlpbook.activations import prelu
from mlpbook.live import (
    Axis, Bars, Curve, HeatMap, LiveFigure, Network, Panel, Playground, Points, Readout, Scene, explore,
)  # fmt: skip

VIEW = "application/vnd.jupyter.widget-view+json"


def figure(**options):
    alpha = FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.25)
    return explore(prelu, alpha=alpha, **options)


def test_each_slider_is_joined_to_the_figure_by_jslink():
    live = figure()
    links = [w for w in live._links if isinstance(w, Link)]
    assert {(link.source, link.target) for link in links} == {
        ((live.sliders[key], "value"), (live, f"at_{key}")) for key in ("x", "point", "alpha")
    }
    assert live.at_alpha == 0.25 and tuple(live.at_x) == (-4, 4)


def test_a_slider_moves_the_position_and_the_still_from_python():
    live = figure()
    before = base64.b64decode(live._repr_mimebundle_()[0]["image/png"])
    live.sliders["alpha"].value = 1.0
    assert live.position == {"x": (-4, 4), "point": 1.0, "alpha": 1.0}
    after = base64.b64decode(live._repr_mimebundle_()[0]["image/png"])
    assert not np.array_equal(imread(io.BytesIO(before)), imread(io.BytesIO(after)))


def test_the_still_shows_torchs_values():
    (line,) = [line for line in figure().draw().axes[0].lines if len(line.get_xdata()) > 2]
    x, y = (np.asarray(v) for v in line.get_data())
    np.testing.assert_allclose(y, np.where(x > 0, x, 0.25 * x), atol=1e-12)


def test_what_is_displayed():
    live = figure(title="a title")
    bundle, _ = live._repr_mimebundle_()
    assert bundle["text/plain"] == repr(live) == "LiveFigure('prelu': x, point, alpha)"
    assert bundle[VIEW]["model_id"] == live.view.model_id
    title, controls, drawing = live.view.children
    assert title.value == "a title" and drawing is live
    assert [c.description for c in controls.children] == ["x range", "x", "α"]


@pytest.mark.parametrize("make", [figure, Playground], ids=["figure", "playground"])
def test_colab_is_told_how_to_load_a_widget(make, monkeypatch):
    colab = SimpleNamespace(enable_custom_widget_manager=lambda: None, _widgets=SimpleNamespace(_installed_url="manager.js"))
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    _, metadata = make()._repr_mimebundle_()
    assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": "manager.js"}}}}


def test_the_still_is_told_in_words():
    assert figure().summary == (
        "The value of pReLU against x. The derivative of pReLU against x.; "
        "x range = (-4.0, 4.0); x = 1.0; α = 0.25; pReLU(x) = 1.0000; pReLU′(x) = 1.0000"
    )


def test_a_still_moved_from_python_is_told_as_it_is():
    live = figure()
    live.sliders["alpha"].value, live.sliders["point"].value = 1.0, -1.0
    live._repr_mimebundle_()
    assert live.summary.endswith("x = -1.0; α = 1.0; pReLU(x) = −1.0000; pReLU′(x) = 1.0000")


def test_a_still_is_cropped_on_either_axis():
    scene = Scene(Panel(CURVE, x=Axis("x", crop="a"), y=Axis("y", crop="b")))
    live = LiveFigure(scene, a=FloatRangeSlider(value=(0.5, 1), max=1), b=FloatRangeSlider(value=(0.2, 0.4), max=2))
    (axes,) = live.draw().axes
    assert (axes.get_xlim(), axes.get_ylim()) == ((0.5, 1), (0.2, 0.4))


def test_the_same_bytes_twice():
    one, two = figure(), figure()
    assert one.frames == two.frames and one.scene == two.scene
    assert one._repr_mimebundle_()[0]["image/png"] == two._repr_mimebundle_()[0]["image/png"]


def test_every_mark_has_a_still():
    def scene(n, which, on):
        z = np.outer(np.arange(3), np.arange(3)) / 4
        return Scene(
            Panel(HeatMap(z * on, x=(0, 3), y=(0, 3)), Points([1, 2], [1, 2], group=[0, 1]), square=True),
            Panel(HeatMap(z, x=(0, 3), y=(0, 3), smooth=False, grey=True)),
            Panel(Bars([n, 2.0], names=["a", "b"], label="one"), x=Axis("share", (0, 4))),
            Panel(Network([n, 2], symbols="xo")),
            Panel(Curve([0, 1], [0, which]), Curve([0, 1], [1, 1], "muted", label="one")),
            readouts=[Readout("tiny", 1e-9), Readout("none", np.nan), Readout("far", -np.inf)],
        )

    live = LiveFigure(
        scene, n=IntSlider(value=2, min=1, max=3), which=Dropdown(options=[1, 2]), on=Checkbox(True)
    )
    drawn = live.draw()
    assert len(drawn.axes) == 5
    assert drawn.get_supxlabel() == "tiny = 1.00e−9     none = undefined     far = −∞"
    assert live.scene["sliders"][1]["values"] == ["1", "2"]


@pytest.mark.parametrize(
    "panel",
    [
        Panel(Network([8, 10, 6], symbols="xho")),
        Panel(HeatMap([[0.0, 1.0]], x=(0, 1), y=(0, 1), label="output"), Points([0.5], [0.5])),
    ],
)
def test_a_still_needs_no_warning(panel):  # a warning fails a test, and a build
    assert LiveFigure(Scene(panel))._repr_mimebundle_()[0]["image/png"]


CURVE = Curve([0.0, 1.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: LiveFigure(CURVE), TypeError, "scene must be a Scene or a function"),
        (lambda: LiveFigure(Scene(Panel(CURVE)), x=FloatRangeSlider()), ValueError, "'x' crops no axis"),
        (
            lambda: LiveFigure(Scene(Panel(CURVE, x=Axis(crop="x")))),
            ValueError,
            "cropped by 'x', but there is no such FloatRangeSlider",
        ),
        (lambda: LiveFigure(Scene(Panel(CURVE)), name=""), ValueError, "name must be made of letters"),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
