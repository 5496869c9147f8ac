"""What is right, whatever kind of thing it is: numbers within a bound, a text, several of these."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from grader.checks import (
    CheckFailed,
    as_array,
    check_shape,
    check_values,
    digits_to_tell_apart,
    same_size,
    show,
)
from grader.model import RubricError
from grader.numerics import Interval, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from grader.corpus import Case
    from grader.numerics import Array

_BOUND = "bound(first argument, truth, dtype, *other arguments), and gives as many numbers as truth"
_MEMORY = 20_000  # answers kept; more than any corpus needs, so shrinking cannot grow it for ever


class BrokenReference(RubricError):
    """A reference or a bound has raised something: the rubric's fault, never the answer's."""


class Exact(NamedTuple):
    """Exactly this: whole numbers, truth values, a text, or None."""

    truth: Any


class Complex(NamedTuple):
    """Complex numbers: an interval for real and imaginary parts, along a last axis of two."""

    truth: Array
    parts: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """A list, tuple or dictionary whose items are each right; by key, or by place."""

    truth: Any
    items: dict[Any, Right]


Right = Interval | Exact | Complex | Several


class Reference:
    """The hidden right answer: a function of a case's arguments, and how far one may be off.

    It is called by the arguments' names, or in their order where it has other names.
    `function` gives a `Truth`, an array, a number, a truth value, a text, None, or a list, tuple or
    dictionary of these. `bound(first argument, truth, dtype, *others)` is the largest absolute
    error of a correct algorithm; None: none at all. Answers are remembered. Where one of the two
    raises, or does not fit the other, that is a `BrokenReference`.
    """

    def __init__(
        self, function: Callable[..., Any], bound: Callable[..., Array] | None = None
    ) -> None:
        self.function = function
        self.bound = bound
        self._known: dict[tuple[bytes, np.dtype[Any]], Right] = {}
        self._answers: dict[bytes, Any] = {}
        self._apply = applying(function)

    def within(self, bound: Callable[..., Array] | None) -> Reference:
        """The same answers, of which one may be off by another bound."""
        other = Reference(self.function, bound)
        other._answers = self._answers
        return other

    def right(self, case: Case, dtype: np.dtype[Any]) -> Right:
        """What is right for a case, where the rounding of that dtype is forgiven."""
        found = self._known.get((case.payload, dtype))
        if found is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            first, *others = case.arguments.values() or [None]
            bound = self.bound

            def off(truth: Truth) -> Array:
                if bound is None:
                    return np.zeros(())
                with blamed("bound", bound):
                    width = bound(first, truth, dtype, *others)
                    return np.broadcast_to(width, np.shape(truth.hi))

            found = right_answer(self._answer(case), off, exact=bound is None)
            self._known[case.payload, dtype] = found
        return found

    def _answer(self, case: Case) -> Any:
        """What the function gives for a case, whatever the dtype and the bound."""
        if case.payload not in self._answers:
            if len(self._answers) >= _MEMORY:
                self._answers.clear()
            with blamed("reference", self.function):
                self._answers[case.payload] = self._apply(case.arguments)
        return self._answers[case.payload]

    def interval(self, case: Case, dtype: np.dtype[Any]) -> Interval:
        """The same, where it has to be an array of real numbers; `RubricError` otherwise."""
        found = self.right(case, dtype)
        if isinstance(found, Exact) and isinstance(found.truth, np.ndarray):
            return Interval.around(_true(found.truth), np.zeros(()))
        if not isinstance(found, Interval):
            raise RubricError(f"the reference gives {show(found.truth)}; it has to be an array")
        return found


@contextmanager
def blamed(what: str, function: Callable[..., Any]) -> Iterator[None]:
    """Whatever is raised inside is the fault of this function of the rubric's."""
    try:
        yield
    except RubricError:
        raise
    except (Exception, SystemExit) as error:
        code = getattr(inspect.unwrap(function), "__code__", None)
        name = getattr(function, "__name__", type(function).__name__)
        place = f" ({Path(code.co_filename).name}, line {code.co_firstlineno})" if code else ""
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
        remedy = f"; it is called as {_BOUND}" if what == "bound" else ""
        raise BrokenReference(f"the {what} {name}{place} raised {text}{remedy}") from error


def applying(function: Callable[..., Any]) -> Callable[[Mapping[str, Any]], Any]:
    """Calls a function with arguments: by name, or in order where it has other names."""
    by_name: dict[tuple[str, ...], bool] = {}  # looking takes as long as many a reference

    def apply(arguments: Mapping[str, Any]) -> Any:
        names = tuple(arguments)
        if names not in by_name:
            by_name[names] = _has(function, names)
        return function(**arguments) if by_name[names] else function(*arguments.values())

    return apply


def _has(function: Callable[..., Any], names: Iterable[str]) -> bool:
    try:
        inspect.signature(function).bind(**dict.fromkeys(names))
    except (TypeError, ValueError):  # functions written in C may have no signature
        return False
    return True


def right_answer(answer: Any, bound: Callable[[Truth], Array], *, exact: bool) -> Right:
    """What is right where a reference has given this answer."""
    if isinstance(answer, Truth):
        return Interval.around(answer, bound(answer))
    if isinstance(answer, dict):
        each = {key: right_answer(item, bound, exact=exact) for key, item in answer.items()}
        return Several({key: item.truth for key, item in each.items()}, each)
    if isinstance(answer, (list, tuple)):
        items = [right_answer(item, bound, exact=exact) for item in answer]
        truths = [item.truth for item in items]
        whole = tuple(truths) if isinstance(answer, tuple) else truths
        return Several(whole, dict(enumerate(items)))
    if answer is None or isinstance(answer, str):
        return Exact(answer)
    values = np.asarray(answer)
    if values.dtype.kind == "c":
        halves = _halves(values)
        width = np.asarray(bound(_true(values)), np.float64)
        width = width[..., None] if width.ndim else width
        return Complex(values, Interval.around(_true(halves), width))
    if values.dtype.kind not in "biuf":
        raise RubricError(f"the reference gives {show(answer)}, which nothing can be held to")
    if values.dtype.kind != "f" and exact:
        return Exact(values)
    truth = _true(values)
    return Interval.around(truth, bound(truth))


def _true(values: Array) -> Truth:
    real = values if values.dtype.kind == "c" else values.astype(np.float64)
    return Truth(real, np.zeros(real.shape))


def _halves(values: Array) -> Array:
    return np.stack([values.real, values.imag], axis=-1).astype(np.float64)


def widened(right: Right, slack: float) -> Right:
    """The same, with an absolute error forgiven on top."""
    if not slack or isinstance(right, Exact):
        return right
    if isinstance(right, Interval):
        return _wider(right, slack)
    if isinstance(right, Complex):
        return Complex(right.truth, _wider(right.parts, slack))
    return Several(right.truth, {key: widened(item, slack) for key, item in right.items.items()})


def _wider(interval: Interval, slack: float) -> Interval:
    return Interval(interval.truth, interval.lower - slack, interval.upper + slack)


def check_right(output: Any, right: Right) -> None:
    """Raise `CheckFailed` where an answer is not right."""
    if isinstance(right, Interval):
        check_values(as_array(output), right)
    elif isinstance(right, Complex):
        _check_complex(as_array(output), right)
    elif isinstance(right, Several):
        _check_several(output, right)
    elif isinstance(right.truth, np.ndarray):
        values = same_size(as_array(output), right.truth.shape)
        if not np.array_equal(values, right.truth):
            raise CheckFailed(output, f"expected {show(right.truth)}")
    elif type(output) is not type(right.truth) or output != right.truth:
        raise CheckFailed(output, f"expected {show(right.truth)}")


def check_shapes(output: Any, right: Right) -> None:
    """Raise `CheckFailed` where an answer that is right has another shape."""
    if isinstance(right, Several):
        for key, item in right.items.items():
            try:
                check_shapes(output[key], item)
            except CheckFailed as failed:
                raise CheckFailed(output, failed.expected, failed.said) from None
    elif isinstance(right.truth, np.ndarray):
        check_shape(as_array(output), right.truth.shape)


def _check_complex(output: Array, right: Complex) -> None:
    values = same_size(output, right.truth.shape)
    try:
        check_values(_halves(values.astype(np.complex128)), right.parts)
    except CheckFailed:
        digits = digits_to_tell_apart(values, right.truth)
        said = f"gave {show(output, digits)}"
        raise CheckFailed(output, f"expected {show(right.truth, digits)}", said) from None


def _check_several(output: Any, right: Several) -> None:
    if isinstance(right.truth, dict):
        fits = isinstance(output, dict) and output.keys() >= right.items.keys()
    else:
        # An array of two numbers is as good as a pair of them.
        several = isinstance(output, (list, tuple)) or (
            isinstance(output, np.ndarray) and output.ndim > 0
        )
        fits = several and len(output) == len(right.items)
    if not fits:
        raise CheckFailed(output, f"expected {show(right.truth)}")
    for key, item in right.items.items():
        try:
            check_right(output[key], item)
        except CheckFailed:
            raise CheckFailed(output, f"expected {show(right.truth)}") from None
