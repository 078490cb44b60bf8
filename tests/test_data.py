"""digits: what is in it, that the split is always the same, that half inverted means closed under inversion."""

import builtins

import pytest
import torch

from mlpbook.data import digits, invert


def rows(X):
    """The rows of X as a set."""
    return {tuple(x) for x in X.tolist()}


def test_pixels_and_labels():
    split = digits()
    for X, y, n in [(split.X_train, split.y_train, 1297), (split.X_test, split.y_test, 500)]:
        assert X.shape == (n, 64) and X.dtype == torch.float64
        assert y.shape == (n,) and y.dtype == torch.int64
        assert X.min() == 0 and X.max() == 1
        assert set(y.tolist()) == set(range(10))


def test_the_split_keeps_every_image_once_with_its_label():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    split = digits(seed=3)
    X, y = torch.cat([split.X_train, split.X_test]), torch.cat([split.y_train, split.y_test])
    want = sorted((*x, label) for x, label in zip((images / 16).tolist(), labels.tolist()))
    assert sorted((*x, label) for x, label in zip(X.tolist(), y.tolist())) == want


def test_a_seed_is_a_split():
    assert all(torch.equal(a, b) for a, b in zip(digits(seed=1), digits(seed=1)))
    assert not torch.equal(digits(seed=1).y_test, digits(seed=2).y_test)


def test_the_shuffle_is_the_same_everywhere():
    assert digits().y_test[:10].tolist() == [6, 5, 5, 7, 9, 9, 8, 4, 6, 8]


def test_global_random_numbers_are_left_alone():
    before = torch.get_rng_state()
    digits()
    assert torch.equal(torch.get_rng_state(), before)


def test_half_inverted_is_closed_under_inversion():
    plain, half = digits(seed=1), digits(half_inverted=True, seed=1)
    for part in ("train", "test"):
        X, y = getattr(plain, f"X_{part}"), getattr(plain, f"y_{part}")
        X_half, y_half = getattr(half, f"X_{part}"), getattr(half, f"y_{part}")
        n = len(X)
        assert len(X_half) == 2 * n
        assert torch.equal(X_half[:n], X) and torch.equal(X_half[n:], 1 - X)
        assert torch.equal(y_half, y.repeat(2))
        assert rows(invert(X_half)) == rows(X_half)


def test_invert_twice_is_the_image_itself():
    X = digits().X_test  # multiples of 1/16: no rounding
    assert torch.equal(invert(invert(X)), X)


@pytest.mark.parametrize("size", [1, 1796])
def test_size_of_the_test_set(size):
    split = digits(test_size=size)
    assert (len(split.X_train), len(split.X_test)) == (1797 - size, size)


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        (0, ValueError, "test_size must be at least 1, got 0"),
        (1797, ValueError, "test_size must leave some of the 1797 images for training, got 1797"),
        (0.5, TypeError, "test_size must be an integer, got 0.5"),
    ],
)
def test_a_bad_size_is_refused(size, error, message):
    with pytest.raises(error, match=message):
        digits(test_size=size)


@pytest.mark.parametrize("X", [torch.tensor([255], dtype=torch.uint8), torch.tensor([True]), [0.5]])
def test_images_without_shades_are_not_inverted(X):
    with pytest.raises(TypeError, match="X must be a "):
        invert(X)


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_has_64_bits(seed):
    with pytest.raises(ValueError, match=f"seed must lie in −2⁶³…2⁶⁴ − 1, got {seed}"):
        digits(seed=seed)


def test_a_bad_seed_is_refused():
    with pytest.raises(TypeError, match="seed must be an integer, got 'lucky'"):
        digits(seed="lucky")


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without_sklearn(name, *args, **kwargs):
        if name.startswith("sklearn"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_sklearn)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "mlpbook\[digits\]"'):
        digits()
