"""Training: fit a model to examples by gradient descent, the same way every time."""

import math
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from IPython import get_ipython
from tqdm.auto import tqdm

from mlpbook._checks import floating_tensor, generator, positive, positive_integer

# A finite loss has diverged, too, when it is this many times the first one.
EXPLODED = 1e6


class Diverged(ArithmeticError):
    """The loss left every bound: the step is too long for this model and these data."""


@dataclass(frozen=True)
class History:
    """What ``fit`` saw, epoch by epoch.

    Attributes:
        loss: the mean of the minibatches' losses, each taken before its step.
        watched: what ``watch(model)`` returned after the epoch; empty if nothing was watched.
    """

    loss: list[float] = field(default_factory=list)
    watched: list = field(default_factory=list)


def fit(
    model: torch.nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = F.cross_entropy,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    lr: float = 0.01,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    watch: Callable[[torch.nn.Module], object] | None = None,
) -> History:
    """Train ``model`` in place and return its history.

    The same arguments give the same weights: the shuffles come from ``seed``, and sums run in one thread.
    A progress bar is shown in a terminal and to whoever sits before a notebook, and leaves no trace.

    Args:
        model: maps X to outputs; it starts from the weights it has.
        X: (n, d) inputs in the model's dtype.
        y: (n,) integer labels, or n rows of what ``loss`` compares the outputs with: (n, 1) for outputs (n, 1).
        loss: ``loss(outputs, targets)`` → a scalar tensor.
        optimizer: a class of ``torch.optim``, or any function of (parameters, lr=…).
        lr, epochs: the learning rate, positive; how often every example is used.
        batch_size, seed: examples a step, and the seed of their shuffles; None takes all at once.
        watch: called with the model, without gradients, after every epoch.

    Raises:
        Diverged: the loss or a weight is not finite, or the loss is a million times the first epoch's (or 1).
        TypeError, ValueError: an argument breaks its rule.

    >>> X, model = torch.linspace(-1, 1, 20).reshape(-1, 1), torch.nn.Linear(1, 1)
    >>> history = fit(model, X, 3 * X + 1, loss=F.mse_loss, optimizer=torch.optim.SGD, lr=0.5, epochs=50)
    >>> round(model.weight.item(), 3), round(model.bias.item(), 3)
    (3.0, 1.0)
    """
    _check_examples(X, y)
    _check_how(model, loss, optimizer, watch, lr)
    epochs = positive_integer("epochs", epochs)
    batch_size = len(X) if batch_size is None else positive_integer("batch_size", batch_size)
    descent, shuffles, history = optimizer(model.parameters(), lr=lr), generator(seed), History()
    with _one_thread():
        for _ in tqdm(range(epochs), "fit", leave=False, disable=not _someone_looks()):
            losses = [_step(model, loss, descent, *batch) for batch in _batches(X, y, batch_size, shuffles)]
            history.loss.append(sum(losses) / len(losses))
            _check_bounded(history.loss, model, lr)
            if watch:
                history.watched.append(torch.no_grad()(watch)(model))
    return history


def accuracy(model: Callable[[torch.Tensor], torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> float:
    """Return the share of the rows of X whose largest output is at the label.

    Args:
        model: maps X to outputs (n, k), k ≥ 2: one for each class.
        X: (n, d) inputs, n ≥ 1.
        y: (n,) integer labels.

    Raises:
        TypeError: y is not a tensor of integers.
        ValueError: y or the outputs have another shape.

    >>> accuracy(torch.nn.Identity(), torch.eye(4), torch.tensor([0, 1, 2, 0]))
    0.75
    """
    with torch.no_grad():
        outputs = model(X)
    _check_classes(outputs, y)
    return (outputs.argmax(dim=1) == y).double().mean().item()


def _check_classes(outputs, y):
    if not isinstance(y, torch.Tensor) or y.is_floating_point() or y.is_complex():
        raise TypeError(f"y must be a tensor of integer labels, got {y!r}")
    if outputs.ndim != 2 or outputs.shape[1] < 2:
        raise ValueError(f"model must give a row of two or more outputs for each row of X, got shape {tuple(outputs.shape)}")
    if y.shape != outputs.shape[:1] or not len(y):
        raise ValueError(f"y must be of shape (n,), a label for each of {len(outputs)} rows of X, n ≥ 1, got {tuple(y.shape)}")


def _step(model, loss, optimizer, X, y) -> float:
    optimizer.zero_grad()
    outputs = model(X)
    _check_targets(outputs, y)
    value = loss(outputs, y)
    _check_loss(value)
    value.backward()
    optimizer.step()
    return value.item()


def _check_targets(outputs, y):
    # torch would broadcast (n,) against (n, 1) to (n, n), and train on that.
    if y.is_floating_point() and (*y.shape, 1) == tuple(getattr(outputs, "shape", ())):
        raise ValueError(f"y must have the shape of the outputs, {tuple(outputs.shape)}, got {tuple(y.shape)}")


def _check_loss(value):
    if not isinstance(value, torch.Tensor) or value.ndim:
        raise ValueError(f"loss must return a scalar tensor, got {value!r}")


def _check_bounded(losses, model, lr):
    bounded = math.isfinite(losses[-1]) and losses[-1] <= EXPLODED * max(losses[0], 1.0)
    if not bounded or not all(weight.isfinite().all() for weight in model.parameters()):
        raise Diverged(
            f"training diverged in epoch {len(losses)}: the loss went from {losses[0]:g} to {losses[-1]:g}; "
            f"try a learning rate below lr={lr:g}"
        )


def _batches(X, y, size, shuffles):
    if size >= len(X):
        return [(X, y)]
    order = torch.randperm(len(X), generator=shuffles)
    return [(X[rows], y[rows]) for rows in order.split(size)]


def _check_examples(X, y):
    if not floating_tensor("X", X).numel() or not X.ndim:
        raise ValueError(f"X must have at least one row, got shape {tuple(X.shape)}")
    if not isinstance(y, torch.Tensor):
        raise TypeError(f"y must be a torch tensor, got {y!r} ({type(y).__name__})")
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(f"y must have a row for each of the {len(X)} rows of X, got shape {tuple(y.shape)}")
    for name, value in (("X", X), ("y", y)):
        if not value.isfinite().all():
            raise ValueError(f"{name} must be finite, got nan or infinity in it")


def _check_how(model, loss, optimizer, watch, lr):
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {model!r} ({type(model).__name__})")
    if not any(True for _ in model.parameters()):
        raise ValueError(f"model must have parameters to train, got {model!r}")
    for name, value in (("loss", loss), ("optimizer", optimizer), ("watch", watch)):
        if not callable(value) and not (name == "watch" and value is None):
            raise TypeError(f"{name} must be a function, got {value!r}")
    positive("lr", lr)


@contextmanager
def _one_thread():
    """With more threads torch adds in another order, and rounds differently."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _someone_looks() -> bool:
    """Whether there is a reader: in a terminal, or in a notebook that could ask for input (a build's cannot)."""
    shell = get_ipython()
    if hasattr(shell, "get_parent"):
        # The message of a moved slider or a pressed button has no such key, and a reader behind it.
        return shell.get_parent().get("content", {}).get("allow_stdin", True)
    return sys.stderr.isatty()
