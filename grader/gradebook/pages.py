"""Feedback pages of nbgrader's own commands: ours where a rubric has judged, else nbgrader's.

nbgrader's preprocessors still run first, so that scores, comments and penalties are those of the
gradebook at this moment.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import sqlalchemy as sql
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader import api, utils
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
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

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)  # type: ignore[no-untyped-call]
        self._drawn = cache(drawn)  # what a course is made of does not change within one run

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> Any:
        # As nbformat reads it, but for a check of the schema, of which it only writes to a log.
        nb = nbformat.convert(nbformat.reader.reads(file_stream.read()), 4)
        return self.from_notebook_node(nb, resources, **kw)

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
            made = super().from_notebook_node(nb, resources, **kw)
            self._nb_metadata.clear()  # of every page that it has ever made
            return made
        if result is None:
            raise GraderError(
                "it was graded by an earlier version; grade it again with: grader autograde "
                f"{name} --force"
            )
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        # The notebook is our own, just read: nobody needs copies of it, nor to be told it is valid.
        for preprocessor in self._preprocessors:
            if not isinstance(preprocessor, CSSHTMLHeaderPreprocessor):
                nb, resources = preprocessor(nb, resources)
        figures, caps = self._drawn(root, name) if has_rubric else (None, {})
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


@cache
def _engine(url: str) -> Any:
    """A way to a database that holds no connection, so that processes may be forked."""
    return sql.create_engine(url, poolclass=NullPool)


class Grades(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of nbgrader's GetGrades: also tells apart what a person has given and was judged.

    All that is known of a notebook comes in a few queries, and not in three a cell.
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:
        ids = resources["nbgrader"]
        where = f"{ids['assignment']}/{ids['notebook']}"
        with Session(_engine(ids["db_url"])) as db:
            submitted, notebook, penalty, most = _submitted(db, ids, where)
            grades = {
                row.name: row
                for row in db.execute(
                    _in_notebook(api.Grade, submitted, notebook).add_columns(
                        api.Grade.score, api.Grade.max_score, api.Grade.auto_score,
                        api.Grade.manual_score, api.Grade.extra_credit,
                    )
                )
            }  # fmt: skip
            comments = {
                row.name: row
                for row in db.execute(
                    _in_notebook(api.Comment, submitted, notebook).add_columns(
                        api.Comment.comment, api.Comment.manual_comment
                    )
                )
            }
        for cell in nb.cells:
            graded, task = utils.is_grade(cell), utils.is_task(cell)
            if utils.is_solution(cell) or task:
                _note_comment(cell, comments, f"{where} for {ids['student']}")
            if graded or task:
                _note_score(cell, grades, f"{where} for {ids['student']}")
        ids["late_penalty"] = penalty or 0
        ids["score"] = sum(row.score for row in grades.values()) - ids["late_penalty"]
        ids["max_score"] = most
        return nb, resources


def _submitted(db: Any, ids: Any, where: str) -> Any:
    """The ids of a submitted notebook and of the course's, the late penalty, the most points."""
    query = (
        sql.select(
            api.SubmittedNotebook.id, api.Notebook.id,
            api.SubmittedNotebook.late_submission_penalty, api.Notebook.max_score,
        )
        .select_from(api.SubmittedNotebook)
        .join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id,
        )
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .where(
            api.Notebook.name == ids["notebook"],
            api.Assignment.name == ids["assignment"],
            api.SubmittedAssignment.student_id == ids["student"],
        )
    )  # fmt: skip
    found = db.execute(query).one_or_none()
    if found is None:
        raise api.MissingEntry(f"No such submitted notebook: {where} for {ids['student']}")
    return found


def _in_notebook(table: Any, submitted: str, notebook: str) -> Any:
    """What a table holds about a submitted notebook, by the names of its cells."""
    cells = api.BaseCell.__table__
    return (
        sql.select(cells.c.name)
        .join(table, table.cell_id == cells.c.id)
        .where(cells.c.notebook_id == notebook, table.notebook_id == submitted)
    )


def _row(what: str, rows: Mapping[str, Any], name: str, where: str) -> Any:
    if name not in rows:
        raise api.MissingEntry(f"No such {what}: {name} in {where}")
    return rows[name]


def _note_comment(cell: Any, comments: Mapping[str, Any], where: str) -> None:
    own = cell.metadata.nbgrader
    found = _row("comment", comments, own["grade_id"], where)
    own["comment"], own["said"] = found.comment, found.manual_comment


def _note_score(cell: Any, grades: Mapping[str, Any], where: str) -> None:
    own = cell.metadata.nbgrader
    found = _row("grade", grades, own["grade_id"], where)
    own["score"], own["points"] = found.score, found.max_score
    own["given"] = found.manual_score is not None or bool(found.extra_credit)
    own["judged"] = found.auto_score


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
