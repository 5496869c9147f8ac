"""Inside `nbgrader autograde`: our judging in place of its own, from reading to the gradebook.

nbgrader makes these objects anew for every notebook, in its own process or in Jupyter's. What costs
to make, a zygote and a rubric, is kept from one to the next, as long as the course does not change.
"""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.autograde import ClassGrader, with_keys
from grader.course import Submission, fingerprint, hidden_files, load_assignment
from grader.files import own_files
from grader.gradebook.book import Book
from grader.gradebook.classroom import plan_class, timed
from grader.gradebook.setting import Setting
from grader.graded import RECORD, Record, merged_or_empty
from grader.handed import Fingerprint, Handed, handed_in, settled
from grader.isolation import Policy
from grader.merge import as_notebook
from grader.model import InfrastructureError
from grader.portable import workers
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.course import Assignment
    from grader.graded import Graded
    from grader.handed import ClassPlan


class _Room:
    """What is kept between notebooks: the plan of an assignment, and a bench to grade at."""

    def __init__(self) -> None:
        self._fingerprint = Fingerprint()
        self._bench: ClassGrader | None = None

    def bench(self, plan: ClassPlan, fingerprint: Fingerprint, setting: Setting) -> ClassGrader:
        """A bench for this plan; the last one where nothing has changed since."""
        if self._bench is None or self._fingerprint != fingerprint:
            self.close()
            settings = load_settings(setting.root)
            secrets = tuple(p for p in hidden_files(setting.root, plan.assignment) if p.exists())
            policy = Policy(
                secrets=secrets,
                readable=settings.readable,
                allow_weak=bool(setting.config.get("Grader", {}).get("allow_weak_isolation")),
            )
            self._bench = ClassGrader(plan, workers(None, policy))
            self._fingerprint = fingerprint
        return self._bench

    def close(self) -> None:
        """End what is kept."""
        if self._bench is not None:
            self._bench.close()
        self._bench = None


_room = _Room()
atexit.register(_room.close)


def _setting(converter: Any) -> Setting:
    return Setting(Path(converter.coursedir.root), converter.config, converter.coursedir)


_loaded: dict[str, Assignment] = {}  # the last one, by what it is made of


def _plan(setting: Setting, assignment: str) -> ClassPlan:
    with Book(setting) as book:
        settings = load_settings(setting.root)
        return plan_class(setting, book, assignment, settings, load=_load)


def _load(course: Path, name: str) -> Assignment:
    """An assignment with its rubric, loaded again only where a file of it has changed."""
    key = f"{course}\0{name}\0{fingerprint(course, name)}"
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = load_assignment(course, name)
    return _loaded[key]


@dataclass(frozen=True)
class _Case:
    """A submission, and what it is graded by; `course` is the plan's fingerprint."""

    plan: ClassPlan
    course: Fingerprint
    handed: Handed


def _case(converter: Any, ids: Any) -> _Case:
    """What nbgrader is about to grade, looked at and hashed."""
    plan = _plan(_setting(converter), ids["assignment"])
    course = plan.fingerprint()
    return _Case(plan, course, timed(handed_in(plan, course, ids["student"])))


def _keep_own_files(plan: ClassPlan, handed: Handed) -> None:
    """Remove what nbgrader has copied from behind links, and all else that is not handed in."""
    kept = {path.relative_to(plan.source) for path in own_files(plan.source, capped=False)}
    if not handed.trouble:
        kept |= {path.relative_to(handed.folder) for path in own_files(handed.folder)}
    graded = plan.autograded.of(handed.student)
    for path in own_files(graded, capped=False):
        if path.relative_to(graded) not in kept and path.suffix != ".ipynb":
            path.unlink()


class SubmissionExporter(NotebookExporter):
    """Reads what students hand in, whatever it is, with the course's cells put right.

    nbgrader reads a notebook twice, as handed in and then as it has written it; the second time
    there is nothing left to put right. `case` is for the judge, who comes then.
    """

    case: _Case | None = None

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **kw)
        ids = resources["nbgrader"]
        self.case = _case(self.parent, ids)
        plan, handed = self.case.plan, self.case.handed
        course = next(n for n in plan.notebooks if n.name == ids["notebook"])
        _keep_own_files(plan, handed)
        # Where there is nothing to be read, the judge will say why.
        path = Path(os.devnull) / "none" if handed.trouble else Path(filename)
        submission = Submission(handed.student, path, path.parent)
        merged = merged_or_empty(course, submission)
        notebook = nbformat.from_dict(as_notebook(course, merged))
        made: Any = self.from_notebook_node(notebook, resources=resources, **kw)  # type: ignore[no-untyped-call]
        return made


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of nbgrader's Execute: runs and judges the notebook as it was handed in, confined.

    Every graded cell comes out with its points as its value. Where the grader itself cannot work
    this raises, so that nbgrader keeps nothing of the notebook.
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:  # noqa: ARG002  what counts is the file
        converter = self.parent.parent
        ids = resources["nbgrader"]
        case = getattr(self.parent, "case", None)
        asked = (ids["assignment"], ids["student"])
        if case is None or (case.plan.assignment, case.handed.student) != asked:
            case = _case(converter, ids)
        handed = case.handed
        # With those that are not there, to which nbgrader never comes.
        notebooks = self._examine(case, _setting(converter), ids["notebook"])
        graded = next(g for g in notebooks if g.record.notebook == ids["notebook"])
        record = with_keys(graded, settled(case.plan, handed))
        absent = [g.record for g in notebooks if g is not graded]
        resources["nbgrader"]["records"] = [record, *absent]
        if graded.result.status == "refused":
            self.log.error("%s: not graded: %s", handed.student, graded.result.message)
        return nbformat.from_dict(graded.noted(record)), resources

    def _examine(self, case: _Case, setting: Setting, name: str) -> list[Graded]:
        for attempt in (1, 2):
            bench = _room.bench(case.plan, case.course, setting)
            try:
                return bench.examine(case.handed, only=name)
            except InfrastructureError:
                _room.close()  # the zygote may have been ended from outside
                if attempt == 2:
                    raise
        raise AssertionError


class SaveScores(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of nbgrader's SaveAutoGrades: scores and comments to the gradebook, as judged.

    A criterion is never without a score: where nothing says what it is worth, it is worth nothing
    until a person has looked.
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:
        ids = resources["nbgrader"]
        found = Record.from_json(nb.metadata.get(RECORD))
        records = ids.get("records") or ([found] if found else [])
        if not records:
            raise InfrastructureError(
                f"{ids['notebook']} was not judged: put grader.gradebook.judge.Judge before "
                "SaveScores in c.Autograde.autograde_preprocessors"
            )
        with Gradebook(ids["db_url"]) as book:
            for record in records:
                where = (record.notebook, ids["assignment"], ids["student"])
                _save(book.find_submission_notebook(*where), record)
            book.db.commit()
        return nb, resources


def _save(submitted: Any, record: Record) -> None:
    for grade in submitted.grades:
        if grade.name not in record.scores:
            continue
        score = record.scores[grade.name]
        grade.auto_score = score
        grade.needs_manual_grade = (
            grade.manual_score is not None or score is None or grade.name in record.review
        )
    for comment in submitted.comments:
        if comment.name in record.comments:
            comment.auto_comment = record.comments[comment.name]
