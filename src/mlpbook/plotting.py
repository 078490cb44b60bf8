"""Pictures that do not move, in the book's one style: a function drawn beside its autograd derivative."""

from numbers import Real

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from mlpbook import look
from mlpbook._checks import interval, name_of
from mlpbook.autodiff import value_and_derivative

# Enough for a smooth stroke on a page 720 pixels wide, seen at twice the density.
POINTS = 1001


def use_style() -> None:
    """Set matplotlib's rcParams to the book's style, for every figure drawn afterwards.

    >>> with plt.rc_context():
    ...     use_style()
    ...     plt.rcParams["axes.spines.top"]
    False
    """
    plt.rcParams.update(look.matplotlib_style())


def plot_with_derivative(fn, x: tuple[float, float] = (-5, 5), title: str | None = None, **params: float) -> Figure:
    """Draw an elementwise function, and beside it its derivative as autograd computes it.

    Where a function with ``kinks`` (every ``Activation`` has them) or its derivative jumps, the curve has a
    gap, and a dot marks the value torch gives there.

    Args:
        fn: an ``Activation`` or any elementwise torch function ``fn(x, **params)``.
        x: (low, high), the range drawn.
        title: the name of the function; None takes it from ``fn``.
        **params: passed to ``fn``, and shown beside its name.

    Returns:
        A matplotlib ``Figure`` in the book's style, closed in pyplot, so that a notebook shows it once.

    Raises:
        TypeError, ValueError: ``x`` is not a pair of finite numbers, low < high; or ``fn`` is refused by
            ``value_and_derivative``.

    >>> from mlpbook.activations import prelu
    >>> [ax.get_title(loc="left") for ax in plot_with_derivative(prelu, alpha=0.1).axes]
    ['pReLU, α = 0.1', 'its derivative, by autograd']
    """
    low, high = interval("x", x)
    kinks = [kink for kink in getattr(fn, "kinks", ()) if low < kink < high]
    grid = _grid(low, high, kinks)
    value, derivative = (y.numpy() for y in value_and_derivative(fn, torch.from_numpy(grid), **params))
    if value.shape != grid.shape:
        raise ValueError(f"{', '.join(params)} must be one number each: there is one curve, and values of shape {value.shape}")
    with plt.rc_context(look.matplotlib_style()):
        figure, axes = plt.subplots(1, 2)
        # pyplot forgets the figure: a notebook shows the one returned, not a second one.
        plt.close(figure)
        _draw(axes[0], grid, value, kinks, "value")
        _draw(axes[1], grid, derivative, kinks, "derivative")
        axes[0].set_title(_heading(fn, title, params), loc="left")
        axes[1].set_title("its derivative, by autograd", loc="left")
        axes[0].set(xlabel="$x$", ylabel="$f(x)$", xlim=(low, high))
        axes[1].set(xlabel="$x$", ylabel="$f'(x)$", xlim=(low, high))
    return figure


def _heading(fn, title, params):
    """The function's name and the values of its parameters: ``pReLU, α = 0.25``."""
    symbols = {p.name: p.symbol for p in getattr(fn, "parameters", ())}
    values = {**getattr(fn, "defaults", {}), **params}
    settings = [f"{symbols.get(name, name)} = {_number(value)}" for name, value in values.items()]
    return ", ".join([title or getattr(fn, "title", name_of(fn)), *settings])


def _number(value):
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        value = value.item()
    return f"{value:g}".replace("-", "−") if isinstance(value, Real) else str(value)


def _grid(low, high, kinks):
    """Evenly spaced points, and each kink between its two neighbours in float64."""
    near = [np.nextafter(kink, side) for kink in kinks for side in (-np.inf, np.inf)]
    return np.union1d(np.linspace(low, high, POINTS), [*kinks, *near])


def _draw(ax, x, y, kinks, role):
    """Draw y over x, with a gap and a dot at each kink where y jumps."""
    colour, dash = look.STROKES[role]
    style = {"color": look.LIGHT[colour]}
    at_kinks = np.searchsorted(x, kinks)
    jumps = [i for i in at_kinks if not np.allclose(y[i - 1 : i + 2], y[i], rtol=1e-9, atol=1e-9)]
    shown = y.copy()
    shown[jumps] = np.nan
    ax.plot(x, shown, linestyle=(0, dash) if dash else "-", **style)
    ax.plot(x[jumps], y[jumps], "o", **style)
    if np.ptp(y) == 0:
        ax.set_ylim(y[0] - 1, y[0] + 1)
