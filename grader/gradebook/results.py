"""The results that a graded class has left in nbgrader's folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.graded import RECORD, stored_result
from grader.model import GraderError

if TYPE_CHECKING:
    from grader.gradebook.setting import Setting
    from grader.model import Result


def class_results(setting: Setting, assignment: str) -> list[Result]:
    """The result of each graded notebook; `GraderError` where there is none."""
    graded = setting.step("autograded", assignment)
    found = []
    for student in graded.students():
        for path in sorted(graded.of(student).glob("*.ipynb")):
            try:
                metadata = json.loads(path.read_bytes())["metadata"]
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                continue
            result = stored_result(metadata.get(RECORD), student)
            if result is not None:
                found.append(result)
    if not found:
        raise GraderError(
            f"nothing that `grader autograde` has graded is in {graded.root}; grade with: grader "
            f"autograde {assignment}"
        )
    return found
