"""The atlas: nothing of torch.nn missing, formulas and measured facts right, figures of torch's values."""

import inspect
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mlpbook import atlas
from mlpbook.atlas import ATLAS, NOT_ELEMENTWISE, facts
from mlpbook.autodiff import value, value_and_derivative

PAGE = (Path(__file__).parents[1] / "book" / "chapters" / "atlas.md").read_text(encoding="utf-8")
X = torch.linspace(-9.7, 9.7, 389, dtype=torch.float64)

erf = np.vectorize(math.erf)


def s(x):
    return 1 / (1 + np.exp(-x))


def sides(left, right):
    return lambda x, **p: np.where(x > 0, right(x, **p), left(x, **p))


def hinge(x, a):
    return np.maximum(x, 0) + a * np.minimum(x, 0)


# Written down again from the papers, in numpy.
FORMULAS = {
    "Threshold": lambda x, threshold, value: np.where(x > threshold, x, value),
    "ReLU": lambda x: np.maximum(x, 0),
    "RReLU": lambda x, lower, upper: hinge(x, (lower + upper) / 2),
    "Hardtanh": lambda x, min_val, max_val: np.clip(x, min_val, max_val),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "Sigmoid": s,
    "Hardsigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "Tanh": lambda x: (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x)),
    "SiLU": lambda x: x * s(x),
    "Mish": lambda x: x * np.tanh(np.log(1 + np.exp(x))),
    "Hardswish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "ELU": sides(lambda x, alpha: alpha * (np.exp(x) - 1), lambda x, alpha: x),
    "CELU": sides(lambda x, alpha: alpha * (np.exp(x / alpha) - 1), lambda x, alpha: x),
    "SELU": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "GELU": lambda x: x / 2 * (1 + erf(x / math.sqrt(2))),
    "Hardshrink": lambda x, lambd: np.where(abs(x) > lambd, x, 0),
    "LeakyReLU": lambda x, negative_slope: hinge(x, negative_slope),
    "LogSigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "Softplus": lambda x, beta, threshold: np.where(beta * x > threshold, x, np.log(1 + np.exp(beta * x)) / beta),
    "Softshrink": lambda x, lambd: np.sign(x) * np.maximum(abs(x) - lambd, 0),
    "PReLU": lambda x, init: hinge(x, init),
    "Softsign": lambda x: x / (1 + abs(x)),
    "Tanhshrink": lambda x: x - np.tanh(x),
}

INF = math.inf
# name: infimum, supremum, steepest slope, and where the minimum is (None: only approached, or nowhere)
FACTS = {
    "Threshold": (0, INF, INF, (-15, 1)),
    "ReLU": (0, INF, 1, (-15, 0)),
    "RReLU": (-INF, INF, 1, None),
    "Hardtanh": (-1, 1, 1, (-15, -1)),
    "ReLU6": (0, 6, 1, (-15, 0)),
    "Sigmoid": (0, 1, 1 / 4, None),
    "Hardsigmoid": (0, 1, 1 / 6, (-15, -3)),
    "Tanh": (-1, 1, 1, None),
    "SiLU": (-0.27846454, INF, 1.09983932, (-1.27846454, -1.27846454)),
    "Mish": (-0.30884341, INF, 1.08849816, (-1.19243123, -1.19243123)),
    "Hardswish": (-3 / 8, INF, 3 / 2, (-1.5, -1.5)),
    "ELU": (-1, INF, 1, None),
    "CELU": (-1, INF, 1, None),
    "SELU": (-1.7580993408, INF, 1.7580993408, None),
    "GELU": (-0.16997121, INF, 1.12890415, (-0.75179153, -0.75179153)),
    "Hardshrink": (-INF, INF, INF, None),
    "LeakyReLU": (-INF, INF, 1, None),
    "LogSigmoid": (-INF, 0, 1, None),
    "Softplus": (0, INF, 1, None),
    "Softshrink": (-INF, INF, 1, None),
    "PReLU": (-INF, INF, 1, None),
    "Softsign": (-1, 1, 1, None),
    "Tanhshrink": (-INF, INF, 1, None),
}
FALLING = {"SiLU", "Mish", "Hardswish", "GELU"}

everywhere = pytest.mark.parametrize("entry", ATLAS.values(), ids=list(ATLAS))


def positions(entry):
    """The defaults, and both ends of every slider."""
    ends = [{p.name: getattr(p, end) for p in entry.parameters} for end in ("low", "high")]
    return [entry.defaults, *ends]


def test_names_are_sorted_in_whatever_order_torch_imports_them(monkeypatch):
    first = nn.CELU
    monkeypatch.delattr(nn, "CELU")
    monkeypatch.setattr(nn, "CELU", first, raising=False)
    assert atlas.torch_activations()[0] == "CELU"


def test_no_activation_of_torch_is_missing():
    assert set(atlas.torch_activations()) == set(ATLAS) | set(NOT_ELEMENTWISE)
    assert set(nn.modules.activation.__all__) == set(atlas.torch_activations())
    assert not set(ATLAS) & set(NOT_ELEMENTWISE)
    assert set(FORMULAS) == set(FACTS) == set(ATLAS)


@pytest.mark.parametrize("module", [nn.Softmax(-1), nn.Softmin(-1), nn.LogSoftmax(-1), nn.GLU()], ids=repr)
def test_what_is_left_out_is_not_elementwise(module):
    with pytest.raises(ValueError, match="elementwise|shape"):
        value_and_derivative(module, torch.linspace(-1, 1, 8))


@everywhere
def test_every_numeric_parameter_is_a_slider(entry):
    flags = {"inplace", "approximate", "num_parameters", "device", "dtype", "min_value", "max_value", "args", "kwargs"}
    signature = inspect.signature(getattr(nn, entry.name)).parameters
    assert set(entry.defaults) == set(signature) - flags
    for name, default in entry.defaults.items():
        assert signature[name].default in (default, inspect.Parameter.empty)
        assert entry.sliders[name].value == default


@everywhere
def test_values(entry):
    for params in positions(entry):
        truth = FORMULAS[entry.name](X.numpy(), **params)
        assert np.allclose(value(entry, X, **params), truth, rtol=1e-11, atol=1e-12)


@everywhere
def test_derivative_is_the_slope(entry):
    h = 1e-6
    x = X[[all(abs(x - kink) > 2 * h for kink in entry.kinks_of(**entry.defaults)) for x in X]]
    _, slope = value_and_derivative(entry, x)
    chord = (value(entry, x + h) - value(entry, x - h)) / (2 * h)
    assert torch.allclose(slope, chord, rtol=0, atol=2 * h)


@everywhere
def test_dtype_and_shape_stay(entry):
    x = torch.linspace(-3, 3, 6, dtype=torch.float32).reshape(2, 3)
    assert entry(x).dtype == torch.float32 and entry(x).shape == (2, 3)


def test_prelu_keeps_its_slope_in_float64():
    assert ATLAS["PReLU"](-torch.ones(1, dtype=torch.float64), init=0.1).item() == -0.1


@everywhere
def test_facts(entry):
    low, high, lipschitz, lowest_at = FACTS[entry.name]
    measured = facts(entry)
    assert (measured.low, measured.high) == pytest.approx((low, high), abs=1e-8)
    assert measured.lipschitz == pytest.approx(lipschitz, abs=1e-7)
    assert measured.lowest_at == (lowest_at and pytest.approx(lowest_at, abs=1e-6))
    assert measured.monotone == (entry.name not in FALLING)


@everywhere
def test_kinks_are_where_it_is_not_smooth(entry):
    params = {**entry.defaults, **({"alpha": 2.0} if "alpha" in entry.defaults else {})}
    if entry.name == "Softplus":
        params["threshold"] = 1.0
    kinks = entry.kinks_of(**params)
    assert facts(entry, **params).smooth == (not kinks)
    for kink in kinks:
        y, dy = value_and_derivative(entry, kink + torch.tensor([-1e-9, 1e-9], dtype=torch.float64), **params)
        assert max(y.diff().abs(), dy.diff().abs()) > 1e-3


def test_facts_follow_the_parameters():
    assert facts(ATLAS["ELU"], alpha=2.0).low == -2
    assert not facts(ATLAS["PReLU"], init=-0.5).monotone
    assert facts(ATLAS["PReLU"], init=1.0).smooth


def test_softplus_jumps_less_than_counts_as_a_jump():
    assert facts(ATLAS["Softplus"], threshold=2.5).lipschitz == INF
    assert facts(ATLAS["Softplus"]).lipschitz == 1


def test_kinds_divide_the_atlas():
    kinds = atlas.kinds()
    assert kinds["all"] == list(ATLAS)
    assert set(kinds["falls somewhere"]) == FALLING
    assert sorted(kinds["never falls"] + kinds["falls somewhere"]) == sorted(ATLAS)
    assert all(len(names) > 1 for names in kinds.values())


def test_table_has_a_row_for_each():
    rows = atlas.table().data.splitlines()
    assert len(rows) == 2 + len(ATLAS)
    assert "| GELU | −0.1700 | −0.7518 | ∞ | no | 1.1289 |  |" in rows
    assert "| ReLU6 | 0 | x ≤ 0 | 6 | yes | 1 | yes |" in rows


def test_cards_name_the_call_as_torch_takes_it():
    for entry in ATLAS.values():
        call = re.match(r"\*\*`(.+)`\*\*", atlas.cards(entry.name).data)[1]
        assert isinstance(eval(call, vars(nn)), getattr(nn, entry.name))


@pytest.mark.parametrize("function", [atlas.cards, atlas.explore])
def test_unknown_name(function):
    with pytest.raises(ValueError, match="name must be one of Threshold, .* got 'Softmax'"):
        function("ReLU", "Softmax")


@everywhere
def test_the_page_shows_it(entry):
    for function in ("cards", "explore"):
        calls = re.findall(rf"atlas\.{function}\((.*?)\)", PAGE)
        assert any(f'"{entry.name}"' in call for call in calls)


def test_compare_draws_torch():
    values, derivatives = atlas.compare().still_scene.panels
    for panel, order in ((values, 0), (derivatives, 1)):
        for mark in panel.marks:
            x = torch.from_numpy(mark.x.array)
            for entry, drawn in zip(ATLAS.values(), mark.y.array):
                truth = value_and_derivative(entry, x)[order].numpy()
                seen = ~np.isnan(drawn)
                assert np.array_equal(drawn[seen], truth[seen])


def test_a_curve_is_broken_at_its_jumps_only():
    y = atlas.compare().still_scene.panels[0].marks[0].y.array
    broken = {name: int(np.isnan(row).sum()) for name, row in zip(ATLAS, y)}
    assert {name: n for name, n in broken.items() if n} == {"Threshold": 1, "Hardshrink": 2}


def test_by_kind_draws_the_members_only():
    *grey, picked = atlas.by_kind().still_scene.panels[0].marks
    for kind, (name, members) in enumerate(atlas.kinds().items()):
        drawn = [n for n, mark in zip(ATLAS, grey) if not np.isnan(mark.y.array[kind]).all()]
        assert drawn == members, name
    assert len(picked.y.array) == len(ATLAS)
