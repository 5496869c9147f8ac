"""Whether two implementations give the same values, on inputs that no exam asks for.

The inputs are those of the exam with plain random numbers in their arrays: the same shapes, dtypes
and arguments, many times over. A rubric whose own inputs are too tame to tell two implementations
apart is found out in this way.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from grader import numerics
from grader.answers import Gave
from grader.corpus import make_case
from grader.numerics import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.answers import Answer, Request
    from grader.corpus import Case
    from grader.rubric import Criterion, Rubric

_UNITS = 64  # of roundoff, relative to the largest value, where the rubric has no bound of its own


class Question:
    """One call on one plain input."""

    def __init__(self, criterion: Criterion, case: Case) -> None:
        self.criterion = criterion
        self.case = case
        self.request: Request = (criterion.call, case.payload)


def questions(
    rubric: Rubric, criteria: Sequence[Criterion], times: int, seed: int
) -> list[Question]:
    """Every call that criteria make, on `times` plain inputs for each that the exam has."""
    random = np.random.default_rng(seed)
    made = []
    for criterion in {c.call: c for c in criteria}.values():
        own = [c for c in criteria if c.call == criterion.call]
        cases = {
            case.payload: case
            for c in own
            for case in rubric.cases(c)
            if c.corpus.groups[case.group].plain
        }
        for case in cases.values():
            made += [Question(criterion, _plain(case, random)) for _ in range(times)]
    return made


def _plain(case: Case, random: np.random.Generator) -> Case:
    def refilled(value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return value
        numbers = random.normal(0, random.choice([1, 5]), value.shape)
        return np.asarray(np.round(numbers, 3), value.dtype)

    return make_case(case.group, {k: refilled(v) for k, v in case.arguments.items()})


def first_difference(
    rubric: Rubric,
    asked: Sequence[Question],
    one: Mapping[Request, Answer],
    other: Mapping[Request, Answer],
) -> Question | None:
    """The first input on which two implementations differ by more than rounding; None if on none.

    Where the first has no finite value, or none at all, there is nothing to go by.
    """
    for question in asked:
        first, second = one.get(question.request), other.get(question.request)
        if not isinstance(first, Gave) or not all(map(_finite, _parts(first.value))):
            continue
        if not isinstance(second, Gave) or not _alike(rubric, question, first.value, second.value):
            return question
    return None


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _parts(item)
    else:
        yield value


def _finite(value: Any) -> bool:
    return not isinstance(value, np.ndarray) or bool(np.isfinite(value).all())


def _alike(rubric: Rubric, question: Question, first: Any, second: Any) -> bool:
    ours, theirs = list(_parts(first)), list(_parts(second))
    return len(ours) == len(theirs) and all(
        _close(rubric, question, one, other) for one, other in zip(ours, theirs, strict=True)
    )


def _close(rubric: Rubric, question: Question, one: Any, other: Any) -> bool:
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return bool(one == other)
    if one.size != other.size:
        return False
    if one.dtype.kind != "f" or other.dtype.kind != "f":
        return bool(np.array_equal(one.ravel(), other.ravel()))
    one, other = one.astype(np.float64).ravel(), other.astype(np.float64).ravel()
    if np.array_equal(one, other):  # as most are, and bounds take long to work out
        return True
    width = _width(rubric, question, one)
    return bool((np.abs(one - other) <= width).all())


def _width(rubric: Rubric, question: Question, values: Any) -> Any:
    """How far two right answers may be apart."""
    narrow = any(
        isinstance(v, np.ndarray) and v.dtype == numerics.FLOAT32
        for v in question.case.arguments.values()
    )
    dtype = numerics.FLOAT32 if narrow else numerics.FLOAT64
    target = next(t for t in rubric.targets if t.name == question.criterion.target)
    if target.has_reference and question.criterion.call == target.call:
        with contextlib.suppress(TypeError):  # an input may have more than the reference takes
            right = target.right_answer(question.case, dtype)
            if isinstance(right, Interval) and right.truth.size == values.size:
                return 2 * (right.upper - right.lower).ravel()
    largest = float(np.max(np.abs(values), initial=1.0))
    return _UNITS * numerics.unit_roundoff(dtype) * largest
