"""Frames: positions of sliders, scenes joined over them, arrays stored once."""

import numpy as np
import pytest
import torch
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, ToggleButtons
from unpack import marks, unpack

from mlpbook.live import Axis, Curve, Frames, HeatMap, LiveFigure, Panel, Points, Readout, Scene
from mlpbook.live import frames as module
from mlpbook.live.frames import evaluate, pack, positions


def slider(**options):
    return FloatSlider(**{"value": 0, "min": 0, "max": 1, "step": 0.25, **options})


@pytest.mark.parametrize(
    ("widget", "want"),
    [
        (slider(step=0.1, max=0.3), [0.0, 0.1, 0.2, 0.3]),
        (slider(step=0.4), [0.0, 0.4, 0.8]),
        (slider(step=1e-13, max=3e-13), [0.0, 1e-13, 2e-13, 3e-13]),
        (slider(step=0.1, min=-1e9, max=-1e9 + 0.2, value=-1e9), [-1e9, -1e9 + 0.1, -1e9 + 0.2]),
        (FloatSlider(value=-0.5, min=-0.5, max=1.5, step=1), [-0.5, 0.5, 1.5]),
        (IntSlider(min=2, max=9, step=3), [2, 5, 8]),
        (Checkbox(), [False, True]),
        (Dropdown(options={"one": 1, "two": 2}, value=1), [1, 2]),
        (ToggleButtons(options=["a", "b"]), ["a", "b"]),
    ],
)
def test_positions(widget, want):
    assert positions("k", widget) == want


@pytest.mark.parametrize(
    ("widget", "message"),
    [
        (Dropdown(options=["one"]), "k must offer at least two options"),
        (Dropdown(options=["a", "b"], value=None), "k must start at one of its options"),
        (IntSlider(min=0, max=5, step=0), "k.step must be positive, got 0"),
        (slider(step=None), "k.step must be finite, got None"),
    ],
)
def test_bad_choices(widget, message):
    with pytest.raises(ValueError, match=message):
        positions("k", widget)


def line(a, b=0):
    return Scene(Panel(Curve([0.0, 1.0], [b, a])), readouts=[Readout("a", a)])


def test_what_does_not_change_with_a_slider_is_stored_once():
    scene = evaluate(line, {"a": [0.0, 1.0, 2.0], "b": [5.0, 6.0]})
    curve = scene.panels[0].marks[0]
    assert curve.x.over == ()
    assert curve.y.over == ("a", "b") and curve.y.array.shape == (3, 2, 2)
    assert scene.readouts[0].value.over == ("a",)


def test_equal_arrays_are_stored_once():
    y = torch.linspace(0, 1, 50)
    scene = Scene(Panel(Curve(y, y), Curve(y, 2 * y)))
    _, data = pack(scene, {})
    assert len(data) == 2 * 50 * 4


def test_frames_of_different_length_end_in_nan():
    def scene(n):
        return Scene(Panel(Points(np.arange(n), np.arange(n), group=np.zeros(n))))

    figure = LiveFigure(scene, n=IntSlider(value=1, min=1, max=3))
    (points,) = marks(figure, "points")
    np.testing.assert_array_equal(unpack(figure, points["x"], n=1), [0, 1, np.nan])
    np.testing.assert_array_equal(unpack(figure, points["group"], n=1), [0, 0, 255])


def test_a_heat_map_travels_as_256_levels():
    figure = LiveFigure(Scene(Panel(HeatMap([[-1.0, 0.0, 0.5, 9.0]], x=(0, 4), y=(0, 1)))))
    (heat,) = marks(figure, "heatmap")
    assert unpack(figure, heat["z"]).tolist() == [[0, 0, 128, 255]]


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda a: None, TypeError, "must return a Scene, got None"),
        (lambda b: line(b), TypeError, "must take the sliders a by name"),
        (lambda a: 1 / 0, ValueError, "raised at a=0.0: ZeroDivisionError: division by zero"),
        (
            lambda a: Scene(Panel(Curve([0, 1], [0, a]), title=str(a))),
            ValueError,
            "the panels must be the same in every frame",
        ),
        (
            lambda a: Scene(Panel(Curve([0, 1], [0, a])), readouts=[Readout("a", a)] * int(a < 0.5)),
            ValueError,
            "the readouts must be the same in every frame",
        ),
        (lambda a: line(1.0), ValueError, "the slider 'a' changes nothing"),
    ],
)
def test_a_bad_scene_function_is_refused(function, error, message):
    with pytest.raises(error, match=message):
        LiveFigure(function, a=slider())


def test_a_slider_over_equal_frames_changes_nothing():
    curve = Curve([0.0, 1.0], Frames(np.ones((5, 2)), ("a",)))
    with pytest.raises(ValueError, match="the slider 'a' changes nothing"):
        LiveFigure(Scene(Panel(curve)), a=slider())


@pytest.mark.parametrize("columns", [1, 2])
def test_a_heat_map_keeps_its_shape(columns):
    def scene(n):
        return Scene(Panel(HeatMap(np.zeros((n, n ** (columns - 1))), x=(0, 1), y=(0, 1))))

    with pytest.raises(ValueError, match=r"HeatMap.z must have the same shape in every frame, got \(1, 1\) and \(2, "):
        LiveFigure(scene, n=IntSlider(value=1, min=1, max=2))


def test_too_many_bytes(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="the frames take 400 bytes, more than 100"):
        pack(Scene(Panel(Curve(np.arange(50), np.arange(50) ** 2))), {})


@pytest.mark.parametrize(
    ("over", "size", "message"),
    [(("b",), 5, "'b', but there is no such slider"), (("a",), 4, "4 frames over 'a', which has 5")],
)
def test_frames_must_fit_the_sliders(over, size, message):
    curve = Curve([0.0, 1.0], Frames(np.arange(2.0 * size).reshape(size, 2), over))
    with pytest.raises(ValueError, match=message):
        LiveFigure(Scene(Panel(curve)), a=slider())


def test_an_axis_may_be_fixed():
    figure = LiveFigure(Scene(Panel(Curve([0, 1], [0, 1]), y=Axis("y", (0, 2)))))
    assert figure.scene["panels"][0]["y"] == {"label": "y", "range": (0, 2), "crop": None}
