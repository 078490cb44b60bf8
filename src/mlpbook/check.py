"""The reader's own answers, held against autograd or against a claim: right, or not yet and where."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from numbers import Real

import torch

from mlpbook._checks import finite, floating_tensor
from mlpbook.autodiff import value_and_derivative

POINTS = torch.linspace(-6, 6, 97, dtype=torch.float64)
# Generous to a right formula that rounds, far too strict for a wrong one.
RTOL, ATOL = 1e-6, 1e-8


@dataclass(frozen=True, repr=False)
class Verdict:
    """What there is to say about an answer: true when it is right, and shown as its message.

    >>> Verdict(True, "Right."), bool(Verdict(False, "Not yet."))
    (Right., False)
    """

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.message


def derivative(answer: Callable, of: Callable, *, wrt: str = "x", x: torch.Tensor = POINTS, **params) -> Verdict:
    """Hold a formula for a derivative against autograd's derivative of an elementwise function.

    At the kinks of ``of`` there is nothing to be right about: what both say there is reported, not judged.

    Args:
        answer: the reader's ``answer(x, **params)``; returns a tensor of x's shape, or a number.
        of: the function ``of(x, **params)``, an ``Activation`` or another one of torch operations.
        wrt: what it is differentiated by, "x" or the name of a parameter.
        x: floating-point tensor (n,) of the points to try, n ≥ 1.
        **params: a number for each parameter, or a tuple of numbers to try one after the other.

    Raises:
        TypeError: ``answer`` or ``of`` is not callable, ``x`` not a floating-point tensor, a parameter no number.
        ValueError: ``x`` has another shape, a tuple is empty, ``wrt`` is not "x" nor a parameter given, or
            autograd cannot differentiate ``of``.
            An error inside ``answer`` is the reader's to see, and passes through.

    >>> derivative(lambda x: 3 * x**2, of=lambda x: x**3)
    Right: autograd agrees at all 97 points.
    >>> derivative(lambda x: 3 * x, of=lambda x: x**3)
    Not yet: 95 of 97 points differ, from x = -6 to x = 6.
    At x = -6 you say -18, autograd says 108.
    """
    _check_functions(answer=answer, of=of)
    _check_points(x)
    if x.ndim != 1:
        raise ValueError(f"x must be of shape (n,), got {tuple(x.shape)}")
    if wrt not in ("x", *params):
        raise ValueError(f"wrt must be one of {', '.join(['x', *params])}, got {wrt!r}")
    at_kink = torch.isin(x, x.new_tensor(getattr(of, "kinks", ()))) & (wrt == "x")
    count = 0
    for position in _positions(params):
        truth = _autograd(of, wrt, x, position)
        mine = answer(x.clone(), **position)  # an answer that writes into x must not write into the next one's
        failure = _failure(mine, truth, x, ~at_kink, position, "autograd")
        if failure:
            return Verdict(False, failure)
        count += (~at_kink).sum().item()
    return Verdict(True, f"Right: autograd agrees at all {count} points." + _at_kinks(mine, truth, x, at_kink, position))


def values(answer: Callable, claim: Callable, x: torch.Tensor = POINTS) -> Verdict:
    """Hold a function of a tensor against what it should equal.

    Args:
        answer: the reader's function of ``x``; returns a tensor of the shape of ``claim(x)``, or a number.
        claim: what it should equal.
        x: floating-point tensor, (n,) points or (n, d) rows, n ≥ 1.

    Where both are nan they agree.

    Raises:
        TypeError: ``answer`` or ``claim`` is not callable, ``x`` or ``claim(x)`` not a floating-point tensor.
        ValueError: ``x`` is empty, or ``claim(x)`` has not a row for each of ``x``.

    >>> values(lambda x: 2 * torch.sigmoid(2 * x) - 1, torch.tanh)
    Right: the claim holds at all 97 points.
    """
    _check_functions(answer=answer, claim=claim)
    _check_points(x)
    truth = floating_tensor("claim(x)", claim(x.clone()))
    if truth.shape[:1] != x.shape[:1]:
        raise ValueError(f"claim(x) must have a row for each of {len(x)} of x, got shape {tuple(truth.shape)}")
    everywhere = torch.ones(len(x), dtype=torch.bool)
    failure = _failure(answer(x.clone()), truth, x, everywhere, {}, "the claim")
    return Verdict(not failure, failure or f"Right: the claim holds at all {len(x)} points.")


def cases(answer: Callable, claim: Callable, arguments: Iterable[tuple]) -> Verdict:
    """Hold a function of a few numbers against what it should equal, case by case.

    Args:
        answer, claim: functions that return a number.
        arguments: a tuple of arguments for each case.

    Raises:
        TypeError: ``answer`` or ``claim`` is not callable.
        ValueError: there is no case.

    >>> cases(lambda d, h: d * h, lambda d, h: d * h + h, [(4, 5), (1, 1)])
    Not yet: for (4, 5) you say 20, the claim says 25.
    """
    _check_functions(answer=answer, claim=claim)
    arguments = list(arguments)
    if not arguments:
        raise ValueError("arguments must hold at least one case, got none")
    for case in arguments:
        mine, truth = answer(*case), torch.as_tensor(claim(*case), dtype=torch.float64)
        as_truth = _like(mine, truth)
        if as_truth is None or not _close(as_truth, truth):
            said = _show(mine if as_truth is None else as_truth)
            return Verdict(False, f"Not yet: for {case} you say {said}, the claim says {_show(truth)}.")
    return Verdict(True, f"Right: the claim holds in all {len(arguments)} cases.")


def _check_functions(**functions):
    for name, value in functions.items():
        if not callable(value):
            raise TypeError(f"{name} must be a function, got {value!r}")


def _check_points(x):
    if not floating_tensor("x", x).ndim or not x.numel():
        raise ValueError(f"x must have at least one point, got shape {tuple(x.shape)}")


def _positions(params) -> list[dict]:
    """Every combination of the parameters' values."""
    options = [value if isinstance(value, tuple) else (value,) for value in params.values()]
    for name, values in zip(params, options):
        if not values:
            raise ValueError(f"{name} must be a number or a tuple of numbers, got ()")
        for value in values:
            finite(name, value)
    return [dict(zip(params, chosen)) for chosen in itertools.product(*options)]


def _autograd(of, wrt, x, position):
    if wrt == "x":
        return value_and_derivative(of, x, **position)[1]
    fixed = {name: value for name, value in position.items() if name != wrt}
    at = torch.full_like(x, position[wrt])
    return value_and_derivative(lambda p, points: of(points, **{wrt: p}, **fixed), at, points=x)[1]


def _failure(answer, truth, x, judged, position, who) -> str:
    """Say where an answer goes wrong; nothing if it does not."""
    mine = _like(answer, truth)
    if mine is None:
        return f"Not yet: you return {_show(answer)}, not a tensor of shape {tuple(truth.shape)}."
    wrong = _by_row(~_close(mine, truth)).any(1) & judged
    if not wrong.any():
        return ""
    distance = _by_row((mine - truth).abs().nan_to_num(nan=torch.inf)).amax(1)
    worst = distance.where(wrong, -1).argmax()
    count = f"{wrong.sum()} of {judged.sum()} points differ" + _span(x[wrong])
    where = ", ".join([f"x = {_show(x[worst])}", *(f"{name} = {value:g}" for name, value in position.items())])
    gap = "\n  " if truth.ndim > 1 else " "
    return f"Not yet: {count}.\nAt {where}{gap}you say {_show(mine[worst])},{gap}{who} says {_show(truth[worst])}."


def _at_kinks(mine, truth, x, at_kink, position) -> str:
    mine = _like(mine, truth)
    given = "".join(f", {name} = {value:g}" for name, value in position.items())
    rows = zip(x[at_kink], mine[at_kink], truth[at_kink])
    return "".join(f"\nAt the kink x = {_show(k)}{given} you say {_show(m)}, autograd says {_show(t)}." for k, m, t in rows)


def _like(answer, truth) -> torch.Tensor | None:
    """The answer as a tensor of the shape and dtype of the truth; None if it is not one."""
    if isinstance(answer, Real):  # numpy's numbers and fractions too
        return torch.full_like(truth, float(answer))
    if not isinstance(answer, torch.Tensor) or answer.shape != truth.shape:
        return None
    return answer.detach().to(truth.dtype)


def _close(mine, truth):
    return torch.isclose(mine, truth.detach(), rtol=RTOL, atol=ATOL, equal_nan=True)


def _by_row(t):
    return t.reshape(len(t), -1)


def _span(x) -> str:
    if x.ndim > 1 or len(x) == 1:
        return ""
    return f", from x = {_show(x.min())} to x = {_show(x.max())}"


def _show(value) -> str:
    if not isinstance(value, torch.Tensor):
        return repr(value)
    if value.ndim == 0:
        return f"{value.item():g}"
    if value.ndim > 1 or len(value) > 8:
        return f"a tensor of shape {tuple(value.shape)}"
    return f"[{', '.join(f'{v:.4g}' for v in value.tolist())}]"
