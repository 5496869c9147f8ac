"""Why cells fail that are run from top to bottom in a fresh process, in words for their student."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.checking.missing import modules, names
from grader.checking.notices import Notice
from grader.checking.ran import failure, numbers, where
from grader.checking.saved import has_worked
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.checking.ran import Ran

# What code gets that asks for more than there is while it is graded.
_CONFINED: Final = re.compile(
    r"^(?:PermissionError|URLError|HTTPError|SSLError|MaxRetryError|gaierror|Connection\w*):"
)
NOT_RUN: Final = "not run, since the notebook's time was used up"


def causes(ran: Ran) -> Iterator[Notice]:
    """A notice for each cause that can be told; failing tests speak for themselves."""
    explained: set[int] = set()
    for notices in (_lost(ran), _no_python(ran), modules(ran), names(ran)):
        for notice in notices:
            explained.update(number - 1 for number in notice.cells)
            yield notice
    yield from _other(ran, explained)
    yield from _stale(ran)


def _lost(ran: Ran) -> Iterator[Notice]:
    """Cells that did not come to their end, by why."""
    reasons: dict[str, list[int]] = {}
    for index, run in sorted(ran.runs.items()):
        if run.left_out:
            reasons.setdefault(clean(run.left_out, 200).removeprefix("the cell "), []).append(index)
    for reason, indexes in reasons.items():
        place = f"cell {indexes[0] + 1}, or in what it calls,"
        remedy = f"look in {place} for what ends the process or uses up the memory"
        if "longer" in reason:
            remedy = f"look in {place} for a loop that does not end, or is slow"
        elif reason == NOT_RUN:
            remedy = "give it more time, with --timeout, or make slow cells faster"
        yield failure(ran, indexes, "left-out", f"{numbers(indexes)} {reason}", remedy)


def _no_python(ran: Ran) -> Iterator[Notice]:
    for index, run in sorted(ran.runs.items()):
        if run.error.startswith(("SyntaxError", "IndentationError", "TabError")):
            reading = ran.readings[index]
            line = f" in line {reading.line}" if reading.trouble and reading.line else ""
            yield failure(
                ran, [index], "syntax",
                f"this is no Python{line}: {reading.trouble or clean(run.error, 200)}",
                f"put {f'line {reading.line} of ' if line else ''}cell {index + 1} right; until "
                "then nothing in it is run",
            )  # fmt: skip


def _other(ran: Ran, explained: set[int]) -> Iterator[Notice]:
    """Cells that fail and are no tests: solutions, the student's own, the course's."""
    shown = []
    for index, run in sorted(ran.runs.items()):
        if not run.error or run.left_out or index in explained or index in ran.tests:
            continue
        at = where(ran, run)
        line = f" (line {at[1]}: {at[2]})" if at and at[0] == index + 1 else ""
        text = f"this cell ends with {clean(run.error, 200)}{line}"
        if index in ran.unwritten and run.error.startswith("NotImplementedError"):
            continue
        if ran.matters(index):
            remedy = _means(run.error) or f"make cell {index + 1} run to its end"
            yield failure(ran, [index], "error", text, remedy)
        elif ran.is_own(index):
            yield Notice(
                kind="error", level="warning", cells=(index + 1,), text=text,
                remedy=_means(run.error)
                or "Jupyter's `Restart & Run All` stops there; put it right or delete it",
            )  # fmt: skip
        else:
            shown.append(index)
    if shown:
        use, do = ("use", "do") if len(shown) > 1 else ("uses", "does")
        yield Notice(
            kind="demonstration",
            level="warning",
            cells=tuple(index + 1 for index in shown),
            text=f"{numbers(shown)} of the course's, which {use} what you write, {do} not work "
            f"yet: {clean(ran.runs[shown[0]].error, 150)}",
        )


def _means(error: str) -> str:
    """What to do about an error that comes from the place where a notebook is run."""
    if _CONFINED.match(error):
        return "do without it: notebooks are graded without network, and without other programs"
    if error.startswith("FileNotFoundError"):
        return "put the file beside the notebook, and name it without folders of your own machine"
    return ""


def _stale(ran: Ran) -> Iterator[Notice]:
    """Cells that fail, although what was saved says that they worked."""
    worked = [
        index
        for index, run in sorted(ran.runs.items())
        if run.error and not run.left_out and not _means(run.error) and has_worked(ran.raw[index])
    ]
    if worked:
        fail, them = ("fail", "they were") if len(worked) > 1 else ("fails", "it was")
        yield Notice(
            kind="stale",
            level="warning",
            cells=tuple(index + 1 for index in worked),
            text=f"{numbers(worked)} {fail} here, but worked when {them} last run and saved: "
            "something that was there then is not in the notebook, or stands further down",
            remedy="choose Kernel, `Restart Kernel and Run All Cells…` in Jupyter, which shows the "
            "same as this",
        )
