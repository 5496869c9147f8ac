"""Notebooks as students hand them in: read defensively, and planned for a run.

Only cells that the student may write are taken from the submission. What the course locks is taken
from the release, so edited, retyped, doubled or deleted test cells change nothing.
"""

from __future__ import annotations

import json
import math
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from grader.model import Refused

if TYPE_CHECKING:
    from pathlib import Path

# Not every system has each: the first is of Unix, the last of Windows.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
MAX_BYTES: Final = 20 << 20
MAX_BRACKETS: Final = 1_000_000  # of JSON; each becomes an object in memory
MAX_CELLS: Final = 2_000
DISPLAY_ONLY: Final = "display-only"

Role = Literal["setup", "solution", "student", "shown", "test"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell, as far as grading goes; `index` is its place in the notebook, from 0."""

    index: int
    kind: str
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0
    tags: frozenset[str] = frozenset()

    @property
    def is_fixed(self) -> bool:
        """Whether the course means to find it as it was, as nbgrader decides it."""
        return not self.solution and (self.grade or self.locked)

    @property
    def is_code(self) -> bool:
        """Whether there is anything to run."""
        if self.kind != "code":
            return False
        lines = (line.strip() for line in self.source.splitlines())
        return any(line and not line.startswith("#") for line in lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One cell to run: its text, where it came from, and what it is for.

    setup: the course's, before the first solution. shown: the course's later cells, which test or
    use what the student wrote and define nothing that is judged. solution, student: the student's.
    test: a cell whose outcome is worth points.
    """

    index: int
    source: str
    role: Role
    name: str


def read_notebook(path: Path, *, trusted: bool = False) -> list[Cell]:
    """The cells of a notebook file; `Refused` says why there are none to be had."""
    return parse_cells(read_cells(path, trusted=trusted))


def read_cells(path: Path, *, trusted: bool = False) -> list[Any]:
    """The cells of a notebook file as they stand there, in format 4; may raise `Refused`."""
    cells: list[Any] = read_document(path, trusted=trusted)["cells"]
    return cells


def read_document(path: Path, *, trusted: bool = False) -> dict[str, Any]:
    """A notebook file as it stands there, in format 4, its cells a list; may raise `Refused`."""
    raw = _read_bytes(path)
    if not raw.strip():
        raise Refused("the file is empty; hand in the notebook again")
    if not trusted and raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise Refused(
            "the file is too complex to be a notebook; clear all outputs and hand it in again"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            f"the file is not UTF-8 text (byte {error.start}); it is damaged, or not a notebook"
        ) from None
    try:
        content = json.loads(text)
    except RecursionError:
        raise Refused("the file is nested too deeply to be a notebook") from None
    except json.JSONDecodeError as error:
        raise Refused(
            f"the file is not JSON, so not a notebook or cut short "
            f"(line {error.lineno}, column {error.colno}: {error.msg})"
        ) from None
    except ValueError as error:
        raise Refused(f"the file is not a notebook: {error}") from None
    return _document(content)


def _read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of sane size, without waiting on what is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        raise Refused(f"there is no file {path.name}") from None
    except OSError as error:
        raise Refused(f"the file cannot be opened: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Refused(f"{path.name} is not a file")
    with open(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            raise Refused(
                f"the file has {status.st_size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB "
                "are read; clear all outputs and hand it in again"
            )
        try:
            return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise Refused(f"the file cannot be read: {error.strerror}") from None


def _document(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Refused(f"the file is JSON, but not a notebook: it holds a {type(content).__name__}")
    major = content.get("nbformat", 4)
    if not isinstance(major, int) or major > 4:
        raise Refused(
            f"the notebook is of format {major!r:.20}; formats up to 4 are read; "
            "save it in format 4 and hand it in again"
        )
    if major < 4:
        content = _upgrade(content, major)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Refused("the file is JSON, but not a notebook: it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Refused(f"the notebook has {len(cells)} cells; at most {MAX_CELLS} are read")
    return dict(content)


def parse_cells(cells: list[Any]) -> list[Cell]:
    """Cells as far as grading goes; what is no cell at all is left out."""
    return [_cell(index, cell) for index, cell in enumerate(cells) if isinstance(cell, dict)]


def _upgrade(content: dict[str, Any], major: int) -> dict[str, Any]:
    """A notebook of an older format in format 4."""
    import nbformat

    try:
        old = nbformat.from_dict(content)
        return dict(nbformat.convert(old, 4))
    except Exception as error:  # noqa: BLE001  nbformat raises what the damage happens to cause
        raise Refused(
            f"the notebook is of the old format {major} and cannot be converted "
            f"({type(error).__name__}); save it in format 4 and hand it in again"
        ) from None


def _cell(index: int, cell: dict[str, Any]) -> Cell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        raise Refused(
            f"cell {index + 1} has a {type(source).__name__} for its text; "
            "open the notebook in Jupyter, save it and hand it in again"
        )
    metadata = _dict(cell.get("metadata"))
    course = _dict(metadata.get("nbgrader"))
    tags, grade_id = metadata.get("tags"), course.get("grade_id")
    return Cell(
        index=index,
        kind=str(cell.get("cell_type", "code")),
        # A lone surrogate cannot be encoded, and so cannot be compiled either.
        source=source.encode("utf-8", "replace").decode("utf-8"),
        grade_id=grade_id if isinstance(grade_id, str) else "",
        grade=course.get("grade") is True,
        solution=course.get("solution") is True,
        locked=course.get("locked") is True,
        points=_points(course.get("points")),
        tags=frozenset(t for t in tags if isinstance(t, str))
        if isinstance(tags, list)
        else frozenset(),
    )


def _points(value: Any) -> float:
    try:
        points = float(value) if isinstance(value, (int, float)) else 0.0
    except OverflowError:
        return 0.0
    return points if math.isfinite(points) else 0.0


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def plan(course: list[Cell], submission: list[Cell]) -> list[Step]:
    """What to run for a submission, in the order of the student's notebook.

    The course's set-up cells come first, as released, wherever they stand or whether they are there
    at all. Of the student's code cells, copies of the course's own are run as released, once, and
    the plots that the course tags `display-only` not at all.
    """
    solutions = {cell.grade_id for cell in course if cell.solution and cell.grade_id}
    first = next((cell.index for cell in course if cell.solution), len(course))
    locked = {
        cell.grade_id: cell
        for cell in course
        if cell.locked and not cell.solution and cell.grade_id
    }
    originals = {
        (cell.grade_id, cell.source.strip())
        for cell in submission
        if cell.grade_id in locked and cell.source.strip() == locked[cell.grade_id].source.strip()
    }
    has_original = {grade_id for grade_id, _ in originals}
    steps = [
        Step(index=-1, source=cell.source, role="setup", name=cell.grade_id or "setup")
        for cell in course
        if cell.index < first and _to_run(cell) and (cell.locked or not cell.grade_id)
    ]
    met: set[str] = set()
    setup_texts = {step.source.strip() for step in steps}
    for cell in submission:
        ours = locked.get(cell.grade_id)
        name = cell.grade_id or f"cell {cell.index + 1}"
        if cell.grade_id in solutions:
            # Turned into Markdown by a slip, it still is the student's solution.
            code = cell if cell.kind == "code" else _as_code(cell)
            if code.is_code:
                steps.append(Step(index=cell.index, source=code.source, role="solution", name=name))
        elif ours is None or _is_own(cell, ours, has_original, met):
            if cell.is_code and cell.source.strip() not in setup_texts:
                name = f"cell {cell.index + 1}"
                steps.append(Step(index=cell.index, source=cell.source, role="student", name=name))
        elif cell.kind == "code" and cell.grade_id not in met:
            met.add(cell.grade_id)
            if ours.index > first and _to_run(ours):
                steps.append(Step(index=cell.index, source=ours.source, role="shown", name=name))
    return steps


def _to_run(cell: Cell) -> bool:
    return cell.is_code and DISPLAY_ONLY not in cell.tags


def _as_code(cell: Cell) -> Cell:
    return Cell(index=cell.index, kind="code", source=cell.source, grade_id=cell.grade_id)


def _is_own(cell: Cell, ours: Cell, has_original: set[str], met: set[str]) -> bool:
    """Whether a cell with a locked cell's id is really the student's: a copy with other text."""
    if cell.source.strip() == ours.source.strip():
        return False
    return cell.grade_id in has_original or cell.grade_id in met
