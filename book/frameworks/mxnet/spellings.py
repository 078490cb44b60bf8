"""Ways to write ReLU in MXNet, the leaky ones with slope ¼."""

from mxnet import np, npx

npx.set_np()
quarter = np.array([0.25])

SPELLINGS = {
    "relu(x)": lambda x: npx.relu(x),
    "maximum(x, 0)": lambda x: np.maximum(x, 0),
    "maximum(0, x)": lambda x: np.maximum(0, x),
    "clip(x, 0)": lambda x: np.clip(x, 0, np.inf),
    "where(x > 0, x, 0)": lambda x: np.where(x > 0, x, np.zeros_like(x)),
    "(x + |x|) / 2": lambda x: (x + np.abs(x)) / 2,
    "leaky_relu(x)": lambda x: npx.leaky_relu(x, act_type="leaky", slope=0.25),
    "prelu(x)": lambda x: npx.leaky_relu(x, gamma=quarter, act_type="prelu"),
}
