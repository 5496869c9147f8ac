"""A notebook after its run: what its cells did, and where in it an error came up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from grader.checking.notices import Notice
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.checking.names import Reading
    from grader.model import CellRun
    from grader.notebook import Cell

_FRAME: Final = re.compile(r'^\s*File "<ipython-input-(\d+)[^"]*", line (\d+)')
_SHOWN: Final = 12  # cells in a list of them


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
    most = _SHOWN if len(indexes) > _SHOWN + 1 else _SHOWN + 1  # one more needs no more room
    shown = [str(index + 1) for index in indexes[:most]]
    if len(indexes) > most:
        return f"cells {', '.join(shown)} and {len(indexes) - most} more"
    if len(shown) == 1:
        return f"cell {shown[0]}"
    return f"cells {', '.join(shown[:-1])} and {shown[-1]}"


def failure(ran: Ran, indexes: Sequence[int], kind: str, text: str, remedy: str) -> Notice:
    """A problem where it is about what has to work, else a warning."""
    grave = any(not ran.is_own(index) for index in indexes)
    cells = tuple(index + 1 for index in indexes)
    level = "problem" if grave else "warning"
    return Notice(kind=kind, level=level, cells=cells, text=text, remedy=remedy)  # type: ignore[arg-type]
