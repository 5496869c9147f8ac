"""Whether a rubric can be used at all: what a class should never meet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grader.checks import CheckFailed, show_with_inputs
from grader.disclosure import LEVELS
from grader.model import RubricError

if TYPE_CHECKING:
    from grader.corpus import Case
    from grader.rubric import Criterion, Rubric


def check_rubric(rubric: Rubric) -> None:
    """Raise `RubricError` for what would make a rubric unfair or useless.

    Doubled ids, points that are none, needs and inputs that are not there, criteria that never ask
    for anything, hints on nothing.
    """
    ids = [criterion.id for criterion in rubric.criteria]
    if not ids:
        raise RubricError(f"the rubric of {rubric.assignment!r} has no criteria")
    for position, criterion in enumerate(rubric.criteria):
        where = f"criterion {criterion.id!r}"
        if ids.count(criterion.id) > 1:
            raise RubricError(f"{where} is there twice; give one another id")
        if not 0 < criterion.points < math.inf:
            raise RubricError(f"{where} has {criterion.points} points; they must be positive")
        for need in criterion.needs:
            if need not in ids[:position]:
                raise RubricError(f"{where} needs {need!r}, which does not come before it")
        _check_inputs(rubric, criterion, where)
        if criterion.disclose not in LEVELS:
            known = ", ".join(map(repr, LEVELS))
            raise RubricError(f"{where} discloses {criterion.disclose!r}; there are {known}")
    _check_hints(rubric, ids)


def _check_hints(rubric: Rubric, ids: list[str]) -> None:
    for hint in rubric.hints:
        for name in hint.on:
            if name not in {*ids, *(remark.id for remark in rubric.remarks)}:
                raise RubricError(f"a hint is on {name!r}, which is no criterion: {hint.text!r}")


def _check_inputs(rubric: Rubric, criterion: Criterion, where: str) -> None:
    for group in criterion.groups:
        if group not in criterion.corpus.groups:
            known = ", ".join(map(repr, criterion.corpus.groups))
            raise RubricError(f"{where} is on inputs {group!r}; its corpus has {known}")
    cases = rubric.cases(criterion)
    if not cases:
        raise RubricError(f"{where} has no inputs, so it would pass without being tried")
    if not any(_asks(criterion, case) for case in cases):
        raise RubricError(
            f"{where} never asks the student's code for anything, on none of its "
            f"{len(cases)} inputs; let it call its first argument"
        )


class _Asked(BaseException):
    """A criterion has asked for something."""


class _Anybody:
    """Stands for a student's code that has not been asked for anything yet."""

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise _Asked

    here = by = each = raises = exception = exceptions = steps = changed = __call__


def _asks(criterion: Criterion, case: Case) -> bool:
    """Whether a criterion comes to ask the student's code for anything on an input."""
    try:
        criterion.check(_Anybody(), case)
    except _Asked:
        return True
    except (CheckFailed, AssertionError):
        return False
    except (Exception, SystemExit) as error:
        raise RubricError(
            f"criterion {criterion.id!r} itself raised {type(error).__name__}: {error} "
            f"on {show_with_inputs(criterion.call, case.arguments, criterion.list_dtype)}"
        ) from error
    return False
