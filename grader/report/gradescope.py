"""Gradescope's `results.json`: one submission, with a test case for each criterion.

Where no more than the score is disclosed, the test cases are for instructors only. Gradescope shows
students no total where a test case is hidden from them, so the total stands in the text above.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from grader.checks import number
from grader.report.told import line, notes, told

if TYPE_CHECKING:
    from grader.model import Result, Verdict


def as_gradescope(result: Result) -> str:
    """The results of a submission as a document."""
    shown = "hidden" if result.disclosure == "score" else "visible"
    content: dict[str, Any] = {
        "score": result.score,
        "execution_time": round(result.duration_s, 3),
        "output": "\n".join(_text(result)),
        # The default for the text above is HTML.
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": result.status, "max_score": result.max_score},
        "tests": [_test(str(n), v, shown) for n, v in enumerate(result.verdicts, 1)],
    }
    if result.status == "refused":
        # Gradescope asks for a score, so that there is a zero; it says itself that it is none.
        content["tests"] = [
            {
                "name": "The submission can be graded",
                "status": "failed",
                "score": 0.0,
                "output": line(result.message),
                "visibility": "visible",
            }
        ]
    return json.dumps(content, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _text(result: Result) -> list[str]:
    if result.status == "refused":
        return [
            f"This submission was not graded: {line(result.message)}",
            "Its 0 points are a placeholder, not a mark.",
        ]
    points = f"{number(result.score)} of {number(result.max_score)} points."
    remarks = [line(f"{remark.target}: {remark.text}") for remark in result.remarks]
    return [points, *notes(result), *remarks]


def _test(place: str, verdict: Verdict, shown: str) -> dict[str, Any]:
    title = line(verdict.title)
    return {
        "name": f"{line(verdict.id)}: {title}" if title else line(verdict.id),
        "number": place,
        "score": verdict.points,
        "max_score": verdict.max_points,
        "status": "passed" if verdict.status == "passed" else "failed",
        "output": "\n".join(told(verdict)),
        "tags": [line(tag) for tag in (verdict.target, verdict.area) if tag],
        "visibility": shown,
        "extra_data": {"id": line(verdict.id), "status": verdict.status},
    }
