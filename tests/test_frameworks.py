"""One computation in four frameworks: their files run, and what is stored is what they answer."""

import ast
import copy
import json
import re
import shutil
import sys

import numpy as np
import pytest
from frameworks import __main__ as command
from frameworks import environments
from frameworks.compare import changes, disagreements, flat
from frameworks.reference import reference
from frameworks.run import DISTRIBUTIONS, FILES, answers

from mlpbook.frameworks import NAMES, measured

STORED = {name: json.loads((command.STORE / f"{name}.json").read_text(encoding="utf-8")) for name in ("reference", *NAMES)}


def numbers_of(result):
    """What a newer version must answer too."""
    return {key: value for key, value in result.items() if key not in ("version", "date")}


def test_torch_answers_what_is_stored():
    assert sorted(changes(numbers_of(answers("pytorch")), numbers_of(STORED["pytorch"]))) == []


@pytest.mark.parametrize("framework", NAMES)
def test_the_environments_answer_what_is_stored(framework):
    environment = command.ENVIRONMENTS[framework]
    if not environment.exists():
        pytest.skip(f"{environment.name} is not there: make frameworks")
    assert sorted(changes(command.ask(framework), STORED[framework])) == []


def test_the_reference_is_what_mpmath_computes():
    assert numbers_of(reference()) == numbers_of(STORED["reference"])


def test_all_agree_to_a_millionth():
    assert sorted(disagreements(STORED)) == []


@pytest.mark.parametrize("framework", NAMES)
def test_every_number_is_one_of_single_precision(framework):
    numbers = [leaf for _, leaf in flat(STORED[framework]) if isinstance(leaf, float)]
    assert numbers == np.float32(numbers).tolist()


def test_the_versions_are_those_pinned():
    pins = "".join((environments.ROOT / name).read_text() for name in ("requirements.txt", *environments.REQUIREMENTS))
    for framework, package in DISTRIBUTIONS.items():
        assert re.search(rf"^{package}==([\w.]+)", pins, re.MULTILINE)[1] == STORED[framework]["version"]


# A number of every kind, made wrong in what is stored.
WRONG = {
    "a small value": (("value", "gelu", 40), 3e-7),
    "a value": (("value", "gelu", 200), 9e-7),
    "a slope": (("slope", "tanh", 170), -6e-7),
    "an output": (("outputs", 0, 2), 9e-7),
    "a gradient": (("gradients", "W1", 3, 4), 3e-7),
    "the loss": (("loss",), 6e-7),
    "a slope at zero": (("slope at zero", "maximum(x, 0)"), 0.25),
    "a default": (("defaults", "leaky_relu(-1)"), 0.01),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("framework", NAMES)
def test_a_wrong_number_is_found(framework, what):
    path, error = WRONG[what]
    wrong = copy.deepcopy(STORED[framework])
    *parents, last = path
    place = wrong
    for key in parents:
        place = place[key]
    place[last] += error
    (change,) = changes(STORED[framework], wrong)
    assert change.startswith(" ".join(map(str, path)))


@pytest.mark.parametrize("framework", NAMES)
def test_a_wrong_number_is_found_without_the_framework(framework):
    wrong = copy.deepcopy(STORED[framework])
    wrong["slope"]["swish"][200] += 2e-6
    assert any("slope swish 200" in line for line in disagreements({**STORED, framework: wrong}))


def test_a_derivative_that_does_not_exist_is_not_compared():
    assert STORED["reference"]["slope"]["relu"][160] is None
    assert not list(disagreements({"ours": {"slope": [None]}, "theirs": {"slope": [0.5]}}))


def test_not_a_number_is_a_disagreement():
    assert list(disagreements({"ours": {"loss": float("nan")}, "theirs": {"loss": 0.5}}))


def test_storing_twice_keeps_the_date(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "STORE", tmp_path)
    path = tmp_path / "mxnet.json"
    path.write_text(command.text(STORED["mxnet"]))
    result = {key: value for key, value in STORED["mxnet"].items() if key != "date"}
    assert not command.store("mxnet", result)
    assert json.loads(path.read_text()) == STORED["mxnet"]
    assert command.store("mxnet", result | {"loss": 0.25})
    assert f"loss: {STORED['mxnet']['loss']} is now 0.25" in capsys.readouterr().out
    assert json.loads(path.read_text())["loss"] == 0.25


def test_a_framework_that_fails_says_why(monkeypatch):
    monkeypatch.setitem(command.ENVIRONMENTS, "caffe", environments.ROOT / ".venv")
    with pytest.raises(SystemExit, match="caffe failed:(.|\n)*caffe"):
        command.ask("caffe")


def test_mxnet_takes_an_older_python_or_says_so(monkeypatch):
    monkeypatch.setattr(environments, "version_of", {"/usr/bin/python3.11": "3.11", sys.executable: "3.13"}.get)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert environments.python_for_mxnet() == "/usr/bin/python3.11"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11, and this is 3\.13: install python3\.11"):
        environments.python_for_mxnet()


def test_every_framework_has_the_same_files_and_functions():
    folders = {framework: {path.name for path in (FILES / framework).glob("*.py")} for framework in NAMES}
    assert {frozenset(files) for files in folders.values()} == {
        frozenset({"activations.py", "mlp.py", "spellings.py", "defaults.py"})
    }
    assert len({functions(FILES / framework / "activations.py") for framework in NAMES}) == 1


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_measured_gives_arrays():
    jax = measured("jax")
    assert jax["value"]["gelu"].tolist() == STORED["jax"]["value"]["gelu"]
    assert jax["gradients"]["W1"].shape == (4, 5) and jax["outputs"].shape == (6, 3)
    assert np.array_equal(jax["slope"]["swish"], np.float32(jax["slope"]["swish"]))
    assert np.isnan(measured("reference")["slope"]["prelu"][160])


def test_measured_refuses_what_was_not():
    with pytest.raises(ValueError, match="name must be one of pytorch, jax, tensorflow, mxnet or reference, got 'caffe'"):
        measured("caffe")
