"""Six activations in MXNet, and how to differentiate them."""

from mxnet import autograd, np, npx

npx.set_np()


def value_and_derivative(f, x):
    x = np.array(x)
    x.attach_grad()
    with autograd.record():
        y = f(x)
    y.backward()
    return y, x.grad


def relu(x):
    return npx.relu(x)


def prelu(x, alpha=0.25):
    return npx.leaky_relu(x, gamma=np.array([alpha]), act_type="prelu")


def sigmoid(x):
    return npx.sigmoid(x)


def tanh(x):
    return np.tanh(x)


def gelu(x):
    return npx.leaky_relu(x, act_type="gelu")


def swish(x, beta=1.0):
    return x * npx.sigmoid(beta * x)
