"""The playground in a built page, from a file, offline: it trains as torch does, and every part of it can be moved."""

import contextlib
import io
import json
import re

import ipywidgets as widgets
import pytest
import torch
from playwright.sync_api import expect
from test_trainer import Reference, difference, run, steps
from widget_site import build, notebook, output, shown

from mlpbook.activations import prelu
from mlpbook.live import Playground, explore

ALL = ["data", "network", "training"]
MODEL = "[...mlpLive.models.values()].find((model) => model.state.name === '{}')"
SMALL = {
    "data": "moons", "count": 60, "noise": 0.3, "hidden": (5, 4), "activation": ["tanh", prelu.with_defaults(alpha=0.1)],
    "batch_size": 7, "l1": 0.001, "l2": 0.01, "inputs": ["x1", "x2", "x1*x2"],
}  # fmt: skip
SMALL_IN_NODE = {
    "data": "moons", "count": 60, "noise": 0.3, "batchSize": 7, "l1": 0.001, "l2": 0.01, "inputs": SMALL["inputs"],
    "hidden": [{"units": 5, "activation": "tanh"}, {"units": 4, "activation": "prelu", "alpha": 0.1}],
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    alone = [Playground(name="all", unfold=ALL), Playground(name="small", **SMALL)]
    pair = [Playground(name="one", hidden=(4,)), Playground(name="two", hidden=(), data="circle")]
    beside = Playground(name="beside", hidden=(6,), activation="swish", speed=1_000_000, unfold=ALL)
    figure = explore(prelu, alpha=widgets.FloatSlider(value=0.25, min=-1, max=2, step=0.05))
    built = build(
        tmp_path_factory.mktemp("playground"),
        beside=notebook(shown(beside), shown(figure)),
        all=notebook(shown(alone[0])),
        small=notebook(shown(alone[1])),
        pair=notebook(*map(shown, pair)),
        boxed=notebook(output(widgets.VBox([Playground(name="boxed")])), mystnb={"image": {"alt": "The still."}}),
    )
    widgets.Widget.close_all()
    assert built.warnings == ""
    return built.folder


@pytest.fixture
def live(page):
    """A function that opens a page and waits for the first frame."""

    def open_live(path, **how):
        opened = page(path, **how)
        expect(opened.locator(".mlp-live").first).to_have_class(re.compile("is-live"))
        expect(opened.locator(".mlp-numbers dd").first).to_have_text("0")
        return opened

    return open_live


def press(page, name, times=1):
    for _ in range(times):
        page.get_by_role("button", name=name, exact=True).first.click()


def number(page, name):
    """The text of one of the numbers under the buttons."""
    return page.locator(".mlp-numbers div", has=page.get_by_text(name, exact=True)).first.locator("dd")


def trained(page, name):
    return page.evaluate(f"{MODEL.format(name)}.state.trained")


def come_to(page, name, step):
    page.wait_for_function(f"{MODEL.format(name)}.state.trained?.step === {step}")
    return trained(page, name)


def message(page):
    return page.locator(".mlp-message").first


# ---- training


def test_play_trains_and_pause_says_what_came_of_it(live):
    page = live("all.html")
    before = float(number(page, "training loss").text_content())
    press(page, "Play")
    page.wait_for_function("Number(document.querySelector('.mlp-numbers dd').textContent.replace(',', '')) > 500")
    assert message(page).text_content() == ""
    press(page, "Pause")
    expect(message(page)).to_have_text(re.compile(r"Paused at step [\d,]+: training loss .*% of the test points right\."))
    assert float(number(page, "training loss").text_content()) < before / 2
    still = number(page, "step").text_content()
    expect(page.get_by_role("img", name="Probability of class 1 over the square")).to_have_count(1)
    assert number(page, "step").text_content() == still


def test_its_steps_are_torchs(live):
    page = live("small.html")
    press(page, "Step", 14)
    weights = come_to(page, "small", 14)["parameters"]
    snapshot, *batches = run((SMALL_IN_NODE, ["snapshot"], *steps(14)))[0]
    reference = Reference(snapshot, "adam")
    for rows in batches[::2]:
        reference.step(rows)
    assert difference(weights, reference.parameters()) < 1e-9


def test_an_epoch_takes_every_batch_and_reset_goes_back(live):
    page = live("small.html")
    first = come_to(page, "small", 0)
    press(page, "Epoch")
    come_to(page, "small", 7)  # 45 training points, 7 a batch
    expect(number(page, "epoch")).to_have_text("1")
    press(page, "Reset")
    assert come_to(page, "small", 0) == first


def test_speed_is_steps_a_second(live):
    page = live("all.html")
    page.get_by_label("Speed").select_option("10")
    press(page, "Play")
    page.wait_for_function("Number(document.querySelector('.mlp-numbers dd').textContent) >= 3")
    assert int(number(page, "step").text_content()) < 20
    page.get_by_label("Speed").select_option(label="as fast as it goes")
    page.wait_for_function("Number(document.querySelector('.mlp-numbers dd').textContent.replace(',', '')) > 300")


def test_two_on_a_page_train_apart(live):
    page = live("pair.html")
    page.locator(".mlp-playground").nth(1).scroll_into_view_if_needed()
    expect(page.locator(".mlp-playground")).to_have_count(2)
    page.get_by_role("button", name="Step", exact=True).nth(1).click()
    come_to(page, "two", 1)
    assert trained(page, "one")["step"] == 0


# ---- while it trains

# Headless Chromium never hides a page, so its animation frames are withheld, as a hidden page's are.
HIDE = """() => {
    const [frame, held] = [window.requestAnimationFrame.bind(window), []];
    window.requestAnimationFrame = (then) => held.push(then);
    window.reveal = () => {
        window.requestAnimationFrame = frame;
        held.forEach(frame);
    };
}"""


def steps_shown(page):
    return int(number(page, "step").text_content().replace(",", ""))


def come_past(page, step):
    page.wait_for_function(f"Number(document.querySelector('.mlp-numbers dd').textContent.replaceAll(',', '')) > {step}")


def middle(locator):
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_hidden_page_trains_on_and_shows_it_on_return(live):
    page = live("small.html")
    press(page, "Play")
    come_past(page, 100)
    page.evaluate(HIDE)
    before = steps_shown(page)
    page.wait_for_timeout(1500)
    assert steps_shown(page) == before
    page.evaluate("reveal()")
    come_past(page, before + 500)
    press(page, "Pause")
    page.wait_for_function(f"{MODEL.format('small')}.state.trained.step > 500")
    end = trained(page, "small")
    assert run((SMALL_IN_NODE, ["run", end["step"]], ["parameters"]))[0][1] == end["parameters"]


def test_resizing_while_it_trains(live):
    page = live("beside.html")
    press(page, "Play")
    come_past(page, 100)
    for width in (360, 700, 1280, 500):
        page.set_viewport_size({"width": width, "height": 800})
        come_past(page, steps_shown(page) + 100)
        root, *canvases = [node.bounding_box() for node in page.locator(".mlp-playground, .mlp-playground canvas").all()]
        assert root["width"] <= width
        for box in canvases:
            assert 0 < box["width"] <= root["width"] and box["x"] + box["width"] <= root["x"] + root["width"] + 1


def test_a_slider_of_it_is_dragged_while_it_trains(live):
    page = live("beside.html")
    press(page, "Play")
    come_past(page, 100)
    beta = page.get_by_role("slider", name="β")
    x, y = middle(beta)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=30)
    page.mouse.up()
    assert float(beta.input_value()) > 5
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    come_past(page, steps_shown(page) + 100)
    press(page, "Pause")
    page.wait_for_function(f"{MODEL.format('beside')}.state.trained?.hidden[0].beta === {beta.input_value()}")


def test_other_figures_stay_live_meanwhile(live):
    page = live("beside.html")
    press(page, "Play")
    come_past(page, 100)
    page.locator(".mlp-live").nth(1).scroll_into_view_if_needed()
    alpha = page.get_by_role("slider", name="α")
    readout = page.locator(".mlp-figure .mlp-readout-value").nth(1)  # the derivative where x is −1.5
    page.get_by_role("slider", name="x", exact=True).evaluate("(input) => { input.value = -1.5; input.dispatchEvent(new Event('input')); }")
    x, y = middle(alpha)
    page.mouse.move(x, y)
    page.mouse.down()
    for dx in (-60, -30, 30, 60):
        page.mouse.move(x + dx, y)
        expect(readout).to_have_text(f"{float(alpha.input_value()):.4f}".replace("-", "−"))
    page.mouse.up()
    come_past(page, steps_shown(page) + 100)


# ---- the script


@pytest.fixture
def execute():
    """A function that runs a copied script; returns what it printed. torch's default dtype is put back."""
    before = torch.get_default_dtype()

    def run_script(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "copied", "exec"), {})  # noqa: S102
        return printed.getvalue()

    yield run_script
    torch.set_default_dtype(before)


def losses(printed):
    return map(float, re.fullmatch(r"training loss after \d+ steps: (\S+); in the page: (\S+)\n", printed).groups())


def copied(page):
    press(page, "Copy as PyTorch")
    area = page.get_by_label("This data, these first weights and all steps so far, in PyTorch")
    expect(area).to_be_visible()
    return area.input_value()


CASES = {
    "as it comes": "",
    "squared error, tanh, momentum": "small.loss=squared-error&small.output=tanh&small.optimizer=momentum&small.learningRate=0.03",
    "every other activation": "small.hidden=sigmoid:3,gelu:4,swish:3:1.5,gelu_tanh:3,relu:4,threshold:5&small.l1=0",
    "targets, no hidden layer": "small.data=bumps&small.loss=squared-error&small.hidden=&small.optimizer=sgd",
}


@pytest.mark.parametrize("address", CASES.values(), ids=CASES)
def test_the_copied_script_comes_to_the_pages_loss(live, execute, address):
    page = live(f"small.html#live:{address}")
    press(page, "Epoch", 10)
    come_to(page, "small", 70)
    ours, pages = losses(execute(copied(page)))
    assert ours == pytest.approx(pages, abs=1e-6)


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_a_script_starts_where_something_was_changed(live, execute, optimizer):
    page = live(f"all.html#live:all.optimizer={optimizer}")
    press(page, "Epoch")
    come_to(page, "all", 30)
    press(page, "Step", 3)
    come_to(page, "all", 33)
    page.get_by_label("Learning rate").select_option("0.003")
    press(page, "Epoch", 2)
    come_to(page, "all", 90)
    script = copied(page)
    assert "step, epoch, used = 33, 1, 30" in script
    ours, pages = losses(execute(script))
    assert ours == pytest.approx(pages, abs=1e-6)


# ---- weights and units


def unit(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_weight_can_be_set(live):
    page = live("small.html")
    unit(page, "unit 2 of layer 1").click()
    page.get_by_role("spinbutton", name="x₁x₂").fill("-1.25")
    page.get_by_label("bias").fill("0.5")
    page.keyboard.press("Tab")
    page.wait_for_function(f"{MODEL.format('small')}.state.trained.parameters[0].b[1] === 0.5")
    first = trained(page, "small")["parameters"][0]
    assert (first["W"][2][1], first["b"][1]) == (-1.25, 0.5)
    page.get_by_label("bias").fill("")
    page.keyboard.press("Tab")
    expect(message(page)).to_have_text("That cannot be: value must be a number from -1000000 to 1000000, got null.")


def test_a_unit_can_be_removed(live, execute):
    page = live("small.html")
    press(page, "Epoch")
    before = come_to(page, "small", 7)["parameters"]
    unit(page, "unit 2 of layer 1").click()
    press(page, "Remove this unit")
    page.wait_for_function(f"{MODEL.format('small')}.state.trained.parameters[0].b.length === 4")
    after = trained(page, "small")
    assert after["parameters"][0]["b"] == [b for i, b in enumerate(before[0]["b"]) if i != 1]
    assert (after["step"], after["hidden"][0]["units"]) == (7, 4)
    page.wait_for_url("**#live:small.hidden=tanh:4,prelu:4:0.1")
    expect(unit(page, "unit 5 of layer 1")).to_have_count(0)
    press(page, "Epoch", 3)
    come_to(page, "small", 28)
    ours, pages = losses(execute(copied(page)))
    assert ours == pytest.approx(pages, abs=1e-6)


def test_a_line_leads_to_its_weight(live):
    page = live("all.html#live:all.hidden=")
    box = page.locator(".mlp-network").bounding_box()
    x1, output_unit = page.locator(".mlp-input").first.bounding_box(), unit(page, "the output").bounding_box()
    middle = lambda b: (b["x"] + b["width"] / 2, b["y"] + b["height"] / 2)
    (xa, ya), (xb, yb) = middle(x1), middle(output_unit)
    assert box["x"] < (xa + xb) / 2 < box["x"] + box["width"]
    page.mouse.click((xa + xb) / 2, (ya + yb) / 2)
    expect(page.get_by_role("group", name="The output")).to_be_visible()
    assert page.evaluate("document.activeElement.previousElementSibling.textContent") == "x₁"


# ---- options


def test_the_address_keeps_what_is_changed(live):
    page = live("all.html")
    page.get_by_label("Data", exact=True).select_option("xor")
    page.get_by_label("Units").first.fill("3")
    page.keyboard.press("Tab")
    page.get_by_label("Activation").first.select_option("swish")
    page.get_by_label("β").fill("2.5")
    page.get_by_label("x₁x₂").check()
    page.get_by_label("Learning rate").select_option("0.03")
    page.wait_for_url("**learningRate=0.03**")
    address = page.url
    assert address.endswith(
        "#live:all.data=xor&all.hidden=swish:3:2.5,relu:8,relu:8&all.inputs=x1,x2,x1*x2&all.learningRate=0.03"
    )
    page.reload()
    expect(page.get_by_label("Units").first).to_have_value("3")
    expect(page.get_by_label("β")).to_have_value("2.5")
    expect(page.get_by_label("Data", exact=True)).to_have_value("xor")
    assert come_to(page, "all", 0)["inputs"] == ["x1", "x2", "x1*x2"]
    page.get_by_label("Data", exact=True).select_option("spiral")
    page.wait_for_url(lambda url: "all.data" not in url)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("all.noise=-1", "That cannot be: noise must be a number from 0 to 10, got -1."),
        ("all.hidden=sine:4", "That cannot be: hidden must be a list of at most 6 layers"),
        ("all.data=plane", "That cannot be: loss must be squared-error for plane"),
    ],
)
def test_what_cannot_be_is_said_and_undone(live, address, sentence):
    page = live(f"all.html#live:{address}")
    expect(message(page)).to_contain_text(sentence)
    page.wait_for_url("**/all.html")
    press(page, "Step")
    come_to(page, "all", 1)


def test_a_regression_brings_its_loss_along(live):
    page = live("all.html")
    page.get_by_label("Data", exact=True).select_option("bumps")
    expect(page.get_by_label("Loss", exact=True)).to_have_value("squared-error")
    press(page, "Step")
    come_to(page, "all", 1)
    expect(number(page, "training right")).to_have_text("–")


def test_points_of_ones_own(live):
    page = live("all.html")
    page.get_by_label("Data", exact=True).select_option("points")
    expect(message(page)).to_contain_text("There are no points to learn from")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    square = page.locator(".mlp-square")
    side = square.bounding_box()["width"]
    square.click(position={"x": side * 0.75, "y": side * 0.5})
    page.get_by_label("A click adds").select_option(label="class 0")
    square.click(position={"x": side * 0.25, "y": side * 0.25})
    area = page.get_by_label("One point a line: x₁, x₂, class or target")
    lines = [[float(v) for v in line.split(", ")] for line in area.input_value().splitlines()]
    assert lines == [pytest.approx([1.5, 0, 1], abs=0.05), pytest.approx([-1.5, 1.5, 0], abs=0.05)]
    area.fill("0.5; -1; 0\n2\t1\t1\n")
    page.keyboard.press("Tab")
    page.wait_for_url("**all.points=0.5,-1,0;2,1,1")
    press(page, "Step")
    come_to(page, "all", 1)
    area.fill("1, two, 1")
    page.keyboard.press("Tab")
    expect(message(page)).to_contain_text("That cannot be: points must be a list of at most 5000 points")
    expect(area).to_have_value("0.5, -1, 0\n2, 1, 1")


def test_the_data_can_be_made_ones_own(live):
    page = live("small.html")
    page.locator("summary", has_text="Data").click()
    press(page, "Make these points your own")
    expect(page.get_by_label("One point a line: x₁, x₂, class or target")).to_have_value(re.compile(r"^(.+, .+, [01]\n?){60}$"))


# ---- when it goes wrong


def test_divergence_stops_with_advice_and_never_a_nan(live):
    page = live("all.html#live:all.loss=squared-error&all.optimizer=sgd&all.learningRate=3")
    press(page, "Play")
    expect(message(page)).to_have_text(
        re.compile(r"Diverged in step \d+: .* Try a learning rate below 3, say 0\.3, or cross-entropy as the loss; then Reset\.")
    )
    assert not re.search(r"nan|infinity", page.locator(".mlp-playground").inner_text(), re.IGNORECASE)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    page.get_by_label("Learning rate").select_option("0.01")
    press(page, "Reset")
    expect(message(page)).to_have_text("")
    press(page, "Step", 5)
    come_to(page, "all", 5)


# ---- for everyone


def test_by_keyboard_alone(live):
    page = live("small.html")
    page.get_by_role("button", name="Play", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    come_to(page, "small", 1)
    for _ in range(4):
        page.keyboard.press("Tab")
    seen = []
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.ariaLabel"))
    names = ["unit 2 of layer 1", "unit 2 of layer 2", "the output", "the output", "unit 1 of layer 2", "unit 1 of layer 2"]
    assert seen == [*names, "unit 1 of layer 2"]
    expect(page.locator(".mlp-map figcaption")).to_have_text("Unit 1 of layer 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Unit 1 of layer 2")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(live, axe, dark):
    page = live("all.html")
    page.evaluate("document.documentElement.lang = 'en'")
    if dark:
        page.evaluate("document.documentElement.dataset.theme = 'dark'; document.body.style.background = '#121212'")
    unit(page, "unit 1 of layer 1").click()
    copied(page)
    found = [line for line in axe(page) if "mlp-" in line]
    assert found == []


def test_it_fits_a_phone(live):
    page = live("all.html", width=360)
    root = page.locator(".mlp-playground").bounding_box()
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".mlp-playground *")].filter((node) => {
            const { right } = node.getBoundingClientRect();
            return right > document.querySelector(".mlp-playground").getBoundingClientRect().right + 1;
        }).map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert root["width"] <= 360 and wide == []


def test_the_map_follows_the_theme(live):
    page = live("all.html")
    picture = "document.querySelector('.mlp-square canvas').toDataURL()"
    light = page.evaluate(picture)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"{picture} !== {json.dumps(light)}")


def test_closing_it_leaves_nothing_behind(page):
    opened = page("boxed.html")
    expect(opened.locator(".mlp-numbers dd").first).to_have_text("0")
    left = opened.evaluate(
        """async () => {
            let ended = 0;
            const terminate = Worker.prototype.terminate;
            Worker.prototype.terminate = function () { ended++; terminate.call(this); };
            const models = [...mlpLive.models.values()];
            models.find(({ name }) => name === "VBoxModel").set("children", []);
            models.find(({ name }) => name === "AnyModel").set("at_noise", 0.5); // nobody listens any more
            await new Promise((done) => setTimeout(done, 100));
            return [ended, document.querySelectorAll(".mlp-playground").length];
        }"""
    )
    assert left == [1, 0]
