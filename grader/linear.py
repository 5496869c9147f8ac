"""Sums and products: precise references, and bounds that every order of summation keeps.

The bounds are those of N. Higham, Accuracy and Stability of Numerical Algorithms (2nd ed., 2002),
with gamma_k = k u / (1 - k u), u the unit roundoff and tau the smallest normal number of the dtype
at which values are judged. They hold for sums in any order (one after the other, in pairs, by
blocks, with fused multiply-add), so for loops, einsum, BLAS and numpy alike. Three more roundings
are allowed for throughout: one for each input that was rounded on its way in, one for the answer.

References are exact: products of float64 numbers fit into 160 bits, sums are rounded once, by
MPFR's `fsum`, however much cancels.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import gmpy2
import numpy as np

from grader.numerics import BITS, Truth, smallest_normal, split, unit_roundoff

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.numerics import Array

    Axis = int | tuple[int, ...] | None

_SPARE: Final = 3  # roundings of two inputs and of the answer


def gamma(k: float, dtype: np.dtype[Any]) -> float:
    """gamma_k = k u / (1 - k u), Higham (3.1): how far k roundings can lead, relatively."""
    rounded = k * unit_roundoff(dtype)
    if rounded >= 1:
        raise ValueError(f"gamma_{k:g} does not exist for {dtype}: that many roundings can be 100%")
    return rounded / (1 - rounded)


# Element by element ----------------------------------------------------------------------------


def _elementwise(operation: Callable[[Any, Any], Any], x: Array, y: Array) -> Truth:
    one, other = np.broadcast_arrays(x, y)
    with gmpy2.context(precision=BITS):
        values = [
            operation(gmpy2.mpfr(a), gmpy2.mpfr(b))
            for a, b in zip(_floats(one), _floats(other), strict=True)
        ]
        return split(values, one.shape)


def add(x: Array, y: Array) -> Truth:
    """The sum x + y, with broadcasting."""
    return _elementwise(gmpy2.add, x, y)


def subtract(x: Array, y: Array) -> Truth:
    """The difference x - y, with broadcasting.

    >>> subtract(np.array([3.0, 1.0]), np.array([1.0])).hi
    array([2., 0.])
    """
    return _elementwise(gmpy2.sub, x, y)


def multiply(x: Array, y: Array) -> Truth:
    """The product x * y, element by element, with broadcasting."""
    return _elementwise(gmpy2.mul, x, y)


def divide(x: Array, y: Array) -> Truth:
    """The quotient x / y, with broadcasting; by zero it is infinite or NaN, as in IEEE 754."""
    return _elementwise(gmpy2.div, x, y)


def add_bound(x: Array, truth: Truth, dtype: np.dtype[Any], y: Array) -> Array:
    """gamma_3 (|x| + |y|): of sums and differences, which may cancel what was rounded before."""
    one, other = np.broadcast_arrays(x, y)
    size = np.abs(np.asarray(one, np.float64)) + np.abs(np.asarray(other, np.float64))
    bound = gamma(_SPARE, dtype) * size + smallest_normal(dtype)
    return np.asarray(np.broadcast_to(bound, truth.hi.shape))


# Sums ------------------------------------------------------------------------------------------


def sum_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Truth:
    """The sum over an axis, over several, or over all.

    >>> sum_over(np.array([1e16, 1.0, -1e16])).hi  # exact: nothing is lost on the way
    array(1.)
    """
    return _reduce(gmpy2.fsum, x, axis, keepdims=keepdims)


def mean_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Truth:
    """The mean over an axis, over several, or over all; of nothing it is NaN."""

    def mean(values: list[Any]) -> Any:
        return gmpy2.fsum(values) / gmpy2.mpfr(len(values))

    return _reduce(mean, x, axis, keepdims=keepdims)


def max_over(x: Array, axis: Axis = None, *, keepdims: bool = False) -> Truth:
    """The maximum over an axis, over several, or over all; exact."""
    values = np.asarray(x, np.float64).max(axis=axis, keepdims=keepdims)
    return Truth(np.asarray(values), np.zeros_like(values))


def sum_bound(
    x: Array, truth: Truth, dtype: np.dtype[Any], axis: Axis = None, keepdims: bool = False  # noqa: FBT001, FBT002
) -> Array:  # fmt: skip
    """gamma_(n-1+3) sum |x_i| for sums of n numbers, Higham (4.4)."""
    return _of_sum(x, truth, dtype, axis, keepdims=keepdims)


def mean_bound(
    x: Array, truth: Truth, dtype: np.dtype[Any], axis: Axis = None, keepdims: bool = False  # noqa: FBT001, FBT002
) -> Array:  # fmt: skip
    """gamma_(n+1+3) (sum |x_i|) / n + n tau.

    One rounding more than a sum for the division, and one for 1 / n in algorithms that multiply by
    it; those that divide each number first may lose what is smaller than tau, n times.
    """
    n = _count(x, axis)
    bound = _of_sum(x, truth, dtype, axis, keepdims=keepdims, more=2) / max(n, 1)
    return np.asarray(bound + n * smallest_normal(dtype))


def _of_sum(
    x: Array, truth: Truth, dtype: np.dtype[Any], axis: Axis, *, keepdims: bool, more: int = 0
) -> Array:
    size = np.abs(np.asarray(x, np.float64)).sum(axis=axis, keepdims=keepdims)
    units = max(_count(x, axis) - 1, 0) + _SPARE + more
    bound = gamma(units, dtype) * size + smallest_normal(dtype)
    return np.asarray(np.broadcast_to(bound, truth.hi.shape))


def _count(x: Array, axis: Axis) -> int:
    """How many numbers make up one element of a reduction."""
    if axis is None:
        return x.size
    axes = (axis,) if isinstance(axis, int) else axis
    return int(np.prod([x.shape[one] for one in axes]))


def _reduce(
    reduction: Callable[[list[Any]], Any], x: Array, axis: Axis, *, keepdims: bool
) -> Truth:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    last = tuple(range(-len(axes), 0))
    rows = np.moveaxis(x, tuple(axes), last)
    kept = rows.shape[: x.ndim - len(axes)]
    with gmpy2.context(precision=BITS):
        values = [reduction([gmpy2.mpfr(v) for v in _floats(rows[i])]) for i in np.ndindex(kept)]
        truth = split(values, kept)
    if not keepdims:
        return truth
    shape = np.empty(x.shape, np.bool_).any(axis=axis, keepdims=True).shape
    return Truth(truth.hi.reshape(shape), truth.lo.reshape(shape))


# Products --------------------------------------------------------------------------------------


def matmul(x: Array, y: Array) -> Truth:
    """The matrix product x @ y of vectors, matrices, or batches of these, as numpy's `matmul`.

    Raises `ValueError` for shapes that do not fit.
    """
    return _product(x, y, None)


def affine(x: Array, w: Array, b: Array) -> Truth:
    """A linear layer, x @ w + b; `b` is broadcast over the product."""
    return _product(x, w, b)


def matmul_bound(x: Array, truth: Truth, dtype: np.dtype[Any], y: Array) -> Array:
    """gamma_(n+3) |x| @ |y| + (n + 1) tau with n terms in each sum, Higham (3.13).

    n tau for products that are smaller than the smallest normal number.
    """
    n = x.shape[-1]
    size = np.abs(np.asarray(x, np.float64)) @ np.abs(np.asarray(y, np.float64))
    bound = gamma(n + _SPARE, dtype) * size + (n + 1) * smallest_normal(dtype)
    return np.asarray(np.broadcast_to(bound, truth.hi.shape))


def affine_bound(x: Array, truth: Truth, dtype: np.dtype[Any], w: Array, b: Array) -> Array:
    """gamma_(n+1+3) (|x| @ |w| + |b|) + (n + 1) tau: one term more than the product."""
    n = x.shape[-1]
    size = np.abs(np.asarray(x, np.float64)) @ np.abs(np.asarray(w, np.float64))
    size = size + np.abs(np.asarray(b, np.float64))
    bound = gamma(n + 1 + _SPARE, dtype) * size + (n + 1) * smallest_normal(dtype)
    return np.asarray(np.broadcast_to(bound, truth.hi.shape))


def _product(x: Array, y: Array, b: Array | None) -> Truth:
    """Sums of products, each with one term more where there is `b`."""
    shape = np.matmul(np.zeros(x.shape), np.zeros(y.shape)).shape  # or a ValueError
    rows = x[None, :] if x.ndim == 1 else x
    columns = y[:, None] if y.ndim == 1 else y
    stack = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = np.broadcast_to(rows, (*stack, *rows.shape[-2:]))
    columns = np.swapaxes(np.broadcast_to(columns, (*stack, *columns.shape[-2:])), -1, -2)
    more: list[float] = []
    if b is not None:
        if np.broadcast_shapes(shape, b.shape) != shape:
            raise ValueError(f"a bias of shape {b.shape} does not fit a product of shape {shape}")
        more = _floats(np.broadcast_to(b, shape))
    with gmpy2.context(precision=BITS):
        number = partial(map, gmpy2.mpfr)
        values: list[Any] = []
        for index in np.ndindex(stack):
            left = [list(number(_floats(row))) for row in rows[index]]
            right = [list(number(_floats(column))) for column in columns[index]]
            for row in left:
                for column in right:
                    terms = [a * c for a, c in zip(row, column, strict=True)]
                    if more:
                        terms.append(gmpy2.mpfr(more[len(values)]))
                    values.append(gmpy2.fsum(terms))
        return split(values, shape)


def _floats(x: Array) -> list[float]:
    """All elements, in row-major order, as Python numbers."""
    return [float(v) for v in np.asarray(x).ravel().tolist()]
