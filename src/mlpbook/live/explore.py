"""explore(fn, …): a torch function beside its autograd derivative, with a slider for each parameter."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
import torch

from mlpbook._checks import name_of
from mlpbook.activations import Activation
from mlpbook.autodiff import value, value_and_derivative
from mlpbook.live.figure import LiveFigure
from mlpbook.live.frames import check_bounds, check_count, positions
from mlpbook.live.scene import Axis, Curve, Frames, Panel, Points, Readout, Scene, Slope
from mlpbook.look import SERIES

COARSE = 65  # samples before refinement
PASSES = 10  # each halves the segments that are still too coarse
# A chord may miss the curve by this share of the panel's height: invisible even zoomed in 20 times.
TOLERANCE = 1 / 16_000
# Where along a segment a chord is held against the curve: in the middle, where it misses a smooth one most, and at the
# golden section, since a function of steps may meet its chords at every half, quarter, eighth, …
PLACES = (0.5, 0.382)


def explore(
    fn: Callable,
    *others: Callable,
    x: widgets.FloatRangeSlider | None = None,
    point: widgets.FloatSlider | None = None,
    title: str | None = None,
    name: str | None = None,
    derivative: bool = True,
    **sliders: widgets.Widget,
) -> LiveFigure:
    """Draw elementwise torch functions and their derivatives, live.

    Each function is evaluated, and differentiated by autograd, at every position of its sliders,
    now: an error in it raises here. The value is drawn on the left and the derivative on the right,
    with the reader's own point, its tangent, and both numbers in float64.

    Args:
        fn, *others: functions ``f(x, **params)`` of torch operations; x is a float64 tensor (n,).
        x: the range of inputs shown, within the bounds it can be moved to; default −8…8.
        point: the reader's own input; default 160 steps across ``x``, starting at 1.
        title: shown above the sliders.
        name: identifies the figure in the page's address; default: the functions' names.
        derivative: False leaves the derivative out, for a function autograd cannot differentiate.
        **sliders: one for each parameter to be moved; it goes to every function that takes it.

    Returns:
        The ``LiveFigure``; ``figure.sliders["alpha"].value = 0.5`` moves it from Python.

    Raises:
        TypeError: not a function; a slider of the wrong kind or that no function takes;
            a result that is not a tensor of x's dtype.
        ValueError: bad bounds or steps, too many frames; a function that raises, changes the shape,
            is not elementwise, or cannot be differentiated.

    At a kink the drawing shows both one-sided derivatives, and a dot where autograd puts it. The curve is
    sampled where it bends; a spike narrower than 1/64 of ``x`` can fall between two samples.

    >>> from mlpbook.activations import prelu
    >>> explore(prelu, alpha=widgets.FloatSlider(value=0.25, min=-0.5, max=1.5, step=0.05))
    LiveFigure('prelu': x, point, alpha)
    """
    x = _range_slider(x)
    point = _point_slider(point, x)
    grid = {key: positions(key, slider) for key, slider in sliders.items()}
    check_count({**grid, "point": positions("point", point)})
    series = _series((fn, *others), grid, derivative, x)
    scene = _scene(series, positions("point", point), derivative)
    return LiveFigure(scene, title=title, name=name or _default_name(series), x=x, point=point, **sliders)


def _default_name(series) -> str:
    words = re.findall(r"[^\W_]+", " ".join(s.name for s in series))
    return "-".join(words) or "figure"


class _Series:
    """One function at every position of the sliders it takes."""

    def __init__(self, fn, grid, derivative, x):
        self.fn, self.grid, self.derivative = fn, grid, derivative
        self.name = name_of(fn)
        self.title = getattr(fn, "title", self.name)
        self.kinks = [k for k in getattr(fn, "kinks", ()) if x.min < k < x.max]

    def __call__(self, x: np.ndarray) -> list[Frames]:
        """Value, and derivative if wanted, at x (n,): each (positions…, n)."""
        at = torch.from_numpy(np.asarray(x, dtype=np.float64))
        frames = [self._at(at, dict(zip(self.grid, p))) for p in itertools.product(*self.grid.values())]
        shape = tuple(len(v) for v in self.grid.values())
        stacked = (np.stack(arrays) for arrays in zip(*frames))
        return [Frames(a.reshape(shape + a.shape[1:]), tuple(self.grid)) for a in stacked]

    def _at(self, x, params):
        if self.derivative:
            return [t.numpy() for t in value_and_derivative(self.fn, x, **params)]
        return [value(self.fn, x, **params).numpy()]


def _series(fns, grid, derivative, x) -> list[_Series]:
    """Each function with its sliders and its own samples."""
    for fn in fns:
        if not callable(fn):
            raise TypeError(f"fn must be a function of a tensor, got {fn!r}")
    if len(fns) > len(SERIES):
        raise ValueError(f"others must be at most {len(SERIES) - 1}, a colour for each, got {len(fns) - 1}")
    series = [_Series(fn, _taken(fn, grid), derivative, x) for fn in fns]
    _check_taken(grid, series)
    _refine(series, x)
    return series


def _range_slider(x):
    if x is None:
        x = widgets.FloatRangeSlider(
            value=(-4, 4), min=-8, max=8, step=0.5, readout_format=".1f"
        )
    if not isinstance(x, widgets.FloatRangeSlider):
        raise TypeError(f"x must be a FloatRangeSlider, got {type(x).__name__}")
    check_bounds("x", x)
    if x.value[0] >= x.value[1]:
        raise ValueError(f"x must show a range that is not empty, got {x.value}")
    x.description = x.description or "x range"
    return x


def _point_slider(point, x):
    if point is None:
        step = (x.max - x.min) / 160
        start = x.min + step * round((min(max(1.0, x.min), x.max) - x.min) / step)
        point = widgets.FloatSlider(
            value=start, min=x.min, max=x.max, step=step, description="x", readout_format=".2f"
        )
    if not isinstance(point, widgets.FloatSlider):
        raise TypeError(f"point must be a FloatSlider, got {type(point).__name__}")
    point.description = point.description or "x"
    return point


def _taken(fn, grid) -> dict[str, list]:
    """The sliders that a function takes, of all there are."""
    if isinstance(fn, Activation):
        return {p.name: grid[p.name] for p in fn.parameters if p.name in grid}
    try:
        parameters = inspect.signature(fn).parameters.values()
    except ValueError:  # torch's built-in functions tell no signature: they take x alone
        return {}
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return dict(grid)
    names = {p.name for p in list(parameters)[1:]}
    return {key: values for key, values in grid.items() if key in names}


def _check_taken(grid, series) -> None:
    for key in grid:
        if not any(key in s.grid for s in series):
            names = ", ".join(s.name for s in series)
            raise TypeError(f"{key}: no such parameter of {names}")


def _refine(series: list[_Series], x) -> None:
    """Give each function its own samples: halve a segment while its chord misses the curve; then leave out the idle."""
    for s in series:
        kinks = [k for kink in s.kinks for k in (np.nextafter(kink, -9e9), kink, np.nextafter(kink, 9e9))]
        s.x = np.union1d(np.linspace(x.min, x.max, COARSE), kinks)
        for _ in range(PASSES):
            wider = _halve(s)
            if len(wider) == len(s.x):
                break
            s.x = wider
        s.x = _thin(s, np.isin(s.x, kinks))


def _thin(s: _Series, kept: np.ndarray) -> np.ndarray:
    """The samples of a series without those in its straight parts, which cost the page and draw nothing."""
    curves = [f.array.reshape(-1, f.array.shape[-1]) for f in s(s.x)]
    here, before = np.arange(len(s.x)), 0
    while len(here) != before:
        before = len(here)
        for start in (1, 2):  # one of two neighbours at a time: the other holds the line
            idle = np.zeros(len(here), dtype=bool)
            idle[start:-1:2] = True
            idle &= ~kept[here] & ~_bends(s.x[here], [y[:, here] for y in curves])
            here = here[~idle]
    return s.x[here]


def _bends(x: np.ndarray, curves: list[np.ndarray]) -> np.ndarray:
    """Whether a curve leaves the chord of each sample's neighbours there, at any position; the two ends do not count."""
    share = (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
    bends = np.zeros(len(x), dtype=bool)
    for y in curves:
        with np.errstate(invalid="ignore"):
            miss = np.abs(y[:, 1:-1] - ((1 - share) * y[:, :-2] + share * y[:, 2:]))
        bends[1:-1] |= ~(miss <= TOLERANCE / 100 * _height(y)).all(axis=0)  # so is what is not finite
    return bends


def _halve(s: _Series) -> np.ndarray:
    """The samples of a series with the midpoints of those segments that are too coarse."""
    ends, middle = s(s.x), s.x[:-1] + np.diff(s.x) / 2
    coarse = np.any([_misses(s, ends, share) for share in PLACES], axis=0)
    return np.union1d(s.x, middle[coarse])


def _misses(s: _Series, ends: list[Frames], share: float) -> np.ndarray:
    """Whether the chord of each segment misses the curve, or its derivative, at this share of the segment."""
    found = np.zeros(len(s.x) - 1, dtype=bool)
    for at_ends, between in zip(ends, s(s.x[:-1] + share * np.diff(s.x))):
        y, inside = (f.array.reshape(-1, f.array.shape[-1]) for f in (at_ends, between))
        with np.errstate(invalid="ignore"):  # ∞ − ∞: no chord there
            miss = np.abs(inside - ((1 - share) * y[:, :-1] + share * y[:, 1:]))
        found |= (miss > TOLERANCE * _height(y)).any(axis=0)
    return found


def _height(y: np.ndarray) -> float:
    finite = y[np.isfinite(y)]
    return float(np.ptp(finite)) if finite.size else 0.0


def _scene(series: list[_Series], points: list[float], derivative: bool) -> Scene:
    """Panels f and, if wanted, f′; the reader's point on each."""
    panels, readouts = [], []
    at = np.asarray(points)
    values = [s(at) for s in series]
    for order, prime in enumerate(["", "′"][: 1 + derivative]):
        marks = [mark for i, s in enumerate(series) for mark in _curves(s, order, i, len(series))]
        for i, s in enumerate(series):
            here = _over_point(values[i][order])
            stroke = _point_stroke(i, len(series))
            if order == 0 and derivative:
                slope = _over_point(values[i][1])
                marks.append(Slope(Frames(at, ("point",)), here, slope, stroke=stroke))
            column = Frames(at[:, None], ("point",))
            marks.append(Points(column, Frames(here.array[..., None], here.over), stroke=stroke))
            readouts.append(Readout(f"{s.title}{prime}(x)", here, stroke=stroke))
        panels.append(_panel(series, prime, marks))
    return Scene(*panels, readouts=readouts)


def _curves(s: _Series, order: int, index: int, count: int) -> list:
    """The curve of f or f′, broken where it jumps at a kink, and what torch says at the kink."""
    frames = s(s.x)[order]
    y = frames.array.copy()
    stroke = ("value", "derivative")[order] if count == 1 else SERIES[index % len(SERIES)]
    label = s.title if count > 1 else ""
    dots = []
    for kink in s.kinks:
        i = int(np.searchsorted(s.x, kink))
        jumps = np.abs(y[..., i + 1] - y[..., i - 1]) > TOLERANCE * max(_height(y), 1e-300)
        there = Frames(np.where(jumps, y[..., i], np.nan)[..., None], frames.over)
        y[..., i][jumps] = np.nan
        if jumps.any():
            dots.append(Points([kink], there, stroke=stroke, size=3.5))
    return [Curve(s.x, Frames(y, frames.over), stroke, label, dashed=order == 1), *dots]


def _over_point(frames: Frames) -> Frames:
    return Frames(frames.array, (*frames.over, "point"))


def _point_stroke(index: int, count: int) -> str:
    return "parameter" if count == 1 else SERIES[index % len(SERIES)]


def _panel(series, prime, marks) -> Panel:
    what = ", ".join(s.title for s in series)
    kind = "derivative" if prime else "value"
    title = f"{what}{prime}(x)" if len(series) == 1 else kind
    alt = f"The {kind} of {what} against x."
    return Panel(*marks, x=Axis("x", crop="x"), title=title, alt=alt)
