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
    write = partial(_write, setting, assignment, disclose or "")
    failed = []
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
        many = jobs > 1 and len(wanted) > _FEW and hasattr(os, "fork")
        for student, reason in zip(wanted, (pool.map if many else map)(write, wanted), strict=True):
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
    """Makes the pages of one student, whose name means nothing but itself."""

    def init_notebooks(self) -> None:
        folder = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        found = sorted(map(str, Path(folder).glob("*.ipynb")))
        for path in found:
            json.loads(Path(path).read_bytes())
        self.assignments = {folder: found}
        self.notebooks: list[str] = []


def _write(setting: Setting, assignment: str, disclose: str, student: str) -> str:
    """Write one student's pages; why not, where that fails."""
    config = copy.deepcopy(setting.config)
    plug_in(config)  # whatever the course's own configuration says of pages
    if disclose:
        config.FeedbackExporter.disclose = disclose
    log = logging.Logger("nbgrader")  # noqa: LOG001  one for this page alone
    said = io.StringIO()
    log.addHandler(logging.StreamHandler(said))
    log.setLevel(logging.ERROR)
    coursedir = CourseDirectory(config=config, log=log)
    coursedir.root = str(setting.root)
    coursedir.assignment_id = assignment
    coursedir.student_id = student
    converter = _Pages(coursedir=coursedir, config=config, log=log)
    converter.force = True
    try:
        converter.start()
    except json.JSONDecodeError:
        return "its graded notebook is damaged"
    except Exception as error:  # noqa: BLE001  nbconvert raises what it happens to meet
        lines = [line for line in said.getvalue().splitlines() if line.strip()]
        last = [
            line for line in lines if not line.startswith((" ", "Traceback", "Please", "There"))
        ]
        said_last = last[0] if last else f"{type(error).__name__}: {error}"
        return re.sub(r"^grader\.model\.\w+: ", "", said_last)
    return ""
