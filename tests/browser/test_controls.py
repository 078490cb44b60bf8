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
        far=widgets.FloatRangeSlider(value=(1, 9), max=10, step=1, continuous_update=False, description="far"),
    )
    off = widgets.FloatSlider(value=-2.345, min=-3, disabled=True, readout_format=".1e", description="off")
    rest = [off, widgets.HTML("<em>as it is</em>"), widgets.Button(description="Train")]
    return [widgets.VBox([source, target, words]), target, patient.view, widgets.HBox(rest)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    alt = {"image": {"alt": "The still."}}
    built = build(
        tmp_path_factory.mktemp("controls"),
        controls=notebook(output(all_controls().view), mystnb=alt),
        anchors=notebook(output(all_controls().view), LONG, output(Echo("far").view), mystnb=alt),
        several=notebook(*map(output, several()), mystnb=alt),
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
    ("slider", "α", "ArrowRight", "alpha", 0.3),
    ("slider", "α", "ArrowUp", "alpha", 0.3),
    ("slider", "α", "ArrowLeft", "alpha", 0.2),
    ("slider", "α", "Home", "alpha", -0.5),
    ("slider", "α", "End", "alpha", 1.5),
    ("slider", "α", "PageUp", "alpha", 0.45),
    ("slider", "α", "PageDown", "alpha", 0.05),
    ("slider", "x from", "ArrowRight", "range", [-3.5, 4]),
    ("slider", "x from", "Home", "range", [-8, 4]),
    ("slider", "x from", "End", "range", [3.5, 4]),
    ("slider", "x from", "PageUp", "range", [-2.5, 4]),
    ("slider", "x to", "ArrowLeft", "range", [-4, 3.5]),
    ("slider", "x to", "Home", "range", [-4, -3.5]),
    ("slider", "x to", "End", "range", [-4, 8]),
    ("slider", "layers", "ArrowDown", "layers", 2),
    ("slider", "layers", "End", "layers", 9),
    ("combobox", "activation", "ArrowDown", "fn", 1),
    ("combobox", "activation", "End", "fn", 2),
    ("radio", "value", "ArrowRight", "show", 1),
    ("checkbox", "with bias", "Space", "bias", False),
]


@pytest.mark.parametrize("role, name, key, trait, value", KEYS, ids=[f"{k[1]}-{k[2]}" for k in KEYS])
def test_keys_move_every_control(live, role, name, key, trait, value):
    page = live()
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


def at(page, control, share):
    """The point at a share of a slider's way, where its thumb's centre stands."""
    box = page.locator(control).bounding_box()
    thumb = 18
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


def share(value, low, high):
    return (value - low) / (high - low)


ALPHA = ".mlp-slider:has-text('α') input"
TRACK = ".mlp-track"
DRAGS = [
    (ALPHA, share(0.25, -0.5, 1.5), share(1.0, -0.5, 1.5), {"alpha": 1.0}),
    (ALPHA, share(0.25, -0.5, 1.5), -0.2, {"alpha": -0.5}),
    (TRACK, share(-4, -8, 8), share(-6, -8, 8), {"range": [-6, 4]}),
    (TRACK, share(4, -8, 8), share(6.5, -8, 8), {"range": [-4, 6.5]}),
    (TRACK, share(-4, -8, 8), share(7, -8, 8), {"range": [3.5, 4]}),
    (TRACK, share(4, -8, 8), share(-7, -8, 8), {"range": [-4, -3.5]}),
    (TRACK, share(-7, -8, 8), share(-6, -8, 8), {"range": [-6, 4]}),
    (TRACK, share(7, -8, 8), share(5, -8, 8), {"range": [-4, 5]}),
]


@pytest.mark.parametrize("control, start, end, moved", DRAGS)
def test_a_mouse_drags_the_thumbs_which_never_cross(live, control, start, end, moved):
    page = live()
    drag(page, at(page, control, start), at(page, control, end))
    assert positions(page) == START | moved


@pytest.mark.parametrize("control, start, end, moved", DRAGS)
def test_a_finger_drags_the_thumbs_which_never_cross(live, control, start, end, moved):
    page = live(width=360, touch=True)
    swipe(page, at(page, control, start), at(page, control, end))
    assert positions(page) == START | moved


def test_a_thumb_held_off_its_centre_does_not_jump(live):
    page = live()
    x, y = at(page, TRACK, share(-4, -8, 8))
    page.mouse.move(x + 8, y)
    page.mouse.down()
    assert positions(page) == START
    page.mouse.up()


def test_thumbs_a_step_apart_are_still_told_apart(live):
    page = live()
    drag(page, at(page, TRACK, share(-4, -8, 8)), at(page, TRACK, 1))
    x, y = at(page, TRACK, share(3.75, -8, 8))
    drag(page, (x - 4, y), at(page, TRACK, share(0, -8, 8)))
    assert positions(page)["range"][1] == 4
    drag(page, at(page, TRACK, share(4, -8, 8)), at(page, TRACK, 1))
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
    late = ".mlp-slider:has-text('late') input"
    page.mouse.move(*at(page, late, 0.5))
    page.mouse.down()
    page.mouse.move(*at(page, late, 0.75))
    expect(page.locator(".mlp-slider:has-text('late') output")).to_have_text("1.50")
    assert positions(page)["late"] == 1
    page.mouse.up()
    assert positions(page)["late"] == 1.5
    track = ".mlp-slider:has-text('far') .mlp-track"
    page.mouse.move(*at(page, track, 0.1))
    page.mouse.down()
    page.mouse.move(*at(page, track, 0.5))
    expect(page.locator(".mlp-slider:has-text('far') output")).to_have_text("5.00 – 9.00")
    assert positions(page)["far"] == [1, 9]
    page.mouse.up()
    assert positions(page)["far"] == [5, 9]


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


@pytest.mark.parametrize("address, moved", ADDRESSES, ids=[address or "empty" for address, _ in ADDRESSES])
def test_an_address_is_clamped_or_ignored(live, address, moved):
    page = live(f"controls.html#live:{address}")
    expect_positions(page, **moved)


def test_an_address_followed_in_the_page_moves_and_scrolls(page):
    page = page("anchors.html#relu")
    page.evaluate("location.hash = '#live:all.alpha=1'")
    expect_positions(page, alpha=1)
    expect(page.locator(".mlp-live").first).to_be_in_viewport()
    page.evaluate("location.hash = '#live:all.layers=4'")
    expect_positions(page, layers=4)
    page.go_back()
    expect_positions(page, alpha=1)


def test_another_anchor_scrolls_and_leaves_the_sliders(live):
    page = live("anchors.html")
    page.get_by_role("slider", name="α").press("End")
    page.wait_for_url("**#live:all.alpha=1.5")
    page.evaluate("location.hash = '#relu'")
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
