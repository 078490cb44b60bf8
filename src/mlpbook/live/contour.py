"""The line where a map takes a given value, for a ``Curve`` over a ``HeatMap``."""

from __future__ import annotations

import contourpy
import numpy as np
import torch


def contour(z, *, x: tuple[float, float], y: tuple[float, float], level: float):
    """Follow a level line.

    Args:
        z: (rows, columns) tensor or array of cell values, row 0 at the bottom, as in ``HeatMap``.
        x, y: (left, right) and (bottom, top) edges of the map; the cells' centres lie inside.
        level: the value on the line.

    Returns:
        ``(x, y)``, each (n,) float64; NaN stands between separate pieces; (nan, nan) if there is none.

    Raises:
        ValueError: z is not a matrix of at least 2 × 2, or the level is not finite.

    >>> x, y = contour(torch.tensor([[0.0, 1.0], [0.0, 1.0]]), x=(0, 2), y=(0, 2), level=0.5)
    >>> x
    array([1., 1.])
    """
    z = z.detach().numpy() if isinstance(z, torch.Tensor) else np.asarray(z, dtype=float)
    if z.ndim != 2 or min(z.shape) < 2:
        raise ValueError(f"z must be a matrix of at least 2 × 2, got shape {z.shape}")
    if not np.isfinite(level):
        raise ValueError(f"level must be finite, got {level}")
    centres = (_centres(edges, n) for edges, n in ((x, z.shape[1]), (y, z.shape[0])))
    pieces = contourpy.contour_generator(*centres, z).lines(level)
    gap = np.full((1, 2), np.nan)
    joined = [part for piece in pieces for part in (piece, gap)][:-1]
    return tuple(np.concatenate(joined or [gap]).T)


def _centres(edges, n) -> np.ndarray:
    low, high = edges
    return low + (np.arange(n) + 0.5) * (high - low) / n
