"""What PyTorch, JAX, TensorFlow and MXNet answered to one set of inputs, measured once and stored beside this file."""

import json
from pathlib import Path

import numpy as np

NAMES = {"pytorch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow", "mxnet": "MXNet"}
NUMBERS = {"x", "value", "slope", "outputs", "loss", "gradients"}


def measured(name: str) -> dict:
    """Return what a framework answered in float32, or the true values, computed with 50 digits.

    Args:
        name: "pytorch", "jax", "tensorflow", "mxnet" or "reference".

    Returns:
        A dictionary with ``version`` and ``date``; ``value`` and ``slope``, each a dictionary from activation
        to a float64 array of shape (321,); for a network with 4 inputs, 5 hidden units and 3 outputs
        ``outputs`` (6, 3), ``loss``, and ``gradients``, a dictionary for W1, b1, W2 and b2. The reference also has the inputs
        ``x`` (321,), and nan where there is no derivative. A framework also has its ``slope at zero`` for each
        spelling of ReLU, and its ``defaults``.

    Raises:
        ValueError: nothing of that name was measured.

    >>> x, exact = measured("reference")["x"], measured("reference")["value"]["tanh"]
    >>> error = abs(measured("jax")["value"]["tanh"] - exact)
    >>> x.shape, bool(error.max() < 1e-6)
    ((321,), True)
    """
    if name not in (*NAMES, "reference"):
        raise ValueError(f"name must be one of {', '.join(NAMES)} or reference, got {name!r}")
    stored = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    return {key: _arrays(node) if key in NUMBERS else node for key, node in stored.items()}


def _arrays(node):
    if isinstance(node, dict):
        return {key: _arrays(child) for key, child in node.items()}
    return np.array(node, dtype=np.float64)[()]
