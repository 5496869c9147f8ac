"""Files that travel to another machine: what a submission consists of, and what its course ships.

Only what belongs to them is opened: regular files up to a number and a size. A link that leads out
arrives as one, and a notebook that is too large as an empty file of that size, so that both are
refused there as they would be here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Submission, check_place
from grader.files import own_files
from grader.model import Refused
from grader.notebook import MAX_BYTES, read_notebook

if TYPE_CHECKING:
    from collections.abc import Collection

NOWHERE = os.devnull  # where links lead that lead out


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files by their path in a folder: their content, or their size where nobody will read it."""

    contents: dict[str, bytes | int] = field(default_factory=dict, repr=False)
    links: tuple[str, ...] = ()

    def unpack(self, folder: Path) -> Path:
        """Write them to a new folder; gives it."""
        folder.mkdir(parents=True)
        for name, content in self.contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else b"")
            if isinstance(content, int):
                os.truncate(path, content)
        for name in self.links:
            (folder / name).symlink_to(NOWHERE)
        return folder


def course_files(course: Path, folders: Collection[Path]) -> Files:
    """Folders of a course, without what is made by use and what a rubric is only held to."""
    contents: dict[str, bytes | int] = {}
    for folder in folders:
        for path in own_files(folder, capped=False) if folder.is_dir() else (folder,):
            name = path.relative_to(course)
            if name.parts[:2] != ("grader", "rubrics") or not {"wheats", "chaffs"} & {*name.parts}:
                contents[name.as_posix()] = path.read_bytes()
    return Files(contents=contents)


def students_files(folder: Path, apart: Collection[Path]) -> Files:
    """What a student has handed in; `apart` are files of the course, as for `own_files`."""
    contents: dict[str, bytes | int] = {}
    links = []
    for path in own_files(folder, apart=apart):
        name = path.relative_to(folder).as_posix()
        try:
            contents[name] = _content(path)
        except PermissionError:
            continue  # what nobody can read is nowhere copied to
    for path in sorted(folder.glob("*.ipynb")):
        if path.is_symlink():
            try:
                check_place(Submission("", path, folder))
                contents[path.name] = _content(path)
            except (Refused, OSError):
                links.append(path.name)
    return Files(contents=contents, links=tuple(links))


def _content(path: Path) -> bytes | int:
    size = path.stat().st_size
    if path.suffix == ".ipynb" and size > MAX_BYTES:
        return size
    return path.read_bytes()


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A submission on its way: its files, and the name of its folder if it has one.

    `path` is where it came from; `trouble` is why it is refused, where that is known already.
    Where it is `shared`, it can be seen there too, and has no files with it.
    """

    student: str
    path: str
    folder: str = ""
    files: Files = field(default_factory=Files)
    trouble: str = ""
    shared: Submission | None = None

    def unpack(self, place: Path) -> Submission:
        """Write it to a new folder, unless it can be seen from here."""
        if self.shared is not None:
            return self.shared
        folder = self.files.unpack(place / (self.folder or "one"))
        return Submission(
            self.student, folder / Path(self.path).name, folder if self.folder else None
        )


def share(submission: Submission) -> Parcel:
    """A submission that is at the same place for all machines."""
    path, folder = submission.path, submission.folder
    there = Submission(
        submission.student, Path(os.path.abspath(path)), folder and Path(os.path.abspath(folder))
    )
    return Parcel(student=submission.student, path=str(path), shared=there)


def pack(submission: Submission, apart: Collection[Path]) -> Parcel:
    """A submission, to be sent; what is not where it belongs stays unopened, with the reason."""
    path = submission.path
    parcel = Parcel(student=submission.student, path=str(path))
    try:
        check_place(submission)
        if not path.is_file() or not os.access(path, os.R_OK):
            read_notebook(path)  # says why not
        if submission.folder is None:
            return replace(parcel, files=Files(contents={path.name: _content(path)}))
        files = students_files(submission.folder, apart)
    except Refused as refused:
        return replace(parcel, trouble=str(refused))
    except OSError as error:
        trouble = f"the submission cannot be read: {error.strerror or error}"
        return replace(parcel, trouble=trouble)
    return replace(parcel, folder=submission.folder.name, files=files)
