"""Six activations in TensorFlow, and how to differentiate them."""

import tensorflow as tf


def value_and_derivative(f, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x)


def relu(x):
    return tf.nn.relu(x)


def prelu(x, alpha=0.25):
    return tf.nn.leaky_relu(x, alpha)


def sigmoid(x):
    return tf.sigmoid(x)


def tanh(x):
    return tf.tanh(x)


def gelu(x):
    return tf.nn.gelu(x)


def swish(x, beta=1.0):
    return tf.nn.silu(x, beta)
