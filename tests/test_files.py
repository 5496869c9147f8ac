"""The folder that a notebook runs in."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from grader.files import Shipped

if TYPE_CHECKING:
    from pathlib import Path


def _imported(scratch: Path) -> tuple[str, str]:
    """What `helper.VALUE` is there, and what Python says of where it has found things."""
    program = "import helper; print(helper.VALUE)"
    command = [sys.executable, "-B", "-v", "-c", program]
    ran = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=True)
    return ran.stdout.strip(), ran.stderr


def _course(folder: Path) -> Shipped:
    release = folder / "release"
    release.mkdir()
    long = "# A module that is long enough to be worth it.\n" * 40
    (release / "helper.py").write_text(f"VALUE = 'the course'\n{long}", encoding="utf-8")
    return Shipped(release, folder / "shipped")


def test_what_the_course_ships_need_not_be_compiled_by_each_worker(tmp_path: Path) -> None:
    """It is there compiled, and Python takes it."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    _course(tmp_path).fill(scratch, None)
    value, said = _imported(scratch)
    assert value == "the course"
    compiled = next(scratch.rglob("*.pyc"))
    assert f"# code object from '{compiled}'" in said


def test_what_a_student_s_own_stands_in_for_is_their_own(tmp_path: Path) -> None:
    """Whatever had been compiled of the course's."""
    own, scratch = tmp_path / "own", tmp_path / "scratch"
    own.mkdir()
    scratch.mkdir()
    (own / "helper.py").write_text("VALUE = 'the student'\n", encoding="utf-8")
    course = _course(tmp_path)
    course.fill(scratch, own, ["helper.py"])
    assert _imported(scratch)[0] == "the student"


def test_nothing_of_a_student_s_takes_the_place_of_what_the_course_ships(tmp_path: Path) -> None:
    """Neither folders nor files that would be found first."""
    own, scratch = tmp_path / "own", tmp_path / "scratch"
    (own / "helper").mkdir(parents=True)
    scratch.mkdir()
    for name in ("helper/__init__.py", "helper.py", "__pycache__"):
        (own / name).write_text("VALUE = 'the student'\n", encoding="utf-8")
    _course(tmp_path).fill(scratch, own)
    assert _imported(scratch)[0] == "the course"
