"""One run of one criterion on one input: a question to be answered first, or its failure."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers import Gave, Lost, Raised, Unfit
from grader.checks import CheckFailed, show_with_inputs
from grader.model import RubricError, Status
from grader.worker import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.answers import Answer, Request
    from grader.corpus import Case
    from grader.execution import Execution
    from grader.numerics import Array
    from grader.rubric import Criterion


_PURE = {"failed", "error"}


class _Pending(BaseException):
    """A call has no answer yet. Not an `Exception`, so that no criterion can swallow it."""


class _NoValue(Exception):
    """A call gave no value at all."""

    def __init__(self, answer: Raised | Lost) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a criterion is not passed, on one case."""

    case: Case
    status: Status
    said: str
    promised: str
    output: Any = None
    asked: bool = True

    @property
    def rank(self) -> tuple[bool, tuple[Any, ...]]:
        """Sorts failures, the most telling first."""
        return (not self.asked, self.case.plainness)


class _Asker:
    """The callable that criteria see, for one criterion and one case."""

    def __init__(self, criterion: Criterion, case: Case, execution: Execution) -> None:
        self.criterion = criterion
        self.case = case
        self.answers: Mapping[Request, Answer] = execution.answers
        self.execution = execution
        self.wanted: Request | None = None
        self.seen: list[tuple[Request, Answer]] = []

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

    def changed(self) -> list[str]:
        return self.execution.changed_by(self.criterion.target)

    def _payload(self, arguments: dict[str, Any]) -> bytes:
        return wire.encode_arguments(arguments) if arguments else self.case.payload

    def _known(self, request: Request) -> Answer:
        answer = self.answers.get(request)
        if answer is None:
            self.wanted = request
            raise _Pending
        self.seen.append((request, answer))
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


def attempt(
    criterion: Criterion, case: Case, execution: Execution
) -> tuple[Request | None, Failure | None]:
    """One run: a question that has no answer yet, or why the criterion fails, or neither.

    Raises `RubricError` where the criterion itself is at fault.
    """
    return _attempt(criterion, case, execution, _Asker(criterion, case, execution))


def attempt_or_remember(
    criterion: Criterion, case: Case, execution: Execution
) -> tuple[Request | None, Failure | None]:
    """The same; a run that has seen the same answers before comes to the same end."""
    key, memory = (criterion.check, criterion.call, case), execution.memory
    # How a run ends depends on its answers, but for these: what calls have changed, and what is
    # said of a name that is missing.
    pure = not execution.changed_by(criterion.target)
    known = memory.follow(key, execution.answers) if pure else None
    if known is not None:
        return known.request, known.outcome
    asker = _Asker(criterion, case, execution)
    request, failure = _attempt(criterion, case, execution, asker)
    if request is None and pure and (failure is None or failure.status in _PURE):
        memory.learn(key, asker.seen, failure)
    return request, failure


def _attempt(
    criterion: Criterion, case: Case, execution: Execution, asker: _Asker
) -> tuple[Request | None, Failure | None]:
    try:
        criterion.check(asker, case)
    except _Pending:
        return asker.wanted, None
    except CheckFailed as failed:
        return None, Failure(case, "failed", failed.said, failed.expected, failed.output)
    except AssertionError as failed:
        return None, Failure(case, "failed", "does not keep its promise", str(failed))
    except _NoValue as none:
        return None, _no_value(criterion, case, none.answer, execution)
    except (Exception, SystemExit) as error:
        raise RubricError(
            f"criterion {criterion.id!r} itself raised {type(error).__name__}: {error} "
            f"on {show_with_inputs(criterion.call, case.arguments)}; this is not charged to anybody"
        ) from error
    return None, None


def _no_value(
    criterion: Criterion, case: Case, answer: Raised | Lost, execution: Execution
) -> Failure:
    target = criterion.target
    if isinstance(answer, Lost):
        status: Status = "timeout" if answer.timeout else "error"
        return Failure(case, status, answer.reason, "", asked=answer.asked)
    if answer.kind == "NameError" and answer.text == f"name '{target}' is not defined":
        trouble = execution.trouble_with(target)
        because = f" (its cell: {trouble})" if trouble else ""
        return Failure(
            case, "missing", f"{target} is not there after the notebook ran{because}", ""
        )
    if answer.kind == "NotImplementedError":
        return Failure(case, "missing", f"{target} is not written yet: NotImplementedError", "")
    text = f"raised {answer.kind}: {answer.text}".rstrip(": ")
    return Failure(case, "error", text, "")
