"""A student's page: the score, what was lost and why, pictures, and what the notebook printed.

One file, without scripts, that asks nobody for anything. Whatever comes from a student is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from grader.report.cellview import SIGNS, outputs_of
from grader.report.page import environment
from grader.text import block, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import CellRun, Counterexample, Remark, Result, Verdict
    from grader.report.figure import Drawing, Figures

_CELL: Final = 4_000  # characters that are shown of what one cell printed
_PAGE: Final = 60_000  # and of what all printed
_CELLS: Final = 200
_PLACE: Final = re.compile(r"<ipython-input-\d+-\w+>:(\d+):")
_WITHHELD: Final = {
    "score": "Only points are shown; the instructor keeps back what was tested.",
    "title": "The instructor keeps back what exactly went wrong.",
    "hint": "The instructor keeps back the inputs on which points were lost.",
}


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Criteria of one function that were lost in the same way."""

    status: str
    titles: list[tuple[str, float]]  # each with its points
    lost: float
    message: str
    hint: str
    counterexample: Counterexample | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One function: its points, what is drawn of it, what was lost and what was not."""

    name: str
    points: float
    max_points: float
    drawings: list[Drawing]
    lost: list[Lost]
    passed: list[Verdict]
    remarks: list[Remark]


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What one cell printed and raised, as plain text; `number` counts from 1."""

    number: int
    text: str
    error: str
    left_out: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What a person has said about a cell, and given for it."""

    cell: str
    points: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """All that a page shows. `score` is the final one, `lines` say where it differs and why."""

    assignment: str
    result: Result
    score: float
    max_score: float
    parts: list[Part]
    cells: list[Printed]
    cells_left: str = ""
    withheld: str = ""
    lines: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def make_page(
    assignment: str, result: Result, figures: Figures | None, runs: Sequence[CellRun] | None = None
) -> Page:
    """The page of a result, which holds no more than is to be shown.

    `runs` are the cells with what they printed, those of the result unless given.
    """
    cells, left = printed(result.cells if runs is None else runs)
    return Page(
        assignment=assignment,
        result=result,
        score=result.score,
        max_score=result.max_score,
        parts=list(_parts(result, figures)),
        cells=cells,
        cells_left=left,
        withheld=_WITHHELD.get(result.disclosure, ""),
    )


def feedback_page(page: Page) -> str:
    """The page in HTML."""
    return str(environment().get_template("feedback.html").render(page=page, signs=SIGNS))


def _parts(result: Result, figures: Figures | None) -> Iterator[Part]:
    traces = {trace.target: trace.values for trace in result.traces}
    for target in dict.fromkeys(verdict.target for verdict in result.verdicts):
        own = [verdict for verdict in result.verdicts if verdict.target == target]
        drawings = []
        if figures is not None and target in traces:
            drawings = figures.of(target, traces[target], own)
        yield Part(
            name=target,
            points=sum(verdict.points for verdict in own),
            max_points=sum(verdict.max_points for verdict in own),
            drawings=drawings,
            lost=_lost(own),
            passed=[verdict for verdict in own if verdict.status == "passed"],
            remarks=[remark for remark in result.remarks if remark.target == target],
        )


def _lost(verdicts: Sequence[Verdict]) -> list[Lost]:
    """What was lost; what was skipped or is missing for the same reason stands in one place."""
    groups: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.status != "passed":
            told = verdict.message or verdict.hint
            together = told and (verdict.status in {"skipped", "missing"} or not _shown(verdict))
            key = (verdict.status, verdict.message, verdict.hint if together else verdict.id)
            groups.setdefault(key, []).append(verdict)
    ordered = sorted(groups.values(), key=lambda group: group[0].status == "skipped")
    return [
        Lost(
            status=group[0].status,
            titles=[(v.title or v.id, v.max_points - v.points) for v in group],
            lost=sum(verdict.max_points - verdict.points for verdict in group),
            message=group[0].message,
            hint=group[0].hint,
            counterexample=group[0].counterexample,
        )
        for group in ordered
    ]


def _shown(verdict: Verdict) -> bool:
    return verdict.counterexample is not None


def printed(runs: Sequence[CellRun]) -> tuple[list[Printed], str]:
    """What cells printed and raised, capped; and a line about what is not shown."""
    cells: list[Printed] = []
    left = _PAGE
    for run in runs:
        outputs = outputs_of(run) if run.outputs or run.left_out or run.error else []
        text = block(_text(outputs), min(_CELL, max(left, 0)))
        error = "" if run.left_out else clean(run.error, 600)
        if not (text or error or run.left_out):
            continue
        if len(cells) == _CELLS or left <= 0:
            return cells, "There is more, which is not shown."
        left -= len(text)
        cells.append(
            Printed(number=run.index + 1, text=text, error=error, left_out=clean(run.left_out))
        )
    return cells, ""


def _text(outputs: Sequence[dict[str, Any]]) -> str:
    parts = []
    for output in outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif "data" in output:
            data = output["data"]
            picture = any(mime.startswith("image/") for mime in data)
            parts.append("[a picture]\n" if picture else f"{data.get('text/plain', '')}\n")
    return _PLACE.sub(r"line \1:", "".join(parts))
