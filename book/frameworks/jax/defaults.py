"""What JAX does when nothing else is asked for; it has no layers of its own."""

import jax
import jax.numpy as jnp
import numpy as np

x = jnp.array(-1.0)

DEFAULTS = {
    "float64 array becomes": str(jnp.array(np.zeros(1)).dtype),
    "gelu(-1)": jax.nn.gelu(x).item(),
    "leaky_relu(-1)": jax.nn.leaky_relu(x).item(),
}
