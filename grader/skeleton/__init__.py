"""What `grader new` writes: a small assignment that works, to be made into one's own.

The folders beside this file are laid out as they come to lie in a course. ASSIGNMENT stands for the
assignment's name, in paths and in texts.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from grader.course import CONFIG
from grader.model import GraderError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DEVICES: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
_IGNORE: Final = Path(".gitignore")


def write_assignment(course: Path, name: str) -> list[Path]:
    """Write an assignment and its rubric into a course; the files, relative to the course.

    Raises `GraderError` for a name that cannot be one, and where anything of that name is there
    already; then nothing is written.
    """
    _check_name(name)
    return _write(course, _assignment(name), [Path("source", name), Path("grader/rubrics", name)])


def write_course(course: Path, name: str) -> list[Path]:
    """The same where there is no course yet: with nbgrader's configuration and a .gitignore.

    A .gitignore that is there already stays as it is.
    """
    _check_name(name)
    files = _texts("course") | _assignment(name)
    pieces = [Path(CONFIG), Path("source", name), Path("grader/rubrics", name)]
    if os.path.lexists(course / _IGNORE):
        del files[_IGNORE]
    else:
        pieces.insert(1, _IGNORE)
    return _write(course, files, pieces)


def _check_name(name: str) -> None:
    """It is a folder, a file and part of ids, on every system that a course may come to."""
    if not _NAME.fullmatch(name):
        raise GraderError(
            f"{name!r} cannot be an assignment's name: it takes up to 64 letters (a to z), digits, "
            "hyphens and underscores, the first a letter or a digit"
        )
    if _DEVICES.fullmatch(name):
        raise GraderError(
            f"{name!r} cannot be an assignment's name: on Windows no file can be called so"
        )


def _assignment(name: str) -> dict[Path, str]:
    return {
        Path(str(path).replace("ASSIGNMENT", name)): text.replace("ASSIGNMENT", name)
        for path, text in _texts("assignment").items()
    }


def _texts(part: str) -> dict[Path, str]:
    """The files of a part of the skeleton, by where they belong in a course."""
    folder = Path(__file__).parent / part
    found = {
        path.relative_to(folder): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent.name != "__pycache__"  # made where it is installed
    }
    # By its own name it would be in force in this folder as well.
    return {_IGNORE if path.name == "gitignore" else path: text for path, text in found.items()}


def _write(course: Path, files: dict[Path, str], pieces: list[Path]) -> list[Path]:
    """Write files aside, then put them in place whole: `pieces` are the files and folders to move.

    A failure half-way leaves nothing of them.
    """
    for piece in pieces:
        if os.path.lexists(course / piece):
            raise GraderError(
                f"{course / piece} is there already; nothing is written. "
                "Take another name, or move it away"
            )
    with tempfile.TemporaryDirectory(prefix=".new-", dir=course) as temporary:
        aside = Path(temporary)
        for path, text in files.items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            (aside / path).write_text(text, encoding="utf-8")
        placed: list[Path] = []
        try:
            for piece in pieces:
                (course / piece).parent.mkdir(parents=True, exist_ok=True)
                (aside / piece).rename(course / piece)
                placed.append(piece)
        except OSError:
            for piece in placed:
                shutil.move(course / piece, aside)
            raise
    return list(files)
