"""The same curves and the same network computed by mpmath with 50 digits, rounded to float64 in the end."""

import mpmath
from mpmath import mpf

from frameworks.inputs import ACTIVATIONS, GRID, PARAMETERS, X, Y


def relu(x):
    return max(x, mpf(0))


def prelu(x):
    return max(x, mpf(0)) + min(x, mpf(0)) / 4


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def tanh(x):
    return mpmath.tanh(x)


def gelu(x):
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def swish(x):
    return x * sigmoid(x)


@mpmath.workdps(50)
def reference():
    """Return what ``run.answers`` returns of a framework, as far as it has a true value."""
    functions = {name: globals()[name] for name in ACTIVATIONS}
    minibatch, parameters = matrix(X), {name: matrix(p) for name, p in PARAMETERS.items()}
    return {
        "version": mpmath.__version__,
        "x": GRID.astype(float).tolist(),
        "value": {name: [float(f(mpf(float(x)))) for x in GRID] for name, f in functions.items()},
        "slope": {name: [slope(f, mpf(float(x))) for x in GRID] for name, f in functions.items()},
        "outputs": [[float(o) for o in row] for row in forward(minibatch, **parameters).tolist()],
        "loss": float(loss(minibatch, **parameters)),
        "gradients": {name: gradient(minibatch, parameters, name) for name in parameters},
    }


def slope(f, x):
    """The derivative by mpmath's difference quotient, exact to many more digits than are kept; none at a kink."""
    return None if x == 0 and f in (relu, prelu) else float(mpmath.diff(f, x))


def forward(X, W1, b1, W2, b2):
    H = (X * W1 + ones(X) * b1).apply(relu)
    return H * W2 + ones(X) * b2


def loss(X, **parameters):
    """The mean cross-entropy."""
    O = forward(X, **parameters).tolist()
    surprise = [mpmath.log(sum(map(mpmath.exp, row))) - row[y] for row, y in zip(O, Y)]
    return sum(surprise) / len(surprise)


def gradient(X, parameters, name):
    """The derivative of the loss by each number of one parameter, nested as the parameter is."""
    parameter = parameters[name]

    def derivative(i, j):
        def loss_at(number):
            moved = parameter.copy()
            moved[i, j] = number
            return loss(X, **{**parameters, name: moved})

        return float(mpmath.diff(loss_at, parameter[i, j]))

    return [[derivative(i, j) for j in range(parameter.cols)] for i in range(parameter.rows)]


def matrix(array):
    return mpmath.matrix(array.astype(float).tolist())


def ones(X):
    return mpmath.ones(X.rows, 1)
