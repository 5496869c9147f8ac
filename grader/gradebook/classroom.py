"""A class in a course directory: what is to be graded, grading it, and noting it down."""

from __future__ import annotations

import json
import stat
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from nbgrader.utils import parse_utc

from grader import digests
from grader.autograde import (
    TIMESTAMP,
    Done,
    clear_staged,
    recorded,
)  # fmt: skip
from grader.course import assignments, load_assignment
from grader.gradebook.book import agrees
from grader.handed import ClassPlan, Handed, handed_in
from grader.model import GraderError
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from grader.course import Assignment
    from grader.gradebook.book import Book
    from grader.gradebook.setting import Setting
    from grader.graded import Record
    from grader.model import CourseNotebook, Limits
    from grader.settings import Settings

Item = TypeVar("Item")

# How kernels that are not Python's are named, where a notebook does not say its language.
_OTHERS: Final = (
    "ir", "julia", "octave", "bash", "xcpp", "xc", "ruby", "javascript", "scala", "sql", "sos",
    "matlab", "stata", "sas", "java", "kotlin", "go", "rust", "haskell", "r",
)  # fmt: skip
_BATCH: Final = 25  # students of one transaction
_PLAIN_S: Final = 600.0  # for a notebook without a rubric, where the course sets nothing


def plan_class(
    setting: Setting,
    book: Book,
    assignment: str,
    settings: Settings,
    load: Callable[[Path, str], Assignment] = load_assignment,
) -> ClassPlan:
    """What the gradebook, the course directory and the rubric, if any, say of an assignment.

    `load` is how to come by the rubric, given the course directory and the assignment's name.
    """
    release = setting.folder("release", assignment)
    notebooks = book.notebooks(assignment, orders(release))
    if not notebooks:
        raise GraderError(_unknown(setting, assignment))
    for notebook in notebooks:
        name = str(notebook.kernel.get("name") or "python")
        other = name if name.lower().startswith(_OTHERS) else "python"
        language = str(notebook.kernel.get("language") or other)
        if not language.lower().startswith("python"):
            raise GraderError(
                f"{notebook.name}.ipynb is for the kernel {language!r}; only Python is graded "
                "here; grade this assignment with nbgrader's own preprocessors"
            )
    has_rubric = assignment in assignments(setting.root)
    loaded = load(setting.root, assignment) if has_rubric else None
    if loaded is not None:
        _compare(assignment, notebooks, {c.id: c.points for c in loaded.rubric.criteria})
    converter = Autograde(coursedir=setting.coursedir, config=setting.config)
    shared = bool(setting.coursedir.groupshared)
    return ClassPlan(
        assignment=assignment,
        notebooks=tuple(notebooks),
        submitted=setting.step("submitted", assignment),
        autograded=setting.step("autograded", assignment),
        source=setting.folder("source", assignment),
        release=release,
        limits=settings.limits if loaded else plain_limits(settings, setting),
        disclose=settings.disclose,
        rubric=loaded,
        ignore=tuple(setting.coursedir.ignore),
        kept=tuple(converter.exclude_overwriting.get(assignment, ())),
        excluded=frozenset(setting.coursedir.student_id_exclude.split(",")),
        new_students=bool(converter.create_student),
        permissions=int(str(converter.permissions), 8),
        shared=shared,
    )


def _unknown(setting: Setting, assignment: str) -> str:
    """What to say of an assignment that the gradebook does not know."""
    source = setting.folder("source", assignment)
    said = f"the gradebook knows no assignment {assignment!r}"
    if source.is_dir():
        return f"{said}; make it with: grader release {assignment}"
    sources = sorted(path.name for path in source.parent.glob("[!.]*") if path.is_dir())
    return f"{said}, nor does {source.parent}; there is: {', '.join(sources) or 'none'}"


def plain_limits(settings: Settings, setting: Setting) -> Limits:
    """Limits for a notebook without a rubric: as patient with a cell as nbgrader is."""
    limits = settings.limits
    if "timeout_s" not in settings.origin:
        limits = limits.but(submission_s=_PLAIN_S)
    if "cell_timeout_s" not in settings.origin:
        patience = float(Execute(config=setting.config).timeout or 0)
        if patience <= 0:  # without a limit of its own
            patience = limits.submission_s
        limits = limits.but(cell_s=min(patience, limits.submission_s))
    return limits


def orders(release: Path) -> dict[str, list[str]]:
    """The names of the cells of each released notebook, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(release.glob("*.ipynb")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            cells = json.loads(path.read_bytes())["cells"]
            names = [c.get("metadata", {}).get("nbgrader", {}).get("grade_id") for c in cells]
            found[path.stem] = [name for name in names if isinstance(name, str)]
    return found


def _compare(
    assignment: str, notebooks: Sequence[CourseNotebook], criteria: dict[str, float]
) -> None:
    """Criteria and the gradebook's cells have to agree: each would lose points otherwise."""
    own = [notebook for notebook in notebooks if notebook.name == assignment]
    cells = {c.name: c.points for n in own for c in n.cells if c.is_test}
    for name in sorted({*criteria, *cells}):
        here, there = criteria.get(name), cells.get(name)
        if here != there:
            raise GraderError(
                f"the gradebook is not in step with the rubric: {name!r} has "
                f"{'no cell' if there is None else f'{there:g} points'} in the gradebook and "
                f"{'no criterion' if here is None else f'{here:g} points'} in the rubric; "
                f"put them in step with: grader release {assignment}"
            )


@dataclass
class Roll:
    """Who is to be graded, whose earlier grading is only to be written, how many are unchanged.

    `strangers` have no place in the gradebook, where the course does not want new students there.
    """

    to_grade: list[Handed] = field(default_factory=list)
    to_write: list[Handed] = field(default_factory=list)
    unchanged: int = 0
    strangers: list[str] = field(default_factory=list)


def call_roll(plan: ClassPlan, book: Book, students: Sequence[str], *, force: bool) -> Roll:
    """Look at what everybody has handed in, and at what an earlier grading has left."""
    excluded = set() if students else plan.excluded
    names = [name for name in plan.submitted.students() if name not in excluded]
    unknown = [student for student in students if student not in names]
    if unknown:
        raise GraderError(
            f"no submission by {', '.join(map(repr, unknown))} in {plan.submitted.root}; there are "
            f"{len(names)}" + (f", for instance {names[0]!r}" if names else "")
        )
    if not names:
        raise GraderError(
            f"nothing to grade: there is no {plan.submitted.of('<student>')} with notebooks in it"
        )
    clear_staged(plan)
    course = plan.fingerprint()
    known = None if plan.new_students else book.students()
    roll = Roll()
    for some in batched(dict.fromkeys(students) if students else names):
        states = {} if force else book.states(plan.assignment, some)
        for name in some:
            handed = timed(handed_in(plan, course, name))
            if known is not None and name not in known:
                roll.strangers.append(name)
                continue
            records = () if force else recorded(plan, name)
            if not of_just_this(records, handed):
                roll.to_grade.append(replace(handed, kept=still_passed(plan, handed, records)))
            elif agrees(states.get(name, {}), records):
                roll.unchanged += 1
            else:
                roll.to_write.append(handed)
    return roll


def batched(items: Iterable[Item]) -> Iterator[list[Item]]:
    """As many as one transaction takes, and so on."""
    rest = iter(items)
    while some := list(islice(rest, _BATCH)):
        yield some


def of_just_this(records: Sequence[Record], handed: Handed) -> bool:
    """Whether what is recorded is about just this submission and this course, as they are now."""
    return bool(records) and all(record.key == handed.key for record in records)


def still_passed(plan: ClassPlan, handed: Handed, records: Sequence[Record]) -> frozenset[str]:
    """The criteria that need not be judged again: only others have changed since they were."""
    if plan.rubric is None:
        return frozenset()
    passed = [r.passed for r in records if r.notebook == plan.assignment and r.bare == handed.bare]
    return digests.still_passed(plan.rubric.rubric, passed[0]) if passed else frozenset()


def timed(handed: Handed) -> Handed:
    """With the time of its submission, as nbgrader keeps it."""
    if handed.trouble:
        return handed
    try:
        return replace(handed, timestamp=timestamp(handed.folder))
    except GraderError as error:
        return replace(handed, trouble=str(error))


def timestamp(folder: Path) -> datetime | None:
    """When a submission was handed in, in UTC; None where that is not known."""
    path = folder / TIMESTAMP
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise GraderError(f"{TIMESTAMP} is not a file; put one in its place, or delete it")
        with open(path, encoding="utf-8") as file:
            text = file.read(200).strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise GraderError(f"{TIMESTAMP} cannot be read: {error}") from None
    try:
        found: datetime | None = parse_utc(text) if text else None
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        raise GraderError(
            f"{TIMESTAMP} holds {clean(text, 60)!r}, which is no time; correct it, for instance to "
            "2026-01-31 23:59:00 UTC, or delete it"
        ) from None
    return found


def grade_class(
    plan: ClassPlan,
    book: Book,
    roll: Roll,
    grade: Callable[[Sequence[Handed]], Iterator[Done]],
) -> Iterator[Done]:
    """Grade who is to be graded; each is in place and, at the end, in the gradebook."""
    for some in batched(roll.to_write):
        found = [(handed, recorded(plan, handed.student)) for handed in some]
        again = [Done(handed=h, records=r if of_just_this(r, h) else ()) for h, r in found]
        book.write(plan.assignment, again)
    if not roll.to_grade:
        return
    book.let_go()
    waiting: list[Done] = []
    try:
        for done in grade(roll.to_grade):
            waiting.append(done)
            if len(waiting) >= _BATCH:
                book.write(plan.assignment, waiting)
                waiting = []
            yield done
    finally:
        # What is graded is written, whatever has come in between.
        if waiting:
            book.write(plan.assignment, waiting)
