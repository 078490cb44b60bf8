"""What all four frameworks are given: one grid, one minibatch, one set of weights, as float32 numpy arrays."""

import numpy as np

ACTIVATIONS = ("relu", "prelu", "sigmoid", "tanh", "gelu", "swish")

# -8 to 8 in steps of 0.05, each the nearest float32, with an exact 0 in the middle.
GRID = np.arange(-160, 161, dtype=np.float32) / np.float32(20)

# RandomState draws the same numbers in every version of numpy.
_random = np.random.RandomState(0)
X = _random.normal(size=(6, 4)).astype(np.float32)
Y = np.array([0, 1, 2, 0, 1, 2])
SHAPES = {"W1": (4, 5), "b1": (1, 5), "W2": (5, 3), "b2": (1, 3)}
PARAMETERS = {name: (_random.normal(size=shape) / 2).astype(np.float32) for name, shape in SHAPES.items()}
