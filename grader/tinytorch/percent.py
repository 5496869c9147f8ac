"""Percent files, as TinyTorch's modules are written in them, read as notebooks by jupytext.

What jupytext does not know of is read by our own hand: headers that are no JSON, code below a text
without a header, the lines that cells begin in; and what `writing` puts there.
"""

from __future__ import annotations

import ast
import json
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, count, pairwise
from typing import TYPE_CHECKING, Any, Final

from grader.model import GraderError
from grader.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT: Final = {"extension": ".py", "format_name": "percent"}
KERNEL: Final = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# jupytext's notes to itself, which do not belong into notebooks.
_SPACING: Final = ("cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker")
_OPTIONS: Final = (
    "text_representation", "cell_metadata_json", "main_language", "cell_metadata_filter",
    "notebook_metadata_filter",
)  # fmt: skip
_HEADER: Final = re.compile(r"^\s*#\s*(%%+(\s.*)?|In\[[0-9 ]*\]:?\s*|<codecell>\s*)$")
_TEXT_CELL: Final = re.compile(r"^\s*#\s*%%+\s.*\[(markdown|md)\]")
_QUOTES: Final = re.compile(r"^[rR]?(\"\"\"|''')")
_ID: Final = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
UNREADABLE: Final = "incorrectly_encoded_metadata"
_NBGRADER: Final = re.compile(r"\bnbgrader\s*=\s*")


@dataclass(frozen=True, kw_only=True)
class Percent:
    """A notebook that was read, the lines of the file that its cells begin in, and what was done.

    `lines` count from 1 and are those of the cells' headers; `first` are those of their texts.
    `notes` are line and text.
    """

    notebook: dict[str, Any]
    lines: list[int]
    first: list[int]
    notes: list[tuple[int, str]] = field(default_factory=list)


def read_percent(text: str) -> Percent:
    """Read a percent file. Raises `GraderError` where jupytext is missing, or cannot read it."""
    lines = text.splitlines()
    if not any(_HEADER.match(line) for line in lines) and "format_name: percent" not in text:
        raise GraderError("there is no cell in it: no line is `# %%`, so it is no percent file")
    notes: list[tuple[int, str]] = []
    with library() as jupytext:
        numbers = list(range(1, len(lines) + 1))
        lines = [_readable(line) for line in lines]
        _part_texts(lines, numbers, notes)
        notebook = jupytext.reads("\n".join(lines) + "\n", fmt=dict(FORMAT))
        starts = _starts(lines)
    found = notebook.metadata.get("jupytext", {}).get("text_representation", {})
    if found.get("format_name", "percent") != "percent":
        name = clean(str(found["format_name"]), 40)
        raise GraderError(
            f"the file says that it is in jupytext's format {name!r}; make a percent file of it "
            "first: jupytext --to py:percent FILE"
        )
    cells = notebook.cells
    if len(cells) != len(starts):
        raise GraderError(f"{len(cells)} cells were read where {len(starts)} begin")
    _settle(notebook)
    return Percent(
        notebook=json.loads(json.dumps(notebook)),
        lines=[numbers[start] for start in starts],
        first=[numbers[start] + _above(lines[start : start + 2]) for start in starts],
        notes=notes,
    )


def _above(lines: Sequence[str]) -> int:
    """How many lines of a cell stand above its text: its header, and quotes by themselves."""
    if not lines or not _HEADER.match(lines[0]):
        return 0
    quoted = _TEXT_CELL.match(lines[0]) and lines[1:] and _QUOTES.fullmatch(lines[1].strip())
    return 2 if quoted else 1


@contextmanager
def library() -> Iterator[Any]:
    """The library, its failures said plainly."""
    try:
        import jupytext
    except ImportError as error:
        raise GraderError(
            f"jupytext is not installed beside the grader ({error}); "
            "install it with: pip install 'reference-grader[tinytorch]'"
        ) from None
    try:
        yield jupytext
    except GraderError:
        raise
    except RecursionError:
        raise GraderError("the file is nested too deeply to be a percent file") from None
    except Exception as error:  # what a damaged header makes YAML and others raise
        said = clean(f"{type(error).__name__}: {error}", 200)
        raise GraderError(f"jupytext cannot read or write it: {said}") from error


def _starts(lines: Sequence[str]) -> list[int]:
    """Where cells begin, as jupytext's own reader goes through them; from 0."""
    from jupytext.cell_reader import DoublePercentScriptCellReader
    from jupytext.header import header_to_metadata_and_cell

    _, _, raw, place = header_to_metadata_and_cell(list(lines), "#", "", ".py", True)  # noqa: FBT003
    starts = [0] if raw else []
    rest = list(lines[place:])
    while rest:
        starts.append(len(lines) - len(rest))
        _, length = DoublePercentScriptCellReader(dict(FORMAT), "python").read(rest)
        rest = rest[length:]
    return starts


def _readable(line: str) -> str:
    """A cell's header with nbgrader's metadata in JSON, if they can be read in any way at all.

    People write them by hand: with single quotes, as Python, or without quotes.
    """
    found = _NBGRADER.search(line) if _HEADER.match(line) else None
    if found is None:
        return line
    whole = _braces(line, found.end())
    if not whole:
        return line
    end = found.end() + len(whole)
    value = _value(whole)
    if not isinstance(value, dict):  # for jupytext neither, so that it is reported
        return f"{line[: found.start()]}nbgrader={whole[1:]}{line[end:]}"
    return f"{line[: found.start()]}nbgrader={json.dumps(value)}{line[end:]}"


def _braces(line: str, start: int) -> str:
    """What stands between braces from there on; braces in quotes do not count."""
    depth, quote = 0, ""
    for place in range(start, len(line)):
        char = line[place]
        if quote:
            quote = "" if char == quote and line[place - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                return line[start : place + 1]
        if not depth:
            return ""
    return ""


def _value(text: str) -> Any:
    """JSON, else Python's, else YAML's way to write the same: `{grade: false, grade_id: relu}`."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except KeyError:
        return None
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return None
    plain = (bool, int, float, str, type(None))
    flat = isinstance(found, dict) and all(
        isinstance(key, str) and isinstance(value, plain) for key, value in found.items()
    )
    return found if flat else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise KeyError("twice")
    return made


def _part_texts(lines: list[str], numbers: list[int], notes: list[tuple[int, str]]) -> None:
    r"""Give what follows a text in \"\"\" without a header of its own the header that it lacks."""
    starts = [*_starts(lines), len(lines)]
    for start, end in reversed(list(pairwise(starts))):
        if not _TEXT_CELL.match(lines[start]):
            continue
        here = next((n for n in range(start + 1, end) if lines[n].strip()), end)
        quotes = _QUOTES.match(lines[here]) if here < end else None
        if quotes is None:
            continue
        after = _end_of_text(lines[here:end], quotes[1])
        if after is None or not any(line.strip() for line in lines[here + after : end]):
            continue
        place = next(n for n in range(here + after, end) if lines[n].strip())
        code = any(line.strip() and line[0] != "#" for line in lines[place:end])
        kind = "code" if code else "text"
        notes.append((numbers[place], f"it follows a text: made a {kind} cell of its own"))
        numbers.insert(place, numbers[place] - 1)
        lines.insert(place, "# %%" if code else "# %% [markdown]")


def _end_of_text(lines: Sequence[str], quotes: str) -> int | None:
    """How many lines a text in triple quotes has, where Python says so; else by its first end."""
    try:
        body = ast.parse("\n".join(lines) + "\n").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if lines[-1].rstrip().endswith(quotes) or any(not line for line in lines[-1:]):
            whole = "\n".join(lines).rstrip()
            if whole.endswith(quotes) and len(whole) > len(quotes):
                return None  # a text that has such quotes in it
        ends = [n for n, line in enumerate(lines[1:], start=2) if line.rstrip().endswith(quotes)]
        return ends[0] if ends else None
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first.end_lineno if first is not None and is_text else None


def _settle(notebook: Any) -> None:
    """Take out what is jupytext's own, and put back what we have kept."""
    options = notebook.metadata.get("jupytext", {})
    markers = [cell.metadata.get("cell_marker") for cell in notebook.cells]
    if any(markers) and "cell_markers" not in options:
        options["cell_markers"] = '"""'
    for name in _OPTIONS:
        options.pop(name, None)
    if options:
        notebook.metadata["jupytext"] = options
    else:
        notebook.metadata.pop("jupytext", None)
    if isinstance(notebook.metadata.get("kept"), str):
        with suppress(ValueError):
            notebook.metadata = json.loads(notebook.metadata["kept"])
    names = [cell.metadata.pop("cell_id", None) for cell in notebook.cells]
    for cell in notebook.cells:
        for name in _SPACING:
            cell.metadata.pop(name, None)
        if "kept" in cell.metadata:
            _take_back(cell)
    _name(notebook.cells, names)
    notebook.nbformat, notebook.nbformat_minor = 4, 5


def _take_back(cell: Any) -> None:
    """Undo what `_prepared` does with a cell that is kept; a damaged one stays as it is."""
    comment = "# | " if cell.cell_type == "code" else "| "
    try:
        metadata = json.loads(cell.metadata["kept"])
        lines = [json.loads(line.removeprefix(comment)) for line in cell.source.split("\n")]
        source = "\n".join(lines)
    except (ValueError, TypeError):
        return
    if isinstance(metadata, dict):
        cell.metadata = type(cell.metadata)(metadata)
        cell.source = source


def _name(cells: Sequence[Any], given: Sequence[Any]) -> None:
    """Give each cell its id: what its header says, else what nbgrader calls it, or its number."""
    taken = {name for name in given if isinstance(name, str)}
    for number, (cell, said) in enumerate(zip(cells, given, strict=True), start=1):
        cell["id"] = said
        if not (isinstance(said, str) and _ID.fullmatch(said)):
            own = own_name(number, cell)
            more = (f"{own[:50]}-{n}" for n in count(number))
            cell["id"] = next(name for name in chain((own,), more) if name not in taken)
            taken.add(cell["id"])


def own_name(number: int, cell: Any) -> str:
    """The id of a cell that says none: its grade_id, else by its number from 1."""
    course = cell["metadata"].get("nbgrader")
    name = course.get("grade_id") if isinstance(course, dict) else None
    return name if isinstance(name, str) and _ID.fullmatch(name) else f"cell-{number}"
