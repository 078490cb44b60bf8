"""Every control of a built page, moved as readers move it: by keyboard, mouse, finger and address."""

import json
from decimal import Decimal
from itertools import count, takewhile

import ipywidgets as widgets
import pytest
from playwright.sync_api import expect
from widget_site import Echo, build, notebook, output

START = {"alpha": 0.25, "range": [-4, 4], "layers": 3, "fn": 0, "show": 0, "bias": True}
LONG = "\n\n".join(["A paragraph."] * 60) + "\n\n## relu\n\n" + "\n\n".join(["More."] * 60)


class Failing(Echo):
    _esm = "export default { render() { throw new Error('this figure fails'); } };"


class Listening(Echo):
    """Counts what it hears on its element, and leaves a note when it ends."""

    _esm = """
    export default { render({ model, el }) {
      model.on("change:order", () => (el.dataset.heard = Number(el.dataset.heard ?? 0) + 1));
      return () => (document.body.dataset.cleaned = "yes");
    } };
    """


def all_controls():
    return Echo(
        "all",
        alpha=widgets.FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.05, description="α", tooltip="the slope"),
        range=widgets.FloatRangeSlider(value=(-4, 4), min=-8, max=8, step=0.5, description="x"),
        layers=widgets.IntSlider(value=3, min=1, max=9, description="layers"),
        fn=widgets.Dropdown(options=["ReLU", "tanh", "GELU"], description="activation"),
        show=widgets.ToggleButtons(options=["value", "derivative"], description="show"),
        bias=widgets.Checkbox(value=True, description="with bias"),
    )


def several():
    """One page of smaller things: links, formats, a slider that waits for its release, one that is disabled."""
    source = widgets.IntSlider(value=2, max=9, description="source")
    target = widgets.IntSlider(value=7, max=9, description="target")
    words = widgets.Label(description="said")
    widgets.jslink((source, "value"), (target, "value"))
    widgets.jsdlink((source, "value"), (words, "value"))
    patient = Echo(
        "patient",
        late=widgets.FloatSlider(value=1, max=2, continuous_update=False, description="late"),
        far=widgets.FloatRangeSlider(value=(1, 8), min=-8, max=8, step=1, continuous_update=False, description="far"),
    )
    off = widgets.FloatSlider(value=-2.345, min=-3, disabled=True, readout_format=".1e", description="off")
    rest = [off, widgets.HTML("<em>as it is</em>"), widgets.Button(description="Train")]
    return [widgets.VBox([source, target, words]), target, patient.view, widgets.HBox(rest)]


# (readout_format, value, what d3 writes for ipywidgets, with a true minus sign)
WRITTEN = [
    (".2f", -0.5, "−0.50"),
    (".2f", -0.001, "0.00"),
    (".2f", 1.005, "1.00"),
    (".0f", 2.5, "3"),
    (".20f", 0.1, "0.10000000000000000555"),
    ("d", 12.0, "12"),
    (".3g", 0.5, "0.500"),
    (".3g", 1234.0, "1.23e+3"),
    (".3g", 0.0000001, "1.00e-7"),
    (".1e", -2345.0, "−2.3e+3"),
    (".0%", 0.5, "50%"),
    (".1%", -0.0625, "−6.3%"),
]


def formats():
    rows = enumerate(WRITTEN)
    bounds = {"min": -9999, "max": 9999}
    return [widgets.FloatSlider(value=v, readout_format=f, description=f"s{i}", **bounds) for i, (f, v, _) in rows]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    alt = {"image": {"alt": "The still."}}
    built = build(
        tmp_path_factory.mktemp("controls"),
        controls=notebook(output(all_controls().view), mystnb=alt),
        anchors=notebook(output(all_controls().view), LONG, output(Echo("far").view), mystnb=alt),
        several=notebook(*map(output, several()), mystnb=alt),
        formats=notebook(output(widgets.VBox(formats())), mystnb=alt),
        failing=notebook(output(Failing("failing").view), mystnb=alt),
        listening=notebook(output(Listening("listening").view), mystnb=alt),
    )
    widgets.Widget.close_all()
    assert built.warnings == ""
    return built.folder


@pytest.fixture
def live(page):
    """A function that opens a page and waits until what is in view is live."""

    def open_live(path="controls.html", **how):
        opened = page(path, **how)
        expect(opened.locator(".mlp-live").first).to_have_class("mlp-live docutils container is-live")
        return opened

    return open_live


def positions(page):
    """What the figure says of its sliders."""
    return json.loads(page.locator(".echo").first.inner_text())


def expect_positions(page, **moved):
    expect(page.locator(".echo").first).to_have_text(json.dumps(START | moved, separators=(",", ":")))


KEYS = [
    ("slider", "α", "alpha", {"ArrowRight": 0.3, "ArrowUp": 0.35, "ArrowLeft": 0.3, "ArrowDown": 0.25}),
    ("slider", "α", "alpha", {"PageUp": 0.45, "PageDown": 0.25, "Home": -0.5, "End": 1.5}),
    ("slider", "x from", "range", {"ArrowRight": [-3.5, 4], "PageUp": [-2, 4], "Home": [-8, 4], "End": [3.5, 4]}),
    ("slider", "x to", "range", {"ArrowLeft": [-4, 3.5], "PageUp": [-4, 5], "End": [-4, 8], "Home": [-4, -3.5]}),
    ("slider", "layers", "layers", {"ArrowDown": 2, "ArrowUp": 3, "End": 9, "Home": 1}),
    ("combobox", "activation", "fn", {"ArrowDown": 1, "ArrowUp": 0, "End": 2, "Home": 0}),
    ("radio", "value", "show", {"ArrowRight": 1}),
    ("radio", "value", "show", {"ArrowLeft": 1}),
    ("checkbox", "with bias", "bias", {"Space": False}),
]


@pytest.mark.parametrize("role, name, trait, keys", KEYS, ids=[f"{name} {list(keys)[0]}" for _, name, _, keys in KEYS])
def test_keys_move_every_control(live, role, name, trait, keys):
    page = live()
    for key, value in keys.items():
        page.get_by_role(role, name=name, exact=True).press(key)
        assert positions(page) == START | {trait: value}


def test_the_keyboard_reaches_every_control_in_order(live):
    page = live()
    page.get_by_role("slider", name="α").focus()
    names = []
    for _ in range(7):
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels[0].innerText"))
        page.keyboard.press("Tab")
    assert names == ["α", "x from", "x to", "layers", "activation", "value", "with bias"]


ALPHA = ".mlp-slider:has-text('α') input"
LATE = ".mlp-slider:has-text('late') input"
TRACK = ".mlp-range"
BOUNDS = {ALPHA: (-0.5, 1.5), TRACK: (-8, 8), LATE: (0, 2)}


def at(page, control, value):
    """Where the centre of a slider's thumb is at a value."""
    low, high = BOUNDS[control]
    box = page.locator(control).bounding_box()
    thumb = 18
    share = (value - low) / (high - low)
    return box["x"] + thumb / 2 + share * (box["width"] - thumb), box["y"] + box["height"] / 2


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def swipe(page, start, end):
    session = page.context.new_cdp_session(page)
    steps = [tuple(a + (b - a) * i / 8 for a, b in zip(start, end)) for i in range(9)]
    for i, (x, y) in enumerate(steps):
        kind = "touchMove" if i else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


# Each from where the one before it ended; the last ones start on the bare track.
DRAGS = [
    (ALPHA, 0.25, 1.0, {"alpha": 1.0}),
    (ALPHA, 1.0, -9, {"alpha": -0.5}),
    (TRACK, -4, -6, {"range": [-6, 4]}),
    (TRACK, 4, 6.5, {"range": [-6, 6.5]}),
    (TRACK, -6, 7.5, {"range": [6, 6.5]}),
    (TRACK, 7.5, 8, {"range": [6, 8]}),
    (TRACK, 6, -7, {"range": [-7, 8]}),
    (TRACK, 8, -8, {"range": [-7, -6.5]}),
    (TRACK, 3, 5, {"range": [-7, 5]}),
    (TRACK, -1.5, -2, {"range": [-2, 5]}),
]


@pytest.mark.parametrize("gesture", [drag, swipe], ids=["mouse", "finger"])
def test_thumbs_are_dragged_and_never_cross(live, gesture):
    page = live(width=360, touch=gesture is swipe)
    moved = {}
    for control, start, end, result in DRAGS:
        gesture(page, at(page, control, start), at(page, control, end))
        moved |= result
        assert positions(page) == START | moved, (control, start, end)


def test_a_thumb_held_off_its_centre_does_not_jump(live):
    page = live()
    x, y = at(page, TRACK, -4)
    page.mouse.move(x + 8, y)
    page.mouse.down()
    assert positions(page) == START
    page.mouse.up()


def test_thumbs_a_step_apart_are_still_told_apart(live):
    page = live()
    drag(page, at(page, TRACK, -4), at(page, TRACK, 8))
    x, y = at(page, TRACK, 3.75)
    drag(page, (x - 4, y), at(page, TRACK, 0))
    assert positions(page)["range"][1] == 4
    drag(page, at(page, TRACK, 4), at(page, TRACK, 8))
    assert positions(page)["range"][1] == 8


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_pointers_work_the_other_controls(live, touch):
    page = live(touch=touch)
    press = page.touchscreen.tap if touch else page.mouse.click
    for target in (page.get_by_text("derivative"), page.get_by_text("with bias")):
        box = target.bounding_box()
        press(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_label("activation").select_option("GELU")
    assert positions(page) == START | {"show": 1, "bias": False, "fn": 2}


def test_touch_targets_are_at_least_24_pixels(live):
    page = live(width=360, touch=True)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.mlp-live :is(select, input[type=range], .mlp-segments label, .mlp-checkbox label)')]"
        ".map((node) => node.getBoundingClientRect()).map(({width, height}) => Math.min(width, height))"
    )
    assert len(sizes) == 8 and min(sizes) >= 24


def test_values_are_the_decimals_python_would_read(live):
    page = live()
    slider = page.get_by_role("slider", name="α")
    slider.press("Home")
    seen = [positions(page)["alpha"]]
    for _ in range(40):
        slider.press("ArrowRight")
        seen.append(positions(page)["alpha"])
    grid = takewhile(lambda value: value <= Decimal("1.5"), (Decimal("-0.5") + k * Decimal("0.05") for k in count()))
    assert seen == [float(value) for value in grid]


def test_what_a_screen_reader_says(live):
    page = live()
    expect(page.get_by_role("slider", name="α")).to_have_attribute("aria-valuetext", "α = 0.25")
    expect(page.get_by_role("slider", name="x from")).to_have_attribute("aria-valuetext", "x from = −4.00")
    expect(page.get_by_role("slider", name="layers")).to_have_attribute("aria-valuetext", "layers = 3")
    expect(page.get_by_role("slider", name="α")).to_have_attribute("title", "the slope")
    expect(page.locator(".mlp-live > div")).to_match_aria_snapshot(SAID)


SAID = """
- text: α
- slider "α": "0.25"
- status: "0.25"
- group "x":
  - text: x
  - slider "x from": "-4"
  - slider "x to": "4"
  - status: −4.00 – 4.00
- text: layers
- slider "layers": "3"
- status: "3"
- text: activation
- combobox "activation"
- text: show
- radiogroup "show":
  - radio "value" [checked]
  - text: value
  - radio "derivative"
  - text: derivative
- checkbox "with bias" [checked]
"""


def test_the_readout_follows_and_its_neighbours_stay(live):
    page = live()
    slider, readout = page.get_by_role("slider", name="α"), page.locator("output").first
    before = slider.bounding_box()
    slider.press("Home")
    expect(readout).to_have_text("−0.50")
    assert slider.bounding_box() == before


def test_numbers_are_written_as_ipywidgets_writes_them(live):
    assert live("formats.html").locator("output").all_inner_texts() == [text for _, _, text in WRITTEN]


def test_links_start_from_the_source_and_run_as_python_says(live):
    page = live("several.html")
    source, target = page.get_by_role("slider", name="source"), page.get_by_role("slider", name="target").first
    said = page.locator(".mlp-text span").last
    expect(target).to_have_value("2")
    expect(said).to_have_text("2")
    target.press("End")
    expect(source).to_have_value("9")
    expect(said).to_have_text("9")


def test_two_views_of_one_slider_agree(live):
    page = live("several.html")
    first, second = page.get_by_role("slider", name="target").all()
    second.press("Home")
    expect(first).to_have_value("0")
    expect(second).to_have_value("0")


def test_a_slider_that_waits_moves_the_figure_on_release(live):
    page = live("several.html")
    page.mouse.move(*at(page, LATE, 1))
    page.mouse.down()
    page.mouse.move(*at(page, LATE, 1.5))
    expect(page.locator(".mlp-slider:has-text('late') output")).to_have_text("1.50")
    assert positions(page)["late"] == 1
    page.mouse.up()
    assert positions(page)["late"] == 1.5
    page.mouse.move(*at(page, TRACK, 1))
    page.mouse.down()
    page.mouse.move(*at(page, TRACK, 5))
    expect(page.locator(".mlp-slider:has-text('far') output")).to_have_text("5.00 – 8.00")
    assert positions(page)["far"] == [1, 8]
    page.mouse.up()
    assert positions(page)["far"] == [5, 8]


def test_what_cannot_be_moved_says_so(live):
    page = live("several.html")
    expect(page.get_by_role("slider", name="off")).to_be_disabled()
    expect(page.locator(".mlp-slider:has-text('off') output")).to_have_text("−2.3e+0")
    expect(page.get_by_role("button", name="Train")).to_be_disabled()
    expect(page.get_by_role("button", name="Train")).to_have_attribute("title", "Runs in the notebook only")
    assert page.locator(".mlp-html em").inner_text() == "as it is"


def test_binary_traits_arrive(live):
    assert live().locator("[data-sum]").get_attribute("data-sum") == "6"


def test_a_view_that_ends_cleans_up_and_hears_no_more(live):
    page = live("listening.html")
    log = page.evaluate(
        """async () => {
            const models = [...mlpLive.models.values()];
            const [box, figure] = ["VBoxModel", "AnyModel"].map((name) => models.find((model) => model.name === name));
            const view = document.querySelector(".mlp-box > div");
            figure.set("order", ["a"]);
            box.set("children", []);
            await new Promise(requestAnimationFrame);
            figure.set("order", ["b"]);
            return [view.dataset.heard, document.body.dataset.cleaned, view.isConnected];
        }"""
    )
    assert log == ["1", "yes", False]


def test_positions_survive_a_reload(live):
    page = live()
    page.get_by_role("slider", name="α").press("End")
    page.get_by_role("slider", name="x from").press("Home")
    page.get_by_role("radio", name="derivative").check()
    page.get_by_label("with bias").uncheck()
    page.wait_for_url("**#live:*bias=false")
    assert page.url.endswith("#live:all.alpha=1.5&all.range=-8,4&all.show=1&all.bias=false")
    page.reload()
    expect_positions(page, alpha=1.5, range=[-8, 4], show=1, bias=False)


def test_at_the_start_the_address_is_bare_again(live):
    page = live()
    slider = page.get_by_role("slider", name="α")
    slider.press("ArrowRight")
    page.wait_for_url("**#live:all.alpha=0.3")
    slider.press("ArrowLeft")
    page.wait_for_url("**/controls.html")


ADDRESSES = [
    ("all.alpha=99", {"alpha": 1.5}),
    ("all.alpha=-1e999", {"alpha": -0.5}),
    ("all.alpha=0.3001", {"alpha": 0.3}),
    ("all.range=-99,99", {"range": [-8, 8]}),
    ("all.range=2,2", {"range": [2, 2.5]}),
    ("all.range=5,-5", {"range": [5, 5.5]}),
    ("all.fn=99&all.layers=0", {"fn": 2, "layers": 1}),
    ("all.bias=false", {"bias": False}),
    ("all.alpha=NaN", {}),
    ("all.alpha=1,2", {}),
    ("all.alpha", {}),
    ("all.range=1", {}),
    ("all.bias=0", {}),
    ("gone.alpha=1&all.layers=5", {"layers": 5}),
    ("%E0%A4%A", {}),
    ("", {}),
]


def follow(page, anchor):
    """Go to an anchor as a link does, and wait until the page has heard of it."""
    page.evaluate(
        "(hash) => new Promise((heard) => { addEventListener('hashchange', heard, {once: true}); location.hash = hash; })",
        anchor,
    )


def test_an_address_is_clamped_or_ignored(live):
    page = live()
    for address, moved in ADDRESSES:
        follow(page, "#live:all.alpha=0.25")
        assert positions(page) == START
        follow(page, f"#live:{address}")
        assert positions(page) == START | moved, address


@pytest.mark.parametrize("address, moved", [("all.range=-2,6&all.fn=2", {"range": [-2, 6], "fn": 2}), ("all.alpha=?", {})])
def test_a_page_opens_where_its_address_says(live, address, moved):
    expect_positions(live(f"controls.html#live:{address}"), **moved)


def test_an_address_followed_in_the_page_moves_and_scrolls(page):
    page = page("anchors.html#relu")
    follow(page, "#live:all.alpha=1")
    expect_positions(page, alpha=1)
    expect(page.locator(".mlp-live").first).to_be_in_viewport()
    follow(page, "#live:all.layers=4")
    expect_positions(page, layers=4)
    page.go_back()
    expect_positions(page, alpha=1)


def test_an_address_just_followed_is_not_written_over(live):
    page = live("anchors.html")
    # Followed right after a move, and the page is told of it late, as on a slow machine.
    page.get_by_role("slider", name="α").evaluate(
        """(input) => {
            Object.assign(input, { value: input.max }).dispatchEvent(new Event("input"));
            history.replaceState(null, "", "#live:all.layers=4");
        }"""
    )
    page.wait_for_timeout(300)
    page.evaluate("dispatchEvent(new Event('hashchange'))")
    expect_positions(page, layers=4)


def test_another_anchor_scrolls_and_leaves_the_sliders(live):
    page = live("anchors.html")
    page.get_by_role("slider", name="α").press("End")
    page.wait_for_url("**#live:all.alpha=1.5")
    follow(page, "#relu")
    expect(page.get_by_role("heading", name="relu")).to_be_in_viewport()
    expect_positions(page, alpha=1.5)
    page.go_back()
    assert page.url.endswith("#live:all.alpha=1.5")
    expect_positions(page, alpha=1.5)


def test_a_far_output_waits_for_the_reader(live):
    page = live("anchors.html")
    far = page.locator(".mlp-live").last
    assert page.locator(".is-live").count() == 1
    far.scroll_into_view_if_needed()
    expect(far.locator(".echo")).to_have_text("{}")


def test_without_javascript_there_is_the_still(page):
    opened = page("controls.html", javascript=False)
    still = opened.get_by_role("img", name="The still.")
    expect(still).to_be_visible()
    assert still.evaluate("(image) => image.complete && image.naturalWidth") == 1


def test_on_paper_there_is_the_still(live):
    opened = live()
    still = opened.get_by_alt_text("The still.")
    expect(still).to_be_hidden()
    opened.emulate_media(media="print")
    expect(still).to_be_visible()
    expect(opened.locator(".mlp-slider").first).to_be_hidden()


def test_a_module_that_fails_leaves_the_still_and_is_reported(browser, site):
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.as_uri()}/failing.html")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_alt_text("The still.")).to_be_visible()
    assert errors == ["this figure fails"]
    assert page.locator(".mlp-widget").count() == 0
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_controls(live, axe, dark):
    page = live(dark=dark)
    page.evaluate(f"document.documentElement.dataset.theme = '{'dark' if dark else 'light'}'")
    page.add_style_tag(content="body { background: var(--mlp-paper); color: var(--mlp-ink) }")
    assert [finding for finding in axe(page) if "mlp-" in finding] == []


def test_nothing_is_cut_off_on_a_phone(live):
    page = live(width=360)
    beyond = page.evaluate(
        """() => {
            const output = document.querySelector(".mlp-live");
            const edge = output.getBoundingClientRect().right;
            return [...output.querySelectorAll("*")].filter((node) => node.getBoundingClientRect().right > edge).length;
        }"""
    )
    assert beyond == 0
