"""What so often costs marks, and can be seen without running anything: stubs, names, file names."""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TYPE_CHECKING, Any, Final

from grader.checking.filenames import file_name
from grader.checking.notices import Notice
from grader.checking.seals import MARKER, is_as_given
from grader.checks import number
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.checking.names import Bound, Reading
    from grader.notebook import Cell

_LIBRARIES: Final = frozenset({"numpy", "matplotlib", "IPython"})
_STUB: Final = "NotImplementedError"


def slips(
    path: Path, cells: Sequence[Cell], raw: Sequence[Any], readings: Mapping[int, Reading]
) -> Iterator[Notice]:
    """All that can be seen of a notebook and its name."""
    yield from file_name(path)
    yield from _beside(path, readings)
    for cell in cells:
        if cell.solution and cell.kind == "code":
            given = is_as_given(cell, raw[cell.index])
            yield from _stub(cell, readings[cell.index], given=given is True)
        elif cell.solution and cell.kind == "markdown":
            yield from _unanswered(cell)
    yield from _clashes(cells, readings)
    yield from _shadowed(cells, readings)
    yield from _programs(readings)


def _beside(path: Path, readings: Mapping[int, Reading]) -> Iterator[Notice]:
    """Files that are imported in the place of a library which a cell means."""
    wanted = {module for reading in readings.values() for module in reading.modules}
    for module in sorted(wanted & (sys.stdlib_module_names | _LIBRARIES)):
        if (path.parent / f"{module}.py").is_file():
            yield Notice(
                kind="file-clash",
                level="warning",
                text=f"{module}.py beside the notebook is imported in the place of the library "
                f"{module}",
                remedy=f"rename {module}.py",
            )


def _stub(cell: Cell, reading: Reading, *, given: bool) -> Iterator[Notice]:
    """What is not written yet in a solution cell, or looks as if it were not."""
    place = (cell.index + 1,)
    marked = MARKER in cell.source
    if reading.tree is None:
        found = [("", 0, True, True)] if _STUB in cell.source and marked else []
    else:
        found = list(_raises(reading.tree))
    reached = [(name, line) for name, line, reachable, bare in found if reachable and bare]
    if reached and (marked or given):
        for name, line in reached[:5]:
            where = f" (line {line})" if line else ""
            what = clean(name, 80) or "this"
            yield Notice(
                kind="stub", level="problem", cells=place, name=name.partition(".")[0],
                text=f"{what} is not written yet: `raise {_STUB}` is still there{where}",
                remedy=f"in cell {place[0]}, put your code in the place of `raise {_STUB}()`",
            )  # fmt: skip
    elif given and marked:
        yield Notice(
            kind="stub", level="problem", cells=place,
            text=f"{clean(cell.grade_id, 80)} is as it was given out",
            remedy=f"write your solution in cell {place[0]}, below # {MARKER}",
        )  # fmt: skip
    elif reached:
        yield Notice(
            kind="stub", level="warning", cells=place,
            text=f"`raise {_STUB}` still stands in {clean(reached[0][0], 80) or 'this cell'} "
            f"(line {reached[0][1]})",
            remedy="take it out if your code is complete",
        )  # fmt: skip
    elif found and marked:
        yield Notice(
            kind="stub", level="note", cells=place,
            text=f"`raise {_STUB}` still stands below your code, where nothing comes to it",
        )  # fmt: skip


def _unanswered(cell: Cell) -> Iterator[Notice]:
    """A question to be answered in words, which was not."""
    text = cell.source.strip()
    if text and "YOUR ANSWER HERE" not in text.upper():
        return
    points = f" ({number(cell.points)} point{'s' * (cell.points != 1)})" if cell.points else ""
    what = "`YOUR ANSWER HERE` still stands in" if text else "there is nothing in"
    yield Notice(
        kind="unanswered", level="warning", cells=(cell.index + 1,),
        text=f"{what} the answer {clean(cell.grade_id, 80)}{points}",
        remedy=f"write your answer in cell {cell.index + 1}",
    )  # fmt: skip


def _raises(tree: ast.Module) -> Iterator[tuple[str, int, bool, bool]]:
    """Where NotImplementedError is raised: in what, line, whether it is come to, no message."""
    stack: list[tuple[ast.AST, str, bool]] = [(tree, "", True)]
    while stack:
        node, name, reachable = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name, reachable = f"{name}.{node.name}".lstrip("."), True
        if isinstance(node, ast.Raise):
            what = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            bare = not isinstance(node.exc, ast.Call) or not node.exc.args
            if isinstance(what, ast.Name) and what.id == _STUB:
                yield name, node.lineno, reachable, bare
        blocks = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
        inner: list[tuple[ast.AST, str, bool]] = []
        for block in blocks:
            going = reachable
            for child in block:
                if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                    inner.append((child, name, going))
                    going = going and not _ends(child)
        stack += reversed(inner)


def _ends(node: ast.AST, depth: int = 0) -> bool:
    """Whether nothing below a statement is come to."""
    if isinstance(node, ast.If) and node.orelse and depth < 20:
        return _ends(node.body[-1], depth + 1) and _ends(node.orelse[-1], depth + 1)
    return isinstance(node, (ast.Return, ast.Raise))


def _clashes(cells: Sequence[Cell], readings: Mapping[int, Reading]) -> Iterator[Notice]:
    """Names that the course or a solution gives, and a later cell puts to another use."""
    given: dict[str, tuple[Cell, Bound]] = {}
    for cell in cells:
        reading = readings.get(cell.index)
        for name, bound in reading.bound.items() if reading is not None else ():
            before = given.get(name)
            if before is not None and not _same(before[1], bound) and not cell.is_fixed:
                first = before[0]
                weighty = (
                    first.is_fixed or first.solution or (cell.solution and bound.is_definition)
                )
                if weighty or bound.is_definition:
                    needed = bound.is_definition or _is_needed(name, cell, cells, readings)
                    yield _clash(name, before, (cell, bound), weighty=weighty and needed)
            if bound.is_definition or (_is_kept(cell) and bound.is_import):
                given[name] = (cell, bound)


def _is_needed(
    name: str, after: Cell, cells: Sequence[Cell], readings: Mapping[int, Reading]
) -> bool:
    """Whether a later cell uses a name, or may: that of an empty test cell is not known."""
    return any(
        name in readings[cell.index].used or (cell.grade and cell.is_fixed and not cell.is_code)
        for cell in cells
        if cell.index > after.index and cell.index in readings
    )


def _is_kept(cell: Cell) -> bool:
    """Whether others may build on what a cell imports."""
    return cell.is_fixed or cell.solution


def _same(one: Bound, other: Bound) -> bool:
    """Whether a name means the same after both: the same import."""
    return one.is_import and one.what == other.what


def _clash(
    name: str, before: tuple[Cell, Bound], after: tuple[Cell, Bound], *, weighty: bool
) -> Notice:
    first, second = before[0].index + 1, after[0].index + 1
    name = clean(name, 60)
    if before[1].is_definition and after[1].is_definition:
        text = f"cells {first} and {second} both define {name}; the one that is run last counts"
        remedy = f"keep one of them: delete or rename {name} in cell {second}, or in cell {first}"
    else:
        done = {"deleted": "deletes it", "value": "gives that name to a value"}
        text = (
            f"cell {first} gives {name} its meaning ({clean(before[1].what, 60)}), and cell "
            f"{second} "
            f"{done.get(after[1].what, 'gives the name to something else')} (line {after[1].line})"
        )
        remedy = f"use another name than {name} in cell {second}"
    return Notice(
        kind="clash", level="warning" if weighty else "note", cells=(first, second),
        text=text, remedy=remedy, name=name,
    )  # fmt: skip


def _shadowed(cells: Sequence[Cell], readings: Mapping[int, Reading]) -> Iterator[Notice]:
    """Names of Python's own that are given to values, for all cells to come."""
    for cell in cells:
        reading = readings.get(cell.index)
        if reading is None or cell.is_fixed:
            continue
        for name, bound in reading.bound.items():
            if bound.what != "value" or name.startswith("_") or not _is_builtin(name):
                continue
            used = [n + 1 for n, later in readings.items() if n > cell.index and name in later.used]
            also = f", and cell {used[0]} uses it" if used else ""
            yield Notice(
                kind="shadowed",
                level="warning" if used else "note",
                cells=(cell.index + 1,),
                name=name,
                text=f"{name} is Python's own; here it becomes a value (line {bound.line}){also}",
                remedy=f"use another name than {name} in cell {cell.index + 1}",
            )


def _is_builtin(name: str) -> bool:
    return callable(getattr(builtins, name, None))


def _programs(readings: Mapping[int, Reading]) -> Iterator[Notice]:
    for index, reading in readings.items():
        for line, text in reading.programs[:1]:
            yield Notice(
                kind="not-run",
                level="note",
                cells=(index + 1,),
                text=f"`{text}` (line {line}) is not run when the notebook is graded, nor here",
            )
