"""One submission's life in workers: cells run, calls answered, losses borne by who caused them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.model import CellRun, Limits, Refused
from grader.sandbox import Worker, WorkerLost, Zygote
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from grader.notebook import Step
    from grader.rubric import Rubric

_STRIKES = 3  # workers that one target may cost
_RERUNS = 12  # workers that a notebook's cells may cost before only the solutions are run

Request = tuple[str, bytes]  # a call and its encoded arguments


@dataclass(frozen=True, slots=True)
class Gave:
    """A call's value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """A call raised an exception, of this type and with this text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """A call gave something that is no array: what it was."""

    what: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A call cost its worker, or was not made any more because others had."""

    reason: str
    timeout: bool
    asked: bool


Answer = Gave | Raised | Unfit | Lost


class Execution:
    """Runs a submission's steps in a worker and answers requests, with fresh workers as needed."""

    def __init__(
        self,
        zygote: Zygote,
        steps: Sequence[Step],
        rubric: Rubric,
        scratch: Path,
        limits: Limits,
    ) -> None:
        self.answers: dict[Request, Answer] = {}
        self._zygote = zygote
        self._steps = steps
        self._setup = rubric.setup
        self._names = [target.name for target in rubric.targets]
        self._scratch = scratch
        self._limits = limits
        self._worker: Worker | None = None
        self._runs: dict[int, CellRun] = {}
        self._left_out: set[int] = set()  # positions in steps
        self._reruns = 0
        now = time.monotonic()
        self._deadline = now + limits.submission_s
        # The notebook may not use up the time in which what it defines is judged.
        self._cells_deadline = now + limits.submission_s / 2
        self._singly = False
        self._strikes: dict[str, int] = {}
        self._answered: set[str] = set()
        self._dead: dict[str, Lost] = {}

    @property
    def cells(self) -> tuple[CellRun, ...]:
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

    def start(self) -> None:
        """Run the notebook, as often as it takes to leave out every cell that cannot be run."""
        while self._worker is None:
            self._run_once()

    def _run_once(self) -> None:
        essential = self._reruns >= _RERUNS or time.monotonic() >= self._cells_deadline
        todo = [
            position
            for position, step in enumerate(self._steps)
            if position not in self._left_out
            and (step.role != "shown" or self._reruns == 0)
            and (step.role in {"setup", "solution"} or not essential)
        ]
        deadline = self._deadline if essential else self._cells_deadline
        worker = self._zygote.spawn(self._scratch, self._limits)
        done = 0
        try:
            sources = [self._steps[position].source for position in todo]
            for report in worker.run(self._setup, self._names, sources, self._limits, deadline):
                position = todo[done]
                self._record(position, report)
                hog = report["kept"] > self._limits.memory // 2
                if hog or (report["error"] and report["error"][0] == "MemoryError"):
                    raise WorkerLost("used up the memory")
                done += 1
        except WorkerLost as lost:
            how = worker.close()
            if not todo:
                raise Refused(
                    f"the assignment's own set-up does not run beside this submission's files: "
                    f"the process {self._describe(lost, how)}"
                ) from None
            self._reruns += 1
            self._leave_out(todo, done, self._describe(lost, how))
            return
        self._worker = worker

    def _leave_out(self, todo: list[int], done: int, reason: str) -> None:
        """Leave out the step that was being run, or the last one where all had been."""
        if self._reruns <= 2 * _RERUNS:
            position = todo[min(done, len(todo) - 1)]
            self._left_out.add(position)
            index = self._steps[position].index
            self._runs[position] = CellRun(index=index, left_out=f"the cell {reason}")
        else:
            self._left_out.update(range(len(self._steps)))

    def _record(self, position: int, report: dict[str, Any]) -> None:
        error = report["error"]
        self._runs[position] = CellRun(
            index=self._steps[position].index,
            outputs=tuple(report["outputs"]),
            error=f"{error[0]}: {error[1]}".rstrip(": ") if error else "",
        )

    @staticmethod
    def _describe(lost: WorkerLost, how: str) -> str:
        ended = lost.reason in {"ended the process", "died"} and how
        return f"{lost.reason} ({how})" if ended else lost.reason

    def ask(self, requests: Iterable[tuple[Request, str]]) -> None:
        """Answer every request, each made on behalf of a target.

        A call that costs the worker costs its own target only: a fresh worker goes on with the
        rest. A target that has never answered, or has cost several workers, is not asked again.
        """
        pending = [(request, target) for request, target in requests if request not in self.answers]
        while pending:
            pending = [item for item in pending if not self._is_dead(*item)]
            if pending:
                pending = self._ask_once(pending)

    def _is_dead(self, request: Request, target: str) -> bool:
        lost = self._dead.get(target)
        if lost is None and time.monotonic() >= self._deadline:
            lost = Lost("the submission's time was used up", timeout=True, asked=False)
        if lost is not None:
            self.answers[request] = lost
        return lost is not None

    def _ask_once(self, pending: list[tuple[Request, str]]) -> list[tuple[Request, str]]:
        """Ask all that is pending; what is left to ask after a worker was lost."""
        self.start()
        worker = self._worker
        assert worker is not None
        done = 0
        try:
            calls = [request for request, _ in pending]
            for kind, value in worker.call(
                calls, self._limits, self._deadline, singly=self._singly
            ):
                request, target = pending[done]
                self.answers[request] = _answer(kind, value)
                self._answered.add(target)
                done += 1
        except WorkerLost as lost:
            how = worker.close()
            self._worker = None
            if not self._singly:
                self._singly = True  # from now on, so that the culprit shows
                return pending[done:]
            request, target = pending[done]
            reason = self._describe(lost, how)
            self.answers[request] = Lost(reason, timeout=lost.timeout, asked=True)
            self._strikes[target] = self._strikes.get(target, 0) + 1
            if target not in self._answered or self._strikes[target] >= _STRIKES:
                self._dead[target] = Lost(reason, timeout=lost.timeout, asked=False)
            return pending[done + 1 :]
        return []

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _answer(kind: int, value: Any) -> Answer:
    """A reply that decodes, as an answer."""
    if kind == wire.VALUE:
        return Gave(value)
    if kind == wire.RAISED and isinstance(value, list) and len(value) == 2:
        return Raised(clean(str(value[0]), 200), clean(str(value[1])))
    return Unfit(clean(str(value)))


def clean(text: str, cap: int = 500) -> str:
    """Student text for people to read: one line, no control characters, capped."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * cap]).split())
    return line if len(line) <= cap else line[:cap] + "…"
