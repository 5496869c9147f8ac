"""What must hold before an assignment goes out to students; each problem names its place.

The source and its release are compared as text; what they are worth is found out by grading them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from grader.model import Refused
from grader.notebook import read_notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from grader.graded import Graded
    from grader.model import Verdict
    from grader.notebook import Cell
    from grader.rubric import Rubric

Regions = Sequence[tuple[str, str]]  # marks of what begins and ends hidden text
REGIONS: Final[Regions] = tuple(
    (f"BEGIN {name}", f"END {name}") for name in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
)
_SHORT: Final = 16  # characters; less can stand anywhere
# Lines that say nothing by themselves.
_COMMON: Final = re.compile(
    r"^(import\b|from\b.*\bimport\b|(async )?def\b|class\b|@|else:|try:|finally:|except\b"
    r"|(for|while|if|elif|with)\b.{0,24}:$|return \w+$|\w+ = \w+$|[\"'#=\-\s]*$)"
)
_SECRET_FOLDERS: Final = ("grader/rubrics",)


@dataclass(frozen=True)
class Problem:
    """Something that must not go out, and where it is; `cell` and `line` count from 1."""

    path: Path
    said: str
    cell: int | None = None
    name: str = ""
    line: int = 1

    def __str__(self) -> str:
        cell = f", cell {self.cell}" if self.cell is not None else ""
        name = f" ({self.name})" if self.name else ""
        return f"{self.path}{cell}{name}, line {self.line}: {self.said}"


def check_source(
    source: Path, rubrics: Mapping[str, Rubric], rubric_file: Path, regions: Regions = REGIONS
) -> list[Problem]:
    """Doubled ids, and criteria and cells that do not agree; `rubrics` are by notebook."""
    problems: list[Problem] = []
    for path in sorted(source.glob("*.ipynb")):
        try:
            cells = read_notebook(path, trusted=True)
        except Refused as refused:
            problems.append(Problem(path, str(refused)))
            continue
        named = [cell for cell in cells if cell.grade_id]
        for name, times in Counter(cell.grade_id for cell in named).items():
            if times > 1:
                second = [cell for cell in named if cell.grade_id == name][1]
                said = f"the id {name!r} is used {times} times; give each cell one of its own"
                problems.append(_at(path, second, said))
        problems += [problem for cell in cells for problem in _open_regions(path, cell, regions)]
        if path.stem in rubrics:
            problems += _agree(path, named, rubrics[path.stem], rubric_file)
    return problems


def _open_regions(path: Path, cell: Cell, regions: Regions) -> Iterator[Problem]:
    """Regions that are not closed, or closed without being opened."""
    for begin, end in regions:
        opened = 0
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if f"### {begin}" in line:
                if opened:
                    yield _at(path, cell, f"{begin!r} again; the one above is still open", number)
                opened = number
            elif f"### {end}" in line:
                if not opened:
                    yield _at(path, cell, f"{end!r} without {begin!r} above", number)
                opened = 0
        if opened:
            yield _at(path, cell, f"{begin!r} without {end!r} in this cell", opened)


def _agree(
    path: Path, cells: Iterable[Cell], rubric: Rubric, rubric_file: Path
) -> Iterator[Problem]:
    tests = {c.grade_id: c for c in cells if c.grade and not c.solution and c.kind == "code"}
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    for name, criterion in criteria.items():
        if name not in tests:
            said = (
                f"the criterion {name!r} has no autograder-tests cell in {path.name}; "
                f"to add it: grader cells {path.stem}"
            )
            yield Problem(rubric_file, said, line=_line_of(rubric_file, name))
        elif tests[name].points != criterion.points:
            said = (
                f"the cell has {tests[name].points:g} points, its criterion {criterion.points:g}; "
                f"to change the cell: grader cells {path.stem}"
            )
            yield _at(path, tests[name], said)
    for name, cell in tests.items():
        if name not in criteria:
            yield _at(path, cell, f"there is no criterion {name!r} in {rubric_file.name}")


def _line_of(path: Path, text: str) -> int:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if f'"{text}"' in line or f"'{text}'" in line:
            return number
    return 1


def _at(path: Path, cell: Cell, said: str, line: int = 1) -> Problem:
    return Problem(path, said, cell.index + 1, cell.grade_id, line)


# Leaks -----------------------------------------------------------------------------------------


def find_leaks(
    source: Path,
    release: Path,
    hidden: Iterable[Path],
    *,
    place: Path | None = None,
    regions: Regions = REGIONS,
) -> list[Problem]:
    """Lines of solutions and hidden tests, and secret files, that are anywhere in a release.

    `place` is where the release is to be, where it is not there yet.
    """
    notebooks = sorted(source.glob("*.ipynb"))
    secrets = {line: where for path in notebooks for line, where in _secrets(path, regions)}
    files = {
        hashlib.sha256(path.read_bytes()).digest(): path
        for path in hidden
        if path.is_file() and path.stat().st_size > _SHORT
    }
    problems = []
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        content = path.read_bytes()
        same = files.get(hashlib.sha256(content).digest())
        if same is not None:
            problems.append(Problem(path, f"this is a secret file: a copy of {same}"))
        elif path.suffix == ".ipynb":
            problems += _leaks_of_notebook(path, content, secrets)
        else:
            text = content.decode("utf-8", "replace")
            for number, line in enumerate(text.splitlines(), start=1):
                problems += [Problem(path, s, line=number) for s in _found(line, secrets)]
    there = place or release
    return [replace(p, path=there / p.path.relative_to(release)) for p in problems]


def secret_files(course: Path, source: Path) -> Iterator[Path]:
    """What must not be in any release: rubrics and all that is beside them, and the sources."""
    for name in _SECRET_FOLDERS:
        yield from (p for p in sorted((course / name).rglob("*")) if p.suffix in {".py", ".toml"})
    yield from sorted(source.glob("*.ipynb"))
    yield from (course / name for name in ("nbgrader_config.py", "gradebook.db"))


def _secrets(path: Path, regions: Regions) -> Iterator[tuple[str, str]]:
    """The telling lines of a source notebook, and where they stand."""
    try:
        cells = read_notebook(path, trusted=True)
    except Refused:
        return
    for cell in cells:
        begins = any(begin in cell.source for begin, _ in regions)
        inside = whole = cell.solution and not begins
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if any(begin in line for begin, _ in regions):
                inside = True
            elif any(end in line for _, end in regions):
                inside = whole
            elif inside and _telling(line):
                place = f"cell {cell.index + 1} ({cell.grade_id}), line {number}"
                yield line.strip(), f"{path}, {place}"


def _telling(line: str) -> bool:
    text = line.strip()
    return len(text) >= _SHORT and not _COMMON.match(text)


def _found(line: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for secret, where in secrets.items():
        if secret in line:
            yield f"this gives away {secret[:80]!r}, which is hidden in {where}"


def _leaks_of_notebook(path: Path, content: bytes, secrets: Mapping[str, str]) -> Iterator[Problem]:
    """Looked for in all texts of a notebook: sources, outputs, attachments, metadata."""
    document = json.loads(content)
    cells = document.pop("cells", [])
    for text in _texts(document):
        yield from (Problem(path, said) for said in _found(text, secrets))
    for index, cell in enumerate(cells):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
        source = cell.pop("source", "")
        source = source if isinstance(source, str) else "".join(source)
        for number, line in enumerate(source.splitlines(), start=1):
            for said in _found(line, secrets):
                yield Problem(path, said, index + 1, name, number)
        for text in _texts(cell):
            yield from (Problem(path, s, index + 1, name) for s in _found(text, secrets))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


# Worth -----------------------------------------------------------------------------------------


def check_worth(
    path: Path, solved: Graded, untouched: Graded, cells: Mapping[str, int]
) -> list[Problem]:
    """The source's own solution gets everything, the untouched release nothing.

    `cells` has the places of graded cells in the source notebook at `path`, from 1.
    """

    def at(verdict: Verdict, said: str) -> Problem:
        return Problem(path, said, cells.get(verdict.id), verdict.id)

    problems = []
    if solved.result.status == "refused":
        problems.append(Problem(path, f"the solution cannot be graded: {solved.result.message}"))
    for verdict in solved.result.verdicts:
        if verdict.points != verdict.max_points:
            of = f"{verdict.points:g} of {verdict.max_points:g} points"
            problems.append(at(verdict, f"the solution itself gets {of}: {verdict.message}"))
    if untouched.result.status == "refused":
        said = f"the untouched release cannot be graded: {untouched.result.message}"
        problems.append(Problem(path, said))
    for verdict in untouched.result.verdicts:
        if verdict.points > 0:
            said = f"the untouched release gets {verdict.points:g} of {verdict.max_points:g} points"
            problems.append(at(verdict, said))
    return problems
