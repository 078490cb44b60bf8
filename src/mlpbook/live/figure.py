"""LiveFigure: a scene at every slider position, drawn in the front end without a kernel."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

from mlpbook import look
from mlpbook.live import still
from mlpbook.live.frames import check_bounds, check_count, evaluate, pack, positions
from mlpbook.live.scene import Scene

STATIC = Path(__file__).parent / "static"

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lambd": "λ", "mu": "μ", "sigma": "σ", "tau": "τ",
}  # fmt: skip

Slider = widgets.Widget


# Every way a page says that it is dark: this book's, other Sphinx themes', Jupyter's, VS Code's.
DARK = ('html[data-theme="dark"]', 'html[theme="dark"]', '[data-jp-theme-light="false"]', ".vscode-dark")


def stylesheet(name: str, element: str) -> str:
    """Return a file of static/ with the palette of mlpbook.look before it, for the element it styles."""
    light, dark = look.css_variables(look.LIGHT), look.css_variables(look.DARK)
    palette = f"{element} {{ {light} }}\n{', '.join(f'{page} {element}' for page in DARK)} {{ {dark} }}\n"
    return palette + (STATIC / name).read_text(encoding="utf-8")


def bundle(widget: anywidget.AnyWidget, view: widgets.Widget) -> tuple[dict, dict]:
    """Return how a widget is displayed: as its text, its still and a view, with what tells Colab how to load it."""
    data, metadata = anywidget.AnyWidget._repr_mimebundle_(widget)
    data["image/png"] = base64.b64encode(still.png(widget.draw())).decode()
    data["application/vnd.jupyter.widget-view+json"]["model_id"] = view.model_id
    return data, metadata


class LiveFigure(anywidget.AnyWidget):
    """A figure that follows its sliders, in a notebook and in a page with no kernel.

    Everything is computed when it is constructed; moving a slider only picks what to draw.
    Display it to see the sliders above the drawing.

    Args:
        scene: a ``Scene`` whose ``Frames`` run over the sliders, or a function that takes the
            sliders' values by name and returns the ``Scene`` at that position.
        title: shown above the sliders.
        name: identifies the figure in the page's address; letters, digits and "-".
        **sliders: FloatSlider, IntSlider, Dropdown, ToggleButtons or Checkbox; and a
            FloatRangeSlider for each axis that is cropped.

    Raises:
        TypeError: an argument of the wrong kind, or a function that does not take the sliders.
        ValueError: bad bounds or steps, too many frames or bytes, a slider that changes nothing,
            a function that raises.

    >>> from mlpbook.live import Curve, Panel, Readout
    >>> def parabola(a):
    ...     return Scene(Panel(Curve([-1.0, 0.0, 1.0], [a, 0.0, a])), readouts=[Readout("a", a)])
    >>> figure = LiveFigure(parabola, name="parabola", a=widgets.FloatSlider(max=2, step=0.5))
    >>> figure
    LiveFigure('parabola': a)
    >>> figure.sliders["a"].value = 1.5
    >>> figure.position
    {'a': 1.5}
    """

    _esm = STATIC / "figure.js"
    _css = stylesheet("figure.css", ".mlp-figure")

    name = traitlets.Unicode().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)
    frames = traitlets.Bytes().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)  # the still in words, for its alt text

    def __init__(
        self,
        scene: Scene | Callable[..., Scene],
        *,
        title: str | None = None,
        name: str = "figure",
        **sliders: Slider,
    ):
        check_name(name)
        crops = {key: s for key, s in sliders.items() if isinstance(s, widgets.FloatRangeSlider)}
        self._grid = {key: positions(key, s) for key, s in sliders.items() if key not in crops}
        check_count(self._grid)
        self.still_scene = _scene(scene, self._grid)
        _check_crops(self.still_scene, crops)
        description, data = pack(self.still_scene, self._grid)
        self.sliders = sliders
        self._label_sliders()
        description["sliders"] = [self._describe(key) for key in sliders]
        self._add_positions()
        super().__init__(scene=description, frames=data, name=name, summary=self._summarise())
        self.view = self._build_view(title)

    @property
    def position(self) -> dict[str, object]:
        """The sliders' values now, by name; set ``figure.sliders[name].value`` to move one."""
        return {key: slider.value for key, slider in self.sliders.items()}

    def draw(self):
        """Return the still: a matplotlib ``Figure`` of the scene at the sliders' present values.

        >>> from mlpbook.live import Curve, Panel
        >>> len(LiveFigure(Scene(Panel(Curve([0.0, 1.0], [0.0, 1.0])))).draw().axes)
        1
        """
        crops = {key: self.sliders[key].value for key in self.sliders if key not in self._grid}
        return still.draw(self.still_scene, self._indices(), crops)

    def _indices(self) -> dict[str, int]:
        return {key: _index(self.sliders[key], values) for key, values in self._grid.items()}

    def _summarise(self) -> str:
        shown = [panel.alt or panel.title for panel in self.still_scene.panels]
        position = [f"{slider.description} = {slider.value}" for slider in self.sliders.values()]
        return "; ".join([" ".join(shown), *position, *still.readouts(self.still_scene, self._indices())])

    def _label_sliders(self):
        for key, slider in self.sliders.items():
            slider.description = slider.description or SYMBOLS.get(key, key)

    def _describe(self, key: str) -> dict:
        slider = self.sliders[key]
        entry = {"name": key, "label": slider.description, "link": _link_trait(slider)}
        if key not in self._grid:
            return {**entry, "kind": "crop", "range": [slider.min, slider.max]}
        if entry["link"] == "index":
            return {**entry, "kind": "choice", "values": [text for text, _ in slider._options_full]}
        if isinstance(slider, widgets.Checkbox):
            return {**entry, "kind": "choice", "values": ["off", "on"]}
        return {**entry, "kind": "number", "values": self._grid[key]}

    def _add_positions(self):
        """Give the figure a trait ``at_<slider>`` for each slider: what jslink writes to."""
        self.add_traits(
            **{
                f"at_{key}": traitlets.Any(getattr(slider, _link_trait(slider))).tag(sync=True)
                for key, slider in self.sliders.items()
            }
        )

    def _build_view(self, title) -> widgets.VBox:
        self._links = [
            widgets.jslink((slider, _link_trait(slider)), (self, f"at_{key}"))
            for key, slider in self.sliders.items()
        ]
        controls = widgets.HBox(
            list(self.sliders.values()), layout=widgets.Layout(flex_flow="row wrap")
        )
        children = [controls, self] if self.sliders else [self]
        if title:
            children.insert(0, widgets.Label(title).add_class("mlp-title"))
        return widgets.VBox(children).add_class("mlp-live-figure")

    def __repr__(self) -> str:
        return f"LiveFigure({self.name!r}: {', '.join(self.sliders)})"

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        self.summary = self._summarise()  # of the still as it is now
        return bundle(self, self.view)


def check_name(name: str) -> None:
    """Refuse a name that cannot stand in an address."""
    if not isinstance(name, str) or not name.replace("-", "").isalnum():
        raise ValueError(f"name must be made of letters, digits and '-', got {name!r}")


def _scene(scene, grid) -> Scene:
    if isinstance(scene, Scene):
        return scene
    if callable(scene):
        return evaluate(scene, grid)
    raise TypeError(f"scene must be a Scene or a function that returns one, got {scene!r}")


def _check_crops(scene: Scene, crops) -> None:
    wanted = {axis.crop for panel in scene.panels for axis in (panel.x, panel.y) if axis.crop}
    for name in sorted(wanted - set(crops)):
        raise ValueError(f"an axis is cropped by {name!r}, but there is no such FloatRangeSlider")
    for name, slider in crops.items():
        if name not in wanted:
            raise ValueError(f"the slider {name!r} crops no axis: give one Axis(crop={name!r})")
        check_bounds(name, slider)


def _link_trait(slider: Slider) -> str:
    return "index" if isinstance(slider, (widgets.Dropdown, widgets.ToggleButtons)) else "value"


def _index(slider: Slider, values: list) -> int:
    """The position a slider is at, or the nearest one if Python set it between two."""
    if _link_trait(slider) == "index":
        return slider.index
    return min(range(len(values)), key=lambda i: abs(values[i] - slider.value))
