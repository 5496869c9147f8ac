"""Why cells fail that are run from top to bottom in a fresh process, in words for their student."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.checking.missing import modules, names
from grader.checking.notices import Notice
from grader.checking.ran import failure, numbers, where
from grader.checking.saved import has_worked
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def blaming(notices: Iterable[Notice], ran: Ran) -> Iterator[Notice]:
    """The same notices; those about a name that failing cells use further down say so."""
    for notice in notices:
        failing = []
        if notice.kind in {"clash", "shadowed"} and notice.level == "warning":
            failing = [i + 1 for i in sorted(ran.runs) if _fails_by(notice, i, ran)]
        yield replace(notice, blames=tuple(failing)) if failing else notice


def _fails_by(notice: Notice, index: int, ran: Ran) -> bool:
    run = ran.runs[index]
    if not run.error or run.left_out or run.error.startswith("NotImplementedError"):
        return False
    place = where(ran, run)
    used = {index, place[0] - 1 if place else index}
    return index >= notice.cells[-1] and any(notice.name in ran.readings[i].used for i in used)


def _lost(ran: Ran) -> Iterator[Notice]:
    """Cells that did not come to their end, by why."""
    reasons: dict[str, list[int]] = {}
    hung = [i for i, run in sorted(ran.runs.items()) if "took longer" in run.left_out]
    if hung:
        yield _hung(ran, hung)
    for index, run in sorted(ran.runs.items()):
        if run.left_out and index not in hung:
            reasons.setdefault(clean(run.left_out, 200).removeprefix("the cell "), []).append(index)
    for reason, indexes in reasons.items():
        place = f"cell {indexes[0] + 1}, or in what it calls,"
        remedy = f"look in {place} for what ends the process or uses up the memory"
        if reason == NOT_RUN:
            remedy = "give it more time, with --timeout, or make slow cells faster"
        yield failure(ran, indexes, "left-out", f"{numbers(indexes)} {reason}", remedy)


def _hung(ran: Ran, indexes: list[int]) -> Notice:
    """Cells that were interrupted; the first had all its time, those that call the same less."""
    first = ran.runs[indexes[0]]
    reason = clean(first.left_out, 200).removeprefix("the cell ")
    text = f"{numbers(indexes)} {reason}"
    if len(indexes) > 1:
        text = f"{numbers(indexes)} do not come to an end: cell {indexes[0] + 1} {reason}"
    place = _loop(ran, indexes[0], where(ran, first))
    remedy = f"look in cell {indexes[0] + 1}, or in what it calls, for a loop that does not end"
    if place:
        remedy = f"see why this does not end: cell {place[0]}, line {place[1]}: {place[2]}"
    return replace(failure(ran, indexes, "left-out", text, remedy), where=place)


def _loop(ran: Ran, index: int, place: tuple[int, int, str] | None) -> tuple[int, int, str] | None:
    """The loop in which a cell was interrupted; of what left no trace, one that cannot end."""
    for cell in ran.cells:
        reading = ran.readings.get(cell.index)
        if reading is None or reading.tree is None or cell.index > index:
            continue
        found = [node for node in ast.walk(reading.tree) if isinstance(node, ast.While)]
        if place is None:
            mine = cell.solution or cell.index == index
            found = [node for node in found if mine and _is_endless(node)]
        elif place[0] == cell.index + 1:
            found = [n for n in found if n.lineno <= place[1] <= (n.end_lineno or 0)]
        else:
            continue
        if found:
            line = max(node.lineno for node in found)
            text = cell.source.split("\n")[line - 1]
            return (cell.index + 1, line, clean(text.strip(), 120))
    return place


def _is_endless(loop: ast.While) -> bool:
    leaves = (ast.Break, ast.Return, ast.Raise)
    always = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return always and not any(isinstance(node, leaves) for node in ast.walk(loop))


def _no_python(ran: Ran) -> Iterator[Notice]:
    for index, run in sorted(ran.runs.items()):
        if run.error.startswith(("SyntaxError", "IndentationError", "TabError")):
            reading = ran.readings[index]
            source = next(c.source for c in ran.cells if c.index == index).split("\n")
            number = reading.line if reading.trouble else 0
            line = f"line {number}: " if number else ""
            trouble = (reading.trouble or clean(run.error, 200)).removeprefix("SyntaxError: ")
            found = failure(
                ran, [index], "syntax",
                f"cell {index + 1} is not valid Python: {line}{trouble}",
                f"put {f'line {number} of ' if line else ''}cell {index + 1} right; until then "
                "nothing in it is run",
            )  # fmt: skip
            shown = clean(source[number - 1].strip(), 120) if 0 < number <= len(source) else ""
            yield replace(found, where=(index + 1, number, shown)) if shown else found


def _other(ran: Ran, explained: set[int]) -> Iterator[Notice]:
    """Cells that fail and are no tests: solutions, the student's own, the course's."""
    shown, unwritten = [], []
    for index, run in sorted(ran.runs.items()):
        if not run.error or run.left_out or index in explained or index in ran.tests:
            continue
        if ran.readings[index].is_foreign:
            continue
        at = where(ran, run)
        line = f" (line {at[1]}: {at[2]})" if at and at[0] == index + 1 else ""
        text = f"this cell ends with {clean(run.error, 200)}{line}"
        if index in ran.unwritten and run.error.startswith("NotImplementedError"):
            continue
        if ran.unwritten and run.error.startswith("NotImplementedError") and ran.is_own(index):
            unwritten.append(index)
        elif ran.matters(index):
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
    if unwritten:
        use = "use" if len(unwritten) > 1 else "uses"
        yield Notice(
            kind="demonstration",
            level="note",
            cells=tuple(index + 1 for index in unwritten),
            text=f"{numbers(unwritten)} {use} what is not written yet",
        )
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
