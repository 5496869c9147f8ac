"""Feedback pages of nbgrader's own commands: ours where a rubric has judged, else nbgrader's.

nbgrader's preprocessors still run first, so that scores, comments and penalties are those of the
gradebook at this moment.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter, HTMLExporter
from nbgrader.preprocessors import GetGrades
from traitlets import Unicode

from grader.checks import number
from grader.course import assignments, fingerprint, load_assignment
from grader.disclosure import LEVELS, disclosed
from grader.graded import RECORD, Record, stored_result
from grader.model import CellRun, GraderError, InfrastructureError
from grader.report.feedback import Comment, Page, feedback_page, make_page
from grader.report.figure import Figures
from grader.settings import load_settings
from grader.text import block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Disclosure, Result

_COMMENT = 10_000  # characters of what a person has written

_known: dict[str, tuple[Figures, dict[str, Disclosure]]] = {}  # the last one, by what it is made of


def drawn(course: Path, assignment: str) -> tuple[Figures, dict[str, Disclosure]]:
    """An assignment's pictures, and what is never shown of it; made once for all pages."""
    key = f"{course}\0{assignment}\0{fingerprint(course, assignment)}"
    if key not in _known:
        rubric = load_assignment(course, assignment).rubric
        _known.clear()
        _known[key] = (Figures(rubric.pictures), rubric.caps)
    return _known[key]


class FeedbackExporter(HTMLExporter):
    """Makes a page of a graded notebook.

    `disclose` is how much is shown of what was lost, what the course sets unless given.
    """

    disclose = Unicode("").tag(config=True)

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        ids = (resources or {}).get("nbgrader", {})
        root = Path(self.parent.coursedir.root)
        name = ids.get("assignment", "")
        record = Record.from_json(nb.metadata.get(RECORD))
        result = stored_result(nb.metadata.get(RECORD), ids.get("student", ""))
        has_rubric = name in assignments(root) and ids.get("notebook") == name
        if record is None or not (
            has_rubric or (result and any(v.target for v in result.verdicts))
        ):
            return super().from_notebook_node(nb, resources, **kw)
        if result is None:
            raise GraderError(
                "it was graded by an earlier version; grade it again with: grader autograde "
                f"{name} --force"
            )
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        figures, caps = drawn(root, name) if has_rubric else (None, {})
        level = self._level(root)
        result = _as_given(disclosed(result, level, caps), nb)
        page = make_page(name, result, figures, list(_runs(nb, result)))
        return feedback_page(_by_gradebook(page, nb, record, resources["nbgrader"])), resources

    def _level(self, root: Path) -> Disclosure:
        if not self.disclose:
            return load_settings(root).disclose
        for level in LEVELS:
            if level == self.disclose:
                return level
        raise GraderError(
            f"FeedbackExporter.disclose is {self.disclose!r}; it must be one of {LEVELS}"
        )


def _runs(nb: Any, result: Result) -> Iterator[CellRun]:
    """What cells have printed, without the verdicts that stand below them."""
    left_out = {run.index: run.left_out for run in result.cells}
    for index, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        judged = cell.metadata.get("nbgrader", {}).get("grade", False)
        outputs = [
            output
            for output in cell.outputs
            if not (judged and output["output_type"] in {"execute_result", "display_data"})
        ]
        errors = [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]
        yield CellRun(
            index=index,
            outputs=tuple(outputs),
            error=errors[0].rstrip(": ") if errors else "",
            left_out=left_out.get(index, ""),
        )


class Grades(GetGrades):  # type: ignore[misc]
    """In place of nbgrader's: also tells apart what a person has given and what was judged."""

    def _get_comment(self, cell: Any, resources: Any) -> None:
        super()._get_comment(cell, resources)
        name, where = cell.metadata.nbgrader["grade_id"], self._where
        cell.metadata.nbgrader["said"] = self.gradebook.find_comment(name, *where).manual_comment

    def _get_score(self, cell: Any, resources: Any) -> None:
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(cell.metadata.nbgrader["grade_id"], *self._where)
        given = grade.manual_score is not None or bool(grade.extra_credit)
        cell.metadata.nbgrader["given"] = given
        cell.metadata.nbgrader["judged"] = grade.auto_score

    @property
    def _where(self) -> tuple[str, str, str]:
        return self.notebook_id, self.assignment_id, self.student_id


def _as_given(result: Result, nb: Any) -> Result:
    """The result with the points that a person has given in place of those that were judged."""
    own = [cell.metadata.get("nbgrader", {}) for cell in nb.cells]
    given = {o["grade_id"]: float(o["score"]) for o in own if o.get("given")}
    return replace(
        result,
        verdicts=tuple(replace(v, points=given.get(v.id, v.points)) for v in result.verdicts),
    )


def _by_gradebook(page: Page, nb: Any, record: Record, book: Mapping[str, Any]) -> Page:
    """The page with what the gradebook says beyond what was judged."""
    for cell in nb.cells:
        own = cell.metadata.get("nbgrader", {})
        name = own.get("grade_id", "")
        if "judged" in own and own["judged"] != record.scores.get(name):
            raise InfrastructureError(
                f"the gradebook has {own['judged']} for {name}, judged was "
                f"{record.scores.get(name)}; bring it up to date with: grader autograde "
                f"{page.assignment}"
            )
    score, late = float(book["score"]), float(book["late_penalty"])
    lines = []
    if late:
        lines.append(f"{number(late)} points were taken off because it was late.")
    comments = [c for cell in nb.cells if (c := _comment(cell))]
    return replace(
        page, score=score, max_score=float(book["max_score"]), lines=lines, comments=comments
    )


def _comment(cell: Any) -> Comment | None:
    """What a person has written about a cell, or given for it."""
    own = cell.metadata.get("nbgrader", {})
    text = block(str(own.get("said") or ""), _COMMENT)
    points = ""
    if own.get("given"):
        judged = "" if own["judged"] is None else f" (judged: {number(own['judged'])})"
        points = f"{number(own['score'])} of {number(own['points'])} points{judged}"
    return (
        Comment(cell=own.get("grade_id", ""), points=points, text=text) if text or points else None
    )
