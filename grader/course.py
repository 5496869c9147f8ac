"""The course directory: where it is, what it holds, and the submissions that are to be graded."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.model import GraderError, Refused, RubricError
from grader.notebook import Cell, read_notebook
from grader.places import hidden_note
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.rubric import Rubric

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's notebook, and the folder whose other files belong to it, if there is one."""

    student: str
    path: Path
    folder: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """An assignment as grading needs it: the released notebook and files, and the rubric.

    `beside_sha256` is of the rubric's files beside `rubric.py`.
    """

    name: str
    cells: list[Cell]
    release: Path
    rubric: Rubric
    rubric_sha256: str
    beside_sha256: str = ""


def find_course(start: Path, given: Path | None) -> Path:
    """The course directory: the given one, or the first with a config from `start` upwards."""
    if given is not None:
        if not (given / CONFIG).is_file():
            raise GraderError(f"{given} is no course directory: it has no {CONFIG}")
        return given.resolve()
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG).is_file():
            return folder
    raise GraderError(
        f"no {CONFIG} in {start} or above it; run grader in the course directory, or name it "
        "with --course DIR"
    )


def assignments(course: Path) -> list[str]:
    """The names of the assignments that have a rubric."""
    return sorted(path.parent.name for path in (course / "grader" / "rubrics").glob("*/rubric.py"))


def rubric_folder(course: Path, name: str) -> Path:
    """The folder of an assignment's rubric; `GraderError` says which there are, if it is not."""
    known = assignments(course)
    if name not in known:
        listed = ", ".join(known) or "none"
        raise GraderError(
            f"there is no assignment {name!r} with a rubric in {course}; there is: {listed}"
        )
    return course / "grader" / "rubrics" / name


def hidden_files(course: Path, assignment: str) -> tuple[Path, ...]:
    """Files that student code must not be able to read: an assignment's, the rubric first."""
    source = course / "source" / assignment / f"{assignment}.ipynb"
    return (course / "grader" / "rubrics" / assignment / "rubric.py", source, *hidden_note())


def load_assignment(course: Path, name: str, release: Path | None = None) -> Assignment:
    """An assignment of a course; `GraderError` says what is missing.

    `release` is the folder of the released version, where that is not the course's own.
    """
    folder = rubric_folder(course, name)
    release = release or course / "release" / name
    notebook = release / f"{name}.ipynb"
    if not notebook.is_file():
        raise GraderError(f"{notebook} is missing; make it with: grader release {name}")
    try:
        cells = read_notebook(notebook, trusted=True)
    except Refused as refused:
        raise GraderError(f"{notebook}: {refused}") from None
    files = _own_files(folder)
    whole = _hash(files)
    rubric = load_rubric(folder, name, whole)
    del files["rubric.py"]
    return Assignment(
        name=name, cells=cells, release=release, rubric=rubric, rubric_sha256=whole,
        beside_sha256=_hash(files),
    )  # fmt: skip


def load_rubric(folder: Path, name: str, files: str = "") -> Rubric:
    """The `rubric` that `rubric.py` in a folder defines, checked; `files` is their digest."""
    # Not before: workers are started first, and may do so while all of this is imported.
    from grader.kept import KeptInputs
    from grader.rubric import Rubric
    from grader.soundness import check_rubric

    package = types.ModuleType(f"_rubric_of_{name}")
    package.__path__ = [str(folder)]
    for module in [m for m in sys.modules if m.partition(".")[0] == package.__name__]:
        del sys.modules[module]
    sys.modules[package.__name__] = package
    try:
        rubric = getattr(importlib.import_module(f"{package.__name__}.rubric"), "rubric", None)
    except RubricError as error:
        raise RubricError(f"{folder / 'rubric.py'}: {error}") from error
    except (Exception, SystemExit) as error:
        raise RubricError(f"{folder / 'rubric.py'}: {type(error).__name__}: {error}") from error
    if not isinstance(rubric, Rubric):
        raise RubricError(f"{folder / 'rubric.py'} defines no `rubric`, an instance of Rubric")
    if rubric.assignment != name:
        raise RubricError(f"{folder / 'rubric.py'} is for {rubric.assignment!r}, not for {name!r}")
    inputs = KeptInputs(rubric, files or _hash(_own_files(folder)))
    inputs.recall()
    try:
        check_rubric(rubric)
    except RubricError as error:
        raise RubricError(f"{folder / 'rubric.py'}: {error}") from error
    except (Exception, SystemExit) as error:
        raise RubricError(
            f"{folder / 'rubric.py'}: its inputs cannot be made: {type(error).__name__}: {error}"
        ) from error
    inputs.keep()
    return rubric


def fingerprint(course: Path, name: str) -> str:
    """Changes with every file that `load_assignment` reads."""
    notebook = course / "release" / name / f"{name}.ipynb"
    content = notebook.read_bytes() if notebook.is_file() else b""
    rubric = _hash(_own_files(course / "grader" / "rubrics" / name))
    return rubric + hashlib.sha256(content).hexdigest()


def _own_files(folder: Path) -> dict[str, bytes]:
    """A rubric's own files, code and data: contents by their path in its folder."""
    found = {}
    apart = {folder / "wheats", folder / "chaffs"}  # what it is held to, not what it is
    for path in sorted(folder.rglob("*")):
        known = apart.isdisjoint(path.parents) and "__pycache__" not in path.parts
        if known and path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _hash(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of files: names and contents."""
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


# Submissions -----------------------------------------------------------------------------------


def find_submissions(paths: Sequence[Path], assignment: str) -> list[Submission]:
    """All submissions under the given paths, by student; `GraderError` where there are none."""
    found: dict[str, Submission] = {}
    for path in paths:
        if not path.exists():
            raise GraderError(f"{path} does not exist; give a notebook, or a folder of submissions")
        here = list(_below(path, assignment))
        if not here:
            raise GraderError(
                f"{path} holds no notebooks; expected <student>/{assignment}/{assignment}.ipynb, "
                "or *.ipynb files"
            )
        for submission in here:
            found.setdefault(os.path.abspath(submission.path), submission)
    return sorted(found.values(), key=lambda s: (s.student, str(s.path)))


def _below(path: Path, assignment: str) -> Iterator[Submission]:
    name = f"{assignment}.ipynb"
    if path.is_dir():
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            raise GraderError(f"{path} cannot be read: {error.strerror}") from None
        # os.path.isdir says no where a student's folder cannot be looked into.
        folders = [path / n for n in names if os.path.isdir(path / n) and not n.startswith(".")]
        if os.path.isdir(path / assignment):
            yield Submission(_name(path.resolve()), path / assignment / name, path / assignment)
        elif any(os.path.isdir(folder / assignment) for folder in folders):
            for folder in folders:
                own = folder / assignment
                yield Submission(_name(folder), own / name, own)
        else:
            for notebook in (path / n for n in names if n.endswith(".ipynb")):
                if not notebook.name.startswith("."):
                    yield _single(notebook, assignment)
    else:
        yield _single(path, assignment)


def _single(path: Path, assignment: str) -> Submission:
    """A notebook by itself; its student is the folder in nbgrader's layout, else the file."""
    place = Path(os.path.abspath(path))
    name = f"{assignment}.ipynb"
    if place.name == name and place.parent.name == assignment and place.parent.parent.name:
        return Submission(_name(place.parent.parent), path, path.parent)
    return Submission(_name(place.with_suffix("")), path)


def _name(folder: Path) -> str:
    """A student's id as it can be written anywhere."""
    return printable(folder.name)


def printable(name: str) -> str:
    """A file's name as it can be written anywhere."""
    return clean(name.encode("utf-8", "replace").decode(), 200)


def check_place(submission: Submission) -> None:
    """Refuse what is not where a submission belongs, before it is opened."""
    folder = submission.folder
    if folder is None:
        return
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        raise Refused(f"there is no folder {folder.name} in the student's folder") from None
    except OSError as error:
        raise Refused(f"the folder {folder.name} cannot be read: {error.strerror}") from None
    if submission.path.name not in names:
        others = [name for name in names if name.endswith(".ipynb")][:3]
        found = ", ".join(clean(other, 80) for other in others)
        hint = f"; found {found}: if that is it, rename it" if others else ""
        raise Refused(f"there is no {submission.path.name} in the student's folder{hint}")
    try:
        inside = submission.path.resolve().is_relative_to(folder.parent.resolve())
    except (OSError, RuntimeError):  # links that go round in circles
        inside = False
    if not inside:
        raise Refused(f"{submission.path.name} is a link that leads out of the student's folder")
