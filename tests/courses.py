"""Courses to try nbgrader's pipeline on: made by nbgrader itself, in folders of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from click.testing import CliRunner

from grader.cli import main
from tests.conftest import COURSE, Run, grade, hand_in

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG = """from grader.gradebook import plug_in

c = get_config()
plug_in(c)
c.CourseDirectory.course_id = "trial"
"""
# Stock nbgrader gives up on a student whose kernel is slow, as all are on a busy machine.
STOCK = """c = get_config()
c.CourseDirectory.course_id = "trial"
c.Execute.startup_timeout = c.Execute.iopub_timeout = 200
"""


def cell(
    source: str,
    name: str = "",
    *,
    kind: str = "code",
    points: float | None = None,
    solution: bool = False,
    task: bool = False,
    locked: bool = True,
) -> dict[str, Any]:
    """A cell as the instructor's notebook has it."""
    metadata: dict[str, Any] = {}
    if name:
        metadata["nbgrader"] = {
            "grade": points is not None and not task, "grade_id": name,
            "locked": locked and not solution, "schema_version": 3, "solution": solution,
            "task": task,
        }  # fmt: skip
        if points is not None:
            metadata["nbgrader"]["points"] = points
    made: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> str:
    """A notebook's text."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    numbered = [{**c, "id": f"c{number}"} for number, c in enumerate(cells)]
    content = {"cells": numbered, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    return json.dumps(content | {"nbformat_minor": 5})


def solution(body: str) -> str:
    """A solution cell's text."""
    return f"def double(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"


RIGHT = "return x + x  # the sum of two"
TWICE = cell(solution(RIGHT), "double", solution=True)
SHOWN = cell("assert double(1) == 2", "shown", points=1)
HIDDEN = cell(
    "### BEGIN HIDDEN TESTS\nassert double(-4) == -8, 'minus four'\n### END HIDDEN TESTS",
    "hidden", points=2,
)  # fmt: skip
PARTIAL = cell("sum(double(n) == 2 * n for n in range(4)) / 2", "partial", points=2)
ESSAY = cell("Why?", "essay", kind="markdown", points=3, solution=True)
TASK = cell("Draw a graph.", "task", kind="markdown", points=4, task=True)
BONUS = cell("assert double(10**9) == 2 * 10**9", "bonus", points=0)
MINI = notebook(cell("import math", "setup"), TWICE, SHOWN, HIDDEN, PARTIAL, ESSAY, TASK, BONUS)

# An assignment with a rubric, of which a run costs a third of what one of Activations does: there
# it takes seconds to make the inputs. For whatever is alike for every rubric.
RUBRIC = """
import numpy as np
from grader import numerics
from grader.corpus import Corpus, Group
from grader.rubric import Rubric
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

rubric = Rubric("toy", seed=1)
NUMBERS = st.integers(-9, 9).map(lambda k: k / 4)
numbers = Corpus(
    plain=Group(
        corners=[np.array([1.0]), np.array([-2.0, 0.5])],
        strategy=lambda: arrays(float, st.integers(1, 3), elements=NUMBERS),
        count=20,
    )
)

def double(x):
    return numerics.Truth(2 * x, np.zeros_like(x))

def bound(x, truth, dtype):
    return 4 * numerics.unit_roundoff(dtype) * np.abs(truth.hi)

target = rubric.target("double", call="double(x)", reference=double, bound=bound, corpus=numbers)
target.gives_right_values("values", points=2, title="Doubles.", on="plain")
target.keeps_shape("shape", points=1, title="Keeps the shape.", on="plain", needs="values")
"""
TOY = notebook(
    cell(solution("y = x + x\n    return y * 1"), "double", solution=True),
    cell("# values", "values", points=2), cell("# shape", "shape", points=1),
)  # fmt: skip


def answer(text: str, code: str, essay: str | None = None) -> str:
    """A released notebook with the solution `double` filled in, and the essay."""
    content = json.loads(text)
    for one in content["cells"]:
        name = one["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "double":
            one["source"] = code
        if name == "essay" and essay is not None:
            one["source"] = essay
    return json.dumps(content)


UNWRITTEN = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
TOY_RELEASED = answer(TOY, UNWRITTEN)


def toy(code: str, *extra: str) -> str:
    """The toy assignment with that solution, and cells after it."""
    content = json.loads(answer(TOY_RELEASED, code))
    content["cells"] += [{**cell(source), "id": f"x{n}"} for n, source in enumerate(extra)]
    return json.dumps(content)


TOY_RIGHT = toy("def double(x):\n    return 2 * x")


@dataclass(frozen=True)
class Course:
    """A course directory with the commands that one uses there."""

    root: Path

    def source(self, assignment: str, **notebooks: str) -> None:
        """Write the instructor's notebooks."""
        folder = self.root / "source" / assignment
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in notebooks.items():
            (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")

    def released(self, assignment: str, name: str = "") -> str:
        """The text of a released notebook."""
        path = self.root / "release" / assignment / f"{name or assignment}.ipynb"
        return path.read_text(encoding="utf-8")

    def hand_in(self, assignment: str, student: str, **notebooks: str | bytes) -> Path:
        """Write a submission; gives its folder."""
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in notebooks.items():
            content = text.encode() if isinstance(text, str) else text
            (folder / f"{name}.ipynb").write_bytes(content)
        return folder

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """Run `grader` or `nbgrader` in the course, as a user does.

        The first in this process, which has imported nbgrader already: that takes two seconds.
        """
        if command[0] == "grader":
            return self._grader(list(map(str, command[1:])))
        return subprocess.run(
            self.command(*command), cwd=self.root, env=environment(), capture_output=True,
            text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip

    def start(self, *command: object) -> subprocess.Popen[str]:
        """Start a command in a process of its own; what it says to stderr can be read."""
        return subprocess.Popen(
            self.command(*command), cwd=self.root, env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def _grader(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        handler = signal.getsignal(signal.SIGTERM)
        before = Path.cwd()
        os.chdir(self.root)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default")  # as in a process of its own
                done = CliRunner().invoke(main, arguments)
        finally:
            os.chdir(before)
            signal.signal(signal.SIGTERM, handler)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    def command(self, *command: object) -> list[str]:
        """A command line."""
        program, *arguments = map(str, command)
        return [str(Path(sys.executable).parent / program), *arguments]

    def graded(self, assignment: str, student: str, name: str = "") -> dict[str, Any]:
        """A graded notebook."""
        folder = self.root / "autograded" / student / assignment
        found: dict[str, Any] = nbformat.read(folder / f"{name or assignment}.ipynb", as_version=4)
        return found

    def outputs(self, assignment: str, student: str, cell_name: str) -> str:
        """All that stands below a cell of a graded notebook."""
        for one in self.graded(assignment, student)["cells"]:
            if one["metadata"].get("nbgrader", {}).get("grade_id") == cell_name:
                return json.dumps(one["outputs"], ensure_ascii=False)
        raise KeyError(cell_name)

    @property
    def db_url(self) -> str:
        """Its gradebook, where the configuration names no other."""
        return f"sqlite:///{self.root / 'gradebook.db'}"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What commands of nbgrader need, which calls others by name."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(COURSE), **(more or {})}


def make_course(root: Path, config: str = CONFIG) -> Course:
    """A course directory with nothing but a configuration."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    spare_alembic(root / "gradebook.db")
    return Course(root)


def spare_alembic(gradebook: Path) -> None:
    """For a database that has nothing in it nbgrader starts alembic, which takes two seconds."""
    with closing(sqlite3.connect(gradebook)) as book:
        book.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")


def mini_course(root: Path) -> Course:
    """One small assignment, released."""
    course = make_course(root)
    course.source("mini", mini=MINI)
    done = course.run("grader", "release", "mini")
    assert done.returncode == 0, done.stderr
    return course


def toy_class(root: Path, handed: Mapping[str, str | bytes]) -> Path:
    """Submissions of the toy assignment by student, in a course of their own; gives the folder."""
    for path, text in (
        ("nbgrader_config.py", ""), ("source/toy/toy.ipynb", TOY),
        ("grader/rubrics/toy/rubric.py", RUBRIC), ("release/toy/toy.ipynb", TOY_RELEASED),
    ):  # fmt: skip
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return hand_in(root / "submitted", handed, "toy")


def grade_toys(folder: Path, *options: object, env: Mapping[str, str] | None = None) -> Run:
    """Grade a class of the toy assignment; the JSON goes beside its folder.

    In one process, if options say nothing else: each takes most of a second to start.
    """
    options = ("--jobs", 1, *options)
    return grade(folder, options=options, env=env, assignment="toy", course=folder.parent)


def activations_course(root: Path, config: str = CONFIG) -> Course:
    """Activations, with its rubric, in a course directory of its own."""
    course = make_course(root, config)
    for folder in ("source/activations", "release/activations", "grader/rubrics/activations"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(COURSE / folder, root / folder, ignore=ignored)
    return course


def rows(db_url: str, assignment: str) -> dict[tuple[str, str, str], tuple[Any, Any, bool]]:
    """Grades: (automatic, manual, to be looked at) by student, notebook and cell."""
    from nbgrader import api
    from sqlalchemy import select

    with api.Gradebook(db_url, "trial") as book:
        found = book.db.execute(
            select(
                api.SubmittedAssignment.student_id, api.Notebook.name, api.BaseCell.name,
                api.Grade.auto_score, api.Grade.manual_score, api.Grade.needs_manual_grade,
            )
            .select_from(api.Grade)
            .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id)
            .join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id,
            )
            .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
            .where(api.Assignment.name == assignment)
        ).all()  # fmt: skip
        return {(s, n, c): (auto, manual, bool(look)) for s, n, c, auto, manual, look in found}


def scores(db_url: str, assignment: str, student: str, name: str = "") -> dict[str, Any]:
    """One student's automatic scores by cell."""
    found = rows(db_url, assignment)
    return {c: v[0] for (s, n, c), v in found.items() if s == student and name in ("", n)}
