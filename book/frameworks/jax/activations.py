"""Six activations in JAX, and how to differentiate them."""

import jax
import jax.numpy as jnp


def value_and_derivative(f, x):
    return jax.vmap(jax.value_and_grad(f))(x)


def relu(x):
    return jax.nn.relu(x)


def prelu(x, alpha=0.25):
    return jnp.where(x > 0, x, alpha * x)


def sigmoid(x):
    return jax.nn.sigmoid(x)


def tanh(x):
    return jnp.tanh(x)


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


def swish(x, beta=1.0):
    return x * jax.nn.sigmoid(beta * x)
