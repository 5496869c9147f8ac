"""The rubric, held to implementations of which it is known what they deserve.

Wheats are correct and must keep everything; a chaff has one bug and must lose what it names, and
nothing else (but what joins several targets).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Submission
from grader.grading import Grading
from grader.sample import Filler, implementations
from grader.scale import grade_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.course import Assignment
    from grader.model import Limits, Result
    from grader.rubric import Rubric
    from grader.sample import Implementation
    from grader.sandbox import Zygote


def audit(
    course: Path,
    assignment: Assignment,
    limits: Limits,
    jobs: int,
    zygote: Zygote,
    advance: Callable[[], None] = lambda: None,
) -> list[str]:
    """What is wrong with a rubric, a line each, by its wheats and chaffs; nothing if all is well.

    A course directory has them beside the rubric.
    """
    folder = course / "grader" / "rubrics" / assignment.name
    filler = Filler(course, assignment.name, assignment.release)
    known = {p: i for kind in ("wheats", "chaffs") for p, i in _read(folder / kind)}
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="audit-") as temporary:
        submissions = []
        for number, (place, implementation) in enumerate(known.items()):
            path = Path(temporary, f"{number}.ipynb")
            path.write_text(filler.fill(implementation.parts(filler.names)), encoding="utf-8")
            submissions.append(Submission(place, path))
        for result in grade_all(Grading(assignment, limits), submissions, jobs, zygote):
            advance()
            said = _problem(result, known[result.student], assignment.rubric)
            if said:
                problems.append(f"{folder / result.student}, line 1: {said}")
    return sorted(problems)


def count(course: Path, name: str) -> int:
    """How many implementations there are."""
    folder = course / "grader" / "rubrics" / name
    return sum(len(list((folder / kind).glob("*.py"))) for kind in ("wheats", "chaffs"))


def _read(folder: Path) -> list[tuple[str, Implementation]]:
    return [(f"{folder.name}/{i.name}.py", i) for i in implementations(folder)]


def _problem(result: Result, implementation: Implementation, rubric: Rubric) -> str:
    if result.status == "refused":
        return f"cannot be graded: {result.message}"
    lost = {v.id: v for v in result.verdicts if v.status != "passed"}
    if not implementation.loses:
        if result.student.startswith("chaffs"):
            return "says not what it loses; add a line like: # loses: criterion-or-target"
        first = next(iter(lost.values()), None)
        if first is not None:
            return f"a correct implementation loses {', '.join(lost)}: {first.message}"
        return ""
    named = set(implementation.loses)
    joining = {target.name for target in rubric.targets if not target.call}
    kept = named - {*lost, *(v.target for v in lost.values())}
    if kept:
        return f"a wrong implementation keeps {', '.join(sorted(kept))}, which it has to lose"
    more = [i for i, v in lost.items() if not {i, v.target} & (named | joining)]
    if more:
        return f"a wrong implementation loses {', '.join(more)} as well: {lost[more[0]].message}"
    return ""
