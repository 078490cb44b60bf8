"""Ways to write ReLU in JAX, the leaky ones with slope ¼."""

import jax
import jax.numpy as jnp

SPELLINGS = {
    "relu(x)": lambda x: jax.nn.relu(x),
    "maximum(x, 0)": lambda x: jnp.maximum(x, 0),
    "maximum(0, x)": lambda x: jnp.maximum(0, x),
    "clip(x, 0)": lambda x: jnp.clip(x, 0),
    "where(x > 0, x, 0)": lambda x: jnp.where(x > 0, x, 0),
    "(x + |x|) / 2": lambda x: (x + jnp.abs(x)) / 2,
    "leaky_relu(x)": lambda x: jax.nn.leaky_relu(x, 0.25),
}
