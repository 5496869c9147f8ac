"""nbgrader's gradebook: what it knows of an assignment, and results written to it, many at once.

All of it is plain SQL through nbgrader's own tables and models, one transaction for many students.
Nothing is deleted, and nothing that a person has given in formgrader is written: those are other
columns. Whoever else writes at the same time, another grader or formgrader, loses nothing: what two
insert is inserted once, and a transaction that meets another is tried again.
"""

from __future__ import annotations

import json
import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import sqlalchemy as sql
from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.attributes import set_committed_value

from grader.model import CourseCell, CourseNotebook, GraderError, InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.autograde import Done
    from grader.gradebook.setting import Setting
    from grader.graded import Record

_PATIENCE_S: Final = 30.0
_TRIES: Final = 8
_TABLES: Final = (
    api.Assignment, api.Notebook, api.GradeCell, api.SolutionCell, api.TaskCell, api.SourceCell,
    api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment,
)  # fmt: skip
_KEPT: Final = "What is graded is kept: run the same command again afterwards."
# What databases say, and what is to be done about it.
_REMEDIES: Final = (
    (("is locked", "deadlock", "timeout expired"), "another program holds on to it; end that one"),
    (("readonly", "read-only", "permission denied", "unable to open"),
     "it cannot be written; give write permission to the file and its folder"),
    (("full",), "the disk is full; make room"),
    (("no such column", "no such table", "has no column", "does not exist", "UndefinedColumn"),
     "it was made by an older nbgrader; make a copy of it, then run: nbgrader db upgrade"),
    (("not a database", "malformed", "disk I/O"), "it is damaged; put a backup in its place"),
    (("connect", "refused", "could not translate"), "the server does not answer; see to it"),
)  # fmt: skip


class Book:
    """A course's gradebook, open."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        url = make_url(setting.db_url)
        self.shown = url.database if url.drivername.startswith("sqlite") else url.render_as_string()
        if url.drivername.startswith("sqlite"):
            # Longer than anybody's transaction, so that graders wait for each other.
            url = url.update_query_dict({"timeout": str(int(_PATIENCE_S)), **url.query})
        with self._explained():
            self._book = api.Gradebook(url.render_as_string(hide_password=False), setting.course_id)
            for table in _TABLES:
                self._book.db.query(table).first()
            self._book.db.rollback()

    def students(self, assignment: str = "") -> set[str]:
        """Everybody's id; with an assignment, that of everybody who has handed in something."""
        query = sql.select(api.Student.id)
        if assignment:
            query = (
                sql.select(api.SubmittedAssignment.student_id)
                .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
                .where(api.Assignment.name == assignment)
            )
        with self._explained():
            return set(self._book.db.scalars(query))

    def let_go(self) -> None:
        """Have no connection open, as before processes are forked; the next use opens one."""
        self._book.db.remove()
        self._book.engine.dispose()

    def close(self) -> None:
        """Let go of the database."""
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """An error of the database as one that says what to do."""
        try:
            yield
        except (SQLAlchemyError, api.InvalidEntry) as error:
            said = str(getattr(error, "orig", None) or error).strip()
            low = said.lower()
            remedy = next(
                (r for words, r in _REMEDIES if any(w.lower() in low for w in words)),
                "see to that",
            )
            line = " ".join(said.split())[:300]
            raise InfrastructureError(
                f"the gradebook {self.shown} cannot be used ({line}): {remedy}. {_KEPT}"
            ) from error

    # What is known of an assignment ------------------------------------------------------------

    def notebooks(self, assignment: str, order: dict[str, list[str]]) -> list[CourseNotebook]:
        """The instructor's notebooks; none where the gradebook does not know the assignment.

        `order` has the names of each notebook's cells as they follow each other, as far as known.
        """
        with self._explained():
            try:
                found = self._book.find_assignment(assignment)
            except api.MissingEntry:
                return []
            notebooks = [_notebook(n, order.get(n.name, [])) for n in found.notebooks]
            self._book.db.rollback()
            return notebooks

    def waiting(self, assignment: str) -> int:
        """How many submissions have something that a person has yet to grade or to look at."""
        # The other way round, as nbgrader has it, all grades are looked through for each.
        query = _of_assignment(
            sql.select(sql.func.count(api.SubmittedNotebook.assignment_id.distinct()))
            .select_from(api.Grade)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id),
            assignment,
        ).where(api.Grade.needs_manual_grade)
        with self._explained():
            found = int(self._book.db.scalar(query) or 0)
            self._book.db.rollback()
        return found

    def states(
        self, assignment: str, students: Sequence[str]
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """What it holds of students: by student and notebook, automatic scores and comments."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        db = self._book.db
        with self._explained():
            # By cell and notebook, for which there is an index; there is none by student.
            cells = sql.select(api.BaseCell.id, api.BaseCell.name)
            cells = cells.join(api.Notebook, api.Notebook.id == api.BaseCell.notebook_id)
            cells = cells.join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
            names = dict(db.execute(cells.where(api.Assignment.name == assignment)).all())
            owners = {
                row: (student, notebook)
                for row, student, notebook in db.execute(
                    _of_assignment(
                        sql.select(
                            api.SubmittedNotebook.id, api.SubmittedAssignment.student_id,
                            api.Notebook.name,
                        ).select_from(api.SubmittedNotebook),
                        assignment,
                    ).where(api.SubmittedAssignment.student_id.in_(students))
                )
            }  # fmt: skip
            for table, column, key in (
                (api.Grade, api.Grade.auto_score, "scores"),
                (api.Comment, api.Comment.auto_comment, "comments"),
            ):
                values = sql.select(table.notebook_id, table.cell_id, column).where(
                    table.cell_id.in_(names), table.notebook_id.in_(owners)
                )
                for row, cell, value in db.execute(values):
                    student, notebook = owners[row]
                    state = found.setdefault(student, {}).setdefault(
                        notebook, {"scores": {}, "comments": {}}
                    )
                    state[key][names[cell]] = value
            db.rollback()
        return found

    # Writing -----------------------------------------------------------------------------------

    def write(self, assignment: str, done: Sequence[Done]) -> None:
        """Write the results of some students, all or none, in one transaction."""
        ordered = sorted((d for d in done if d.records), key=lambda d: d.handed.student)
        with self._explained():
            deadline = time.monotonic() + _PATIENCE_S
            for attempt in range(1, _TRIES + 1):
                try:
                    self._write(assignment, ordered)
                    self._book.db.commit()
                except (IntegrityError, OperationalError) as error:
                    self._book.db.rollback()
                    late = attempt == _TRIES or time.monotonic() > deadline
                    if late or not _passing(error):
                        raise
                    time.sleep(0.05 * attempt)  # somebody else was first: look again
                except BaseException:
                    self._book.db.rollback()
                    raise
                else:
                    return

    def _write(self, assignment: str, done: Sequence[Done]) -> None:
        db = self._book.db
        found = self._book.find_assignment(assignment)
        students = [d.handed.student for d in done]
        self._add_missing(found, students)
        submissions = {
            s.student_id: s
            for s in db.query(api.SubmittedAssignment)
            .filter(api.SubmittedAssignment.assignment_id == found.id)
            .filter(api.SubmittedAssignment.student_id.in_(students))
        }
        cells = {
            (notebook.name, cell.name, table): cell.id
            for notebook in found.notebooks
            for table, group in (
                (api.Grade, [*notebook.grade_cells, *notebook.task_cells]),
                (api.Comment, [*notebook.solution_cells, *notebook.task_cells]),
            )
            for cell in group
        }
        rows, penalised = {}, set()
        for row, submission, notebook, penalty in db.execute(
            sql.select(
                api.SubmittedNotebook.id, api.SubmittedNotebook.assignment_id, api.Notebook.name,
                api.SubmittedNotebook.late_submission_penalty,
            )
            .join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
            .where(api.SubmittedNotebook.assignment_id.in_([s.id for s in submissions.values()]))
        ):  # fmt: skip
            rows[submission, notebook] = row
            if penalty is not None:
                penalised.add(submission)
        grades: list[dict[str, Any]] = []
        comments: list[dict[str, Any]] = []
        for one in done:
            submission = submissions[one.handed.student]
            if submission.timestamp != one.handed.timestamp and one.handed.timestamp is not None:
                submission.timestamp = one.handed.timestamp
            for record in one.records:
                row = rows[submission.id, record.notebook]
                for name, score in record.scores.items():
                    cell = cells.get((record.notebook, name, api.Grade))
                    review = score is None or name in record.review
                    if cell:
                        grades.append(
                            {"b_row": row, "b_cell": cell, "b_score": score, "b_review": review}
                        )
                for name, text in record.comments.items():
                    cell = cells.get((record.notebook, name, api.Comment))
                    if cell:
                        comments.append({"b_row": row, "b_cell": cell, "b_text": text})
        db.flush()
        self._update(grades, comments)
        graded = [cell for (_, _, table), cell in cells.items() if table is api.Grade]
        self._penalties(submissions.values(), penalised, graded)

    def _add_missing(self, assignment: Any, students: Sequence[str]) -> None:
        """Add those students and submissions that are not there, as nbgrader lays them out."""
        db = self._book.db
        known = set(db.scalars(sql.select(api.Student.id).where(api.Student.id.in_(students))))
        _insert(db, api.Student, [{"id": s} for s in students if s not in known])
        there = set(
            db.scalars(
                sql.select(api.SubmittedAssignment.student_id).where(
                    api.SubmittedAssignment.assignment_id == assignment.id,
                    api.SubmittedAssignment.student_id.in_(students),
                )
            )
        )
        new = [(api.new_uuid(), student) for student in students if student not in there]
        _insert(
            db,
            api.SubmittedAssignment,
            [{"id": i, "assignment_id": assignment.id, "student_id": s} for i, s in new],
        )
        for notebook in assignment.notebooks if new else ():
            own = {submission: api.new_uuid() for submission, _ in new}
            _insert(
                db,
                api.SubmittedNotebook,
                [
                    {"id": row, "assignment_id": submission, "notebook_id": notebook.id}
                    for submission, row in own.items()
                ],
            )
            graded = [*notebook.grade_cells, *notebook.task_cells]
            noted = [*notebook.solution_cells, *notebook.task_cells]
            for table, cells in ((api.Grade, graded), (api.Comment, noted)):
                _insert(
                    db,
                    table,
                    [{"cell_id": c.id, "notebook_id": row} for row in own.values() for c in cells],
                )

    def _update(self, grades: list[dict[str, Any]], comments: list[dict[str, Any]]) -> None:
        """Write automatic scores and comments, and whether a person has to look, as nbgrader does.

        A score that a person has given stays the one that counts; that there is a new automatic one
        beside it is for them to look at.
        """
        grade, comment = api.Grade.__table__, api.Comment.__table__
        row, cell = sql.bindparam("b_row"), sql.bindparam("b_cell")
        review = sql.bindparam("b_review", type_=sql.Boolean)
        statement = (
            sql.update(grade)
            .where(grade.c.notebook_id == row, grade.c.cell_id == cell)
            .values(
                auto_score=sql.bindparam("b_score", type_=sql.Float),
                needs_manual_grade=sql.or_(grade.c.manual_score.is_not(None), review),
            )
        )
        _execute(self._book.db, statement, grades)
        statement = (
            sql.update(comment)
            .where(comment.c.notebook_id == row, comment.c.cell_id == cell)
            .values(auto_comment=sql.bindparam("b_text", type_=sql.Text))
        )
        _execute(self._book.db, statement, comments)

    def _penalties(self, submissions: Any, penalised: set[str], graded: list[str]) -> None:
        """Late penalties by the course's own plugin, within nbgrader's bounds.

        `penalised` are the ids of those submissions that have penalties so far, `graded` those of
        the assignment's graded cells.
        """
        helper = AssignLatePenalties(config=self._setting.config)
        helper.init_plugin()
        for submission in submissions:
            late = submission.total_seconds_late
            if late <= 0:
                for notebook in submission.notebooks if submission.id in penalised else ():
                    notebook.late_submission_penalty = None
                continue
            for notebook in submission.notebooks:
                # By cell and notebook, for which there is an index.
                score = sql.select(sql.func.coalesce(sql.func.sum(api.Grade.score), 0.0)).where(
                    api.Grade.notebook_id == notebook.id, api.Grade.cell_id.in_(graded)
                )
                set_committed_value(notebook, "score", self._book.db.scalar(score))
                try:
                    penalty = helper.plugin_inst.late_submission_penalty(
                        submission.student_id, notebook.score, late
                    )
                    if penalty is not None:
                        penalty = helper._check_late_penalty(notebook, penalty)  # noqa: SLF001
                except Exception as error:
                    name = type(helper.plugin_inst).__name__
                    raise GraderError(
                        f"the late penalty plugin {name} failed for {submission.student_id!r}: "
                        f"{type(error).__name__}: {error}. {_KEPT}"
                    ) from error
                notebook.late_submission_penalty = penalty


def _of_assignment(query: Any, assignment: str) -> Any:
    return (
        query.join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id,
        )
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .where(api.Assignment.name == assignment)
    )


def _insert(db: Any, model: Any, rows: list[dict[str, Any]]) -> None:
    _execute(db, sql.insert(model.__table__), rows)


def _execute(db: Any, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(statement, rows, execution_options={"synchronize_session": False})


def _passing(error: DBAPIError) -> bool:
    """Whether it may be gone at the next attempt."""
    low = str(error.orig).lower()
    return isinstance(error, IntegrityError) or "locked" in low or "deadlock" in low


def _notebook(found: Any, order: list[str]) -> CourseNotebook:
    """A notebook of nbgrader's database; its cells in the release's order where that is known."""
    graded = {c.name: c for c in found.grade_cells}
    tasks = {c.name: c for c in found.task_cells}
    solutions = {c.name for c in found.solution_cells}
    place = {name: number for number, name in enumerate(order)}
    cells = [
        CourseCell(
            name=cell.name,
            kind=cell.cell_type,
            source=cell.source or "",
            checksum=cell.checksum or "",
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=float(found_points(graded, tasks, cell.name)),
        )
        for cell in found.source_cells
    ]
    cells.sort(key=lambda c: place.get(c.name, len(place)))
    try:
        kernel = json.loads(found.kernelspec or "{}")
    except ValueError:
        kernel = {}
    return CourseNotebook(
        name=found.name, cells=tuple(cells), kernel=kernel if isinstance(kernel, dict) else {}
    )


def found_points(graded: dict[str, Any], tasks: dict[str, Any], name: str) -> float:
    """A cell's points; 0 where nobody grades it."""
    cell = graded.get(name) or tasks.get(name)
    return cell.max_score if cell is not None else 0.0


def agrees(state: dict[str, dict[str, Any]], records: Sequence[Record]) -> bool:
    """Whether the gradebook holds for a student what the records say."""
    for record in records:
        held = state.get(record.notebook)
        if held is None:
            return False
        for cell, score in record.scores.items():
            if cell in held["scores"] and not _same(held["scores"][cell], score):
                return False
        for cell, text in record.comments.items():
            if cell in held["comments"] and held["comments"][cell] != text:
                return False
    return True


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
