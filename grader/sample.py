"""A sample class: submissions made of a rubric's wheats and chaffs, and a few odd ones.

A wheat is a correct implementation, a chaff has one plausible bug. Each is a file beside the rubric
that holds only the classes it changes; the rest is the source notebook's own solution. With a line
`# rest: source`, so are the members of its classes that it does not define. A chaff says what it
must lose in a comment: `# loses: softmax-extreme`, criteria or whole targets.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from grader.model import GraderError, RubricError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from pathlib import Path

_LOSES = re.compile(r"^# loses:(.*)$", re.MULTILINE)
_REST = re.compile(r"^# rest: source\s*$", re.MULTILINE)
_MARK: Final = {"sample": "reference-grader"}
_SOLUTION: Final = re.compile(r"^\s*### (BEGIN|END) SOLUTION\s*$\n?", re.MULTILINE)
_REGION: Final = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL
)


_STUB: Final = "# YOUR CODE HERE\n{}raise NotImplementedError()"  # after an indentation


@dataclass(frozen=True, kw_only=True, slots=True)
class Implementation:
    """A wheat or a chaff: its name, what it is, its code, and what it loses (nothing: a wheat).

    With `rest`, its classes have all members of the source's that they do not define themselves.
    """

    name: str
    title: str
    code: str
    loses: tuple[str, ...] = ()
    rest: bool = False

    def parts(self, solutions: Mapping[str, str]) -> dict[str, str]:
        """The code by the name that it defines; what stands between goes with what comes after.

        `solutions` are the source's own, by the same names.
        """
        found = by_definition(self.code, solutions)
        if self.rest:
            return {name: complete(text, solutions[name], name) for name, text in found.items()}
        return found


def by_definition(code: str, names: Container[str] | None = None) -> dict[str, str]:
    """The parts of a code by the classes and functions that they define, of these names or any.

    What stands between two goes with the second, and what comes last with the last.
    """
    found: dict[str, str] = {}
    lines, start = code.splitlines(keepends=True), 0
    for node in ast.parse(code).body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            continue
        if names is None or node.name in names:
            end = node.end_lineno or len(lines)
            found[node.name] = "".join(lines[start:end]).strip() + "\n"
            start = end
    rest = "".join(lines[start:]).strip()
    if found and rest:
        found[next(reversed(found))] += f"\n\n{rest}\n"
    return found


def complete(code: str, solution: str, name: str) -> str:
    """Code whose class of that name has all members that it lacks of the solution's.

    They come first, so that its own can build on them. Both are to be indented alike.
    """
    own, whole = _class_of(code, name), _class_of(solution, name)
    if own is None or whole is None:
        return code
    defined = {member for node in own.body for member in _members(node)}
    lines = solution.splitlines()
    missing = [
        "\n".join(lines[_first_line(node) - 1 : node.end_lineno]) + "\n"
        for node in whole.body
        if (members := _members(node)) and not defined & members
    ]
    above = code.splitlines(keepends=True)
    place = _first_line(own.body[0]) - 1
    return "".join([*above[:place], *(f"{text}\n" for text in missing), *above[place:]])


def _class_of(code: str, name: str) -> ast.ClassDef | None:
    kinds = (node for node in ast.parse(code).body if isinstance(node, ast.ClassDef))
    return next((node for node in kinds if node.name == name), None)


def _members(node: ast.stmt) -> set[str]:
    """The names that a statement of a class's body defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def implementations(folder: Path) -> list[Implementation]:
    """The wheats or chaffs in a folder, by name."""
    return [_read(path) for path in sorted(folder.glob("*.py"))]


def _read(path: Path) -> Implementation:
    try:
        text = path.read_text(encoding="utf-8")
        title = ast.get_docstring(ast.parse(text)) or path.stem
    except (SyntaxError, ValueError) as error:
        raise RubricError(f"{path} is no Python: {error}") from error
    loses = _LOSES.search(text)
    # The docstring is the first statement; what is below it and the comment is the code.
    code = text.split('"""', 2)[2] if text.startswith('"""') else text
    code = _REST.sub("", _LOSES.sub("", code))
    return Implementation(
        name=path.stem,
        title=title.partition("\n")[0],
        code=code.strip() + "\n",
        loses=tuple(loses[1].replace(",", " ").split()) if loses else (),
        rest=_REST.search(text) is not None,
    )


class Filler:
    """Fills a release notebook's solution cells, as a student would."""

    def __init__(self, course: Path, assignment: str, release: Path | None = None) -> None:
        name = f"{assignment}.ipynb"
        folder = release or course / "release" / assignment
        self.release = (folder / name).read_text(encoding="utf-8")
        source = json.loads((course / "source" / assignment / name).read_text(encoding="utf-8"))
        self.solutions = {}
        self._sources: list[str] = []
        for cell in _solution_cells(source):
            grade_id = cell["metadata"]["nbgrader"]["grade_id"]
            self._sources.append("".join(cell["source"]))
            text = _SOLUTION.sub("", self._sources[-1])
            try:
                ast.parse(text)
            except SyntaxError as error:
                raise GraderError(
                    f"source/{assignment}/{name}: the solution {grade_id!r} is no Python: {error}"
                ) from None
            self.solutions[grade_id] = text

    @property
    def names(self) -> list[str]:
        """The classes and functions that are asked for, in order."""
        return list(self.by_name)

    @property
    def by_name(self) -> dict[str, str]:
        """The source's own solutions, by the name that each defines."""
        return self._by_name(self.solutions.values())

    def _by_name(self, texts: Iterable[str]) -> dict[str, str]:
        parts = map(_parts, self.solutions, texts)
        return {name: part for found in parts for name, part in found.items()}

    @property
    def begun(self) -> dict[str, str]:
        """The solutions by name, with the first half of what is to be written, and stubs."""
        half = sum(len(_REGION.findall(text)) for text in self._sources) // 2
        places = itertools.count()

        def written(region: re.Match[str]) -> str:
            return region[0] if next(places) < half else region[1] + _STUB.format(region[1])

        return self._by_name(
            _SOLUTION.sub("", _REGION.sub(written, text)) for text in self._sources
        )

    def fill(
        self,
        classes: Mapping[str, str],
        *,
        only: Sequence[str] | None = None,
        extra: Sequence[str] = (),
    ) -> str:
        """The notebook's text, with these classes and else the source's solutions.

        `only` names the classes that are filled in at all; `extra` are the texts of cells of the
        student's own, at the end.
        """
        notebook = json.loads(self.release)
        for cell in _solution_cells(notebook):
            grade_id = cell["metadata"]["nbgrader"]["grade_id"]
            parts = _parts(grade_id, self.solutions[grade_id])
            if only is None or not parts.keys().isdisjoint(only):
                own = [classes.get(name, part) for name, part in parts.items()]
                cell["source"] = own[0] if len(own) == 1 else "\n\n".join(own)
        for number, source in enumerate(extra):
            cell = {"cell_type": "code", "execution_count": None, "id": f"extra-{number}"}
            notebook["cells"].append(cell | {"metadata": {}, "outputs": [], "source": source})
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _solution_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code"
    ]


def _parts(grade_id: str, solution: str) -> dict[str, str]:
    """A solution cell by what it defines; whole, where that is one thing or nothing."""
    found = by_definition(solution)
    return found if len(found) > 1 else {next(iter(found), grade_id): solution}


def write_class(course: Path, assignment: str, to: Path) -> list[str]:
    """Write a class of submissions below `to`, laid out as nbgrader does it; the students' ids.

    `sample.toml` beside the rubric says who hands in what. Four more are the same everywhere: one
    untouched, one unfinished, one right with a cell that loops for ever, and one that is no
    notebook. What is there already under another student's name stays as it is; where one of these
    has handed in something else, nothing is written and `GraderError` is raised.
    """
    folder = course / "grader" / "rubrics" / assignment
    filler = Filler(course, assignment)
    known = {i.name: i for kind in ("wheats", "chaffs") for i in implementations(folder / kind)}
    texts: dict[str, str] = {}
    for student, names in _roll(folder / "sample.toml").items():
        unknown = [name for name in names if name not in known]
        if unknown:
            raise GraderError(f"sample.toml: {student} hands in {unknown[0]!r}, which is no file")
        classes = {k: v for name in names for k, v in known[name].parts(filler.by_name).items()}
        texts[student] = filler.fill(classes)
    texts["untouched"] = filler.release
    texts["unfinished"] = filler.fill(filler.begun)
    texts["stray-loop"] = filler.fill({}, extra=["while True:\n    pass"])
    texts = {student: _marked(text) for student, text in texts.items()}
    texts["not-a-notebook"] = "My notebook is in the other folder, sorry!\n"
    paths = {student: to / student / assignment / f"{assignment}.ipynb" for student in texts}
    for student, path in paths.items():
        if os.path.lexists(path) and not _is_sample(path, texts[student]):
            raise GraderError(
                f"{path} is there, and is not of the sample class: nothing is written; "
                "name another folder with --to"
            )
    for student, text in texts.items():
        path = paths[student]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(texts)


def _marked(text: str) -> str:
    """A notebook of which it can be told later that it is a sample."""
    notebook = json.loads(text)
    notebook["metadata"] |= _MARK
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _is_sample(path: Path, text: str) -> bool:
    """Whether a file is one that an earlier call has written."""
    try:
        there = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return False
    return there == text or json.dumps(_MARK)[1:-1] in there


def _roll(path: Path) -> dict[str, list[str]]:
    """The students of `sample.toml`, each with the names of wheats and chaffs."""
    if not path.is_file():
        raise GraderError(f"{path} is missing; it says who hands in which wheats and chaffs")
    try:
        roll = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise GraderError(f"{path}: {error}") from None
    return {student: list(names) for student, names in roll.items()}
