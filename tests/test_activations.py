"""Every activation: against torch, against autograd, against finite differences, at the edges, and its errors."""

import copy
import math
import pickle

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpbook.activations import (
    ACTIVATIONS,
    gelu,
    gelu_tanh,
    get,
    identity,
    prelu,
    relu,
    sigmoid,
    swish,
    tanh,
    threshold,
)
from mlpbook.autodiff import value_and_derivative

# The same examples in every run.
settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

INF, NAN = math.inf, math.nan
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]

# (activation, parameters, the same function in torch's own words)
CASES = [
    (identity, {}, torch.nn.Identity()),
    (threshold, {}, lambda x: torch.heaviside(x, torch.ones_like(x))),
    (relu, {}, torch.relu),
    (prelu, {}, lambda x: F.prelu(x, torch.tensor(0.25).to(x))),
    (prelu, {"alpha": -0.5}, lambda x: F.leaky_relu(x, -0.5)),
    (prelu, {"alpha": 0.1}, lambda x: F.leaky_relu(x, 0.1)),
    (prelu, {"alpha": 0.0}, F.relu),
    (sigmoid, {}, torch.sigmoid),
    (tanh, {}, torch.tanh),
    (gelu, {}, F.gelu),
    (gelu_tanh, {}, lambda x: F.gelu(x, approximate="tanh")),
    (swish, {}, F.silu),
    (swish, {"beta": 0.0}, lambda x: x / 2),
    (swish, {"beta": 10.0}, lambda x: F.silu(10 * x) / 10),
    (swish, {"beta": -2.0}, lambda x: F.silu(-2 * x) / -2),
]
IDS = [f"{a.name}-{p}" for a, p, _ in CASES]
assert {activation for activation, *_ in CASES} == set(ACTIVATIONS.values())
every_case = pytest.mark.parametrize(("activation", "params", "reference"), CASES, ids=IDS)
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)


def autograd(fn, x, **params):
    x = x.clone().requires_grad_()
    y = fn(x, **params)
    return torch.autograd.grad(y, x, torch.ones_like(y))[0]


def close(actual, expected, ulps):
    """Equal to ``ulps`` roundings of the larger of 1 and the expected value; infinities and nan in the same places."""
    eps = torch.finfo(actual.dtype).eps
    torch.testing.assert_close(actual, expected, rtol=ulps * eps, atol=ulps * eps, equal_nan=True)


@every_case
@every_dtype
def test_value_gradient_and_finite_differences(activation, params, reference, dtype):
    x = torch.linspace(-12, 12, 481, dtype=torch.float64)
    x = torch.cat([x, torch.tensor([-0.0, -100.0, 100.0, -1e-3, 1e-3, 1e3, -1e3])]).to(dtype)
    y, slope = activation(x, **params), activation.derivative(x, **params)
    assert y.dtype == slope.dtype == dtype and y.shape == slope.shape == x.shape
    close(y, reference(x), ulps=4)
    # 1 - tanh² loses digits as tanh saturates, and is multiplied by x u′(x)/2, which is about 9 there.
    ulps = 32 if activation is gelu_tanh else 8
    close(slope, autograd(activation, x, **params), ulps)
    if activation is not threshold:  # torch has no gradient of heaviside
        close(slope, autograd(reference, x), ulps)
    if dtype == torch.float64:
        check_finite_differences(activation, params, x)


def check_finite_differences(activation, params, x):
    h = 1e-5
    x = x[(x.abs() > 2 * h) & (x.abs() < 100)]
    difference = (activation(x + h, **params) - activation(x - h, **params)) / (2 * h)
    torch.testing.assert_close(activation.derivative(x, **params), difference, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("activation", "function"),
    [(relu, torch.relu), (sigmoid, torch.sigmoid), (tanh, torch.tanh), (gelu, F.gelu)],
    ids=lambda f: getattr(f, "name", ""),
)
@every_dtype
def test_to_the_last_bit_where_torch_has_the_function(activation, function, dtype):
    x = torch.linspace(-120, 120, 1001, dtype=dtype)
    assert torch.equal(activation(x), function(x)) and torch.equal(activation.plain(x), function(x))


# (activation, parameters, values at and slopes at) -∞, -100, -0.0, 0.0, 100, ∞
EDGES = [-INF, -100.0, -0.0, 0.0, 100.0, INF]
AT_THE_EDGES = [
    (identity, {}, EDGES, [1, 1, 1, 1, 1, 1]),
    (threshold, {}, [0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]),
    (relu, {}, [0, 0, 0, 0, 100, INF], [0, 0, 0, 0, 1, 1]),
    (prelu, {}, [-INF, -25, 0, 0, 100, INF], [0.25, 0.25, 0.25, 0.25, 1, 1]),
    (prelu, {"alpha": 0.0}, [0, 0, 0, 0, 100, INF], [0, 0, 0, 0, 1, 1]),
    (prelu, {"alpha": -0.5}, [INF, 50, 0, 0, 100, INF], [-0.5, -0.5, -0.5, -0.5, 1, 1]),
    (sigmoid, {}, [0, 3.720076e-44, 0.5, 0.5, 1, 1], [0, 3.720076e-44, 0.25, 0.25, 0, 0]),
    (tanh, {}, [-1, -1, 0, 0, 1, 1], [0, 0, 1, 1, 0, 0]),
    (gelu, {}, [0, 0, 0, 0, 100, INF], [0, 0, 0.5, 0.5, 1, 1]),
    (gelu_tanh, {}, [0, 0, 0, 0, 100, INF], [0, 0, 0.5, 0.5, 1, 1]),
    (swish, {}, [0, -3.720076e-42, 0, 0, 100, INF], [0, -3.682875e-42, 0.5, 0.5, 1, 1]),
    (swish, {"beta": 0.0}, [-INF, -50, 0, 0, 50, INF], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
    (swish, {"beta": 10.0}, [0, 0, 0, 0, 100, INF], [0, 0, 0.5, 0.5, 1, 1]),
    (swish, {"beta": -1.0}, [-INF, -100, 0, 0, 3.720076e-42, 0], [1, 1, 0.5, 0.5, -3.682875e-42, 0]),
]
assert {activation for activation, *_ in AT_THE_EDGES} == set(ACTIVATIONS.values())


@pytest.mark.parametrize(("activation", "params", "values", "slopes"), AT_THE_EDGES)
@pytest.mark.parametrize("repeats", [1, 40], ids=["scalar loop", "vectorised loop"])
@every_dtype
def test_edges(activation, params, values, slopes, repeats, dtype):
    tiny = torch.finfo(dtype).tiny
    x = torch.tensor(EDGES, dtype=dtype).repeat(repeats)
    values, slopes = (torch.tensor(v, dtype=dtype).repeat(repeats) for v in (values, slopes))
    torch.testing.assert_close(activation(x, **params), values, rtol=1e-6, atol=tiny)
    torch.testing.assert_close(activation.derivative(x, **params), slopes, rtol=1e-6, atol=tiny)
    torch.testing.assert_close(autograd(activation, x, **params), slopes, rtol=1e-6, atol=tiny)


@every_activation
@every_dtype
def test_nan_stays_nan(activation, dtype):
    x = torch.tensor([NAN, 1.0], dtype=dtype).repeat(40)
    for result in (activation(x), activation.derivative(x)):
        assert torch.equal(result.isnan(), x.isnan())


@every_activation
@every_dtype
def test_finite_at_huge_numbers(activation, dtype):
    huge = torch.finfo(dtype).max / 2  # at the very largest number torch's gelu overflows in float32
    x = torch.tensor([-huge, huge], dtype=dtype).repeat(40)
    assert activation(x).isfinite().all()
    assert activation.derivative(x).isfinite().all()
    overflows = activation is gelu_tanh and dtype != torch.float16  # x² in torch's backward pass
    assert autograd(activation, x).isfinite().all() != overflows


@every_activation
def test_the_kinks_are_where_value_or_slope_jumps(activation):
    x = torch.linspace(-3, 3, 600_001, dtype=torch.float64)
    jumps = (activation(x).diff().abs() > 1e-3) | (activation.derivative(x).diff().abs() > 1e-3)
    found = {round(point, 4) for point in x[1:][jumps].tolist()}
    assert found == set(activation.kinks)


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (threshold, [(0.0, 1.0, 0.0)]),
        (relu, [(0.0, 0.0, 0.0)]),
        (prelu, [(0.0, 0.0, 0.25)]),
        (gelu, []),
    ],
    ids=lambda a: getattr(a, "name", ""),
)
def test_what_torch_says_at_the_kink(activation, expected):
    assert activation.at_kinks() == expected


# Parameters as tensors


@pytest.mark.parametrize(
    ("activation", "name", "derivative"),
    [
        (prelu, "alpha", lambda x, alpha: x.clamp(max=0)),
        (swish, "beta", lambda x, beta: x**2 * torch.sigmoid(beta * x) * torch.sigmoid(-beta * x)),
    ],
    ids=["prelu", "swish"],
)
@pytest.mark.parametrize("number", [0.0, 0.3, 1.0])
def test_gradient_with_respect_to_the_parameter(activation, name, derivative, number):
    x = torch.linspace(-6, 6, 121, dtype=torch.float64)
    parameter = torch.full_like(x, number, requires_grad=True)
    (slope,) = torch.autograd.grad(activation(x, **{name: parameter}).sum(), parameter)
    torch.testing.assert_close(slope, derivative(x, number), rtol=1e-13, atol=1e-13)
    assert torch.autograd.gradcheck(lambda p: activation(x[x != 0], **{name: p}), parameter[x != 0])


@pytest.mark.parametrize(("activation", "name"), [(prelu, "alpha"), (swish, "beta")])
def test_a_tensor_of_parameters_broadcasts(activation, name):
    x = torch.tensor([-INF, -3, -1, 0, 2, INF])
    numbers = torch.tensor([[0.0], [0.5], [2.0]])
    for method in (activation, activation.derivative):
        together = method(x, **{name: numbers})
        alone = torch.stack([method(x, **{name: number.item()}) for number in numbers])
        torch.testing.assert_close(together, alone)


def test_a_parameter_tensor_takes_the_dtype_of_x():
    x = torch.ones(3, dtype=torch.float16)
    assert prelu(x, alpha=torch.ones(3, dtype=torch.float64)).dtype == torch.float16


# Mathematics


def number(low, high):
    return st.floats(low, high).map(lambda v: torch.tensor(v, dtype=torch.float64))


@given(x=number(-1e6, 1e6))
def test_prelu_between_identity_and_relu(x):
    assert prelu(x, alpha=1.0) == identity(x)
    assert prelu(x, alpha=0.0) == relu(x)
    assert relu(x) - relu(-x) == x


@given(x=number(-1e6, 1e6), scale=st.floats(0, 1e3))
def test_relu_and_prelu_are_positively_homogeneous(x, scale):
    for fn in (relu, prelu):
        torch.testing.assert_close(fn(scale * x), scale * fn(x), rtol=1e-14, atol=1e-300)


@given(x=number(-700, 700))
def test_sigmoid_and_tanh_are_one_family(x):
    torch.testing.assert_close(tanh(x) + 1, 2 * sigmoid(2 * x), rtol=0, atol=4e-16)
    torch.testing.assert_close(sigmoid(x) + sigmoid(-x), torch.ones_like(x), rtol=0, atol=4e-16)
    assert tanh(-x) == -tanh(x)


@given(x=number(-1e3, 1e3))
def test_gelu_and_swish_minus_their_mirror_image_are_x(x):
    for fn in (gelu, gelu_tanh, swish):
        torch.testing.assert_close(fn(x) - fn(-x), x, rtol=1e-14, atol=1e-15)


@given(x=number(-1e3, 1e3), beta=st.floats(1e-3, 1e3))
def test_swish_nears_relu(x, beta):
    gap = relu(x) - swish(x, beta=beta)
    assert -1e-12 <= gap <= 0.278465 / beta


@given(x=number(-1e3, 1e3), beta=st.floats(1e-3, 1e3))
def test_swish_of_any_beta_is_silu_rescaled(x, beta):
    torch.testing.assert_close(swish(x, beta=beta), swish(beta * x) / beta, rtol=1e-12, atol=1e-15)
    assert -0.0999 <= swish.derivative(x, beta=beta) <= 1.0999


@given(a=number(-50, 50), b=number(-50, 50))
def test_monotone(a, b):
    low, high = torch.minimum(a, b), torch.maximum(a, b)
    for fn in (identity, threshold, relu, prelu, sigmoid, tanh):
        assert fn(low) <= fn(high)


@given(x=number(-30, 30))
def test_ranges(x):
    assert threshold(x) in (0, 1)
    assert relu(x) >= 0
    assert 0 < sigmoid(x) <= 1 and -1 <= tanh(x) <= 1
    assert gelu(x) >= -0.170041 and gelu_tanh(x) >= -0.170041
    assert swish(x) >= -0.278465


@given(x=number(-30, 30))
def test_slopes(x):
    assert 0 <= sigmoid.derivative(x) <= 0.25
    assert 0 <= tanh.derivative(x) <= 1
    assert -0.1290 <= gelu.derivative(x) <= 1.1290
    assert abs(gelu(x) - gelu_tanh(x)) <= 4.8e-4


# Activations as objects


@every_activation
def test_what_is_known_about_each(activation):
    assert activation.formula and activation.derivative_formula and activation.range and activation.title
    assert activation is identity or (activation.source and activation.citations)
    for p in activation.parameters:
        assert p.low <= p.default <= p.high and p.step > 0
        steps = (p.default - p.low) / p.step
        assert steps == pytest.approx(round(steps))


@every_activation
def test_immutable_copied_and_pickled(activation):
    assert pickle.loads(pickle.dumps(activation)) == activation == copy.deepcopy(activation)
    assert len({activation, copy.deepcopy(activation)}) == 1
    with pytest.raises(AttributeError):
        activation.name = "other"


def test_repr_and_names():
    assert repr([identity, prelu, swish]) == "[identity(x), prelu(x, alpha=0.25), swish(x, beta=1.0)]"
    assert prelu.__name__ == "prelu"


def test_other_defaults():
    leaky, x = prelu.with_defaults(alpha=0.01), torch.linspace(-3, 3, 7)
    assert torch.equal(leaky(x), F.leaky_relu(x, 0.01)) and torch.equal(leaky.plain(x), leaky(x))
    assert leaky.defaults == {"alpha": 0.01} and prelu.defaults == {"alpha": 0.25}
    assert leaky(x, alpha=1.0).equal(x)


def test_get():
    assert get("swish") is swish and get(swish) is swish and get(torch.sin) is torch.sin
    with pytest.raises(ValueError, match="must be one of identity, threshold, relu, .*, swish, got 'rellu'"):
        get("rellu")
    with pytest.raises(TypeError, match="must be a name or a callable, got 3"):
        get(3)
    with pytest.raises(TypeError, match=r"must be an instance, got the class ReLU: ReLU\(\)\?"):
        get(torch.nn.ReLU)


def test_at_its_kinks_an_activation_takes_numbers():
    with pytest.raises(TypeError, match="alpha must be a number, got tensor"):
        prelu.at_kinks(alpha=torch.tensor([0.1, 0.2]))


@every_activation
def test_value_and_derivative_accepts_each(activation):
    x = torch.linspace(-4, 4, 41, dtype=torch.float64)
    y, dy = value_and_derivative(activation, x)
    assert torch.equal(y, activation(x))
    close(dy, activation.derivative(x), ulps=8)


# Errors


@pytest.mark.parametrize("method", ["__call__", "derivative"])
@pytest.mark.parametrize(
    ("activation", "x", "params", "error", "message"),
    [
        (relu, 1.0, {}, TypeError, r"x must be a torch tensor, got 1.0 \(float\)"),
        (relu, [1.0], {}, TypeError, r"x must be a torch tensor, got \[1.0\] \(list\)"),
        (relu, torch.arange(3), {}, TypeError, "x must be a floating-point tensor, got one of torch.int64"),
        (relu, torch.ones(3) > 0, {}, TypeError, "x must be a floating-point tensor, got one of torch.bool"),
        (relu, torch.ones(3), {"alpha": 1.0}, TypeError, "relu has no parameter alpha; it has none"),
        (prelu, torch.ones(3), {"beta": 1.0}, TypeError, "prelu has no parameter beta; it has alpha"),
        (prelu, torch.ones(3), {"alpha": NAN}, ValueError, "alpha must be finite, got nan"),
        (swish, torch.ones(3), {"beta": -INF}, ValueError, "beta must be finite, got -inf"),
        (prelu, torch.ones(3), {"alpha": torch.tensor([0, NAN])}, ValueError, r"alpha must be finite, got \[0.0, nan\]"),
        (prelu, torch.ones(3), {"alpha": 10**400}, ValueError, "alpha must be finite, got 10000"),
        (prelu, torch.ones(3), {"alpha": 1e300}, ValueError, r"alpha must be finite in torch.float32, got 1e\+300"),
        (swish, torch.ones(3).half(), {"beta": -7e4}, ValueError, "beta must be finite in torch.float16, got -70000.0"),
        (
            prelu,
            torch.ones(3),
            {"alpha": torch.tensor(1e300, dtype=torch.float64)},
            ValueError,
            r"alpha must be finite in torch.float32, got 1e\+300",
        ),
        (prelu, torch.ones(3), {"alpha": "0.1"}, TypeError, r"alpha must be a number, got '0.1' \(str\)"),
        (prelu, torch.ones(3), {"alpha": None}, TypeError, "alpha must be a number, got None"),
        (prelu, torch.ones(3), {"alpha": True}, TypeError, "alpha must be a number, got True"),
        (prelu, torch.ones(3), {"alpha": torch.tensor(1)}, TypeError, "alpha must be a floating-point tensor"),
        (
            prelu,
            torch.ones(3),
            {"alpha": torch.ones(2)},
            ValueError,
            r"alpha must broadcast against x of shape \(3,\), got shape \(2,\)",
        ),
    ],
)
def test_errors(method, activation, x, params, error, message):
    with pytest.raises(error, match=message):
        getattr(activation, method)(x, **params)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"beta": 1.0}, TypeError, "prelu has no parameter beta"),
        ({"alpha": INF}, ValueError, "alpha must be finite, got inf"),
        ({"alpha": torch.ones(2)}, TypeError, "alpha must be a number, got tensor"),
    ],
)
def test_errors_of_other_defaults(params, error, message):
    with pytest.raises(error, match=message):
        prelu.with_defaults(**params)
