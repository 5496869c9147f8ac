"""Feedback pages in nbgrader's own place, made through its own converter."""

from __future__ import annotations

import copy
import io
import json
import logging
import multiprocessing
import os
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from grader.course import assignments
from grader.gradebook import plug_in
from grader.gradebook.book import Book
from grader.gradebook.pages import drawn
from grader.gradebook.setting import at
from grader.model import GraderError, InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.gradebook.setting import Setting
    from grader.model import Disclosure


_FEW = 2  # pages that one process makes as soon as several would


def write_feedback(
    setting: Setting,
    assignment: str,
    students: Sequence[str],
    jobs: int = 1,
    advance: Callable[[], None] = lambda: None,
    disclose: Disclosure | None = None,
) -> int:
    """Write the pages of some students, or of all that are graded; how many there are now.

    They are made anew, since scores and comments in the gradebook may have changed. `disclose` is
    how much they show of what was lost, what the course sets unless given.
    """
    graded = setting.step("autograded", assignment)
    names = graded.students()
    unknown = [student for student in students if student not in names]
    if unknown or not names:
        who = ", ".join(map(repr, unknown)) or "anybody"
        raise GraderError(
            f"nothing is graded for {who} in {graded.root}; "
            f"grade with: grader autograde {assignment}"
        )
    wanted = list(students or names)
    pages = setting.step("feedback", assignment).root
    try:
        pages.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=pages):
            pass
    except OSError as error:
        raise InfrastructureError(
            f"{pages} cannot be written: {error.strerror}; put that right, and run the same again"
        ) from None
    with Book(setting) as book:
        known = book.students(assignment)
    if assignment in assignments(setting.root):
        drawn(setting.root, assignment)  # before processes are forked
    failed = []
    begin = partial(_begin, setting, assignment, disclose or "")
    with ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("fork"), initializer=begin
    ) as pool:
        many = jobs > 1 and len(wanted) > _FEW and hasattr(os, "fork")
        if not many:
            begin()
        for student, reason in zip(
            wanted, (pool.map if many else map)(_write, wanted), strict=True
        ):
            advance()
            if student not in known:
                reason = "the gradebook does not know it"  # noqa: PLW2901
            if reason:
                failed.append(f"{student}: {reason}")
    if failed:
        lines = "\n  ".join(failed)
        raise InfrastructureError(
            f"no page could be made for {len(failed)}; the others are written. If need be, grade "
            f"again with: grader autograde {assignment}\n  {lines}"
        )
    return len(wanted)


class _Pages(GenerateFeedback):  # type: ignore[misc]
    """Makes the pages of one student after the other, whose names mean nothing but themselves."""

    def __init__(self, setting: Setting, assignment: str, disclose: str) -> None:
        config = copy.deepcopy(setting.config)
        plug_in(config)  # whatever the course's own configuration says of pages
        if disclose:
            config.FeedbackExporter.disclose = disclose
        log = logging.Logger("nbgrader")  # noqa: LOG001  one for these pages alone
        self._said = io.StringIO()
        log.addHandler(logging.StreamHandler(self._said))
        log.setLevel(logging.ERROR)
        coursedir = CourseDirectory(config=config, log=log)
        coursedir.root = str(setting.root)
        coursedir.assignment_id = assignment
        super().__init__(coursedir=coursedir, config=config, log=log)
        self.force = True
        self.start()

    def init_notebooks(self) -> None:
        self.assignments: dict[str, list[str]] = {}  # nobody's, to begin with
        self.notebooks: list[str] = []

    def write(self, student: str) -> str:
        """Write one student's pages; why not, where that fails."""
        self._said.seek(0)
        self._said.truncate()
        self.coursedir.student_id = student
        folder = self._format_source(self.coursedir.assignment_id, student)
        found = sorted(map(str, Path(folder).glob("*.ipynb")))
        try:
            for path in found:
                json.loads(Path(path).read_bytes())
            self.assignments = {folder: found}
            with at(Path(self.coursedir.root)):
                self.convert_notebooks()
        except json.JSONDecodeError:
            return "its graded notebook is damaged"
        except Exception as error:  # noqa: BLE001  nbconvert raises what it happens to meet
            lines = [line for line in self._said.getvalue().splitlines() if line.strip()]
            noise = (" ", "Traceback", "Please", "There")
            last = [line for line in lines if not line.startswith(noise)]
            said = last[0] if last else f"{type(error).__name__}: {error}"
            return re.sub(r"^grader\.model\.\w+: ", "", said)
        return ""


_pages: _Pages | None = None  # of this process


def _begin(setting: Setting, assignment: str, disclose: str) -> None:
    global _pages  # noqa: PLW0603  a pool's initializer has no other place for things
    _pages = _Pages(setting, assignment, disclose)


def _write(student: str) -> str:
    assert _pages is not None
    return _pages.write(student)
