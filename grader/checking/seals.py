"""Whether the course's own cells are still as they were given out, by what nbgrader left in them.

nbgrader writes a checksum into every cell that it locks, and into solutions. It tells an honest
student that a cell was changed by a slip; it proves nothing, since anybody can compute it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from grader.checking.notices import Notice
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.notebook import Cell

MARKER: Final = "YOUR CODE HERE"
_PUT_BACK: Final = (
    "take {what} from the notebook that was given out: copy your solutions into a fresh one"
)


def checksum(source: str, kind: str, course: Mapping[str, Any]) -> str:
    """The checksum that nbgrader gives a cell; `course` is what it has in the cell's metadata.

    As `nbgrader.utils.compute_checksum`: text, type, three flags, id, and a graded cell's points.
    Raises `KeyError`, `ValueError` or `TypeError` where these are not there or make no sense.
    """
    grade, solution = course.get("grade", False), course.get("solution", False)
    locked = False if solution else True if grade else course.get("locked", False)
    parts = [source, kind, str(grade), str(solution), str(locked), course["grade_id"]]
    if grade:
        parts.append(str(float(course["points"])))
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part.encode("utf-8", "replace"))
    return digest.hexdigest()


def is_as_given(cell: Cell, raw: Any) -> bool | None:
    """Whether a cell agrees with its checksum; None where it has none."""
    course = course_data(raw)
    if course is None or not isinstance(course.get("checksum"), str):
        return None
    plain = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    bare = plain.rstrip("\n")
    # Editors change the ends of lines, and the last one's.
    texts = dict.fromkeys((cell.source, plain, bare, f"{bare}\n"))
    try:
        return any(course["checksum"] == checksum(text, cell.kind, course) for text in texts)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return False


def course_data(raw: Any) -> dict[str, Any] | None:
    """What a cell's metadata have under "nbgrader", if there is anything to speak of."""
    metadata = raw.get("metadata") if isinstance(raw, dict) else None
    course = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    named = isinstance(course, dict) and isinstance(course.get("grade_id"), str)
    return course if named else None


def broken_seals(
    cells: Sequence[Cell], raw: Sequence[Any], tests: Collection[int]
) -> Iterator[Notice]:
    """What has become of cells that the course means to find as they were.

    `tests` are the indexes of those that decide something.
    """
    known = [cell for cell in cells if course_data(raw[cell.index]) is not None]
    if not known:
        yield Notice(
            kind="metadata-gone",
            level="problem",
            text="no cell has nbgrader's metadata, so nothing here can be graded, nor checked",
            remedy="copy your solutions into a fresh copy of the notebook that was given out, "
            "with Jupyter",
        )
        return
    yield from _doubled(known)
    for cell in cells:
        yield from _of(cell, raw[cell.index], test=cell.index in tests)
    answers = [cell for cell in known if cell.solution and not cell.grade and cell.kind == "code"]
    if answers and all(cell.solution for cell in known):
        yield Notice(
            kind="tests-missing",
            level="problem",
            text="there are cells for solutions, but no test cell is left",
            remedy=_PUT_BACK.format(what="the test cells"),
        )


def _doubled(known: Sequence[Cell]) -> Iterator[Notice]:
    places: dict[str, list[int]] = {}
    for cell in known:
        places.setdefault(cell.grade_id, []).append(cell.index + 1)
    for grade_id, numbers in places.items():
        if len(numbers) > 1:
            yield Notice(
                kind="duplicate-id",
                level="problem",
                cells=tuple(numbers),
                text=f"{len(numbers)} cells are {clean(grade_id, 80)!r} for nbgrader, as when one "
                "is copied with its metadata; only one can be graded",
                remedy="keep the one that counts and delete the others, or copy their text into "
                "a new cell",
            )


def _of(cell: Cell, raw: Any, *, test: bool) -> Iterator[Notice]:
    number, name = cell.index + 1, clean(cell.grade_id, 80)
    course = course_data(raw)
    if course is None:
        yield from _bare(cell, raw)
        return
    kind = course.get("cell_type")
    if isinstance(kind, str) and kind != cell.kind:
        yield Notice(
            kind="type-changed",
            level="problem",
            cells=(number,),
            text=f"{name} was a {clean(kind, 20)} cell, and now is a {clean(cell.kind, 20)} cell",
            remedy=f"turn cell {number} into a {clean(kind, 20)} cell again",
        )
        return
    if not cell.is_fixed or is_as_given(cell, raw) is not False:
        return
    which = "test" if test or cell.grade else "locked"
    yield Notice(
        kind=f"{which}-changed",
        level="problem" if cell.kind == "code" else "warning",
        cells=(number,),
        text=f"the {which} cell {name} is not as it was given out (its text, points or id); "
        "a grader uses the course's own",
        remedy=_PUT_BACK.format(what=f"cell {number}"),
    )


def _bare(cell: Cell, raw: Any) -> Iterator[Notice]:
    """A cell of the course's of which nbgrader does not know any more, by what is left of it."""
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    held = metadata.get("deletable") is False or metadata.get("editable") is False
    stub = cell.kind == "code" and f"# {MARKER}" in cell.source and "raise Not" in cell.source
    left = metadata.get("nbgrader", {})  # ordinary cells may have some, which says nothing
    broken = not isinstance(left, dict) or left.get("grade") is True or left.get("solution") is True
    if held or stub or broken:
        yield Notice(
            kind="metadata-gone",
            level="problem",
            cells=(cell.index + 1,),
            text="this is one of the course's cells, but nbgrader's metadata are gone from it, so "
            "it is not graded",
            remedy=_PUT_BACK.format(what=f"cell {cell.index + 1}"),
        )
