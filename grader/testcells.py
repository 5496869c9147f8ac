"""Tests that are cells of the notebook, as nbgrader has them: run, and their outcome is the score.

An error is 0 points, a number as the cell's value is so many points, anything else is full marks.
What nbgrader gets wrong is put right: a warning on stderr costs nothing; a number below 0, or NaN,
is 0 points and not all of them; one above the maximum is for a person to look at, and does not
abort the class; numpy's way of showing numbers is read; a cell that does not come to its end, or
ends the process, loses its own points only.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from grader.checks import number
from grader.model import CellRun, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.merge import MergedCell
    from grader.model import CourseCell, Status

_NUMPY: Final = re.compile(r"^(?:np|numpy)\.(?:float|int|uint)\d*\((.*)\)$", re.DOTALL)
_NOT_RUN: Final = CellRun(index=-1, left_out="was not run, since the notebook's time was used up")


def judge_tests(merged: Sequence[MergedCell], runs: Iterable[CellRun]) -> tuple[Verdict, ...]:
    """One verdict for each test cell of a merged notebook; `runs` are indexed by its positions."""
    known = {run.index: run for run in runs}
    return tuple(
        _verdict(cell.course, known.get(position, _NOT_RUN), empty=not cell.source.strip())
        for position, cell in enumerate(merged)
        if cell.course is not None and cell.course.is_test
    )


def _verdict(cell: CourseCell, run: CellRun, *, empty: bool) -> Verdict:
    points, status, message, review = cell.points, "passed", "", False
    if empty:
        pass
    elif run.left_out:
        points, message = 0.0, run.left_out
        status = "timeout" if "longer" in message or "time" in message else "error"
    elif run.error:
        points, message = 0.0, run.error
        status = "failed" if message.startswith("AssertionError") else "error"
    else:
        points, message, review = worth(run.value, cell.points)
        status = "error" if review else "passed" if points == cell.points else "failed"
    outcome: Status = status  # type: ignore[assignment]
    return Verdict(
        id=cell.name, target="", area="tests", title="", points=points, max_points=cell.points,
        status=outcome, message=message, review=review,
    )  # fmt: skip


def worth(value: str, most: float) -> tuple[float, str, bool]:
    """The points that a test's value stands for, why, and whether a person has to look."""
    wrapped = _NUMPY.match(value.strip())
    try:
        points = float(wrapped[1] if wrapped else value)
    except ValueError:
        return most, "", False
    if points > most:
        asked = f"the test's own value is {number(points)}, more than its {number(most)} points"
        return 0.0, f"{asked}; the test has to be mended", True
    if math.isnan(points) or points < 0:
        return 0.0, f"the test's own value is {number(points)}", False
    return points, "" if points == most else "the test gave part of its points", False
