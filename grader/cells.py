"""A notebook's cells, run as often as it takes to leave out every cell that cannot be run."""

from __future__ import annotations

import math
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.model import CellRun, InfrastructureError, Limits, Refused
from grader.places import FULL, remove_tree
from grader.process import Worker, WorkerLost
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.notebook import Step
    from grader.sandbox import Zygote

MUST_RUN = {"setup", "solution", "test"}
_RERUNS = 12  # workers that the cells may cost before only what is known to work is run
_SHORTEST_S = 1.0
_IN_A_CELL = re.compile(r"\(<ipython-input-\d+-\w+>, line (\d+)\)")  # of syntax errors


class CellRunner:
    """Gives workers in which a submission's notebook has been run.

    A cell that hangs, or that fills the memory and keeps it, is left out of the next run. One in
    which the process ends is left out when that happens again in a careful run, which makes sure
    that a thread or a child strikes in the cell that has started it. Each run has a folder of its
    own to work in, which `fill` fills.

    `setup` and `names` are the rubric's: its imports, and the targets whose definitions count.
    `share` is the part of the submission's time that cells may use up; a rubric needs the rest.
    After a hang in a cell that is not the student's own, those that follow have `impatient_s`.
    """

    def __init__(
        self,
        zygote: Zygote,
        steps: Sequence[Step],
        fill: Callable[[Path], None],
        limits: Limits,
        *,
        setup: str = "",
        names: Sequence[str] = (),
        share: float = 1.0,
        impatient_s: float = math.inf,
    ) -> None:
        self.limits = limits
        self.deadline = time.monotonic() + limits.submission_s
        self._zygote = zygote
        # A rubric's calls need memory as well.
        self._most = limits.memory // 2 if share < 1 else limits.memory
        self._patient = share == 1
        self._impatient_s = impatient_s
        self._steps = steps
        self._setup = setup
        self._names = list(names)
        self._fill = fill
        self._cells_deadline = self.deadline - limits.submission_s * (1 - share)
        self._scratch: Path | None = None
        self._runs: dict[int, CellRun] = {}  # by position in steps
        self._sizes: dict[int, int] = {}  # bytes of outputs, by position
        self._completed: set[int] = set()
        self._left_out: set[int] = set()
        self._attempts = 0
        self._hangs = 0
        self._late: set[int] = set()  # had to be interrupted
        self._took: dict[int, float] = {}  # seconds
        self._careful = False

    @property
    def runs(self) -> tuple[CellRun, ...]:
        """What each cell did, in the order in which they were run."""
        return tuple(self._runs[position] for position in sorted(self._runs))

    def trouble_with(self, name: str) -> str:
        """What went wrong in the cell that was to define a name, or nothing."""
        definition = re.compile(
            rf"\b(class|def)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=", re.MULTILINE
        )
        for position, step in enumerate(self._steps):
            run = self._runs.get(position)
            if run is not None and definition.search(step.source) and (run.error or run.left_out):
                return run.error or run.left_out
        return ""

    def fresh(self) -> Worker | None:
        """A new worker that has run the notebook; None where the submission's time is used up."""
        while time.monotonic() < self.deadline:
            worker = self._run()
            if worker is not None:
                return worker
        return None

    def be_careful(self) -> None:
        """From now on make sure which cell it is that ends a process."""
        self._careful = True

    def _run(self) -> Worker | None:
        """One run; None where it did not come to its end."""
        todo = self._todo()
        worker = self._zygote.spawn(self._new_scratch(), self.limits)
        self._attempts += 1
        done = 0
        seconds = [self._seconds(position) for position in todo]
        waits = math.fsum(self._seconds(position) for position in self._late if position in todo)
        begun = time.monotonic()
        try:
            reports = worker.run(
                self._setup,
                self._names,
                [self._steps[position].source for position in todo],
                seconds,
                min(max(self._cells_deadline, begun + self.limits.cell_s + waits), self.deadline),
                careful=self._careful,
            )
            for report in reports:
                position = todo[done]
                self._took[position], begun = time.monotonic() - begun, time.monotonic()
                self._record(position, report)
                if report["late"]:
                    self._hangs += 1
                    self._late.add(position)
                    if self._steps[position].role in MUST_RUN:  # others may call the same
                        rest = seconds[done + 1 :]
                        seconds[done + 1 :] = [min(s, self._impatient_s) for s in rest]
                if report["kept"] > self._most:
                    self._leave_out(position, "used up the memory")
                    worker.close()
                    return None
                self._completed.add(position)
                done += 1
        except WorkerLost as lost:
            how = worker.close()
            self._blame(todo, done, lost, how)
            return None
        return worker

    def _todo(self) -> list[int]:
        """The positions of the steps to run: all at first, then all that can matter.

        The course's own tests and demonstrations are run once. Where time or patience is short, it
        is the solutions, and those of the student's cells that are known to come to their end.
        """
        short = self._attempts >= _RERUNS or time.monotonic() >= self._cells_deadline
        todo = [
            position
            for position, step in enumerate(self._steps)
            if position not in self._left_out
            and (step.role != "shown" or self._attempts == 0)
            and (step.role in MUST_RUN or position in self._completed or not short)
        ]
        return self._affordable(todo) if self._attempts else todo

    def _affordable(self, todo: list[int]) -> list[int]:
        """Without those of the student's own cells that took longest, where time is too short."""
        own = [position for position in todo if self._steps[position].role not in MUST_RUN]
        left = max(self._cells_deadline - time.monotonic(), self.limits.cell_s) / 2
        dropped = set()
        for position in sorted(own, key=lambda p: self._took.get(p, 0.0), reverse=True):
            if math.fsum(self._took.get(p, 0.0) for p in own if p not in dropped) <= left:
                break
            dropped.add(position)
            self._leave_out(position, "took too long to be run again")
        return [position for position in todo if position not in dropped]

    def _seconds(self, position: int) -> float:
        """A cell's time limit: with every hang there is less for those that are not known yet.

        What has been interrupted before is not waited for as long again.
        """
        step, limit = self._steps[position], self.limits.cell_s
        if position in self._late:
            return max(min(limit, _SHORTEST_S), limit / 2 if step.role in MUST_RUN else 0.0)
        if self._patient or step.role in MUST_RUN or position in self._completed:
            return limit
        return min(limit, max(_SHORTEST_S, limit * 0.5**self._hangs))

    def _blame(self, todo: Sequence[int], done: int, lost: WorkerLost, how: str) -> None:
        """Decide what to leave out after a run that was lost in the step `todo[done]`."""
        if not todo:
            raise Refused(
                "the assignment's own set-up does not run beside this submission's files: "
                f"the process {described(lost, how)}"
            )
        if self._attempts > 2 * _RERUNS:
            self._left_out.update(range(len(self._steps)))
        elif lost.timeout:
            self._hangs += 1
            self._leave_out(todo[min(done, len(todo) - 1)], lost.reason)
        elif not self._careful:
            self._careful = True
        else:
            self._leave_out(todo[min(done, len(todo) - 1)], described(lost, how))

    def _leave_out(self, position: int, reason: str) -> None:
        self._left_out.add(position)
        self._completed.discard(position)
        index = self._steps[position].index
        self._runs[position] = CellRun(index=index, left_out=f"the cell {reason}")

    def _record(self, position: int, report: dict[str, Any]) -> None:
        error = report["error"]
        self._runs[position] = CellRun(
            index=self._steps[position].index,
            outputs=self._kept(position, report),
            value=report["value"],
            error=_IN_A_CELL.sub(r"(line \1)", clean(": ".join(filter(None, error or ())))),
            left_out=f"the cell {report['late']}" if report["late"] else "",
        )

    def _kept(self, position: int, report: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        """A cell's outputs, or none where the notebook's would be too many."""
        self._sizes[position] = int(report["size"])
        fits = sum(self._sizes.values()) <= self.limits.output
        return tuple(report["outputs"]) if fits else ()

    def _new_scratch(self) -> Path:
        """An empty folder with the submission's files, in place of the last one."""
        self.close()
        try:
            self._scratch = Path(tempfile.mkdtemp(dir=self._zygote.work))
            self._fill(self._scratch)
        except OSError as error:
            if error.errno in FULL:
                raise InfrastructureError(
                    f"the temporary folder cannot be written: {error}. Make room, or set TMPDIR."
                ) from error
            raise Refused(f"the submission's files cannot be copied: {error.strerror}") from None
        return self._scratch

    def close(self) -> None:
        """Remove the folder of the last run."""
        if self._scratch is not None:
            remove_tree(self._scratch)
            self._scratch = None


def described(lost: WorkerLost, how: str) -> str:
    """Why a worker was lost, and how it ended where it did so by itself."""
    ended = lost.reason in {"ended the process", "died"} and how
    return f"{lost.reason} ({how})" if ended else lost.reason
