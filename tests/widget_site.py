"""Pages of widgets for tests: notebooks as MyST-NB reads them after a run, built by Sphinx with static_widgets."""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import anywidget
import ipywidgets as widgets
import nbformat.v4 as nb
import traitlets
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Echo(anywidget.AnyWidget):
    """Shows its sliders' positions as JSON, and says so in its summary."""

    _esm = """
    export default {
      initialize({ model }) { model.set("log", [...model.get("log"), "initialize"]); },
      render({ model, el }) {
        const pre = document.createElement("pre");
        pre.className = "echo";
        const draw = () => {
          const positions = model.get("order").map((key) => [key, model.get(`at_${key}`)]);
          pre.textContent = JSON.stringify(Object.fromEntries(positions));
        };
        for (const key of model.get("order")) model.on(`change:at_${key}`, draw);
        draw();
        el.append(pre);
        const bytes = model.get("data");
        el.dataset.sum = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).reduce((a, b) => a + b, 0);
        return () => model.set("log", [...model.get("log"), "clean up"]);
      },
    };
    """
    _css = "pre { font-size: 0.8rem; }"
    name = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Unicode("Positions.").tag(sync=True)
    order = traitlets.List().tag(sync=True)
    log = traitlets.List().tag(sync=True)
    data = traitlets.Bytes(bytes([1, 2, 3])).tag(sync=True)

    def __init__(self, name="echo", **sliders):
        traits = {key: trait_of(slider) for key, slider in sliders.items()}
        values = {f"at_{key}": getattr(sliders[key], trait) for key, trait in traits.items()}
        self.add_traits(**{key: traitlets.Any(value).tag(sync=True) for key, value in values.items()})
        super().__init__(name=name, order=list(sliders))
        for key, trait in traits.items():
            widgets.jslink((sliders[key], trait), (self, f"at_{key}"))
        self.view = widgets.VBox([*sliders.values(), self])


def trait_of(slider):
    return "index" if isinstance(slider, (widgets.Dropdown, widgets.ToggleButtons)) else "value"


@dataclass
class Site:
    """A built site: its folder and what Sphinx warned of."""

    folder: Path
    warnings: str

    def html(self, name="page"):
        return (self.folder / f"{name}.html").read_text(encoding="utf-8")

    def scripts(self, mime_type, name="page"):
        """The JSON of a page's scripts of one type."""
        return [json.loads(t) for t in re.findall(rf'<script type="{re.escape(mime_type)}">(.*?)</script>', self.html(name))]

    def models(self, name="page"):
        """The widget models of a page, in order of their numbers."""
        [content] = self.scripts(STATE, name)
        return [content["state"][str(number)] for number in range(1, len(content["state"]) + 1)]

    def files(self):
        return {path.relative_to(self.folder): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


def output(widget, still=PIXEL):
    """One widget's output, as a kernel sends it."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    data = {"text/plain": "a widget", VIEW: view}
    return nb.new_output("display_data", data | ({"image/png": still} if still else {}))


def shown(figure):
    """What a live figure or a playground displays, as a kernel sends it."""
    data, metadata = figure._repr_mimebundle_()
    return nb.new_output("display_data", data, metadata=metadata)


def notebook(*parts, state=None, mystnb=None):
    """A notebook that has been run, of outputs and of Markdown, with the state of every widget there is."""
    cells = [_cell(part, mystnb or {}) for part in parts]
    if state is None:
        state = widgets.Widget.get_manager_state(drop_defaults=False)["state"]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "orphan": True,
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "widgets": {STATE: {"version_major": 2, "version_minor": 0, "state": state}},
    }
    return nb.new_notebook(cells=[nb.new_markdown_cell("# Page"), *cells], metadata=metadata)


def _cell(part, mystnb):
    if isinstance(part, str):
        return nb.new_markdown_cell(part)
    return nb.new_code_cell("show", outputs=[part], execution_count=1, metadata={"mystnb": mystnb})


def build(folder, html_manager=None, **notebooks):
    """Build notebooks, name → notebook, in a folder; return the site."""
    source = folder / "source"
    source.mkdir()
    for name, content in notebooks.items():
        (source / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")
    settings = {
        "extensions": ["myst_nb", "palette", "static_widgets"],
        "html_theme": "basic",
        "nb_execution_mode": "off",
        "nb_ipywidgets_js": html_manager or {},
        "root_doc": next(iter(notebooks)),
    }
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(source, None, folder / "html", folder / "doctrees", "html", settings, status=None, warning=warnings)
        app.build()
    return Site(folder / "html", warnings.getvalue())
