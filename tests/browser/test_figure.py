"""figure.js alone, on an empty page with a model of its own: tangents, networks, axes, themes, clean-up."""

import base64

import numpy as np
import pytest
from ipywidgets import FloatRangeSlider, FloatSlider, IntSlider
from playwright.sync_api import expect

from mlpbook.activations import sigmoid, swish
from mlpbook.live import Axis, Curve, HeatMap, LiveFigure, Network, Panel, Points, Readout, Scene, explore
from mlpbook.live.figure import STATIC
from mlpbook.live.still import _number

MOUNT = """async ([source, state, frames, css]) => {
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const bytes = Uint8Array.from(atob(frames), (c) => c.charCodeAt(0));
    const listeners = new Map();
    const values = { ...state, frames: new DataView(bytes.buffer) };
    const model = {
        get: (name) => values[name],
        on: (event, f) => listeners.set(event, [...(listeners.get(event) ?? []), f]),
        off: (event, f) => listeners.set(event, listeners.get(event).filter((g) => g !== f)),
    };
    const el = document.body.appendChild(document.createElement("div"));
    window.close_figure = widget.render({ model, el });
    window.count_listeners = () => [...listeners.values()].flat().length;
    window.move = async (changes) => {
        for (const [name, value] of Object.entries(changes)) {
            values[`at_${name}`] = value;
            for (const f of listeners.get(`change:at_${name}`)) f();
        }
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    };
}"""


@pytest.fixture
def mount(browser):
    """A function that shows a LiveFigure on an empty page 720 pixels wide; any error fails the test."""
    pages, troubles = [], []

    def show(figure):
        page = browser.new_page(viewport={"width": 736, "height": 900})
        pages.append(page)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        state = {"scene": figure.scene, "name": figure.name}
        state |= {f"at_{key}": getattr(figure, f"at_{key}") for key in figure.sliders}
        source = (STATIC / "figure.js").read_text(encoding="utf-8")
        page.evaluate(MOUNT, [source, state, base64.b64encode(figure.frames).decode(), figure._css])
        return page

    yield show
    for page in pages:
        page.close()
    assert troubles == []


def axes(page, panel=0):
    data = page.locator(".mlp-plot > svg").nth(panel).evaluate("(svg) => ({...svg.dataset})")
    return {key: float(value) for key, value in data.items()}


@pytest.mark.parametrize("point", [-3.0, 0.0, 1.2])
def test_the_tangent_has_the_derivatives_slope(mount, point):
    page = mount(explore(sigmoid))
    page.evaluate("(point) => move({ point })", point)
    x1, x2, y1, y2 = (
        float(page.locator("line.slope").get_attribute(name)) for name in ("x1", "x2", "y1", "y2")
    )
    at = axes(page)
    units = at["width"] / (at["x1"] - at["x0"]), at["height"] / (at["y1"] - at["y0"])
    slope = (y1 - y2) / units[1] / ((x2 - x1) / units[0])
    s = 1 / (1 + np.exp(-point))
    assert slope == pytest.approx(s * (1 - s), rel=1e-6)
    # It touches the curve at the point, and is no longer than its box.
    here = at["left"] + (point - at["x0"]) * units[0]
    value = at["y1"] - (y1 + (y2 - y1) / (x2 - x1) * (here - x1) - at["top"]) / units[1]
    assert x1 < here < x2 and value == pytest.approx(s, abs=1e-6)
    assert x1 >= at["left"] - 0.5


def network(d, h, q):
    return Scene(Panel(Network([d, h, q], symbols="xho")), readouts=[Readout("units", d + h + q, digits=0)])


@pytest.fixture
def architecture(mount):
    sliders = {key: IntSlider(value=value, min=1, max=6) for key, value in (("d", 4), ("h", 5), ("q", 3))}
    return mount(LiveFigure(network, **sliders))


def test_a_unit_lights_its_column_and_its_row(architecture):
    architecture.locator(".unit", has_text="h₃").hover()
    lit = architecture.locator(".weight.lit")
    assert lit.count() == architecture.locator(".cell.lit").count() == 4 + 3
    note = architecture.locator(".mlp-note").text_content()
    assert note == "h₃ takes column 3 of W⁽¹⁾: 4 weights, and feeds row 3 of W⁽²⁾: 3 weights."
    architecture.mouse.move(0, 0)
    assert lit.count() == 0


def test_the_keyboard_reaches_every_unit(architecture):
    seen = []
    architecture.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft"):
        architecture.keyboard.press(key)
        seen.append(architecture.evaluate("document.activeElement.textContent"))
    assert seen == ["h₁", "h₂", "o₂", "o₂", "o₁", "o₁", "h₁"]
    assert architecture.locator(".cell.lit").count() == 4 + 3
    assert architecture.locator('.unit[tabindex="0"]').count() == 1


def test_the_network_follows_its_sliders(architecture):
    architecture.evaluate("move({ d: 2, h: 6, q: 1 })")
    assert architecture.locator(".unit").count() == 9
    assert architecture.locator(".weight").count() == architecture.locator(".cell").count() == 2 * 6 + 6
    assert architecture.locator(".mlp-readout-value").text_content() == "9"


def test_a_crop_is_never_narrower_than_the_samples_carry(mount):
    page = mount(explore(sigmoid, x=FloatRangeSlider(value=(-4, 4), min=-8, max=8, step=0.1)))
    for crop, want in (([2, 2.1], [1.55, 2.55]), ([8, 8], [7, 8]), ([-8, -8], [-8, -7]), ([0, 3], [0, 3])):
        page.evaluate("(x) => move({ x })", crop)
        assert [axes(page)["x0"], axes(page)["x1"]] == pytest.approx(want)


def test_the_axis_stands_still_while_a_parameter_moves_and_flat_looks_flat(mount):
    page = mount(explore(swish, beta=FloatSlider(value=1, min=0, max=10, step=1)))
    before = axes(page, 1)
    page.evaluate("move({ beta: 9 })")
    assert axes(page, 1) == before
    page = mount(explore(sigmoid))
    page.evaluate("move({ x: [-8, -7] })")
    assert axes(page)["y1"] - axes(page)["y0"] > 1 / 25  # s runs from .0003 to .0009 there


def test_it_is_told_in_words(mount):
    page = mount(explore(sigmoid))
    page.evaluate("move({ point: 0 })")
    words = "x range = -4 to 4; x = 0; Sigmoid(x) = 0.5000; Sigmoid′(x) = 0.2500"
    expect(page.get_by_role("status")).to_have_text(words)
    expect(page.get_by_role("img").first).to_have_attribute("aria-label", f"The value of Sigmoid against x. {words}")


def test_a_map_takes_the_colours_of_the_theme(mount):
    page = mount(LiveFigure(Scene(Panel(HeatMap([[0.5]], x=(0, 1), y=(0, 1)), x=Axis("x", (0, 1))))))
    middle = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3)"
    assert min(page.evaluate(middle)) > 250
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"Math.max(...{middle}) < 30")


def test_it_is_drawn_anew_when_the_page_changes_its_width(mount):
    page = mount(explore(sigmoid))
    wide = axes(page)["width"]
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_function(f"Number(document.querySelector('.mlp-plot > svg').dataset.width) !== {wide}")
    assert page.locator(".mlp-panel").first.bounding_box()["width"] <= 344


def test_closing_it_leaves_nothing_behind(mount):
    page = mount(explore(sigmoid))
    assert page.evaluate("count_listeners()") == 2
    page.evaluate("close_figure()")
    assert page.evaluate("count_listeners()") == 0
    assert page.locator("body > div > *").count() == 0


@pytest.mark.parametrize("digits", [0, 2, 4])
def test_a_number_reads_the_same_on_the_page_and_in_the_still(mount, digits):
    rng = np.random.default_rng(0)
    numbers = [*(rng.normal(size=30) * 10.0 ** rng.integers(-12, 12, size=30)), 0.0, np.nan, np.inf, -np.inf]
    readouts = [Readout("n", n, digits=digits) for n in numbers]
    page = mount(LiveFigure(Scene(Panel(Curve([0, 1], [0, 1])), readouts=readouts)))
    assert page.locator(".mlp-readout-value").all_text_contents() == [_number(n, digits) for n in numbers]
    cut = "[...document.querySelectorAll('.mlp-readout-value span')].filter((n) => n.scrollWidth > n.clientWidth).map((n) => n.textContent)"
    assert page.evaluate(cut) == []


def test_a_readout_has_room_for_all_its_numbers(mount):
    scene = lambda k: Scene(Panel(Curve([0, 1], [0, k])), readouts=[Readout("n", -(10.0**k), unit="°C"), Readout("k", k)])
    page = mount(LiveFigure(scene, k=IntSlider(value=0, min=-12, max=12)))
    right = "document.querySelectorAll('.mlp-readout-name')[1].getBoundingClientRect().left"
    before = page.evaluate(right)
    for k in (-12, -3, 5, 12):
        page.evaluate("(k) => move({ k })", k)
        assert page.evaluate(right) == before
        assert page.evaluate("(() => { const n = document.querySelector('.mlp-readout-value span'); return n.scrollWidth <= n.clientWidth; })()")


def test_what_is_not_finite_is_not_drawn(mount):
    nan = np.nan
    curve = Curve([0, 1, 2, 3, 4], [0, 1, nan, np.inf, 1])
    page = mount(LiveFigure(Scene(Panel(curve, Points([1.0, nan], [1.0, 0.0])))))
    runs = [line.get_attribute("points").split() for line in page.locator(".curve polyline").all()]
    assert [len(run) for run in runs] == [2]  # a vertex without a neighbour is no line
    assert [bool(dot.get_attribute("points")) for dot in page.locator(".dot").all()] == [True, False]


def test_a_curve_ends_at_the_edge_of_its_box(mount):
    steep = Curve([0, 1, 2, 3], [0, 1e9, -1e9, 0])
    page = mount(LiveFigure(Scene(Panel(steep, y=Axis("y", range=(-1, 1))))))
    at = axes(page)
    runs = [line.get_attribute("points") for line in page.locator(".curve polyline").all()]
    assert len(runs) == 3  # up out of the box, down through all of it, and back in
    y = np.array([[float(n) for n in pair.split(",")] for run in runs for pair in run.split()])[:, 1]
    assert y.min() == pytest.approx(at["top"], abs=0.5) and y.max() == pytest.approx(at["top"] + at["height"], abs=0.5)


def test_ticks_move_and_are_not_made_anew(mount):
    page = mount(explore(sigmoid, x=FloatRangeSlider(value=(-4, 4), min=-8, max=8, step=0.1)))
    texts = lambda: page.locator(".mlp-plot").first.locator(".tick").all_text_contents()
    before = texts()
    page.evaluate("window.first = document.querySelector('.tick')")
    page.evaluate("move({ x: [-4.2, 4.2] })")
    assert texts() == before
    page.evaluate("move({ x: [0, 8] })")
    assert texts()[-5:] == ["0", "2", "4", "6", "8"]
    assert page.evaluate("window.first.isConnected")
    assert page.locator(".zero").count() >= 1
