"""MLP beside the torch.nn.Sequential of the same weights: processor time per call on one thread.

A pair times both networks right after each other, in alternating order, and the ratio is the median over
the pairs, so that what else the machine does is left out.
"""

import itertools
import statistics
import time

import torch
from torch import nn

from mlpbook.mlp import MLP

MODULES = {"relu": nn.ReLU, "prelu": lambda: nn.LeakyReLU(0.25), "tanh": nn.Tanh, "gelu": nn.GELU, "swish": nn.SiLU}
SHAPES = [(32, (4, 5, 3)), (64, (64, 64, 64, 10)), (256, (784, 256, 256, 10))]
PAIRS = 200
# Each timing lasts about this long, so that the clock's own cost does not count.
SECONDS = 3e-4


def forward(net, X):
    with torch.no_grad():
        net(X)


def forward_and_backward(net, X):
    net(X).sum().backward()


def sequential(mlp, module):
    """Return torch.nn.Sequential with the weights of ``mlp``."""
    layers = []
    for W, b in zip(mlp.weights, mlp.biases):
        linear = nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(W.T)
            linear.bias.copy_(b[0])
        layers += [linear, module()]
    return nn.Sequential(*layers[:-1])


def seconds(step, net, X, repeats):
    start = time.process_time()
    for _ in range(repeats):
        step(net, X)
    return (time.process_time() - start) / repeats


def compare(step, mlp, net, X):
    """Return the median processor seconds of both networks, and the median of their ratio over the pairs."""
    repeats = 1 + int(SECONDS / min(seconds(step, net, X, 3) for _ in range(5)))
    pairs = []
    for pair in range(PAIRS):
        order = (mlp, net) if pair % 2 else (net, mlp)
        times = {id(network): seconds(step, network, X, repeats) for network in order}
        pairs.append((times[id(mlp)], times[id(net)]))
    ours, theirs = map(statistics.median, zip(*pairs))
    return ours, theirs, statistics.median(a / b for a, b in pairs)


def rows():
    """Yield one row of the table for each shape, activation and step."""
    for (n, sizes), name, step in itertools.product(SHAPES, MODULES, (forward, forward_and_backward)):
        mlp = MLP(*sizes, activation=name, seed=0)
        net, X = sequential(mlp, MODULES[name]), torch.randn(n, sizes[0], generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(mlp(X), net(X))
        ours, theirs, ratio = compare(step, mlp, net, X)
        label = f"{'-'.join(map(str, sizes))}, n = {n} | {name} | {step.__name__.replace('_', ' ')}"
        yield f"| {label} | {ours * 1e6:.1f} | {theirs * 1e6:.1f} | {ratio:.3f} |"


def table():
    """Return the measurements as a Markdown table."""
    torch.set_num_threads(1)
    head = ["| network | activation | step | MLP, µs | Sequential, µs | ratio |", "|---|---|---|--:|--:|--:|"]
    return "\n".join([*head, *rows()])
