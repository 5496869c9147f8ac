"""What was not there when a cell was run: modules, and names."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from grader.checking.ran import failure, numbers
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.checking.notices import Notice
    from grader.checking.ran import Ran

_NO_NAME: Final = re.compile(r"^NameError: name '(\w+)' is not defined")
_NO_MODULE: Final = re.compile(r"^ModuleNotFoundError: No module named '([\w.]+)'")


def modules(ran: Ran) -> Iterator[Notice]:
    """Modules that are neither installed nor given out."""
    for module, indexes in _grouped(ran, _NO_MODULE).items():
        yield failure(
            ran, indexes, "import",
            f"there is no module {clean(module, 80)!r}, neither installed nor beside the notebook",
            f"put the files of {clean(module.partition('.')[0], 80)!r} beside the notebook as they "
            "were given out, or do without it: a grader may not have it either",
        )  # fmt: skip


def names(ran: Ran) -> Iterator[Notice]:
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
            yield failure(
                ran, indexes, "out-of-order",
                f"{who}, which only cell {later + 1} defines, further down", move,
            )  # fmt: skip
        elif first in makers:
            yield failure(
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
    yield failure(ran, indexes, "undefined", text, remedy)


def _nowhere(ran: Ran, name: str, who: str, indexes: list[int]) -> Notice:
    known = {other for reading in ran.readings.values() for other in reading.bound}
    near = difflib.get_close_matches(name[:60], sorted(k for k in known if len(k) <= 60), 1, 0.8)
    guess = f" (is it {clean(near[0], 60)} that is meant?)" if near else ""
    why = "it is misspelt, or the cell that defined it was deleted or changed"
    remedy = f"define {clean(name, 60)} in a cell above cell {indexes[0] + 1}"
    if ran.unwritten:
        why = f"it has still to be written, or {why.removeprefix('it is ')}"
        remedy = f"write what is not written yet, first in cell {min(ran.unwritten) + 1}"
    return failure(
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
