"""Notebooks written as percent files, so that the same notebook is read from them.

jupytext writes them. What it would not give back as it was is written by our own hand: a cell's id
(`cell_id`), and a cell that it would change, line by line in JSON, in comments (`kept`).
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from typing import Any, Final

from grader.model import GraderError
from grader.text import clean
from grader.tinytorch.percent import FORMAT, library, own_name, read_percent

_KEY: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9_]*$")
_TITLE: Final = re.compile(r"^[A-Za-z][\w,.:;-]*( [\w,.:;-]+)*$")
# What means something to jupytext, or to us.
_SPECIAL: Final = {
    "active", "cell_depth", "cell_id", "cell_marker", "cell_type", "eval", "kept", "language",
    "incorrectly_encoded_metadata", "lines_to_end_of_cell_marker", "lines_to_next_cell",
    "magic_args", "name", "noskipline", "region_name", "run_control", "skipline",
}  # fmt: skip


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
    with library() as jupytext:
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
        all(_KEY.fullmatch(key) and key not in _SPECIAL for key in metadata)
        and isinstance(tags, list)
        and all(isinstance(tag, str) and not tag.startswith("active-") for tag in tags)
        and isinstance(title, str)
        and bool(_TITLE.fullmatch(title))
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
        cells.append(made | {"id": cell.get("id") or own_name(number, made)})
    metadata = copy.deepcopy(document.get("metadata", {}))
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _prepared(wanted: dict[str, Any], kept: set[int], *, whole: bool) -> dict[str, Any]:
    """As jupytext is to write it: with ids where they say something, and cells kept by hand."""
    made = copy.deepcopy(wanted)
    for number, cell in enumerate(made["cells"], start=1):
        named = {"cell_id": cell["id"]} if cell["id"] != own_name(number, cell) else {}
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
