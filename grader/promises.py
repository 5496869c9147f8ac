"""The promises that most numerical functions make, as checks of one case each.

`grader.rubric.Target` has a method for each; criteria of a rubric's own are plain functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader import numerics
from grader.checks import (
    CheckFailed,
    as_array,
    same_size,
    show,
)
from grader.numerics import Interval
from grader.rightness import BrokenReference, Right, check_right, check_shapes, widened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.answers import Raised
    from grader.corpus import Case
    from grader.numerics import Array

    Rightness = Callable[[Case, np.dtype[Any]], Right]  # what is right for a case, at a precision
    Check = Callable[["Ask", Case], None]


class Ask(Protocol):
    """The student's code, as a criterion sees it.

    A call that gives no value (it raises, hangs, or gives what nothing can be made of) costs the
    criterion at that place, whatever stands after it.
    """

    def __call__(self, *arguments: Any) -> Any:
        """The criterion's own call on these arguments, in the order of the case's: an array.

        Of a target that gives "anything", it is the answer as it is.
        """

    def here(self) -> Any:
        """The criterion's own call on the case's own arguments."""

    def by(self, call: str, **arguments: Any) -> Any:
        """Any other call: what it gives, whatever that is.

        Without arguments it is made on the case's own.
        """

    def each(self, call: str, inputs: Sequence[Mapping[str, Any]]) -> list[Any]:
        """What a call gives on each of several inputs, asked at once.

        For "" it is the criterion's own, as it is by itself: an array.
        A criterion has twenty rounds of questions, one after the other; these are one of them.
        """

    def raises(self, call: str = "", **arguments: Any) -> bool:
        """Whether a call raises an exception; by default the criterion's own on the case's own."""

    def exception(self, call: str = "", **arguments: Any) -> Raised | None:
        """What a call raises: its `kind`, `text`, and the names of its `bases`; None if nothing."""

    def exceptions(self, call: str, inputs: Sequence[Mapping[str, Any]]) -> list[Raised | None]:
        """The same of a call on each of several inputs, asked at once."""

    def steps(self, call: str = "", **arguments: Any) -> int:
        """How many instructions of Python's own a call takes; numpy's loops count as one."""

    def changed(self) -> list[str]:
        """The definitions that the target's calls so far have changed for all others."""


def _dtypes(answer: Any) -> Iterator[np.dtype[Any]]:
    """The dtypes of an answer, or of the arrays in it."""
    if isinstance(answer, np.ndarray):
        yield answer.dtype
    elif isinstance(answer, (list, tuple, dict)):
        for item in answer.values() if isinstance(answer, dict) else answer:
            yield from _dtypes(item)


class RightValues:
    """The answer agrees with the reference, for one case or for all at once."""

    def __init__(
        self,
        right: Rightness,
        precision: np.dtype[Any] | None,
        slack: float = 0.0,
        *,
        in_shape: bool = False,
    ) -> None:
        self.right = right
        self.slack = slack
        self.in_shape = in_shape
        self.precision = precision
        self._all: dict[int, tuple[Sequence[Case], Interval | None, list[tuple[int, ...]]]] = {}

    def _right(self, case: Case, dtype: np.dtype[Any]) -> Right:
        judged_at = case.precision if self.precision is None else self.precision
        return widened(self.right(case, numerics.coarser(judged_at, dtype)), self.slack)

    def _answer(self, ask: Ask, case: Case) -> tuple[Any, Right]:
        """What is given, and what is right at its precision."""
        output = ask.here()
        return output, self._right(case, numerics.coarser(*_dtypes(output)))

    def __call__(self, ask: Ask, case: Case) -> None:
        """Check one case."""
        output, right = self._answer(ask, case)
        check_right(output, right)
        if self.in_shape:
            check_shapes(output, right)

    def all_right(self, cases: Sequence[Case], values: Sequence[Any]) -> bool:
        """Whether all values are right: one comparison in place of hundreds.

        No is no verdict: then each case is to be looked at for itself.
        """
        if not cases or not all(isinstance(value, np.ndarray) for value in values):
            return False
        wide = [value.dtype for value in values]
        if any(dtype != case.precision for case, dtype in zip(cases, wide, strict=True)):
            return False
        right, shapes = self._all_at_once(cases)
        if right is None or [value.shape for value in values] != shapes:
            return False
        with np.errstate(invalid="ignore"):  # signalling NaN of student code
            found = np.concatenate([value.ravel() for value in values])
        good = (found >= right.lower) & (found <= right.upper)
        return bool(good.all() or (good | (np.isnan(right.truth) & np.isnan(found))).all())

    def prepare(self, cases: Sequence[Case]) -> None:
        """Work out what is right for all of them, before there is an answer."""
        self._all_at_once(cases)

    def _all_at_once(self, cases: Sequence[Case]) -> tuple[Interval | None, list[tuple[int, ...]]]:
        """What is right for all of them, one after the other, and the shapes of the answers.

        It is remembered for that very list. None where not all are arrays of numbers.
        """
        known = self._all.get(id(cases))
        if known is not None and known[0] is cases:
            return known[1], known[2]
        try:
            each = [self._right(case, case.precision) for case in cases]
        except BrokenReference:  # which case by case can be told of the one that it is
            return None, []
        intervals = [right for right in each if isinstance(right, Interval)]
        made, shapes = None, [right.truth.shape for right in intervals]
        if len(intervals) == len(each):
            wide = [[part.ravel() for part in interval] for interval in intervals]
            made = Interval(*[np.concatenate(parts) for parts in zip(*wide, strict=True)])
        self._all[id(cases)] = (cases, made, shapes)
        return made, shapes


def left_in(argument: str, right: Rightness) -> Check:
    """The call, which ends with an argument, has left the right values in it."""
    values = RightValues(right, None)

    def check(ask: Ask, case: Case) -> None:
        try:
            values(ask, case)
        except CheckFailed as failed:
            said = f"left {show(failed.output)} in {argument}"
            raise CheckFailed(failed.output, failed.expected, said) from None

    return check


def same_shape(right: Rightness | None) -> Check:
    """The answer has the shape of the right one; a single number is also right in value.

    Without a reference it is the shape of the input `x`.
    """

    def check(ask: Ask, case: Case) -> None:
        output = as_array(ask.here())
        near = None if right is None else right(case, numerics.FLOAT32)
        shape = case.arguments["x"].shape if near is None else np.shape(near.truth)
        if output.shape != shape:
            raise CheckFailed(output, f"expected shape {shape}", f"gave shape {output.shape}")
        if near is not None and not shape:
            check_right(output, near)

    return check


def in_range(low: float, high: float) -> Check:
    """Every element is in the closed interval."""

    def check(ask: Ask, _: Case) -> None:
        output = as_array(ask.here())
        _check_between(output, output, (low, high), (low, high))

    return check


class InRange(RightValues):
    """Every element is in the closed interval, or right all the same.

    The slack is for correct algorithms that overshoot by a rounding, such as sinh / cosh.
    """

    def __init__(self, right: Rightness, low: float, high: float) -> None:
        super().__init__(right, None)
        self.low = low
        self.high = high

    def _right(self, case: Case, dtype: np.dtype[Any]) -> Right:
        near = super()._right(case, dtype)
        if not isinstance(near, Interval):
            return near
        return Interval(
            near.truth, np.minimum(self.low, near.lower), np.maximum(self.high, near.upper)
        )

    def __call__(self, ask: Ask, case: Case) -> None:
        """Check one case."""
        output, near = self._answer(ask, case)
        values, ends = as_array(output), (self.low, self.high)
        if not isinstance(near, Interval):
            _check_between(output, values, ends, ends)
            return
        values = same_size(values, near.truth.shape)
        _check_between(output, values, ends, (near.lower, near.upper))


def _check_between(
    output: Array, values: Array, ends: tuple[float, float], allowed: tuple[Any, Any]
) -> None:
    if ((values >= allowed[0]) & (values <= allowed[1])).all():
        return
    low, high = ends
    with np.errstate(invalid="ignore"):
        hair = (values >= low - 1e-5) & (values <= high + 1e-5)
    digits = 17 if hair.all() else 6
    outside = f"expected nothing outside [{low:g}, {high:g}]"
    raise CheckFailed(output, outside, f"gave {show(output, digits)}")


def right_exception(kinds: tuple[type[BaseException], ...]) -> Check:
    """The call raises one of these, or what is derived from one.

    What is not written yet does not count, even where a `RuntimeError` is promised.
    """

    def check(ask: Ask, _: Case) -> None:
        check_raises(ask, *kinds)

    return check


def check_raises(ask: Ask, *kinds: type[BaseException], call: str = "") -> None:
    """A call, by default the criterion's own, raises one of these, or what is derived from one."""
    names = [kind.__name__ for kind in kinds]
    promised = f"expected {' or '.join(names)}"
    raised = ask.exception(call)
    if raised is None:
        try:
            output = ask.by(call) if call else ask.here()
        except CheckFailed as unfit:
            raise CheckFailed(unfit.output, promised, unfit.said, call=call) from None
        raise CheckFailed(output, promised, call=call)
    if raised.kind == "NotImplementedError" and raised.kind not in names:
        ask.by(call) if call else ask.here()
    if not {raised.kind, *raised.bases} & {*names}:
        said = f"raised {raised.kind}: {raised.text}".rstrip(": ")
        raise CheckFailed(None, promised, said, call=call)
