"""Percent files, as TinyTorch's modules are written in them, and notebooks: one from the other.

jupytext reads and writes them. What it would not give back as it was is written by our own hand: a
cell's id (`cell_id`), and a cell that it would change, line by line in JSON, in comments (`kept`).
"""

from __future__ import annotations

import ast
import copy
import json
import re
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
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
_KEY: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9_]*$")
_TITLE: Final = re.compile(r"^[A-Za-z][\w,.:;-]*( [\w,.:;-]+)*$")
# What means something to jupytext, or to us.
_SPECIAL: Final = frozenset(
    "active cell_depth cell_id cell_marker cell_type eval incorrectly_encoded_metadata kept language "
    "lines_to_end_of_cell_marker lines_to_next_cell magic_args name noskipline region_name "
    "run_control skipline".split()
)
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
    with _jupytext() as jupytext:
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
    marked = [bool(_HEADER.match(lines[start])) if start < len(lines) else False for start in starts]
    _settle(notebook)
    return Percent(
        notebook=json.loads(json.dumps(notebook)),
        lines=[numbers[start] for start in starts],
        first=[numbers[s] + m for s, m in zip(starts, marked, strict=True)],
        notes=notes,
    )


@contextmanager
def _jupytext() -> Iterator[Any]:
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
    value = _value(whole)
    if not isinstance(value, dict):
        return line
    end = found.end() + len(whole)
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
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    plain = (bool, int, float, str, type(None))
    flat = isinstance(found, dict) and all(
        isinstance(key, str) and isinstance(value, plain) for key, value in found.items()
    )
    return found if flat else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def _part_texts(lines: list[str], numbers: list[int], notes: list[tuple[int, str]]) -> None:
    r"""Give what follows a text in \"\"\" without a header of its own the header that it lacks."""
    starts = [*_starts(lines), len(lines)]
    for start, end in reversed(list(zip(starts, starts[1:], strict=False))):
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
        notes.append((numbers[place], f"it follows a text, so it is a {'code' if code else 'text'} "
                      "cell of its own now"))  # fmt: skip
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


def _name(cells: Sequence[Any], given: Sequence[Any]) -> None:
    """Give each cell its id: what its header says, else what nbgrader calls it, or its number."""
    taken = {name for name in given if isinstance(name, str)}
    for number, (cell, name) in enumerate(zip(cells, given, strict=True), start=1):
        if not (isinstance(name, str) and _ID.match(name)):
            name = own = _own_name(number, cell)
            while name in taken:
                name = f"{own[:50]}-{number}" if name == own else f"{name}x"
            taken.add(name)
        cell["id"] = name


def _own_name(number: int, cell: Any) -> str:
    course = cell["metadata"].get("nbgrader")
    name = course.get("grade_id") if isinstance(course, dict) else None
    return name if isinstance(name, str) and _ID.match(name) else f"cell-{number}"


# Back ------------------------------------------------------------------------------------------


def write_percent(document: dict[str, Any]) -> str:
    """A notebook (its JSON, format 4) as a percent file, from which the same notebook is read.

    Outputs, execution counts and attachments are not in it. Raises `GraderError` where a notebook
    is not in Python, or not even our own way of writing a cell gives it back.
    """
    import nbformat

    wanted = _bare(document)
    cells, metadata = wanted["cells"], wanted["metadata"]
    kernel = metadata.get("kernelspec")
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if language != "python":
        raise GraderError(f"the notebook is in {clean(str(language), 40)!r}, not in Python")
    for name, times in Counter(cell["id"] for cell in cells).items():
        if times > 1:
            raise GraderError(f"the id {name!r} is that of {times} cells; save it in Jupyter")
    kept = {number for number, cell in enumerate(cells) if not _is_plain(cell["metadata"])}
    whole = not _is_plain_notebook(metadata)
    with _jupytext() as jupytext:
        for _ in range(len(cells) + 2):
            node = nbformat.from_dict(_prepared(wanted, kept, whole=whole))
            text: str = jupytext.writes(node, fmt=dict(FORMAT))
            differing = _differing(wanted, text)
            if differing is None:
                return text
            new = {n for n in (differing, differing - 1) if 0 <= n < len(cells)} - kept
            kept |= new or set(range(len(cells)))
    raise GraderError("the notebook cannot be written as a percent file without a loss")


def _is_plain(metadata: dict[str, Any]) -> bool:
    """Whether jupytext takes a cell's metadata for nothing else than that."""
    tags, title = metadata.get("tags", []), metadata.get("title", "a")
    return (
        all(_KEY.match(key) and key not in _SPECIAL for key in metadata)
        and isinstance(tags, list)
        and all(isinstance(tag, str) and not tag.startswith("active-") for tag in tags)
        and isinstance(title, str)
        and bool(_TITLE.match(title))
    )


def _is_plain_notebook(metadata: dict[str, Any]) -> bool:
    options = metadata.get("jupytext", {})
    return set(metadata) <= {"kernelspec", "language_info", "jupytext"} and (
        options in ({}, {"cell_markers": '"""'})
        and all(isinstance(metadata.get(key, {}), dict) for key in ("kernelspec", "language_info"))
        and all(isinstance(v, str) for v in metadata.get("kernelspec", {}).values())
    )


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    """A notebook without what a percent file does not hold, each cell with an id."""
    cells = []
    for number, cell in enumerate(document["cells"], start=1):
        source = cell.get("source", "")
        source = source if isinstance(source, str) else "".join(source)
        metadata = copy.deepcopy(cell.get("metadata", {}))
        made = {"cell_type": cell["cell_type"], "metadata": metadata, "source": source}
        if cell["cell_type"] == "code":
            made |= {"execution_count": None, "outputs": []}
        cells.append(made | {"id": cell.get("id") or _own_name(number, made)})
    metadata = copy.deepcopy(document.get("metadata", {}))
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _prepared(wanted: dict[str, Any], kept: set[int], *, whole: bool) -> dict[str, Any]:
    """As jupytext is to write it: with ids where they say something, and cells kept by hand."""
    made = copy.deepcopy(wanted)
    for number, cell in enumerate(made["cells"], start=1):
        named = {"cell_id": cell["id"]} if cell["id"] != _own_name(number, cell) else {}
        if number - 1 in kept:
            cell["metadata"] = {"kept": json.dumps(cell["metadata"])}
            comment = "# " if cell["cell_type"] == "code" else ""
            lines = [f"{comment}| {json.dumps(line)}" for line in cell["source"].split("\n")]
            cell["source"] = "\n".join(lines)
        cell["metadata"] = named | cell["metadata"]
    if whole:  # the notebook's own metadata too
        made["metadata"] = {"kept": json.dumps(made["metadata"])}
    options = made["metadata"].setdefault("jupytext", {})
    if set(made["metadata"]) - {"jupytext", "kernelspec"}:
        options["notebook_metadata_filter"] = "all"
    options["cell_metadata_filter"] = "all"
    return made


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


def _differing(wanted: dict[str, Any], text: str) -> int | None:
    """The first cell that is not read as it was written, from 0; none is, none: all are."""
    try:
        read = read_percent(text).notebook
    except GraderError:
        return len(wanted["cells"])
    for number, (ours, theirs) in enumerate(zip(wanted["cells"], read["cells"], strict=False)):
        if ours != theirs:
            return number
    if len(wanted["cells"]) != len(read["cells"]) or wanted["metadata"] != read["metadata"]:
        return min(len(wanted["cells"]), len(read["cells"]))
    return None
