"""`grader new`: an assignment that works as it is, from an empty directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.model import GraderError
from grader.skeleton import write_assignment
from tests.conftest import run_grader

if TYPE_CHECKING:
    from subprocess import CompletedProcess


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CompletedProcess[str]]:
    """A course that a newcomer has made of an empty directory, and what was printed."""
    course = tmp_path_factory.mktemp("course")
    return course, run_grader("new", "week-1", "--here", cwd=course)


def test_it_makes_a_course_of_an_empty_directory(
    begun: tuple[Path, CompletedProcess[str]],
) -> None:
    """Every file that is there is named, and so are the next three commands."""
    course, done = begun
    assert done.returncode == 0, done.stderr
    files = {str(path.relative_to(course)) for path in course.rglob("*") if path.is_file()}
    before, _, after = done.stdout.partition("next, in that folder:")
    assert {line.strip() for line in before.splitlines()[1:]} == files
    assert {
        ".gitignore", "nbgrader_config.py", "source/week-1/week-1.ipynb",
        "grader/rubrics/week-1/rubric.py", "grader/rubrics/week-1/sample.toml",
    } <= files  # fmt: skip
    assert [line.partition("#")[0].strip() for line in after.strip().splitlines()] == [
        "grader release week-1", "grader audit week-1", "grader sample week-1",
    ]  # fmt: skip
    assert "ASSIGNMENT" not in "".join(files)
    assert all("ASSIGNMENT" not in (course / name).read_text() for name in files)


def test_what_it_writes_is_released_audited_and_graded_as_it_is(
    begun: tuple[Path, CompletedProcess[str]],
) -> None:
    """Nothing is wrong with it, every mutant is noticed, and everybody gets what is due."""
    course, _ = begun
    released = run_grader("release", "week-1", cwd=course)
    assert released.returncode == 0, released.stderr
    findings = course / "audit.json"
    audited = run_grader(
        "audit", "week-1", "--seeds", "3", "--fail-under", "99", "--json", findings, cwd=course
    )
    assert audited.returncode == 0, audited.stdout + audited.stderr
    summary = json.loads(findings.read_text())["rates"]
    assert summary["mutants"] > 50
    assert summary["alive"] == 0
    assert run_grader("sample", "week-1", cwd=course).returncode == 0
    results = course / "results.json"
    graded = run_grader(
        "grade", "submitted", "--assignment", "week-1", "--timeout", "12", "--json", results,
        cwd=course,
    )  # fmt: skip
    assert graded.returncode == 0, graded.stderr
    scores = {r["student"]: r["score"] for r in json.loads(results.read_text())["results"]}
    assert scores["ada"] == scores["ben"] == scores["stray-loop"] == 10
    assert scores["cora"] == 6
    assert scores["dan"] == scores["untouched"] == 0


def test_a_second_one_comes_beside_the_first(
    begun: tuple[Path, CompletedProcess[str]],
) -> None:
    """From anywhere in the course, or by its path."""
    course, _ = begun
    inside = run_grader("new", "week-2", cwd=course / "source")
    assert inside.returncode == 0, inside.stderr
    outside = run_grader("new", "week_3", "--course", course)
    assert outside.returncode == 0, outside.stderr
    for name in ("week-1", "week-2", "week_3"):
        assert (course / "source" / name / f"{name}.ipynb").is_file()
        assert (course / "grader" / "rubrics" / name / "rubric.py").is_file()


def test_without_a_course_the_remedy_is_named(tmp_path: Path) -> None:
    """And nothing is written."""
    done = run_grader("new", "week-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "grader new week-1 --here" in done.stderr
    assert list(tmp_path.iterdir()) == []
    elsewhere = run_grader("new", "week-1", "--course", tmp_path, "--here", cwd=tmp_path)
    assert elsewhere.returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "there",
    ["nbgrader_config.py", "source/week-1/data.csv", "source/week-1", "grader/rubrics/week-1"],
)
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    """What is in the way is named, and all is left as it was."""
    own = tmp_path / there
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    done = run_grader("new", "week-1", "--here", cwd=tmp_path)
    assert done.returncode == 2
    assert str(own if own.suffix != ".csv" else own.parent) in done.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert own.read_text() == "mine"


def test_a_gitignore_of_ones_own_stays(tmp_path: Path) -> None:
    """A new repository often has one; what belongs into it is said."""
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    done = run_grader("new", "week-1", "--here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n"
    assert ".gitignore is as it was" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../week", "week/1", "week\\1", ".week", "week 1", " week", "week\n",
        "-week", "_week", "week+1", "week.1", "wöche", "w" * 65, "con", "LPT1", "/tmp/week",
    ],
)  # fmt: skip
def test_names_that_are_none_are_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written, anywhere; the name is shown."""
    with pytest.raises(GraderError, match="cannot be an assignment's name") as refused:
        write_assignment(tmp_path, name)
    assert repr(name) in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notebook without its rubric would be in the way of the next attempt."""
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if "rubrics" in target.parts:
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space left"):
        write_assignment(tmp_path, "week-1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    write_assignment(tmp_path, "week-1")
    assert (tmp_path / "grader/rubrics/week-1/rubric.py").is_file()
