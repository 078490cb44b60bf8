"""What MXNet does when nothing else is asked for."""

import numpy
from mxnet import gluon, np, npx

npx.set_np()
x = np.array([-1.0])
dense = gluon.nn.Dense(5, in_units=4)

DEFAULTS = {
    "float64 array becomes": np.array(numpy.zeros(1)).dtype.name,
    "gelu(-1)": npx.leaky_relu(x, act_type="gelu").item(),
    "leaky_relu(-1)": npx.leaky_relu(x).item(),
    "weights of a layer from 4 to 5": list(dense.weight.shape),
}
