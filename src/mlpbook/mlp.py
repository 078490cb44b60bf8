"""A multilayer perceptron, written as the book writes it: H = σ(XW⁽¹⁾ + b⁽¹⁾), O = HW⁽²⁾ + b⁽²⁾."""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from mlpbook._checks import floating_tensor, generator, name_of, positive_integer
from mlpbook.activations import Activation, get, identity


class MLP(nn.Module):
    """Affine layers with an activation after each but the last.

    The parameters are named ``W1``, ``b1``, ``W2``, ``b2``, …: W of shape (inputs, outputs), and b, a row
    vector of shape (1, outputs). W starts normal with mean 0 and variance 2 / (inputs + outputs)
    (Glorot and Bengio, 2010), b at 0.

    Args:
        *sizes: units of each layer, inputs first; two sizes give a linear model.
        activation: a name, an ``Activation``, or any callable that keeps the shape, for all hidden
            layers; or a sequence with one for each.
        seed: of the initial weights; None draws from torch's global generator.
        dtype: of the parameters; None is torch's default.

    Raises:
        TypeError: a size or the seed is not an integer, ``dtype`` is not floating-point, or an
            activation is neither a name nor callable.
        ValueError: fewer than two sizes, a size below 1, a seed beyond 64 bits, an unknown name, or not one
            activation per hidden layer.

    An ``Activation`` is applied as its plain torch function, so the network equals
    ``torch.nn.Sequential`` of the same weights, at the same speed.

    >>> mlp = MLP(4, 5, 3, activation="relu", seed=0)
    >>> mlp
    MLP(4, 5, 3, activation=relu(x))
    >>> X = torch.ones(2, 4)
    >>> mlp(X).shape, [H.shape for H in mlp.hidden(X)], mlp.parameter_count
    (torch.Size([2, 3]), [torch.Size([2, 5])], 43)
    """

    def __init__(
        self,
        *sizes: int,
        activation: str | Callable | Sequence[str | Callable] = "relu",
        seed: int | None = None,
        dtype: torch.dtype | None = None,
    ):
        super().__init__()
        self.sizes = _check_sizes(sizes)
        self.activations = _per_layer(activation, len(sizes) - 2)
        # Registered, so that an activation with weights of its own (torch.nn.PReLU) trains too.
        self.learnable = nn.ModuleList(a for a in self.activations if isinstance(a, nn.Module))
        self._functions = [a.plain if isinstance(a, Activation) else a for a in (*self.activations, identity)]
        source = None if seed is None else generator(seed)
        for layer, shape in enumerate(zip(self.sizes, self.sizes[1:]), start=1):
            setattr(self, f"W{layer}", nn.Parameter(_glorot(shape, source, _check_dtype(dtype))))
            setattr(self, f"b{layer}", nn.Parameter(torch.zeros(1, shape[1], dtype=dtype)))

    @property
    def weights(self) -> tuple[nn.Parameter, ...]:
        """W of each layer, first to last."""
        return tuple(getattr(self, f"W{layer}") for layer in range(1, len(self.sizes)))

    @property
    def biases(self) -> tuple[nn.Parameter, ...]:
        """b of each layer, first to last."""
        return tuple(getattr(self, f"b{layer}") for layer in range(1, len(self.sizes)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map a minibatch (n, inputs), in the parameters' dtype and on their device, to outputs (n, outputs).

        Raises:
            TypeError, ValueError: as for ``hidden``.
        """
        return self._run(x)[-1]

    def hidden(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return each hidden layer's representation of a minibatch of shape (n, inputs), first to last.

        Raises:
            TypeError: ``x`` is not a tensor of the parameters' dtype.
            ValueError: ``x`` is not of shape (n, inputs).
        """
        return self._run(x)[:-1]

    def _run(self, x):
        weights, outputs = self.weights, []
        _check_input(x, weights[0])
        for W, b, function in zip(weights, self.biases, self._functions, strict=True):
            x = function(torch.addmm(b, x, W))
            outputs.append(x)
        return outputs

    @torch.no_grad()
    def collapse(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (W, b), shapes (inputs, outputs) and (1, outputs), of the one affine layer this network equals.

        Raises:
            ValueError: an activation is not the identity, so that there is no such layer.

        >>> W, b = MLP(4, 5, 3, activation="identity").collapse()
        >>> W.shape, b.shape
        (torch.Size([4, 3]), torch.Size([1, 3]))
        """
        for layer, activation in enumerate(self.activations, start=1):
            if activation != identity:
                raise ValueError(
                    f"collapse needs the identity after every layer, but layer {layer} has {name_of(activation)}"
                )
        (W, b), *rest = zip(self.weights, self.biases)
        for next_W, next_b in rest:
            W, b = W @ next_W, b @ next_W + next_b
        return W.clone(), b.clone()

    @property
    def parameter_count(self) -> int:
        """How many numbers training can change: dh + h + hq + q for sizes d, h, q."""
        return sum(p.numel() for p in self.parameters())

    def __repr__(self) -> str:
        names = [repr(a) if isinstance(a, Activation) else name_of(a) for a in self.activations]
        arguments = [*map(str, self.sizes)]
        if names:
            arguments.append(f"activation={names[0] if len(set(names)) == 1 else '[' + ', '.join(names) + ']'}")
        return f"MLP({', '.join(arguments)})"


def _check_input(x, W):
    floating_tensor("x", x)
    if x.ndim != 2 or x.shape[1] != W.shape[0]:
        raise ValueError(
            f"x must have shape (n, {W.shape[0]}), to be multiplied by W1 of shape {tuple(W.shape)}; "
            f"got {tuple(x.shape)}"
        )
    if x.dtype != W.dtype:
        raise TypeError(f"x must have the parameters' dtype {W.dtype}, got {x.dtype}")


def _check_sizes(sizes):
    if len(sizes) < 2:
        raise ValueError(f"sizes must name at least the inputs and the outputs, got {sizes}")
    return tuple(positive_integer(f"sizes[{i}]", size) for i, size in enumerate(sizes))


def _check_dtype(dtype):
    if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        raise TypeError(f"dtype must be a floating-point torch.dtype, got {dtype}")
    return dtype


def _per_layer(activation, layers):
    if isinstance(activation, str) or not isinstance(activation, Sequence):
        return (get(activation),) * layers
    if len(activation) != layers:
        raise ValueError(f"activation must be one, or one for each of {layers} hidden layers; got {len(activation)}")
    return tuple(get(a) for a in activation)


def _glorot(shape, source, dtype):
    return torch.randn(shape, generator=source, dtype=dtype) * (2 / sum(shape)) ** 0.5
