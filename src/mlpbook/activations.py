"""Activation functions, each defined once: formula, torch function, derivative, parameters, kinks, range, source."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import torch
import torch.nn.functional as F

from mlpbook._checks import finite, finite_in, finite_tensor, floating_tensor, name_of
from mlpbook.autodiff import value_and_derivative


@dataclass(frozen=True)
class Parameter:
    """A number that shapes an activation, with its default and the range its slider offers."""

    name: str
    symbol: str
    latex: str
    default: float
    low: float
    high: float
    step: float


@dataclass(frozen=True, repr=False)
class Activation:
    """An elementwise activation function: call it on a tensor, or read what is known about it.

    ``activation(x, **params)`` maps a floating-point tensor of any shape to one of the same shape and
    dtype. A parameter is a finite number, or a tensor that broadcasts against ``x``, so that autograd
    can differentiate with respect to it too; the result then has the broadcast shape.

    The values are those of the torch function, with one exception. GELU, Swish and pReLU with α = 0
    multiply x by a factor that tends to 0, and torch's ∞·0 is nan; here ±∞ gives the limit, in value
    and in gradient. nan gives nan. At a kink, value and gradient are what torch says.

    Attributes:
        name, title: what ``get`` finds it by, and its name in prose.
        formula, derivative_formula: LaTeX, the right-hand sides of f(x) = … and f′(x) = ….
        function: the torch function ``function(x, **params)``, every parameter given.
        derivative_function: the closed form of its derivative, with the same arguments.
        range: LaTeX, the set of values it takes for finite x.
        source, citations: who proposed or used it, in words and as keys of the bibliography.
        parameters: the parameters, in order.
        kinks: the points where f or f′ jumps.
        linear_tails: whether f(x) nears a line through 0 at ±∞ (and f(±∞) is taken from its slope).

    Raises:
        TypeError: ``x`` is not a floating-point tensor, or a parameter is unknown or not a number.
        ValueError: a parameter is not finite in the dtype of ``x``, or does not broadcast against ``x``.

    >>> x = torch.tensor([-2.0, 0.0, 3.0])
    >>> prelu(x), prelu(x, alpha=0.5)
    (tensor([-0.5000,  0.0000,  3.0000]), tensor([-1.,  0.,  3.]))
    >>> prelu.derivative(x, alpha=0.5)
    tensor([0.5000, 0.5000, 1.0000])
    >>> swish(torch.tensor([-math.inf, math.inf]))
    tensor([0., inf])
    """

    name: str
    title: str
    formula: str
    derivative_formula: str
    function: Callable[..., torch.Tensor]
    derivative_function: Callable[..., torch.Tensor]
    range: str
    source: str = ""
    citations: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    kinks: tuple[float, ...] = ()
    linear_tails: bool = False

    def __call__(self, x, **params) -> torch.Tensor:
        params = self._check(x, params)
        if not self.linear_tails:
            return self.function(x, **params)
        infinite = x.isinf()
        y = self.function(x.masked_fill(infinite, 0.0), **params)
        return torch.where(infinite, _line(x, self.derivative_function(x, **params)), y)

    def derivative(self, x, **params) -> torch.Tensor:
        """Return f′(x) from its closed form; arguments, shape and errors as for f itself.

        Equal to autograd's gradient up to rounding, kinks included; its limit at ±∞; nan at nan. Where
        autograd overflows, for the tanh form of GELU beyond 10¹⁹ in float32, this does not.

        >>> sigmoid.derivative(torch.tensor([0.0, math.inf]))
        tensor([0.2500, 0.0000])
        """
        params = self._check(x, params)
        # Every closed form is bounded, so only nan is changed by this.
        return self.derivative_function(x, **params).where(~x.isnan(), x)

    @cached_property
    def plain(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """The torch function alone, with the default parameters: no checks, and torch's own answer at ±∞."""
        return partial(self.function, **self.defaults) if self.parameters else self.function

    @cached_property
    def defaults(self) -> dict[str, float]:
        """The default of each parameter.

        >>> prelu.defaults
        {'alpha': 0.25}
        """
        return {p.name: p.default for p in self.parameters}

    def with_defaults(self, **params) -> "Activation":
        """Return this activation with other defaults: leaky ReLU is ``prelu.with_defaults(alpha=0.01)``.

        Raises:
            TypeError, ValueError: a parameter is unknown or not a finite number.

        >>> prelu.with_defaults(alpha=0.01)
        prelu(x, alpha=0.01)
        """
        defaults = {name: finite(name, value) for name, value in self._complete(params).items()}
        return replace(self, parameters=tuple(replace(p, default=defaults[p.name]) for p in self.parameters))

    def at_kinks(self, **params) -> list[tuple[float, float, float]]:
        """Return (x, f(x), f′(x)) at each kink, as torch's own function and autograd say in float64.

        Raises:
            TypeError, ValueError: a parameter is not a finite number.

        >>> relu.at_kinks(), prelu.at_kinks(alpha=0.1), threshold.at_kinks()
        ([(0.0, 0.0, 0.0)], [(0.0, 0.0, 0.1)], [(0.0, 1.0, 0.0)])
        """
        x = torch.tensor(self.kinks, dtype=torch.float64)
        y, dy = value_and_derivative(self, x, **{name: finite(name, value) for name, value in params.items()})
        return list(zip(self.kinks, y.tolist(), dy.tolist(), strict=True))

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(['x', *(f'{k}={v}' for k, v in self.defaults.items())])})"

    def _check(self, x, params):
        floating_tensor("x", x)
        return {name: _parameter(name, value, x) for name, value in self._complete(params).items()}

    def _complete(self, params):
        for name in params.keys() - self.defaults.keys():
            raise TypeError(f"{self.name} has no parameter {name}; it has {', '.join(self.defaults) or 'none'}")
        return {**self.defaults, **params}


def _parameter(name, value, x):
    return finite_tensor(name, value, x) if isinstance(value, torch.Tensor) else finite_in(x.dtype, name, value)


def _line(x, slope):
    """slope·x, and 0 where the slope is 0, even at ±∞."""
    return x.masked_fill(slope == 0, 0.0) * slope


# Beyond ±40, Φ and the tanh form's (1 + tanh u)/2 are 0 or 1 in every dtype, and their slopes 0:
# stopping there keeps the products below from becoming ∞·0.
_SATURATED = 40.0


def _identity(x):
    return x


def _identity_derivative(x):
    return torch.ones_like(x)


def _threshold(x):
    # -1 below 0, else 0; unlike a comparison it has an autograd derivative (0) and keeps nan.
    return torch.floor(x.clamp(-1, 0)) + 1


def _threshold_derivative(x):
    return torch.zeros_like(x)


def _relu_derivative(x):
    return (x > 0).to(x.dtype)


def _prelu(x, alpha):
    if isinstance(alpha, float):
        return F.leaky_relu(x, alpha)  # the same in one pass, but it takes no tensor
    return torch.where(x > 0, x, alpha * x)


def _prelu_derivative(x, alpha):
    return torch.where(x > 0, torch.ones_like(x), alpha)


def _sigmoid_derivative(x):
    s = torch.sigmoid(x)
    return s * (1 - s)


def _tanh_derivative(x):
    return 1 - torch.tanh(x) ** 2


def _gelu_derivative(x):
    x = x.clamp(-_SATURATED, _SATURATED)
    Phi = torch.erfc(-x / math.sqrt(2)) / 2
    phi = torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return Phi + x * phi


def _gelu_tanh(x):
    return F.gelu(x, approximate="tanh")


def _gelu_tanh_derivative(x):
    x = x.clamp(-_SATURATED, _SATURATED)
    t = torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 + t) / 2 + x / 2 * (1 - t**2) * du


def _swish(x, beta):
    if isinstance(beta, float) and beta == 1:
        return F.silu(x)  # the same in one pass
    return x * torch.sigmoid(beta * x)


def _swish_derivative(x, beta):
    largest = torch.finfo(x.dtype).max
    # s underflows to 0 beyond -745, even in float64.
    z = (beta * x.clamp(-largest, largest)).clamp(-800, 800)
    s = torch.sigmoid(z)
    return s + z * s * (1 - s)


identity = Activation(
    name="identity",
    title="Identity",
    formula="x",
    derivative_formula="1",
    function=_identity,
    derivative_function=_identity_derivative,
    range=r"(-\infty, \infty)",
)

threshold = Activation(
    name="threshold",
    title="Threshold unit",
    formula=r"\begin{cases} 0 & x < 0 \\ 1 & x \ge 0 \end{cases}",
    derivative_formula=r"0 \quad (x \ne 0)",
    function=_threshold,
    derivative_function=_threshold_derivative,
    kinks=(0.0,),
    range=r"\{0, 1\}",
    source="McCulloch and Pitts (1943)",
    citations=("mcculloch1943",),
)

relu = Activation(
    name="relu",
    title="ReLU",
    formula=r"\max(x, 0)",
    derivative_formula=r"\begin{cases} 0 & x < 0 \\ 1 & x > 0 \end{cases}",
    function=torch.relu,
    derivative_function=_relu_derivative,
    kinks=(0.0,),
    range=r"[0, \infty)",
    source="made popular by Nair and Hinton (2010) and Glorot, Bordes and Bengio (2011)",
    citations=("nair2010", "glorot2011"),
)

prelu = Activation(
    name="prelu",
    title="pReLU",
    formula=r"\max(0, x) + \alpha \min(0, x)",
    derivative_formula=r"\begin{cases} \alpha & x < 0 \\ 1 & x > 0 \end{cases}",
    function=_prelu,
    derivative_function=_prelu_derivative,
    parameters=(Parameter("alpha", "α", r"\alpha", default=0.25, low=-0.5, high=1.5, step=0.05),),
    kinks=(0.0,),
    range=r"(-\infty, \infty) \text{ if } \alpha > 0, \text{ else } [0, \infty)",
    source="He, Zhang, Ren and Sun (2015)",
    citations=("he2015",),
    linear_tails=True,
)

sigmoid = Activation(
    name="sigmoid",
    title="Sigmoid",
    formula=r"\frac{1}{1 + e^{-x}}",
    derivative_formula=r"s(x) \, (1 - s(x))",
    function=torch.sigmoid,
    derivative_function=_sigmoid_derivative,
    range="(0, 1)",
    source="a smooth version of the threshold unit of McCulloch and Pitts (1943)",
    citations=("mcculloch1943",),
)

tanh = Activation(
    name="tanh",
    title="Tanh",
    formula=r"\frac{1 - e^{-2x}}{1 + e^{-2x}}",
    derivative_formula=r"1 - \tanh^2(x)",
    function=torch.tanh,
    derivative_function=_tanh_derivative,
    range="(-1, 1)",
    source="Kalman and Kwasny (1992); LeCun, Bottou, Orr and Müller (1998)",
    citations=("kalman1992", "lecun1998"),
)

gelu = Activation(
    name="gelu",
    title="GELU",
    formula=r"x \, \Phi(x)",
    derivative_formula=r"\Phi(x) + x \, \varphi(x)",
    function=F.gelu,
    derivative_function=_gelu_derivative,
    range=r"[-0.1700\ldots, \infty)",
    source="Hendrycks and Gimpel (2016)",
    citations=("hendrycks2016",),
    linear_tails=True,
)

gelu_tanh = Activation(
    name="gelu_tanh",
    title="GELU, tanh approximation",
    formula=r"\frac{x}{2} \left(1 + \tanh u\right), \quad u = \sqrt{2/\pi} \, (x + 0.044715 \, x^3)",
    derivative_formula=r"\frac{1 + \tanh u}{2} + \frac{x}{2} \left(1 - \tanh^2 u\right) u'(x)",
    function=_gelu_tanh,
    derivative_function=_gelu_tanh_derivative,
    range=r"[-0.1700\ldots, \infty)",
    source="Hendrycks and Gimpel (2016)",
    citations=("hendrycks2016",),
    linear_tails=True,
)

swish = Activation(
    name="swish",
    title="Swish",
    formula=r"x \, s(\beta x)",
    derivative_formula=r"s(\beta x) + \beta x \, s(\beta x) \, (1 - s(\beta x))",
    function=_swish,
    derivative_function=_swish_derivative,
    parameters=(Parameter("beta", "β", r"\beta", default=1.0, low=0.0, high=10.0, step=0.1),),
    range=r"[-0.2784\ldots/\beta, \infty) \text{ if } \beta > 0",
    source="Ramachandran, Zoph and Le (2017); with β = 1 the SiLU of Hendrycks and Gimpel (2016) "
    "and of Elfwing, Uchibe and Doya (2018)",
    citations=("ramachandran2017", "hendrycks2016", "elfwing2018"),
    linear_tails=True,
)

ACTIVATIONS: dict[str, Activation] = {
    a.name: a for a in (identity, threshold, relu, prelu, sigmoid, tanh, gelu, gelu_tanh, swish)
}


def get(activation: str | Callable) -> Callable:
    """Return the activation of this name; an ``Activation``, or any other callable, is returned as it is.

    Raises:
        ValueError: no activation has this name.
        TypeError: neither a name nor a callable, or the class of one.

    >>> get("prelu")
    prelu(x, alpha=0.25)
    >>> get(torch.sin) is torch.sin
    True
    """
    if isinstance(activation, type):
        raise TypeError(f"activation must be an instance, got the class {name_of(activation)}: {name_of(activation)}()?")
    if callable(activation):
        return activation
    if not isinstance(activation, str):
        raise TypeError(f"activation must be a name or a callable, got {activation!r}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    return ACTIVATIONS[activation]
