"""explore: what it packs is torch's, and every bad call is refused with a reason."""

import functools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets import Checkbox, Dropdown, FloatRangeSlider, FloatSlider, IntSlider, Text
from traitlets import TraitError
from unpack import marks, unpack

from mlpbook.activations import ACTIVATIONS, gelu, prelu, relu, sigmoid, swish
from mlpbook.autodiff import value_and_derivative
from mlpbook.live import explore
from mlpbook.live.explore import TOLERANCE


def alpha(**options):
    return FloatSlider(**{"value": 0.25, "min": -0.5, "max": 1.5, "step": 0.05, **options})


def sliders(activation):
    return {
        p.name: FloatSlider(value=p.default, min=p.low, max=p.high, step=p.step)
        for p in activation.parameters
    }


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_every_frame_is_torchs(activation):
    figure = explore(activation, **sliders(activation))
    grid = {s["name"]: s["values"] for s in figure.scene["sliders"] if s["kind"] == "number"}
    points = grid.pop("point")
    for order, panel in enumerate(figure.scene["panels"]):
        curve = marks(figure, "curve", order)[0]
        x = unpack(figure, curve["x"])
        for k, params in enumerate(_each(grid)):
            indices = {name: k for name in grid}
            want = _torch(activation, points, params, order)
            readout = figure.scene["readouts"][order]["value"]
            got = [unpack(figure, readout, point=i, **indices) for i in range(len(points))]
            np.testing.assert_array_equal(got, want)  # float64, to the last bit
            y = unpack(figure, curve["y"], **indices)
            smooth = np.isfinite(y) & ~np.isin(x, activation.kinks)
            # The samples travel as float32, and so do their abscissae.
            want = _torch(activation, x[smooth].astype(float), params, order)
            np.testing.assert_allclose(y[smooth], want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("fn, samples", [(relu, 5), (torch.nn.functional.hardtanh, 2 + 2 * 6), (lambda x: 3 * x, 2)])
def test_straight_parts_have_no_samples(fn, samples):
    """Two ends; around a kink, what tells the two sides apart."""
    figure = explore(fn, name="straight")
    curve = marks(figure, "curve", 0)[0]
    assert unpack(figure, curve["x"]).size <= samples
    x = np.linspace(-8, 8, 1001)
    drawn = np.interp(x, unpack(figure, curve["x"]), unpack(figure, curve["y"]))
    np.testing.assert_allclose(drawn, fn(torch.tensor(x)).numpy(), atol=1e-5)


def _each(grid):
    (name, values), *more = grid.items() or [(None, [None])]
    assert not more
    return [{name: value} if name else {} for value in values]


def _torch(fn, x, params, order):
    x = torch.tensor(x, dtype=torch.float64)
    return fn(x, **params).numpy() if order == 0 else value_and_derivative(fn, x, **params)[1].numpy()


@functools.cache
def _swish():
    return explore(swish, beta=FloatSlider(value=1, min=0, max=10, step=0.5))


@settings(deadline=None)
@given(st.floats(-8, 8), st.integers(0, 20), st.integers(0, 1))
def test_a_chord_never_misses_the_curve_by_more_than_the_tolerance(x, k, order):
    figure = _swish()
    curve = marks(figure, "curve", order)[0]
    xs, ys = unpack(figure, curve["x"]), unpack(figure, curve["y"], beta=k)
    every = np.concatenate([unpack(figure, curve["y"], beta=i) for i in range(21)])
    want = _torch(swish, [x], {"beta": 0.5 * k}, order)[0]
    # Halving tests the middle of a segment, where a chord of a smooth curve misses most.
    slack = 1.2 * TOLERANCE * np.ptp(every) + 1e-6
    assert abs(np.interp(x, xs, ys) - want) <= slack


def test_a_jump_is_a_gap_with_a_dot_where_autograd_is():
    figure = explore(prelu, alpha=alpha())
    curve, dot = marks(figure, "curve", 1)[0], marks(figure, "points", 1)[0]
    values = figure.scene["sliders"][2]["values"]
    for k in (values.index(0.25), values.index(1.5)):
        x, y = unpack(figure, curve["x"]), unpack(figure, curve["y"], alpha=k)
        at_zero = np.isnan(y)
        assert at_zero.sum() == 1 and x[at_zero] == 0
        i = int(np.flatnonzero(at_zero)[0])
        assert (y[i - 1], y[i + 1]) == (values[k], 1)
        assert unpack(figure, dot["y"], alpha=k) == [values[k]]  # F.prelu's own choice
    k = values.index(1.0)
    assert not np.isnan(unpack(figure, curve["y"], alpha=k)).any()
    assert np.isnan(unpack(figure, dot["y"], alpha=k)).all()


def test_a_kink_nobody_declared_is_found_by_refinement():
    figure = explore(lambda x: (x - 0.3721).abs())
    curve = marks(figure, "curve", 0)[0]
    x, y = unpack(figure, curve["x"]), unpack(figure, curve["y"])
    assert abs(x[y.argmin()] - 0.3721) < 16 / 65 / 2**6


@pytest.mark.parametrize("fn", [
    lambda x: torch.round(8 * x) / 8,
    lambda x: torch.round(16 * x) / 16,
    lambda x: 8 * x - torch.floor(8 * x),
], ids=["eighths", "sixteenths", "sawtooth"])  # fmt: skip
def test_a_function_that_meets_its_chords_at_every_half(fn):
    figure = explore(fn)
    curve = marks(figure, "curve", 0)[0]
    x, y = unpack(figure, curve["x"]), unpack(figure, curve["y"])
    at = np.linspace(-3, 3, 601)[1:-1] + 1e-3  # not on a jump
    np.testing.assert_allclose(np.interp(at, x, y), _torch(fn, at, {}, 0), atol=TOLERANCE * np.ptp(y) + 1e-6)


def test_several_functions_take_their_own_sliders():
    figure = explore(swish, relu, gelu, prelu, alpha=alpha(), beta=FloatSlider(max=2, step=1))
    curves = marks(figure, "curve", 0)
    assert [c["y"]["over"] for c in curves] == [["beta"], [], [], ["alpha"]]
    assert [c["label"] for c in curves] == [f.title for f in (swish, relu, gelu, prelu)]
    assert len({c["stroke"] for c in curves}) == 4
    assert all(c["dashed"] for c in marks(figure, "curve", 1))


def test_a_readers_own_function_works_the_same_way():
    def bump(x, width, sharp):
        return torch.exp(-((x / width) ** 2)) * (2 if sharp else 1)

    figure = explore(bump, width=FloatSlider(value=1, min=0.5, max=2, step=0.5), sharp=Checkbox())
    readout = figure.scene["readouts"][0]["value"]
    x = figure.scene["sliders"][1]["values"]
    got = unpack(figure, readout, width=1, sharp=1, point=x.index(1.0))
    assert got == pytest.approx(2 * np.exp(-1.0), abs=1e-15)


def test_without_a_derivative_there_is_one_panel():
    figure = explore(torch.sign, derivative=False)
    assert len(figure.scene["panels"]) == len(figure.scene["readouts"]) == 1


def test_the_functions_names_name_the_figure():
    assert explore(gelu).name == "gelu"
    assert explore(lambda x: 2 * x).name == "lambda"
    assert explore(torch.tanh, name="mine").name == "mine"


def test_names_no_address_takes():
    def σ(x):
        return torch.sigmoid(x)

    def _(x):
        return x.exp()

    assert explore(σ).name == "σ" and explore(_).name == "figure"


def test_the_point_starts_inside_a_range_without_one():
    figure = explore(relu, x=FloatRangeSlider(value=(-3, -2), min=-4, max=-2))
    assert figure.position["point"] == -2


def raises(x):
    raise RuntimeError("the reader's own mistake")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: explore("relu"), TypeError, "fn must be a function of a tensor, got 'relu'"),
        (lambda: explore(*[relu] * 5), ValueError, "others must be at most 3, a colour for each, got 4"),
        (lambda: explore(relu, x=(-1, 1)), TypeError, "x must be a FloatRangeSlider, got tuple"),
        (lambda: explore(relu, point=1.0), TypeError, "point must be a FloatSlider, got float"),
        (lambda: explore(relu, alpha=alpha()), TypeError, "alpha: no such parameter of relu"),
        (lambda: explore(torch.tanh, k=alpha()), TypeError, "k: no such parameter of tanh"),
        (lambda: explore(prelu, alpha=0.25), TypeError, "alpha must be a FloatSlider.*got float"),
        (lambda: explore(prelu, alpha=Text()), TypeError, "alpha must be a FloatSlider.*got Text"),
        (lambda: explore(prelu, alpha=alpha(step=0)), ValueError, "alpha.step must be positive, got 0"),
        (lambda: explore(prelu, alpha=alpha(step=-1)), ValueError, "alpha.step must be positive"),
        (lambda: explore(prelu, alpha=alpha(step=9)), ValueError, "alpha: a step of 9.0 leaves one pos"),
        (lambda: explore(prelu, alpha=alpha(value=0.26)), ValueError, "alpha starts at 0.26, between"),
        (lambda: explore(prelu, alpha=alpha(max=np.inf)), ValueError, "alpha.max must be finite, got inf"),
        (lambda: explore(prelu, alpha=alpha(min=np.nan)), ValueError, "alpha.min must be finite, got nan"),
        (lambda: explore(prelu, alpha=alpha(step=None)), ValueError, "alpha.step must be finite, got None"),
        (lambda: explore(relu, point=alpha(step=None)), ValueError, "point.step must be finite, got None"),
        (lambda: explore(relu, x=FloatRangeSlider(step=None)), ValueError, "x.step must be finite, got None"),
        (lambda: explore(lambda x, a: x * 1.0, a=alpha()), ValueError, "the slider 'a' changes nothing"),
        (lambda: explore(prelu, alpha=alpha(step=1e-5)), ValueError, "frames .* are more than 20,000"),
        (
            lambda: explore(relu, x=FloatRangeSlider(value=(1, 1), min=0, max=2)),
            ValueError,
            "x must show a range that is not empty, got",
        ),
        (
            lambda: explore(relu, x=FloatRangeSlider(value=(1, 1), min=1, max=1)),
            ValueError,
            "x must have min < max, got 1.0 and 1.0",
        ),
        (lambda: explore(raises), ValueError, "raises raised at .*the reader's own mistake"),
        (lambda: explore(lambda x: x.sum()), ValueError, "must return x's shape"),
        (lambda: explore(lambda x: x[:1]), ValueError, "must return x's shape"),
        (lambda: explore(lambda x: x.numpy), TypeError, "must return a tensor"),
        (lambda: explore(lambda x: x.long()), TypeError, "must return x's dtype"),
        (lambda: explore(lambda x: torch.softmax(x, 0)), ValueError, "must be elementwise"),
        (lambda: explore(lambda x: x.detach()), ValueError, "must be differentiable by autograd"),
        (lambda: explore(torch.heaviside), ValueError, "raised at"),
        (lambda: explore(relu, name="a b"), ValueError, "name must be made of letters"),
    ],
)
def test_a_bad_call_is_refused_with_a_reason(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_inverted_range_is_refused_by_ipywidgets_itself():
    with pytest.raises(TraitError, match="lower > upper"):
        FloatRangeSlider(value=(1, -1))


@pytest.mark.parametrize("slider", [IntSlider(min=1, max=3), Dropdown(options=[1, 2, 3], value=1)])
def test_other_sliders(slider):
    figure = explore(lambda x, n: x**n, n=slider)
    readout = figure.scene["readouts"][0]["value"]
    x = figure.scene["sliders"][1]["values"]
    assert unpack(figure, readout, n=2, point=x.index(2.0)) == 8


def test_sigmoid_readouts_are_exact_far_out():
    figure = explore(sigmoid, x=FloatRangeSlider(value=(-40, 40), min=-40, max=40))
    readout = figure.scene["readouts"][1]["value"]
    want = torch.sigmoid(torch.tensor(-40.0, dtype=torch.float64))
    assert unpack(figure, readout, point=0) == (want * (1 - want)).item() > 0
