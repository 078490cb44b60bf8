"""Playground: a network that trains in the page, exactly as torch would, and comes back as an ``MLP``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import anywidget
import torch
import traitlets

from mlpbook._checks import floating_tensor
from mlpbook.activations import ACTIVATIONS, Activation, get
from mlpbook.live import still
from mlpbook.live.figure import STATIC, bundle, check_name, stylesheet
from mlpbook.live.scene import Network, Panel, Scene
from mlpbook.mlp import MLP

LAYERS, UNITS, POINTS = 6, 16, 5000  # at most
FEATURES = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: torch.sin(x1),
    "sin(x2)": lambda x1, x2: torch.sin(x2),
}
REGRESSION = ("plane", "bumps", "values")


@dataclass(frozen=True)
class Rule:
    """What an option may be, in words and as a test."""

    sentence: str
    test: Callable[[object], bool]


def _number(low, high) -> Rule:
    return Rule(f"a number from {low} to {high}", lambda v: _is(Real, v) and low <= v <= high)


def _integer(low, high) -> Rule:
    return Rule(f"an integer from {low} to {high}", lambda v: _is(Integral, v) and low <= v <= high)


def _among(*names) -> Rule:
    return Rule(f"one of {', '.join(names)}", lambda v: v in names)


def _subset(names, at_least=0) -> Rule:
    given = lambda v: _is(Sequence, v) and not isinstance(v, str) and at_least <= len(v) <= len(names)
    return Rule(f"{'one or more' if at_least else 'a sequence'} out of {', '.join(names)}", lambda v: given(v) and all(name in list(names) for name in v))


def _is(kind, value) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _plain(value):
    """A number of numpy's as Python's own, which can be written as JSON."""
    if isinstance(value, str):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


# Each option that is a number or a word: its default and its rule, as in OPTIONS of trainer.js; `speed` is the page's.
OPTIONS = {
    "data": ("spiral", _among("circle", "xor", "gaussians", "spiral", "moons", "checkerboard", "plane", "bumps", "points", "values")),
    "count": (400, _integer(1, POINTS)),
    "noise": (0.05, _number(0, 10)),
    "test_share": (0.25, _number(0, 0.9)),
    "seed": (0, _integer(0, 2**32 - 1)),
    "loss": ("cross-entropy", _among("cross-entropy", "squared-error")),
    "output": ("identity", _among("identity", "tanh")),
    "initialization": ("xavier", _among("xavier", "he", "normal")),
    "sigma": (0.5, _number(0, 100)),
    "optimizer": ("adam", _among("sgd", "momentum", "adam")),
    "learning_rate": (0.01, _number(0, 1000)),
    "momentum": (0.9, _number(0, 1)),
    "l1": (0, _number(0, 1000)),
    "l2": (0, _number(0, 1000)),
    "batch_size": (10, _integer(1, POINTS)),
    "speed": (1000, _number(1, 1_000_000)),
}  # fmt: skip
GROUPS = ("data", "network", "training")


def _module() -> str:
    """One module without imports: it reaches a page opened from a file, and Colab, as a blob."""
    trainer, *sources = ((STATIC / name).read_text(encoding="utf-8") for name in ("trainer.js", "pytorch.js", "playground.js"))
    return "\n".join([f"const TRAINER = {json.dumps(trainer)};", *sources])


class Playground(anywidget.AnyWidget):
    """A small network, its data and its training, in the reader's hands.

    The page trains it in float64 with the steps torch would make; no kernel takes part. Every option
    below is a control of the page too, and part of its address.

    Args:
        hidden: units of each hidden layer: at most 6 layers of at most 16.
        activation: of all hidden layers, or one for each: a name or an ``Activation`` of the book,
            ``prelu.with_defaults(alpha=0.1)``.
        inputs: out of "x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)".
        points: (n, 3), x1, x2 and class or target of each: the data if ``data`` is "points" or "values".
        name: identifies the playground in the page's address; letters, digits and "-".
        unfold: which groups of controls stand open: of "data", "network", "training".
        **options:
            data: "circle", "xor", "gaussians", "spiral", "moons", "checkerboard"; the real targets
            "plane" and "bumps"; your own "points" (classes 0 and 1) or "values" (real targets).
            count, noise, test_share, seed: how many examples, the standard deviation of what is
            added to them, the share kept for the test, the seed of all that is random.
            loss: "cross-entropy", or "squared-error" with classes −1 and 1 or real targets.
            output: "identity", or "tanh" with the squared error.
            initialization: "xavier", "he" or "normal", the latter of standard deviation ``sigma``.
            optimizer: "sgd", "momentum" or "adam"; learning_rate, momentum, batch_size.
            l1, l2: penalties of the weights, not of the biases.
            speed: steps a second, 1,000,000 for as many as there is time for.

    Raises:
        TypeError: an unknown option, or an activation that is neither a name nor an ``Activation``.
        ValueError: an option that breaks its rule, or two that do not go together.

    >>> playground = Playground(data="circle", hidden=(4, 2), activation=["tanh", "relu"], l2=0.001)
    >>> playground
    Playground('playground': circle, 2 inputs → 4 tanh → 2 relu → 1 output)
    """

    _esm = _module()
    _css = stylesheet("playground.css", ".mlp-playground")

    name = traitlets.Unicode().tag(sync=True)
    order = traitlets.List().tag(sync=True)  # the options; each is a trait at_<option>
    unfold = traitlets.List().tag(sync=True)
    trained = traitlets.Dict().tag(sync=True)  # what the page last paused at
    summary = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        *,
        hidden: Sequence[int] = (8, 8, 8),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        inputs: Sequence[str] = ("x1", "x2"),
        points=(),
        name: str = "playground",
        unfold: Sequence[str] = ("network",),
        **options,
    ):
        check_name(name)
        self.layers = _layers(hidden, activation)
        self.inputs = _inputs(inputs)
        self.options = {**{key: default for key, (default, _) in OPTIONS.items()}, **_checked(options)}
        points = _points(points, self.options["data"])
        _check_together(self.options)
        values = {_camel(key): value for key, value in self.options.items()}
        values |= {"inputs": ",".join(self.inputs), "hidden": ",".join(map(_layer_text, self.layers)), "points": points}
        self.add_traits(**{f"at_{key}": traitlets.Any(value).tag(sync=True) for key, value in values.items()})
        super().__init__(name=name, order=list(values), unfold=_groups(unfold))
        self.summary = f"A network to train in the page. Data: {self._architecture()}."

    def to_torch(self) -> MLP:
        """Return the network as the page has trained it up to its last pause, in float64.

        It takes a column for each input, so feed it with ``playground.features``; its one output is
        what the loss sees: the log-odds of class 1 with cross-entropy. An output tanh is not part of it.

        Raises:
            ValueError: the page has not shown the playground yet, so there are no weights.
        """
        if not self.trained:
            raise ValueError("trained must hold the page's weights, but the page has sent none: display the playground first")
        layers = [{**layer} for layer in self.trained["hidden"]]
        units, names = [layer.pop("units") for layer in layers], [layer.pop("activation") for layer in layers]
        activations = [get(name).with_defaults(**parameter) for name, parameter in zip(names, layers)]
        mlp = MLP(len(self.trained["inputs"]), *units, 1, activation=activations, dtype=torch.float64)
        with torch.no_grad():
            for W, b, layer in zip(mlp.weights, mlp.biases, self.trained["parameters"], strict=True):
                W.copy_(torch.tensor(layer["W"], dtype=torch.float64))
                b.copy_(torch.tensor([layer["b"]], dtype=torch.float64))
        return mlp

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Map points (n, 2) to the network's inputs (n, inputs), those the page has now, in the points' dtype.

        Raises:
            TypeError: ``x`` is not a floating-point tensor.
            ValueError: ``x`` is not of shape (n, 2).

        >>> Playground(inputs=["x1", "x1*x2"]).features(torch.tensor([[2.0, 3.0]]))
        tensor([[2., 6.]])
        """
        if floating_tensor("x", x).ndim != 2 or x.shape[1] != 2:
            raise ValueError(f"x must be of shape (n, 2), got {tuple(x.shape)}")
        return torch.stack([FEATURES[name](*x.T) for name in self.at_inputs.split(",")], dim=1)

    def draw(self):
        """Return the still: a matplotlib ``Figure`` of the network."""
        sizes = [len(self.inputs), *(units for units, _ in self.layers), 1]
        network = Network(sizes, symbols=("x", *"h" * len(self.layers), "o"))
        return still.draw(Scene(Panel(network)), {}, {})

    def _architecture(self) -> str:
        layers = [f"{units} {activation.name}" for units, activation in self.layers]
        return f"{self.options['data']}, {' → '.join([f'{len(self.inputs)} inputs', *layers, '1 output'])}"

    def __repr__(self) -> str:
        return f"Playground({self.name!r}: {self._architecture()})"

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        return bundle(self, self)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _demand(name: str, rule: Rule, value) -> None:
    if not rule.test(value):
        raise ValueError(f"{name} must be {rule.sentence}, got {value!r}")


def _checked(options: dict) -> dict:
    for name, value in options.items():
        if name not in OPTIONS:
            raise TypeError(f"there is no option {name}; there are {', '.join(OPTIONS)}")
        _demand(name, OPTIONS[name][1], value)
    return {name: _plain(value) for name, value in options.items()}


def _check_together(options) -> None:
    data, loss = options["data"], options["loss"]
    if data in REGRESSION and loss != "squared-error":
        raise ValueError(f"loss must be squared-error for {data}, got {loss!r}")
    if options["output"] == "tanh" and loss == "cross-entropy":
        raise ValueError("output must be identity with cross-entropy, which takes the linear output, got 'tanh'")


def _layers(hidden, activation) -> list[tuple[int, Activation]]:
    """Return (units, activation) of each hidden layer."""
    fits = lambda: len(hidden) <= LAYERS and all(_integer(1, UNITS).test(n) for n in hidden)
    rule = Rule(f"a sequence of at most {LAYERS} layers of 1 to {UNITS} units", lambda v: _is(Sequence, v) and fits())
    _demand("hidden", rule, hidden)
    activations = MLP(1, *hidden, 1, activation=activation).activations
    for given in activations:
        known = ACTIVATIONS.get(given.name) if isinstance(given, Activation) else None
        if known is None or given.function is not known.function:
            raise TypeError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {given!r}")
        for name, value in given.defaults.items():
            _demand(name, _number(-100, 100), value)
    return list(zip(map(int, hidden), activations))


def _inputs(inputs) -> list[str]:
    _demand("inputs", _subset(FEATURES, at_least=1), inputs)
    return list(inputs)


def _points(points, data) -> str:
    """Return points (n, 3) as the page writes them: ``0.5,-1,0;2,1,1``."""
    points = _table(points)
    _demand("points", Rule("of shape (n, 3): x1, x2 and class or target", lambda v: v.ndim == 2 and v.shape[1] == 3), points)
    _demand("points", Rule(f"at most {POINTS} points", lambda v: len(v) <= POINTS), points)
    _demand("points", Rule("numbers from -100 to 100", lambda v: bool((v.abs() <= 100).all())), points)
    if data == "points":
        _demand("points", Rule("of class 0 or 1", lambda v: bool(((v[:, 2] == 0) | (v[:, 2] == 1)).all())), points)
    return ";".join(",".join(map(_text, point)) for point in points.tolist())


def _table(points) -> torch.Tensor:
    try:
        table = torch.as_tensor(points, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # nothing, words, or rows of different lengths
        raise ValueError(f"points must be of shape (n, 3), all numbers, got {points!r}") from error
    return table if table.numel() else torch.empty(0, 3)


def _groups(unfold) -> list[str]:
    _demand("unfold", _subset(GROUPS), unfold)
    return list(unfold)


def _layer_text(layer) -> str:
    units, activation = layer
    return ":".join([activation.name, str(units), *map(_text, activation.defaults.values())])


def _text(number: float) -> str:
    """The shortest text of a number, as JavaScript writes it."""
    return repr(int(number)) if number == int(number) else repr(number)
