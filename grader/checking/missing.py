"""What was not there when a cell was run: modules, and names."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from typing import TYPE_CHECKING, Final

from grader.checking.ran import failure, numbers, where
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.checking.notices import Notice
    from grader.checking.ran import Ran

_NO_NAME: Final = re.compile(r"^NameError: name '(\w+)' is not defined")
_NO_MODULE: Final = re.compile(r"^ModuleNotFoundError: No module named '([\w.]+)'")
_LONGEST: Final = 60  # name that is compared with others
# What everybody calls these.
_USUAL: Final = {
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "math": "import math",
}


def modules(ran: Ran) -> Iterator[Notice]:
    """Modules that are neither installed nor given out."""
    given = {
        module
        for cell in ran.cells
        if cell.is_fixed and cell.index in ran.readings
        for module in ran.readings[cell.index].modules
    }
    for module, indexes in _grouped(ran, _NO_MODULE).items():
        top = module.partition(".")[0]
        shown = clean(top, 80)
        if top == "google":
            text = f"{clean(module, 80)} exists only in Colab"
            remedy = f"delete the line that imports it in {numbers(indexes)}, and what uses it"
        elif top in given:
            text = f"there is no module {clean(module, 80)!r}, neither installed nor beside the "
            text += "notebook"
            remedy = f"put the files of {shown!r} beside the notebook as they were given out"
        else:
            text = f"{shown} is not installed here, and may not be there when graded"
            remedy = f"do without {shown}, or ask whether it may be used"
        yield failure(ran, indexes, "import", text, remedy)


def names(ran: Ran) -> Iterator[Notice]:
    """Names that were not there: defined too late, in a cell that failed, or nowhere."""
    lost: dict[str, list[int]] = {}
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
        elif near := _near(ran, name, first):
            yield _misspelt(ran, name, near, who, indexes)
        elif _is_import(ran, name):
            lost[name] = indexes
        else:
            yield _nowhere(ran, name, who, indexes)
    if lost:
        yield _imports(ran, lost)


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


def _near(ran: Ran, name: str, index: int) -> str:
    """What is meant by a name that is not there, if one that is known is very like it."""
    if len(name) > _LONGEST or name in _USUAL:
        return ""
    place = where(ran, ran.runs[index])
    at = place[0] - 1 if place else index
    fixed = {cell.index for cell in ran.cells if cell.is_fixed}
    known = {
        other
        for number, reading in ran.readings.items()
        for other in reading.bound
        if at not in fixed or number not in fixed
    }
    if at not in fixed:
        known |= set(_within(ran.readings[at].tree))
        known |= {other for other in dir(builtins) if not other.startswith("_")}
    fit = sorted(other for other in known if len(other) <= _LONGEST and other != name)
    same = [other for other in fit if other.lower() == name.lower()]
    return (same or difflib.get_close_matches(name, fit, 1, 0.8) or [""])[0]


def _within(tree: ast.Module | None) -> Iterator[str]:
    """The names of a cell's functions' own variables."""
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def _misspelt(ran: Ran, name: str, near: str, who: str, indexes: list[int]) -> Notice:
    place = where(ran, ran.runs[indexes[0]])
    cell, line = (place[0], place[1]) if place else (indexes[0] + 1, 0)
    name, near = clean(name, 60), clean(near, 60)
    remedy = f"write {near} instead of {name} in cell {cell}{f', line {line}' if line else ''}"
    if any(c.index == cell - 1 and c.is_fixed for c in ran.cells):  # there it is the right one
        fixed = {c.index for c in ran.cells if c.is_fixed}
        makers = [i for i, r in ran.readings.items() if near in r.bound and i not in fixed]
        if makers:
            remedy = f"call it {name}, not {near}, in cell {makers[0] + 1}"
    return failure(
        ran, indexes, "never-defined",
        f"{who}, which no cell defines (is it {near} that is meant?)", remedy,
    )  # fmt: skip


def _is_import(ran: Ran, name: str) -> bool:
    """Whether the course's cells seem to import a name, or did so once."""
    if name in _USUAL:
        return True
    users = [c for c in ran.cells if c.index in ran.readings and name in ran.readings[c.index].used]
    solved = [c for c in users if c.solution]
    # What solutions of the student's and the course's cells both use was given to both.
    return bool(solved) and any(c.is_fixed for c in users)


def _imports(ran: Ran, lost: Mapping[str, list[int]]) -> Notice:
    """Imports that are gone, as with the cell in which they stood."""
    indexes = sorted({index for found in lost.values() for index in found})
    *some, last = [clean(name, 60) for name in list(lost)[:6]]
    shown = f"{', '.join(some)} and {last}" if some else last
    need = "need" if len(indexes) > 1 else "needs"
    usual = [f"`{_USUAL[name]}`" for name in lost if name in _USUAL]
    remedy = "get the notebook as it was given out, and copy your code into it"
    if len(usual) == len(lost):
        remedy = f"put {' and '.join(usual)} at the top"
    return failure(
        ran, indexes, "never-defined",
        f"{numbers(indexes)} {need} {shown}, but the cell that imports {shown} is gone", remedy,
    )  # fmt: skip


def _nowhere(ran: Ran, name: str, who: str, indexes: list[int]) -> Notice:
    why = "it is misspelt, or the cell that defined it was deleted or changed"
    remedy = f"define {clean(name, 60)} in a cell above cell {indexes[0] + 1}"
    if ran.unwritten:
        why = f"it has still to be written, or {why.removeprefix('it is ')}"
        remedy = f"write what is not written yet, first in cell {min(ran.unwritten) + 1}"
    return failure(ran, indexes, "never-defined", f"{who}, which no cell defines: {why}", remedy)


def _grouped(ran: Ran, pattern: re.Pattern[str]) -> dict[str, list[int]]:
    """Cells that failed with an error of one form, by what it names."""
    found: dict[str, list[int]] = {}
    for index, run in sorted(ran.runs.items()):
        match = pattern.match(run.error)
        if match and not run.left_out:
            found.setdefault(match[1], []).append(index)
    return found
