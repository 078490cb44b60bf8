"""Live widgets in the built page: Jupyter's standard widget state in, native controls out, no kernel, no html-manager.

MyST-NB writes a page's widget state and one view script for each output. When `nb_ipywidgets_js` is empty, this
extension keeps of that state what the page shows, moves each anywidget module to a file the whole site shares, and adds
the scripts of `static/live`, which mount the views. Otherwise the state stays as it is, for html-manager to mount.
Either way every output carries its still, the picture that print and a browser without JavaScript show.
"""

import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("model.js", "controls.js", "widgets.js", "address.js")

LINKS = ("LinkModel", "DirectionalLinkModel")
SLIDERS = ("FloatSliderModel", "IntSliderModel", "FloatRangeSliderModel")
INPUTS = (*SLIDERS, "DropdownModel", "ToggleButtonsModel", "CheckboxModel")
DRAWN = (*INPUTS, "ButtonModel", "LabelModel", "HTMLModel", "HBoxModel", "VBoxModel")
KNOWN = {("anywidget", "AnyModel"), ("@jupyter-widgets/base", "LayoutModel")}
KNOWN |= {("@jupyter-widgets/controls", name) for name in DRAWN}

# The options of ipywidgets that the page does not draw, each with the values that ask for nothing.
NOTHING = {
    "behavior": ("drag-tap",),
    "box_style": ("",),
    "button_style": ("",),
    "description_allow_html": (False,),
    "icon": ("",),
    "icons": ([],),
    "orientation": ("horizontal",),
    "tabbable": (None,),
}
READOUT_FORMAT = re.compile(r"(\.\d+)?[defg%]")
REFERENCE = "IPY_MODEL_"
EMPTY = {"state": {}}

# The theme draws its icons when the page is there; to look for new ones at every move of a slider would slow it down.
ICONS = "<script>FontAwesomeConfig = { observeMutations: false };</script>"

# A module comes as its source, and not as a file, because a page opened from file:// may import from blob: alone.
MODULE = """\
(globalThis.mlpModules ??= {})["%s"] = import(URL.createObjectURL(new Blob([
  %s
], { type: "text/javascript" })));
"""


def setup(app):
    app.add_post_transform(LiveOutputs)
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("html-page-context", add_files, priority=501)  # MyST-NB adds its own at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class LiveOutputs(SphinxPostTransform):
    """Give each widget output its still, and the page the state of the widgets it shows."""

    default_priority = 3  # before MyST-NB, at 4, keeps one form of each output
    formats = ("html",)

    def run(self, **kwargs):
        outputs = [node for node in self.document.findall(nodes.container) if is_widget(node)]
        if not outputs:
            return
        page = Page(state_of(self.env))
        for output in outputs:
            output.replace_self(self.live(output, page))
        if not self.config.nb_ipywidgets_js:
            warn(page.add_links(), location=self.env.docname)
            self.document += script(STATE, page.standard())
        self.document["live_files"] = page.files

    def live(self, output, page):
        """Return the container of an output: its still, and its view if the page can draw it."""
        still, view = forms(output).get("image/png", []), forms(output)[VIEW]
        model_id = re.search(r'"model_id": *"(\w+)"', view[0].astext())[1]
        if still and not still[0].get("alt"):
            still[0]["alt"] = page.summary(model_id)
        warn(missing(still), location=output)
        if not self.config.nb_ipywidgets_js:
            view = [] if warn(page.add_view(model_id), location=output) else [script(VIEW, page.view(model_id))]
        return nodes.container("", *still, *view, classes=["mlp-live"])


def add_files(app, pagename, templatename, context, doctree):
    """Add to a page with live outputs the scripts and styles it needs, and no others."""
    if doctree is None or "live_files" not in doctree:
        return
    app.add_css_file("live/widgets.css")
    if app.config.nb_ipywidgets_js:
        app.add_css_file("live/manager.css")
        return
    files = context["script_files"]
    files[:] = [file for file in files if getattr(file, "attributes", {}).get("type") != STATE]
    modules = []
    for name, text in sorted(doctree["live_files"].items()):
        path = Path(app.outdir, "_static", "live", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        app.add_css_file(f"live/{name}") if name.endswith(".css") else modules.append(name)
    folder = context["pathto"]("_static/live", resource=True)
    tags = lambda names: "".join(f'<script src="{folder}/{name}"></script>\n' for name in names)
    # Figures wait neither for their modules, which load ahead of the styles, nor for the theme's megabyte of deferred
    # scripts, as their own stand right behind the state.
    context["metatags"] += f"{ICONS}\n{tags(modules)}"
    context["body"] += tags(f"{name}?v={digest((STATIC / 'live' / name).read_text(encoding='utf-8'))}" for name in SCRIPTS)


def state_of(env):
    """Return the widget state MyST-NB keeps for this page: model id → its standard description."""
    _, attributes = NbMetadataCollector.get_js_files(env, env.docname).get("ipywidgets_state", (None, {}))
    return json.loads(attributes["body"])["state"] if attributes else {}


def forms(output):
    """Return the forms of an output: mime type → nodes."""
    return {form["mime_type"]: form.children for form in output.children}


def is_widget(node):
    return node.get("nb_element") == "mime_bundle" and VIEW in forms(node)


def warn(complaints, location):
    """Log each complaint; return whether there was one."""
    complaints = list(complaints)
    for complaint in complaints:
        logger.warning(complaint, location=location, type="live")
    return bool(complaints)


def script(mime_type, content):
    """Return a script element that holds JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    text = text.replace("<", "\\u003c")  # "</script>" would end the element
    return nodes.raw("", f'<script type="{mime_type}">{text}</script>', format="html")


def missing(still):
    """Say what a reader without JavaScript, or without sight, would miss."""
    if not still:
        yield "a widget needs a still: give its output an image/png"
    elif not still[0]["alt"]:
        yield "a still needs a text: set `mystnb: image: alt` in the cell, or a trait `summary` in the widget"


class Page:
    """The widgets that one page shows, numbered in order of appearance."""

    def __init__(self, state):
        self.state = state
        self.numbers = {}  # model id → number
        self.names = {}  # figure name → model id
        self.files = {}  # in _static/live: name → text

    def add_view(self, model_id):
        """Take in the models of a view, unless the page cannot draw them; return why it cannot."""
        complaints = [complaint for inner in self.tree(model_id) for complaint in self.problems(inner)]
        if not complaints:
            self.number(model_id)
        return complaints

    def number(self, model_id):
        for inner in self.tree(model_id):
            self.numbers.setdefault(inner, str(len(self.numbers) + 1))

    def tree(self, model_id):
        """Return a model's id and those of all the models it refers to, parents first."""
        found, waiting = [], [model_id]
        while waiting:
            inner = waiting.pop(0)
            if inner not in found:
                found.append(inner)
                waiting[:0] = self.references(inner)
        return found

    def references(self, model_id):
        """Return the ids a model's state names; a style, and a Layout that sets nothing, are not followed."""
        state = self.state.get(model_id, EMPTY)["state"]
        layout = options(self.state.get(target(state.get("layout")), EMPTY))
        skipped = ("style",) if layout else ("style", "layout")
        kept = [value for key, value in sorted(state.items()) if key not in skipped]
        return re.findall(REFERENCE + r"(\w+)", json.dumps(kept))

    def problems(self, model_id):
        """Yield what is wrong with one model."""
        if model_id not in self.state:
            yield "a widget is not in the page's state: run the notebook again"
            return
        spec = self.state[model_id]
        name, state = spec["model_name"], spec["state"]
        if (spec["model_module"], name) not in KNOWN:
            yield f"no way to draw the widget {name} of {spec['model_module']}"
        elif name == "AnyModel":
            yield from self.problems_of_module(model_id, state)
        else:
            style = options(self.state.get(target(state.get("style")), EMPTY))
            yield from problems_of_control(name, state, style)

    def problems_of_module(self, model_id, state):
        name = state.get("name")
        if name and self.names.setdefault(name, model_id) != model_id:
            yield f"two figures on this page have the name {name!r}: their addresses would be the same"
        for key in ("_esm", "_css"):
            if state.get(key, "").startswith(("http://", "https://")):
                yield f"{key} must be source text, got the address {state[key]}"

    def add_links(self):
        """Take in the links that reach a model of the page, and what they reach; return what is wrong with them."""
        links = {key for key, spec in self.state.items() if spec["model_name"] in LINKS}
        complaints = []
        while near := sorted(filter(self.reaches, links), key=self.sort_key):
            links -= set(near)
            for link in near:
                problems = list(self.problems_of_link(link))
                complaints += problems
                if not problems:
                    self.number(link)
        return complaints

    def reaches(self, link):
        return any(inner in self.numbers for inner in self.references(link))

    def sort_key(self, link):
        """What tells two links apart from build to build, when ids do not."""
        texts = [json.dumps(self.state.get(inner), sort_keys=True) for inner in [link, *self.references(link)]]
        return [self.numbers.get(inner, "") for inner in self.references(link)], mask("".join(texts))

    def problems_of_link(self, link):
        for end in ("source", "target"):
            reference, trait = self.state[link]["state"][end]
            spec = self.state.get(target(reference))
            if spec is None:
                yield f"a link's {end} is not in the page's state"
            elif trait not in {*spec["state"], *(buffer["path"][0] for buffer in spec.get("buffers", ()))}:
                yield f"a link's {end} is {spec['model_name']}.{trait}, which does not exist"

    def summary(self, model_id):
        """Return what a view's figure says it shows, or nothing."""
        states = [self.state[inner]["state"] for inner in self.tree(model_id) if inner in self.state]
        return next((state["summary"] for state in states if state.get("summary")), "")

    def view(self, model_id):
        return {"version_major": 2, "version_minor": 0, "model_id": self.numbers[model_id]}

    def standard(self):
        """Return the state of the page's models, in Jupyter's schema."""
        models = {number: self.compact(self.state[model_id]) for model_id, number in self.numbers.items()}
        return {"version_major": 2, "version_minor": 0, "state": models}

    def compact(self, spec):
        """Return a model's description without what the page does not use, and with its module moved out."""
        state = {k: v for k, v in spec["state"].items() if not k.startswith(("_model_", "_view_", "_anywidget_"))}
        state.pop("style", None)
        if target(state.get("layout")) not in self.numbers:
            state.pop("layout", None)
        if spec["model_name"] == "LayoutModel":
            state = options(spec)
        if "_esm" in state:
            source = json.dumps(state["_esm"], ensure_ascii=False)
            state["_esm"] = key = digest(state["_esm"])
            self.files[f"{key}.js"] = MODULE % (key, source)
        if css := state.pop("_css", None):
            self.files[f"{digest(css)}.css"] = css
        return {**spec, "state": self.renumber(state)}

    def renumber(self, state):
        number = lambda match: REFERENCE + self.numbers[match[1]]
        return json.loads(re.sub(REFERENCE + r"(\w+)", number, json.dumps(state)))


def problems_of_control(name, state, style):
    """Yield the options of an ipywidgets control that the page does not draw."""
    for option, values in NOTHING.items():
        if state.get(option, values[0]) not in values:
            yield f"{name} with {option}={state[option]!r} cannot be drawn, only {option}={values[0]!r}"
    for option, value in style.items():
        if option != "description_width":  # a label here is always as wide as its text
            yield f"{name} with style {option}={value!r} cannot be drawn"
    if name in INPUTS and not state["description"]:
        yield f"{name} needs a description: it is what a screen reader says"
    if name in SLIDERS:
        yield from problems_of_slider(name, state)


def problems_of_slider(name, state):
    if not READOUT_FORMAT.fullmatch(state["readout_format"]):
        yield f"{name} with readout_format={state['readout_format']!r} cannot be drawn, only d, .2f, .3g, .1e, .0%"
    if not state["step"] or state["step"] <= 0 or state["min"] >= state["max"]:
        yield f"{name} needs min < max and step > 0, got {state['min']}, {state['max']}, {state['step']}"


def options(spec):
    """Return the options that a Layout or a style sets."""
    return {k: v for k, v in spec["state"].items() if not k.startswith("_") and v not in (None, "")}


def target(reference):
    return (reference or "").removeprefix(REFERENCE)


def mask(text):
    return re.sub(REFERENCE + r"\w+", "", text)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
