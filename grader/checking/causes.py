"""Why cells fail that are run from top to bottom in a fresh process, in words for their student."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from grader.checking.notices import Notice
from grader.checking.saved import has_worked
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.checking.names import Reading
    from grader.model import CellRun
    from grader.notebook import Cell

_NO_NAME: Final = re.compile(r"^NameError: name '(\w+)' is not defined")
_NO_MODULE: Final = re.compile(r"^ModuleNotFoundError: No module named '([\w.]+)'")
_FRAME: Final = re.compile(r'^\s*File "<ipython-input-(\d+)[^"]*", line (\d+)')
# What code gets that asks for more than there is while it is graded.
_CONFINED: Final = re.compile(
    r"^(?:PermissionError|URLError|HTTPError|SSLError|MaxRetryError|gaierror|Connection\w*):"
)
_SHOWN: Final = 8  # cells in a list of them
NOT_RUN: Final = "not run, since the notebook's time was used up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """A notebook after its run: all by a cell's index. `raw` is as the file has it.

    `tests` are the visible ones, `unwritten` the solutions that have a stub.
    """

    cells: Sequence[Cell]
    raw: Sequence[Any]
    readings: Mapping[int, Reading]
    runs: Mapping[int, CellRun]
    tests: frozenset[int]
    unwritten: frozenset[int] = frozenset()

    def matters(self, index: int) -> bool:
        """Whether a cell's failure keeps the notebook from passing."""
        return index in self.tests or any(c.index == index and c.solution for c in self.cells)

    def is_own(self, index: int) -> bool:
        """Whether a cell is the student's own, and nothing of the course's depends on it."""
        return any(c.index == index and not (c.solution or c.is_fixed) for c in self.cells)


def causes(ran: Ran) -> Iterator[Notice]:
    """A notice for each cause that can be told; failing tests speak for themselves."""
    explained: set[int] = set()
    for notices in (_lost(ran), _no_python(ran), _modules(ran), _names(ran)):
        for notice in notices:
            explained.update(number - 1 for number in notice.cells)
            yield notice
    yield from _other(ran, explained)
    yield from _stale(ran)


def where(ran: Ran, run: CellRun) -> tuple[int, int, str] | None:
    """Where in the notebook an error came up: cell and line, from 1, and the line's text.

    The traceback gives lines, their text, and when their cell was run. Of an assertion it is the
    last line in a test, of anything else the last one in the notebook.
    """
    traceback = next(
        (out.get("traceback") for out in run.outputs if out.get("output_type") == "error"), None
    )
    if not isinstance(traceback, list):
        return None
    lines = [str(line) for line in traceback]
    found = None
    for frame, text in pairwise(lines):
        match = _FRAME.match(frame)
        place = _place(ran, int(match[1]), int(match[2]), text.strip()) if match else None
        if place is not None and (
            found is None or not run.error.startswith("AssertionError") or place[0] - 1 in ran.tests
        ):
            found = place
    return found


def _place(ran: Ran, count: int, line: int, text: str) -> tuple[int, int, str] | None:
    """The cell with this text in this line that was run at about this time.

    Counts are those of the last run, in which some cells may have been left out.
    """
    sources = {cell.index: cell.source.splitlines() for cell in ran.cells}
    found = [
        (abs(position - count), index)
        for position, index in enumerate(sorted(ran.runs), start=1)
        if text and line <= len(sources[index]) and sources[index][line - 1].strip() == text
    ]
    return (min(found)[1] + 1, line, clean(text, 120)) if found else None


def numbers(indexes: Sequence[int]) -> str:
    """Cells by their numbers: "cell 3", "cells 3, 4 and 7"."""
    shown = [str(index + 1) for index in indexes[:_SHOWN]]
    if len(indexes) > _SHOWN:
        return f"cells {', '.join(shown)} and {len(indexes) - _SHOWN} more"
    if len(shown) == 1:
        return f"cell {shown[0]}"
    return f"cells {', '.join(shown[:-1])} and {shown[-1]}"


def _notice(ran: Ran, indexes: Sequence[int], kind: str, text: str, remedy: str) -> Notice:
    """A problem where it is about what has to work, else a warning."""
    grave = any(not ran.is_own(index) for index in indexes)
    cells = tuple(index + 1 for index in indexes)
    level = "problem" if grave else "warning"
    return Notice(kind=kind, level=level, cells=cells, text=text, remedy=remedy)  # type: ignore[arg-type]


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
        yield _notice(ran, indexes, "left-out", f"{numbers(indexes)} {reason}", remedy)


def _no_python(ran: Ran) -> Iterator[Notice]:
    for index, run in sorted(ran.runs.items()):
        if run.error.startswith(("SyntaxError", "IndentationError", "TabError")):
            reading = ran.readings[index]
            line = f" in line {reading.line}" if reading.trouble and reading.line else ""
            yield _notice(
                ran, [index], "syntax",
                f"this is no Python{line}: {reading.trouble or clean(run.error, 200)}",
                f"put {f'line {reading.line} of ' if line else ''}cell {index + 1} right; until "
                "then nothing in it is run",
            )  # fmt: skip


def _modules(ran: Ran) -> Iterator[Notice]:
    for module, indexes in _grouped(ran, _NO_MODULE).items():
        yield _notice(
            ran, indexes, "import",
            f"there is no module {clean(module, 80)!r}, neither installed nor beside the notebook",
            f"put the files of {clean(module.partition('.')[0], 80)!r} beside the notebook as they "
            "were given out, or do without it: a grader may not have it either",
        )  # fmt: skip


def _names(ran: Ran) -> Iterator[Notice]:
    """Names that were not there: defined too late, in a cell that failed, or nowhere."""
    for name, indexes in _grouped(ran, _NO_NAME).items():
        first = indexes[0]
        makers = [
            index
            for index, reading in ran.readings.items()
            if name in reading.bound and reading.bound[name].what != "deleted"
        ]
        earlier = [index for index in makers if index < first]
        shown = clean(name, 60)
        who = f"{numbers(indexes)} {'need' if len(indexes) > 1 else 'needs'} {shown}"
        if earlier:
            yield from _gone(ran, shown, who, indexes, earlier[-1])
        elif any(index > first for index in makers):
            later = next(index for index in makers if index > first)
            move = f"move cell {later + 1} above cell {first + 1}"
            if not ran.is_own(later) and ran.is_own(first):
                move = f"move cell {first + 1} below cell {later + 1}"
            yield _notice(
                ran, indexes, "out-of-order",
                f"{who}, which only cell {later + 1} defines, further down", move,
            )  # fmt: skip
        elif first in makers:
            yield _notice(
                ran, indexes, "out-of-order",
                f"{who} before it is defined there",
                f"define {shown} further up in cell {first + 1}",
            )  # fmt: skip
        else:
            yield _nowhere(ran, name, who, indexes)


def _gone(ran: Ran, name: str, who: str, indexes: list[int], maker: int) -> Iterator[Notice]:
    """A name that an earlier cell should have defined."""
    run = ran.runs.get(maker)
    broken = run is None or run.error or run.left_out
    if broken:
        text = f"{who}, and cell {maker + 1}, which defines it, did not come to its end"
        remedy = f"put cell {maker + 1} right first"
    else:
        text = f"{who}, which cell {maker + 1} defines, but it was deleted or not reached there"
        remedy = f"see to it that {name} is defined when {numbers(indexes[:1])} is run"
    yield _notice(ran, indexes, "undefined", text, remedy)


def _nowhere(ran: Ran, name: str, who: str, indexes: list[int]) -> Notice:
    known = {other for reading in ran.readings.values() for other in reading.bound}
    near = difflib.get_close_matches(name[:60], sorted(k for k in known if len(k) <= 60), 1, 0.8)
    guess = f" (is it {clean(near[0], 60)} that is meant?)" if near else ""
    why = "it is misspelt, or the cell that defined it was deleted or changed"
    remedy = f"define {clean(name, 60)} in a cell above cell {indexes[0] + 1}"
    if ran.unwritten:
        why = f"it has still to be written, or {why.removeprefix('it is ')}"
        remedy = f"write what is not written yet, first in cell {min(ran.unwritten) + 1}"
    return _notice(
        ran, indexes, "never-defined", f"{who}, which no cell defines: {why}{guess}", remedy
    )


def _grouped(ran: Ran, pattern: re.Pattern[str]) -> dict[str, list[int]]:
    """Cells that failed with an error of one form, by what it names."""
    found: dict[str, list[int]] = {}
    for index, run in sorted(ran.runs.items()):
        match = pattern.match(run.error)
        if match and not run.left_out:
            found.setdefault(match[1], []).append(index)
    return found


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
            yield _notice(ran, [index], "error", text, remedy)
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
