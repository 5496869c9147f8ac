"""Grading one submission by a rubric: its notebook in a worker, its verdicts in a result."""

from __future__ import annotations

import gc
import time
import traceback
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from grader import engine
from grader.answers import Memory
from grader.cells import CellRunner
from grader.course import Assignment, Submission, check_place
from grader.disclosure import disclosed
from grader.execution import Execution
from grader.files import Shipped
from grader.model import Disclosure, GraderError, Limits, Refused, Result, RubricError
from grader.notebook import parse_cells, plan, read_cells
from grader.sandbox import Zygote
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from grader.report.pages import Pages


@dataclass(frozen=True)
class Grading:
    """Grading by a rubric, as it can be handed to several processes."""

    assignment: Assignment
    limits: Limits
    disclose: Disclosure = "counterexample"
    pages: Pages | None = None

    def bench(self, zygote: Zygote) -> Shown:
        """Where submissions are graded, in this process."""
        return Shown(self, Grader(self.assignment, self.limits, zygote))

    def refuse(self, submission: HandedIn, why: str) -> Result:
        """The result for a submission that ended the process that graded it."""
        return self.shown(refusal(self.assignment, submission, why))

    def shown(self, result: Result) -> Result:
        """A result without what is not to be shown, and without what its cells printed.

        Its page is written; the outputs of a whole class would fill the memory.
        """
        result = disclosed(result, self.disclose, self.assignment.rubric.caps)
        if self.pages is not None:
            self.pages.write(result)
        return slim(result)


@dataclass(frozen=True)
class Shown:
    """Grades, and shows what is to be shown."""

    grading: Grading
    grader: Grader

    def grade(self, submission: Submission) -> Result:
        """The result for one submission."""
        return self.grading.shown(self.grader.examine(submission))

    def close(self) -> None:
        """Tidy up."""
        self.grader.close()


class Grader:
    """Grades submissions of one assignment, one after the other, in workers of one zygote."""

    def __init__(
        self, assignment: Assignment, limits: Limits, zygote: Zygote | None = None
    ) -> None:
        self.assignment = assignment
        self.limits = limits
        self.zygote = zygote or Zygote()
        self.zygote.start()
        self._shipped = Shipped(assignment.release, self.zygote.home / "shipped")
        self.zygote.expect([step.source for step in plan(assignment.cells, assignment.cells)])
        engine.prepare(assignment.rubric)  # meanwhile the zygote imports what it needs
        self._memory = Memory()
        # The rubric and all libraries are here to stay: no need to look through them for garbage.
        gc.freeze()

    def examine(
        self,
        submission: Submission,
        read: Callable[[Path], list[Any]] = read_cells,
        kept: Collection[str] = (),
    ) -> Result:
        """The result for one submission; whatever is wrong with it, there is one.

        `kept` are criteria that it is known to pass.
        """
        begun = time.perf_counter()
        level = self.zygote.check().level
        try:
            result = self._examine(submission, read, kept)
        except Refused as refused:
            result = refusal(self.assignment, submission, str(refused))
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours must not take down the batch
            result = replace(refusal(self.assignment, submission, fault(error)), fault=True)
        duration = round(time.perf_counter() - begun, 4)
        return replace(result, duration_s=duration, isolation=level)

    def _examine(
        self, submission: Submission, read: Callable[[Path], list[Any]], kept: Collection[str]
    ) -> Result:
        check_place(submission)
        cells = parse_cells(read(submission.path))
        rubric = self.assignment.rubric
        runner = CellRunner(
            self.zygote,
            plan(self.assignment.cells, cells),
            partial(self._shipped.fill, own=submission.folder),
            self.limits,
            setup=rubric.setup,
            names=rubric.names,
            share=0.5,
        )
        with closing(Execution(runner, len(rubric.targets), self._memory)) as execution:
            execution.start()
            traces = engine.traces(rubric, execution)
            verdicts = engine.judge(rubric, execution, kept)
            remarks = engine.remarks(rubric, execution, verdicts)
            settled = engine.settled(rubric, execution, verdicts)
        return Result(
            student=submission.student,
            path=str(submission.path),
            status="graded",
            score=engine.score(verdicts),
            max_score=rubric.max_score,
            verdicts=verdicts,
            cells=execution.cells,
            remarks=remarks,
            traces=traces,
            settled=settled,
        )

    def close(self) -> None:
        """End the zygote, and remove what was made for it."""
        self.zygote.close()


def broken_criterion(result: Result) -> RubricError | None:
    """What is to be said where a criterion broke on a submission's answer."""
    verdict = next((verdict for verdict in result.verdicts if verdict.review), None)
    if verdict is None:
        return None
    said = verdict.message or f"{verdict.id} could not be judged"
    return RubricError(f"{result.student}: {said}; the marks for it are missing")


def slim(result: Result) -> Result:
    """A result without what only its page needs: what its cells have shown, and traces."""
    cells = tuple(replace(run, outputs=()) for run in result.cells)
    return replace(result, traces=(), cells=cells, settled=())


class HandedIn(Protocol):
    """A submission, wherever it is."""

    @property
    def student(self) -> str: ...
    @property
    def path(self) -> object: ...


def refusal(assignment: Assignment, submission: HandedIn, message: str) -> Result:
    """The result for a submission that cannot be graded, and why."""
    return Result(
        student=submission.student,
        path=str(submission.path),
        status="refused",
        message=clean(message),
        max_score=assignment.rubric.max_score,
    )


def fault(error: Exception) -> str:
    """An error of the grader itself, as the reason for a refusal."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"not judged, by a fault of the grader ({type(error).__name__} in {where.name}, "
        f"line {where.lineno}: {error}); please report it with this notebook"
    )
