"""The still of a live figure: one frame drawn by matplotlib, for GitHub, print and no JavaScript."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from mlpbook import look
from mlpbook.live.frames import at
from mlpbook.live.scene import NO_GROUP, Bars, Network, Panel, Scene

DASHES = {name: dash for name, (_, dash) in look.STROKES.items()}
DIVERGING = LinearSegmentedColormap.from_list(
    "low-high", [look.LIGHT["low"], look.LIGHT["paper"], look.LIGHT["high"]]
)
GREY = LinearSegmentedColormap.from_list("grey", [look.LIGHT["paper"], look.LIGHT["ink"]])


def draw(scene: Scene, position: Mapping[str, int], crops: Mapping[str, tuple]) -> Figure:
    """Draw a scene at one position of its sliders.

    Args:
        scene: with ``Frames`` over the sliders.
        position: slider name → index of its position.
        crops: name of a range slider → (low, high).

    Returns:
        A matplotlib ``Figure``, not registered with pyplot.
    """
    with matplotlib.rc_context(look.matplotlib_style()):
        figure = Figure(figsize=(7.2, 3.1 if scene.readouts else 2.8))
        axes = figure.subplots(1, len(scene.panels), squeeze=False)[0]
        for ax, panel in zip(axes, scene.panels):
            _draw_panel(ax, panel, position, crops)
        if scene.readouts:
            text = "     ".join(readouts(scene, position))
            figure.supxlabel(text, fontsize=9, color=look.LIGHT["ink"])
    return figure


def png(figure: Figure) -> bytes:
    """Return the figure as PNG bytes, the same ones every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None})
    return buffer.getvalue()


def readouts(scene: Scene, position: Mapping[str, int]) -> list[str]:
    """Return each readout as text: ``["f(x) = 0.2500", …]``."""
    values = [float(at(readout.value, position)) for readout in scene.readouts]
    return [
        f"{readout.label} = {_number(value, readout.digits)} {readout.unit}".rstrip()
        for readout, value in zip(scene.readouts, values)
    ]


def _draw_panel(ax, panel: Panel, position, crops):
    ax.set_title(panel.title, loc="left")
    ax.set_xlabel(panel.x.label)
    ax.set_ylabel(panel.y.label)
    bars = [mark for mark in panel.marks if isinstance(mark, Bars)]
    for mark in panel.marks:
        arrays = {name: at(getattr(mark, name), position) for name in mark.ARRAYS}
        if bars:
            _bars(ax, mark, arrays["values"], bars.index(mark), len(bars))
        else:
            DRAW[type(mark).__name__](ax, mark, **arrays)
    if any(isinstance(mark, Network) for mark in panel.marks):
        return ax.set_axis_off()
    _limits(ax, panel, crops)
    if ax.get_legend_handles_labels()[1] and len(panel.marks) > 1:
        ax.legend()


def _limits(ax, panel, crops):
    x, y = (crops[axis.crop] if axis.crop else axis.range for axis in (panel.x, panel.y))
    if panel.x.crop and y is None:
        y = _heights(ax, *x)
    if x:
        ax.set_xlim(x)
    if y:
        ax.set_ylim(y)
    if panel.square:
        ax.set_aspect("equal")


def _heights(ax, low, high) -> tuple[float, float] | None:
    """What the lines span between low and high, and a margin; None if it is nothing."""
    y = np.concatenate([_inside(line, low, high) for line in ax.lines] or [np.array([])])
    margin = 0.06 * np.ptp(y) if y.size else 0
    return (y.min() - margin, y.max() + margin) if margin > 0 else None


def _inside(line, low, high) -> np.ndarray:
    x, y = (np.asarray(v, dtype=float) for v in line.get_data())
    return y[(x >= low) & (x <= high) & np.isfinite(y)]


def _curve(ax, mark, x, y):
    dash = DASHES.get(mark.stroke) or (DASHES["derivative"] if mark.dashed else None)
    style = (0, dash) if dash else "-"
    ax.plot(x, y, color=look.LIGHT[mark.stroke], linestyle=style, label=mark.label or None)


def _points(ax, mark, x, y, group):
    area = (1.8 * mark.size) ** 2
    for value, stroke, shape in ((NO_GROUP, mark.stroke, "o"), (0, "low", "o"), (1, "high", "s")):
        chosen = group == value
        if chosen.any():
            colour = look.LIGHT[stroke]
            ax.scatter(
                x[chosen], y[chosen], s=area, color=colour, marker=shape, zorder=3,
                edgecolor=look.LIGHT["paper"], linewidth=0.8, label=mark.label or None,
            )  # fmt: skip


def _slope(ax, mark, x, y, slope):
    if np.isfinite([x, y, slope]).all():
        colour = look.LIGHT[mark.stroke]
        ax.axline((float(x), float(y)), slope=float(slope), color=colour, linewidth=1, alpha=0.6)


def _heatmap(ax, mark, z):
    how = "bilinear" if mark.smooth else "nearest"
    colours = GREY if mark.grey else DIVERGING
    extent = (*mark.x, *mark.y)
    ax.imshow(z, cmap=colours, vmin=0, vmax=255, extent=extent, origin="lower",
              interpolation=how, aspect="auto", zorder=0)  # fmt: skip
    ax.grid(False)


def _bars(ax, mark, values, index, count):
    height = 0.8 / count
    rows = np.arange(len(mark.names)) + (index - (count - 1) / 2) * height
    ax.barh(rows, values, height=0.9 * height, color=look.LIGHT[mark.stroke], label=mark.label or None)
    ax.set_yticks(range(len(mark.names)), mark.names)
    ax.yaxis.set_inverted(True)
    ax.grid(False, axis="y")


def _network(ax, mark, widths):
    units = [[(layer, (n - 1) / 2 - i) for i in range(n)] for layer, n in enumerate(widths.astype(int))]
    for left, right in zip(units, units[1:]):
        for a, b in itertools.product(left, right):
            ax.plot(*zip(a, b), color=look.LIGHT["muted"], linewidth=0.7, zorder=1)
    for layer, symbol in zip(units, mark.symbols):
        for i, place in enumerate(layer, start=1):
            ax.text(
                *place, f"${symbol}_{{{i}}}$", ha="center", va="center", fontsize=9, in_layout=False,
                bbox={"boxstyle": "circle", "facecolor": look.LIGHT["accent"], "edgecolor": look.LIGHT["value"]},
            )  # fmt: skip
    ax.margins(0.12)


DRAW = {"Curve": _curve, "Points": _points, "Slope": _slope, "HeatMap": _heatmap, "Network": _network}


def _number(value: float, digits: int) -> str:
    """As figure.js writes it: what would round to zero but is not is written with an exponent."""
    if np.isnan(value):
        return "undefined"
    if np.isinf(value):
        return "−∞" if value < 0 else "∞"
    tiny = value != 0 and abs(value) < 0.5 * 10.0**-digits
    if tiny or abs(value) >= 1e9:
        mantissa, exponent = f"{value:.{max(digits - 2, 0)}e}".split("e")
        text = f"{mantissa}e{int(exponent):+d}"
    else:
        text = f"{value:.{digits}f}"
    return text.replace("-", "−")
