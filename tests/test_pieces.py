"""pieces: counts against grids and exact arithmetic, the networks built to have them, and what is refused."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpbook.activations import prelu
from mlpbook.mlp import MLP
from mlpbook.pieces import Pieces, interpolant, pieces_of, tent

settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

GRID = torch.linspace(-30, 30, 6001, dtype=torch.float64)


def random_mlp(widths, activation="relu", seed=0):
    """A network with biases, so that its units do not all bend at 0."""
    mlp = MLP(1, *widths, 1, activation=activation, seed=seed, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for b in mlp.biases:
            b.copy_(torch.randn(b.shape, generator=generator, dtype=b.dtype))
    return mlp


networks = st.builds(
    random_mlp,
    st.lists(st.integers(1, 9), max_size=4),
    st.sampled_from(["relu", "identity", prelu.with_defaults(alpha=0.1), prelu.with_defaults(alpha=-0.5)]),
    st.integers(0, 2**31),
)


@given(networks)
def test_the_pieces_are_the_network(mlp):
    pieces = pieces_of(mlp)
    y = mlp(GRID[:, None])[:, 0].detach()
    torch.testing.assert_close(pieces(GRID), y, rtol=1e-9, atol=1e-9)
    assert len(pieces) <= math.prod(w + 1 for w in mlp.sizes[1:-1])


@given(networks)
def test_no_piece_hides_between_two_points_of_a_grid(mlp):
    """Where three neighbours are not on a line there is a break, and where there is none they are."""
    y = mlp(GRID[:, None])[:, 0].detach()
    bent = y.diff().diff().abs() > 1e-6 * (1 + y.abs().max())
    breaks = pieces_of(mlp).breaks
    found = torch.searchsorted(breaks, GRID)
    assert not (bent & (found[2:] == found[:-2])).any()


@given(networks)
def test_pieces_are_continuous_and_neighbours_differ(mlp):
    pieces = pieces_of(mlp)
    left = pieces.slopes[:-1] * pieces.breaks + pieces.intercepts[:-1]
    right = pieces.slopes[1:] * pieces.breaks + pieces.intercepts[1:]
    torch.testing.assert_close(left, right, rtol=1e-8, atol=1e-8)
    assert (pieces.slopes.diff() != 0).all() and (pieces.edges.diff() > 0).all()


@given(networks, st.floats(-5, 0), st.floats(0.1, 5))
def test_an_interval_keeps_the_breaks_inside_it(mlp, low, high):
    everywhere = pieces_of(mlp).breaks
    margin = 1e-9 * (1 + everywhere.abs())
    inside = everywhere[(everywhere > low + margin) & (everywhere < high - margin)]
    on_the_edge = ((everywhere - low).abs() <= margin) | ((everywhere - high).abs() <= margin)
    found = pieces_of(mlp, x=(low, high)).breaks
    if not on_the_edge.any():
        torch.testing.assert_close(found, inside, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("depth", range(1, 11))
def test_the_tent_has_exactly_two_to_the_depth_pieces(depth):
    pieces = pieces_of(tent(depth), x=(0, 1))
    assert len(pieces) == 2**depth
    assert torch.equal(pieces.edges * 2**depth, torch.arange(2**depth + 1, dtype=torch.float64))
    up_and_down = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(2 ** (depth - 1))
    assert torch.equal(pieces.slopes, 2**depth * up_and_down)


@given(st.floats(0, 1), st.integers(1, 60))
def test_the_tent_does_not_round(x, depth):
    exact = Fraction(x)
    for _ in range(depth):
        exact = min(2 * exact, 2 - 2 * exact)
    assert Fraction(tent(depth)(torch.tensor([[x]], dtype=torch.float64)).item()) == exact


@pytest.mark.parametrize("weight", [1e-17, 1e-20, -1e-20, 1e-300])
def test_a_break_far_out_is_seen_from_both_sides(weight):
    mlp = MLP(1, 1, 1, dtype=torch.float64)
    with torch.no_grad():
        mlp.W1.fill_(weight), mlp.b1.fill_(0.3), mlp.W2.fill_(1.0)
    x = torch.tensor([-4.0, -1.0, 0.0, 1.0, 4.0], dtype=torch.float64) / abs(weight)
    x = torch.cat([x, torch.tensor([-3.0, 0.0, 3.0], dtype=torch.float64)])
    torch.testing.assert_close(pieces_of(mlp)(x), mlp(x[:, None])[:, 0].detach())


def test_depth_without_a_bend_has_one_piece():
    assert len(pieces_of(random_mlp((4, 4), activation="identity"))) == 1


def test_one_layer_bends_once_for_each_unit():
    mlp = random_mlp((64,))
    breaks = -(mlp.b1 / mlp.W1).detach()[0]
    torch.testing.assert_close(pieces_of(mlp).breaks, breaks.sort().values)


def test_a_dead_network_is_one_flat_piece():
    mlp = random_mlp((5, 5))
    with torch.no_grad():
        mlp.b2.fill_(-1e6)
    pieces = pieces_of(mlp, x=(-1, 1))
    assert len(pieces) == 1 and pieces.slopes.item() == 0


def test_units_that_bend_at_one_place_count_once():
    mlp = interpolant(torch.tensor([0.0, 0.1, 0.3], dtype=torch.float64), torch.tensor([0.0, 1.0, 0.0]).double())
    twice = MLP(1, 4, 1, dtype=torch.float64)
    with torch.no_grad():
        # The second pair of hinges is scaled by 1/3: the same breakpoints, rounded differently.
        twice.W1.copy_(torch.cat([mlp.W1, mlp.W1 / 3], 1))
        twice.b1.copy_(torch.cat([mlp.b1, mlp.b1 / 3], 1))
        twice.W2.copy_(torch.cat([mlp.W2, mlp.W2]))
    assert len(pieces_of(twice)) == 3


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_interpolant_joins_its_points(heights, random):
    steps = torch.tensor([0.1 + random.random() for _ in heights], dtype=torch.float64)
    x, y = steps.cumsum(0), torch.tensor(heights, dtype=torch.float64)
    mlp = interpolant(x, y)
    assert mlp.sizes == (1, len(x) - 1, 1)
    torch.testing.assert_close(mlp(x[:, None])[:, 0], y, rtol=1e-9, atol=1e-9)
    middle = (x[1:] + x[:-1]) / 2
    torch.testing.assert_close(mlp(middle[:, None])[:, 0], (y[1:] + y[:-1]) / 2, rtol=1e-9, atol=1e-9)
    assert mlp(x[:1, None] - 5).item() == pytest.approx(y[0].item())


def test_pieces_take_any_shape():
    pieces = Pieces(torch.tensor([-math.inf, 0.0, math.inf]), torch.tensor([0.0, 1.0]), torch.tensor([0.0, 0.0]))
    x = torch.tensor([[-2.0, 0.0], [1.0, 3.0]])
    assert torch.equal(pieces(x), torch.relu(x))
    ends = torch.tensor([-math.inf, math.inf])
    assert torch.equal(pieces(ends), torch.relu(ends))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: pieces_of(torch.relu), TypeError, "mlp must be an MLP, got builtin"),
        (lambda: pieces_of(MLP(2, 3, 1)), ValueError, r"one input and one output, got MLP\(2, 3, 1"),
        (lambda: pieces_of(MLP(1, 3, 2)), ValueError, "one input and one output"),
        (lambda: pieces_of(MLP(1, 3, 1, activation="gelu")), ValueError, "identity, relu, prelu, got gelu"),
        (lambda: pieces_of(MLP(1, 3, 1, activation=torch.relu)), ValueError, "identity, relu, prelu, got <built-in"),
        (lambda: pieces_of(tent(1), x=(1, 0)), ValueError, r"x must have low < high, got \(1, 0\)"),
        (lambda: pieces_of(tent(1), x=(0, math.nan)), ValueError, r"x\[1\] must be finite, got nan"),
        (lambda: pieces_of(tent(1), x=(None, 1)), TypeError, r"x\[0\] must be a number, got None"),
        (lambda: pieces_of(tent(1), x=("a", "b")), TypeError, r"x\[0\] must be a number, got 'a'"),
        (lambda: interpolant(torch.arange(2.0), torch.ones(2).double()), TypeError, "y must have the dtype of x, torch.float32"),
        (lambda: interpolant(torch.tensor([0, 1e-40]), torch.arange(2.0)), ValueError, "slopes that are finite in torch.float32"),
        (lambda: pieces_of(tent(1), x=3), TypeError, r"x must be a pair \(low, high\), got 3"),
        (lambda: tent(0), ValueError, "depth must be at least 1, got 0"),
        (lambda: tent(1.5), TypeError, "depth must be an integer"),
        (lambda: interpolant([0, 1], torch.ones(2)), TypeError, "x must be a torch tensor"),
        (lambda: interpolant(torch.arange(3), torch.ones(3)), TypeError, "x must be a floating-point tensor"),
        (lambda: interpolant(torch.ones(1), torch.ones(1)), ValueError, r"\(N \+ 1,\), N ≥ 1, got \(1,\)"),
        (lambda: interpolant(torch.arange(3.0), torch.ones(2)), ValueError, r"got \(3,\) and \(2,\)"),
        (lambda: interpolant(torch.tensor([0.0, 0.0]), torch.ones(2)), ValueError, "x must increase, got"),
        (lambda: interpolant(torch.arange(2.0), torch.tensor([0.0, math.nan])), ValueError, "y must be finite"),
    ],
)
def test_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_weights_that_are_not_finite_are_refused():
    mlp = tent(1)
    with torch.no_grad():
        mlp.b1[0, 0] = math.nan
    with pytest.raises(ValueError, match="mlp must have finite weights"):
        pieces_of(mlp)
