"""A student's own check: the notebook as it stands, run in a worker, and its visible tests.

No rubric, no hidden test and no course directory is needed, only what was given out. What a
grader will see is tried: all cells from top to bottom, in a fresh process. The student is told
what works, function by function, and what might cost marks although it works.
"""

from __future__ import annotations

import math
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from grader.cells import CellRunner
from grader.checking.beside import copy_beside
from grader.checking.causes import NOT_RUN, blaming, causes
from grader.checking.names import read_all
from grader.checking.notices import Checked, Notice
from grader.checking.parts import parts, remarked
from grader.checking.ran import Ran
from grader.checking.saved import run_order
from grader.checking.seals import broken_seals
from grader.checking.slips import slips
from grader.model import CellRun, Refused
from grader.notebook import Step, parse_cells, read_cells
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from grader.checking.names import Reading
    from grader.model import Level, Limits
    from grader.notebook import Cell, Role
    from grader.sandbox import Zygote

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
    notices = [*trouble, *blaming(seen, ran), *causes(ran), *run_order(cells, raw)]
    found, lost = remarked(list(parts(ran, notices)), ran, notices)
    notices += lost
    hidden = [c for c in cells if c.grade and not c.solution and c.kind == "code" and not c.is_code]
    return Checked(
        path=path,
        parts=tuple(found),
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
    with closing(CellRunner(zygote, steps, fill, limits, impatient_s=limits.cell_s / 5)) as runner:
        try:
            worker = runner.fresh()
            if worker is not None:
                worker.close()
        except Refused as refused:
            trouble = [Notice(kind="not-run", level="problem", text=clean(str(refused)))]
        known = {run.index: run for run in runner.runs}
    missing = {s.index: CellRun(index=s.index, left_out=NOT_RUN) for s in steps}
    return level, missing | known, trouble
