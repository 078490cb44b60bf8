"""Checks of arguments, shared by the package: each error names the argument, the value and the rule."""

import math

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


def finite(name: str, value):
    """Return ``value``, a finite number or a floating-point tensor of finite numbers."""
    if isinstance(value, torch.Tensor):
        if not floating_tensor(name, value).isfinite().all():
            raise ValueError(f"{name} must be finite, got {value.detach().tolist()}")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number or a tensor, got {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return value


def positive_integer(name: str, value) -> int:
    """Return ``value``, an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return value
