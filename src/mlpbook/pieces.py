"""Continuous piecewise-linear functions of one variable: the pieces of a ReLU network, and networks built to have them."""

import math
from dataclasses import dataclass

import torch

from mlpbook._checks import finite, floating_tensor, positive_integer
from mlpbook.activations import Activation, identity
from mlpbook.mlp import MLP

# Two breakpoints closer than this times 1 + |x|, or two slopes closer than this times the steepest, are the
# same number: the network computed it twice, along two paths, and rounded differently.
ROUNDING = 1e-12

PIECEWISE_LINEAR = ("identity", "relu", "prelu")


@dataclass(frozen=True, eq=False)
class Pieces:
    """A continuous piecewise-linear function of one variable on an interval, piece by piece.

    Attributes:
        edges: (n + 1,) increasing: where the pieces begin and end; the outer two may be ∓∞.
        slopes, intercepts: (n,): piece i is slopes[i]·x + intercepts[i].

    >>> tent = Pieces(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([2.0, -2.0]), torch.tensor([0.0, 2.0]))
    >>> len(tent), tent.breaks.tolist(), tent(torch.tensor([0.25, 0.5, 0.75])).tolist()
    (2, [0.5], [0.5, 1.0, 0.5])
    """

    edges: torch.Tensor
    slopes: torch.Tensor
    intercepts: torch.Tensor

    def __len__(self) -> int:
        return len(self.slopes)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Evaluate at x of any shape, in the pieces' dtype (float64 from ``pieces_of``); the outer pieces go on to ±∞."""
        piece = torch.searchsorted(self.breaks, x)
        slopes = self.slopes[piece]
        return slopes * x.masked_fill(slopes == 0, 0.0) + self.intercepts[piece]  # 0·∞ would be nan

    @property
    def breaks(self) -> torch.Tensor:
        """(n − 1,) where the slope changes."""
        return self.edges[1:-1]


def pieces_of(mlp: MLP, x: tuple[float, float] = (-math.inf, math.inf)) -> Pieces:
    """Return the pieces of a network with one input and one output, found by going through it layer by layer.

    On every interval between the breakpoints found so far each unit is affine, so a layer adds a
    breakpoint wherever a unit changes sign: no grid, nothing missed. Exact up to float64 rounding, and
    exactly exact when weights and breakpoints are short binary fractions, as in ``tent``.

    Args:
        mlp: activations ``identity``, ``relu`` or ``prelu``.
        x: the interval, (low, high); the whole line if not given.

    Raises:
        TypeError: ``mlp`` is not an ``MLP``, or ``x`` not a pair of numbers.
        ValueError: ``mlp`` has more than one input or output, another activation, or weights that are not
            finite; or not low < high.

    Source: the regions of Montúfar, Pascanu, Cho and Bengio (2014), in one dimension.

    >>> len(pieces_of(tent(10), x=(0, 1)))
    1024
    """
    _check_mlp(mlp)
    edges = _edges(x)
    slopes, intercepts = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
    for W, b, activation in zip(mlp.weights, mlp.biases, [*mlp.activations, identity], strict=True):
        W, b = W.detach().double(), b.detach().double()
        edges, slopes, intercepts = _bend(edges, slopes @ W, intercepts @ W + b, _left_slope(activation))
    return _merge(edges, slopes[:, 0], intercepts[:, 0])


def interpolant(x: torch.Tensor, y: torch.Tensor) -> MLP:
    """Return the ReLU network with one hidden layer whose graph joins the points (x, y) by straight lines.

    It has one unit, a hinge, for each interval: unit i starts to rise at x[i], and its output weight is
    the change of slope there. Left of x[0] it is constant; right of x[-1] it goes on with its last slope.

    Args:
        x: (N + 1,) increasing, floating-point.
        y: (N + 1,) of the same dtype.

    Returns:
        ``MLP(1, N, 1, activation="relu")`` in that dtype.

    Raises:
        TypeError: x or y is not a floating-point tensor, or their dtypes differ.
        ValueError: fewer than two points, unequal shapes, x not increasing, or a number or slope not finite.

    >>> v = interpolant(torch.tensor([-1.0, 0.0, 1.0]), torch.tensor([1.0, 0.0, 1.0]))
    >>> v(torch.tensor([[-2.0], [-0.5], [0.25], [2.0]])).tolist()
    [[1.0], [0.5], [0.25], [2.0]]
    """
    _check_points(x, y)
    slopes = y.diff() / x.diff()
    bends = torch.cat([slopes[:1], slopes.diff()])
    return _with_weights((torch.ones_like(bends)[None], -x[None, :-1]), (bends[:, None], y[:1, None]))


def tent(depth: int) -> MLP:
    """Return the tent map, x ↦ 2x on [0, ½] and 2 − 2x on [½, 1], applied ``depth`` times to its own output.

    A layer of two ReLUs computes it: 2 relu(x) − 4 relu(x − ½). On [0, 1] the result has 2^depth pieces,
    of slope ±2^depth. float64, in which no step rounds: the value at any x of [0, 1] is exact.

    Raises:
        TypeError, ValueError: ``depth`` is not an integer of at least 1.

    Source: Telgarsky (2016).

    >>> tent(2)(torch.tensor([[0.0], [0.125], [0.25], [0.5]], dtype=torch.float64)).tolist()
    [[0.0], [0.5], [1.0], [0.0]]
    """
    positive_integer("depth", depth)
    into = torch.tensor([[1.0, 1.0]], dtype=torch.float64)
    out_of = torch.tensor([[2.0], [-4.0]], dtype=torch.float64)
    b = torch.tensor([[0.0, -0.5]], dtype=torch.float64)
    between = [(out_of @ into, b)] * (depth - 1)
    return _with_weights((into, b), *between, (out_of, torch.zeros(1, 1, dtype=torch.float64)))


def _with_weights(*layers) -> MLP:
    """A ReLU network with these (W, b)."""
    (W, _), *_ = layers
    mlp = MLP(W.shape[0], *(W.shape[1] for W, _ in layers), activation="relu", dtype=W.dtype)
    with torch.no_grad():
        for (W, b), weight, bias in zip(layers, mlp.weights, mlp.biases, strict=True):
            weight.copy_(W)
            bias.copy_(b)
    return mlp


def _bend(edges, slopes, intercepts, left):
    """Cut the intervals where a unit changes sign, then apply the activation of slope ``left`` below 0.

    Args:
        edges: (n + 1,).
        slopes, intercepts: (n, units) of the units on the intervals, before the activation.
    """
    cut = _cut(edges, -intercepts / slopes)
    middle = _inside(cut)
    interval = torch.searchsorted(edges[1:-1], middle)
    slopes, intercepts = slopes[interval], intercepts[interval]
    on = slopes * middle[:, None] + intercepts > 0
    return cut, torch.where(on, slopes, left * slopes), torch.where(on, intercepts, left * intercepts)


def _cut(edges, zeros):
    """The edges, and those of the zeros (n, units) that fall inside their own interval."""
    low, high = edges[:-1, None], edges[1:, None]
    gap = ROUNDING * (1 + zeros.abs())
    new = zeros[(zeros > low + gap) & (zeros < high - gap)].unique()
    apart = new.diff(prepend=new.new_tensor([-math.inf])) > ROUNDING * (1 + new.abs())
    return torch.cat([edges, new[apart]]).sort().values


def _inside(edges):
    """A point of every interval; the outer ones may be unbounded."""
    low, high = edges[:-1], edges[1:]
    # So far out that the step does not round away.
    left, right = high - (1 + high.abs()), low + (1 + low.abs())
    middle = torch.where(low.isinf(), left, torch.where(high.isinf(), right, (low + high) / 2))
    return middle.nan_to_num(nan=0.0)  # no edge at all: any point will do


def _merge(edges, slopes, intercepts) -> Pieces:
    """Forget the edges at which the slope does not change."""
    bends = slopes.diff().abs() > ROUNDING * slopes.abs().max()
    first = torch.cat([torch.tensor([True]), bends])
    keep = torch.cat([first, torch.tensor([True])])
    return Pieces(edges[keep], slopes[first], intercepts[first])


def _left_slope(activation) -> float:
    if not isinstance(activation, Activation) or activation.name not in PIECEWISE_LINEAR:
        raise ValueError(f"mlp must have activations among {', '.join(PIECEWISE_LINEAR)}, got {activation!r}")
    return activation.derivative(torch.tensor(-1.0, dtype=torch.float64)).item()


def _edges(x) -> torch.Tensor:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise TypeError(f"x must be a pair (low, high), got {x!r}")
    low, high = (bound if bound in (-math.inf, math.inf) else finite(f"x[{i}]", bound) for i, bound in enumerate(x))
    if not low < high:
        raise ValueError(f"x must have low < high, got {x!r}")
    return torch.tensor([low, high], dtype=torch.float64)


def _check_mlp(mlp) -> None:
    if not isinstance(mlp, MLP):
        raise TypeError(f"mlp must be an MLP, got {type(mlp).__name__}")
    if (mlp.sizes[0], mlp.sizes[-1]) != (1, 1):
        raise ValueError(f"mlp must have one input and one output, got {mlp}")
    if not all(p.isfinite().all() for p in mlp.parameters()):
        raise ValueError("mlp must have finite weights and biases")


def _check_points(x, y) -> None:
    for name, value in (("x", x), ("y", y)):
        if not floating_tensor(name, value).isfinite().all():
            raise ValueError(f"{name} must be finite, got {value.tolist()}")
    if x.ndim != 1 or len(x) < 2 or x.shape != y.shape:
        raise ValueError(f"x and y must both be of shape (N + 1,), N ≥ 1, got {tuple(x.shape)} and {tuple(y.shape)}")
    if x.dtype != y.dtype:
        raise TypeError(f"y must have the dtype of x, {x.dtype}, got {y.dtype}")
    if not (x.diff() > 0).all():
        raise ValueError(f"x must increase, got {x.tolist()}")
    if not (y.diff() / x.diff()).isfinite().all():
        raise ValueError(f"x and y must have slopes that are finite in {x.dtype}, got x = {x.tolist()}")
