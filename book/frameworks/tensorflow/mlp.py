"""A network with one hidden layer in TensorFlow."""

import tensorflow as tf


def forward(X, W1, b1, W2, b2):
    H = tf.nn.relu(X @ W1 + b1)
    return H @ W2 + b2


def outputs_loss_gradients(X, y, parameters):
    parameters = [tf.Variable(p) for p in parameters]
    with tf.GradientTape() as tape:
        O = forward(X, *parameters)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, O)
        loss = tf.reduce_mean(losses)
    return O, loss, tape.gradient(loss, parameters)
