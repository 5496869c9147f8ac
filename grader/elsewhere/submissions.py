"""Grading on other machines: what of a course goes there, and what is made of what comes back.

There, the course is unpacked into a private folder that student code cannot see, as it cannot see
the course itself. Everything is written here: pages, graded notebooks, the gradebook.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from grader.course import Submission, hidden_files, load_assignment
from grader.files import own_files
from grader.grading import Grader, Grading, refusal, slim
from grader.isolation import Policy
from grader.luggage import Files, Parcel, course_files, pack, share
from grader.model import InfrastructureError, Limits, Refused, Result
from grader.places import remove_tree
from grader.portable import workers
from grader.stored import Stored
from grader.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.sandbox import Zygote

Bench = TypeVar("Bench")


@dataclass(frozen=True, kw_only=True)
class Course:
    """What of a course goes to another machine, and how student code is contained there.

    `inside` are places in the course that student code may read, `outside` such as the machine has
    to have itself.
    """

    assignment: str
    versions: str
    files: Files
    inside: tuple[str, ...]
    outside: tuple[Path, ...]
    allow_weak: bool

    @classmethod
    def of(cls, root: Path, assignment: str, policy: Policy, *folders: Path) -> Course:
        """A course's rubric and those of its folders, as they are now."""
        rubric = root / "grader" / "rubrics" / assignment
        inside = [path for path in policy.readable if path.is_relative_to(root)]
        there = [path for path in (rubric, *folders, *inside) if path.exists()]
        return cls(
            assignment=assignment,
            versions=versions(),
            files=course_files(root, there),
            inside=tuple(path.relative_to(root).as_posix() for path in inside),
            outside=tuple(path for path in policy.readable if path not in inside),
            allow_weak=policy.allow_weak,
        )

    def unpack(self, home: Path) -> tuple[Path, Zygote]:
        """Write it below a private folder: the course's root, and what makes workers by it."""
        if self.versions != versions():
            raise InfrastructureError(
                f"it has {versions()}, and the results are to be those of {self.versions}"
            )
        root = self.files.unpack(home / "course")
        for path in self.outside:
            if not path.exists():
                raise InfrastructureError(f"it has no {path}, which student code may read")
        hidden = [path for path in hidden_files(root, self.assignment) if path.exists()]
        readable = (*(root / name for name in self.inside), *self.outside)
        policy = Policy(secrets=(*hidden,), readable=readable, allow_weak=self.allow_weak)
        return root, workers(home, policy)

    def bench(self, home: Path, make: Callable[[Path, Zygote], Bench]) -> Bench:
        """What grades there, made of the course's root and a zygote that is fit for it."""
        root, zygote = self.unpack(home)
        try:
            made = make(root, zygote)
            zygote.check()
        except BaseException:
            zygote.close()
            raise
        return made


class Inbox:
    """Where parcels are unpacked, one after the other, out of the sight of student code."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._numbers = itertools.count()

    @contextmanager
    def place(self) -> Iterator[Path]:
        """A new folder, for as long as it is needed."""
        place = self._home / f"submitted-{next(self._numbers)}"
        try:
            yield place
        finally:
            if place.exists():
                remove_tree(place)


@dataclass(frozen=True, kw_only=True)
class GradingThere:
    """Grading by a rubric, as another machine does it."""

    course: Course
    limits: Limits
    whole: bool  # with what pages need

    def bench(self, home: Path) -> ParcelGrader:
        """Where parcels are graded."""
        grader = self.course.bench(home, self._grader)
        return ParcelGrader(grader, Inbox(home), whole=self.whole)

    def _grader(self, root: Path, zygote: Zygote) -> Grader:
        return Grader(load_assignment(root, self.course.assignment), self.limits, zygote)


class ParcelGrader:
    """Grades what came from elsewhere, as if it were there still."""

    def __init__(self, grader: Grader, inbox: Inbox, *, whole: bool) -> None:
        self._grader = grader
        self._inbox = inbox
        self._whole = whole

    def grade(self, parcel: Parcel | Stored) -> Result:
        """The result for a submission, whole or without what only its page needs."""
        with self._inbox.place() as place:
            try:
                if parcel.trouble:
                    raise Refused(parcel.trouble)
                result = self._grader.examine(parcel.unpack(place))
            except Refused as refused:
                result = replace(
                    refusal(self._grader.assignment, parcel, str(refused)),
                    isolation=self._grader.zygote.check().level,
                )
        result = replace(result, path=parcel.path)
        return result if self._whole else slim(result)

    def close(self) -> None:
        """Tidy up."""
        self._grader.close()


@dataclass(frozen=True)
class GradingFetched:
    """Grading by a rubric of what has to be fetched first, in this process or in several."""

    grading: Grading

    def bench(self, zygote: Zygote) -> FetchedGrader:
        """Where submissions are graded, in this process."""
        grader = Grader(self.grading.assignment, self.grading.limits, zygote)
        return FetchedGrader(self.grading, ParcelGrader(grader, Inbox(zygote.home), whole=True))

    def refuse(self, submission: Submission | Stored, why: str) -> Result:
        """The result for a submission that ended the process that graded it."""
        return self.grading.refuse(submission, why)


@dataclass(frozen=True)
class FetchedGrader:
    """Fetches, grades, and shows what is to be shown."""

    grading: Grading
    grader: ParcelGrader

    def grade(self, submission: Submission | Stored) -> Result:
        """The result for one submission."""
        here = share(submission) if isinstance(submission, Submission) else submission
        return self.grading.shown(self.grader.grade(here))

    def close(self) -> None:
        """Tidy up."""
        self.grader.close()


@dataclass(frozen=True)
class TravellingGrading:
    """Grading by a rubric, on a cluster; where files are `shared`, paths are all that is sent."""

    grading: Grading
    root: Path
    policy: Policy
    shared: bool = False

    def luggage(self) -> GradingThere:
        """What another machine needs."""
        assignment = self.grading.assignment
        course = Course.of(self.root, assignment.name, self.policy, assignment.release)
        whole = self.grading.pages is not None
        return GradingThere(course=course, limits=self.grading.limits, whole=whole)

    def parcel(self, submission: Submission | Stored) -> Parcel | Stored:
        """A submission, to be sent; what is named by a URL is fetched there."""
        if isinstance(submission, Stored):
            return submission
        return share(submission) if self.shared else pack(submission, self._shipped)

    @cached_property
    def _shipped(self) -> frozenset[Path]:
        return shipped_names(self.grading.assignment.release)

    def unpacked(self, _: Submission | Stored, result: Result) -> Result:
        """A result without what is not to be shown, its page written."""
        return self.grading.shown(result)

    def refuse(self, submission: Submission | Stored, why: str) -> Result:
        """The result for a submission that ended the processes that graded it."""
        return self.grading.refuse(submission, why)


def shipped_names(folder: Path) -> frozenset[Path]:
    """The course's own files, which count for nothing in a student's folder."""
    files = (path.relative_to(folder) for path in own_files(folder, capped=False))
    return frozenset(p for p in files if p.suffix != ".ipynb" and not p.name.startswith("."))
