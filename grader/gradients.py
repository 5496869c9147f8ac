"""Gradients, held to finite differences of the function that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks import as_array, check_close, same_size, show
from grader.model import RubricError
from grader.numerics import FLOAT64, coarser, unit_roundoff

if TYPE_CHECKING:
    from grader.numerics import Array
    from grader.promises import Ask, Check

_UNITS = 16  # of roundoff that one value of the function may be off by


def gradient_of(of: str, wrt: str, upstream: str) -> Check:
    """The answer is dL/d`wrt`, where L is the sum of what `of` gives, each times its `upstream`.

    Central differences with steps h and h/2 are extrapolated (Richardson). Forgiven is what the two
    differ by, which is more than their error where h is small enough; what rounding in `of` (16 u
    relative to what is added up) does to a quotient by h; and 16 u of the answer's own dtype.
    """
    u = unit_roundoff(FLOAT64)

    def check(ask: Ask, case: Any) -> None:
        x = case.arguments[wrt]
        if x.dtype != FLOAT64:
            raise RubricError(f"gradients are judged on float64 arrays; {wrt!r} is {x.dtype}")
        output = as_array(ask.here())
        h = np.cbrt(u) * np.maximum(1.0, np.abs(x)).ravel()
        moved = [(at, step) for at in range(x.size) for step in (h[at], h[at] / 2)]
        points = [_moved(x, at, step * sign) for at, step in moved for sign in (1, -1)]
        given = ask.each(of, [case.arguments | {wrt: point} for point in points])
        weights = case.arguments.get(upstream, np.ones(()))
        terms = [np.asarray(as_array(value), np.float64) * weights for value in given]
        sums = np.array([term.sum() for term in terms]).reshape(x.size, 2, 2)
        sizes = np.array([np.abs(term).sum() + term.size * u for term in terms]).max(initial=0.0)
        places = np.array([p.ravel()[k // 4] for k, p in enumerate(points)]).reshape(x.size, 2, 2)
        slopes = (sums[..., 0] - sums[..., 1]) / (places[..., 0] - places[..., 1])
        coarse, fine = slopes[:, 0], slopes[:, 1]
        wanted = ((4 * fine - coarse) / 3).reshape(x.shape)
        bound = np.abs(coarse - fine) + 6 * _UNITS * u * sizes / h
        own = unit_roundoff(coarser(output.dtype))
        bound = bound.reshape(x.shape) + _UNITS * own * np.maximum(1.0, np.abs(wanted))
        check_close(
            same_size(output, x.shape), wanted, bound,
            f"expected about {show(wanted)}, by finite differences", output=output,
        )  # fmt: skip

    return check


def _moved(x: Array, at: int, step: float) -> Array:
    moved = np.array(x)
    moved.ravel()[at] += step
    return moved
