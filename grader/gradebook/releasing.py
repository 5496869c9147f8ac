"""An assignment for students: made by nbgrader aside, proven, and only then put in its place."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

from grader.audit import known_problems
from grader.autograde import ClassGrader
from grader.course import assignments, load_assignment, load_rubric
from grader.gradebook.book import Book
from grader.gradebook.classroom import plan_class
from grader.gradebook.setting import Setting
from grader.handed import Handed
from grader.links import with_links
from grader.model import GraderError
from grader.notebook import read_notebook
from grader.preflight import Problem, check_source, check_worth, find_leaks, secret_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.handed import ClassPlan
    from grader.links import Repository
    from grader.preflight import Regions
    from grader.sandbox import Zygote
    from grader.settings import Settings


def release_problems(
    setting: Setting,
    assignment: str,
    settings: Settings,
    jobs: int,
    zygote: Zygote,
    advance: Callable[[], None] = lambda: None,
) -> list[str]:
    """All that speaks against giving an assignment out, a line each; nothing is changed by it."""
    source = setting.folder("source", assignment)
    if not any(source.glob("*.ipynb")):
        raise GraderError(f"there is no notebook in {source}")
    folder = setting.root / "grader" / "rubrics" / assignment
    rubrics = {}
    if assignment in assignments(setting.root):
        rubrics[assignment] = load_rubric(folder, assignment)
    regions = _regions(setting)
    problems: list[Problem] = check_source(source, rubrics, folder / "rubric.py", regions)
    if problems:
        return [str(problem) for problem in problems]
    with tempfile.TemporaryDirectory(prefix="release-") as temporary:
        aside = Path(temporary)
        # For a database that has nothing in it nbgrader starts alembic, which takes two seconds.
        with closing(sqlite3.connect(aside / "gradebook.db")) as book:
            book.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        trial = generate(setting, assignment, aside, f"sqlite:///{aside / 'gradebook.db'}")
        add_links(settings.repository, setting, trial.folder("release", assignment), assignment)
        release = trial.folder("release", assignment)
        hidden = secret_files(setting.root, source)
        place = setting.folder("release", assignment)
        problems = find_leaks(source, release, hidden, place=place, regions=regions)
        with Book(trial) as book:
            load = partial(load_assignment, release=release)
            plan = plan_class(trial, book, assignment, settings, load)
        problems += _worth(plan, source, release, zygote)
        lines = [str(problem) for problem in problems]
        if plan.rubric is not None and not lines:
            lines += known_problems(setting.root, plan.rubric, plan.limits, jobs, zygote, advance)
        return lines


def _regions(setting: Setting) -> Regions:
    """The marks of hidden text that this course uses."""
    solution, tests = ClearSolutions(config=setting.config), ClearHiddenTests(config=setting.config)
    scheme = ClearMarkScheme(config=setting.config)
    return (
        (solution.begin_solution_delimeter, solution.end_solution_delimeter),
        (tests.begin_test_delimeter, tests.end_test_delimeter),
        (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
    )


def _worth(plan: ClassPlan, source: Path, release: Path, zygote: Zygote) -> list[Problem]:
    problems: list[Problem] = []
    bench = ClassGrader(plan, zygote)
    for notebook in plan.notebooks:
        path = source / f"{notebook.name}.ipynb"
        graded = [
            bench.one(notebook, Handed(student=name, folder=folder))
            for name, folder in (("source", source), ("release", release))
        ]
        places = {c.grade_id: c.index + 1 for c in read_notebook(path, trusted=True)}
        problems += check_worth(path, graded[0], graded[1], places)
    return problems


def generate(setting: Setting, assignment: str, aside: Path, db_url: str) -> Setting:
    """Make a release in the folder `aside`, and note it in that database; the setting to use it by.

    Raises `GraderError` with what nbgrader says against it.
    """
    config = copy.deepcopy(setting.config)
    config.CourseDirectory.root = str(setting.root)
    config.CourseDirectory.db_url = db_url
    config.CourseDirectory.release_directory = str(aside / "release")
    config.CourseDirectory.assignment_id = assignment
    log = logging.Logger("nbgrader")  # noqa: LOG001  one for this release alone
    said = io.StringIO()
    log.addHandler(logging.StreamHandler(said))
    log.setLevel(logging.ERROR)
    coursedir = CourseDirectory(config=config, log=log)
    converter = GenerateAssignment(coursedir=coursedir, config=config, log=log)
    converter.force = True
    try:
        converter.start()
    except Exception as error:
        lines = [line for line in said.getvalue().splitlines() if line.strip()]
        reason = _reason(lines) or f"{type(error).__name__}: {error}"
        raise GraderError(f"nbgrader cannot make a release of {assignment!r}: {reason}") from error
    return Setting(setting.root, config, coursedir)


def _reason(lines: list[str]) -> str:
    """What matters of nbgrader's log: the last error of a traceback, else its first line."""
    noise = (" ", "Traceback", "There was an", "Please see")
    raised = [line for line in lines if not line.startswith(noise)]
    return raised[0] if raised else ""


def add_links(
    repository: Repository | None, setting: Setting, release: Path, assignment: str
) -> None:
    """Put a cell with links into each notebook of a release, where the course has a repository.

    It is a text that nbgrader knows nothing of: no seal and no grade hangs on it.
    """
    if repository is None:
        return
    for path in sorted(release.glob("*.ipynb")):
        at = published(setting, assignment) / path.name
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook = with_links(notebook, repository.links(at.as_posix()))
        text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        path.write_text(text, encoding="utf-8")


def published(setting: Setting, assignment: str) -> PurePosixPath:
    """Where a release is in the course's repository, which is laid out as the course is."""
    folder = setting.folder("release", assignment)
    inside = folder.is_relative_to(setting.root)
    return PurePosixPath(
        folder.relative_to(setting.root).as_posix() if inside else f"release/{assignment}"
    )


def put_in_place(setting: Setting, assignment: str, settings: Settings) -> Path:
    """Make the release for good: the gradebook knows it, and its folder is there whole."""
    Book(setting).close()  # says what is wrong with it better than nbgrader does
    target = setting.folder("release", assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=target.parent) as temporary:
        aside = Path(temporary)
        made = generate(setting, assignment, aside, setting.db_url).folder("release", assignment)
        add_links(settings.repository, setting, made, assignment)
        if os.path.lexists(target):
            target.rename(aside / "before")
        shutil.move(made, target)
    return target
