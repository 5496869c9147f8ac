"""Bounds and references: right where mathematics says so, and fair to what rounds."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import numerics
from grader.numerics import FLOAT32, FLOAT64, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

X = np.array([0.0, -0.5, 1.0, 2.5, -7.0, 20.0, -36.0, 300.0, -300.0, 709.0])


@pytest.fixture(autouse=True)
def sixty_digits() -> Iterator[None]:
    """Python's decimal, with twice the digits that are looked at."""
    with decimal.localcontext(decimal.Context(prec=60)):
        yield


REFERENCES: dict[str, tuple[Any, Callable[[decimal.Decimal], decimal.Decimal]]] = {
    "sigmoid": (numerics.sigmoid, lambda v: 1 / (1 + (-v).exp())),
    "tanh": (numerics.tanh, lambda v: (v.exp() - (-v).exp()) / (v.exp() + (-v).exp())),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_references_are_right_to_thirty_digits(name: str) -> None:
    """Against another implementation of exponentials altogether."""
    reference, formula = REFERENCES[name]
    hi, lo = reference(X)
    for v, top, rest in zip(X, hi, lo, strict=True):
        wanted = formula(decimal.Decimal(float(v)))
        found = decimal.Decimal(float(top)) + decimal.Decimal(float(rest))
        assert abs(found - wanted) <= abs(wanted) * decimal.Decimal("1e-30")


def test_softmax_sums_to_one_to_thirty_digits() -> None:
    """Hi + lo, added up exactly."""
    hi, lo = numerics.softmax(np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]]))
    for row in np.concatenate([hi, lo], axis=-1):
        total = sum((decimal.Decimal(float(v)) for v in row), decimal.Decimal(0))
        assert abs(total - 1) < decimal.Decimal("1e-30")


def test_limits_and_nan() -> None:
    """Infinities take their limits, NaN stays."""
    odd = np.array([np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal(numerics.sigmoid(odd).hi, [1, 0, np.nan])
    np.testing.assert_array_equal(numerics.tanh(odd).hi, [1, -1, np.nan])
    np.testing.assert_array_equal(numerics.relu(odd).hi, [np.inf, 0, np.nan])
    np.testing.assert_array_equal(numerics.softmax(np.array([0.0, -np.inf])).hi, [1, 0])


def test_softmax_along_any_axis_is_softmax_of_the_slices() -> None:
    """The axis is moved, not the values."""
    x = np.arange(24.0).reshape(2, 3, 4) % 7
    for dim in range(-3, 3):
        moved = numerics.softmax(np.moveaxis(x, dim, -1)).hi
        np.testing.assert_array_equal(numerics.softmax(x, dim).hi, np.moveaxis(moved, -1, dim))


@pytest.mark.parametrize("dtype", [FLOAT64, FLOAT32])
def test_naive_and_careful_algorithms_are_within_the_bounds(dtype: np.dtype[Any]) -> None:
    """A correct algorithm never fails, however it rounds."""
    rng = np.random.default_rng(5)
    x = rng.uniform(-30, 30, (50, 40)).astype(dtype)
    m = x.max(-1, keepdims=True)
    log = np.log(np.exp(x - m).sum(-1, keepdims=True)) + m
    found = {
        numerics.sigmoid: [1 / (1 + np.exp(-x)), (np.tanh(x / 2) + 1) / 2],
        numerics.tanh: [np.tanh(x), np.sinh(x) / np.cosh(x), 2 / (1 + np.exp(-2 * x)) - 1],
        numerics.softmax: [np.exp(x) / np.exp(x).sum(-1, keepdims=True), np.exp(x - log)],
    }
    for reference, answers in found.items():
        bound = numerics.softmax_bound if reference is numerics.softmax else numerics.unit_bound
        truth = reference(x)
        right = Interval.around(truth, bound(x, truth, dtype))
        for answer in answers:
            assert answer.dtype == dtype
            assert ((answer >= right.lower) & (answer <= right.upper)).all()


def test_wrong_by_little_is_outside_the_bounds() -> None:
    """What allclose forgives."""
    x = np.linspace(-9, 9, 50)
    truth = numerics.softmax(x)
    right = Interval.around(truth, numerics.softmax_bound(x, truth, FLOAT64))
    e = np.exp(x - x.max())
    answer = e / (e.sum() + 1e-8)
    assert np.allclose(answer, truth.hi)
    assert not ((answer >= right.lower) & (answer <= right.upper)).all()


def test_the_coarser_dtype_never_goes_below_float32() -> None:
    """Half precision is nobody's promise, and integers do not round."""
    half, integer = np.dtype(np.float16), np.dtype(np.int64)
    assert numerics.coarser(FLOAT64, FLOAT32) == FLOAT32
    assert numerics.coarser(FLOAT64, FLOAT64) == FLOAT64
    assert numerics.coarser(FLOAT64, half) == FLOAT64
    assert numerics.coarser(FLOAT32, integer) == FLOAT32
