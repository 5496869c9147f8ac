"""The judge: runs every criterion on every input, and asks the worker for what they need to know.

Criteria are plain functions that call the student's code as if it were there. To be fast, calls are
batched and replayed: a call without an answer yet is noted and stops that one run; all that was
noted is asked in one batch; the run is made again with the answers. Answers are shared.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grader import shrink
from grader.checks import CheckFailed, jsonable, show_call, show_with_inputs
from grader.execution import Answer, Execution, Gave, Lost, Raised, Request, Unfit
from grader.model import Counterexample, RubricError, Status, Verdict
from grader.text import clean
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.corpus import Case
    from grader.numerics import Array
    from grader.rubric import Criterion, Rubric

_ROUNDS = 20  # of questions that follow from answers
_SHRINKS = 4  # criteria of one submission that are worth a search for a smaller input


class _Pending(BaseException):
    """A call has no answer yet. Not an `Exception`, so that no criterion can swallow it."""


class _NoValue(Exception):
    """A call gave no value at all."""

    def __init__(self, answer: Raised | Lost) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a criterion is not passed, on one case."""

    case: Case
    status: Status
    said: str
    promised: str
    output: Any = None
    asked: bool = True

    @property
    def rank(self) -> tuple[bool, tuple[int, int, int]]:
        return (not self.asked, self.case.plainness)


class _Asker:
    """The callable that criteria see, for one criterion and one case."""

    def __init__(self, criterion: Criterion, case: Case, answers: dict[Request, Answer]) -> None:
        self.criterion = criterion
        self.case = case
        self.answers = answers
        self.wanted: Request | None = None

    def __call__(self, *arguments: Any) -> Array:
        known = tuple(self.case.arguments.values())
        if len(arguments) == len(known) and all(map(operator.is_, arguments, known)):
            return self.here()
        named = dict(zip(self.case.arguments, arguments, strict=False))
        return _array(self.by(self.criterion.call, **named))

    def here(self) -> Array:
        return _array(self._answer((self.criterion.call, self.case.payload)))

    def by(self, call: str, **arguments: Any) -> Any:
        return self._answer((call, self._payload(arguments)))

    def raises(self, call: str, **arguments: Any) -> bool:
        return isinstance(self._known((call, self._payload(arguments))), Raised)

    def _payload(self, arguments: dict[str, Any]) -> bytes:
        return wire.encode_arguments(arguments) if arguments else self.case.payload

    def _known(self, request: Request) -> Answer:
        answer = self.answers.get(request)
        if answer is None:
            self.wanted = request
            raise _Pending
        return answer

    def _answer(self, request: Request) -> Any:
        answer = self._known(request)
        if isinstance(answer, Gave):
            return answer.value
        if isinstance(answer, Unfit):
            raise CheckFailed(None, "expected an array", f"gave {answer.what}")
        raise _NoValue(answer)


def _array(value: Any) -> Array:
    """A value as an array; `CheckFailed` where it is none."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (bool, int, float)):
        return np.asarray(value)
    what = "None" if value is None else f"a {type(value).__name__}"
    raise CheckFailed(None, "expected an array", f"gave {what}")


def judge(rubric: Rubric, execution: Execution) -> tuple[Verdict, ...]:
    """One verdict a criterion, in the rubric's order."""
    verdicts: dict[str, Verdict] = {}
    remaining = list(rubric.criteria)
    shrinks = [_SHRINKS]
    while remaining:
        ready = [c for c in remaining if all(need in verdicts for need in c.needs)]
        remaining = [c for c in remaining if c not in ready]
        run = []
        for criterion in ready:
            lacking = [n for n in criterion.needs if verdicts[n].status != "passed"]
            if lacking:
                reason = f"needs {lacking[0]}, which is not passed"
                verdicts[criterion.id] = _verdict(criterion, "skipped", reason)
            else:
                run.append(criterion)
        failures = _failures(rubric, run, execution)
        for criterion in run:
            worst = min(failures[criterion.id], key=lambda f: f.rank, default=None)
            if worst is None:
                verdicts[criterion.id] = _verdict(criterion, "passed")
            else:
                verdicts[criterion.id] = _explain(rubric, criterion, worst, execution, shrinks)
    return tuple(verdicts[criterion.id] for criterion in rubric.criteria)


def score(verdicts: Sequence[Verdict]) -> float:
    """The points of all verdicts."""
    return math.fsum(verdict.points for verdict in verdicts)


def _failures(
    rubric: Rubric, criteria: Sequence[Criterion], execution: Execution
) -> dict[str, list[_Failure]]:
    """Run criteria on all their cases, in rounds, until every run has come to its end."""
    runs = [(criterion, case) for criterion in criteria for case in rubric.cases(criterion)]
    execution.ask(((criterion.call, case.payload), criterion.target) for criterion, case in runs)
    settled = {c.id for c in criteria if _all_right(c, rubric.cases(c), execution)}
    runs = [run for run in runs if run[0].id not in settled]
    failures: dict[str, list[_Failure]] = {criterion.id: [] for criterion in criteria}
    for _ in range(_ROUNDS):
        pending, wanted = [], []
        for criterion, case in runs:
            request, failure = _try(criterion, case, execution)
            if request is not None:
                pending.append((criterion, case))
                wanted.append((request, criterion.target))
            elif failure is not None:
                failures[criterion.id].append(failure)
        if not pending:
            return failures
        execution.ask(wanted)
        runs = pending
    raise RubricError(f"criterion {runs[0][0].id!r} never stops asking; it has to end at some time")


def _all_right(criterion: Criterion, cases: Sequence[Case], execution: Execution) -> bool:
    """Whether a check that can look at all cases at once finds nothing wrong."""
    at_once = getattr(criterion.check, "all_right", None)
    if at_once is None:
        return False
    answers = [execution.answers.get((criterion.call, case.payload)) for case in cases]
    values = [answer.value for answer in answers if isinstance(answer, Gave)]
    return len(values) == len(cases) and bool(at_once(cases, values))


def _try(
    criterion: Criterion, case: Case, execution: Execution
) -> tuple[Request | None, _Failure | None]:
    """One run of one criterion: a question that it needs answered first, or its failure, if any."""
    asker = _Asker(criterion, case, execution.answers)
    try:
        criterion.check(asker, case)
    except _Pending:
        return asker.wanted, None
    except CheckFailed as failed:
        return None, _Failure(case, "failed", failed.said, failed.expected, failed.output)
    except AssertionError as failed:
        return None, _Failure(case, "failed", "does not keep its promise", str(failed))
    except _NoValue as none:
        return None, _no_value(criterion, case, none.answer, execution)
    except Exception as error:
        raise RubricError(
            f"criterion {criterion.id!r} itself raised {type(error).__name__}: {error} "
            f"on {show_with_inputs(criterion.call, case.arguments)}; this is not charged to anybody"
        ) from error
    return None, None


def _no_value(
    criterion: Criterion, case: Case, answer: Raised | Lost, execution: Execution
) -> _Failure:
    target = criterion.target
    if isinstance(answer, Lost):
        status: Status = "timeout" if answer.timeout else "error"
        return _Failure(case, status, answer.reason, "", asked=answer.asked)
    if answer.kind == "NameError" and answer.text == f"name '{target}' is not defined":
        trouble = execution.trouble_with(target)
        because = f" (its cell: {trouble})" if trouble else ""
        return _Failure(
            case, "missing", f"{target} is not there after the notebook ran{because}", ""
        )
    if answer.kind == "NotImplementedError":
        return _Failure(case, "missing", f"{target} is not written yet: NotImplementedError", "")
    text = f"raised {answer.kind}: {answer.text}".rstrip(": ")
    return _Failure(case, "error", text, "")


def _explain(
    rubric: Rubric,
    criterion: Criterion,
    failure: _Failure,
    execution: Execution,
    shrinks: list[int],
) -> Verdict:
    """A verdict that is not "passed", with the smallest counterexample to be had."""
    if failure.status == "missing":
        return _verdict(criterion, "missing", clean(failure.said))
    if failure.status in {"failed", "error"} and failure.asked and shrinks[0] > 0:
        failure = _shrunk(rubric, criterion, failure, execution, shrinks)
    arguments = failure.case.arguments
    call = show_with_inputs(criterion.shown, arguments)
    message = f"{call} {failure.said}" + (f"; {failure.promised}" if failure.promised else "")
    message = clean(message, 2000)
    arrays = {k: v for k, v in arguments.items() if isinstance(v, np.ndarray)}
    return _verdict(
        criterion,
        failure.status,
        message,
        Counterexample(
            call=show_call(criterion.shown, arguments),
            inputs=arrays,
            output=jsonable(failure.output),
            expected=failure.promised.removeprefix("expected ") or "a value",
        ),
    )


def _shrunk(
    rubric: Rubric,
    criterion: Criterion,
    failure: _Failure,
    execution: Execution,
    shrinks: list[int],
) -> _Failure:
    if failure.case.size <= shrink.TINY:
        return failure
    shrinks[0] -= 1
    found = {failure.case.payload: failure}

    def fails(case: Case) -> bool:
        again = _settle(criterion, case, execution)
        if again is not None and again.status == failure.status and again.asked:
            found[case.payload] = again
            return True
        return False

    group = criterion.corpus.groups[failure.case.group]
    best = shrink.smaller(failure.case, group, fails, rubric.seed)
    return found[best.payload]


def _settle(criterion: Criterion, case: Case, execution: Execution) -> _Failure | None:
    """Run one criterion on one case to its end."""
    for _ in range(_ROUNDS):
        request, failure = _try(criterion, case, execution)
        if request is None:
            return failure
        execution.ask([(request, criterion.target)])
    return None


def _verdict(
    criterion: Criterion,
    status: Status,
    message: str = "",
    counterexample: Counterexample | None = None,
) -> Verdict:
    return Verdict(
        id=criterion.id,
        target=criterion.target,
        area=criterion.area,
        title=criterion.title,
        points=criterion.points if status == "passed" else 0.0,
        max_points=criterion.points,
        status=status,
        message=message,
        counterexample=counterexample,
    )
