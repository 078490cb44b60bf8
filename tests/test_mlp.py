"""MLP: equal to torch.nn.Sequential of the same weights, collapsible when linear, and its errors."""

import copy
import itertools
import pickle

import pytest
import torch
from torch import nn

from mlpbook.activations import identity, prelu, relu, swish, tanh
from mlpbook.mlp import MLP

MODULES = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "prelu": lambda: nn.LeakyReLU(0.25),
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "swish": nn.SiLU,
}


def sequential(mlp, modules):
    """torch.nn.Sequential of the same weights, ``modules`` after the hidden layers."""
    layers = []
    for W, b, module in itertools.zip_longest(mlp.weights, mlp.biases, modules):
        linear = nn.Linear(*W.shape, dtype=W.dtype)
        with torch.no_grad():
            linear.weight.copy_(W.T)
            linear.bias.copy_(b[0])
        layers += [linear] if module is None else [linear, module]
    return nn.Sequential(*layers)


def minibatch(n, inputs, dtype=torch.float32):
    return torch.randn(n, inputs, dtype=dtype, generator=torch.Generator().manual_seed(2))


def with_random_biases(mlp):
    with torch.no_grad():
        for b in mlp.biases:
            b.normal_(generator=torch.Generator().manual_seed(1))
    return mlp


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (7, 16, 8, 2), (3, 6, 6, 6, 6, 1)], ids=str)
def test_equals_sequential_forward_and_backward(name, sizes):
    mlp = with_random_biases(MLP(*sizes, activation=name, seed=0, dtype=torch.float64))
    net = sequential(mlp, [MODULES[name]() for _ in sizes[2:]])
    X = minibatch(32, sizes[0], torch.float64)
    x, y = X.clone().requires_grad_(), X.clone().requires_grad_()
    mlp(x).square().sum().backward()
    net(y).square().sum().backward()
    close = dict(rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(mlp(X), net(X), **close)
    torch.testing.assert_close(x.grad, y.grad, **close)
    for W, b, linear in zip(mlp.weights, mlp.biases, [m for m in net if isinstance(m, nn.Linear)], strict=True):
        torch.testing.assert_close(W.grad.T, linear.weight.grad, **close)
        torch.testing.assert_close(b.grad[0], linear.bias.grad, **close)


def test_an_activation_for_each_layer():
    mlp = MLP(3, 4, 4, 4, 2, activation=["relu", swish.with_defaults(beta=2.0), torch.sin], seed=0)
    X = minibatch(5, 3)
    H = X
    for W, b, fn in zip(mlp.weights, mlp.biases, [torch.relu, lambda x: swish(x, beta=2.0), torch.sin]):
        H = fn(H @ W + b)
    torch.testing.assert_close(mlp.hidden(X)[-1], H)
    torch.testing.assert_close(mlp(X), H @ mlp.W4 + mlp.b4)


def test_hidden_representations():
    mlp = MLP(4, 5, 6, 3, activation="tanh", seed=0)
    X = minibatch(7, 4)
    H1, H2 = mlp.hidden(X)
    assert torch.equal(H1, torch.tanh(torch.addmm(mlp.b1, X, mlp.W1)))
    assert H2.shape == (7, 6)
    assert torch.equal(mlp(X), torch.addmm(mlp.b3, H2, mlp.W3))
    assert MLP(4, 3).hidden(X) == []


@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (8, 4, 8), (6, 9, 2, 7, 5)], ids=str)
def test_collapse(sizes):
    mlp = with_random_biases(MLP(*sizes, activation="identity", seed=0, dtype=torch.float64))
    X = minibatch(64, sizes[0], torch.float64)
    W, b = mlp.collapse()
    assert W.shape == (sizes[0], sizes[-1]) and b.shape == (1, sizes[-1]) and not W.requires_grad
    torch.testing.assert_close(X @ W + b, mlp(X), rtol=1e-12, atol=1e-12)
    assert torch.linalg.matrix_rank(W) <= min(sizes)


def test_collapse_gives_copies():
    mlp = MLP(4, 3, seed=0)
    mlp.collapse()[0].zero_()
    assert mlp.W1.abs().max() > 0


@pytest.mark.parametrize(("sizes", "count"), [((4, 5, 3), 43), ((8, 8), 72), ((8, 4, 8), 76), ((784, 256, 10), 203530)])
def test_parameter_count(sizes, count):
    assert MLP(*sizes).parameter_count == count


def test_shapes_and_names_are_the_texts():
    mlp = MLP(4, 5, 3)
    shapes = {name: tuple(p.shape) for name, p in mlp.named_parameters()}
    assert shapes == {"W1": (4, 5), "b1": (1, 5), "W2": (5, 3), "b2": (1, 3)}
    assert mlp.weights == (mlp.W1, mlp.W2) and mlp.biases == (mlp.b1, mlp.b2)


def test_initial_weights():
    W = MLP(300, 500, 100, seed=0, dtype=torch.float64).W1
    assert W.mean().abs() < 1e-3 and W.var().item() == pytest.approx(2 / 800, rel=0.02)
    assert torch.equal(W, MLP(300, 500, 100, seed=0, dtype=torch.float64).W1)
    assert not torch.equal(W, MLP(300, 500, 100, seed=1, dtype=torch.float64).W1)


def test_without_a_seed_torchs_generator_is_used():
    nets = [torch.manual_seed(3) and MLP(4, 5, 3) for _ in range(2)]
    assert torch.equal(nets[0].W1, nets[1].W1) and not torch.equal(nets[0].W1, MLP(4, 5, 3).W1)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_dtype(dtype):
    mlp = MLP(4, 5, 3, dtype=dtype)
    assert mlp(torch.ones(2, 4, dtype=dtype)).dtype == dtype


def test_a_replaced_or_converted_weight_is_used():
    mlp = MLP(2, 2, 1, activation=relu, seed=0).double()
    mlp.W1, mlp.W2 = nn.Parameter(torch.eye(2).double()), nn.Parameter(torch.ones(2, 1).double())
    assert mlp(torch.tensor([[3.0, -2.0]]).double()).item() == 3.0


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda mlp: pickle.loads(pickle.dumps(mlp))])
def test_copies_are_independent_and_still_collapse(duplicate):
    mlp, X = MLP(4, 5, 3, activation="identity", seed=0), minibatch(2, 4)
    other = duplicate(mlp)
    assert torch.equal(other(X), mlp(X)) and torch.equal(other.collapse()[0], mlp.collapse()[0])
    with torch.no_grad():
        other.W1.zero_()
    assert not torch.equal(other(X), mlp(X))


def test_state_dict_round_trip():
    one, other, X = MLP(4, 5, 3, seed=0), MLP(4, 5, 3, seed=1), minibatch(2, 4)
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(X), other(X))


def test_an_activation_with_weights_trains():
    mlp = MLP(4, 5, 3, activation=nn.PReLU(), seed=0)
    mlp(minibatch(8, 4)).sum().backward()
    assert mlp.parameter_count == 44 and all(p.grad is not None for p in mlp.parameters())


def test_repr():
    assert repr(MLP(4, 5, 3)) == "MLP(4, 5, 3, activation=relu(x))"
    assert repr(MLP(4, 3)) == "MLP(4, 3)"
    mlp = MLP(4, 5, 6, 3, activation=[prelu, torch.sin])
    assert repr(mlp) == "MLP(4, 5, 6, 3, activation=[prelu(x, alpha=0.25), sin])"


@pytest.mark.parametrize(
    ("sizes", "options", "error", "message"),
    [
        ((), {}, ValueError, r"sizes must name at least the inputs and the outputs, got \(\)"),
        ((4,), {}, ValueError, r"sizes must name at least the inputs and the outputs, got \(4,\)"),
        ((4, 0, 3), {}, ValueError, r"sizes\[1\] must be at least 1, got 0"),
        ((4, -5, 3), {}, ValueError, r"sizes\[1\] must be at least 1, got -5"),
        ((4, 5.0, 3), {}, TypeError, r"sizes\[1\] must be an integer, got 5.0 \(float\)"),
        (([4, 5, 3],), {}, ValueError, "sizes must name at least"),
        ((4, 5, True), {}, TypeError, r"sizes\[2\] must be an integer, got True"),
        ((4, 5, 3), {"activation": "rellu"}, ValueError, "activation must be one of identity, .* got 'rellu'"),
        ((4, 5, 3), {"activation": None}, TypeError, "activation must be a name or a callable, got None"),
        (
            (4, 5, 3),
            {"activation": ["relu", "relu"]},
            ValueError,
            "activation must be one, or one for each of 1 hidden layers; got 2",
        ),
        ((4, 5, 3), {"seed": 2**70}, ValueError, "seed must lie in −2⁶³…2⁶⁴ − 1, got 1180591620717411303424"),
        ((4, 5, 3), {"seed": 0.5}, TypeError, r"seed must be an integer, got 0.5 \(float\)"),
        ((4, 5, 3), {"dtype": torch.int64}, TypeError, "dtype must be a floating-point torch.dtype, got torch.int64"),
        ((4, 5, 3), {"dtype": "float32"}, TypeError, "dtype must be a floating-point torch.dtype, got float32"),
        ((4, 5, 3), {"depth": 2}, TypeError, "unexpected keyword argument 'depth'"),
    ],
)
def test_refused_architectures(sizes, options, error, message):
    with pytest.raises(error, match=message):
        MLP(*sizes, **options)


@pytest.mark.parametrize("method", ["forward", "hidden"])
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (torch.ones(7, 3), ValueError, r"shape \(n, 4\), to be multiplied by W1 of shape \(4, 5\); got \(7, 3\)"),
        (torch.ones(4), ValueError, r"shape \(n, 4\), .*; got \(4,\)"),
        (torch.ones(2, 7, 4), ValueError, r"shape \(n, 4\), .*; got \(2, 7, 4\)"),
        (torch.ones(7, 4).double(), TypeError, "the parameters' dtype torch.float32, got torch.float64"),
        (torch.ones(7, 4).int(), TypeError, "x must be a floating-point tensor, got one of torch.int32"),
        ([[1.0]], TypeError, r"x must be a torch tensor, got \[\[1.0\]\] \(list\)"),
    ],
)
def test_refused_inputs(method, x, error, message):
    with pytest.raises(error, match=message):
        getattr(MLP(4, 5, 3), method)(x)


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        ("relu", "layer 1 has relu"),
        ([identity, tanh], "layer 2 has tanh"),
        ([identity, torch.sin], "layer 2 has sin"),
        (prelu.with_defaults(alpha=1.0), "layer 1 has prelu"),
    ],
)
def test_only_the_identity_collapses(activation, message):
    with pytest.raises(ValueError, match=f"collapse needs the identity after every layer, but {message}"):
        MLP(4, 5, 5, 3, activation=activation).collapse()
