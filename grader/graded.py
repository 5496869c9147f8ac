"""One notebook, graded: the result, the notebook that shows it, and what the gradebook is to hold.

A notebook that has a rubric is judged by it; any other is judged by its own test cells. Both come
out in the same form, so that all that follows knows no difference.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from grader import digests
from grader.cells import CellRunner
from grader.course import Submission, check_place
from grader.disclosure import disclosed
from grader.grading import fault
from grader.merge import as_notebook, merge, test_steps
from grader.model import CellRun, GraderError, Refused, Remark, Result, Trace, Verdict
from grader.notebook import read_cells
from grader.report import cellview
from grader.report.results import result_document, result_from
from grader.testcells import judge_tests
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.files import Shipped
    from grader.grading import Grader
    from grader.merge import MergedCell
    from grader.model import CourseNotebook, Disclosure, Limits
    from grader.sandbox import Zygote

RECORD: Final = "grader"  # the key in a notebook's metadata
_FORM: Final = 2
NO_RESPONSE: Final = "No response."  # as nbgrader says it


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the gradebook is to hold about one notebook of one submission.

    `scores` are by cell: None where a person has to give it. `review` names cells whose score is
    only there until a person has looked. `comments` are by solution or task cell. `key` and `bare`
    are those of what was handed in; `passed` are criteria that need not be judged again as long as
    `bare` and their digests stay.
    """

    notebook: str
    key: str
    bare: str = ""
    status: str
    message: str = ""
    scores: dict[str, float | None] = field(default_factory=dict)
    review: frozenset[str] = frozenset()
    comments: dict[str, str | None] = field(default_factory=dict)
    passed: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a notebook's metadata."""
        return {
            "form": _FORM, "notebook": self.notebook, "key": self.key, "bare": self.bare,
            "status": self.status, "message": self.message, "scores": self.scores,
            "review": sorted(self.review), "comments": self.comments, "passed": self.passed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, content: Any) -> Record | None:
        """What `as_json` gave; None where it is something else."""
        try:
            if content["form"] != _FORM:
                return None
            return cls(
                notebook=str(content["notebook"]),
                key=str(content["key"]),
                bare=str(content["bare"]),
                status=str(content["status"]),
                message=str(content["message"]),
                scores={
                    str(k): None if v is None else float(v) for k, v in content["scores"].items()
                },
                review=frozenset(map(str, content["review"])),
                comments={
                    str(k): None if v is None else str(v) for k, v in content["comments"].items()
                },
                passed={str(k): str(v) for k, v in content["passed"].items()},
            )
        except (TypeError, KeyError, ValueError, AttributeError):
            return None


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A notebook with its outputs and verdicts, in format 4, and what follows from it."""

    result: Result
    record: Record
    content: dict[str, Any]

    def noted(self, record: Record) -> dict[str, Any]:
        """The notebook, with a record and the result in its metadata."""
        name = f"{record.notebook}.ipynb"
        result = result_document(replace(self.result, path=name, duration_s=0.0, isolation=None))
        result["traces"] = {trace.target: trace.values for trace in self.result.traces}
        metadata = {**self.content["metadata"], RECORD: {**record.as_json(), "result": result}}
        return {**self.content, "metadata": metadata}


def stored_result(content: Any, student: str) -> Result | None:
    """The result in what `Graded.noted` has put into a notebook's metadata; None if there is none.

    Its path is the notebook's below the student's name, as nothing else is known of it.
    """
    try:
        stored = content["result"]
        result = result_from(stored)
        traces = tuple(
            Trace(target=str(target), values=None if values is None else [*values])
            for target, values in stored["traces"].items()
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return replace(result, student=student, path=f"{student}/{result.path}", traces=traces)


def grade_by_rubric(
    grader: Grader,
    course: CourseNotebook,
    submission: Submission,
    disclose: Disclosure = "counterexample",
    kept: frozenset[str] = frozenset(),
) -> Graded:
    """Grade a notebook by a rubric; comments, which students may come to read, disclose no more.

    `kept` are criteria that are known to be passed.
    """
    read = cache(read_cells)  # what is shown is what was judged, whatever happens to the file
    result = grader.examine(submission, read, kept)
    if result.status == "refused":
        return refused(course, submission, result)
    merged = merge(course, read(submission.path))
    places = {cell.index: position for position, cell in enumerate(merged)}
    runs = [replace(r, index=places[r.index]) for r in result.cells if r.index in places]
    graded = _graded(course, merged, result, runs)
    shown = disclosed(result, disclose, grader.assignment.rubric.caps)
    if shown is not result:
        comments = _record(course, merged, shown).comments
        graded = replace(graded, record=replace(graded.record, comments=comments))
    known = digests.of_criteria(grader.assignment.rubric)
    passed = {name: known[name] for name in result.settled if name in known}
    return replace(graded, record=replace(graded.record, passed=passed))


def grade_by_tests(
    zygote: Zygote,
    limits: Limits,
    shipped: Shipped,
    course: CourseNotebook,
    submission: Submission,
    kept: Collection[str] = (),
) -> Graded:
    """Grade a notebook by the test cells in it."""
    begun = time.perf_counter()
    level = zygote.check().level
    result = Result(
        student=submission.student, path=str(submission.path), status="refused",
        max_score=course.max_score, isolation=level,
    )  # fmt: skip
    try:
        check_place(submission)
        merged = merge(course, read_cells(submission.path))
        fill = partial(shipped.fill, own=submission.folder, kept=kept)
        runner = CellRunner(zygote, test_steps(merged), fill, limits)
        with closing(runner):
            worker = runner.fresh()
            if worker is not None:
                worker.close()
    except Refused as why:
        return refused(course, submission, replace(result, message=clean(str(why))))
    except GraderError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours must not take down the batch
        return refused(course, submission, replace(result, message=clean(fault(error)), fault=True))
    verdicts = judge_tests(merged, runner.runs)
    result = replace(
        result,
        status="graded",
        score=sum(v.points for v in verdicts),
        verdicts=verdicts,
        cells=runner.runs,
        duration_s=round(time.perf_counter() - begun, 4),
    )
    return _graded(course, merged, result, runner.runs)


def missing(course: CourseNotebook, submission: Submission) -> Graded:
    """One of several notebooks that was not handed in: no points, and that is said.

    In the gradebook as nbgrader has it: 0 for every cell, and nothing for a person to do.
    """
    result = Result(
        student=submission.student, path=str(submission.path), status="graded",
        message=f"{course.name}.ipynb was not handed in", max_score=course.max_score,
    )  # fmt: skip
    graded = _graded(course, merge(course, []), result, ())
    _say(graded.content, f"**{clean(result.message)}.**")
    names = [cell.name for cell in course.cells if cell.grade or cell.task]
    record = replace(
        graded.record, status="missing", scores=dict.fromkeys(names, 0.0), review=frozenset(),
        comments={},
    )  # fmt: skip
    return replace(graded, record=record)


def merged_or_empty(course: CourseNotebook, submission: Submission) -> list[MergedCell]:
    """A submission's cells with the course's put right; the course's alone where it has none.

    Nothing is opened that is not in the student's own folder.
    """
    try:
        check_place(submission)
        return merge(course, read_cells(submission.path))
    except Refused:
        return merge(course, [], whole=True)


def _say(content: dict[str, Any], text: str) -> None:
    """Put a paragraph at the head of a graded notebook."""
    note = {"cell_type": "markdown", "id": "grader-says", "metadata": {}, "source": f"{text}\n"}
    content["cells"].insert(0, note)


def refused(course: CourseNotebook, submission: Submission, result: Result) -> Graded:
    """A notebook that cannot be graded: no points until a person has looked, and why."""
    merged = merged_or_empty(course, submission)
    content = as_notebook(course, merged)
    said = "**This submission could not be graded. That is not a zero: a person has to look.**"
    _say(content, f"{said}\n\n    {clean(result.message)}")
    graded = [cell for cell in course.cells if cell.grade]
    comment = cellview.refusal(clean(result.message))
    record = Record(
        notebook=course.name,
        key="",
        status="refused",
        message=clean(result.message),
        scores={
            cell.name: 0.0 if cell.is_test else None
            for cell in course.cells
            if cell.grade or cell.task
        },
        review=frozenset(cell.name for cell in graded),
        comments={cell.name: comment for cell in course.cells if cell.solution},
    )
    for cell in content["cells"]:
        verdict = _placeholder(course, cell)
        if verdict is not None:
            cell["outputs"] = cellview.verdict_outputs(verdict)
    return Graded(result=result, record=record, content=content)


def _placeholder(course: CourseNotebook, cell: dict[str, Any]) -> Verdict | None:
    name = cell["metadata"].get("nbgrader", {}).get("grade_id")
    ours = next((c for c in course.cells if c.name == name and c.is_test), None)
    if ours is None:
        return None
    return Verdict(
        id=ours.name, target="", area="", title="", points=0.0, max_points=ours.points,
        status="error", message="not graded; the reason stands at the top",
    )  # fmt: skip


def _graded(
    course: CourseNotebook, merged: Sequence[MergedCell], result: Result, runs: Sequence[CellRun]
) -> Graded:
    verdicts = {verdict.id: verdict for verdict in result.verdicts}
    content = as_notebook(course, merged)
    by_position = {run.index: run for run in runs}
    for position, (cell, ours) in enumerate(zip(content["cells"], merged, strict=True)):
        if cell["cell_type"] != "code":
            continue
        run = by_position.get(position)
        outputs = cellview.outputs_of(run) if run is not None else []
        verdict = verdicts.get(ours.course.name) if ours.course is not None else None
        if verdict is not None:
            # The points are to be the only value below a test.
            outputs = [{**o, "output_type": "display_data"} if _is_value(o) else o for o in outputs]
            for output in outputs:
                if output["output_type"] == "display_data":
                    output.pop("execution_count", None)
            outputs += cellview.verdict_outputs(verdict)
        cell["outputs"] = outputs
    cellview.number_cells(content["cells"])
    return Graded(result=result, record=_record(course, merged, result), content=content)


def _is_value(output: dict[str, Any]) -> bool:
    return bool(output["output_type"] == "execute_result")


def _record(course: CourseNotebook, merged: Sequence[MergedCell], result: Result) -> Record:
    verdicts = {verdict.id: verdict for verdict in result.verdicts}
    cells = {cell.course.name: cell for cell in merged if cell.course is not None}
    scores: dict[str, float | None] = {}
    review = {verdict.id for verdict in result.verdicts if verdict.review}
    for ours in course.cells:
        if not ours.grade:
            continue
        verdict = verdicts.get(ours.name)
        if verdict is not None:
            scores[ours.name] = verdict.points
        elif ours.is_test:  # nobody has judged it: no points, and a person has to look
            scores[ours.name] = 0.0
            review.add(ours.name)
        elif ours.solution and cells[ours.name].unanswered:
            scores[ours.name] = 0.0
        else:
            scores[ours.name] = None
    return Record(
        notebook=course.name,
        key="",
        status=result.status,
        message=result.message,
        scores=scores,
        review=frozenset(review),
        comments=_comments(course, cells, verdicts, result.remarks),
    )


def _comments(
    course: CourseNotebook,
    cells: dict[str, MergedCell],
    verdicts: dict[str, Verdict],
    remarks: Sequence[Remark],
) -> dict[str, str | None]:
    """A comment for each solution: the criteria that follow it, up to the next one, are its own."""
    own: dict[str, list[Verdict]] = {}
    solutions = [cell.name for cell in course.cells if cell.solution]
    current = solutions[0] if solutions else ""
    for ours in course.cells:
        if ours.solution:
            current = ours.name
        verdict = verdicts.get(ours.name)
        if verdict is not None and verdict.target:
            own.setdefault(current, []).append(verdict)
    comments: dict[str, str | None] = {}
    for ours in course.cells:
        if ours.task:
            comments[ours.name] = None
        elif ours.solution:
            cell = cells.get(ours.name)
            answered = cell is not None and not cell.unanswered
            said = cellview.comment(own.get(ours.name, ()), remarks) if answered else NO_RESPONSE
            comments[ours.name] = said
    return comments
