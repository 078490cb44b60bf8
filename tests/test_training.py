"""fit: the same every time, right on a problem with a known answer, and plain about divergence and bad input."""

import io
import types

import pytest
import torch
import torch.nn.functional as F

from mlpbook import training
from mlpbook.mlp import MLP
from mlpbook.training import Diverged, accuracy, fit

X = torch.linspace(-1, 1, 40, dtype=torch.float64).reshape(-1, 2)
Y = X @ torch.tensor([[2.0, 0.0], [-1.0, 3.0]], dtype=torch.float64) + 0.5
LABELS = (X[:, 0] > 0).long()


def mlp(*sizes, **kwargs):
    return MLP(*sizes, seed=0, dtype=torch.float64, **kwargs)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def by_hand(model, steps, lr):
    """Full-batch gradient descent on the squared error, without an optimiser."""
    for _ in range(steps):
        gradients = torch.autograd.grad(F.mse_loss(model(X), Y), list(model.parameters()))
        with torch.no_grad():
            for p, g in zip(model.parameters(), gradients):
                p -= lr * g
    return weights(model)


def test_full_batch_sgd_is_gradient_descent():
    model = mlp(2, 3, 2)
    history = fit(model, X, Y, loss=F.mse_loss, optimizer=torch.optim.SGD, lr=0.1, epochs=20)
    torch.testing.assert_close(weights(model), by_hand(mlp(2, 3, 2), 20, 0.1), rtol=1e-12, atol=1e-12)
    assert len(history.loss) == 20
    assert history.loss[0] == F.mse_loss(mlp(2, 3, 2)(X), Y).item()


def test_least_squares_reaches_its_solution():
    model = mlp(2, 2)
    fit(model, X, Y, loss=F.mse_loss, optimizer=torch.optim.SGD, lr=0.5, epochs=500)
    torch.testing.assert_close(model(X), Y, rtol=0, atol=1e-9)


@pytest.mark.parametrize("batch_size", [None, 7, 20, 100])
def test_the_same_arguments_give_the_same_weights(batch_size):
    runs = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        model = mlp(2, 8, 2)
        history = fit(model, X, LABELS, batch_size=batch_size, epochs=5)
        runs.append((weights(model).tolist(), history))
    torch.set_num_threads(1)
    assert runs[0] == runs[1]


def test_another_seed_shuffles_otherwise_and_every_example_is_used_once_an_epoch():
    seen = []

    def loss(outputs, targets):
        seen.append(targets.flatten().tolist())
        return F.mse_loss(outputs, targets)

    targets = torch.arange(20.0, dtype=torch.float64).reshape(-1, 1)
    for seed in (0, 1):
        fit(mlp(2, 1), X, targets, loss=loss, batch_size=8, epochs=2, seed=seed)
    assert [len(batch) for batch in seen] == [8, 8, 4] * 4
    epochs = [sum(seen[i : i + 3], []) for i in range(0, 12, 3)]
    assert all(sorted(epoch) == list(range(20)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4


def test_watch_sees_the_model_after_every_epoch_without_gradients():
    def watch(model):
        assert not torch.is_grad_enabled()
        return F.mse_loss(model(X), Y).item()

    history = fit(mlp(2, 2), X, Y, loss=F.mse_loss, epochs=4, watch=watch)
    assert history.watched[:-1] == pytest.approx(history.loss[1:])
    assert fit(mlp(2, 2), X, Y, loss=F.mse_loss, epochs=4).watched == []


def test_it_learns_xor_and_softmax_regression_does_not():
    corners = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    xor = torch.tensor([0, 1, 1, 0])
    network, linear = mlp(2, 8, 2), mlp(2, 2)
    for model in (network, linear):
        fit(model, corners, xor, lr=0.05, epochs=300)
    assert accuracy(network, corners, xor) == 1
    assert accuracy(linear, corners, xor) <= 0.75


def test_one_thread_adds_and_the_number_of_threads_is_given_back_even_after_an_error():
    threads = []

    def loss(outputs, targets):
        threads.append(torch.get_num_threads())
        return F.mse_loss(outputs, targets)

    torch.set_num_threads(2)
    with pytest.raises(Diverged):
        fit(mlp(2, 2), X, Y, loss=loss, optimizer=torch.optim.SGD, lr=1e9, epochs=50)
    assert torch.get_num_threads() == 2 and set(threads) == {1}
    torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("loss", "lr", "said"),
    [
        (F.mse_loss, 10.0, "the loss went from .* try a learning rate below lr=10"),  # grows, still finite
        (F.mse_loss, 1e300, "diverged in epoch [23]"),  # overflows
        (lambda o, y: (o.mean() - 1e9).sqrt(), 0.1, "diverged in epoch 1: the loss went from nan to nan"),
        (lambda o, y: o.abs().sqrt().sum() * 0, 0.1, "diverged in epoch 1"),  # gradient 0·∞: only the weights are nan
    ],
)
def test_divergence_is_said(loss, lr, said):
    model = MLP(2, 2, seed=0, dtype=torch.float64)
    zero = torch.zeros_like(X)  # outputs exactly 0, where √ has no gradient
    inputs = zero if lr == 0.1 else X
    with pytest.raises(Diverged, match=said):
        fit(model, inputs, Y, loss=loss, optimizer=torch.optim.SGD, lr=lr, epochs=100)


def test_a_large_first_loss_is_not_divergence():
    fit(mlp(2, 2), X, 1e9 * Y, loss=F.mse_loss, lr=0.01, epochs=3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": torch.relu}, TypeError, "model must be a torch.nn.Module, got <built-in"),
        ({"X": X.tolist()}, TypeError, "X must be a torch tensor"),
        ({"X": torch.ones(20, 2, dtype=torch.int64)}, TypeError, "X must be a floating-point tensor"),
        ({"X": X[:0], "y": Y[:0]}, ValueError, r"X must have at least one row, got shape \(0, 2\)"),
        ({"X": X * torch.nan}, ValueError, "X must be finite"),
        ({"X": X.float()}, TypeError, "float64"),
        ({"X": X[:, :0]}, ValueError, r"X must have at least one row, got shape \(20, 0\)"),
        ({"X": torch.tensor(1.0)}, ValueError, r"X must have at least one row, got shape \(\)"),
        ({"y": Y[:5]}, ValueError, r"y must have a row for each of the 20 rows of X, got shape \(5, 2\)"),
        ({"y": None}, TypeError, "y must be a torch tensor, got None"),
        ({"y": Y.tolist()}, TypeError, "y must be a torch tensor"),
        ({"y": Y * torch.nan}, ValueError, "y must be finite"),
        ({"model": mlp(2, 1), "y": Y[:, 0]}, ValueError, r"y must have the shape of the outputs, \(20, 1\), got \(20,\)"),
        ({"model": torch.nn.Identity()}, ValueError, r"model must have parameters to train, got Identity\(\)"),
        ({"loss": "mse"}, TypeError, "loss must be a function, got 'mse'"),
        ({"loss": lambda o, y: (o - y) ** 2}, ValueError, "loss must return a scalar tensor"),
        ({"loss": lambda o, y: 1.0}, ValueError, "loss must return a scalar tensor, got 1.0"),
        ({"optimizer": "adam"}, TypeError, "optimizer must be a function, got 'adam'"),
        ({"watch": 3}, TypeError, "watch must be a function, got 3"),
        ({"lr": 0.0}, ValueError, "lr must be positive, got 0.0"),
        ({"lr": -0.1}, ValueError, "lr must be positive, got -0.1"),
        ({"lr": float("nan")}, ValueError, "lr must be finite, got nan"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"epochs": 1.5}, TypeError, "epochs must be an integer, got 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"seed": 0.5}, TypeError, "seed must be an integer, got 0.5"),
        ({"momentum": 0.9}, TypeError, "momentum"),
    ],
)
def test_bad_input_is_refused(change, error, message):
    arguments = {"model": mlp(2, 2), "X": X, "y": Y, "loss": F.mse_loss, "epochs": 1, **change}
    with pytest.raises(error, match=message):
        fit(arguments.pop("model"), arguments.pop("X"), arguments.pop("y"), **arguments)


@pytest.mark.parametrize(
    ("outputs", "y", "error", "message"),
    [
        (torch.eye(4), [0, 1, 2, 3], TypeError, r"y must be a tensor of integer labels, got \[0, 1, 2, 3\]"),
        (torch.eye(4), torch.zeros(4), TypeError, "y must be a tensor of integer labels, got tensor"),
        (torch.eye(4), torch.tensor([[0], [1], [2], [3]]), ValueError, r"each of 4 rows of X, n ≥ 1, got \(4, 1\)"),
        (torch.eye(4), torch.tensor([0]), ValueError, r"y must be of shape \(n,\), .* got \(1,\)"),
        (torch.eye(4), torch.eye(4).long(), ValueError, r"y must be of shape \(n,\), .* got \(4, 4\)"),
        (torch.empty(0, 4), torch.empty(0).long(), ValueError, r"n ≥ 1, got \(0,\)"),
        (torch.ones(2, 1), torch.tensor([1, 0]), ValueError, r"two or more outputs .*, got shape \(2, 1\)"),
        (torch.ones(2), torch.tensor([1, 0]), ValueError, r"two or more outputs .*, got shape \(2,\)"),
    ],
)
def test_accuracy_refuses(outputs, y, error, message):
    with pytest.raises(error, match=message):
        accuracy(torch.nn.Identity(), outputs, y)


# What a shell was asked: to run a cell, which says whether it may ask for input, or to handle a pressed button.
REQUESTS = {
    "a reader's cell": ({"content": {"allow_stdin": True}}, True),
    "a build's cell": ({"content": {"allow_stdin": False}}, False),
    "a button": ({"content": {"comm_id": "1", "data": {"method": "custom", "content": {"event": "click"}}}}, True),
    "nothing yet": ({}, True),
}


@pytest.mark.parametrize(("request_", "looks"), REQUESTS.values(), ids=REQUESTS)
def test_the_bar_shows_in_a_readers_notebook_and_not_in_a_build(monkeypatch, request_, looks):
    monkeypatch.setattr(training, "get_ipython", lambda: types.SimpleNamespace(get_parent=lambda: request_))
    shown = []
    monkeypatch.setattr(training, "tqdm", lambda steps, *_, disable, **__: shown.append(not disable) or steps)
    fit(mlp(2, 2), X, Y, loss=F.mse_loss, epochs=1)
    assert shown == [looks]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_shows_in_a_terminal_and_is_gone_afterwards(monkeypatch, terminal):
    stderr = io.StringIO()
    stderr.isatty = lambda: terminal
    monkeypatch.setattr("sys.stderr", stderr)
    fit(mlp(2, 2), X, Y, loss=F.mse_loss, epochs=3)
    assert ("fit" in stderr.getvalue()) is terminal
    left = stderr.getvalue().split("\r")[-2:]
    assert all(text.strip() == "" for text in left)
