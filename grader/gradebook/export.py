"""Grades for other systems: plugins for `nbgrader export --exporter=grader.gradebook.export.…`.

Written by the csv module, so names may hold commas, quotes and anything else; no text is one that a
spreadsheet would take for a formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from grader.report.files import write_texts
from grader.report.table import rows_as_csv

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Csv(ExportPlugin):  # type: ignore[misc]
    """What the exporters have in common."""

    file_name = "grades.csv"

    def export(self, gradebook: Any) -> None:
        to = Path(self.to or self.file_name)
        self._unfinished = 0
        write_texts({to: rows_as_csv(self.rows(gradebook))})
        self.log.info("Exported to %s", to)
        if self._unfinished:
            self.log.warning(
                "no grade is written for %d submission(s), in which a person has to grade or look "
                "at something; --%s.include_unfinished=True writes the score so far",
                self._unfinished,
                type(self).__name__,
            )

    def rows(self, gradebook: Any) -> Iterator[list[object]]:
        """The lines of the file, the head first."""
        raise NotImplementedError

    def _assignments(self, gradebook: Any) -> list[Any]:
        wanted = {str(name) for name in self.assignment}
        return [a for a in gradebook.assignments if not wanted or a.name in wanted]

    def _students(self, gradebook: Any) -> list[Any]:
        wanted = {str(name) for name in self.student}
        found = [s for s in gradebook.students if not wanted or s.id in wanted]
        return sorted(found, key=lambda student: str(student.id))

    def _submission(self, gradebook: Any, assignment: Any, student: Any) -> Any:
        try:
            return gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            return None


class _Grades(_Csv):
    """One line a student, one grade an assignment."""

    include_unfinished = Bool(
        default_value=False,
        help="Export submissions that a person has yet to look at, with the score so far.",
    ).tag(config=True)

    def _grade(self, gradebook: Any, assignment: Any, student: Any) -> float | None:
        """The score with its penalty; None where nothing was handed in, or is not graded yet."""
        submission = self._submission(gradebook, assignment, student)
        if submission is None:
            return None
        if submission.needs_manual_grade and not self.include_unfinished:
            self._unfinished += 1
            return None
        return max(0.0, float(submission.score - submission.late_submission_penalty))


class CanvasCsv(_Grades):
    """For Canvas: Grades, Import. The SIS User ID is nbgrader's id."""

    file_name = "canvas.csv"

    def rows(self, gradebook: Any) -> Iterator[list[object]]:
        assignments = self._assignments(gradebook)
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        yield [*head, *(a.name for a in assignments)]
        yield ["    Points Possible", "", "", "", "", *(a.max_score for a in assignments)]
        for student in self._students(gradebook):
            grades = [self._grade(gradebook, a, student) for a in assignments]
            login = student.email or student.id
            yield [_name(student), student.lms_user_id, student.id, login, "", *grades]


class MoodleCsv(_Grades):
    """For Moodle: Grades, Import, CSV file. Map `idnumber` or `email` to the user."""

    file_name = "moodle.csv"

    def rows(self, gradebook: Any) -> Iterator[list[object]]:
        assignments = self._assignments(gradebook)
        head = ["idnumber", "email", "firstname", "lastname"]
        yield [*head, *(text for a in assignments for text in (a.name, f"{a.name} feedback"))]
        for student in self._students(gradebook):
            cells: list[object] = []
            for assignment in assignments:
                cells.append(self._grade(gradebook, assignment, student))
                cells.append(self._feedback(gradebook, assignment, student))
            who = [student.id, student.email, student.first_name, student.last_name]
            yield [*who, *cells]

    def _feedback(self, gradebook: Any, assignment: Any, student: Any) -> str:
        submission = self._submission(gradebook, assignment, student)
        if submission is None:
            return ""
        comments = [
            f"{c.name}: {c.comment}" for n in submission.notebooks for c in n.comments if c.comment
        ]
        return " ".join(" ".join(comments).split())[:4000]


class CriteriaCsv(_Csv):
    """Everything: a line for each student and graded cell, also of work that nobody handed in."""

    file_name = "criteria.csv"

    def rows(self, gradebook: Any) -> Iterator[list[object]]:
        yield [
            "assignment", "notebook", "student_id", "last_name", "first_name", "email", "timestamp",
            "late_submission_penalty", "criterion", "auto_score", "manual_score", "extra_credit",
            "score", "max_score", "needs_manual_grade",
        ]  # fmt: skip
        for assignment in self._assignments(gradebook):
            for student in self._students(gradebook):
                who = [student.id, student.last_name, student.first_name, student.email]
                submission = self._submission(gradebook, assignment, student)
                if submission is None:
                    yield [assignment.name, "", *who, *[""] * 9]
                    continue
                for notebook in sorted(submission.notebooks, key=lambda n: n.name):
                    about = [submission.timestamp, notebook.late_submission_penalty]
                    for grade in sorted(notebook.grades, key=lambda g: g.name):
                        points = [grade.auto_score, grade.manual_score, grade.extra_credit]
                        ends = [grade.score, grade.max_score, str(bool(grade.needs_manual_grade))]
                        yield [
                            assignment.name, notebook.name, *who, *about, grade.name, *points, *ends
                        ]  # fmt: skip


def _name(student: Any) -> str:
    names = [name for name in (student.last_name, student.first_name) if name]
    return ", ".join(names) or str(student.id)
