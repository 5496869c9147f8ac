"""Proof by trial: an implementation on other corpora, and the mutants of it.

Other seeds give other generated inputs; corners stay as they are, so they are tried once. A mutant
is killed if it loses anything in the exam that students sit. One that does not is equivalent where
its instructions are the same; or where it loses nothing with any other seed either, and gives the
same values as the original on plain random numbers in place of those of the exam, many times over.
Otherwise it is alive: a hole in the rubric.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from grader.checks import show_with_inputs
from grader.corpus import Sitting
from grader.equivalence import first_difference, questions
from grader.findings import Fate
from grader.model import RubricError
from grader.mutants import mutants, same_bytecode
from grader.trial import Bench, Losses, concerned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.answers import Gave, Request
    from grader.course import Assignment
    from grader.equivalence import Question
    from grader.model import Limits
    from grader.rubric import Criterion, Rubric
    from grader.sandbox import Zygote

_PLAIN: Final = 5  # plain inputs for each of the exam's, at least
LARGER: Final = 20  # times: how much larger than the exam it is that equivalence is shown on


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An implementation to be tried, by the names it defines; with its mutants if it is correct.

    With `own`, only mutants of lines of that code are tried: the rest is another's. With `alone`,
    it is found out instead what it would pass if no criterion needed another.
    """

    name: str
    parts: Mapping[str, str]
    mutate: bool = False
    own: str = ""
    alone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What a candidate loses with each seed, and what became of its mutants."""

    name: str
    losses: dict[int, Losses] = field(default_factory=dict)
    fates: tuple[Fate, ...] = ()
    alone: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Proving:
    """The trials of an assignment's implementations, as they can be handed to several processes."""

    assignment: Assignment
    solutions: Mapping[str, str]
    limits: Limits
    seeds: Sequence[int]

    def bench(self, zygote: Zygote) -> Prover:
        """Where candidates are tried, in this process."""
        return Prover(self, Bench(self.assignment, self.solutions, self.limits, zygote))

    def refuse(self, candidate: Candidate, why: str) -> Proof:
        """What is said of a candidate that ended the process that tried it."""
        return Proof(name=candidate.name, trouble=why)


class Prover:
    """Tries candidates, one after the other."""

    def __init__(self, proving: Proving, bench: Bench) -> None:
        self._bench = bench
        self._solutions = proving.solutions
        self._rubric = bench.rubric
        self._exam = self._rubric.sitting
        self._seeds = proving.seeds
        self._others = other_sittings(self._rubric, proving.seeds)
        first, *more = proving.seeds
        self._together = Sitting(
            first, corners=False, times=self._exam.times, others=tuple(more)
        )  # in one go, since hardly anything is lost there that corners have not shown
        self._questions: dict[tuple[str, ...], list[Question]] = {}
        self._answers: dict[tuple[str, ...], dict[Request, Gave]] = {}
        gc.freeze()

    def grade(self, candidate: Candidate) -> Proof:
        """Try a candidate on every seed, then each of its mutants."""
        if candidate.alone:
            return Proof(name=candidate.name, alone=tuple(self._alone(candidate)))
        return Proof(
            name=candidate.name,
            losses=self._sweep(candidate),
            fates=tuple(self._mutants(candidate)) if candidate.mutate else (),
        )

    def close(self) -> None:
        """End the workers."""
        self._bench.close()

    def _concerned(self, names: Sequence[str]) -> list[Criterion]:
        return concerned(self._rubric, self._solutions, names)

    def _sweep(self, candidate: Candidate) -> dict[int, Losses]:
        corners = Sitting(self._exam.seed, times=0)
        criteria = self._concerned([*candidate.parts])
        sittings = (corners, self._together)
        first, together = self._bench.losses(candidate.parts, sittings, criteria, carry=True)
        if first.keys() == together.keys():
            return dict.fromkeys(self._seeds, first)
        lost = self._bench.losses(candidate.parts, (corners, *self._others), criteria, carry=True)
        with closing(lost):
            next(lost)
            return dict(zip(self._seeds, lost, strict=True))

    def _alone(self, candidate: Candidate) -> Iterator[str]:
        """The criteria that it passes when each stands for itself."""
        for criterion in self._rubric.criteria:
            try:
                if not self._lost(candidate.parts, [self._exam], [criterion]):
                    yield criterion.id
            except RubricError:  # it may rely on what it needs
                continue

    def _mutants(self, candidate: Candidate) -> Iterator[Fate]:
        for name, code in candidate.parts.items():
            criteria = self._concerned([name])
            for mutant in mutants(code, only=candidate.own):
                fate = partial(
                    Fate, of=f"{candidate.name}: {name}", operator=mutant.operator,
                    before=mutant.before, after=mutant.after,
                )  # fmt: skip
                if same_bytecode(code, mutant.code):
                    yield fate(outcome="same bytecode")
                    continue
                parts = {**candidate.parts, name: mutant.code}
                lost = self._lost(parts, [self._exam], criteria)
                if lost:
                    yield fate(outcome="killed", by=lost)
                    continue
                lost = self._lost(parts, [self._together], criteria)
                if lost:
                    yield fate(outcome="alive", by=lost, why="wrong on inputs that are not asked")
                    continue
                yield self._survivor(fate, candidate, parts, criteria)

    def _survivor(
        self,
        fate: Any,
        candidate: Candidate,
        parts: Mapping[str, str],
        criteria: Sequence[Criterion],
    ) -> Fate:
        """What becomes of a mutant that no criterion fails, with any seed."""
        asked = self._asked(criteria)
        requests = [(question.request, question.criterion.target) for question in asked]
        key = (candidate.name, *[criterion.id for criterion in criteria])
        if key not in self._answers:
            self._answers = {key: self._bench.settled(candidate.parts, requests)}
        answers = self._bench.answers(parts, requests)
        found = first_difference(self._rubric, asked, self._answers[key], answers)
        if found is None:
            times = larger(self._rubric, criteria, self._others, asked)
            outcome, why = "same values", f"on {times:.0f} times as many inputs"
        else:
            said, dtype = found.criterion.said, found.criterion.list_dtype
            shown = show_with_inputs(said, found.case.arguments, dtype)
            outcome, why = "alive", f"differs on {shown}, and nothing like it is asked for"
        made: Fate = fate(outcome=outcome, why=why)
        return made

    def _asked(self, criteria: Sequence[Criterion]) -> list[Question]:
        key = tuple(criterion.id for criterion in criteria)
        if key not in self._questions:
            # With the other seeds' inputs, they have to come to enough.
            others = larger(self._rubric, criteria, self._others, ())
            times = max(_PLAIN, math.ceil(LARGER - others))
            self._questions[key] = questions(self._rubric, criteria, times, self._exam.seed)
        return self._questions[key]

    def _lost(
        self, parts: Mapping[str, str], sittings: Sequence[Sitting], criteria: Sequence[Criterion]
    ) -> tuple[str, ...]:
        """The criteria that fail on the first sitting on which any does."""
        with closing(self._bench.losses(parts, sittings, criteria)) as each:
            for lost in each:
                if lost:
                    return tuple(name for name, status in lost.items() if status != "skipped")
        return ()


def other_sittings(rubric: Rubric, seeds: Sequence[int]) -> list[Sitting]:
    """The generated part of the exam, by other seeds."""
    return [Sitting(seed, corners=False, times=rubric.sitting.times) for seed in seeds]


def larger(
    rubric: Rubric,
    criteria: Sequence[Criterion],
    others: Sequence[Sitting],
    asked: Sequence[Question],
) -> float:
    """How many times as many inputs as the exam has were tried, by other seeds and beyond it."""

    def count(sitting: Sitting) -> int:
        sat = rubric.sat(sitting)
        return len({(c.call, case.payload) for c in criteria for case in sat.cases(c)})

    return (sum(map(count, others)) + len(asked)) / count(rubric.sitting)


# Corpora of other seeds, made by several processes -----------------------------------------------


def prepare(rubric: Rubric, sittings: Sequence[Sitting], jobs: int) -> None:
    """Generate the inputs of sittings ahead, so that processes forked later share them."""
    corpora = list({id(c.corpus): c.corpus for c in rubric.criteria}.values())
    groups = [(number, name) for number, corpus in enumerate(corpora) for name in corpus.groups]

    global _corpora  # noqa: PLW0603  what is forked is shared, and need not be pickled
    _corpora = corpora
    work = [(sitting, number, name) for sitting in sittings for number, name in groups]
    try:
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
            made = pool.map(_generate, work, chunksize=len(groups))
            for (sitting, number, name), generated in zip(work, made, strict=True):
                corpora[number].give(name, sitting, generated)
    finally:
        _corpora = []


_corpora: list[Any] = []


def _generate(work: tuple[Sitting, int, str]) -> list[Any]:
    sitting, number, name = work
    made: list[Any] = _corpora[number].generated(name, sitting)
    return made
