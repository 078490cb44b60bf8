"""Every live figure of every built page, at random slider positions: what is drawn is what torch says.

So it is in the page, and alone in a frame as narrow as a phone, which every reader can use. The page's own cells run here
again, in this process; what they construct is compared with what the browser draws.
"""

import contextlib
import io
import random
import re
import warnings
from pathlib import Path

import ipywidgets as widgets
import matplotlib
import nbformat
import numpy as np
import pytest
import torch

from playwright.sync_api import expect

from mlpbook import live, look
from mlpbook.autodiff import value, value_and_derivative
from mlpbook.live.frames import at

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
POSITIONS = 10
ALONE = 2  # in a frame of its own
HALF_A_PIXEL = 0.5
EDGE = 0.5  # pixels by which a drawing may leave its box, as in figure.js
ZOOM = 16  # the share of the full range that a crop shows at least, as in figure.js

# Moves every control of an output as a reader would, lets it draw, and reads back what is drawn.
DRAW = """async ([index, values]) => {
    const output = document.querySelectorAll(".mlp-live")[index];
    const controls = [...output.querySelectorAll(".mlp-row > .mlp-widget")];
    const put = (input, key, value, event) => { input[key] = value; input.dispatchEvent(new Event(event)); };
    controls.forEach((control, i) => {
        const [value] = [values[i]].flat();
        const [input, second] = control.querySelectorAll("input, select");
        if (input.type === "range" && second) {
            // The ends never cross: move the one that gives way first.
            put(input, "value", input.min, "input");
            put(second, "value", values[i][1], "input");
            put(input, "value", values[i][0], "input");
        } else if (input.type === "range") put(input, "value", value, "input");
        else if (input.type === "checkbox") input.checked !== value && input.click();
        else if (input.type === "radio") control.querySelectorAll("input")[value].click();
        else put(input, "selectedIndex", value, "change");
    });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    // Of a copy: Chromium warns when a canvas made for drawing is read back again and again.
    const pixels = (canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        return [...copy.getImageData(0, 0, canvas.width, canvas.height).data];
    };
    const points = (node) => node.getAttribute("points");
    const attributes = (node, names) => names.map((name) => Number(node.getAttribute(name)));
    return {
        panels: [...output.querySelectorAll(".mlp-panel")].map((panel) => ({
            axes: Object.fromEntries(Object.entries(panel.querySelector(".mlp-plot > svg").dataset).map(([k, v]) => [k, Number(v)])),
            curves: [...panel.querySelectorAll(".mlp-plot .curve")].map((curve) => [...curve.children].map(points).filter(Boolean)),
            dots: [...panel.querySelectorAll(".mlp-plot .dot")].map(points),
            bars: [...panel.querySelectorAll(".mlp-plot line[data-label]")].map((bar) => attributes(bar, ["x1", "x2"])),
            maps: [...panel.querySelectorAll("canvas")].map((canvas) => ({
                size: [canvas.height, canvas.width],
                data: pixels(canvas),
            })),
        })),
        readouts: [...output.querySelectorAll(".mlp-readout-value")].map((node) => node.textContent),
    };
}"""

NAMES = """() => [...document.querySelectorAll(".mlp-live")].map((output) =>
    mlpLive.family(mlpLive.outputs.get(output)).map((model) => model.get("name")).find(Boolean) ?? "")"""


def pages():
    """The notebooks whose cells make live figures, as addresses of built pages."""
    names = [
        path.stem
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        if re.search(r"\b(explore|LiveFigure)\(", path.read_text(encoding="utf-8"))
    ]
    return ["intro.html" if name == "intro" else f"chapters/{name}.html" for name in names]


def run_cells(page, monkeypatch):
    """Run a page's cells; return its figures by name, and the functions of those that explore made."""
    figures, functions = {}, {}
    construct, explore = live.LiveFigure.__init__, live.explore

    def recorded_figure(self, *args, **options):
        construct(self, *args, **options)
        figures[self.name] = self

    def recorded_explore(*fns, **options):
        figure = explore(*fns, **options)
        functions[figure.name] = fns
        return figure

    monkeypatch.setattr(live.LiveFigure, "__init__", recorded_figure)
    monkeypatch.setattr(live, "explore", recorded_explore)
    matplotlib.use("agg")
    notebook = nbformat.read(NOTEBOOKS / f"{Path(page).stem}.ipynb", as_version=4)
    namespace = {"__name__": "__main__", "display": lambda *_: None}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning is a matter of the notebook, where nbval compares it
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, page, "exec"), namespace)
    return figures, functions


def shown(page):
    """The names of the live figures that a page's notebook shows."""
    notebook = nbformat.read(NOTEBOOKS / f"{Path(page).stem}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    return re.findall(r"^LiveFigure\('(.+?)':", "\n".join(texts), flags=re.MULTILINE)


@pytest.fixture(autouse=True)
def torch_as_in_a_new_kernel():
    """Some pages change torch's default dtype; the next one must not see it."""
    torch.set_default_dtype(torch.float32)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("path", pages())
def test_what_is_drawn_is_what_torch_says(path, page, axe, monkeypatch):
    figures, functions = run_cells(path, monkeypatch)
    built = page(path)
    names = built.evaluate(NAMES)
    assert sorted(names) == sorted(shown(path)) != []
    for index, name in enumerate(names):
        compare(built, index, figures[name], functions.get(name), POSITIONS)
        alone = page(f"{path}?embed={name}", width=360)
        compare(alone, index, figures[name], functions.get(name), ALONE)
        expect(alone.locator(".mlp-live:visible")).to_have_count(1)
        assert alone.evaluate("document.documentElement.scrollWidth") <= 360
        assert axe(alone) == []


def compare(tab, index, figure, functions, positions):
    """Move a figure to random positions; compare each drawing with the figure's arrays and functions."""
    output = tab.locator(".mlp-live").nth(index)
    output.scroll_into_view_if_needed()
    output.locator(".mlp-plot").first.wait_for()
    where = f"{tab.url.rpartition('/')[2]} {figure.name}"
    rng = random.Random(where)
    for _ in range(positions):
        values = {key: somewhere(rng, slider) for key, slider in figure.sliders.items()}
        move(figure, values)
        drawn = tab.evaluate(DRAW, [index, list(values.values())])
        check(figure, drawn, f"{where} at {figure.position}")
        if functions:
            check_functions(figure, functions, drawn, f"{where} at {figure.position}")


def somewhere(rng, slider):
    """A random position of a slider: what its native control takes."""
    if isinstance(slider, widgets.Checkbox):
        return rng.random() < 0.5
    if isinstance(slider, (widgets.Dropdown, widgets.ToggleButtons)):
        return rng.randrange(len(slider.options))
    steps = round((slider.max - slider.min) / slider.step)
    place = lambda k: round(slider.min + k * slider.step, 9)
    if isinstance(slider, widgets.FloatRangeSlider):
        low, high = sorted(rng.sample(range(steps + 1), 2))
        return [place(low), place(high)]
    return place(rng.randrange(int((slider.max - slider.min) / slider.step + 1e-9) + 1))


def move(figure, values):
    """Set the same position from Python."""
    for key, slider in figure.sliders.items():
        choice = isinstance(slider, (widgets.Dropdown, widgets.ToggleButtons))
        setattr(slider, "index" if choice else "value", values[key])


def check(figure, drawn, where):
    """Compare a drawing with the arrays torch computed, mark by mark."""
    indices = figure._indices()
    for panel, picture in zip(figure.still_scene.panels, drawn["panels"], strict=True):
        waiting = {kind: iter(picture[kind]) for kind in ("curves", "dots", "bars", "maps")}
        for mark in panel.marks:
            arrays = {field: at(getattr(mark, field), indices) for field in mark.ARRAYS}
            CHECKS[type(mark).__name__](mark, arrays, waiting, picture["axes"], where)
        assert [next(left, None) for left in waiting.values()] == [None] * 4, where
    for readout, text in zip(figure.still_scene.readouts, drawn["readouts"], strict=True):
        check_number(float(at(readout.value, indices)), text, readout, where)
    check_crop(figure, drawn, where)


def check_crop(figure, drawn, where):
    """The input range slider rescales the axes."""
    for panel, picture in zip(figure.still_scene.panels, drawn["panels"]):
        if panel.x.crop:
            slider, axes = figure.sliders[panel.x.crop], picture["axes"]
            low, high = slider.value
            if high - low >= (slider.max - slider.min) / ZOOM:
                assert (axes["x0"], axes["x1"]) == pytest.approx((low, high)), where


def check_curve(mark, arrays, waiting, axes, where):
    x, y = to_pixels(arrays["x"], axes, "x"), to_pixels(arrays["y"], axes, "y")
    want = runs_inside(np.stack([x, y], axis=1), axes)
    got = [vertices(points) for points in next(waiting["curves"])]
    assert [len(run) for run in got] == [len(run) for run in want], where
    for drawn, true in zip(got, want):
        np.testing.assert_allclose(drawn, true, rtol=0, atol=HALF_A_PIXEL, err_msg=where)


def runs_inside(pixels, axes):
    """The parts of a curve in its box, cut one side after the other, as arrays of vertices."""
    runs, end = [], None
    for a, b in zip(pixels[:-1], pixels[1:]):
        segment = cut(np.stack([a, b]), axes) if np.isfinite([a, b]).all() else None
        if segment is None:
            continue
        if end is None or (segment[0] != end).any():
            runs.append([segment[0]])
        runs[-1].append(segment[1])
        end = segment[1]
    return [np.array(run) for run in runs]


def cut(segment, axes):
    """What is left of a segment in the box, nothing where all of it lies beyond one side."""
    for axis, start, length in ((0, axes["left"], axes["width"]), (1, axes["top"], axes["height"])):
        for sign, side in ((1, start - EDGE), (-1, -(start + length + EDGE))):
            beyond = sign * segment[:, axis] < side
            if beyond.all():
                return None
            if beyond.any():
                share = (sign * side - segment[0, axis]) / (segment[1, axis] - segment[0, axis])
                segment = np.where(beyond[:, None], segment[0] + share * (segment[1] - segment[0]), segment)
    return segment


def check_points(mark, arrays, waiting, axes, where):
    for x, y in zip(to_pixels(arrays["x"], axes, "x"), to_pixels(arrays["y"], axes, "y")):
        corners = vertices(next(waiting["dots"]))
        inside = _inside(x, axes["left"], axes["width"]) and _inside(y, axes["top"], axes["height"])
        assert len(corners) > 0 if inside else len(corners) == 0, where
        if inside:
            assert corners.mean(axis=0) == pytest.approx((x, y), abs=HALF_A_PIXEL), where


def _inside(pixel, start, length):
    return np.isfinite(pixel) and start - EDGE <= pixel <= start + length + EDGE


def check_bars(mark, arrays, waiting, axes, where):
    for value_ in arrays["values"]:
        ends = to_pixels(np.array([0.0, value_]), axes, "x").clip(axes["left"], axes["left"] + axes["width"])
        assert next(waiting["bars"]) == pytest.approx(list(ends), abs=HALF_A_PIXEL), where


def check_heat_map(mark, arrays, waiting, axes, where):
    canvas = next(waiting["maps"])
    stops = ["paper", "ink"] if mark.grey else ["low", "paper", "high"]
    colours = np.array([[int(look.LIGHT[s][i : i + 2], 16) for i in (1, 3, 5)] for s in stops])
    share = arrays["z"][::-1] / 255 * (len(stops) - 1)
    want = np.stack([np.interp(share, range(len(stops)), colours[:, c]) for c in range(3)], axis=-1)
    got = np.array(canvas["data"]).reshape(*canvas["size"], 4)[..., :3]
    np.testing.assert_allclose(got, want, rtol=0, atol=1, err_msg=where)


def check_nothing(mark, arrays, waiting, axes, where):
    """A tangent and a network have tests of their own."""


CHECKS = {
    "Curve": check_curve,
    "Points": check_points,
    "Bars": check_bars,
    "HeatMap": check_heat_map,
    "Slope": check_nothing,
    "Network": check_nothing,
}


def check_functions(figure, fns, drawn, where):
    """Compare each drawn curve with its function and autograd's derivative, between the samples too."""
    for panel, order, picture in zip(figure.still_scene.panels, (0, 1), drawn["panels"]):
        curves = [mark for mark in panel.marks if isinstance(mark, live.Curve)]
        axes = picture["axes"]
        columns = np.linspace(axes["left"] + 1, axes["left"] + axes["width"] - 1, 101)
        for fn, curve, runs in zip(fns, curves, picture["curves"], strict=True):
            params = {key: figure.position[key] for key in curve.y.over}
            low, high = band(fn, params, columns, axes, order)
            got = np.interp(columns, *vertices(" ".join(runs)).T)
            # At a jump the drawing has a gap; the column that spans it may show either side.
            assert (got >= low - HALF_A_PIXEL).all() and (got <= high + HALF_A_PIXEL).all(), where


def band(fn, params, columns, axes, order):
    """The lowest and highest pixel of a curve within half a pixel to the left and right of each column."""
    around = np.linspace(-HALF_A_PIXEL, HALF_A_PIXEL, 5)[:, None] + columns
    x = axes["x0"] + (around - axes["left"]) / axes["width"] * (axes["x1"] - axes["x0"])
    x = torch.from_numpy(x)
    y = value_and_derivative(fn, x, **params)[order] if order else value(fn, x, **params)
    pixels = to_pixels(y.numpy(), axes, "y")
    edges = axes["top"] - EDGE, axes["top"] + axes["height"] + EDGE  # where a curve is cut
    return pixels.min(axis=0).clip(*edges), pixels.max(axis=0).clip(*edges)


def check_number(want, text, readout, where):
    """A readout shows its number to the digits it shows."""
    shown = text.removesuffix(readout.unit).strip().replace("−", "-").replace("∞", "inf")
    if shown == "undefined":
        assert np.isnan(want), where
        return
    mantissa, _, exponent = shown.partition("e")
    digits = len(mantissa.partition(".")[2])
    assert abs(float(shown) - want) <= 0.5001 * 10.0 ** (int(exponent or 0) - digits) or float(shown) == want, where


def vertices(points):
    return np.array([[float(n) for n in pair.split(",")] for pair in points.split()]).reshape(-1, 2)


def to_pixels(values, axes, axis):
    if axis == "x":
        return axes["left"] + (values - axes["x0"]) / (axes["x1"] - axes["x0"]) * axes["width"]
    return axes["top"] + (axes["y1"] - values) / (axes["y1"] - axes["y0"]) * axes["height"]
