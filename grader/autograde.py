"""A class, graded: what is new is graded in parallel, and each graded notebook is put in its place.

The graded folders are the journal. Each is put in place whole, with what the gradebook is to hold
in the notebook's metadata; whoever is interrupted, at any moment, goes on from there.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.course import Submission, printable
from grader.files import Shipped, own_files
from grader.graded import RECORD, Graded, Record, grade_by_rubric, grade_by_tests, missing, refused
from grader.grading import Grader, fault
from grader.handed import settled
from grader.model import GraderError, InfrastructureError, Refused, Result
from grader.places import FULL, remove_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.handed import ClassPlan, Handed
    from grader.model import CourseNotebook, Verdict
    from grader.sandbox import Zygote

TIMESTAMP: Final = "timestamp.txt"
_STAGED: Final = ".grading-"


@dataclass(frozen=True, kw_only=True)
class Done:
    """One student, graded: what the gradebook is to hold, and the results in short."""

    handed: Handed
    records: tuple[Record, ...] = ()
    results: tuple[Result, ...] = field(default=(), repr=False)


def recorded(plan: ClassPlan, student: str) -> tuple[Record, ...]:
    """What an earlier grading has left in a student's graded notebooks; nothing where any lacks."""
    found = []
    for notebook in plan.notebooks:
        try:
            path = plan.autograded.of(student) / f"{notebook.name}.ipynb"
            metadata = json.loads(path.read_bytes())["metadata"]
            record = Record.from_json(metadata.get(RECORD))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ()
        if record is None or record.notebook != notebook.name:
            return ()
        found.append(record)
    return tuple(found)


@dataclass(frozen=True)
class Autograding:
    """The grading of a class, as it can be handed to several processes."""

    plan: ClassPlan

    def bench(self, zygote: Zygote) -> ClassGrader:
        """Where students are graded, in this process."""
        return ClassGrader(self.plan, zygote)

    def refuse(self, handed: Handed, why: str) -> Done:
        """What becomes of a submission that ended the process that graded it."""
        # Perhaps it was not the submission's doing: the next run tries again.
        again = replace(handed, key="")
        return put_in_place(self.plan, again, refuse_all(self.plan, handed, why))


class ClassGrader:
    """Grades all notebooks of one student after the other, and puts them in their place."""

    def __init__(self, plan: ClassPlan, zygote: Zygote) -> None:
        self.plan = plan
        self._zygote = zygote
        self._grader: Grader | None = None
        if plan.rubric is not None:
            self._grader = Grader(plan.rubric, plan.limits, zygote)
        zygote.start()
        source = plan.source if plan.source.is_dir() else plan.release
        self._shipped = Shipped(source, zygote.home / "source")

    def grade(self, handed: Handed) -> Done:
        """Grade what a student has handed in; whatever is wrong with it, something comes of it."""
        return put_in_place(self.plan, *self.judged(handed))

    def judged(self, handed: Handed) -> tuple[Handed, list[Graded]]:
        """The same, but nothing is written."""
        try:
            return handed, self.examine(handed)
        except Refused as refusal:
            why = str(refusal)
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours must not take down the batch
            why = fault(error)
            handed = replace(handed, key="")  # and the next run tries again
        return handed, refuse_all(self.plan, handed, why)

    def examine(self, handed: Handed, only: str = "") -> list[Graded]:
        """The same, but nothing is written; with `only`, of those that are there only that one."""
        self._zygote.check()
        if handed.trouble:
            graded = refuse_all(self.plan, handed, handed.trouble)
            return [g for g in graded if not only or g.record.notebook == only]
        # Under another name, a notebook may be one that lacks: a person has to look, and is told.
        names = {f"{notebook.name}.ipynb" for notebook in self.plan.notebooks}
        there = {path.name for path in handed.folder.glob("*.ipynb")}
        as_missing = bool(there & names) and there <= names
        return [
            missing(notebook, _submission(handed, notebook))
            if as_missing and f"{notebook.name}.ipynb" not in there
            else self.one(notebook, handed)
            for notebook in self.plan.notebooks
            if not only or notebook.name == only or f"{notebook.name}.ipynb" not in there
        ]

    def one(self, notebook: CourseNotebook, handed: Handed) -> Graded:
        """Grade one notebook of a submission."""
        submission = _submission(handed, notebook)
        if self._grader is not None and notebook.name == self.plan.assignment:
            return grade_by_rubric(
                self._grader, notebook, submission, self.plan.disclose, handed.kept
            )
        return grade_by_tests(
            self._zygote, self.plan.limits, self._shipped, notebook, submission, self.plan.kept
        )

    def close(self) -> None:
        """End the zygote, and remove what was made for it."""
        self._zygote.close()


def _submission(handed: Handed, notebook: CourseNotebook) -> Submission:
    return Submission(handed.student, handed.folder / f"{notebook.name}.ipynb", handed.folder)


def refuse_all(plan: ClassPlan, handed: Handed, why: str) -> list[Graded]:
    """All notebooks of a submission that cannot be graded."""
    graded = []
    for notebook in plan.notebooks:
        submission = _submission(handed, notebook)
        # Nothing of it is opened: where it is may be what is wrong with it.
        nowhere = replace(submission, path=Path(os.devnull) / submission.path.name)
        result = Result(
            student=printable(handed.student), path=str(submission.path), status="refused",
            message=why, max_score=notebook.max_score,
        )  # fmt: skip
        graded.append(refused(notebook, nowhere, result))
    return graded


# The graded folder -----------------------------------------------------------------------------


def put_in_place(plan: ClassPlan, handed: Handed, graded: Sequence[Graded]) -> Done:
    """Write a student's graded notebooks and files, whole or not at all."""
    handed = settled(plan, handed)
    records = tuple(with_keys(g, handed) for g in graded)
    done = Done(handed=handed, records=records, results=tuple(in_short(g.result) for g in graded))
    if not handed.storable:
        return replace(done, records=())
    target = plan.autograded.of(handed.student)
    try:
        if os.path.lexists(target.parent) and not target.parent.is_dir():
            target.parent.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=_STAGED, dir=plan.autograded.root))
        try:
            folders = 0o2770 if plan.shared else 0o755
            staged.chmod(folders)
            if not handed.trouble:
                _copy_files(plan, handed, staged)
            for one, record in zip(graded, records, strict=True):
                # On one line: with indentation, json takes three times as long.
                text = json.dumps(one.noted(record), ensure_ascii=False, sort_keys=True)
                content = f"{text}\n".encode("utf-8", "replace")
                (staged / f"{record.notebook}.ipynb").write_bytes(content)
            for path in staged.rglob("*"):
                path.chmod(folders if path.is_dir() else plan.permissions)
            _replace(staged, target, plan.autograded.root)
        finally:
            if staged.exists():
                remove_tree(staged)
    except OSError as error:
        raise InfrastructureError(
            f"{target} cannot be written: {error.strerror or error}. Put that right (make room, "
            "give write permission) and run the same command again: what is graded is kept."
        ) from error
    return done


def with_keys(graded: Graded, handed: Handed) -> Record:
    """What is noted about a notebook, with the keys of what it is of; a fault of ours has none."""
    if graded.result.fault:
        return graded.record
    return replace(graded.record, key=handed.key, bare=handed.bare)


def in_short(result: Result) -> Result:
    """What a table shows of a result, so that those of any class fit into the memory."""
    lost = [v for v in result.verdicts if v.status != "passed"]
    verdicts = tuple(replace(v, counterexample=None) for v in lost)
    cells = tuple(replace(run, outputs=(), value="") for run in result.cells if run.left_out)
    return replace(result, verdicts=verdicts, cells=cells, remarks=(), traces=(), settled=())


def _copy_files(plan: ClassPlan, handed: Handed, to: Path) -> None:
    """The student's other files, then the course's over them, whatever stands in their way."""
    ignored = shutil.ignore_patterns(*plan.ignore)
    pages = {f"{notebook.name}.html" for notebook in plan.notebooks}  # places of the feedback
    ours = {p.relative_to(plan.source): p for p in own_files(plan.source, capped=False)}
    replaced = {name for name in ours if str(name) not in plan.kept}
    theirs = {p.relative_to(handed.folder): p for p in own_files(handed.folder)}
    left = [(name, path) for name, path in theirs.items() if name not in replaced]
    for name, path in (*left, *ours.items()):
        if any(part.endswith(".ipynb") for part in name.parts) or ignored("", [*name.parts]):
            continue
        if name.parts[0] in pages or (str(name) in plan.kept and (to / name).is_file()):
            continue
        try:
            _copy(path, to, name)
        except OSError as error:
            if error.errno in FULL:
                raise  # else it is about this file alone: its name, its rights


def _copy(path: Path, to: Path, name: Path) -> None:
    for place in (to / name, *(to / name).parents):
        if place == to:
            break
        if place == to / name and place.is_dir():
            remove_tree(place)
        elif os.path.lexists(place) and not place.is_dir():
            place.unlink()
    (to / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to / name)


def _replace(staged: Path, target: Path, root: Path) -> None:
    """Put a folder in the place of another, in two steps that hardly take any time."""
    for _ in range(10):
        if os.path.lexists(target):
            old = Path(tempfile.mkdtemp(prefix=_STAGED, dir=root))
            try:
                with contextlib.suppress(FileNotFoundError):
                    target.rename(old / target.name)
            finally:
                remove_tree(old)
        try:
            staged.rename(target)
        except OSError:
            if not os.path.lexists(target):
                raise
        else:
            return
    raise OSError(f"somebody else keeps writing to {target}")


def clear_staged(plan: ClassPlan) -> None:
    """Remove what gradings that were killed have left half-written."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in os.listdir(plan.autograded.root):
            path = plan.autograded.root / name
            if name.startswith(_STAGED) and not _in_use(path):
                remove_tree(path)


def _in_use(path: Path) -> bool:
    """Whether another grading may be writing it at this moment: it is minutes young."""
    try:
        return time.time() - path.stat().st_mtime < 600
    except OSError:
        return True


class Results:
    """The results of a class for a table, what is the same in many of them but once."""

    def __init__(self) -> None:
        self.all: list[Result] = []
        self._known: dict[Verdict, Verdict] = {}

    def add(self, done: Done) -> None:
        """Keep those of one student."""
        for result in done.results:
            same = tuple(self._known.setdefault(v, v) for v in result.verdicts)
            self.all.append(replace(result, verdicts=same))
