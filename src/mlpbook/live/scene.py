"""What a live figure shows: panels of curves, points, slopes, heat maps and bars, and readouts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from mlpbook._checks import integer, interval, positive
from mlpbook.look import LIGHT


NO_GROUP = 255  # as a byte, what tells a dot of no class


@dataclass(frozen=True, eq=False)
class Frames:
    """An array at every position of some sliders.

    Args:
        array: (n₁, …, nₖ, *data); the first k dimensions run over the positions of ``over``.
        over: the names of the k sliders, in the order of the dimensions.

    Raises:
        ValueError: fewer dimensions than sliders.

    >>> Frames(torch.zeros(41, 100), over=("alpha",)).over
    ('alpha',)
    """

    array: np.ndarray
    over: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "array", as_array(self.array))
        if self.array.ndim < len(self.over):
            raise ValueError(
                f"array must have a dimension for each of the sliders {self.over}, "
                f"got shape {self.array.shape}"
            )

    @property
    def data_shape(self) -> tuple[int, ...]:
        """The shape of one frame."""
        return self.array.shape[len(self.over) :]


def as_array(value) -> np.ndarray:
    """Return a tensor, an array or nested numbers as a float64 array."""
    if isinstance(value, torch.Tensor):
        value = value.detach().to(torch.float64).cpu().numpy()
    return np.asarray(value, dtype=np.float64)


class Mark:
    """Base of the marks: every field named in ``ARRAYS`` becomes a ``Frames``.

    ``ARRAYS`` maps the field to (number of data dimensions, dtype it travels in).
    """

    ARRAYS: dict[str, tuple[int, str]] = {}

    def __post_init__(self):
        for name, (ndim, _) in self.ARRAYS.items():
            object.__setattr__(self, name, self._frames(name, ndim))
        stroke = getattr(self, "stroke", "value")
        if stroke not in LIGHT:
            raise ValueError(f"stroke must be one of {', '.join(LIGHT)}, got {stroke!r}")
        self._check()

    def _frames(self, name: str, ndim: int) -> Frames:
        value = getattr(self, name)
        frames = value if isinstance(value, Frames) else Frames(value)
        if len(frames.data_shape) != ndim:
            raise ValueError(
                f"{type(self).__name__}.{name} must have {ndim} dimension(s) a frame, "
                f"got shape {frames.data_shape}"
            )
        return frames

    def _check(self) -> None:
        """Raise ValueError if the fields do not fit together."""

    def _same_length(self, *names: str) -> None:
        shapes = {name: getattr(self, name).data_shape for name in names}
        if len(set(shapes.values())) > 1:
            raise ValueError(f"{type(self).__name__} needs arrays of one length, got {shapes}")

    def options(self) -> dict[str, object]:
        """The fields that are not arrays: the same in every frame."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in self.ARRAYS}


@dataclass(frozen=True, eq=False)
class Curve(Mark):
    """A polyline through (x, y), each of shape (n,); NaN lifts the pen.

    Args:
        x, y: (n,) arrays or tensors, or ``Frames`` of them.
        stroke: a colour of ``mlpbook.look``; "derivative" is dashed, "muted" dotted.
        label: shown in the panel's legend when not empty.
        dashed: dash it whatever its colour (a derivative among several functions).

    Raises:
        ValueError: x and y differ in length, or the stroke is unknown.

    >>> Curve([0., 1.], [0., 1.], label="identity").label
    'identity'
    """

    x: Frames
    y: Frames
    stroke: str = "value"
    label: str = ""
    dashed: bool = False
    ARRAYS = {"x": (1, "<f4"), "y": (1, "<f4")}

    def _check(self):
        self._same_length("x", "y")


@dataclass(frozen=True, eq=False)
class Points(Mark):
    """Dots at (x, y), each of shape (n,); a dot with NaN is not drawn.

    Args:
        x, y: (n,) arrays or tensors, or ``Frames`` of them.
        stroke: the dots' colour; with ``group`` it is not used.
        group: (n,) of 0 and 1: the two classes, drawn as discs and squares in the map's colours.
        label: shown in the legend when not empty.
        size: the radius in pixels.

    Raises:
        ValueError: arrays of different lengths, a group that is neither 0 nor 1, an unknown stroke, or a
            size that is not positive.

    >>> Points([0.], [1.], stroke="parameter").size
    4.0
    """

    x: Frames
    y: Frames
    stroke: str = "parameter"
    label: str = ""
    group: Frames | None = None
    size: float = 4.0
    ARRAYS = {"x": (1, "<f8"), "y": (1, "<f8"), "group": (1, "|u1")}

    def __post_init__(self):
        if self.group is None:
            n = (self.x if isinstance(self.x, Frames) else Frames(self.x)).data_shape
            object.__setattr__(self, "group", np.full(n, NO_GROUP))
        super().__post_init__()

    def _check(self):
        self._same_length("x", "y", "group")
        positive("Points.size", self.size)
        group = self.group.array
        if not (np.isin(group, (0, 1, NO_GROUP)) | np.isnan(group)).all():
            raise ValueError(f"Points.group must hold 0 and 1, got {np.unique(group).tolist()}")


@dataclass(frozen=True, eq=False)
class Slope(Mark):
    """A short straight line through the point (x, y) with a slope: a tangent.

    Args:
        x, y, slope: numbers, or ``Frames`` of numbers.

    >>> Slope(0.0, 0.5, 0.25, label="tangent").stroke
    'parameter'
    """

    x: Frames
    y: Frames
    slope: Frames
    stroke: str = "parameter"
    label: str = ""
    ARRAYS = {"x": (0, "<f8"), "y": (0, "<f8"), "slope": (0, "<f8")}


@dataclass(frozen=True, eq=False)
class HeatMap(Mark):
    """Colours for z of shape (rows, columns), row 0 at the bottom.

    Args:
        z: (rows, columns) array or ``Frames``; travels as 256 levels between low and high.
        x, y: (left, right) and (bottom, top) edges, in data units.
        low, high: the values of the two end colours; what lies outside is clipped.
        label: what the colour means, for the text summary.
        smooth: blend neighbouring cells (a map) or show them as squares (an image).
        grey: from paper to ink (an image) and not from the low colour to the high one.

    Raises:
        TypeError, ValueError: an edge or (low, high) is not a pair of finite numbers, low < high; NaN in z.

    >>> HeatMap([[0., 1.]], x=(0, 2), y=(0, 1)).low
    0.0
    """

    z: Frames
    x: tuple[float, float]
    y: tuple[float, float]
    low: float = 0.0
    high: float = 1.0
    label: str = ""
    smooth: bool = True
    grey: bool = False
    ARRAYS = {"z": (2, "|u1")}

    def _check(self):
        for name in ("x", "y"):
            object.__setattr__(self, name, interval(f"HeatMap.{name}", getattr(self, name)))
        interval("HeatMap.(low, high)", (self.low, self.high))
        if np.isnan(self.z.array).any():
            raise ValueError("HeatMap.z must not hold NaN: a colour has to mean a number")

    def __post_init__(self):
        super().__post_init__()
        share = (self.z.array - self.low) / (self.high - self.low)
        levels = np.round(255 * np.clip(share, 0, 1))
        object.__setattr__(self, "z", Frames(levels, self.z.over))


@dataclass(frozen=True, eq=False)
class Bars(Mark):
    """One horizontal bar for each label; several ``Bars`` in a panel stand side by side.

    Args:
        values: (n,) lengths, or ``Frames`` of them.
        names: the n categories.
        stroke, label: the colour and its legend entry.

    Raises:
        ValueError: not a value for each name, or the stroke is unknown.

    >>> Bars([0.2, 0.8], names=("cat", "dog")).names
    ('cat', 'dog')
    """

    values: Frames
    names: Sequence[str]
    stroke: str = "value"
    label: str = ""
    ARRAYS = {"values": (1, "<f8")}

    def _check(self):
        if self.values.data_shape != (len(self.names),):
            raise ValueError(
                f"Bars needs a value for each of {len(self.names)} names, "
                f"got shape {self.values.data_shape}"
            )


@dataclass(frozen=True, eq=False)
class Network(Mark):
    """Fully connected layers: a column of units each, a line for each weight, the weight matrices.

    Pointing at a unit, or moving to it with the keyboard, lights the weights it takes part in.

    Args:
        widths: (layers,) the number of units in each layer, input first, or ``Frames`` of them.
        symbols: a letter for each layer's units.

    Raises:
        ValueError: fewer than two layers, a layer without units, or a symbol too few.

    >>> Network([4, 5, 3], symbols=("x", "h", "o")).widths.data_shape
    (3,)
    """

    widths: Frames
    symbols: Sequence[str]
    ARRAYS = {"widths": (1, "|u1")}

    def _check(self):
        (layers,) = self.widths.data_shape
        if layers < 2 or len(self.symbols) != layers:
            raise ValueError(
                f"Network needs two layers or more and a symbol for each, "
                f"got {layers} layers and symbols {tuple(self.symbols)}"
            )
        if not np.isin(self.widths.array, range(1, 17)).all():
            raise ValueError(f"widths must be integers in 1…16, got {self.widths.array.tolist()}")


@dataclass(frozen=True)
class Axis:
    """A panel's axis.

    Args:
        label: what it measures, with the unit if it has one.
        range: (low, high); None fits the data of all frames, so that it stays still while α moves.
        crop: the name of the ``FloatRangeSlider`` that crops it.

    Raises:
        TypeError, ValueError: the range is not a pair of finite numbers, low < high.

    >>> Axis("x", (-4, 4)).range
    (-4.0, 4.0)
    """

    label: str = ""
    range: tuple[float, float] | None = None
    crop: str | None = None

    def __post_init__(self):
        if self.range is not None:
            object.__setattr__(self, "range", interval("range", self.range))


@dataclass(frozen=True, eq=False, init=False)
class Panel:
    """One pair of axes with its marks, drawn in the order given.

    Args:
        marks: curves, points, slopes, heat maps; or bars only; or one network.
        x, y: the axes.
        title: a few words above the drawing.
        alt: what the drawing shows, for those who cannot see it.
        square: the same unit on both axes.

    Raises:
        TypeError: an argument of the wrong kind.
        ValueError: bars or a network beside other marks.

    >>> Panel(Curve([0., 1.], [0., 1.]), title="identity").title
    'identity'
    """

    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    title: str
    alt: str
    square: bool

    def __init__(self, *marks, x=Axis("x"), y=Axis(), title="", alt="", square=False):
        _all_are(marks, Mark, "Panel", "marks (Curve, Points, Slope, HeatMap, Bars, Network)")
        for kind in (Bars, Network):
            if sum(isinstance(mark, kind) for mark in marks) not in (0, len(marks)):
                raise ValueError(f"{kind.__name__} does not share a panel with other marks")
        _all_are([x, y], Axis, "Panel", "x and y (Axis)")
        _all_are([title, alt], str, "Panel", "title and alt (str)")
        for name, value in zip(
            ("marks", "x", "y", "title", "alt", "square"), (marks, x, y, title, alt, square)
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Readout(Mark):
    """A number read off, exact to the digits it shows.

    Args:
        label: what it is, e.g. "f′(x)".
        value: a number or ``Frames`` of numbers (float64).
        digits: digits after the point; what would show as 0 but is not is written as 1.2e−9.
        unit: written after the number.
        stroke: the colour of the mark it belongs to.

    Raises:
        TypeError, ValueError: not one number a frame, digits not an integer in 0…12, or an unknown stroke.

    >>> Readout("f(x)", 0.25).digits
    4
    """

    label: str
    value: Frames
    digits: int = 4
    unit: str = ""
    stroke: str = "ink"
    ARRAYS = {"value": (0, "<f8")}

    def _check(self):
        if not 0 <= integer("digits", self.digits) <= 12:
            raise ValueError(f"digits must lie in 0…12, got {self.digits}")


@dataclass(frozen=True, eq=False, init=False)
class Scene:
    """All that one position of the sliders shows: panels side by side, then readouts.

    Raises:
        TypeError: something else than panels, or readouts.
        ValueError: no panel.

    >>> len(Scene(Panel(Curve([0., 1.], [0., 1.])), readouts=[Readout("f", 1.0)]).panels)
    1
    """

    panels: tuple[Panel, ...]
    readouts: tuple[Readout, ...]

    def __init__(self, *panels, readouts=()):
        if not isinstance(readouts, Iterable):
            raise TypeError(f"readouts must be a sequence of Readout, got {type(readouts).__name__}")
        readouts = tuple(readouts)
        _all_are(panels, Panel, "Scene", "panels (Panel)")
        _all_are(readouts, Readout, "Scene", "readouts (Readout)")
        if not panels:
            raise ValueError("Scene needs at least one Panel")
        object.__setattr__(self, "panels", tuple(panels))
        object.__setattr__(self, "readouts", readouts)

    def marks(self) -> list[Mark]:
        """Every mark and readout, in the order drawn."""
        return [mark for panel in self.panels for mark in panel.marks] + list(self.readouts)


def _all_are(values, kind, owner, what):
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{owner} takes {what}, got {type(value).__name__}: {value!r}")
