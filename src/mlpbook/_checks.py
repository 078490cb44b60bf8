"""Checks of arguments, shared by the package: each error names the argument, the value and the rule."""

import math
import operator
from numbers import Integral, Real

import torch


def name_of(fn) -> str:
    """Return what to call a function in a message: its own name, or its class's."""
    return getattr(fn, "__name__", type(fn).__name__)


def floating_tensor(name: str, value) -> torch.Tensor:
    """Return ``value``, a floating-point tensor; anything else is a TypeError."""
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch tensor, got {value!r} ({type(value).__name__})")
    if not value.is_floating_point():
        raise TypeError(f"{name} must be a floating-point tensor, got one of {value.dtype}")
    return value


def finite(name: str, value) -> float:
    """Return ``value`` as a finite float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r} ({type(value).__name__})")
    try:
        number = float(value)
    except OverflowError:  # an integer that no float can hold
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {value}")
    return number


def finite_in(dtype: torch.dtype, name: str, value) -> float:
    """Return ``value`` as a float that is finite in this dtype too."""
    if abs(finite(name, value)) > torch.finfo(dtype).max:
        raise ValueError(f"{name} must be finite in {dtype}, got {value}")
    return float(value)


def positive(name: str, value) -> float:
    """Return ``value`` as a finite float above 0."""
    if finite(name, value) <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return float(value)


def finite_tensor(name: str, value, like: torch.Tensor) -> torch.Tensor:
    """Return ``value`` in the dtype of x, ``like``: floating-point, finite, of a shape that broadcasts against it."""
    if not floating_tensor(name, value).isfinite().all():
        raise ValueError(f"{name} must be finite, got {value.detach().tolist()}")
    try:
        torch.broadcast_shapes(value.shape, like.shape)
    except RuntimeError as error:
        shapes = f"x of shape {tuple(like.shape)}, got shape {tuple(value.shape)}"
        raise ValueError(f"{name} must broadcast against {shapes}") from error
    converted = value.to(like.dtype)
    if not converted.isfinite().all():
        raise ValueError(f"{name} must be finite in {like.dtype}, got {value.detach().tolist()}")
    return converted


def integer(name: str, value) -> int:
    """Return ``value`` as an int."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {value!r} ({type(value).__name__})")
    return operator.index(value)


def generator(seed) -> torch.Generator:
    """Return a source of random numbers that starts at ``seed``."""
    if integer("seed", seed) not in range(-(2**63), 2**64):
        raise ValueError(f"seed must lie in −2⁶³…2⁶⁴ − 1, got {seed}")
    return torch.Generator().manual_seed(operator.index(seed))


def positive_integer(name: str, value) -> int:
    """Return ``value`` as an int of at least 1."""
    if integer(name, value) < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return operator.index(value)


def interval(name: str, value) -> tuple[float, float]:
    """Return ``value`` as two finite floats, the lower one first."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair (low, high), got {value!r}")
    low, high = (finite(f"{name}[{i}]", bound) for i, bound in enumerate(value))
    if not low < high:
        raise ValueError(f"{name} must have low < high, got {value!r}")
    return low, high
