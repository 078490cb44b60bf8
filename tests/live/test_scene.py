"""Scenes: marks that do not fit together are refused where they are made."""

import json

import numpy as np
import pytest
import torch

from mlpbook.live import (
    Axis, Bars, Curve, Frames, HeatMap, LiveFigure, Network, Panel, Points, Readout, Scene, Slope, contour,
)  # fmt: skip

CURVE = Curve([0.0, 1.0], [0.0, 1.0])
BARS = Bars([1.0], names=["one"])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Curve([0, 1], [0, 1, 2]), ValueError, "Curve needs arrays of one length"),
        (lambda: Curve(0.0, 1.0), ValueError, r"Curve.x must have 1 dimension\(s\) a frame"),
        (lambda: Curve([0], [0], stroke="pink"), ValueError, "stroke must be one of .*'pink'"),
        (lambda: Points([0], [0], group=[0, 1]), ValueError, "Points needs arrays of one length"),
        (lambda: Slope([0.0], 0.0, 1.0), ValueError, r"Slope.x must have 0 dimension\(s\)"),
        (lambda: HeatMap([[1.0]], x=(1, 0), y=(0, 1)), ValueError, r"HeatMap.x must have low < high, got \(1, 0\)"),
        (lambda: HeatMap([[1.0]], x=(0, 1), y=(0, 1), low=2), ValueError, r"HeatMap.\(low, high\) must have low < high"),
        (lambda: HeatMap([[np.nan]], x=(0, 1), y=(0, 1)), ValueError, "HeatMap.z must not hold NaN"),
        (lambda: Bars([1.0, 2.0], names=["one"]), ValueError, "Bars needs a value for each of 1"),
        (lambda: Network([4], symbols="x"), ValueError, "Network needs two layers or more"),
        (lambda: Network([4, 3], symbols="x"), ValueError, "a symbol for each"),
        (lambda: Network([4, 0], symbols="xo"), ValueError, "widths must be integers in 1…16"),
        (lambda: Network([2.5, 3], symbols="xo"), ValueError, "widths must be integers in 1…16"),
        (lambda: Axis(range=(1, 1)), ValueError, r"range must have low < high, got \(1, 1\)"),
        (lambda: Axis(range=(0, np.nan)), ValueError, r"range\[1\] must be finite, got nan"),
        (lambda: Axis(range=5), TypeError, r"range must be a pair \(low, high\), got 5"),
        (lambda: Axis(range="ab"), TypeError, "range must be a pair"),
        (lambda: Axis(range=(torch.tensor(0), 1)), TypeError, r"range\[0\] must be a number, got tensor"),
        (lambda: HeatMap([[1.0]], x=5, y=(0, 1)), TypeError, r"HeatMap.x must be a pair \(low, high\), got 5"),
        (lambda: Points([0, 1], [0, 1], group=[-1, 1]), ValueError, r"group must hold 0 and 1, got \[-1.0, 1.0\]"),
        (lambda: Points([0, 1], [0, 1], group=[1, 2]), ValueError, r"group must hold 0 and 1, got \[1.0, 2.0\]"),
        (lambda: Points([0, 1], [0, 1], group=[0.5, 1]), ValueError, "group must hold 0 and 1"),
        (lambda: Points([0], [0], size=-3), ValueError, "Points.size must be positive, got -3"),
        (lambda: Points([0], [0], size="3"), TypeError, "Points.size must be a number, got '3'"),
        (lambda: Panel(CURVE, x="time"), TypeError, r"Panel takes x and y \(Axis\), got str: 'time'"),
        (lambda: Panel(CURVE, title=None), TypeError, r"Panel takes title and alt \(str\), got NoneType"),
        (lambda: Panel("curve"), TypeError, "Panel takes marks .*got str: 'curve'"),
        (lambda: Panel(CURVE, BARS), ValueError, "Bars does not share a panel"),
        (lambda: Scene(CURVE), TypeError, "Scene takes panels .*got Curve"),
        (lambda: Scene(), ValueError, "Scene needs at least one Panel"),
        (lambda: Scene(Panel(CURVE), readouts=[1.0]), TypeError, "Scene takes readouts"),
        (lambda: Readout("f", [1.0, 2.0]), ValueError, r"Readout.value must have 0 dimension\(s\)"),
        (lambda: Scene(Panel(CURVE), readouts=Readout("f", 1.0)), TypeError, "readouts must be a sequence of Readout, got Readout"),
        (lambda: Readout("f", 1.0, digits=2.5), TypeError, "digits must be an integer, got 2.5"),
        (lambda: Readout("f", 1.0, digits=99), ValueError, "digits must lie in 0…12, got 99"),
        (lambda: Frames(1.0, over=("a",)), ValueError, "array must have a dimension for each"),
        (lambda: contour([1.0], x=(0, 1), y=(0, 1), level=0), ValueError, "z must be a matrix"),
        (lambda: contour(np.eye(2), x=5, y=(0, 1), level=0), TypeError, r"x must be a pair \(low, high\), got 5"),
        (lambda: contour(np.eye(2), x=(0, 1), y=(1, 0), level=0), ValueError, "y must have low < high"),
        (lambda: contour(np.eye(2), x=(0, 1), y=(0, 1), level="½"), TypeError, "level must be a number"),
        (lambda: contour(np.eye(2), x=(0, 1), y=(0, 1), level=np.nan), ValueError, "level must be"),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_contour_in_two_pieces_has_a_gap():
    z = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]])
    x, y = contour(z, x=(0, 3), y=(0, 2), level=0.5)
    assert np.isnan(x).sum() == np.isnan(y).sum() == 1
    assert sorted(set(x[np.isfinite(x)])) == [1.0, 2.0]


def test_a_level_never_reached_gives_no_line():
    x, y = contour(np.zeros((2, 2)), x=(0, 1), y=(0, 1), level=0.5)
    assert np.isnan(x).all() and np.isnan(y).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.int64])
def test_a_contour_of_any_dtype(dtype):
    x, _ = contour(torch.tensor([[0, 1], [0, 1]], dtype=dtype), x=(0, 2), y=(0, 2), level=0.5)
    assert x.tolist() == [1, 1]


def test_readouts_may_come_one_by_one():
    assert len(Scene(Panel(CURVE), readouts=(Readout("f", n) for n in range(3))).readouts) == 3


def test_what_axes_and_maps_hold_is_plain():
    scene = LiveFigure(Scene(Panel(HeatMap([[0.5]], x=np.float32([0, 1]).tolist(), y=(0, np.int64(2))), x=Axis("x", (0, np.int64(1))))))
    assert json.loads(json.dumps(scene.scene))["panels"][0]["marks"][0]["y"] == [0, 2]
