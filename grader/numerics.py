"""Fair tolerances and precise references.

Throughout, u is the unit roundoff (half of eps) and tau the smallest normal number of the dtype at
which values are judged, t the true value, and n the length of an axis. The bounds are first-order
error analyses of the whole family of correct algorithms, not of one of them: an input rounded once,
an exponential right to a few u, sums in any order, and for softmax a subtraction x_i - m of
magnitude up to 2M, whose rounding error the exponential turns into a relative one.

References are computed with MPFR at 160 bits, correctly rounded and the same on every machine, and
kept as an unevaluated sum of two float64 numbers, `hi + lo`.

A reference takes a call's arguments by name and gives the `Truth`. A bound takes the first
argument, the truth for it, the dtype whose rounding is forgiven, and the other arguments; it gives
the largest absolute error that a correct algorithm may make, element by element, as an array of the
truth's shape or one that broadcasts to it.

Sources: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, for the
model of rounding and for sums; P. Blanchard, D. J. Higham and N. J. Higham, Accurately computing
the log-sum-exp and softmax functions, IMA J. Numer. Anal. 41 (2021), for softmax with and without
a shift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import gmpy2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]

BITS: Final = 160
FLOAT32: Final = np.dtype(np.float32)
FLOAT64: Final = np.dtype(np.float64)
_NARROW: Final = frozenset({FLOAT32, np.dtype(np.complex64)})


class Truth(NamedTuple):
    """True values, as `hi + lo`: about 32 significant decimal digits.

    Two float64 arrays of the same shape; `hi` is the truth rounded to float64, `lo` what that left.

    >>> sigmoid(np.array([0.0, 1.0])).hi
    array([0.5       , 0.73105858])
    """

    hi: Array
    lo: Array


class Interval(NamedTuple):
    """The values that are right: from `lower` to `upper`, around the true ones.

    Three float64 arrays of one shape.
    """

    truth: Array
    lower: Array
    upper: Array

    @classmethod
    def around(cls, truth: Truth, bound: Array) -> Interval:
        """What is within `bound` of the truth; the ends are rounded outwards.

        A bound of 0, and a truth that is infinite or NaN, leave the truth alone as right.

        >>> x = np.array([0.5])
        >>> near = Interval.around(tanh(x), unit_bound(x, tanh(x), FLOAT64))
        >>> bool(near.lower[0] < np.tanh(0.5) < near.upper[0])
        True
        """
        hi, lo = truth
        with np.errstate(invalid="ignore", over="ignore"):
            lower, upper = hi + (lo - bound), hi + (lo + bound)
            exact = (bound == 0) | ~np.isfinite(hi)
            lower = np.where(exact, hi, np.nextafter(lower, -np.inf))
            upper = np.where(exact, hi, np.nextafter(upper, np.inf))
        return cls(hi, lower, upper)


def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """u, half the distance from 1 to the next number of that dtype; Higham, section 2.1.

    >>> unit_roundoff(FLOAT64) == 2.0**-53, unit_roundoff(FLOAT32) == 2.0**-24
    (True, True)
    """
    return float(np.finfo(dtype).eps) / 2


def smallest_normal(dtype: np.dtype[Any]) -> float:
    """tau, below which a dtype loses digits.

    >>> smallest_normal(FLOAT64)
    2.2250738585072014e-308
    """
    return float(np.finfo(dtype).tiny)


def coarser(*dtypes: np.dtype[Any]) -> np.dtype[Any]:
    """The float dtype with the fewest digits, at most as coarse as float32.

    Integers count as exact, and half precision is nobody's promise here: neither loosens a bound.

    >>> coarser(FLOAT32, FLOAT64)
    dtype('float32')
    """
    return FLOAT64 if _NARROW.isdisjoint(dtypes) else FLOAT32


# References ------------------------------------------------------------------------------------


def split(values: list[Any], shape: tuple[int, ...]) -> Truth:
    """Multiprecision numbers as an array of `hi + lo`."""
    hi = [float(value) for value in values]
    lo = [
        float(value - top) if gmpy2.is_finite(value) and np.isfinite(top) else 0.0
        for value, top in zip(values, hi, strict=True)
    ]
    return Truth(np.array(hi).reshape(shape), np.array(lo).reshape(shape))


def _elementwise(function: Callable[[Any], Any]) -> Callable[[Array], Truth]:
    def reference(x: Array) -> Truth:
        with gmpy2.context(precision=BITS):
            return split([function(gmpy2.mpfr(float(v))) for v in x.ravel()], x.shape)

    return reference


def relu(x: Array) -> Truth:
    """max(0, x), NaN kept; exact. `x` has any shape, and the truth the same.

    >>> relu(np.array([-1.0, 2.0, np.nan])).hi
    array([ 0.,  2., nan])
    """
    values = np.maximum(x, 0).astype(np.float64)
    return Truth(values, np.zeros_like(values))


sigmoid = _elementwise(lambda v: 1 / (1 + gmpy2.exp(-v)))
sigmoid.__doc__ = "1 / (1 + e^-x) for every element; the truth has the shape of `x`."

tanh = _elementwise(gmpy2.tanh)
tanh.__doc__ = "(e^x - e^-x) / (e^x + e^-x) for every element; the truth has the shape of `x`."


def softmax(x: Array, dim: int = -1) -> Truth:
    """e^(x_i - m) / sum_j e^(x_j - m) along the axis `dim`, with m the slice's maximum.

    `x` has at least one axis and no empty slice; the truth has its shape. An element of -inf is a
    mask, of probability 0, where something else in the slice is finite. A slice with NaN, with +inf
    or of -inf alone is NaN.

    >>> softmax(np.array([1000.0, 1000.0, -np.inf])).hi
    array([0.5, 0.5, 0. ])
    """
    rows = np.moveaxis(x, dim, -1)
    hi, lo = np.empty(rows.shape), np.empty(rows.shape)
    with gmpy2.context(precision=BITS):
        for index in np.ndindex(rows.shape[:-1]):
            row = [gmpy2.mpfr(float(v)) for v in rows[index]]
            top = max(row)
            powers = [gmpy2.exp(v - top) for v in row]
            total = sum(powers)
            hi[index], lo[index] = split([power / total for power in powers], (len(row),))
    return Truth(np.moveaxis(hi, -1, dim), np.moveaxis(lo, -1, dim))


# Bounds ----------------------------------------------------------------------------------------
#
# A bound takes the input x, the truth for it, and the dtype whose rounding is forgiven, and gives
# the largest absolute error that a correct algorithm may make, element by element.


def relative(units: float) -> Callable[..., Array]:
    """`units` u |t| + tau, for every element: so many roundings, one after the other.

    Right where nothing is added up that may cancel: products, quotients, roots, powers.

    >>> bound = relative(2)(None, relu(np.array([3.0])), FLOAT64)
    >>> float(bound[0]) / unit_roundoff(FLOAT64)
    6.0
    """

    def bound(_: Any, truth: Truth, dtype: np.dtype[Any], *__: Any) -> Array:
        with np.errstate(invalid="ignore", over="ignore"):
            size = np.asarray(np.abs(truth.hi), np.float64)
            return units * unit_roundoff(dtype) * size + smallest_normal(dtype)

    return bound


def absolute(units: float) -> Callable[..., Array]:
    """`units` u + tau, for every element: for values whose terms are of size 1 at most.

    >>> bound = absolute(4)(None, relu(np.array([3.0])), FLOAT64)
    >>> float(bound[0]) / unit_roundoff(FLOAT64)
    4.0
    """

    def bound(_: Any, truth: Truth, dtype: np.dtype[Any], *__: Any) -> Array:
        return np.full(np.shape(truth.hi), units * unit_roundoff(dtype) + smallest_normal(dtype))

    return bound


def relu_bound(x: Array, truth: Truth, dtype: np.dtype[Any]) -> Array:
    """0 (equality, with -0 equal to 0), or one rounding where the answer is of a coarser dtype.

    What is smaller than the smallest normal number may be flushed to 0, as XLA does.
    """
    if np.finfo(dtype).eps <= np.finfo(x.dtype).eps:
        tau = smallest_normal(dtype)
        return np.where(np.abs(x) < tau, tau, 0.0)
    with np.errstate(invalid="ignore"):
        return unit_roundoff(dtype) * np.abs(truth.hi) + smallest_normal(dtype)


def unit_bound(x: Array, truth: Truth, dtype: np.dtype[Any]) -> Array:  # noqa: ARG001
    """16u + tau, absolute: for functions that saturate at 1, such as sigmoid and tanh.

    Relative accuracy where the value is nearly 0 is more than correctness asks for. The 16 is room
    for an exponential that is right to a few u, its input's rounding, whose effect is at most
    u |x| e^-|x| < u, and the sum, quotient and product around them.

    >>> x = np.zeros(1)
    >>> float(unit_bound(x, sigmoid(x), FLOAT64)[0]) / unit_roundoff(FLOAT64)
    16.0
    """
    return np.full(x.shape, 16 * unit_roundoff(dtype) + smallest_normal(dtype))


def softmax_bound(x: Array, truth: Truth, dtype: np.dtype[Any], dim: int = -1) -> Array:
    """(8 + n + 2 delta_i + 2M) u t_i + tau, with delta_i = max - x_i and M = max |x| in a slice.

    n counts the additions, delta_i the rounding of x_i - max, and M that of algorithms which go
    through the logarithm of the sum: Blanchard, Higham and Higham, with room for two of each
    rounding. Masked elements (-inf) must be 0 up to tau.

    >>> x = np.array([0.0, 0.0])
    >>> float(softmax_bound(x, softmax(x), FLOAT64)[0]) / unit_roundoff(FLOAT64)
    5.0
    """
    u, tau = unit_roundoff(dtype), smallest_normal(dtype)
    finite = np.where(np.isfinite(x), x, 0).astype(np.float64)
    top = np.max(np.where(np.isfinite(x), x, -np.inf), axis=dim, keepdims=True)
    with np.errstate(invalid="ignore", over="ignore"):
        delta = np.where(np.isfinite(x), top - finite, 0)
        m = np.max(np.abs(finite), axis=dim, keepdims=True)
        relative = (8 + x.shape[dim] + 2 * delta + 2 * m) * u
        # No correct algorithm leaves [0, 1], however large M.
        return np.where(truth.hi == 0, 0, np.minimum(relative * truth.hi, 1)) + tau


# Accuracy in the tails is more than correctness asks for: relative where the bounds above are
# absolute, and for softmax without the part that only algorithms through a logarithm need.


def sigmoid_tail_bound(x: Array, truth: Truth, dtype: np.dtype[Any]) -> Array:
    """(8 + |x|) u t + tau: e^-x carries the rounding of x, which is |x| u relative to it."""
    return _relative((8 + np.abs(np.asarray(x, np.float64))), truth, dtype)


def tanh_tail_bound(x: Array, truth: Truth, dtype: np.dtype[Any]) -> Array:  # noqa: ARG001
    """16u |t| + tau: near 0, where tanh x is nearly x, all digits are kept."""
    return _relative(np.asarray(16.0), truth, dtype)


def softmax_tail_bound(x: Array, truth: Truth, dtype: np.dtype[Any], dim: int = -1) -> Array:
    """(8 + n + 2 delta_i) u t_i + tau, as of algorithms that subtract the maximum first."""
    finite = np.where(np.isfinite(x), x, 0).astype(np.float64)
    top = np.max(np.where(np.isfinite(x), x, -np.inf), axis=dim, keepdims=True)
    with np.errstate(invalid="ignore", over="ignore"):
        units = 8 + x.shape[dim] + 2 * np.where(np.isfinite(x), top - finite, 0)
    return _relative(units, truth, dtype)


def _relative(units: Array, truth: Truth, dtype: np.dtype[Any]) -> Array:
    """So many units of roundoff relative to the truth, at most 1, and tau."""
    with np.errstate(invalid="ignore", over="ignore"):
        bound = units * unit_roundoff(dtype) * np.abs(truth.hi)
        return np.where(truth.hi == 0, 0, np.minimum(bound, 1)) + smallest_normal(dtype)


def sum_bound(x: Array, dtype: np.dtype[Any], dim: int = -1) -> Array:
    """(8 + n + 2M) u + n tau: how far a softmax slice's sum may be from 1.

    And n roundings of float64, in which the sum itself is worked out. The bound has the shape of
    `x` without the axis `dim`.
    """
    n, m = x.shape[dim], np.max(np.abs(x), axis=dim)
    bound = (8 + n + 2 * m) * unit_roundoff(dtype) + n * smallest_normal(dtype)
    bound = bound + n * unit_roundoff(FLOAT64)
    return np.asarray(bound, np.float64)


def shift_bound(x: Array, shift: float, y: Array, dtype: np.dtype[Any], dim: int = -1) -> Array:
    """(2(8 + n) + 8(M + |c|)) u y + 2 tau: how far softmax(x + c) may be from softmax(x) = y."""
    n, m = x.shape[dim], np.max(np.abs(x), axis=dim, keepdims=True)
    u, tau = unit_roundoff(dtype), smallest_normal(dtype)
    return np.asarray((2 * (8 + n) + 8 * (m + abs(shift))) * u * np.abs(y) + 2 * tau, np.float64)
