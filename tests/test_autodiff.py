"""value_and_derivative: what it returns, and what it refuses."""

import pytest
import torch
import torch.nn.functional as F

from mlpbook.autodiff import value_and_derivative

X = torch.linspace(-5, 5, 241, dtype=torch.float64)


@pytest.mark.parametrize(
    ("fn", "derivative"),
    [
        (torch.exp, torch.exp),
        (torch.sin, torch.cos),
        (torch.sign, torch.zeros_like),
        (lambda x: x, torch.ones_like),
        (torch.nn.PReLU(dtype=torch.float64), lambda x: torch.where(x > 0, torch.ones_like(x), 0.25)),
    ],
)
def test_value_and_derivative(fn, derivative):
    y, dy = value_and_derivative(fn, X)
    assert torch.equal(y, fn(X))
    torch.testing.assert_close(dy, derivative(X), rtol=1e-15, atol=1e-15)
    assert not y.requires_grad and not dy.requires_grad


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_dtype_and_shape_are_those_of_x(dtype):
    x = torch.ones(2, 3, 5, dtype=dtype)
    for result in value_and_derivative(torch.tanh, x):
        assert result.dtype == dtype and result.shape == x.shape


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2,), (3,), (4, 1)])
def test_small_inputs(shape):
    y, dy = value_and_derivative(torch.square, torch.ones(shape))
    assert torch.equal(y, torch.ones(shape)) and torch.equal(dy, torch.full(shape, 2.0))


def test_parameters_broadcast_against_x():
    alpha = torch.tensor([[0.1], [0.5]], dtype=torch.float64)
    y, dy = value_and_derivative(lambda x, alpha: torch.where(x > 0, x, alpha * x), X, alpha=alpha)
    for row, a in enumerate((0.1, 0.5)):
        assert torch.equal(y[row], F.leaky_relu(X, a))
        assert torch.equal(dy[row], torch.where(X > 0, torch.ones_like(X), a))


def test_a_parameter_that_does_not_broadcast():
    with pytest.raises(ValueError, match=r"k must broadcast against x of shape \(241,\), got shape \(3,\)"):
        value_and_derivative(lambda x, k: k * x, X, k=torch.ones(3))


def test_in_inference_mode():
    with torch.inference_mode():
        y, dy = value_and_derivative(torch.exp, torch.ones(3))
    assert torch.equal(y, dy)


def test_a_parameter_as_long_as_x():
    assert torch.equal(value_and_derivative(lambda x, k: k * x, X, k=X)[1], X)


def test_x_is_left_alone_and_gradients_are_computed_even_where_they_are_off():
    x = X.clone().requires_grad_()
    with torch.no_grad():
        value_and_derivative(torch.exp, x)
    assert x.grad is None and torch.equal(x.detach(), X)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x.flip(-1),
        lambda x: x - x.mean(),
        lambda x: x - x.min(),
        lambda x: x - x.max(),
        lambda x: x.cumsum(-1),
        lambda x: torch.softmax(x, -1),
        F.dropout,
    ],
)
@pytest.mark.parametrize("x", [X, X[:40]])
def test_not_elementwise(fn, x):
    with pytest.raises(ValueError, match="must be elementwise.*its value at x from"):
        value_and_derivative(fn, x)


@pytest.mark.parametrize(
    "fn", [lambda x: torch.softmax(x, 0), lambda x: x.flip(0), lambda x: x - x.mean(), lambda x: x.cumsum(0)]
)
@pytest.mark.parametrize("shape", [(-1, 1), (8, 30), (8, 30, 1), (4, 60)], ids=str)
def test_not_elementwise_along_another_axis(fn, shape):
    x = X[:240].reshape(shape)
    with pytest.raises(ValueError, match="must be elementwise"):
        value_and_derivative(fn, x)


def test_a_parameter_may_vary_along_any_axis():
    for shape in [(8, 1), (30,), (1, 30), (8, 30), (2, 8, 1), (1,), ()]:
        k = torch.rand(shape, dtype=torch.float64)
        _, dy = value_and_derivative(lambda x, k: k * x, X[:240].reshape(8, 30), k=k)
        assert torch.equal(dy, k.expand_as(dy))


@pytest.mark.parametrize(
    ("fn", "error", "message"),
    [
        (torch.sum, ValueError, r"fn sum must return x's shape \(241,\), got \(\)"),
        (lambda x: x.float(), TypeError, "must return x's dtype torch.float64, got torch.float32"),
        (lambda x: x > 0, TypeError, "must return x's dtype torch.float64, got torch.bool"),
        (lambda x: 3, TypeError, r"must return a tensor, got 3 \(int\)"),
        (lambda x: x.detach() ** 2, ValueError, "must be differentiable by autograd.*detach"),
        (lambda x: torch.ones_like(x, requires_grad=True), ValueError, "must be differentiable by autograd"),
        (lambda x: torch.heaviside(x, x), ValueError, "must be differentiable by autograd: .*heaviside"),
        (lambda x: x.relu_(), ValueError, "raised at x from -5 to 5 .*in-place"),
    ],
)
def test_refused_functions(fn, error, message):
    with pytest.raises(error, match=message):
        value_and_derivative(fn, X)


def test_an_exception_says_where_and_is_chained():
    def broken(x, alpha, beta):
        raise KeyError("weights")

    with pytest.raises(ValueError, match=r"fn broken raised at x from -5 to 5 .* alpha=0.3, .*: KeyError") as caught:
        value_and_derivative(broken, X, alpha=0.3, beta=torch.ones(2, 1))
    assert isinstance(caught.value.__cause__, KeyError)
    assert "beta=<tensor of shape (2, 1)>" in str(caught.value)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (1.0, r"x must be a torch tensor, got 1.0 \(float\)"),
        ([1.0], r"x must be a torch tensor, got \[1.0\] \(list\)"),
        (torch.arange(3), "x must be a floating-point tensor, got one of torch.int64"),
        (torch.ones(2, dtype=torch.complex64), "x must be a floating-point tensor, got one of torch.complex64"),
    ],
)
def test_refused_inputs(x, message):
    with pytest.raises(TypeError, match=message):
        value_and_derivative(torch.relu, x)
