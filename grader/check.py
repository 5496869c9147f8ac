"""A student's own check: the notebook as it stands, run in a worker, and its visible tests.

No rubric, no hidden test and no course directory is needed, only what was given out. What a
grader will see is tried: all cells from top to bottom, in a fresh process. The student is told
what works, function by function, and what might cost marks although it works.
"""

from __future__ import annotations

import math
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from grader.beside import copy_beside
from grader.causes import NOT_RUN, Ran, causes, where
from grader.cells import CellRunner
from grader.checks import number
from grader.model import CellRun, Refused
from grader.names import read_all
from grader.notebook import Step, parse_cells, read_cells
from grader.notices import Checked, Notice, Part, TestRun
from grader.saved import run_order
from grader.seals import broken_seals
from grader.slips import slips
from grader.testcells import worth
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.model import Level, Limits
    from grader.names import Reading
    from grader.notebook import Cell, Role
    from grader.notices import State
    from grader.sandbox import Zygote

_LINES: Final = 20  # of what a test prints
_NAMES: Final = 6  # that one solution is called by
_LEVELS: Final = ("problem", "warning", "note")


def check(path: Path, zygote: Zygote, limits: Limits) -> Checked:
    """Check a notebook. Raises `Refused` where it is none, and what a zygote raises."""
    raw = read_cells(path)
    cells = parse_cells(raw)
    readings = read_all(cells)
    tests = _tests(cells, readings)
    level, runs, trouble = _run(path, cells, tests, zygote, limits)
    seen = [*broken_seals(cells, raw, tests), *slips(path, cells, raw, readings)]
    ran = Ran(
        cells=cells,
        raw=raw,
        readings=readings,
        runs=runs,
        tests=tests,
        unwritten=frozenset(
            place - 1
            for notice in seen
            if (notice.kind, notice.level) == ("stub", "problem")
            for place in notice.cells
        ),
    )
    notices = [*trouble, *seen, *causes(ran), *run_order(cells, raw)]
    hidden = [c for c in cells if c.grade and not c.solution and c.kind == "code" and not c.is_code]
    return Checked(
        path=path,
        parts=tuple(_parts(ran, notices)),
        notices=tuple(sorted(notices, key=lambda n: _LEVELS.index(n.level))),
        hidden=len(hidden),
        hidden_points=math.fsum(cell.points for cell in hidden),
        isolation=level,
    )


def _tests(cells: Sequence[Cell], readings: Mapping[int, Reading]) -> frozenset[int]:
    """The course's cells that decide something here: graded ones, and those that assert."""
    fixed = [cell for cell in cells if cell.is_fixed and cell.is_code]
    asserting = {name for cell in fixed for name in readings[cell.index].asserting}
    return frozenset(
        cell.index for cell in fixed if cell.grade or readings[cell.index].asserts(asserting)
    )


def _run(
    path: Path, cells: Sequence[Cell], tests: frozenset[int], zygote: Zygote, limits: Limits
) -> tuple[Level | None, dict[int, CellRun], list[Notice]]:
    """Run all code cells in the notebook's order; how contained, what they did, what prevented it.

    All of the course's cells count as needed, since others may build on them.
    """
    steps = []
    for cell in cells:
        if cell.is_code:
            role: Role = "student"
            if cell.index in tests:
                role = "test"
            elif cell.solution or cell.is_fixed:
                role = "solution"
            steps.append(Step(index=cell.index, source=cell.source, role=role, name=cell.grade_id))
    if not steps:
        return None, {}, []
    level = zygote.check().level
    fill = partial(copy_beside, path.absolute().parent)
    trouble = []
    with closing(CellRunner(zygote, steps, fill, limits)) as runner:
        try:
            worker = runner.fresh()
            if worker is not None:
                worker.close()
        except Refused as refused:
            trouble = [Notice(kind="not-run", level="problem", text=clean(str(refused)))]
        known = {run.index: run for run in runner.runs}
    missing = {s.index: CellRun(index=s.index, left_out=NOT_RUN) for s in steps}
    return level, missing | known, trouble


def _parts(ran: Ran, notices: Sequence[Notice]) -> Iterator[Part]:
    """The solutions with the tests of each, in the notebook's order."""
    solutions = [cell for cell in ran.cells if cell.solution and cell.kind == "code"]
    spoiled = {
        place
        for notice in notices
        if notice.level == "problem" and notice.kind != "metadata-gone"
        for place in notice.cells
    }
    names = {cell.index: _names(cell, ran) for cell in solutions}
    groups: dict[tuple[int, ...], list[int]] = {(cell.index,): [] for cell in solutions}
    for test in sorted(ran.tests):
        groups.setdefault(_subject(test, solutions, names, ran), []).append(test)
    for subject, tests in groups.items():
        results = tuple(_tested(index, ran, notices) for index in tests)
        fails = any(not test.passed for test in results)
        fails = fails or (len(subject) == 1 and subject[0] + 1 in spoiled)
        state: State = "fails" if fails else "works" if results else "untested"
        title = " + ".join(name for index in subject for name in names[index][:_NAMES])
        yield Part(
            name=clean(title, 100) or "the notebook",
            cell=subject[0] + 1 if len(subject) == 1 else None,
            tests=results,
            state=state,
        )


def _names(cell: Cell, ran: Ran) -> list[str]:
    """What a solution is called: what it defines, above all what the course's cells use of it."""
    bound = ran.readings[cell.index].bound
    defined = [name for name, what in bound.items() if what.is_definition]
    named = defined or [name for name, what in bound.items() if what.what == "value"]
    used = {
        name
        for other in ran.cells
        if other.is_fixed and other.index in ran.readings
        for name in ran.readings[other.index].used
    }
    public = [name for name in named if not name.startswith("_")]
    return [name for name in named if name in used] or public or [cell.grade_id or "solution"]


def _subject(
    test: int, solutions: Sequence[Cell], names: Mapping[int, list[str]], ran: Ran
) -> tuple[int, ...]:
    """The solutions that a test is about: the one above it, or those whose names it uses."""
    used = ran.readings[test].used
    meant = [cell.index for cell in solutions if used.intersection(names[cell.index])]
    above = [cell.index for cell in solutions if cell.index < test][-1:]
    if len(meant) > 1 and above and above[0] in meant:
        # What follows a solution is about it, unless another test has stood in between.
        between = [t for t in ran.tests if above[0] < t < test]
        return tuple(above if not between else meant)
    return tuple(meant or above)


def _tested(index: int, ran: Ran, notices: Sequence[Notice]) -> TestRun:
    run = ran.runs[index]
    cell = next(cell for cell in ran.cells if cell.index == index)
    changed = any(
        index + 1 in notice.cells and notice.kind in {"test-changed", "duplicate-id"}
        for notice in notices
    )
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
