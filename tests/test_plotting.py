"""plot_with_derivative: what is drawn is what torch says, and nothing else changes."""

import io
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mlpbook.activations import ACTIVATIONS, identity, prelu, relu, sigmoid, threshold
from mlpbook.look import LIGHT, matplotlib_style
from mlpbook.plotting import plot_with_derivative, use_style


def drawn(ax):
    """(x, y) of the curve, and the dots beside it."""
    curve, dots = ax.lines
    return curve.get_xdata(), curve.get_ydata(), list(zip(*dots.get_data()))


def titles(figure):
    return [ax.get_title(loc="left") for ax in figure.axes]


@pytest.mark.parametrize("fn", [*ACTIVATIONS.values(), torch.sin, F.softplus], ids=lambda f: f.__name__)
def test_the_curves_are_torchs(fn):
    figure = plot_with_derivative(fn, x=(-4, 3))
    (x, y, _), (_, dy, _) = (drawn(ax) for ax in figure.axes)
    leaf = torch.tensor(x, requires_grad=True)
    fn(leaf).sum().backward()
    shown, smooth = np.isfinite(y), np.isfinite(dy)
    assert shown.mean() > 0.99 and smooth.mean() > 0.99
    np.testing.assert_array_equal(y[shown], fn(leaf).detach().numpy()[shown])
    np.testing.assert_array_equal(dy[smooth], leaf.grad.numpy()[smooth])
    assert (x[0], x[-1]) == (-4, 3)


@pytest.mark.parametrize(
    ("fn", "params", "value_dots", "derivative_dots"),
    [
        (threshold, {}, [(0, 1)], []),
        (relu, {}, [], [(0, 0)]),
        (prelu, {}, [], [(0, 0.25)]),
        (prelu, {"alpha": -0.5}, [], [(0, -0.5)]),
        (prelu, {"alpha": 1.0}, [], []),
        (sigmoid, {}, [], []),
    ],
    ids=str,
)
def test_a_gap_and_a_dot_where_it_jumps(fn, params, value_dots, derivative_dots):
    figure = plot_with_derivative(fn, **params)
    for ax, expected in zip(figure.axes, (value_dots, derivative_dots)):
        x, y, dots = drawn(ax)
        assert dots == expected
        assert list(x[np.isnan(y)]) == [at for at, _ in expected]


def test_the_two_sides_of_a_gap_come_close():
    x, y, _ = drawn(plot_with_derivative(threshold).axes[0])
    (gap,) = np.flatnonzero(np.isnan(y))
    assert (y[gap - 1], y[gap + 1]) == (0, 1) and x[gap + 1] - x[gap - 1] < 1e-300


def test_a_kink_out_of_range_is_left_out():
    assert drawn(plot_with_derivative(relu, x=(1, 2)).axes[1])[2] == []


def test_titles():
    assert titles(plot_with_derivative(relu)) == ["ReLU", "its derivative, by autograd"]
    assert titles(plot_with_derivative(prelu))[0] == "pReLU, α = 0.25"
    assert titles(plot_with_derivative(prelu, alpha=-0.1))[0] == "pReLU, α = −0.1"
    for alpha in (np.float32(-0.5), torch.tensor(-0.5)):
        assert titles(plot_with_derivative(prelu, alpha=alpha))[0] == "pReLU, α = −0.5"
    assert titles(plot_with_derivative(F.gelu, approximate="tanh"))[0] == "gelu, approximate = tanh"
    assert titles(plot_with_derivative(lambda x: x**2, title="a square"))[0] == "a square"


def test_style():
    figure = plot_with_derivative(relu)
    value, derivative = (ax.lines[0] for ax in figure.axes)
    assert value.get_color() == LIGHT["value"] and value.get_linestyle() == "-"
    assert derivative.get_color() == LIGHT["derivative"] and derivative.get_linestyle() == "--"


def test_a_constant_is_drawn_in_the_middle():
    assert plot_with_derivative(identity).axes[1].get_ylim() == (0, 2)


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_bytes_twice(kind):
    def picture():
        buffer = io.BytesIO()
        with plt.rc_context(matplotlib_style()):
            plot_with_derivative(prelu).savefig(buffer, format=kind, metadata={"Date": None} if kind == "svg" else {})
        return buffer.getvalue()

    assert picture() == picture()


def test_no_side_effect():
    before = dict(plt.rcParams)
    plot_with_derivative(relu)
    assert dict(plt.rcParams) == before and plt.get_fignums() == []


def test_importing_it_leaves_matplotlibs_settings_alone():
    code = (
        "import matplotlib.pyplot as plt; before = dict(plt.rcParams); import mlpbook.plotting; "
        "assert dict(plt.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_use_style():
    with plt.rc_context():
        use_style()
        assert {key: plt.rcParams[key] for key in matplotlib_style()} == matplotlib_style() | {
            "figure.figsize": [7.2, 2.8]
        }


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": (5, -5)}, ValueError, r"x must have low < high, got \(5, -5\)"),
        ({"x": (1, 1)}, ValueError, r"x must have low < high, got \(1, 1\)"),
        ({"x": (0, float("nan"))}, ValueError, r"x\[1\] must be finite, got nan"),
        ({"x": 5}, TypeError, r"x must be a pair \(low, high\), got 5"),
        ({"x": ("a", 5)}, TypeError, r"x\[0\] must be a number, got 'a'"),
        ({"beta": 1.0}, ValueError, "prelu has no parameter beta; it has alpha"),
        ({"alpha": torch.tensor([[0.1], [0.2]])}, ValueError, r"alpha must be one number each: .* shape \(2, 1003\)"),
        ({"alpha": float("inf")}, ValueError, "alpha must be finite, got inf"),
    ],
)
def test_errors(arguments, error, message):
    with pytest.raises(error, match=message):
        plot_with_derivative(prelu, **arguments)


@pytest.mark.parametrize(("fn", "message"), [(torch.sum, "shape"), (torch.floor_, "raised")])
def test_functions_that_cannot_be_drawn(fn, message):
    with pytest.raises(ValueError, match=message):
        plot_with_derivative(fn)
