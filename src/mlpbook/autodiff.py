"""The value and the autograd derivative of an elementwise torch function: the one place they are computed."""

import torch

from mlpbook._checks import floating_tensor, name_of


@torch.inference_mode(False)
def value(fn, x, **params) -> torch.Tensor:
    """Evaluate an elementwise function, without its derivative.

    Args, errors: as for ``value_and_derivative``; the function need not be differentiable.

    Returns:
        ``y``, detached, in ``x``'s dtype and in the shape of ``x`` broadcast with ``params``.

    >>> value(torch.sign, torch.tensor([-2.0, 0.0, 3.0]))
    tensor([-1.,  0.,  1.])
    """
    return _evaluate(fn, _leaf(x, params), params).detach()


@torch.inference_mode(False)
def value_and_derivative(fn, x, **params) -> tuple[torch.Tensor, torch.Tensor]:
    """Evaluate an elementwise function and its derivative with respect to x.

    The derivative is autograd's, so at a kink it is whatever torch says there.

    Args:
        fn: any callable ``fn(x, **params)`` of torch operations that autograd can follow.
        x: floating-point tensor of any shape.
        **params: passed to ``fn``; numbers, or tensors that broadcast against ``x``.

    Returns:
        ``(y, dy)``, detached, in ``x``'s dtype and in the shape of ``x`` broadcast with ``params``.

    Raises:
        TypeError: ``x`` is not a floating-point tensor, or ``fn`` does not return one of its dtype.
        ValueError: ``fn`` raises, changes the shape, is not elementwise, or cannot be differentiated; or a
            parameter does not broadcast.

    >>> x = torch.tensor([-2.0, 0.0, 3.0])
    >>> value_and_derivative(torch.relu, x)
    (tensor([0., 0., 3.]), tensor([0., 0., 1.]))
    >>> value_and_derivative(lambda x, k: k * x**2, x, k=0.5)
    (tensor([2.0000, 0.0000, 4.5000]), tensor([-2.,  0.,  3.]))
    """
    leaf = _leaf(x, params)
    y = _evaluate(fn, leaf, params)
    return y.detach(), _derivative(fn, y, leaf)


def _leaf(x, params):
    floating_tensor("x", x)
    shape = x.shape
    for name, value in params.items():
        shape = _broadcast(shape, name, value) if _is_tensor(value) else shape
    return x.detach().expand(shape).clone().requires_grad_()


def _broadcast(shape, name, value):
    try:
        return torch.broadcast_shapes(shape, value.shape)
    except RuntimeError as error:
        shapes = f"x of shape {tuple(shape)}, got shape {tuple(value.shape)}"
        raise ValueError(f"{name} must broadcast against {shapes}") from error


def _evaluate(fn, leaf, params):
    with torch.enable_grad():
        y = _call(fn, leaf, params)
    _check_elementwise(fn, leaf.detach(), y.detach(), params)
    return y


def _call(fn, x, params):
    try:
        y = fn(x, **params)
    except Exception as error:
        raise ValueError(f"fn {name_of(fn)} raised at {_at(x, params)}: {type(error).__name__}: {error}") from error
    if not _is_tensor(y):
        raise TypeError(f"fn {name_of(fn)} must return a tensor, got {y!r} ({type(y).__name__}) at {_at(x, params)}")
    if y.shape != x.shape:
        raise ValueError(f"fn {name_of(fn)} must return x's shape {tuple(x.shape)}, got {tuple(y.shape)}")
    if y.dtype != x.dtype:
        raise TypeError(f"fn {name_of(fn)} must return x's dtype {x.dtype}, got {y.dtype}")
    return y


def _check_elementwise(fn, x, y, params):
    """Refuse ``fn`` if its value at some points changes when the others along an axis are left out."""
    for axis in range(-x.ndim, 0):
        if x.shape[axis] > 1 and x.numel():
            fewer = {name: _cut(value, axis) for name, value in params.items()}
            _check_alone(fn, _cut(x, axis), _cut(y, axis), fewer)


def _check_alone(fn, x, together, params):
    """Refuse ``fn`` if its values ``together`` with others are not those at x alone."""
    alone = _call(fn, x, params).detach()
    # Not to the last bit: torch's vectorised and scalar loops round differently.
    tolerance = torch.finfo(x.dtype).eps ** 0.5
    scale = together[together.isfinite()].abs().max().item() if together.isfinite().any() else 1.0
    if not torch.allclose(alone, together, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
        raise ValueError(
            f"fn {name_of(fn)} must be elementwise (and not random): "
            f"its value at {_at(x, params)} depends on what else is in x"
        )


def _derivative(fn, y, x):
    if not y.requires_grad:
        raise ValueError(
            f"fn {name_of(fn)} must be differentiable by autograd, but its result has no gradient: "
            "is it constant, or does it leave torch or detach?"
        )
    try:
        # y[i] depends on x[i] alone, so one backward pass gives the derivative at every point.
        return torch.autograd.grad(y, x, torch.ones_like(y))[0]
    except RuntimeError as error:
        raise ValueError(f"fn {name_of(fn)} must be differentiable by autograd: {error}") from error


def _is_tensor(value) -> bool:
    return isinstance(value, torch.Tensor)


def _cut(value, axis):
    """Take a part of x, or of a parameter that varies with it, along an axis counted from the right."""
    if not _is_tensor(value) or value.ndim < -axis or value.shape[axis] == 1:
        return value
    # Off-centre and without the ends, so that a reversal, a sum, a minimum or a maximum shows.
    start, stop = value.shape[axis] // 4, value.shape[axis] // 2
    return value.narrow(axis, start, stop - start)


def _at(x, params) -> str:
    """Say where a function was evaluated: ``x from -5 to 5 (shape (11,), torch.float32), alpha=0.25``."""
    where = f"x from {x.min().item():g} to {x.max().item():g}" if x.numel() else "empty x"
    values = [f"{name}={_short(value)}" for name, value in params.items()]
    return ", ".join([f"{where} (shape {tuple(x.shape)}, {x.dtype})", *values])


def _short(value) -> str:
    return f"<tensor of shape {tuple(value.shape)}>" if _is_tensor(value) and value.ndim else repr(value)
