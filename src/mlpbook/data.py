"""The data the book trains on: handwritten digits, as they are and with every image also inverted."""

from typing import NamedTuple

import torch

from mlpbook._checks import floating_tensor, generator, positive_integer


class Split(NamedTuple):
    """Examples to train on and examples kept for testing.

    Attributes:
        X_train, X_test: (n, 64) float64, the 8×8 pixels row by row, 0 (paper) to 1 (ink).
        y_train, y_test: (n,) int64, the digits 0…9.
    """

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor


def digits(*, half_inverted: bool = False, seed: int = 0, test_size: int = 500) -> Split:
    """Return scikit-learn's 1797 bundled digits, shuffled and split.

    Args:
        half_inverted: each image also appears inverted, with the same label. Then half of the images
            are inverted, there are twice as many, and training and test set are closed under inversion.
        seed: of the shuffle.
        test_size: how many of the 1797 originals to keep for testing.

    Raises:
        ModuleNotFoundError: scikit-learn, which brings the images, is not installed.
        TypeError, ValueError: ``seed`` is not an integer of 64 bits, or ``test_size`` not one in 1…1796.

    Source: the test part of the Optical Recognition of Handwritten Digits data set (Alpaydın and Kaynak, 1998).

    >>> split = digits()
    >>> split.X_train.shape, split.X_test.shape, digits(half_inverted=True).X_test.shape
    (torch.Size([1297, 64]), torch.Size([500, 64]), torch.Size([1000, 64]))
    """
    X, y = _load()
    test = slice(None, _check_size(test_size, len(y)))
    train = slice(test.stop, None)
    order = torch.randperm(len(y), generator=generator(seed))
    X, y = X[order], y[order]
    split = Split(X[train], y[train], X[test], y[test])
    return _with_inverses(split) if half_inverted else split


def invert(X: torch.Tensor) -> torch.Tensor:
    """Return the negative of images with pixels in 0…1, of any shape and floating-point dtype: ink becomes paper.

    Raises:
        TypeError: ``X`` is not a floating-point tensor.

    >>> invert(torch.tensor([0.0, 0.25, 1.0]))
    tensor([1.0000, 0.7500, 0.0000])
    """
    return 1 - floating_tensor("X", X)


def _with_inverses(split: Split) -> Split:
    X_train, y_train, X_test, y_test = split
    return Split(
        torch.cat([X_train, invert(X_train)]), y_train.repeat(2), torch.cat([X_test, invert(X_test)]), y_test.repeat(2)
    )


def _check_size(test_size, count: int) -> int:
    if positive_integer("test_size", test_size) >= count:
        raise ValueError(f"test_size must leave some of the {count} images for training, got {test_size}")
    return int(test_size)


def _load() -> tuple[torch.Tensor, torch.Tensor]:
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'the digits come with scikit-learn, which is not installed: pip install "mlpbook[digits]" or scikit-learn'
        ) from error
    pixels, labels = load_digits(return_X_y=True)
    return torch.from_numpy(pixels) / 16, torch.from_numpy(labels).long()
