"""What a class is graded by, and what each student has handed in.

Nothing that is out of place is opened: no links, no pipes, nothing beyond a size.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from grader import keys
from grader.course import Assignment, printable
from grader.files import own_files

if TYPE_CHECKING:
    from datetime import datetime

    from grader.model import CourseNotebook, Disclosure, Limits

_ID: Final = 128  # characters of a student's id in nbgrader's database


@dataclass(frozen=True)
class Step:
    """One of nbgrader's folders: where a student's part is. The student's id stands between."""

    prefix: str
    suffix: str

    def of(self, student: str) -> Path:
        """The folder of one student."""
        return Path(f"{self.prefix}{student}{self.suffix}")

    @property
    def root(self) -> Path:
        """The folder that all students' are in."""
        return Path(self.prefix)

    def students(self) -> list[str]:
        """Everybody who has a folder here."""
        try:
            names = sorted(os.listdir(self.root))
        except FileNotFoundError:
            return []
        return [n for n in names if not n.startswith(".") and self._may_be_there(n)]

    def _may_be_there(self, student: str) -> bool:
        """Whether there is something, or one cannot look."""
        try:
            self.of(student).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True


class Fingerprint(NamedTuple):
    """Changes with everything of a course that a result depends on; `bare` not with criteria."""

    whole: str = ""
    bare: str = ""


@dataclass(frozen=True, kw_only=True)
class ClassPlan:
    """What grading a class needs to know of an assignment, with or without a rubric."""

    assignment: str
    notebooks: tuple[CourseNotebook, ...]
    submitted: Step
    autograded: Step
    source: Path
    release: Path
    limits: Limits
    disclose: Disclosure = "counterexample"  # of what stands in the gradebook's comments
    rubric: Assignment | None = None
    ignore: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # files of the course that a student's own may stand in for
    excluded: frozenset[str] = frozenset()  # students who are not to be graded
    new_students: bool = True  # whether unknown ones get a place in the gradebook
    permissions: int = 0o444
    shared: bool = False

    def fingerprint(self) -> Fingerprint:
        """Changes with everything of the course that a result depends on."""
        shipped = hashlib.sha256()
        for folder in (self.source, self.release):
            keys.add_folder(shipped, folder)
        whole, bare = (
            keys.of_course(self.disclose, self.rubric, criteria=criteria)
            for criteria in (True, False)
        )
        for digest, notebooks in (
            (whole, self.notebooks), (bare, map(_without_criteria, self.notebooks))
        ):  # fmt: skip
            digest.update(json.dumps([asdict(n) for n in notebooks], sort_keys=True).encode())
            digest.update(shipped.digest())
        return Fingerprint(whole.hexdigest(), bare.hexdigest())


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What one student has handed in, when, and why it cannot be graded, if that is so.

    `key` changes with all that its grades depend on, `bare` with all but the rubric's criteria;
    `course` is the part of them that is not theirs. `kept` are criteria that are known to be
    passed, by an earlier grading of the same.
    """

    student: str
    folder: Path
    key: str = ""
    bare: str = ""
    course: Fingerprint = field(default_factory=Fingerprint)
    kept: frozenset[str] = frozenset()
    timestamp: datetime | None = None
    trouble: str = ""

    @property
    def storable(self) -> bool:
        """Whether the folder's name can be a student's id in a gradebook."""
        return printable(self.student) == self.student and len(self.student) <= _ID


def _without_criteria(notebook: CourseNotebook) -> CourseNotebook:
    cells = (c for c in notebook.cells if not c.is_test or keys.does_anything(c.source))
    return replace(notebook, cells=tuple(cells))


def handed_in(plan: ClassPlan, course: Fingerprint, student: str) -> Handed:
    """What is there of one student, looked at without opening anything that is out of place.

    `course` is the plan's fingerprint.
    """
    folder = plan.submitted.of(student)
    digest = hashlib.sha256()
    trouble = ""
    if not Handed(student=student, folder=folder).storable:
        trouble = "the folder's name cannot be a student's id; rename it"
    try:
        root = plan.submitted.root.resolve()
        if trouble:
            pass
        elif (root / student).resolve() != root / student:
            trouble = "the student's folder is a link; put the folder itself in its place"
        elif not folder.resolve().is_relative_to(root / student):
            trouble = (
                f"the folder {plan.assignment} is a link that leads out of the student's folder"
            )
        else:
            keys.add_files(digest, folder, own_files(folder))
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in circles
        trouble = f"the folder cannot be read: {error}"
    digest.update(trouble.encode("utf-8", "surrogateescape"))
    key, bare = (
        hashlib.sha256(f"{part} {digest.hexdigest()}".encode()).hexdigest() for part in course
    )
    return Handed(
        student=student, folder=folder, key=key, bare=bare, course=course, trouble=trouble
    )


def settled(plan: ClassPlan, handed: Handed) -> Handed:
    """The same after it was graded; without keys where the files are not what they were.

    Something else may have been graded than the key says: it is graded again the next time.
    """
    if not handed.key or handed_in(plan, handed.course, handed.student).key == handed.key:
        return handed
    return replace(handed, key="", bare="")
