"""A development file of TinyTorch's as an assignment's source, with all that is wrong in it.

TinyTorch's files of all years are read: full nbgrader metadata or three words of them, texts as
strings or as comments, cells of nbconvert's. What is only not said is completed, and noted.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from grader.model import GraderError
from grader.text import clean
from grader.tinytorch.marks import EXPORTS, is_module, marks
from grader.tinytorch.percent import KERNEL, UNREADABLE, read_percent

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 4 << 20
MAX_CELLS: Final = 2_000
MAX_LINES: Final = 20_000
MAX_FENCES: Final = 1_000  # for each, jupytext looks through all lines below
_ASSIGNMENT: Final = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")
_GRADE_ID: Final = re.compile(r"^[a-zA-Z0-9_-]{1,128}$")
_FLAGS: Final = ("grade", "solution", "locked", "task")
# Text that nbgrader takes out of the release, and the kind of cell that may have it.
_REGIONS: Final = {
    "SOLUTION": ("solution", "a solution cell"),
    "HIDDEN TESTS": ("grade", "a graded cell"),
    "MARK SCHEME": ("task", "a task cell"),
}


@dataclass(kw_only=True)
class Imported:
    """The notebook, and what was found on the way, by line: what forbids it, and what was done."""

    notebook: dict[str, Any]
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    module: str = ""

    @property
    def points(self) -> float:
        """What all graded cells are worth together."""
        courses = (cell["metadata"].get("nbgrader", {}) for cell in self.notebook["cells"])
        return math.fsum(c.get("points", 0) for c in courses if c.get("grade") or c.get("task"))


def assignment_name(path: Path, given: str | None = None) -> str:
    """The assignment that a development file is for: `03_activations_dev.py` is activations."""
    name = given or re.sub(r"^\d+_(?=.)|_dev$", "", path.stem)
    if not _ASSIGNMENT.fullmatch(name):
        raise GraderError(
            f"{clean(name, 80)!r} is no name for an assignment (letters, digits, - and _, a letter "
            "first); give one with --name"
        )
    return name


def import_module(path: Path) -> Imported:
    """Read a development file; `GraderError` where it cannot be read as one at all."""
    return _Reading(_text(path)).done


def _text(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1) if path.is_file() else b""
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror}") from None
    if not path.is_file():
        raise GraderError(f"{path} is not a file")
    if len(raw) > MAX_BYTES:
        raise GraderError(f"{path} has more than {MAX_BYTES >> 20} MB, too much for a module")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise GraderError(f"{path}:{line}: this is not UTF-8 text; is it a Python file?") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise GraderError(f"{path}:{line}: there is a null byte; is it a Python file?")
    lines, fences = text.count("\n"), text.count("```")
    if lines > MAX_LINES or fences > 2 * MAX_FENCES:
        raise GraderError(
            f"{path} has {lines} lines and {fences} times ```, too much for a module; at most "
            f"{MAX_LINES} and {2 * MAX_FENCES} are read"
        )
    return text.replace("\r\n", "\n")


class _Reading:
    """Goes through the cells once, and gathers."""

    def __init__(self, text: str) -> None:
        percent = read_percent(text)
        self.done = Imported(notebook=percent.notebook, notes=percent.notes)
        self.cells = percent.notebook["cells"]
        self.headers = text.splitlines()
        self.ids: dict[str, int] = {}
        self.short: list[int] = []
        self.modules: list[int] = []
        if len(self.cells) > MAX_CELLS:
            self.wrong(percent.lines[MAX_CELLS], f"more than {MAX_CELLS} cells")
            return
        for cell, line, first in zip(self.cells, percent.lines, percent.first, strict=True):
            self.cell(cell, line, first)
        self.whole(percent.notebook)
        self.done.problems.sort(key=lambda found: found[0])
        self.done.notes.sort(key=lambda found: found[0])

    def wrong(self, line: int, said: str) -> None:
        self.done.problems.append((line, said))

    def note(self, line: int, said: str) -> None:
        self.done.notes.append((line, said))

    def whole(self, notebook: dict[str, Any]) -> None:
        notebook["metadata"].setdefault("kernelspec", dict(KERNEL))
        if self.cells and self.cells[0]["source"].startswith("---\njupyter:"):
            self.wrong(1, "the header between the lines `# ---` is no YAML")
        if not self.modules:
            self.note(1, "no cell says `#| default_exp core.NAME`: what it exports to is not known")
        if self.short:
            more = f", and {len(self.short) - 1} more" if len(self.short) > 1 else ""
            self.note(self.short[0], f"nbgrader's metadata are short here{more}: completed")
        if not any(cell["metadata"].get("nbgrader", {}).get("grade") for cell in self.cells):
            self.note(1, "no cell is graded: give each promise a cell that is, with points")

    def cell(self, cell: dict[str, Any], line: int, first: int) -> None:
        found = cell["metadata"].get("nbgrader")
        if UNREADABLE in cell["metadata"] or (found is None and self.speaks(line)):
            said = clean(self.headers[line - 1], 80)
            self.wrong(line, f"the metadata cannot be read: {said}; write them as JSON, each once")
            course: dict[str, Any] | None = None
        elif found is not None and not isinstance(found, dict):
            self.wrong(line, f"nbgrader's metadata are {clean(repr(found), 40)}, not {{…}}")
            course = None
        else:
            course = self.course(cell, found or {}, line)
        if cell["cell_type"] == "code":
            self.code(cell["source"], first)
            self.marks(cell["source"], first)
        elif cell["source"].startswith(('"""', "'''")) and cell["cell_type"] == "markdown":
            self.wrong(first, "this text in quotes has such quotes inside: where does it end?")
        self.regions(cell, course, line, first)
        if course is not None:
            self.finish(cell, course)

    def speaks(self, line: int) -> bool:
        """Whether a header means to say something to nbgrader."""
        header = self.headers[line - 1] if line <= len(self.headers) else ""
        return header.lstrip().startswith("#") and bool(re.search(r"%%.*\bnbgrader\b", header))

    def course(self, cell: dict[str, Any], found: dict[str, Any], line: int) -> dict[str, Any]:
        """The metadata of nbgrader's, with all flags."""
        course = dict(found)
        for flag in _FLAGS:
            if not isinstance(course.setdefault(flag, False), bool):
                value = clean(repr(course[flag]), 40)
                self.wrong(line, f"{flag} is {value}; it must be true or false")
        if found and "locked" not in found:
            course["locked"] = course["grade"] is True and not course["solution"]
        if found and not {"schema_version", *_FLAGS} <= set(found):
            self.short.append(line)
        marked = any(course[flag] for flag in _FLAGS)
        name = found.get("grade_id")
        if name is None or name == "":
            if marked:
                self.wrong(line, "grade_id is missing; give the cell a name of its own")
        elif not isinstance(name, str) or not _GRADE_ID.fullmatch(name):
            value = clean(repr(name), 60)
            self.wrong(line, f"grade_id is {value}; it may have letters, digits, - and _")
        elif self.ids.setdefault(name, line) != line:
            self.wrong(line, f"grade_id {name!r} is that of line {self.ids[name]} too")
        self.points(course, line)
        self.kinds(cell, course, line)
        return course

    def points(self, course: dict[str, Any], line: int) -> None:
        points = course.get("points")
        if points is None:
            if course["grade"]:
                self.wrong(line, 'a graded cell needs points, like "points": 5')
            elif course["task"]:
                course["points"] = 0
                self.note(line, "a task without points: it has 0 now")
            return
        number = isinstance(points, (int, float)) and not isinstance(points, bool)
        if not number or not 0 <= points < math.inf:
            said = clean(repr(points), 40)
            self.wrong(line, f"points is {said}; it must be a number, 0 or more, without quotes")

    def kinds(self, cell: dict[str, Any], course: dict[str, Any], line: int) -> None:
        """What nbgrader refuses: a text that is graded and no answer, a task that is no text."""
        text = cell["cell_type"] == "markdown"
        if cell["cell_type"] == "raw" and any(course[flag] for flag in _FLAGS):
            self.wrong(line, "a raw cell cannot be a solution, graded or locked; make it a text")
        elif course["task"]:
            if not text or course["grade"] or course["solution"]:
                self.wrong(line, "a task is a text, and neither graded nor a solution itself")
        elif text and course["grade"] and not course["solution"]:
            self.wrong(line, 'a text that is graded is an answer: it needs "solution": true')
        elif text and course["solution"] and not course["grade"]:
            course["solution"] = False
            self.note(line, "a text that is a solution but not graded: taken for a plain text")

    def regions(
        self, cell: dict[str, Any], course: dict[str, Any] | None, line: int, first: int
    ) -> None:
        """Regions that are not closed, or stand where nbgrader does not allow them."""
        for name, (flag, kind) in _REGIONS.items():
            place = self.region(name, cell["source"].splitlines(), first)
            if not place or course is None or course[flag]:
                continue
            if flag == "solution" and "nbgrader" not in cell["metadata"]:
                course |= {"solution": True, "grade_id": self.name(cell["source"], first)}
                self.note(line, f"has a solution in it: made {kind}, {course['grade_id']!r}")
            else:
                self.wrong(place, f"{name} in a cell that is not {kind}")
        code = cell["cell_type"] == "code" and cell["source"].strip()
        if code and course and course["solution"] and "### BEGIN SOLUTION" not in cell["source"]:
            self.note(first, "a solution cell without BEGIN SOLUTION: students get none of it")

    def region(self, name: str, lines: list[str], first: int) -> int:
        """The line of a cell's first mark of this name, 0 where there is none."""
        opened = place = 0
        for number, text in enumerate(lines, start=first):
            if f"### BEGIN {name}" in text:
                if opened:
                    self.wrong(number, f"BEGIN {name} again; that of line {opened} is open")
                opened = number
            elif f"### END {name}" in text:
                if not opened:
                    self.wrong(number, f"END {name} without BEGIN {name} above")
                opened = 0
            else:
                continue
            place = place or number
        if opened:
            self.wrong(opened, f"BEGIN {name} without END {name} in this cell")
        return place

    def name(self, source: str, first: int) -> str:
        """A grade_id for a cell, by what it defines."""
        found = re.search(r"^(?:class|def)\s+([A-Za-z_]\w*)", source, re.MULTILINE)
        name = own = re.sub(r"\W|_", "-", found[1] if found else "solution", flags=re.ASCII).lower()
        while name in self.ids:
            name = f"{own}-{first}" if name == own else f"{name}x"
        self.ids[name] = first
        return name

    def code(self, source: str, first: int) -> None:
        """Whether it is Python, or IPython's."""
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = TransformerManager().transform_cell(source)
                compile(code, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as error:
            self.wrong(first + (error.lineno or 1) - 1, f"this is no Python: {error.msg}")
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            self.wrong(first, f"this is no Python: {clean(str(error), 80)}")

    def marks(self, source: str, first: int) -> None:
        """`default_exp` once, and modules that can be written."""
        for number, mark, value in marks(source):
            line = first + number - 1
            if mark == "default_exp":
                self.modules.append(line)
                if len(self.modules) > 1:
                    self.wrong(line, f"default_exp again; it stands in line {self.modules[0]} too")
                self.done.module = self.done.module or value
            if (mark == "default_exp" or (mark in EXPORTS and value)) and not is_module(value):
                said = clean(repr(value), 60)
                self.wrong(line, f"{mark} is {said}, no module's name like core.activations")

    def finish(self, cell: dict[str, Any], course: dict[str, Any]) -> None:
        """Put nbgrader's metadata in, in the form it has today."""
        if "nbgrader" not in cell["metadata"] and not course["solution"]:
            return
        if not course.get("grade_id"):
            cell["metadata"].pop("nbgrader", None)  # marks nothing, and has no name
            return
        if not (course["grade"] or course["task"]):
            course.pop("points", None)
        course["schema_version"] = 3
        cell["metadata"]["nbgrader"] = dict(sorted(course.items()))
