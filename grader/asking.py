"""One run of one criterion on one input: a question to be answered first, or its failure."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.answers import Gave, Lost, Raised, Unfit
from grader.checks import CheckFailed, as_array, show_with_inputs
from grader.model import RubricError, Status
from grader.rightness import BrokenReference
from grader.worker import wire
from grader.worker.values import encode_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.answers import Answer, Request, Requests
    from grader.corpus import Case
    from grader.execution import Execution
    from grader.rubric import Criterion


_PURE = {"failed", "error"}
_LACKING = re.compile(r"name '(\w+)' is not defined")


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
    call: str = ""  # what failed, where it is not the criterion's own call
    review: bool = False  # the criterion itself broke: a person has to look

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
        self.wanted: tuple[Request, ...] = ()
        self.together: dict[Request, tuple[Request, ...]] = {}
        self.seen: list[tuple[Request, Answer]] = []

    @property
    def looked(self) -> Requests:
        """The requests that were made, with an answer or without."""
        seen = (request for request, _ in self.seen)
        return tuple(dict.fromkeys(chain(seen, *self.together.values(), self.wanted)))

    def __call__(self, *arguments: Any) -> Any:
        known = tuple(self.case.arguments.values())
        if len(arguments) == len(known) and all(map(operator.is_, arguments, known)):
            return self.here()
        named = dict(zip(self.case.arguments, arguments, strict=False))
        return self._fit(self.by(self.criterion.call, **named))

    def here(self) -> Any:
        return self._fit(self.by(self.criterion.call))

    def _fit(self, value: Any) -> Any:
        return value if self.criterion.gives == "anything" else as_array(value)

    def by(self, call: str, **arguments: Any) -> Any:
        return self._answer((call, self._payload(arguments)))

    def each(self, call: str, inputs: Sequence[Mapping[str, Any]]) -> list[Any]:
        answers = [self._answer(request) for request in self._at_once(call, inputs)]
        return answers if call else list(map(self._fit, answers))

    def exceptions(self, call: str, inputs: Sequence[Mapping[str, Any]]) -> list[Raised | None]:
        answers = [self._known(request) for request in self._at_once(call, inputs)]
        return [answer if isinstance(answer, Raised) else None for answer in answers]

    def _at_once(self, call: str, inputs: Sequence[Mapping[str, Any]]) -> Requests:
        """Requests that are all answered."""
        call = call or self.criterion.call
        requests = tuple((call, encode_arguments(dict(arguments))) for arguments in inputs)
        self.together |= dict.fromkeys(requests, requests)
        missing = tuple(request for request in requests if request not in self.answers)
        if missing:
            self.wanted = missing
            raise _Pending
        return requests

    def steps(self, call: str = "", **arguments: Any) -> int:
        taken = self.by(wire.STEPS + (call or self.criterion.call), **arguments)
        if not isinstance(taken, int) or taken < 0:
            raise CheckFailed(None, "expected a number of steps")
        return taken

    def exception(self, call: str = "", **arguments: Any) -> Raised | None:
        request = (call or self.criterion.call, self._payload(arguments))
        answer = self._known(request)
        return answer if isinstance(answer, Raised) else None

    def raises(self, call: str = "", **arguments: Any) -> bool:
        return self.exception(call, **arguments) is not None

    def changed(self) -> list[str]:
        return self.execution.changed_by(self.criterion.target)

    def _payload(self, arguments: dict[str, Any]) -> bytes:
        return encode_arguments(arguments) if arguments else self.case.payload

    def _known(self, request: Request) -> Answer:
        answer = self.answers.get(request)
        if answer is None:
            self.wanted = (request,)
            raise _Pending
        self.seen.append((request, answer))
        return answer

    def _answer(self, request: Request) -> Any:
        answer = self._known(request)
        if isinstance(answer, Gave):
            # Comparisons of complex numbers look at their real parts: nothing to be judged by.
            if answer.complex and self.criterion.gives == "array":
                raise CheckFailed(None, "expected real numbers", "gave complex numbers")
            return answer.value
        if isinstance(answer, Unfit):
            raise CheckFailed(None, "expected an array", f"gave {answer.what}")
        raise _NoValue(answer)


class Run(NamedTuple):
    """Questions that have no answer yet, or why the criterion fails, or neither.

    `looked` are all requests on whose answers, or their lack, this depends; None where it depends
    on more than answers.
    """

    requests: Requests
    failure: Failure | None
    looked: Requests | None = None


def attempt(criterion: Criterion, case: Case, execution: Execution) -> Run:
    """One run.

    What a criterion itself raises before it has seen an answer is a `RubricError`; afterwards it
    may be the answer that it cannot cope with, and a person has to look.
    """
    return Run(*_attempt(criterion, case, execution, _Asker(criterion, case, execution)))


def attempt_or_remember(criterion: Criterion, case: Case, execution: Execution) -> Run:
    """The same; a run that has seen the same answers before comes to the same end."""
    key, memory = (criterion.check, criterion.call, case), execution.memory
    # How a run ends depends on its answers, but for these: what calls have changed, and what is
    # said of a name that is missing.
    pure = not execution.changed_by(criterion.target)
    known = memory.follow(key, execution.answers) if pure else None
    if known is not None:
        return Run(known.together, known.outcome, known.before + known.together)
    asker = _Asker(criterion, case, execution)
    requests, failure = _attempt(criterion, case, execution, asker)
    if not pure or (failure is not None and failure.status not in _PURE):
        return Run(requests, failure)
    if not requests:
        memory.learn(key, asker.seen, failure, asker.together)
    return Run(requests, failure, asker.looked)


def _attempt(
    criterion: Criterion, case: Case, execution: Execution, asker: _Asker
) -> tuple[Requests, Failure | None]:
    try:
        criterion.check(asker, case)
    except _Pending:
        return asker.wanted, None
    except CheckFailed as failed:
        return (), Failure(
            case, "failed", failed.said, failed.expected, failed.output, call=failed.call
        )
    except AssertionError as failed:
        return (), Failure(case, "failed", "does not keep its promise", str(failed))
    except _NoValue as none:
        return (), _no_value(criterion, case, none.answer, execution)
    except BrokenReference as broken:
        return (), _unjudged(asker, f"asks for what is right, and {broken};", broken)
    except RubricError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever it is, it is told
        return (), _unjudged(asker, f"itself raised {type(error).__name__}: {error}", error)
    return (), None


def _unjudged(asker: _Asker, what: str, error: BaseException) -> Failure:
    """A fault of the rubric's: left to a person, or raised where no answer can be to blame."""
    criterion, case = asker.criterion, asker.case
    shown = show_with_inputs(criterion.call, case.arguments, criterion.list_dtype)
    said = (
        f"could not be judged: criterion {criterion.id!r} {what} on {shown}; "
        "this is not charged to anybody"
    )
    if not asker.seen:
        raise RubricError(said) from error
    return Failure(case, "error", said, "", review=True)


def _no_value(
    criterion: Criterion, case: Case, answer: Raised | Lost, execution: Execution
) -> Failure:
    target = criterion.target
    if isinstance(answer, Lost):
        status: Status = "timeout" if answer.timeout else "error"
        return Failure(case, status, answer.reason, "", asked=answer.asked)
    lacking = _LACKING.fullmatch(answer.text) if answer.kind == "NameError" else None
    if lacking and lacking[1] in {target, *criterion.names}:
        trouble = execution.trouble_with(lacking[1])
        because = f" (its cell: {trouble})" if trouble else ""
        said = f"{lacking[1]} is not there after the notebook ran{because}"
        return Failure(case, "missing", said, "")
    if answer.kind == "NotImplementedError":
        # A target that joins several is nothing that anybody writes.
        what = target if target in criterion.names or not criterion.names else "what it takes"
        return Failure(case, "missing", f"{what} is not written yet: NotImplementedError", "")
    text = f"raised {answer.kind}: {answer.text}".rstrip(": ")
    return Failure(case, "error", text, "")
