"""The checker of the exercises: it says right when it is, where it is not, and refuses what it cannot check."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from mlpbook import check
from mlpbook.activations import prelu, relu, swish

X = torch.linspace(-2, 2, 9, dtype=torch.float64)


def cube(x):
    return x**3


def test_a_right_derivative():
    verdict = check.derivative(lambda x: 3 * x**2, of=cube)
    assert verdict and verdict.message == repr(verdict) == "Right: autograd agrees at all 97 points."


def test_every_combination_of_parameters_is_tried():
    verdict = check.derivative(swish.derivative_function, of=swish, beta=(0.5, 1.0, 3.0))
    assert verdict.message == "Right: autograd agrees at all 291 points."


def test_a_wrong_derivative_says_where_it_is_worst():
    verdict = check.derivative(lambda x: 3 * x, of=cube, x=X)
    assert not verdict
    assert verdict.message == (
        "Not yet: 7 of 9 points differ, from x = -2 to x = 2.\nAt x = -2 you say -6, autograd says 12."
    )


def test_right_for_one_value_of_the_parameter_only():
    verdict = check.derivative(lambda x, alpha: torch.where(x > 0, 1.0, 0.25), of=prelu, alpha=(0.25, 0.5))
    assert "alpha = 0.5 you say 0.25, autograd says 0.5" in verdict.message


def test_a_single_wrong_point_is_found():
    verdict = check.derivative(lambda x: 3 * x**2 + (x == 0.5), of=cube, x=X)
    assert verdict.message == "Not yet: 1 of 9 points differ.\nAt x = 0.5 you say 1.75, autograd says 0.75."


def test_with_respect_to_a_parameter():
    def answer(x, beta):
        s = torch.sigmoid(beta * x)
        return x**2 * s * (1 - s)

    assert check.derivative(answer, of=swish, wrt="beta", beta=(0.5, 2.0))
    assert not check.derivative(answer, of=swish, beta=2.0)


def test_a_kink_is_reported_and_not_judged():
    for at_zero, mine in ((0.0, "0"), (1.0, "1")):
        answer = lambda x: torch.where(x == 0, at_zero, (x > 0).double())  # noqa: E731
        verdict = check.derivative(answer, of=relu, x=X)
        assert verdict
        assert verdict.message == (
            f"Right: autograd agrees at all 8 points.\nAt the kink x = 0 you say {mine}, autograd says 0."
        )


def test_with_respect_to_alpha_the_kink_is_judged():
    answer = lambda x, alpha: torch.where(x == 0, 1.0, x.clamp(max=0))  # noqa: E731
    verdict = check.derivative(answer, of=prelu, wrt="alpha", alpha=0.25)
    assert "At x = 0, alpha = 0.25 you say 1, autograd says 0" in verdict.message


def test_a_number_stands_for_a_constant():
    assert check.derivative(lambda x: 2, of=lambda x: 2 * x)
    assert not check.derivative(lambda x: 1.0, of=lambda x: 2 * x)


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
def test_nan_and_infinity_are_wrong(wrong):
    verdict = check.derivative(lambda x: (3 * x**2).where(x != 1, wrong), of=cube, x=X)
    assert f"At x = 1 you say {wrong}, autograd says 3." in verdict.message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: None, "you return None, not a tensor of shape (9,)"),
        (lambda x: x[:3], "you return [-2, -1.5, -1], not a tensor of shape (9,)"),
        (lambda x: torch.ones(9, 9), "you return a tensor of shape (9, 9), not a tensor of shape (9,)"),
    ],
)
def test_an_answer_of_another_kind(answer, said):
    verdict = check.derivative(answer, of=cube, x=X)
    assert not verdict and said in verdict.message


def test_an_error_in_the_answer_is_the_readers():
    with pytest.raises(ZeroDivisionError):
        check.derivative(lambda x: 1 / 0, of=cube)


def test_values():
    assert check.values(lambda x: x.square(), lambda x: x * x)
    verdict = check.values(lambda x: x.abs(), lambda x: x, X)
    assert "from x = -2 to x = -0.5.\nAt x = -2 you say 2, the claim says -2." in verdict.message


def test_values_row_by_row():
    rows = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    verdict = check.values(lambda x: x * torch.tensor([1.0, 2.0]), lambda x: x, rows)
    assert verdict.message == (
        "Not yet: 2 of 2 points differ.\nAt x = [3, 4]\n  you say [3, 8],\n  the claim says [3, 4]."
    )


def rectified_in_place(x):
    x[x < 0] = 0
    return x


def test_an_answer_may_write_into_its_x():
    points = check.POINTS.clone()
    assert not check.values(rectified_in_place, torch.square)
    assert not check.derivative(rectified_in_place, of=torch.square)
    assert check.values(rectified_in_place, torch.relu) and check.values(torch.relu, rectified_in_place)
    assert torch.equal(check.POINTS, points)


def test_cases():
    product = lambda a, b: a * b  # noqa: E731
    assert check.cases(product, product, [(2, 3), (4, 5)]).message == "Right: the claim holds in all 2 cases."
    assert check.cases(lambda a, b: a + b, product, [(2, 2), (2, 3)]).message == (
        "Not yet: for (2, 3) you say 5, the claim says 6."
    )
    assert check.cases(lambda a, b: None, product, [(2, 3)]).message == (
        "Not yet: for (2, 3) you say None, the claim says 6."
    )


@pytest.mark.parametrize("number", [np.int64, np.float32, Fraction, torch.tensor, float])
def test_a_case_may_answer_with_any_number(number):
    assert check.cases(lambda d, h: number(d * h), lambda d, h: d * h, [(4, 5)])
    assert not check.cases(lambda d, h: number(d + h), lambda d, h: d * h, [(4, 5)])


def test_where_both_are_undefined_they_agree():
    assert check.values(torch.log, torch.log)
    assert "you say nan, the claim says 0" in check.values(lambda x: x / x * 0, lambda x: x * 0, X).message
    assert "you say 0, the claim says nan" in check.values(lambda x: x * 0, lambda x: x / x * 0, X).message


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check.cases(cube, cube, []), ValueError, "arguments must hold at least one case, got none"),
        (lambda: check.derivative(cube, of=prelu, alpha=()), ValueError, r"alpha must be a number or a tuple .*, got \(\)"),
        (lambda: check.derivative(cube, of=prelu, alpha="a"), TypeError, "alpha must be a number, got 'a'"),
        (lambda: check.derivative(cube, of=cube, x=X.reshape(3, 3)), ValueError, r"x must be of shape \(n,\), got \(3, 3\)"),
        (lambda: check.derivative(cube, of=cube, x=X[:0]), ValueError, r"x must have at least one point, got shape \(0,\)"),
        (lambda: check.values(cube, cube, X[:0]), ValueError, r"x must have at least one point, got shape \(0,\)"),
        (lambda: check.values(cube, cube, X[0]), ValueError, r"x must have at least one point, got shape \(\)"),
        (lambda: check.values(cube, lambda x: 1.0), TypeError, r"claim\(x\) must be a torch tensor, got 1.0"),
        (lambda: check.values(cube, torch.sum, X), ValueError, r"claim\(x\) must have a row for each of 9 of x, got shape \(\)"),
    ],
)
def test_what_cannot_be_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_bad_calls():
    with pytest.raises(TypeError, match="answer must be a function, got 3"):
        check.derivative(3, of=cube)
    with pytest.raises(TypeError, match="of must be a function"):
        check.derivative(cube, of="cube")
    with pytest.raises(TypeError, match="claim must be a function"):
        check.cases(cube, 8, [(2,)])
    with pytest.raises(TypeError, match="x must be a floating-point tensor"):
        check.values(cube, cube, torch.arange(3))
    with pytest.raises(ValueError, match="wrt must be one of x, beta, got 'alpha'"):
        check.derivative(cube, of=swish, wrt="alpha", beta=1.0)
    with pytest.raises(ValueError, match="differentiable by autograd"):
        check.derivative(cube, of=lambda x: x.detach())
