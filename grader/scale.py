"""Grading many submissions: one by one in this process, or by several processes at once."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from grader import engine
from grader.cells import CellRunner
from grader.course import Assignment, Submission, check_place, fill_scratch, shipped_files
from grader.execution import Execution
from grader.model import GraderError, Limits, Refused, Result
from grader.notebook import plan, read_notebook
from grader.places import make_home
from grader.portable import workers
from grader.sandbox import Zygote
from grader.text import clean
from grader.worker.confine import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.isolation import Policy


class Grader:
    """Grades submissions of one assignment, one after the other, in workers of one zygote."""

    def __init__(
        self, assignment: Assignment, limits: Limits, zygote: Zygote | None = None
    ) -> None:
        self.assignment = assignment
        self.limits = limits
        self.zygote = zygote or Zygote()
        self.zygote.start()
        self._shipped = self.zygote.home / "shipped"
        shipped_files(assignment, self._shipped)
        # The rubric and all libraries are here to stay: no need to look through them for garbage.
        gc.freeze()

    def grade(self, submission: Submission) -> Result:
        """The result for one submission; whatever is wrong with it, there is one."""
        begun = time.perf_counter()
        level = self.zygote.check().level
        try:
            result = self._grade(submission)
        except Refused as refused:
            result = _refused(submission, self.assignment, str(refused))
        except GraderError:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours must not take down the batch
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = (
                f"not judged, by a fault of the grader ({type(error).__name__} in {where.name}, "
                f"line {where.lineno}: {error}); please report it with this notebook"
            )
            result = _refused(submission, self.assignment, reason)
        duration = round(time.perf_counter() - begun, 4)
        return replace(result, duration_s=duration, isolation=level)

    def _grade(self, submission: Submission) -> Result:
        check_place(submission)
        cells = read_notebook(submission.path)
        rubric = self.assignment.rubric
        steps = plan(self.assignment.cells, cells)
        fill = partial(fill_scratch, submission=submission, shipped=self._shipped)
        runner = CellRunner(self.zygote, steps, rubric, fill, self.limits)
        with closing(Execution(runner)) as execution:
            execution.start()
            verdicts = engine.judge(rubric, execution)
        return Result(
            student=submission.student,
            path=str(submission.path),
            status="graded",
            score=engine.score(verdicts),
            max_score=rubric.max_score,
            verdicts=verdicts,
            # Nobody reads the outputs yet, and those of a class would fill the memory.
            cells=tuple(replace(run, outputs=()) for run in execution.cells),
        )

    def close(self) -> None:
        """End the zygote, and remove what was made for it."""
        self.zygote.close()


def _refused(submission: Submission, assignment: Assignment, message: str) -> Result:
    return Result(
        student=submission.student,
        path=str(submission.path),
        status="refused",
        message=clean(message),
        max_score=assignment.rubric.max_score,
    )


def grade_all(
    assignment: Assignment,
    submissions: Sequence[Submission],
    limits: Limits,
    jobs: int,
    zygote: Zygote,
) -> Iterator[Result]:
    """Results as they come, in no particular order; one for each submission.

    With several jobs there are several processes. They are forked from this one, so they share the
    rubric and its corpus with it; workers never are. With one job, all is done in this process by
    `zygote`; else each has one of its own, by the same policy.
    """
    if jobs == 1:
        with closing(Grader(assignment, limits, zygote)) as grader:
            for submission in submissions:
                yield grader.grade(submission)
        return
    left = list(submissions)
    try:
        with closing(_Pool(assignment, limits, jobs, zygote.policy)) as pool:
            for submission, result in pool.grade(left):
                left.remove(submission)
                yield result
    except BrokenProcessPool:
        # Somebody's code has killed a grader. One process for each that is left tells whose.
        for submission in left:
            yield _grade_alone(assignment, submission, limits, zygote.policy)


def _grade_alone(
    assignment: Assignment, submission: Submission, limits: Limits, policy: Policy
) -> Result:
    try:
        with closing(_Pool(assignment, limits, 1, policy)) as pool:
            return next(result for _, result in pool.grade([submission]))
    except BrokenProcessPool:
        return _refused(submission, assignment, "the grader's own process was killed by it")


class _Pool:
    """Processes with a `Grader` each."""

    def __init__(self, assignment: Assignment, limits: Limits, jobs: int, policy: Policy) -> None:
        self._home = make_home()
        self._executor = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_start_grader,
            initargs=(assignment, limits, self._home, policy),
        )
        self._finished = False

    def grade(self, submissions: Sequence[Submission]) -> Iterator[tuple[Submission, Result]]:
        futures = {self._executor.submit(_grade_here, s): s for s in submissions}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
        self._finished = True

    def close(self) -> None:
        if not self._finished:  # interrupted: whatever is being graded is not waited for
            for process in multiprocessing.active_children():
                process.kill()
        self._executor.shutdown(cancel_futures=True)
        shutil.rmtree(self._home, ignore_errors=True)


_grader: Grader | None = None  # of this process, where it is one of a pool


def _start_grader(assignment: Assignment, limits: Limits, home: Path, policy: Policy) -> None:
    global _grader  # noqa: PLW0603  a pool's initializer has no other place to leave things
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _grader = Grader(assignment, limits, workers(home, policy, _own_core()))
    multiprocessing.util.Finalize(None, _grader.close, exitpriority=1)


def _own_core() -> int | None:
    """A core for this process's workers: many threads in one must not slow down another's."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    (number,) = multiprocessing.current_process()._identity  # noqa: SLF001
    return cores[number % len(cores)]


def _grade_here(submission: Submission) -> Result:
    assert _grader is not None
    return _grader.grade(submission)
