"""Implementations on trial: what each would lose, on one sitting of the exam after the other.

An implementation stands for a submission, without the notebook around it: the course's set-up cells
and the solutions are run in a worker, and nothing is explained. That is some ten times quicker than
grading, so thousands can be tried.
"""

from __future__ import annotations

import ast
import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from grader import engine
from grader.answers import Gave
from grader.cells import CellRunner
from grader.checks import same_value
from grader.execution import Execution
from grader.files import Shipped
from grader.notebook import Step, plan

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping, Sequence

    from grader.answers import Answer, Request
    from grader.corpus import Sitting
    from grader.course import Assignment
    from grader.model import Limits, Status
    from grader.rubric import Criterion, Rubric
    from grader.sandbox import Zygote

Losses = dict[str, "Status"]


class Bench:
    """Tries implementations of one assignment, in workers of one zygote.

    `solutions` are the source's own, by the name that each defines.
    """

    def __init__(
        self,
        assignment: Assignment,
        solutions: Mapping[str, str],
        limits: Limits,
        zygote: Zygote,
    ) -> None:
        self.rubric = assignment.rubric
        self.solutions = solutions
        self._limits = limits
        self._zygote = zygote
        zygote.start()
        self._shipped = Shipped(assignment.release, zygote.home / "trial")
        self._setup = plan(assignment.cells, [])

    def losses(
        self,
        parts: Mapping[str, str],
        sittings: Sequence[Sitting],
        criteria: Sequence[Criterion] | None = None,
        *,
        carry: bool = False,
    ) -> Generator[Losses]:
        """What an implementation loses on each sitting; all in one worker, for as long as it lives.

        `parts` are its own texts by name; the rest is the source's. With `carry`, what is lost on
        the first sitting is lost on the others as well, and not tried again.
        """
        with closing(self._execution(parts)) as execution:
            execution.start()
            known: Losses | None = None
            for sitting in sittings:
                lost = engine.losses(self.rubric.sat(sitting, criteria), execution, known)
                if carry and known is None:
                    known = lost
                yield lost
                execution.forget()

    def answers(
        self, parts: Mapping[str, str], requests: Iterable[tuple[Request, str]]
    ) -> dict[Request, Answer]:
        """What an implementation answers to requests, each on behalf of a target."""
        with closing(self._execution(parts)) as execution:
            execution.start()
            execution.ask(requests)
            return execution.answers

    def settled(
        self, parts: Mapping[str, str], requests: Sequence[tuple[Request, str]]
    ) -> dict[Request, Gave]:
        """The same, without what differs when asked once more: what is drawn at random."""
        with closing(self._execution(parts)) as execution:
            execution.start()
            execution.ask(requests)
            first = dict(execution.answers)
            execution.forget()
            execution.ask(requests)
            again = execution.answers
            return {
                request: answer
                for request, answer in first.items()
                if isinstance(answer, Gave)
                and isinstance(other := again.get(request), Gave)
                and same_value(answer.value, other.value)
            }

    def _execution(self, parts: Mapping[str, str]) -> Execution:
        # The source's own that follow each other are one cell: each cell takes its time.
        texts: list[tuple[str, str]] = []
        for name, text in {**self.solutions, **parts}.items():
            own = name not in parts or parts[name] == self.solutions.get(name)
            if own and texts and texts[-1][0] == "":
                texts[-1] = ("", f"{texts[-1][1]}\n\n{text}")
            else:
                texts.append(("" if own else name, text))
        steps = [
            Step(index=number, source=text, role="solution", name=name or "solutions")
            for number, (name, text) in enumerate(texts)
        ]
        runner = CellRunner(
            self._zygote,
            [*self._setup, *steps],
            partial(self._shipped.fill, own=None),
            self._limits,
            setup=self.rubric.setup,
            names=self.rubric.names,
            share=0.5,
        )
        return Execution(runner, len(self.rubric.targets))

    def close(self) -> None:
        """End the zygote, and remove what was made for it."""
        self._zygote.close()


def concerned(
    rubric: Rubric, solutions: Mapping[str, str], names: Collection[str]
) -> list[Criterion]:
    """The criteria on which a change of the solutions of these names can have any bearing.

    These are the criteria of targets that are named like one of them, or like a solution that
    mentions one; those that mention one in their call; and those that join targets. Where no
    criterion is about such a name at all, it may be all of them.
    """
    touched = set(names)
    while more := {
        name
        for name, text in solutions.items()
        if name not in touched and any(_mentions(text, known) for known in touched)
    }:
        touched |= more
    targets = {target.name for target in rubric.targets}
    if not touched <= targets:
        return list(rubric.criteria)
    joining = {target.name for target in rubric.targets if not target.call}
    by_target = {criterion.id: criterion.target for criterion in rubric.criteria}
    return [
        criterion
        for criterion in rubric.criteria
        if criterion.target in touched
        or _names(criterion.call) & touched
        or (criterion.target in joining and {by_target[n] for n in criterion.needs} & touched)
    ]


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _names(call: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
