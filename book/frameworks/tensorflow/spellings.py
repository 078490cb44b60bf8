"""Ways to write ReLU in TensorFlow, the leaky ones with slope ¼."""

import tensorflow as tf

SPELLINGS = {
    "relu(x)": lambda x: tf.nn.relu(x),
    "maximum(x, 0)": lambda x: tf.maximum(x, 0),
    "maximum(0, x)": lambda x: tf.maximum(0.0, x),
    "clip(x, 0)": lambda x: tf.clip_by_value(x, 0, tf.float32.max),
    "where(x > 0, x, 0)": lambda x: tf.where(x > 0, x, 0),
    "(x + |x|) / 2": lambda x: (x + tf.abs(x)) / 2,
    "leaky_relu(x)": lambda x: tf.nn.leaky_relu(x, 0.25),
    "prelu(x)": tf.keras.layers.PReLU(tf.keras.initializers.Constant(0.25)),
}
