"""Grading a class on other machines; graded notebooks and the gradebook are written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from grader.autograde import Autograding, ClassGrader, Done, put_in_place
from grader.course import load_assignment
from grader.elsewhere.submissions import Course, Inbox, shipped_names
from grader.luggage import Files, course_files, students_files

if TYPE_CHECKING:
    from pathlib import Path

    from grader.graded import Graded
    from grader.handed import ClassPlan, Handed
    from grader.isolation import Policy
    from grader.sandbox import Zygote


@dataclass(frozen=True, kw_only=True)
class ClassThere:
    """The grading of a class, as another machine does it; `plan` without the rubric."""

    course: Course
    plan: ClassPlan
    by_rubric: bool

    def bench(self, home: Path) -> HandedGrader:
        """Where parcels are graded."""
        return HandedGrader(self.course.bench(home, self._grader), Inbox(home))

    def _grader(self, root: Path, zygote: Zygote) -> ClassGrader:
        name = self.course.assignment
        plan = replace(
            self.plan,
            source=root / "source" / name,
            release=root / "release" / name,
            rubric=load_assignment(root, name) if self.by_rubric else None,
        )
        return ClassGrader(plan, zygote)


class HandedGrader:
    """Grades what students have handed in elsewhere."""

    def __init__(self, grader: ClassGrader, inbox: Inbox) -> None:
        self._grader = grader
        self._inbox = inbox

    def grade(self, parcel: tuple[Handed, Files]) -> tuple[Handed, list[Graded]]:
        """The graded notebooks, and what was handed in as it is to be noted."""
        handed, files = parcel
        with self._inbox.place() as place:
            folder = files.unpack(place / handed.folder.name)
            there, graded = self._grader.judged(replace(handed, folder=folder))
        return replace(there, folder=handed.folder), [_from(handed.folder, g) for g in graded]

    def close(self) -> None:
        """Tidy up."""
        self._grader.close()


def _from(folder: Path, graded: Graded) -> Graded:
    path = str(folder / f"{graded.record.notebook}.ipynb")
    return replace(graded, result=replace(graded.result, path=path))


@dataclass(frozen=True)
class TravellingClass:
    """The grading of a class, on a cluster."""

    plan: ClassPlan
    root: Path
    policy: Policy

    def luggage(self) -> ClassThere:
        """What another machine needs."""
        plan, files = self.plan, Files(contents={})
        course = Course.of(self.root, plan.assignment, self.policy)
        for step, folder in (("source", plan.source), ("release", plan.release)):
            found = course_files(folder, [folder] if folder.is_dir() else [])
            files.contents.update(
                (f"{step}/{plan.assignment}/{name}", content)
                for name, content in found.contents.items()
                if step == "release" or not name.endswith(".ipynb")
            )
        files.contents.update(course.files.contents)
        return ClassThere(
            course=replace(course, files=files),
            plan=replace(plan, rubric=None),
            by_rubric=plan.rubric is not None,
        )

    def parcel(self, handed: Handed) -> tuple[Handed, Files]:
        """What a student has handed in, to be sent."""
        if handed.trouble:
            return handed, Files()
        return handed, students_files(handed.folder, self._shipped)

    @cached_property
    def _shipped(self) -> frozenset[Path]:
        plan = self.plan
        return shipped_names(plan.source if plan.source.is_dir() else plan.release)

    def unpacked(self, _: Handed, outcome: tuple[Handed, list[Graded]]) -> Done:
        """What was graded, in its place."""
        return put_in_place(self.plan, *outcome)

    def refuse(self, handed: Handed, why: str) -> Done:
        """What becomes of a submission that ended the processes that graded it."""
        return Autograding(self.plan).refuse(handed, why)
