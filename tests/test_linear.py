"""Sums and products: references that are exact, and bounds that every order of summation keeps."""

from __future__ import annotations

import functools
import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import linear
from grader.numerics import FLOAT32, FLOAT64, Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.numerics import Array, Truth

RANDOM = np.random.default_rng(7)
CANCELS = np.array([1e16, 1.0, -1e16, 1e-8])


def fraction(truth: Truth, index: Any = ()) -> Fraction:
    """`hi + lo`, exactly."""
    return Fraction(float(truth.hi[index])) + Fraction(float(truth.lo[index]))


def close(found: Fraction, wanted: Fraction) -> bool:
    """To thirty digits."""
    return abs(found - wanted) <= abs(wanted) / 10**30


def test_sums_and_means_are_exact_however_much_cancels() -> None:
    """Against Python's fractions."""
    wanted = sum(map(Fraction, CANCELS.tolist()), Fraction())
    assert close(fraction(linear.sum_over(CANCELS)), wanted)
    assert close(fraction(linear.mean_over(CANCELS)), wanted / 4)


def test_products_are_exact_however_much_cancels() -> None:
    """The product of a row and a column, against Python's fractions."""
    y = np.array([1 / 3, 1e-3, 1 / 3 + 1e-16, 5.0])
    pairs = zip(CANCELS.tolist(), y.tolist(), strict=True)
    wanted = sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction())
    assert close(fraction(linear.matmul(CANCELS, y)), wanted)
    shifted = linear.affine(CANCELS[None], y[:, None], np.array([0.1]))
    assert close(fraction(shifted, (0, 0)), wanted + Fraction(0.1))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_arithmetic_is_exact_and_broadcasts(name: str) -> None:
    """A column and a row, against Python's fractions."""
    x, y = np.array([[0.1], [1e16]]), np.array([[3.0, 1e-3, -7.0]])
    operation = getattr(operator, {"add": "add", "subtract": "sub", "multiply": "mul",
                                   "divide": "truediv"}[name])  # fmt: skip
    truth = getattr(linear, name)(x, y)
    assert truth.hi.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert close(
            fraction(truth, (i, j)), operation(Fraction(float(x[i, 0])), Fraction(float(y[0, j])))
        )


def test_division_by_zero_is_that_of_floating_point() -> None:
    """Infinite with the sign of the numerator, NaN for 0 / 0."""
    hi, _ = linear.divide(np.array([1.0, -1.0, 0.0]), np.array(0.0))
    np.testing.assert_array_equal(hi, [np.inf, -np.inf, np.nan])


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), ()])
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_reductions_go_along_numpys_axes(name: str, axis: Any, keepdims: bool) -> None:  # noqa: FBT001
    """The same shapes and, for whole numbers, the same values."""
    x = RANDOM.integers(-8, 8, (2, 3, 4)).astype(float)
    found = getattr(linear, f"{name}_over")(x, axis, keepdims=keepdims).hi
    wanted = getattr(x, name)(axis=axis, keepdims=keepdims)
    assert found.shape == np.shape(wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-15)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 1)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
        ((2, 0), (0, 3)),
    ],
)  # fmt: skip
def test_products_have_the_shapes_of_numpys(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    """Vectors, matrices and batches; exact for whole numbers."""
    x, y = (RANDOM.integers(-8, 8, shape).astype(float) for shape in (one, other))
    truth = linear.matmul(x, y)
    np.testing.assert_array_equal(truth.hi, x @ y, strict=True)
    assert linear.matmul_bound(x, truth, FLOAT32, y).shape == truth.hi.shape


def test_shapes_that_do_not_fit_are_an_error() -> None:
    """Of products, and of what is added to them."""
    with pytest.raises(ValueError, match="matmul"):
        linear.matmul(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="does not fit"):
        linear.affine(np.zeros((1, 2)), np.zeros((2, 3)), np.zeros((4, 3)))


# Bounds -----------------------------------------------------------------------------------------


def one_by_one(x: Array) -> Any:
    """In a loop."""
    return functools.reduce(operator.add, x, x.dtype.type(0))


def backwards(x: Array) -> Any:
    """The other way round."""
    return one_by_one(x[::-1])


def in_pairs(x: Array) -> Any:
    """Halves, added up."""
    return x[0] if len(x) == 1 else in_pairs(x[: len(x) // 2]) + in_pairs(x[len(x) // 2 :])


def by_size(x: Array) -> Any:
    """The largest first: the worst order."""
    return one_by_one(x[np.argsort(-np.abs(x))])


SUMS: list[Any] = [np.sum, one_by_one, backwards, in_pairs, by_size]


def lies_in(value: Any, truth: Truth, bound: Array) -> bool:
    """Whether a value is right."""
    near = Interval.around(truth, bound)
    return bool(np.all((near.lower <= value) & (value <= near.upper)))


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64])
@pytest.mark.parametrize("add_up", SUMS)
def test_every_order_of_summation_is_within_the_bounds(
    add_up: Callable[[Array], Any], dtype: np.dtype[Any]
) -> None:
    """Sums, means in three ways, and inner products, of numbers of all sizes and signs."""
    for n in (1, 2, 3, 10, 200):
        raw = RANDOM.normal(size=(2, n)) * 10.0 ** RANDOM.integers(-6, 6, (2, n))
        x, y = raw.astype(dtype)
        assert lies_in(
            add_up(x), linear.sum_over(x), linear.sum_bound(x, linear.sum_over(x), dtype)
        )
        truth = linear.mean_over(x)
        bound = linear.mean_bound(x, truth, dtype)
        for mean in (add_up(x) / dtype.type(n), add_up(x) * dtype.type(1 / n),
                     add_up(x / dtype.type(n))):  # fmt: skip
            assert lies_in(mean, truth, bound)
        product = linear.matmul(x, y)
        assert lies_in(add_up(x * y), product, linear.matmul_bound(x, product, dtype, y))
        # float64 numbers that were rounded to the dtype first are right at its precision
        x, y = raw
        product = linear.matmul(x, y)
        narrow = add_up(x.astype(dtype) * y.astype(dtype))
        assert lies_in(narrow, product, linear.matmul_bound(x, product, dtype, y))


def test_bounds_are_no_wider_than_they_have_to_be() -> None:
    """A sum in float32 is wrong where float64 is asked for, and so is one with a term left out."""
    x = RANDOM.normal(size=50)
    truth = linear.sum_over(x)
    assert not lies_in(x.astype(np.float32).sum(), truth, linear.sum_bound(x, truth, FLOAT64))
    assert not lies_in(x[1:].sum(), truth, linear.sum_bound(x, truth, FLOAT32))
    assert linear.sum_bound(np.zeros(0), linear.sum_over(np.zeros(0)), FLOAT64) < 1e-300


def test_gamma_is_highams() -> None:
    """And not defined where nothing is known of the result."""
    assert math.isclose(linear.gamma(10, FLOAT32), 10 * 2**-24 / (1 - 10 * 2**-24))
    with pytest.raises(ValueError, match="100%"):
        linear.gamma(2**24, FLOAT32)
