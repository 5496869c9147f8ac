"""Doing the same to many submissions: one by one in this process, or in several at once."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from grader.model import GraderError, InfrastructureError
from grader.places import make_home
from grader.portable import workers
from grader.worker.confine import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from grader.isolation import Policy
    from grader.sandbox import Zygote

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Item_contra = TypeVar("Item_contra", contravariant=True)
Outcome_co = TypeVar("Outcome_co", covariant=True)


class Bench(Protocol[Item_contra, Outcome_co]):
    """A process's own place to grade at."""

    def grade(self, item: Item_contra, /) -> Outcome_co:
        """The outcome for one item; whatever is wrong with it, there is one."""

    def close(self) -> None:
        """Tidy up."""


class Work(Protocol[Item_contra, Outcome_co]):
    """What is to be done to each item, the same in all processes."""

    def bench(self, zygote: Zygote, /) -> Bench[Item_contra, Outcome_co]:
        """A place to do it in this process."""

    def refuse(self, item: Item_contra, why: str, /) -> Outcome_co:
        """The outcome for an item that ended the process it was graded by."""


def grade_all(
    work: Work[Item, Outcome], items: Iterable[Item], jobs: int, zygote: Zygote
) -> Iterator[Outcome]:
    """Outcomes as they come, in no particular order; one for each item.

    With several jobs there are several processes. They are forked from this one, so they share what
    `work` holds, the rubric and its corpus above all; workers never are. With one job, all is done
    in this process by `zygote`; else each has one of its own, by the same policy. Items are taken
    only a few ahead of what is being graded, so that there may be any number of them.
    """
    if jobs == 1:
        with closing(work.bench(zygote)) as bench:
            for item in items:
                yield bench.grade(item)
        return
    waiting = iter(items)
    while True:
        try:
            with closing(_Pool(work, jobs, zygote.policy)) as pool:
                yield from pool.grade(waiting)
        except BrokenProcessPool:
            # The code of one of these has killed a grader. Alone, each tells whether it was its.
            for item in pool.unfinished:
                yield _grade_alone(work, item, zygote.policy)
        else:
            return


def _grade_alone(work: Work[Item, Outcome], item: Item, policy: Policy) -> Outcome:
    try:
        with closing(_Pool(work, 1, policy)) as pool:
            return next(pool.grade(iter([item])))
    except BrokenProcessPool:
        return work.refuse(item, "the grader's own process was killed by it")


class _Pool(Generic[Item, Outcome]):
    """Processes with a bench each. What is free takes the next item."""

    def __init__(self, work: Work[Item, Outcome], jobs: int, policy: Policy) -> None:
        self._home = make_home()
        self._ahead = 2 * jobs + 1  # the executor hands out so many before any is finished
        self._executor = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_start,
            initargs=(work, self._home, policy),
        )
        self._given: dict[Future[Outcome], Item] = {}
        self._refused: list[Item] = []
        self._finished = False

    @property
    def unfinished(self) -> list[Item]:
        """What was taken, and has no outcome yet."""
        return [*self._given.values(), *self._refused]

    def grade(self, waiting: Iterator[Item]) -> Iterator[Outcome]:
        """The outcomes for all that is waiting; `BrokenProcessPool` where a process was killed."""
        while True:
            for item in islice(waiting, self._ahead - len(self._given)):
                self._give(item)
            if not self._given:
                self._finished = True
                return
            done, _ = wait(self._given, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda f: f.exception() is not None):
                outcome = future.result()
                del self._given[future]
                yield outcome

    def _give(self, item: Item) -> None:
        try:
            self._given[self._executor.submit(_grade_here, item)] = item
        except BrokenProcessPool:
            self._refused.append(item)
            raise

    def close(self) -> None:
        if not self._finished:  # interrupted: whatever is being graded is not waited for
            for process in multiprocessing.active_children():
                process.kill()
        self._executor.shutdown(cancel_futures=True)
        shutil.rmtree(self._home, ignore_errors=True)


_bench: Bench[Any, Any] | None = None  # of this process, where it is one of a pool
_trouble: GraderError | None = None  # why there is none


def _start(work: Work[Any, Any], home: Path, policy: Policy) -> None:
    global _bench, _trouble  # noqa: PLW0603  a pool's initializer has no other place for things
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        _bench = work.bench(workers(home, policy, _own_core()))
    except GraderError as error:
        _trouble = error
    except OSError as error:
        _trouble = InfrastructureError(
            f"grading cannot begin: {error}. Put that right and run the same command again."
        )
    else:
        multiprocessing.util.Finalize(None, _bench.close, exitpriority=1)


def _own_core() -> int | None:
    """A core for this process's workers: many threads in one must not slow down another's."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    (number,) = multiprocessing.current_process()._identity  # noqa: SLF001
    return cores[number % len(cores)]


def _grade_here(item: Any) -> Any:
    if _bench is None:
        raise _trouble or InfrastructureError("grading cannot begin")
    return _bench.grade(item)
