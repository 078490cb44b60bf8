"""The atlas: every elementwise activation of torch.nn, what torch says about it, and live figures of it."""

import inspect
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property

import torch
from IPython.display import Markdown
from ipywidgets import Dropdown, FloatRangeSlider, FloatSlider
from torch import nn

from mlpbook import activations, live
from mlpbook.activations import Parameter
from mlpbook.autodiff import value, value_and_derivative
from mlpbook.live import Axis, Curve, Frames, LiveFigure, Panel, Readout, Scene
from mlpbook.live.frames import positions
from mlpbook.look import SERIES

NEAR = torch.arange(-15 * 64, 15 * 64 + 1, dtype=torch.float64) / 64  # no activation saturates here in float64
FAR = torch.tensor([-1e16, 1e16], dtype=torch.float64)  # and here each has reached its limit, to the last digit
JUMP = 1e-6  # a difference that stays, however short the interval

NOT_ELEMENTWISE = {
    "GLU": "multiplies one half of its input by the sigmoid of the other half",
    "MultiheadAttention": "is a whole layer with weights",
    "Softmax": "divides by a sum over a dimension",
    "Softmax2d": "divides by a sum over the channels",
    "Softmin": "divides by a sum over a dimension",
    "LogSoftmax": "subtracts a logarithm of a sum over a dimension",
}


def torch_activations() -> tuple[str, ...]:
    """Return the names of all classes that the installed torch keeps among its activations, sorted.

    >>> torch_activations()[:4]
    ('CELU', 'ELU', 'GELU', 'GLU')
    """
    home = nn.modules.activation.__name__
    classes = [c for c in vars(nn).values() if inspect.isclass(c) and c.__module__ == home]
    return tuple(sorted(c.__name__ for c in classes))


def no_kinks(**_) -> tuple[float, ...]:
    return ()


def at_zero(**_) -> tuple[float, ...]:
    return (0.0,)


@dataclass(frozen=True, eq=False, repr=False)
class Entry:
    """One elementwise activation of torch.nn: call it on a tensor, or read what is known about it.

    ``entry(x, **params)`` is ``torch.nn.<name>(**params)`` in evaluation mode, of a floating-point tensor
    of any shape; shape and dtype stay, and torch's own errors come through.

    Attributes:
        name: of the class in torch.nn.
        formula, range: LaTeX, f(x) and the set of its values.
        use: one line of when it is used.
        source: who proposed it or studied it, in words.
        parameters: with torch's defaults and the ranges of the sliders.
        kinks_of: the points where f or f′ jumps, as a function of the parameters.

    >>> ATLAS["Hardshrink"](torch.tensor([-2.0, 0.25, 2.0]), lambd=1.0)
    tensor([-2.,  0.,  2.])
    >>> ATLAS["ELU"]
    ELU(alpha=1)
    """

    name: str
    formula: str
    range: str
    use: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    kinks_of: Callable[..., tuple[float, ...]] = no_kinks

    def __call__(self, x: torch.Tensor, **params) -> torch.Tensor:
        cls, options = getattr(nn, self.name), {**self.defaults, **params}
        if "dtype" in inspect.signature(cls).parameters:
            options["dtype"] = x.dtype
        return cls(**options).eval()(x)

    @cached_property
    def defaults(self) -> dict[str, float]:
        """The default of each parameter."""
        return {p.name: p.default for p in self.parameters}

    @property
    def sliders(self) -> dict[str, FloatSlider]:
        """A new slider for each parameter.

        >>> list(ATLAS["ELU"].sliders)
        ['alpha']
        """
        return {
            p.name: FloatSlider(value=p.default, min=p.low, max=p.high, step=p.step, description=p.symbol)
            for p in self.parameters
        }

    @property
    def kinks(self) -> tuple[float, ...]:
        """Every kink that the sliders can bring about.

        >>> ATLAS["ReLU6"].kinks
        (0.0, 6.0)
        """
        choices = [positions(name, slider) for name, slider in self.sliders.items()]
        places = [self.kinks_of(**dict(zip(self.defaults, chosen))) for chosen in itertools.product(*choices)]
        return tuple(sorted(set(itertools.chain.from_iterable(places))))

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter(name, kind) for name in ("x", *self.defaults)])

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={default:.4g}' for name, default in self.defaults.items())})"


ALPHA = Parameter("alpha", "α", r"\alpha", default=1.0, low=0.25, high=3.0, step=0.25)
LAMBDA = Parameter("lambd", "λ", r"\lambda", default=0.5, low=0.0, high=2.0, step=0.25)

ATLAS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "Threshold",
            r"\begin{cases} x & x > \theta \\ v & x \le \theta \end{cases}",
            r"(\theta, \infty) \cup \{v\}",
            "Cuts off what is too small to matter; with θ = v = 0 it is ReLU.",
            "",
            (
                Parameter("threshold", "θ", r"\theta", default=1.0, low=-1.0, high=2.0, step=0.5),
                Parameter("value", "v", "v", default=0.0, low=-1.0, high=1.0, step=0.5),
            ),
            lambda threshold, value: (threshold,),
        ),
        Entry(
            "ReLU",
            activations.relu.formula,
            activations.relu.range,
            "The default of convolutional and of plain feed-forward networks.",
            "Nair and Hinton 2010; Glorot, Bordes and Bengio 2011",
            kinks_of=at_zero,
        ),
        Entry(
            "RReLU",
            r"\max(x, 0) + a \min(x, 0), \quad a = \tfrac{1}{2}(l + u)",
            r"(-\infty, \infty)",
            "Regularises: in training, a is drawn anew from [l, u] for every number; shown is evaluation.",
            "Xu, Wang, Chen and Li 2015",
            (
                Parameter("lower", "l", "l", default=1 / 8, low=0.0, high=1 / 4, step=1 / 8),
                Parameter("upper", "u", "u", default=1 / 3, low=1 / 3, high=1.0, step=1 / 6),
            ),
            at_zero,
        ),
        Entry(
            "Hardtanh",
            r"\min(\max(x, m), M)",
            "[m, M]",
            "A tanh that costs two comparisons; keeps numbers in a range, for arithmetic of few bits.",
            "Collobert 2004",
            (
                Parameter("min_val", "m", "m", default=-1.0, low=-2.0, high=-0.5, step=0.5),
                Parameter("max_val", "M", "M", default=1.0, low=0.5, high=2.0, step=0.5),
            ),
            lambda min_val, max_val: (min_val, max_val),
        ),
        Entry(
            "ReLU6",
            r"\min(\max(x, 0), 6)",
            "[0, 6]",
            "Networks for phones: the outputs fit a fixed range of few bits.",
            "Krizhevsky 2010",
            kinks_of=lambda: (0.0, 6.0),
        ),
        Entry(
            "Sigmoid",
            activations.sigmoid.formula,
            activations.sigmoid.range,
            "The probability of one of two classes; the gates of an LSTM.",
            "A smooth McCulloch and Pitts 1943",
        ),
        Entry(
            "Hardsigmoid",
            r"\tfrac{1}{6} \min(\max(x + 3, 0), 6)",
            "[0, 1]",
            "A sigmoid without exponentials: the gates of networks for phones.",
            "This form: Howard et al. 2019",
            kinks_of=lambda: (-3.0, 3.0),
        ),
        Entry(
            "Tanh",
            activations.tanh.formula,
            activations.tanh.range,
            "Recurrent networks; an output between −1 and 1.",
            "Kalman and Kwasny 1992; LeCun, Bottou, Orr and Müller 1998",
        ),
        Entry(
            "SiLU",
            r"x \, s(x)",
            r"[-0.2784\ldots, \infty)",
            "Swish with β = 1: deep image classifiers, and the gated layers of language models.",
            "Hendrycks and Gimpel 2016; Elfwing, Uchibe and Doya 2018",
        ),
        Entry(
            "Mish",
            r"x \tanh\left(\ln(1 + e^x)\right)",
            r"[-0.3088\ldots, \infty)",
            "Object detectors.",
            "Misra 2019",
        ),
        Entry(
            "Hardswish",
            r"\tfrac{x}{6} \min(\max(x + 3, 0), 6)",
            r"[-\tfrac{3}{8}, \infty)",
            "Swish without exponentials, for phones.",
            "Howard et al. 2019",
            kinks_of=lambda: (-3.0, 3.0),
        ),
        Entry(
            "ELU",
            r"\begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
            r"(-\alpha, \infty)",
            "Keeps the mean of the activations near 0 without normalising them.",
            "Clevert, Unterthiner and Hochreiter 2016",
            (ALPHA,),
            at_zero,
        ),
        Entry(
            "CELU",
            r"\begin{cases} x & x > 0 \\ \alpha (e^{x / \alpha} - 1) & x \le 0 \end{cases}",
            r"(-\alpha, \infty)",
            "ELU without the kink, whatever α is.",
            "Barron 2017",
            (ALPHA,),
        ),
        Entry(
            "SELU",
            r"1.0507 \cdot \begin{cases} x & x > 0 \\ 1.6733 \, (e^x - 1) & x \le 0 \end{cases}",
            r"(-1.7580\ldots, \infty)",
            "Deep plain networks that keep mean 0 and variance 1 by themselves, given the right initial weights.",
            "Klambauer, Unterthiner, Mayr and Hochreiter 2017",
            kinks_of=at_zero,
        ),
        Entry(
            "GELU",
            activations.gelu.formula,
            activations.gelu.range,
            "Transformers.",
            "Hendrycks and Gimpel 2016",
        ),
        Entry(
            "Hardshrink",
            r"\begin{cases} x & |x| > \lambda \\ 0 & |x| \le \lambda \end{cases}",
            r"(-\infty, -\lambda) \cup \{0\} \cup (\lambda, \infty)",
            "Denoising: drops the small coefficients and leaves the large ones alone.",
            "Donoho and Johnstone 1994",
            (LAMBDA,),
            lambda lambd: (-lambd, lambd),
        ),
        Entry(
            "LeakyReLU",
            r"\max(x, 0) + a \min(x, 0)",
            r"(-\infty, \infty) \text{ if } a > 0",
            "Where ReLU units die, as in the discriminators of adversarial networks.",
            "Maas, Hannun and Ng 2013",
            (Parameter("negative_slope", "a", "a", default=0.01, low=0.01, high=0.19, step=0.03),),
            at_zero,
        ),
        Entry(
            "LogSigmoid",
            r"\ln s(x) = -\ln(1 + e^{-x})",
            r"(-\infty, 0)",
            "Losses: the logarithm of a probability, without overflow.",
            "",
        ),
        Entry(
            "Softplus",
            r"\tfrac{1}{\beta} \ln(1 + e^{\beta x}); \quad x \text{ where } \beta x > \theta",
            r"(0, \infty)",
            "An output that must be positive, such as a standard deviation; θ keeps the exponential from overflowing.",
            "Dugas, Bengio, Bélisle, Nadeau and Garcia 2001",
            (
                Parameter("beta", "β", r"\beta", default=1.0, low=1.0, high=5.0, step=1.0),
                Parameter("threshold", "θ", r"\theta", default=20.0, low=0.0, high=20.0, step=5.0),
            ),
            lambda beta, threshold: (threshold / beta,),
        ),
        Entry(
            "Softshrink",
            r"\begin{cases} x - \lambda & x > \lambda \\ 0 & |x| \le \lambda \\ x + \lambda & x < -\lambda \end{cases}",
            r"(-\infty, \infty)",
            "Sparse codes: one step towards a smaller sum of absolute values.",
            "Donoho and Johnstone 1994",
            (LAMBDA,),
            lambda lambd: (-lambd, lambd),
        ),
        Entry(
            "PReLU",
            activations.prelu.formula,
            activations.prelu.range,
            "The book's pReLU: α is learned, one for all channels or one for each, and starts at init.",
            "He, Zhang, Ren and Sun 2015",
            (replace(activations.prelu.parameters[0], name="init"),),
            at_zero,
        ),
        Entry(
            "Softsign",
            r"\frac{x}{1 + |x|}",
            "(-1, 1)",
            "A tanh that approaches its limits slowly, and so keeps more of its gradient far out.",
            "Glorot and Bengio 2010",
        ),
        Entry(
            "Tanhshrink",
            r"x - \tanh(x)",
            r"(-\infty, \infty)",
            "A smooth shrinkage; rare.",
            "",
        ),
    )
}


@dataclass(frozen=True)
class Facts:
    """What torch's values and autograd's derivatives say about one activation.

    Attributes:
        low, high: the infimum and the supremum of f; ∓∞ if there is none.
        lowest_at: the leftmost and rightmost point within ±15 where f is smallest; None where f only nears ``low``.
        monotone: whether f never falls.
        lipschitz: the supremum of |f′|; ∞ if f jumps.
        smooth: whether f′ is continuous.
    """

    low: float
    high: float
    lowest_at: tuple[float, float] | None
    monotone: bool
    lipschitz: float
    smooth: bool

    @property
    def bounded(self) -> bool:
        """Whether all values lie between two numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)


@cache
def facts(entry: Entry, **params) -> Facts:
    """Measure an activation, with its default parameters or others, in float64.

    The line is sampled every 1/64 within ±15, then ever more closely around what was found, and at ±10¹⁶.

    Raises:
        TypeError, ValueError: what torch raises for these parameters.

    >>> facts(ATLAS["ReLU6"])
    Facts(low=0.0, high=6.0, lowest_at=(-15.0, 0.0), monotone=True, lipschitz=1.0, smooth=False)
    """

    def f(x):
        return value(entry, x, **params)

    def df(x):
        return value_and_derivative(entry, x, **params)[1]

    near, ends = f(NEAR), f(FAR)
    low = min(_least(f)[1], *ends.tolist())
    jumps = _jumps(f)
    return Facts(
        low=_limit(low),
        high=_limit(max(near.max().item(), *ends.tolist())),
        lowest_at=_lowest_at(f, low),
        monotone=bool((near.diff() >= -1e-12).all()),
        lipschitz=math.inf if jumps else max(-_least(lambda x: -df(x).abs())[1], *df(FAR).abs().tolist()),
        smooth=not (jumps or _jumps(df)),
    )


def _least(f) -> tuple[float, float]:
    """A point within ±15 where f is least, and its value there."""
    x = _zoom(f, torch.argmin)
    y = f(x)
    return x[y.argmin()].item(), y.min().item()


def _lowest_at(f, low) -> tuple[float, float] | None:
    at, lowest = _least(f)
    if lowest > low:
        return None
    flat = NEAR[f(NEAR) == low].tolist()
    return (flat[0], flat[-1]) if len(flat) > 1 else (at, at)


def _jumps(f) -> bool:
    """Whether f changes by more than ``JUMP`` in its steepest interval, however short.

    A jump is missed if it is less than what f climbs within 1/64 elsewhere.
    """
    return bool(f(_zoom(f, lambda y: y.diff().abs().argmax())).diff().abs().max() > JUMP)


def _zoom(f, pick) -> torch.Tensor:
    """Samples ever closer around the one picked."""
    x = NEAR
    for _ in range(6):
        i = int(pick(f(x)))
        x = torch.linspace(x[max(i - 1, 0)].item(), x[min(i + 1, len(x) - 1)].item(), 201, dtype=torch.float64)
    return x


def _limit(y: float) -> float:
    return math.copysign(math.inf, y) if abs(y) > 1e9 else y


def cards(*names: str) -> Markdown:
    """Return a paragraph for each activation: the call, formula, values, use and source.

    Raises:
        ValueError: a name that is not in the atlas.

    >>> print(cards("Tanhshrink").data)
    **`Tanhshrink()`** &emsp; $f(x) = x - \\tanh(x)$, values in $(-\\infty, \\infty)$\\
    A smooth shrinkage; rare.
    """
    return Markdown("\n\n".join(_card(entry) for entry in _entries(names)))


def _card(entry) -> str:
    what = f"**`{entry!r}`** &emsp; $f(x) = {entry.formula}$, values in ${entry.range}$"
    return f"{what}\\\n{entry.use}{entry.source and f' *{entry.source}.*'}"


def table() -> Markdown:
    """Return the measured facts of all activations, with their default parameters.

    >>> print(table().data.splitlines()[2])
    | Threshold | 0 | x ≤ 1 | ∞ | yes | ∞ | jumps |
    """
    head = ["", "lowest", "at", "highest", "never falls", "steepest", "kinks"]
    rows = [head, ["---"] * len(head), *([entry.name, *_row(facts(entry))] for entry in ATLAS.values())]
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _row(f: Facts) -> list[str]:
    kinks = "" if f.smooth else "jumps" if math.isinf(f.lipschitz) else "yes"
    never_falls = "yes" if f.monotone else "no"
    return [_number(f.low), _place(f.lowest_at), _number(f.high), never_falls, _number(f.lipschitz), kinks]


def _number(y: float) -> str:
    y = round(y, 6)
    text = f"{y:g}" if y == round(y, 3) else f"{y:.4f}"
    return text.replace("-", "−").replace("inf", "∞")


def _place(ends) -> str:
    if ends is None:
        return ""
    low, high = ends
    return _number(low) if low == high else f"x ≤ {_number(high)}"


def explore(*names: str) -> LiveFigure:
    """Return a live figure of some activations and their derivatives, with a slider for each parameter.

    Raises:
        ValueError: a name that is not in the atlas, or too many positions of the sliders together.

    >>> explore("ELU", "CELU")
    LiveFigure('ELU-CELU': x, point, alpha)
    """
    entries = _entries(names)
    sliders = {name: slider for entry in entries for name, slider in entry.sliders.items()}
    return live.explore(*entries, point=FloatSlider(value=1.0, min=-8, max=8, step=0.25), **sliders)


def _entries(names) -> list[Entry]:
    for name in names:
        if name not in ATLAS:
            raise ValueError(f"name must be one of {', '.join(ATLAS)}, got {name!r}")
    return [ATLAS[name] for name in names]


def compare() -> LiveFigure:
    """Return a live figure of any three activations, their derivatives and measured facts, at their defaults.

    >>> compare()
    LiveFigure('atlas-compare': x, first, second, third)
    """
    pickers = dict(zip(("first", "second", "third"), SERIES))
    curves = [
        [Curve(x, Frames(y, (picker,)), stroke, picker, dashed) for picker, stroke in pickers.items()]
        for x, y, dashed in _both()
    ]
    measured = [facts(entry) for entry in ATLAS.values()]
    columns = {"lowest": [f.low for f in measured], "steepest": [f.lipschitz for f in measured]}
    readouts = [
        Readout(f"{picker}: {label}", Frames(column, (picker,)), stroke=stroke)
        for label, column in columns.items()
        for picker, stroke in pickers.items()
    ]
    chosen = {picker: _picker(picker, name) for picker, name in zip(pickers, ("GELU", "SiLU", "Hardswish"))}
    return LiveFigure(Scene(*_panels(curves), readouts=readouts), name="atlas-compare", x=_x_range(), **chosen)


KINDS: dict[str, Callable[[Facts], bool]] = {
    "all": lambda f: True,
    "never falls": lambda f: f.monotone,
    "falls somewhere": lambda f: not f.monotone,
    "bounded": lambda f: f.bounded,
    "bounded below only": lambda f: math.isfinite(f.low) and not f.bounded,
    "unbounded both ways": lambda f: math.isinf(f.low) and math.isinf(f.high),
    "no kink": lambda f: f.smooth,
    "slope at most 1": lambda f: f.lipschitz < 1 + JUMP,
    "jumps": lambda f: math.isinf(f.lipschitz),
}


def kinds() -> dict[str, list[str]]:
    """Return the names of the activations of each kind in ``KINDS``, with their default parameters.

    >>> kinds()["jumps"]
    ['Threshold', 'Hardshrink']
    """
    measured = {name: facts(entry) for name, entry in ATLAS.items()}
    return {kind: [name for name, f in measured.items() if holds(f)] for kind, holds in KINDS.items()}


def by_kind() -> LiveFigure:
    """Return a live figure of all activations of a kind and their derivatives, with one picked out.

    >>> by_kind()
    LiveFigure('atlas-kinds': x, kind, pick)
    """
    names = kinds()
    member = torch.tensor([[name in chosen for name in ATLAS] for chosen in names.values()])
    curves = [
        [Curve(x, Frames(y[i].where(belongs[:, None], torch.nan), ("kind",)), "grid") for i, belongs in enumerate(member.T)]
        + [Curve(x, Frames(y, ("pick",)), "derivative" if dashed else "value")]
        for x, y, dashed in _both()
    ]
    count = Readout("of this kind", Frames(member.sum(1), ("kind",)), digits=0)
    return LiveFigure(
        Scene(*_panels(curves), readouts=[count]),
        name="atlas-kinds",
        x=_x_range(),
        kind=Dropdown(options=list(KINDS), description="kind"),
        pick=_picker("picked", "Mish"),
    )


def _picker(description, name) -> Dropdown:
    return Dropdown(options=list(ATLAS), value=name, description=description)


def _x_range() -> FloatRangeSlider:
    return FloatRangeSlider(value=(-4, 4), min=-6, max=6, step=0.5, description="x range")


def _panels(curves) -> list[Panel]:
    """A panel of values and one of derivatives."""
    titles = ("value", "derivative")
    return [
        Panel(*marks, x=Axis("x", crop="x"), title=title, alt=f"The {title} of the activations chosen, against x.")
        for marks, title in zip(curves, titles)
    ]


def _both() -> list[tuple[torch.Tensor, torch.Tensor, bool]]:
    """x (n,), y (activations, n), and whether it is the derivative: first the values, then the derivatives."""
    x = _grid()
    values, derivatives = zip(*(value_and_derivative(entry, x) for entry in ATLAS.values()))
    return [(x, torch.stack([_broken(y, x) for y in ys]), ys is derivatives) for ys in (values, derivatives)]


def _grid() -> torch.Tensor:
    """(n,) inputs, with each kink and the two floats beside it."""
    kinks = {kink for entry in ATLAS.values() for kink in entry.kinks_of(**entry.defaults)}
    kinks = torch.tensor(sorted(kinks), dtype=torch.float64)
    beside = [torch.nextafter(kinks, far.expand_as(kinks)) for far in FAR]
    x = torch.cat([torch.linspace(-6, 6, 121, dtype=torch.float64), kinks, *beside]).unique()
    return x[x.abs() <= 6]


def _broken(y, x):
    """y with nan where the floats on both sides of a point have values apart."""
    jumps = ((y[2:] - y[:-2]).abs() > JUMP) & (x[2:] - x[:-2] < 1e-9)
    end = torch.tensor([False])
    return y.masked_fill(torch.cat([end, jumps, end]), torch.nan)
