"""What a result depends on, as one number: the same key means the same result.

Nothing that is out of place is opened: no links, no pipes, nothing beyond a size.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from grader.course import Assignment, Submission, check_place
from grader.files import own_files
from grader.model import Refused
from grader.places import Layers
from grader.stored import Stored
from grader.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.isolation import Policy
    from grader.model import Disclosure, Limits

_HASHED: Final = 64 << 20  # bytes of a file; more are never used


def of_course(disclose: Disclosure, assignment: Assignment | None, *, criteria: bool = True) -> Any:
    """A digest of the grader itself and of an assignment's rubric, to which more can be added.

    Without `criteria`, of what is around them: what they are is in `digests`.
    """
    digest = hashlib.sha256(f"{versions()} {disclose}".encode())
    if assignment is not None:
        rubric = assignment.rubric_sha256 if criteria else assignment.beside_sha256
        digest.update(rubric.encode())
        shown = [c for c in assignment.cells if criteria or does_anything(c.source)]
        cells = [(c.grade_id, c.kind, c.source, c.locked) for c in shown]
        digest.update(json.dumps(cells).encode())
    return digest


def does_anything(source: str) -> bool:
    """Whether there is more in a cell than comments; a criterion's own cell is one of its title."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.splitlines())


def fingerprint(
    assignment: Assignment, limits: Limits, disclose: Disclosure, policy: Policy
) -> str:
    """Changes with everything but the submission that a result depends on."""
    digest = of_course(disclose, assignment)
    contained = (policy.allow_weak, Layers.wanted().names)
    digest.update(json.dumps([asdict(limits), contained]).encode())
    add_folder(digest, assignment.release)
    for place in policy.readable:  # of which there may be gigabytes
        for path in own_files(place, capped=False) if place.is_dir() else (place,):
            status = path.stat()
            digest.update(f"{path}\0{status.st_size} {status.st_mtime_ns}".encode())
    return str(digest.hexdigest())


def of_submission(course: str, submission: Submission | Stored) -> str:
    """The key of what a student has handed in; `course` is the fingerprint of all the rest.

    Empty where it is elsewhere, and nobody knows whether it has changed.
    """
    digest = hashlib.sha256(course.encode())
    for said in (submission.student, str(submission.path)):
        digest.update(said.encode("utf-8", "surrogateescape") + b"\0")
    if isinstance(submission, Stored):
        digest.update(submission.version.encode())
        return digest.hexdigest() if submission.version else ""
    try:
        check_place(submission)
        if submission.path.is_file():
            add_file(digest, submission.path.name, submission.path)
        if submission.folder is not None:
            add_files(digest, submission.folder, own_files(submission.folder))
    except (Refused, OSError) as error:
        digest.update(str(error).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def add_folder(digest: Any, folder: Path) -> None:
    """Add what a course ships in a folder beside its notebooks."""
    shipped = (path for path in own_files(folder, capped=False) if path.suffix != ".ipynb")
    add_files(digest, folder, shipped)


def add_files(digest: Any, folder: Path, files: Iterable[Path]) -> None:
    """Add files by their path in a folder."""
    for path in files:
        add_file(digest, str(path.relative_to(folder)), path)


def add_file(digest: Any, name: str, path: Path) -> None:
    """Add a file's name and content: of one that is too large to be used, beginning and size."""
    digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
    try:
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read(_HASHED))
        content.update(str(path.stat().st_size).encode())
        digest.update(content.digest())
    except PermissionError:
        digest.update(b"unreadable")
