"""What a student writes, function by function, with the visible tests of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from grader.checking.notices import Notice, Part, TestRun
from grader.checking.ran import where
from grader.checks import number
from grader.testcells import worth
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.checking.notices import State
    from grader.checking.ran import Ran
    from grader.notebook import Cell

_LINES: Final = 20  # of what a test prints
_NAMES: Final = 6  # that one thing is called by
# Of a cell that may have been a visible test.
_CHANGED: Final = {"locked-changed", "test-changed", "type-changed", "metadata-gone"}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A function of a solution cell, or the values that it gives; `cell` is its index."""

    cell: int
    names: tuple[str, ...]


def parts(ran: Ran, notices: Sequence[Notice]) -> Iterator[Part]:
    """The functions with the tests of each, in the notebook's order."""
    units = list(_units(ran))
    groups: dict[tuple[_Unit, ...], list[int]] = {(unit,): [] for unit in units}
    for test in sorted(ran.tests):
        groups.setdefault(tuple(_subject(test, units, ran)), []).append(test)
    changed = {
        place
        for notice in notices
        if notice.kind in {"test-changed", "duplicate-id"}
        for place in notice.cells
    }
    spoiled: dict[int, set[str]] = {}  # by cell: the names that are, or "" for all
    for notice in notices:
        if notice.level == "problem" and notice.kind != "metadata-gone":
            for place in notice.cells:
                spoiled.setdefault(place - 1, set()).add(notice.name)
    for subject, tests in groups.items():
        results = tuple(_tested(index, ran, changed=index + 1 in changed) for index in tests)
        own = spoiled.get(subject[0].cell, set()) if len(subject) == 1 else set()
        fails = any(not test.passed for test in results)
        fails = fails or not own.isdisjoint({"", *(n for u in subject for n in u.names)})
        state: State = "fails" if fails else "works" if results else "untested"
        yield Part(
            names=tuple(clean(name, 60) for unit in subject for name in unit.names)[:_NAMES],
            cell=subject[0].cell + 1 if len({unit.cell for unit in subject}) == 1 else None,
            tests=results,
            state=state,
        )


def remarked(
    found: Sequence[Part], ran: Ran, notices: Sequence[Notice]
) -> tuple[list[Part], list[Notice]]:
    """The same, with what is to be said of functions that have no visible test.

    Where others have one it may have been deleted, which leaves no trace.
    """
    own = {name for part in found if part.tests and part.cell for name in part.names}
    joint = {name for part in found if part.tests and not part.cell for name in part.names}
    told, lost = [], []
    for part in found:
        remark = ""
        if part.state == "untested" and part.cell is not None:
            changed = _changed_below(part.cell, ran, notices)
            if changed:
                remark = f"it cannot be told whether it works: cell {changed} was changed"
            elif not joint.isdisjoint(part.names):
                remark = "no visible test of its own"
            elif own:
                lost.append(_lost(part))
            else:
                remark = "no visible test; it is tested only when graded"
        told.append(replace(part, remark=remark))
    return told, lost


def _changed_below(number: int, ran: Ran, notices: Sequence[Notice]) -> int:
    """A cell of the course's that was changed, between this solution and the next; 0 for none."""
    end = min((c.index + 1 for c in ran.cells if c.solution and c.index >= number), default=1 << 30)
    places = [n.cells[0] for n in notices if n.kind in _CHANGED and len(n.cells) == 1]
    return min((place for place in places if number < place < end), default=0)


def _lost(part: Part) -> Notice:
    return Notice(
        kind="test-lost", level="warning", cells=(part.cell or 0,), name=part.names[0],
        text=f"no visible test is left for {part.name}; it is tested only when graded",
        remedy=f"if there was one below cell {part.cell}, get the notebook as it was given out and "
        "copy your code into it",
    )  # fmt: skip


def _units(ran: Ran) -> Iterator[_Unit]:
    """What solutions define, above all what the course's cells use of it.

    Each class or function stands for itself, the values of a cell stand together.
    """
    used = {
        name
        for cell in ran.cells
        if cell.is_fixed and cell.index in ran.readings
        for name in ran.readings[cell.index].used
    }
    for cell in ran.cells:
        if not cell.solution or cell.kind != "code":
            continue
        bound = ran.readings[cell.index].bound
        defined = [name for name, what in bound.items() if what.is_definition]
        named = defined or [name for name, what in bound.items() if what.what == "value"]
        named = [n for n in named if n in used] or [n for n in named if not n.startswith("_")]
        if defined and named:
            yield from (_Unit(cell.index, (name,)) for name in named)
        else:
            yield _Unit(cell.index, tuple(named) or (_fallback(cell),))


def _fallback(cell: Cell) -> str:
    return cell.grade_id or f"cell {cell.index + 1}"


def _subject(test: int, units: Sequence[_Unit], ran: Ran) -> list[_Unit]:
    """What a test is about: the functions that it uses, or else those above it."""
    used = ran.readings[test].used
    meant = [unit for unit in units if not used.isdisjoint(unit.names)]
    last = max((unit.cell for unit in units if unit.cell < test), default=-1)
    above = [unit for unit in meant if unit.cell == last]
    # What follows a solution is about it, unless another test has stood in between.
    if above and not any(last < other < test for other in ran.tests):
        return above
    return meant or [unit for unit in units if unit.cell == last]


def _tested(index: int, ran: Ran, *, changed: bool) -> TestRun:
    run = ran.runs[index]
    cell = next(cell for cell in ran.cells if cell.index == index)
    why = run.left_out or run.error
    if not why and cell.grade and cell.points:
        points, _, _ = worth(run.value, cell.points)
        if points != cell.points:
            why = f"gives {number(points)} of {number(cell.points)} points"
    if changed and not why:
        why = "passes, but is not the cell that was given out"
    return TestRun(
        cell=index + 1,
        name=clean(cell.grade_id, 80),
        passed=not why,
        why=clean(why, 300),
        where=where(ran, run) if run.error else None,
        printed=tuple(_printed(run.outputs)),
    )


def _printed(outputs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines that a test prints, as far as they can be shown."""
    text = "\n".join(
        out["text"]
        for out in outputs
        if out.get("output_type") == "stream"
        and out.get("name") == "stdout"
        and isinstance(out.get("text"), str)
    )
    lines = [line for line in (clean(part, 100) for part in text[:20_000].splitlines()) if line]
    yield from lines[:_LINES]
    if len(lines) > _LINES:
        yield f"… and {len(lines) - _LINES} more lines"
