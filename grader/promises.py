"""The promises that most numerical functions make, as checks of one case each.

`grader.rubric.Target` has a method for each; criteria of a rubric's own are plain functions.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader import numerics
from grader.checks import (
    CheckFailed,
    check_close,
    check_values,
    digits_to_tell_apart,
    same_size,
    show,
)
from grader.corpus import Case, make_case
from grader.numerics import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.numerics import Array

    Right = Callable[[Case, np.dtype[Any]], Interval]  # what is right for a case, at a precision
    Check = Callable[["Ask", Case], None]


class Ask(Protocol):
    """The student's code, as a criterion sees it."""

    def __call__(self, *arguments: Any) -> Array:
        """The criterion's own call on these arguments, in the order of the case's."""

    def here(self) -> Array:
        """The criterion's own call on the case's own arguments."""

    def by(self, call: str, **arguments: Any) -> Any:
        """Any other call: what it gives, an array, a number or a list of these.

        Without arguments it is made on the case's own.
        """

    def raises(self, call: str, **arguments: Any) -> bool:
        """Whether a call raises an exception; without arguments, on the case's own."""

    def changed(self) -> list[str]:
        """The definitions that the target's calls so far have changed for all others."""


class RightValues:
    """The answer agrees with the reference, for one case or for all at once."""

    def __init__(self, right: Right, precision: np.dtype[Any] | None, slack: float = 0.0) -> None:
        self.right = right
        self.slack = slack
        self.precision = precision
        self._all: dict[int, tuple[Sequence[Case], Interval]] = {}

    def _right(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        judged_at = case.arguments["x"].dtype if self.precision is None else self.precision
        near = self.right(case, numerics.coarser(judged_at, dtype))
        if not self.slack:
            return near
        return Interval(near.truth, near.lower - self.slack, near.upper + self.slack)

    def __call__(self, ask: Ask, case: Case) -> None:
        """Check one case."""
        output = ask.here()
        check_values(output, self._right(case, output.dtype))

    def all_right(self, cases: Sequence[Case], values: Sequence[Any]) -> bool:
        """Whether all values are right: one comparison in place of hundreds.

        No is no verdict: then each case is to be looked at for itself.
        """
        if not cases:
            return True
        for case, value in zip(cases, values, strict=True):
            x = case.arguments["x"]
            if not isinstance(value, np.ndarray):
                return False
            if value.shape != x.shape or value.dtype != x.dtype:
                return False
        truth, lower, upper = self._all_at_once(cases)
        with np.errstate(invalid="ignore"):  # signalling NaN of student code
            found = np.concatenate([value.ravel() for value in values])
        good = (found >= lower) & (found <= upper)
        return bool(good.all() or (good | (np.isnan(truth) & np.isnan(found))).all())

    def _all_at_once(self, cases: Sequence[Case]) -> Interval:
        """What is right for all of them, one after the other; remembered for that very list."""
        known = self._all.get(id(cases))
        if known is not None and known[0] is cases:
            return known[1]
        each = [self._right(case, case.arguments["x"].dtype) for case in cases]
        flat = [[part.ravel() for part in parts] for parts in zip(*each, strict=True)]
        made = Interval(*map(np.concatenate, flat))
        self._all[id(cases)] = (cases, made)
        return made


def same_shape(right: Right) -> Check:
    """The answer has the shape of the input `x`; a single number is also right in value."""

    def check(ask: Ask, case: Case) -> None:
        shape, output = case.arguments["x"].shape, ask.here()
        if output.shape != shape:
            raise CheckFailed(output, f"expected shape {shape}", f"gave shape {output.shape}")
        if not shape:
            check_values(output, right(case, numerics.FLOAT32))

    return check


class InRange(RightValues):
    """Every element is in the closed interval, or right all the same.

    The slack is for correct algorithms that overshoot by a rounding, such as sinh / cosh.
    """

    def __init__(self, right: Right, low: float, high: float) -> None:
        super().__init__(right, None)
        self.low = low
        self.high = high

    def _right(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        near = super()._right(case, dtype)
        return Interval(
            near.truth, np.minimum(self.low, near.lower), np.maximum(self.high, near.upper)
        )

    def __call__(self, ask: Ask, case: Case) -> None:
        """Check one case."""
        output = ask.here()
        near = self._right(case, output.dtype)
        values = same_size(output, near.truth.shape)
        if not ((values >= near.lower) & (values <= near.upper)).all():
            outside = f"expected nothing outside [{self.low:g}, {self.high:g}]"
            with np.errstate(invalid="ignore"):
                hair = (values >= self.low - 1e-5) & (values <= self.high + 1e-5)
            digits = 17 if hair.all() else 6
            raise CheckFailed(output, outside, f"gave {show(output, digits)}")


# The next three are about how a function answers. Where it does not answer at all, that is charged
# to the criteria about its values, and not here again.


def same_dtype(plain: str, call: str) -> Check:
    """The answer is of the input's dtype.

    `call` gives a list: whether the answer is of the right type, and the answer. `plain` is the
    call that gives the answer alone.
    """

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        wanted = case.arguments["x"].dtype
        answer = ask.by(call)
        fits, output = answer if isinstance(answer, list) and len(answer) == 2 else (False, answer)
        if fits is not True:
            raise CheckFailed(output, "expected a Tensor", "gave something that is no Tensor")
        if not isinstance(output, np.ndarray) or output.dtype != wanted:
            name = getattr(output, "dtype", type(output).__name__)
            raise CheckFailed(output, f"expected {wanted}", f"gave {name} for {wanted}")

    return check


def same_input(plain: str, call: str) -> Check:
    """The input is as it was, and the answer does not lie in its memory.

    `call` gives a list: whether the answer shares memory with the input, and the input afterwards.
    """

    def check(ask: Ask, case: Case) -> None:
        if ask.raises(plain):
            return
        x, answer = case.arguments["x"], ask.by(call)
        whole = isinstance(answer, list) and len(answer) == 2 and isinstance(answer[1], np.ndarray)
        if not whole:
            raise CheckFailed(answer, "expected a Tensor")
        shares, after = answer
        if after.shape != x.shape or not np.array_equal(after, x, equal_nan=True):
            digits = digits_to_tell_apart(after, x)
            raise CheckFailed(
                after,
                f"expected {show(x, digits)} as before",
                f"left {show(after, digits)} in its input",
            )
        if after.dtype != x.dtype:
            raise CheckFailed(
                after, f"expected {x.dtype} as before", f"left {after.dtype} in its input"
            )
        if shares is not False:
            raise CheckFailed(
                after, "expected a new Tensor", "gave what lies in its input's memory"
            )

    return check


def same_again(right: Right, plain: str, call: str) -> Check:
    """One object, called on inputs by turns, answers as new ones do, and changes nothing else.

    `call` gives the list of answers for x, y = x[..., ::-1] + 1, z = x twice along its last axis,
    w = x with one more axis in front (up to four), and so on for x. They are compared with those
    of the call `plain`, within the bound and not to the bit. Nor may calls have changed what other
    functions build on, such as `np.exp`.
    """
    prepared: dict[bytes, list[Case]] = {}

    def others(case: Case) -> list[Case]:
        if case.payload not in prepared:
            x = case.arguments["x"]
            front = x[None] if x.ndim < 4 else x
            arrays = (x[..., ::-1] + x.dtype.type(1), np.concatenate([x, x], -1), front)
            prepared[case.payload] = [make_case("", {"x": array}) for array in arrays]
        return prepared[case.payload]

    def check(ask: Ask, case: Case) -> None:
        cases = [case, *others(case)]
        inputs = [one.arguments["x"] for one in cases]
        if any(ask.raises(plain, x=x) for x in inputs):
            return
        new = [ask.by(plain, x=x) for x in inputs]
        answers = ask.by(call)
        arrays = isinstance(answers, list) and all(
            isinstance(answer, np.ndarray) for answer in (*answers, *new)
        )
        if not arrays:
            raise CheckFailed(answers, "expected a Tensor every time")
        for position, output in enumerate(answers):
            which = position if position < len(inputs) else 0
            near = partial(right, cases[which])
            place = (position + 1, inputs[which]) if position else None
            check_alike(output, new[which], near, "as a new object gives", place)
        if names := ask.changed():
            changed = ", ".join(dict.fromkeys(names))
            said = f"changed {changed} for everything else that runs"
            raise CheckFailed(None, "expected nothing but an answer", said)

    return check


def check_alike(
    output: Array,
    other: Array,
    right: Callable[[np.dtype[Any]], Interval],
    what: str,
    place: tuple[int, Array] | None = None,
) -> None:
    """Two answers to the same question agree up to their rounding, and are NaN together.

    `what` says where the other comes from, and `place` which call of several gave the first, and on
    what input.
    """
    if np.array_equal(output, other, equal_nan=True):
        return
    near = right(numerics.coarser(output.dtype, other.dtype))
    shape = near.truth.shape
    with np.errstate(invalid="ignore"):
        width = near.upper - near.lower
    digits = digits_to_tell_apart(output, other)
    where = f"and more; call {place[0]}, on {show(place[1])}, " if place else ""
    one, two = same_size(output, shape), same_size(other, shape)
    both = np.isnan(one) & np.isnan(two)
    check_close(
        np.where(both, 0, one),
        np.where(both, 0, two),
        width,
        f"expected {show(other, digits)}, {what}",
        output=output,
        said=f"{where}gave {show(output, digits)}",
    )
