"""The notebook that is graded and shown: the student's cells, with the course's own put right.

As in nbgrader, a cell that the course locks has the course's text again, of doubled cells the last
one counts, and graded cells that are gone are back in their places. Unlike there, nothing that a
student does to cells and their metadata is an error, and no metadata of theirs are taken over.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from grader.notebook import Step, parse_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import CourseCell, CourseNotebook
    from grader.notebook import Cell, Role

_SKIP: Final = "skip-execution"  # a tag that Jupyter's tools obey
_ATTACHED: Final = 10 << 20  # bytes of pictures in Markdown cells that are kept
_KERNEL: Final = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True, slots=True)
class MergedCell:
    """A cell to run and show: the course's, where it has a name; `index` is where it was handed in.

    `index` is None for a cell that was missing. `missing` and `unanswered` are about graded cells
    and solutions: not there, and there as released.
    """

    kind: str
    source: str
    course: CourseCell | None = None
    index: int | None = None
    attachments: dict[str, dict[str, str]] | None = None
    left_out: bool = False  # by the student's own wish

    @property
    def missing(self) -> bool:
        """Whether it was not handed in at all."""
        return self.index is None

    @property
    def unanswered(self) -> bool:
        """Whether it still is as the course gave it out."""
        ours = self.course
        return ours is not None and (ours.source, ours.kind) == (self.source, self.kind)


def merge(
    course: CourseNotebook, submitted: Sequence[Any], *, whole: bool = False
) -> list[MergedCell]:
    """The cells of a submission (as its file has them), in order, with the course's put right.

    Graded cells that are not there are put back; with `whole`, all cells that have a name are.
    """
    known = {cell.name: cell for cell in course.cells}
    cells = parse_cells(list(submitted))
    last = {cell.grade_id: cell.index for cell in cells if cell.grade_id in known}
    left = _ATTACHED
    merged: list[MergedCell] = []
    for cell in cells:
        ours = known.get(cell.grade_id) if last.get(cell.grade_id) == cell.index else None
        attached = _attachments(submitted[cell.index], left)
        left -= sum(len(text) for bundle in attached.values() for text in bundle.values())
        merged.append(_merged(cell, ours, attached))
    return _with_missing(course, merged, whole=whole)


def _merged(cell: Cell, ours: CourseCell | None, attached: dict[str, dict[str, str]]) -> MergedCell:
    kind = cell.kind if cell.kind in {"code", "markdown"} else "raw"
    source = cell.source
    if ours is not None:
        kind = ours.kind
        source = ours.source if ours.locked else source
    # Of a test, only the course could wish that.
    left_out = _SKIP in cell.tags and not (ours is not None and (ours.locked or ours.is_test))
    shown = attached if kind == "markdown" else None
    return MergedCell(kind, source, ours, cell.index, shown, left_out)


def _with_missing(
    course: CourseNotebook, merged: list[MergedCell], *, whole: bool
) -> list[MergedCell]:
    """The same, with every graded cell that is not there behind the one that it should follow."""
    places = {cell.course.name: n for n, cell in enumerate(merged) if cell.course is not None}
    behind: list[list[MergedCell]] = [[] for _ in (None, *merged)]
    position = 0
    for ours in course.cells:
        if ours.name in places:
            position = places[ours.name] + 1
        elif whole or ours.grade or ours.task:
            behind[position].append(MergedCell(ours.kind, ours.source, ours))
    return [*behind[0], *(c for n, m in enumerate(merged, start=1) for c in (m, *behind[n]))]


def _attachments(cell: Any, left: int) -> dict[str, dict[str, str]]:
    """The pictures pasted into a Markdown cell, as far as they are what they say."""
    found = cell.get("attachments") if isinstance(cell, dict) else None
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in found.items() if isinstance(found, dict) else ():
        for mime, text in bundle.items() if isinstance(bundle, dict) else ():
            if mime in PICTURES and is_base64(text) and len(text) <= left:
                kept[_encodable(str(name)[:200])] = {mime: text}
                left -= len(text)
    return kept


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


PICTURES: Final = ("image/png", "image/jpeg", "image/gif")


def is_base64(text: object) -> bool:
    """Whether a value is a text of base64, which has no markup in it."""
    if not isinstance(text, str):
        return False
    try:
        return bool(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return False


def test_steps(merged: Sequence[MergedCell]) -> list[Step]:
    """What to run where the tests are cells: every code cell, in the notebook's order."""
    steps = []
    for position, cell in enumerate(merged):
        ours = cell.course
        if cell.kind == "code" and cell.source.strip() and not cell.left_out:
            role: Role = "student" if ours is None else "test" if ours.is_test else "solution"
            name = ours.name if ours is not None else f"cell {position + 1}"
            steps.append(Step(index=position, source=cell.source, role=role, name=name))
    return steps


def as_notebook(course: CourseNotebook, merged: Sequence[MergedCell]) -> dict[str, Any]:
    """A notebook of format 4.5 without outputs, its cells at the same positions."""
    kernel = {k: str(v) for k, v in (course.kernel or _KERNEL).items() if isinstance(v, (str, int))}
    return {
        "cells": [_cell(position, cell) for position, cell in enumerate(merged)],
        "metadata": {"kernelspec": {**_KERNEL, **kernel}, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(position: int, cell: MergedCell) -> dict[str, Any]:
    content: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": f"cell-{position + 1}",
        "metadata": {"nbgrader": _metadata(cell.course)} if cell.course else {},
        "source": cell.source,
    }
    if cell.kind == "code":
        content |= {"execution_count": None, "outputs": []}
    elif cell.attachments:
        content["attachments"] = cell.attachments
    return content


def _metadata(ours: CourseCell) -> dict[str, Any]:
    """What nbgrader keeps on a cell, version 3."""
    metadata = {
        "cell_type": ours.kind,
        "checksum": ours.checksum,
        "grade": ours.grade,
        "grade_id": ours.name,
        "locked": ours.locked,
        "schema_version": 3,
        "solution": ours.solution,
        "task": ours.task,
    }
    return metadata | ({"points": ours.points} if ours.grade or ours.task else {})
