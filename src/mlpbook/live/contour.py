"""The line where a map takes a given value, for a ``Curve`` over a ``HeatMap``."""

from __future__ import annotations

import contourpy
import numpy as np

from mlpbook._checks import finite, interval
from mlpbook.live.scene import as_array


def contour(z, *, x: tuple[float, float], y: tuple[float, float], level: float):
    """Follow a level line.

    Args:
        z: (rows, columns) tensor or array of cell values of any dtype, row 0 at the bottom, as in ``HeatMap``.
        x, y: (left, right) and (bottom, top) edges of the map; the cells' centres lie inside.
        level: the value on the line.

    Returns:
        ``(x, y)``, each (n,) float64; NaN stands between separate pieces; (nan, nan) if there is none.

    Raises:
        TypeError: an edge or the level is not a number.
        ValueError: z is not a matrix of at least 2 × 2, an edge or the level is not finite, or not low < high.

    >>> import torch
    >>> x, y = contour(torch.tensor([[0.0, 1.0], [0.0, 1.0]]), x=(0, 2), y=(0, 2), level=0.5)
    >>> x
    array([1., 1.])
    """
    z, x, y = as_array(z), interval("x", x), interval("y", y)
    if z.ndim != 2 or min(z.shape) < 2:
        raise ValueError(f"z must be a matrix of at least 2 × 2, got shape {z.shape}")
    finite("level", level)
    centres = (_centres(edges, n) for edges, n in ((x, z.shape[1]), (y, z.shape[0])))
    pieces = contourpy.contour_generator(*centres, z).lines(level)
    gap = np.full((1, 2), np.nan)
    joined = [part for piece in pieces for part in (piece, gap)][:-1]
    return tuple(np.concatenate(joined or [gap]).T)


def _centres(edges, n) -> np.ndarray:
    low, high = edges
    return low + (np.arange(n) + 0.5) * (high - low) / n
