"""The judge: runs every criterion on every input, and asks the worker for what they need to know.

Criteria are plain functions that call the student's code as if it were there. To be fast, calls are
batched and replayed: a call without an answer yet is noted and stops that one run; all that was
noted is asked in one batch; the run is made again with the answers. Answers are shared.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader import shrink
from grader.answers import Gave, Round
from grader.asking import Failure, attempt, attempt_or_remember
from grader.checks import jsonable, show_call, show_with_inputs
from grader.corpus import make_case
from grader.hints import Seen
from grader.model import Counterexample, Remark, RubricError, Status, Trace, Verdict
from grader.numerics import FLOAT64
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.answers import Answer, Request
    from grader.corpus import Case
    from grader.execution import Execution
    from grader.rubric import Criterion, Rubric

_ROUNDS = 20  # of questions that follow from answers
_SHRINKS = 4  # criteria of one submission that are worth a search for a smaller input


def judge(rubric: Rubric, execution: Execution, kept: Collection[str] = ()) -> tuple[Verdict, ...]:
    """One verdict a criterion, in the rubric's order; `kept` are known to be passed."""
    verdicts = {c.id: _verdict(c, "passed") for c in rubric.criteria if c.id in kept}
    shrinks = [_SHRINKS]
    for wave in _waves([c for c in rubric.criteria if c.id not in verdicts]):
        run = []
        for criterion in wave:
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


@np.errstate(all="ignore")
def prepare(rubric: Rubric) -> None:
    """Work out what is right ahead, as far as it does not depend on answers."""
    for criterion in (*rubric.criteria, *rubric.remarks):
        ahead = getattr(criterion.check, "prepare", None)
        if ahead is not None:
            with suppress(Exception):  # it is told where it matters
                ahead(rubric.cases(criterion))


def settled(rubric: Rubric, execution: Execution, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """The criteria that are passed, where no call has changed what others are made of."""
    if any(execution.changed_by(target.name) for target in rubric.targets):
        return ()
    return tuple(verdict.id for verdict in verdicts if verdict.status == "passed")


def losses(
    rubric: Rubric, execution: Execution, known: Mapping[str, Status] | None = None
) -> dict[str, Status]:
    """The criteria that are not passed, and how, without a word on why: quicker than verdicts.

    `known` are some that are not passed, whatever comes of these inputs.
    """
    lost = dict(known or {})
    for wave in _waves([c for c in rubric.criteria if c.id not in lost]):
        skipped = [c for c in wave if any(need in lost for need in c.needs)]
        lost |= dict.fromkeys((c.id for c in skipped), "skipped")
        run = [c for c in wave if c.id not in lost]
        for name, found in _failures(rubric, run, execution, first=True).items():
            if found:
                lost[name] = found[0].status
    return lost


def remarks(
    rubric: Rubric, execution: Execution, verdicts: Sequence[Verdict]
) -> tuple[Remark, ...]:
    """What is worth saying and costs nothing, about targets that have what it needs."""
    passed = {verdict.id for verdict in verdicts if verdict.status == "passed"}
    made = []
    for remark in rubric.remarks:
        if not passed.issuperset(remark.needs):
            continue
        failures = _failures(rubric, [remark], execution)[remark.id]
        worst = min(failures, key=lambda f: f.rank, default=None)
        text, hint = remark.title, ""
        if worst is not None:
            hint = _hint(rubric, remark, worst)
            text = clean(f"{_sentence(remark, worst)}. {hint}", 2000)
        good = worst is None
        made.append(Remark(id=remark.id, target=remark.target, good=good, text=text, hint=hint))
    return tuple(made)


def traces(rubric: Rubric, execution: Execution) -> tuple[Trace, ...]:
    """What targets give on the inputs of their pictures; to be asked before anything hidden is.

    A picture shows whatever comes back, so it must not come from code that has seen hidden inputs.
    """
    answers = execution.aside([(p.call, p.case.payload) for p in rubric.pictures])
    return tuple(
        Trace(
            target=picture.target,
            values=_drawn(answer, picture.x.size) if isinstance(answer, Gave) else None,
        )
        for picture, answer in zip(rubric.pictures, answers, strict=True)
    )


def _drawn(answer: Gave, size: int) -> list[Any] | None:
    """What was given for a picture, as far as it can be seen."""
    value = answer.value
    if not isinstance(value, np.ndarray) or value.size != size or value.dtype.kind not in "fiub":
        return None
    return _in_short(answer)


@lru_cache(maxsize=256)  # many submissions give the same
def _in_short(answer: Gave) -> list[Any]:
    return [jsonable(float(f"{v:.6g}")) for v in answer.value.ravel()]


def _waves(criteria: Sequence[Criterion]) -> Iterator[list[Criterion]]:
    """Criteria in groups that can be judged together: after all that they need."""
    left = {criterion.id: criterion for criterion in criteria}
    while left:
        ready = [c for c in left.values() if not any(need in left for need in c.needs)]
        for criterion in ready:
            del left[criterion.id]
        yield ready


def score(verdicts: Sequence[Verdict]) -> float:
    """The points of all verdicts."""
    return math.fsum(verdict.points for verdict in verdicts)


# What a criterion computes from wrong answers may overflow: nobody needs to read of it.
@np.errstate(all="ignore")
def _failures(
    rubric: Rubric, criteria: Sequence[Criterion], execution: Execution, *, first: bool = False
) -> dict[str, list[Failure]]:
    """Run criteria on all their cases, in rounds, until every run has come to its end.

    With `first`, a criterion is let go after its first failure.
    """
    execution.ask((request, c.target) for c in criteria for request in rubric.requests(c))
    failures: dict[str, list[Failure]] = {criterion.id: [] for criterion in criteria}
    left = list(criteria)
    for number in range(_ROUNDS):
        wanted, curious = [], []
        for criterion in left:
            requests, failed = _round(number, criterion, rubric, execution, first=first)
            failures[criterion.id] = [*failed]
            if requests and not (first and failed):
                curious.append(criterion)
                wanted += [(request, criterion.target) for request in requests]
        if not curious:
            return failures
        execution.ask(wanted)
        left = curious
    raise RubricError(
        f"criterion {left[0].id!r} asks more than {_ROUNDS} times, one call after the other; "
        "ask for many at once with f.each(call, inputs), or end at some time"
    )


def _round(
    number: int, criterion: Criterion, rubric: Rubric, execution: Execution, *, first: bool
) -> Round:
    """How a criterion fails on its cases, and what it asks to tell on the others.

    It is not looked at case by case where it has come to its end with the same answers before, or
    where its check can look at all of them at once and finds nothing wrong.
    """
    cases, own = rubric.cases(criterion), rubric.requests(criterion)
    answers, memory = execution.answers, execution.memory
    runs = (number, criterion.check, criterion.call, *cases)
    pure = not execution.changed_by(criterion.target)
    found = memory.recall(runs, answers) if pure else None
    if found is not None:
        return found
    if pure and _all_right(criterion, cases, [answers[request] for request in own]):
        found = Round((), ())
        memory.note(runs, own, answers, found)
        return found
    requests: dict[Request, None] = {}
    looked: dict[Request, None] = {}
    failures = []
    for case in cases:
        run = attempt_or_remember(criterion, case, execution)
        requests.update(dict.fromkeys(run.requests))
        if run.failure is not None:
            failures.append(run.failure)
            if first:
                return Round((), (run.failure,))
        pure = pure and run.looked is not None
        looked.update(dict.fromkeys(run.looked or ()))
    found = Round(tuple(requests), tuple(failures))
    if pure:
        memory.note(runs, looked, answers, found)
    return found


def _all_right(criterion: Criterion, cases: Sequence[Case], answers: Sequence[Answer]) -> bool:
    """Whether a check that can look at many values at once finds nothing wrong with any."""
    at_once = getattr(criterion.check, "all_right", None)
    if at_once is None:
        return False
    values = [answer.value for answer in answers if isinstance(answer, Gave)]
    return len(values) == len(cases) and bool(at_once(cases, values))


def _explain(
    rubric: Rubric,
    criterion: Criterion,
    failure: Failure,
    execution: Execution,
    shrinks: list[int],
) -> Verdict:
    """A verdict that is not "passed", with the smallest counterexample to be had."""
    if failure.status == "missing":
        return _verdict(criterion, "missing", clean(failure.said))
    if failure.review:
        return replace(_verdict(criterion, "error", clean(failure.said, 2000)), review=True)
    if failure.status in {"failed", "error"} and failure.asked:
        failure = _shrunk(rubric, criterion, failure, execution, shrinks)
    if failure.status in {"failed", "error"} and failure.asked:
        failure = _as_typed(rubric, criterion, failure, execution)
    arguments, arrays = failure.case.arguments, failure.case.arrays
    dtypes = {name: str(array.dtype) for name, array in arrays.items()}
    return _verdict(
        criterion,
        failure.status,
        clean(_sentence(criterion, failure), 2000),
        Counterexample(
            call=show_call(failure.call or criterion.shown, arguments),
            inputs={name: jsonable(array) for name, array in arrays.items()},
            dtypes=dtypes,
            output=jsonable(failure.output),
            expected=failure.promised.removeprefix("expected ") or "a value",
        ),
        _hint(rubric, criterion, failure),
    )


def _sentence(criterion: Criterion, failure: Failure) -> str:
    """What was called with what, what came back, and what was promised."""
    said = failure.call or criterion.said
    call = show_with_inputs(said, failure.case.arguments, criterion.list_dtype)
    return f"{call} {failure.said}" + (f"; {failure.promised}" if failure.promised else "")


def _hint(rubric: Rubric, criterion: Criterion, failure: Failure) -> str:
    seen = Seen(arguments=failure.case.arguments, output=failure.output, said=failure.said)
    return rubric.hint_for(criterion, seen)


def _as_typed(
    rubric: Rubric, criterion: Criterion, failure: Failure, execution: Execution
) -> Failure:
    """The same failure in the dtype that lists of numbers become, where it shows there.

    Only where the criterion is judged on such inputs of this kind at all.
    """
    typed = criterion.list_dtype
    if typed is None:
        return failure
    arrays = failure.case.arrays
    with np.errstate(over="ignore"):
        narrow = {k: v.astype(typed) for k, v in arrays.items() if v.dtype == FLOAT64 != typed}
    exact = all(np.array_equal(arrays[k], v, equal_nan=True) for k, v in narrow.items())
    own = (case for case in rubric.cases(criterion) if case.group == failure.case.group)
    asked = any(array.dtype == typed for case in own for array in case.arrays.values())
    if not (narrow and exact and asked):
        return failure
    twin = make_case(failure.case.group, {**failure.case.arguments, **narrow})
    again = _settle(criterion, twin, execution)
    return again if again is not None and again.status == failure.status else failure


def _shrunk(
    rubric: Rubric,
    criterion: Criterion,
    failure: Failure,
    execution: Execution,
    shrinks: list[int],
) -> Failure:
    if failure.case.size <= shrink.TINY:
        return failure
    found = {failure.case.payload: failure}

    def fails(case: Case) -> bool:
        again = _settle(criterion, case, execution)
        if again is not None and again.status == failure.status and again.asked:
            found[case.payload] = again
            return True
        return False

    group = criterion.corpus.groups[failure.case.group]
    best = shrink.part(failure.case, group, fails)
    if best.size > shrink.TINY and shrinks[0] > 0:
        shrinks[0] -= 1
        best = shrink.smaller(best, group, fails, rubric.seed)
    return found[best.payload]


@np.errstate(all="ignore")
def _settle(criterion: Criterion, case: Case, execution: Execution) -> Failure | None:
    """Run one criterion on one case to its end."""
    for _ in range(_ROUNDS):
        run = attempt(criterion, case, execution)
        if not run.requests:
            return run.failure
        execution.ask((request, criterion.target) for request in run.requests)
    return None


def _verdict(
    criterion: Criterion,
    status: Status,
    message: str = "",
    counterexample: Counterexample | None = None,
    hint: str = "",
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
        hint=hint,
    )
