"""A network with one hidden layer in JAX."""

import jax
import jax.numpy as jnp


def forward(parameters, X):
    W1, b1, W2, b2 = parameters
    H = jax.nn.relu(X @ W1 + b1)
    return H @ W2 + b2


def loss_and_outputs(parameters, X, y):
    O = forward(parameters, X)
    log_p = jax.nn.log_softmax(O)
    return -log_p[jnp.arange(len(y)), y].mean(), O


@jax.jit
def outputs_loss_gradients(X, y, parameters):
    differentiated = jax.value_and_grad(loss_and_outputs, has_aux=True)
    (loss, O), gradients = differentiated(parameters, X, y)
    return O, loss, gradients
