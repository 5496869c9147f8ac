"""Classroom 50's `result.json`, schema `classroom50/result/v1`: one submission in whole numbers.

Its runner writes the names of tests into a Markdown page as they are, so none of them holds text of
students; what it does not know is kept, so that stands in `message`.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from grader.report.told import line, told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from grader.model import Result, Verdict

SCHEMA: Final = "classroom50/result/v1"
_MOST: Final = 1000  # times that points are multiplied


def as_classroom50(
    assignment: str, result: Result, environment: Mapping[str, str], when: dt.datetime
) -> str:
    """The results of a submission as a document.

    What its runner knows (whose repository, which commit) is in the environment; where it is not,
    this is a trial, and what has to be there is made up.
    """

    def known(name: str, otherwise: str) -> str:
        return line(environment.get(name, "")) or otherwise

    commit = known("COMMIT_URL", "local")
    times = scale(result)
    if result.status == "refused":
        tests = [_refusal(result, times)]
    else:
        tests = [_test(verdict, times) for verdict in result.verdicts]
    kind = known("ASSIGNMENT_TYPE", "individual")
    content = {
        "schema": SCHEMA,
        "classroom": known("CLASSROOM", "local"),
        "assignment": known("ASSIGNMENT", assignment),
        "assignment_type": kind,
        "owner": known("OWNER", known("USERNAME", line(result.student) or "?")),
        "submission": known("SUBMISSION_TAG", "submit/local"),
        "commit": commit,
        "release": known("RELEASE_URL", "local"),
        "review": known("REVIEW_URL", commit),
        "datetime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def scale(result: Result) -> int:
    """What points are multiplied by, so that what can be earned is whole: 1 where it is already.

    At most 1000; then points are rounded, each by itself, and the total is that of the rounded.
    """
    most = [verdict.max_points for verdict in result.verdicts] or [result.max_score]
    parts = (Fraction(points).limit_denominator(_MOST).denominator for points in most)
    return min(math.lcm(*parts), _MOST)


def _test(verdict: Verdict, times: int) -> dict[str, Any]:
    title = line(verdict.title)
    most = max(0, round(verdict.max_points * times))
    return {
        "test-name": f"{line(verdict.id)}: {title}" if title else line(verdict.id),
        "passed": verdict.status == "passed",
        "score": min(max(0, round(verdict.points * times)), most),
        "max-score": most,
        "status": verdict.status,
        "message": "\n".join(told(verdict)),
    }


def _refusal(result: Result, times: int) -> dict[str, Any]:
    """A test that failed: with no test at all the runner would report a success."""
    return {
        "test-name": "The submission can be graded",
        "passed": False,
        "score": 0,
        "max-score": round(result.max_score * times),
        "status": "refused",
        "message": line(result.message),
    }
