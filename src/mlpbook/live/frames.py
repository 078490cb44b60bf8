"""Evaluates a scene at every slider position and packs what it shows into one block of bytes."""

from __future__ import annotations

import copy
import inspect
import itertools
import math
from collections.abc import Callable, Mapping

import ipywidgets as widgets
import numpy as np

from mlpbook._checks import name_of
from mlpbook.live.scene import NO_GROUP, Frames, Scene

MAX_FRAMES = 20_000
MAX_BYTES = 900_000  # becomes 1.2 MB in the page, as base64


def positions(name: str, slider: widgets.Widget) -> list:
    """Every value the reader can give a slider, in order.

    Args:
        name: the slider's name, for the messages.
        slider: FloatSlider, IntSlider, Dropdown, ToggleButtons or Checkbox.

    Raises:
        TypeError: another widget.
        ValueError: the step is not positive, the bounds are not finite or leave no choice,
            or the slider starts between two positions.

    >>> positions("alpha", widgets.FloatSlider(min=0, max=0.3, step=0.1))
    [0.0, 0.1, 0.2, 0.3]
    """
    if isinstance(slider, widgets.Checkbox):
        return [False, True]
    if isinstance(slider, (widgets.Dropdown, widgets.ToggleButtons)):
        return _choices(name, slider)
    if not isinstance(slider, (widgets.FloatSlider, widgets.IntSlider)):
        raise TypeError(
            f"{name} must be a FloatSlider, IntSlider, Dropdown, ToggleButtons or Checkbox, "
            f"got {type(slider).__name__}"
        )
    check_bounds(name, slider)
    count = math.floor((slider.max - slider.min) / slider.step + 1e-9) + 1
    if count < 2:
        raise ValueError(
            f"{name}: a step of {slider.step} leaves one position between "
            f"{slider.min} and {slider.max}; make it smaller"
        )
    # Rounded, so that torch gets the 0.3 that the reader sees and not 0.30000000000000004.
    decimals = max(12, 9 - math.floor(math.log10(slider.step)))
    values = [round(slider.min + k * slider.step, decimals) for k in range(count)]
    if min(abs(slider.value - value) for value in values) > 1e-6 * slider.step:
        raise ValueError(
            f"{name} starts at {slider.value}, between two of its positions "
            f"({slider.min} + k · {slider.step})"
        )
    return values


def _choices(name, slider) -> list:
    values = [value for _, value in slider._options_full]
    if len(values) < 2:
        raise ValueError(f"{name} must offer at least two options, got {values}")
    if slider.index is None:
        raise ValueError(f"{name} must start at one of its options, got no value")
    return values


def check_bounds(name: str, slider: widgets.Widget) -> None:
    """Raise ValueError unless a numeric slider has finite, distinct bounds and a positive step."""
    for bound in ("min", "max", "step"):
        value = getattr(slider, bound)
        if value is None or not math.isfinite(value):  # a step of None lets a FloatSlider stop anywhere
            raise ValueError(f"{name}.{bound} must be finite, got {value}")
    if slider.step <= 0:
        raise ValueError(f"{name}.step must be positive, got {slider.step}")
    if slider.min >= slider.max:
        raise ValueError(f"{name} must have min < max, got {slider.min} and {slider.max}")


def check_count(grid: Mapping[str, list]) -> None:
    """Raise ValueError if the positions of these sliders together are too many frames."""
    count = math.prod(len(values) for values in grid.values())
    if count > MAX_FRAMES:
        product = " × ".join(f"{len(values)} of {name}" for name, values in grid.items())
        raise ValueError(
            f"{count:,} frames ({product}) are more than {MAX_FRAMES:,}: "
            "coarsen a slider's step or narrow its range"
        )


def evaluate(function: Callable[..., Scene], grid: Mapping[str, list]) -> Scene:
    """Call ``function(**position)`` at every position and join the scenes into one of ``Frames``.

    Args:
        function: takes the sliders' values by name and returns a ``Scene``.
        grid: slider name → its positions.

    Raises:
        TypeError: the function does not take these names, or does not return a ``Scene``.
        ValueError: too many frames; the function raises (the message says at which position);
            or the scenes differ in more than their arrays.
    """
    check_count(grid)
    _check_takes(function, grid)
    scenes = [_call(function, dict(zip(grid, p))) for p in itertools.product(*grid.values())]
    first = scenes[0]
    shape = tuple(len(values) for values in grid.values())
    columns = zip(*(_same_as(first, scene).marks() for scene in scenes))
    joined = iter([_join(marks, tuple(grid), shape) for marks in columns])
    panels = [_with(panel, marks=tuple(next(joined) for _ in panel.marks)) for panel in first.panels]
    return Scene(*panels, readouts=[next(joined) for _ in first.readouts])


def _check_takes(function, grid):
    try:
        inspect.signature(function).bind(**{name: None for name in grid})
    except TypeError as error:
        raise TypeError(
            f"{name_of(function)} must take the sliders {', '.join(grid)} by name: {error}"
        ) from error


def _call(function, position) -> Scene:
    try:
        scene = function(**position)
    except Exception as error:
        where = ", ".join(f"{name}={value!r}" for name, value in position.items())
        raise ValueError(
            f"{name_of(function)} raised at {where}: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(scene, Scene):
        raise TypeError(f"{name_of(function)} must return a Scene, got {scene!r}")
    return scene


def _same_as(first: Scene, scene: Scene) -> Scene:
    """Return ``scene`` if it differs from ``first`` in nothing but the marks' arrays."""
    for name, describe in (("panels", _describe_panel), ("readouts", _describe_mark)):
        want, got = ([describe(item) for item in getattr(s, name)] for s in (first, scene))
        if want != got:
            raise ValueError(f"the {name} must be the same in every frame, got {want} and {got}")
    return scene


def _describe_panel(panel):
    marks = [_describe_mark(mark) for mark in panel.marks]
    return panel.x, panel.y, panel.title, panel.alt, panel.square, marks


def _describe_mark(mark):
    return type(mark).__name__, mark.options()


def _join(marks, names, shape):
    """Stack the arrays of one mark over all frames."""
    arrays = {}
    for field in marks[0].ARRAYS:
        frames = _pad(f"{type(marks[0]).__name__}.{field}", [getattr(mark, field).array for mark in marks])
        arrays[field] = _shrink(Frames(frames.reshape(shape + frames.shape[1:]), over=names))
    return _with(marks[0], **arrays)


def _pad(name, arrays) -> np.ndarray:
    """Stack arrays; shorter ones end in NaN, which is not drawn."""
    shapes = sorted({a.shape for a in arrays})
    if len(shapes) == 1:
        return np.stack(arrays)
    if arrays[0].ndim > 1:  # there is no colour for nothing
        raise ValueError(f"{name} must have the same shape in every frame, got {shapes[0]} and {shapes[-1]}")
    size = max(len(a) for a in arrays)
    return np.stack([np.pad(a, (0, size - len(a)), constant_values=np.nan) for a in arrays])


def _shrink(frames: Frames) -> Frames:
    """Leave out the sliders that change nothing, so that it is stored once for all of them."""
    array, over = frames.array, []
    for name in frames.over:
        axis = len(over)
        first = array.take([0], axis=axis)
        if np.array_equal(np.broadcast_to(first, array.shape), array, equal_nan=True):
            array = first.squeeze(axis)
        else:
            over.append(name)
    return Frames(array, tuple(over))


def _with(item, **changes):
    """Copy a frozen item with some fields changed, as they are (a heat map is scaled only once)."""
    item = copy.copy(item)
    for name, value in changes.items():
        object.__setattr__(item, name, value)
    return item


class Pack:
    """One block of bytes, in which equal arrays are stored once.

    Args:
        grid: slider name → its positions.
    """

    def __init__(self, grid: Mapping[str, list]):
        self.grid = grid
        self.data = bytearray()
        self.used: set[str] = set()  # the sliders that change something
        self._known: dict[tuple[str, bytes], int] = {}

    def add(self, frames: Frames, dtype: str) -> dict:
        """Store an array and say where: byte offset, dtype, sliders it runs over, shape of a frame."""
        self._check_over(frames)
        frames = _shrink(frames)
        self.used |= set(frames.over)
        block = _bytes(frames.array, dtype)
        if (dtype, block) not in self._known:
            self.data += bytes(-len(self.data) % 8)
            self._known[dtype, block] = len(self.data)
            self.data += block
        return {
            "offset": self._known[dtype, block],
            "dtype": dtype[1:],
            "over": list(frames.over),
            "shape": list(frames.data_shape),
        }

    def _check_over(self, frames: Frames) -> None:
        for name, size in zip(frames.over, frames.array.shape):
            if name not in self.grid:
                raise ValueError(f"an array runs over {name!r}, but there is no such slider")
            if size != len(self.grid[name]):
                raise ValueError(
                    f"an array has {size} frames over {name!r}, which has "
                    f"{len(self.grid[name])} positions"
                )


def _bytes(array: np.ndarray, dtype: str) -> bytes:
    if dtype == "|u1":
        array = np.nan_to_num(array, nan=NO_GROUP)  # padding: a dot that is not drawn
    with np.errstate(over="ignore"):  # what overflows float32 is infinite there, and not drawn
        return array.astype(dtype).tobytes()


def pack(scene: Scene, grid: Mapping[str, list]) -> tuple[dict, bytes]:
    """Turn a scene into a description (JSON) and the bytes of its arrays.

    Raises:
        ValueError: more than ``MAX_BYTES``, or an array that does not fit the sliders,
            or a slider that changes nothing.
    """
    store = Pack(grid)
    panels = [_pack_panel(panel, store) for panel in scene.panels]
    readouts = [_pack_mark(readout, store) for readout in scene.readouts]
    if len(store.data) > MAX_BYTES:
        raise ValueError(
            f"the frames take {len(store.data):,} bytes, more than {MAX_BYTES:,}: "
            "coarsen a slider's step or sample fewer points"
        )
    for name in grid:
        if name not in store.used:
            raise ValueError(f"the slider {name!r} changes nothing in the scene")
    return {"panels": panels, "readouts": readouts}, bytes(store.data)


def _pack_panel(panel, store):
    return {
        "x": vars(panel.x),
        "y": vars(panel.y),
        "title": panel.title,
        "alt": panel.alt,
        "square": panel.square,
        "marks": [_pack_mark(mark, store) for mark in panel.marks],
    }


def _pack_mark(mark, store):
    arrays = {name: store.add(getattr(mark, name), dtype) for name, (_, dtype) in mark.ARRAYS.items()}
    return {"type": type(mark).__name__.lower(), **mark.options(), **arrays}


def at(frames: Frames, position: Mapping[str, int]) -> np.ndarray:
    """Take one frame: the array at these indices of the sliders' positions."""
    return frames.array[tuple(position[name] for name in frames.over)]
