"""What all tests use: the course in this repository, submissions, and the real command."""

from __future__ import annotations

import compileall
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import load_assignment
from grader.sample import Filler
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course import Assignment

COURSE = Path(__file__).parents[1]
# Python takes a text of the same size, written within the same second, for the one before it: no
# compiled file of a rubric that a test has rewritten is to be left.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
# What takes longest comes first, so that no process is left alone with it at the end.
LONGEST = (
    "test_attacks", "test_cluster", "test_compatibility", "test_as_in_jupyter", "test_autograde",
    "test_feedback", "test_tutorial", "test_activations", "test_pages", "test_odd_classes",
    "test_journal", "test_layers_assignment", "test_sandbox", "test_tensor_assignment",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Compile the grader itself, which hundreds of commands would do anew each."""
    if not hasattr(config, "workerinput"):  # in one process
        compileall.compile_dir(COURSE / "grader", quiet=1, rx=re.compile("/(wheats|chaffs)/"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; `--no-loadscope-reorder` leaves them there."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


@dataclass(frozen=True)
class Run:
    """One run of the command: exit code, output, and the results it wrote."""

    code: int
    stdout: str
    stderr: str
    document: dict[str, Any]

    def __getitem__(self, student: str) -> dict[str, Any]:
        found: dict[str, Any]
        (found,) = [r for r in self.document["results"] if r["student"] == student]
        return found

    def lost(self, student: str) -> dict[str, dict[str, Any]]:
        """The criteria that a student has not passed, by id."""
        return {c["id"]: c for c in self[student]["criteria"] if c["status"] != "passed"}


def run_grader(
    *arguments: object, cwd: Path = COURSE, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `grader` as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def grade(
    *paths: Path,
    options: tuple[object, ...] = (),
    timeout: float = 12,
    env: Mapping[str, str] | None = None,
    assignment: str = "activations",
    course: Path = COURSE,
) -> Run:
    """Grade submissions of a course, this one or another; the JSON goes beside the first path."""
    file = paths[0].parent / f"{paths[0].name}.results.json"
    done = run_grader(
        "grade", *paths, "--assignment", assignment, "--json", file, "--timeout", timeout,
        *options, cwd=course, env=env,
    )  # fmt: skip
    document = json.loads(file.read_text(encoding="ascii")) if file.is_file() else {}
    return Run(done.returncode, done.stdout, done.stderr, document)


def hand_in(
    folder: Path, notebooks: Mapping[str, str | bytes], assignment: str = "activations"
) -> Path:
    """Write submissions as nbgrader lays them out, by student; gives the folder."""
    for student, content in notebooks.items():
        path = folder / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read_answers(body: bytes, most: int) -> list[tuple[int, Any]]:
    """All answers in the body of a worker's frame, at most so many."""
    return [wire.read_answer(raw) for raw in wire.split_answers(body, most)]


@pytest.fixture(scope="session")
def filler() -> Filler:
    """Fills the release notebook with solutions."""
    return Filler(COURSE, "activations")


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The Activations assignment, as grading loads it."""
    return load_assignment(COURSE, "activations")
