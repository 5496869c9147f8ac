"""One submission's life in workers: calls answered, losses borne by whoever caused them."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

from grader.answers import Answer, Gave, Lost, Memory, Request, Unfit
from grader.cells import CellRunner, described
from grader.process import WorkerLost
from grader.text import clean
from grader.worker import wire
from grader.worker.values import encode_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.model import CellRun
    from grader.process import Worker

_STRIKES = 3  # workers that one target may cost
_KEPT = 16 << 20  # bytes of all answers on behalf of one target
_ASIDE_S = 1.0
_NOBODY = ""  # a target that is none
_CHANGED = (f"{wire.CHANGED}()", encode_arguments({}))  # asked at the end of each batch


class Execution:
    """Answers requests about a submission, with fresh workers of its runner as needed.

    Every target has the same share of the time that is left when the first request comes, so that a
    slow one costs no other anything. `memory` is what is known from earlier submissions.
    """

    def __init__(self, runner: CellRunner, targets: int, memory: Memory | None = None) -> None:
        self.answers: dict[Request, Answer] = {}
        self.memory = memory or Memory()
        self._changed: dict[str, list[str]] = {}
        self._runner = runner
        self._limits = runner.limits
        self._targets = targets
        self._worker: Worker | None = None
        self._kept: dict[str, int] = {}
        self._singly = False
        self._suspect: Request | None = None
        self._share = 0.0
        self._used: dict[str, float] = {}
        self._strikes: dict[str, int] = {}
        self._answered: set[str] = set()
        self._dead: dict[str, Lost] = {}

    @property
    def cells(self) -> tuple[CellRun, ...]:
        """What each cell did, in the order in which they were run."""
        return self._runner.runs

    def trouble_with(self, name: str) -> str:
        """What went wrong in the cell that was to define a name, or nothing."""
        return self._runner.trouble_with(name)

    def start(self) -> None:
        """Run the notebook."""
        self.memory.trim()
        self._worker = self._runner.fresh()
        self._share = max(0.0, self._runner.deadline - time.monotonic()) / max(1, self._targets)

    def changed_by(self, target: str) -> list[str]:
        """The definitions that calls on behalf of a target have changed for all others."""
        return self._changed.get(target, [])

    def aside(self, requests: Sequence[Request]) -> list[Answer | None]:
        """Answers that nothing depends on, of a worker that has been asked for nothing else yet.

        Where they are not there within a moment, the worker is given up, and nobody is charged.
        """
        answers: list[Answer | None] = []
        worker = self._worker
        if worker is not None and requests:
            deadline = time.monotonic() + min(_ASIDE_S, self._limits.call_s)
            try:
                read = self.memory.answer
                # Singly: what was answered is there, whatever becomes of the worker after it.
                given = worker.call(requests, self._limits, deadline, read, singly=True)
                for some in given:
                    answers.extend(self._within(_NOBODY, answer) for answer in some)
            except WorkerLost:
                worker.close()
                self._worker = None
        self._kept.clear()
        return answers + [None] * (len(requests) - len(answers))

    def forget(self) -> None:
        """Keep no answers, as where other inputs come next; workers and losses stay."""
        self.answers.clear()
        self._changed.clear()
        self._kept.clear()

    def ask(self, requests: Iterable[tuple[Request, str]]) -> None:
        """Answer every request, each made on behalf of a target.

        All go together, until that costs a worker or a share of the time, or changes what others
        build on. From then on they go by target and one by one: a call that costs the worker costs
        its own target only, and a fresh worker goes on with the rest. A target that has never
        answered, or has cost several workers, is not asked again.
        """
        wanted = {request: target for request, target in requests if request not in self.answers}
        if not wanted or (not self._singly and self._ask_all(wanted)):
            return
        groups: dict[str, list[Request]] = {}
        for request, target in wanted.items():
            if request not in self.answers:
                groups.setdefault(target, []).append(request)
        for target, pending in groups.items():
            left = pending
            while left and target not in self._dead:
                left = self._ask_some(target, left)
            for request in left:
                self.answers[request] = self._dead[target]

    def _ask_all(self, wanted: dict[Request, str]) -> bool:
        """Ask all in one batch: whether that went well; if not, it is nobody's fault yet."""
        worker = self._worker or self._runner.fresh()
        if worker is None:
            return False
        self._worker = worker
        kept = dict(self._kept)
        deadline = time.monotonic() + self._share
        batch, read = [*wanted, _CHANGED], self.memory.answer
        given = worker.call(batch, self._limits, deadline, read, singly=False)
        asked, answers = iter(wanted.items()), list[Answer]()
        try:
            for answers in given:
                for answer, (request, target) in zip(answers, asked, strict=False):
                    self.answers[request] = self._within(target, answer)
                    self._answered.add(target)
            if _names(answers[-1]):
                # What was asked afterwards may be wrong for no fault of its own.
                for request in wanted:
                    del self.answers[request]
                self._kept = kept
                self._singly = True
        except WorkerLost:
            worker.close()
            self._worker = None
            self._singly = True
            self._runner.be_careful()
        return not self._singly

    def _ask_some(self, target: str, pending: list[Request]) -> list[Request]:
        """Ask all that is pending; what is left to ask after a worker was lost."""
        if self._worker is None:
            self._worker = self._runner.fresh()
        if self._worker is None:
            reason = "was not called: the submission's time was used up"
            self._dead[target] = Lost(reason, timeout=True, asked=False)
            return pending
        begun = time.monotonic()
        left = self._share - self._used.get(target, 0.0)
        done = 0
        batch, read = [*pending, _CHANGED], self.memory.answer
        given = self._worker.call(batch, self._limits, begun + left, read, singly=True)
        try:
            for answer in chain.from_iterable(given):
                if done < len(pending):
                    self.answers[pending[done]] = self._within(target, answer)
                    self._answered.add(target)
                    done += 1
                else:
                    self._changed.setdefault(target, []).extend(_names(answer))
        except WorkerLost as lost:
            reason = described(lost, self._worker.close())
            self._worker = None
            if done == len(pending):
                return []
            return self._bear(
                target, pending[done:], reason, left - (time.monotonic() - begun), lost
            )
        finally:
            self._used[target] = self._used.get(target, 0.0) + time.monotonic() - begun
        return []

    def _bear(
        self, target: str, pending: list[Request], reason: str, left: float, lost: WorkerLost
    ) -> list[Request]:
        """Charge a loss to the call that caused it; what is left to ask."""
        if left <= 0:
            reason = f"took longer than {self._share:.3g} s for all calls of {target} together"
        elif not lost.timeout and self._suspect != pending[0]:
            # What was done before, by a cell or by another call, may strike late: ask once more.
            self._suspect = pending[0]
            return pending
        self.answers[pending[0]] = Lost(reason, timeout=lost.timeout, asked=True)
        self._strikes[target] = self._strikes.get(target, 0) + 1
        if left <= 0 or target not in self._answered or self._strikes[target] >= _STRIKES:
            self._dead[target] = Lost(reason, timeout=lost.timeout, asked=False)
        return pending[1:]

    def _within(self, target: str, answer: Answer) -> Answer:
        """An answer, unless all on behalf of a target are more than can be kept."""
        if not isinstance(answer, Gave):
            return answer
        kept = self._kept[target] = self._kept.get(target, 0) + answer.size
        return answer if kept <= _KEPT else Unfit("more than can be looked at")

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        self._runner.close()


def _names(answer: Answer) -> list[str]:
    """What a worker says has changed."""
    said = answer.value if isinstance(answer, Gave) else ""
    text = clean(said, 600) if isinstance(said, str) else ""
    return text.split(", ") if text else []
