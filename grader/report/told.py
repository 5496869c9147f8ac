"""What a report says of results, whatever its format: one line each, fit to be read anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checks import number
from grader.isolation import lowest
from grader.journal import Kept
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.model import Result, Status, Verdict

_CAP = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """Points that were lost for the same reason: by which criteria, how many, and why."""

    status: Status
    criteria: tuple[str, ...]
    points: float
    why: str

    @property
    def what(self) -> str:
        """The criteria, or how many more where they were only skipped."""
        several = self.status == "skipped" and len(self.criteria) > 1
        return f"{len(self.criteria)} more" if several else ", ".join(self.criteria)

    @property
    def how(self) -> str:
        """The points, the status, and the reason as far as it is disclosed."""
        return f"-{number(self.points)} {self.status}{f': {self.why}' if self.why else ''}"


def line(text: str) -> str:
    """Any text as one line without control characters or lone surrogates."""
    return clean(text, _CAP)


def place(result: Result) -> str:
    """The path of a submission as text."""
    return clean(os.fsencode(result.path).decode("utf-8", "replace"), 4096)


def in_order(results: Collection[Result]) -> Collection[Result]:
    """Results in the order of student ids."""
    if isinstance(results, Kept):
        return results
    return sorted(results, key=lambda r: (r.student, r.path))


def heads(results: Collection[Result]) -> Collection[Result]:
    """The same results, perhaps without verdicts, remarks and cells, but from the memory."""
    return results.heads if isinstance(results, Kept) else results


def names(results: Collection[Result]) -> list[str]:
    """What each result is about: a student, and which notebook where anybody has several."""
    results = heads(results)
    several = len({r.student for r in results}) < len(results)
    return [line(f"{r.student} {Path(r.path).stem}" if several else r.student) for r in results]


def score(result: Result) -> str:
    """The score of the most, or that there is none."""
    if result.status == "refused":
        return "refused"
    return f"{number(result.score)}/{number(result.max_score)}"


def notes(result: Result) -> list[str]:
    """What is to be said about cells that could not be run to their end."""
    return [
        f"note: cell {run.index + 1} was left out: {line(run.left_out)}"
        for run in result.cells
        if run.left_out
    ]


def losses(result: Result) -> list[Loss]:
    """What was lost, once for each reason; what was only skipped comes last."""
    reasons: dict[tuple[Status, str], list[Verdict]] = {}
    lost = [v for v in result.verdicts if v.status != "passed" and v.max_points]
    for verdict in sorted(lost, key=lambda v: v.status == "skipped"):
        said = verdict.message or verdict.hint or verdict.title  # as far as it is disclosed
        reasons.setdefault((verdict.status, line(said)), []).append(verdict)
    return [
        Loss(
            status=status,
            criteria=tuple(line(v.id) for v in verdicts),
            points=sum(v.max_points - v.points for v in verdicts),
            why=why,
        )
        for (status, why), verdicts in reasons.items()
    ]


def told(verdict: Verdict) -> list[str]:
    """All that a verdict says, as far as it is disclosed, beginning with its message."""
    lines = [verdict.message, verdict.hint and f"Hint: {verdict.hint}"]
    found = verdict.counterexample
    if found is not None and found.call:
        inputs = "; ".join(f"{name} = {value}" for name, value in found.inputs.items())
        lines.append(f"To see it: {found.call}{f' with {inputs}' if inputs else ''}")
    return [line(text) for text in lines if text]


def summary(results: Collection[Result]) -> str:
    """How many were graded and refused, how they did, and how well their code was contained."""
    results = heads(results)
    # Several notebooks of one folder are a student's submission. Ids may coincide, folders do not.
    students: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        place = result.path.rpartition("/")[0]
        students.setdefault((result.student, place), []).append(result)
    graded = [own for own in students.values() if all(r.status == "graded" for r in own)]
    text = f"{len(graded)} graded, {len(students) - len(graded)} refused"
    if graded:
        scores = [sum(r.score for r in own) for own in graded]
        most = [sum(r.max_score for r in own) for own in graded]
        full = sum(score == top for score, top in zip(scores, most, strict=True))
        mean = f"mean score {sum(scores) / len(graded):.1f} of {number(max(most))}"
        text += f"; {mean}, {full} with full marks"
    levels = [r.isolation for r in results if r.isolation]
    return f"{text}\nisolation of student code: {lowest(levels)}" if levels else text
