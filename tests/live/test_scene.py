"""Scenes: marks that do not fit together are refused where they are made."""

import numpy as np
import pytest

from mlpbook.live import (
    Axis, Bars, Curve, Frames, HeatMap, Network, Panel, Points, Readout, Scene, Slope, contour,
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
        (lambda: HeatMap([[1.0]], x=(1, 0), y=(0, 1)), ValueError, "HeatMap.x must be two incr"),
        (lambda: HeatMap([[1.0]], x=(0, 1), y=(0, 1), low=2), ValueError, "HeatMap.low, high must"),
        (lambda: HeatMap([[np.nan]], x=(0, 1), y=(0, 1)), ValueError, "HeatMap.z must not hold NaN"),
        (lambda: Bars([1.0, 2.0], names=["one"]), ValueError, "Bars needs a value for each of 1"),
        (lambda: Network([4], symbols="x"), ValueError, "Network needs two layers or more"),
        (lambda: Network([4, 3], symbols="x"), ValueError, "a symbol for each"),
        (lambda: Network([4, 0], symbols="xo"), ValueError, "widths must lie in 1…16"),
        (lambda: Axis(range=(1, 1)), ValueError, "range must be two increasing finite numbers"),
        (lambda: Axis(range=(0, np.nan)), ValueError, "range must be two increasing finite numbers"),
        (lambda: Panel("curve"), TypeError, "Panel takes marks .*got str: 'curve'"),
        (lambda: Panel(CURVE, BARS), ValueError, "Bars does not share a panel"),
        (lambda: Scene(CURVE), TypeError, "Scene takes panels .*got Curve"),
        (lambda: Scene(), ValueError, "Scene needs at least one Panel"),
        (lambda: Scene(Panel(CURVE), readouts=[1.0]), TypeError, "Scene takes readouts"),
        (lambda: Readout("f", [1.0, 2.0]), ValueError, r"Readout.value must have 0 dimension\(s\)"),
        (lambda: Readout("f", 1.0, digits=99), ValueError, "digits must lie in 0…12, got 99"),
        (lambda: Frames(1.0, over=("a",)), ValueError, "array must have a dimension for each"),
        (lambda: contour([1.0], x=(0, 1), y=(0, 1), level=0), ValueError, "z must be a matrix"),
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
