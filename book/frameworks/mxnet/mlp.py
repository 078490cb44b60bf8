"""A network with one hidden layer in MXNet."""

from mxnet import autograd, gluon, np, npx

npx.set_np()
cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss()


def forward(X, W1, b1, W2, b2):
    H = npx.relu(np.dot(X, W1) + b1)
    return np.dot(H, W2) + b2


def outputs_loss_gradients(X, y, parameters):
    parameters = [np.array(p) for p in parameters]
    for p in parameters:
        p.attach_grad()
    with autograd.record():
        O = forward(np.array(X), *parameters)
        loss = cross_entropy(O, np.array(y)).mean()
    loss.backward()
    return O, loss, [p.grad for p in parameters]
