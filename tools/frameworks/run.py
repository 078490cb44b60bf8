"""Run the files of one framework on the common inputs, in its environment, and print as JSON what they answer."""

import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np

from frameworks.inputs import ACTIVATIONS, GRID, PARAMETERS, X, Y

FILES = Path(__file__).resolve().parents[2] / "book" / "frameworks"
DISTRIBUTIONS = {"pytorch": "torch", "jax": "jax", "tensorflow": "tensorflow-cpu", "mxnet": "mxnet"}


def answers(framework):
    """Return the numbers and facts of a framework as dictionaries and nested lists."""
    outputs, loss, gradients = load(framework, "mlp").outputs_loss_gradients(X, Y, list(PARAMETERS.values()))
    return {
        "version": importlib.metadata.version(DISTRIBUTIONS[framework]).split("+")[0],
        **curves(load(framework, "activations")),
        "outputs": plain(outputs),
        "loss": plain(loss),
        "gradients": {name: plain(gradient) for name, gradient in zip(PARAMETERS, gradients)},
        "slope at zero": slopes_at_zero(framework),
        "defaults": load(framework, "defaults").DEFAULTS,
    }


def curves(module):
    """Return the activations of a module and their derivatives on the grid."""
    value, slope = {}, {}
    for name in ACTIVATIONS:
        value[name], slope[name] = map(plain, module.value_and_derivative(getattr(module, name), GRID))
    return {"value": value, "slope": slope}


def slopes_at_zero(framework):
    """Return the slope at 0 of each spelling; elsewhere it has to be a ReLU, or a leaky one."""
    derive = load(framework, "activations").value_and_derivative
    slopes = {}
    for spelling, f in load(framework, "spellings").SPELLINGS.items():
        value, (left, middle, right) = map(plain, derive(f, np.array([-1, 0, 1], dtype=np.float32)))
        assert value == [-left, 0, 1] and right == 1, f"{framework}: {spelling} is no ReLU"
        slopes[spelling] = middle
    return slopes


def load(framework, name):
    """Import a framework's file under a name of its own: ``jax`` has to stay the library."""
    spec = importlib.util.spec_from_file_location(f"{framework}_{name}", FILES / framework / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(tensor):
    """Return nested lists of the numbers in a float32 tensor of any framework."""
    array = tensor.asnumpy() if hasattr(tensor, "asnumpy") else np.asarray(tensor)
    assert array.dtype == np.float32, array.dtype
    return array.tolist()


if __name__ == "__main__":
    print(json.dumps(answers(sys.argv[1])))
